"""Lists, rows and tables of a run. They are kept among its outputs in `tables/`, as files that every tool reads.

A table is `tables/<name>.jsonl`, one JSON object a line; a data frame is `tables/<name>.parquet`. Two columns of numbers show as
one against the other, everything else as a table.
"""

from __future__ import annotations

import importlib
import json
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from workbench.sdk.run import Run, log_series, recorded


def log_list(key: str, values: Iterable[float], *, first_step: int = 0) -> None:
    """Logs all values of a metric at once, by the steps from `first_step` on. Raises as `log` does for what is no number."""
    log_series(key, values, first_step)


def log_row(name: str, /, **columns: Any) -> None:
    """Adds a row to the table `name` of the run: `log_row("errors", depth=3, error=0.2)`.

    Values are numbers, texts, booleans, None, or what becomes a number or a text. Any word can name a column.
    """
    if not columns:
        message = f"The row for the table {name} has no columns."
        raise ValueError(message)
    line = json.dumps({key: _plain(value) for key, value in columns.items()}, ensure_ascii=False) + "\n"
    if run := recorded():
        _append(run, name, line)


def log_table(name: str, table: Any) -> None:
    """Keeps a table with the run, in place of one of that name.

    `table`: columns as `{"a": [1, 2], "b": [3, 4]}`, rows as a list of dictionaries, or a pandas, Polars or Arrow table. Raises
    ValueError for columns of unequal lengths or of one name, TypeError for anything else.
    """
    if hasattr(table, "to_frame") and not _is_frame(table):
        table = table.to_frame()  # a column of pandas or Polars
    if _is_frame(table):
        run = recorded()
        if not run or _written(run.place(f"tables/{name}.parquet"), table):
            if run:
                run.place(f"tables/{name}.jsonl").unlink(missing_ok=True)
            return
        table = _rows_of_frame(table)
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in _rows(name, table))
    if run := recorded():
        path = run.place(f"tables/{name}.jsonl")
        temporary = path.with_name(f".{path.name}.part")
        temporary.write_text(lines, encoding="utf-8", errors="backslashreplace")
        temporary.replace(path)
        run.place(f"tables/{name}.parquet").unlink(missing_ok=True)


def _append(run: Run, name: str, line: str) -> None:
    """One write, so that rows of several threads and processes stay whole."""
    handle = os.open(run.place(f"tables/{name}.jsonl"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        os.write(handle, line.encode("utf-8", "backslashreplace"))
    finally:
        os.close(handle)


def _rows(name: str, table: Any) -> list[dict[str, Any]]:
    if isinstance(table, Mapping):
        columns = {str(key): _column(name, key, values) for key, values in table.items()}
        lengths = {key: len(values) for key, values in columns.items()}
        if len(set(lengths.values())) > 1:
            told = ", ".join(f"{key} {count}" for key, count in lengths.items())
            message = f"The columns of the table {name} have unequal lengths: {told}."
            raise ValueError(message)
        names = list(columns)
        return [dict(zip(names, map(_plain, row))) for row in zip(*columns.values())]
    if isinstance(table, Sequence) and not isinstance(table, str) and all(isinstance(row, Mapping) for row in table):
        return [{str(key): _plain(value) for key, value in row.items()} for row in table]
    message = f"log_table takes columns, rows as dictionaries or a data frame, not {type(table).__name__}."
    raise TypeError(message)


def _column(name: str, key: Any, values: Any) -> list[Any]:
    if isinstance(values, str) or not isinstance(values, Iterable):
        message = f"The column {key} of the table {name} must be a list of values, not {values!r:.200}."
        raise TypeError(message)
    return list(values)


def _plain(value: Any) -> Any:
    """A value that JSON has; NaN and infinities become texts, as JSON of other tools knows none."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()  # of a file's name that is no UTF-8
    if value is None or isinstance(value, (bool, int)):
        return value
    if hasattr(value, "item") and not isinstance(value, float) and getattr(value, "size", 1) == 1:
        value = value.item()  # a NumPy scalar
        if value is None or isinstance(value, (str, bool, int)):
            return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return str(value)


def _is_frame(table: Any) -> bool:
    return hasattr(table, "to_parquet") or hasattr(table, "write_parquet") or type(table).__module__.startswith("pyarrow")


def _written(path: Path, table: Any) -> bool:
    """Writes the frame as Parquet; False where its columns mix kinds, or this Python lacks what writes it."""
    temporary = path.with_name(f".{path.name}.part")
    try:
        if hasattr(table, "to_parquet"):
            table.to_parquet(temporary)
        elif hasattr(table, "write_parquet"):
            table.write_parquet(temporary)
        else:
            importlib.import_module("pyarrow.parquet").write_table(table, temporary)
    except OSError:  # a full disk
        raise
    except Exception:  # noqa: BLE001 (each library has failures of its own)
        temporary.unlink(missing_ok=True)
        return False
    temporary.replace(path)
    return True


def _rows_of_frame(table: Any) -> list[dict[Any, Any]]:
    if not getattr(getattr(table, "columns", None), "is_unique", True):
        message = f"The table has two columns of one name: {', '.join(map(str, table.columns))}."
        raise ValueError(message)
    if hasattr(table, "reset_index") and type(table.index).__name__ != "RangeIndex":
        table = table.reset_index()  # the rows' names, which Parquet would have kept
    for method, arguments in (("to_dicts", ()), ("to_pylist", ()), ("to_dict", ("records",))):
        if hasattr(table, method):
            rows: list[dict[Any, Any]] = getattr(table, method)(*arguments)
            return rows
    message = f"log_table takes columns, rows as dictionaries or a data frame, not {type(table).__name__}."
    raise TypeError(message)
