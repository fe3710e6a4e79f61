"""Calling the user's function once a row: what `row` is, error cells in it, and what comes of its results. Runs in the worker."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from workbench.dataprep.cells import MARK, companion, split_error
from workbench.dataprep.columns import is_hidden
from workbench.dataprep.workers.values import CONVERTERS, WORDS, Misfit, kind_of, missing, plain

if TYPE_CHECKING:
    import pyarrow as pa

_LONGEST = 200
"""How many characters of a message an error cell keeps."""


class CellError(Exception):
    """An error cell, as a script meets it in `row`: `code` says what is wrong, `original_value` is the text that stood there (None:
    it was missing).

    Whoever computes with it gets it raised, so that the result is the same error; test for it with `isinstance(x, CellError)` or
    `hasattr(x, "original_value")`.
    """

    def __init__(self, code: str, original_value: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.original_value = original_value

    @property
    def originalValue(self) -> str | None:  # noqa: N802 (its name in older scripts)
        """The same as `original_value`."""
        return self.original_value

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise self

    def __str__(self) -> str:
        return self.code


def _raising(self: CellError, *_: object) -> Any:
    raise self


_RAISE = """add radd sub rsub mul rmul truediv rtruediv floordiv rfloordiv mod rmod pow rpow neg pos abs lt le gt ge int float len
getitem iter contains bool round and rand or ror xor rxor"""
for _name in _RAISE.split():
    setattr(CellError, f"__{_name}__", _raising)


class Row:
    """A row: `row.Name`, `row["Name with spaces"]`; its names are known to `in`, `keys()` and iteration."""

    def __getitem__(self, name: str) -> Any:
        try:
            return self.__dict__[name]
        except KeyError:
            raise _no_column(name, self.__dict__) from None

    def __getattr__(self, name: str) -> Any:
        raise _no_column(name, self.__dict__)

    def __contains__(self, name: object) -> bool:
        return name in self.__dict__

    def __iter__(self) -> Any:
        return iter(self.__dict__)

    def __len__(self) -> int:
        return len(self.__dict__)

    def keys(self) -> Any:
        """The names of the columns."""
        return self.__dict__.keys()

    def values(self) -> Any:
        """The values in the order of the columns."""
        return self.__dict__.values()

    def items(self) -> Any:
        """Names and values."""
        return self.__dict__.items()

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a column, or `default` when there is none of that name."""
        return self.__dict__.get(name, default)


def _no_column(name: str, known: dict[str, Any]) -> AttributeError:
    close = difflib.get_close_matches(name, list(known), n=1)
    return AttributeError(f"there is no column {name}" + (f", did you mean {close[0]}?" if close else ""))


def outcomes(function: Callable[[Any], Any], table: pa.Table) -> list[Any]:
    """What the function gives for each row; an exception is a `CellError` in its place. What ends the process passes."""
    names = [name for name in table.column_names if not is_hidden(name)]
    columns = [_cells(table, name) for name in names]
    rows = zip(*columns, strict=True) if columns else (() for _ in range(table.num_rows))
    results: list[Any] = []
    make = Row.__new__
    for values in rows:
        row = make(Row)
        row.__dict__ = dict(zip(names, values, strict=True))
        try:
            results.append(function(row))
        except CellError as error:
            results.append(error)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 (the user's code may raise anything)
            results.append(CellError(failure_text(error)))
    return results


def failure_text(error: BaseException) -> str:
    """The code of an error cell for an exception of the user's code."""
    try:
        text = str(error).replace(MARK, " ").strip()
        text.encode()
    except Exception:  # noqa: BLE001 (an exception of the user's own class)
        text = ""
    name = type(error).__name__
    return f"script: {name}: {text}"[:_LONGEST] if text else f"script: {name}"


def _cells(table: pa.Table, name: str) -> list[Any]:
    values: list[Any] = table[name].to_pylist()
    if companion(name) in table.column_names:
        for place, text in enumerate(table[companion(name)].to_pylist()):
            if text is not None:
                values[place] = CellError(*split_error(text))
    return values


def new_column(results: list[Any], type_: str) -> pa.Table:
    """Two columns: `value` of the type, and `error`, the text of the error cell where a result is an error or no such value."""
    import pyarrow as pa

    convert = CONVERTERS[type_]
    values: list[Any] = []
    errors: list[str | None] = []
    for result in results:
        value, error = _cell(result, convert, type_)
        values.append(value)
        errors.append(error)
    return pa.table({"value": pa.array(values, ARROW[type_]()), "error": pa.array(errors, pa.string())})


def _cell(result: Any, convert: Callable[[Any], Any], type_: str) -> tuple[Any, str | None]:
    """A result as a value and the text of an error."""
    if isinstance(result, BaseException):
        return None, _error_text(result)
    try:
        value = plain(result)
        return (None if missing(value) else convert(value)), None
    except Misfit:
        shown = _shown(result)
        return None, f"no {WORDS[type_]}" + (MARK + shown if shown is not None else "")
    except Exception as error:  # noqa: BLE001 (a class of the user's own may raise anything)
        return None, failure_text(error)


def _error_text(error: BaseException) -> str:
    if isinstance(error, CellError):
        return error.code if error.original_value is None else error.code + MARK + error.original_value
    return failure_text(error)


def _shown(value: Any) -> str | None:
    try:
        text = str(value).replace(MARK, " ")
        text.encode()
    except Exception:  # noqa: BLE001 (the same)
        return None
    return text


def verdicts(results: list[Any]) -> tuple[pa.Table, int, str]:
    """The column `value`: whether each row stays (missing: no); how many rows failed, and the first one's message."""
    import pyarrow as pa

    kept: list[bool] = []
    failed = 0
    first = ""
    for result in results:
        try:
            if isinstance(result, BaseException):
                raise result
            value = plain(result)
            kept.append(not missing(value) and value == value and bool(value))  # unequal to itself: not a number
        except Exception as error:  # noqa: BLE001 (the same)
            kept.append(False)
            failed += 1
            first = first or (error.code if isinstance(error, CellError) else failure_text(error)).removeprefix("script: ")
    return pa.table({"value": pa.array(kept, pa.bool_())}), failed, first


def learned_kind(results: list[Any]) -> str:
    """The type of the results; errors tell nothing."""
    return kind_of([plain(result) for result in results if not isinstance(result, BaseException)])


def _arrow() -> dict[str, Callable[[], Any]]:
    def of(name: str, *arguments: Any) -> Callable[[], Any]:
        def make() -> Any:
            import pyarrow as pa

            return getattr(pa, name)(*arguments)

        return make

    return {
        "integer": of("int64"),
        "decimal": of("float64"),
        "boolean": of("bool_"),
        "date": of("date32"),
        "time": of("time64", "us"),
        "timestamp": of("timestamp", "us"),
        "timestamp_tz": of("timestamp", "us", "UTC"),
        "string": of("string"),
    }


ARROW = _arrow()
"""What makes the Arrow type of each of our types."""
