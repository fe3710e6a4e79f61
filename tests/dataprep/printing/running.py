"""Running printed programs where Workbench cannot be imported, and what they give as plain values."""

from __future__ import annotations

import datetime as dt
import math
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tests.dataprep.cases import Case
from workbench.dataprep.package import Dataflow, FileRef, Package

Values = dict[str, list[Any]]


def package_of(case: Case, folder: Path, *, nan: bool = True) -> Package:
    """Writes the tables of a case into the folder; a package whose only flow has its step. Without `nan` such are missing."""
    folder.mkdir(exist_ok=True)
    for name, table in {"table.parquet": case.table, **case.others}.items():
        pq.write_table(table if nan else nan_missing(table), folder / name)
    flow = Dataflow(name="prepared", source=FileRef(path="table.parquet"), steps=(*case.before, case.step))
    return Package(flows=(flow,)).save(folder / "case.wbprep")


def nan_missing(table: pa.Table) -> pa.Table:
    """The table with missing values for what is not a number: pandas cannot tell them apart."""
    for number, field in enumerate(table.schema):
        if pa.types.is_floating(field.type):
            values = [None if value is None or math.isnan(value) else value for value in table.column(number).to_pylist()]
            table = table.set_column(number, field, pa.array(values, field.type))
    return table


class _Blocked(MetaPathFinder):
    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if name.partition(".")[0] in {"workbench", "tests"}:
            raise ModuleNotFoundError(f"{name} cannot be imported by printed code")
        return None


@contextmanager
def without_workbench() -> Iterator[None]:
    """In this block, `import workbench` fails."""
    held = {name: module for name, module in sys.modules.items() if name.partition(".")[0] in {"workbench", "tests"}}
    finder = _Blocked()
    for name in held:
        del sys.modules[name]
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        sys.modules.update(held)


def executed(code: str, **given: Any) -> dict[str, Any]:
    """The names that a program leaves; it runs in a namespace of its own."""
    scope: dict[str, Any] = {"__name__": "printed", **given}
    with without_workbench():
        exec(compile(code, "printed.py", "exec"), scope)
    return scope


def plain(value: Any) -> Any:
    """A value without what only its library knows; missing values and NaN as they are told apart below."""
    import numpy as np

    if value is None or type(value).__name__ in {"NAType", "NaTType"}:
        return None
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, np.ndarray | list | tuple) and not hasattr(value, "_fields"):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, dt.datetime):
        return dt.datetime.combine(value.date(), value.time(), value.tzinfo and dt.UTC)
    return value


def same(left: Any, right: Any) -> bool:
    """Whether two plain values are the same; decimals may differ in their last digits."""
    if isinstance(left, bool) or isinstance(right, bool) or left is None or right is None:
        return left is right
    if isinstance(left, float) and isinstance(right, float):
        return (math.isnan(left) and math.isnan(right)) or math.isclose(left, right, rel_tol=1e-9, abs_tol=1e-12)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return list(left) == list(right) and all(same(left[key], right[key]) for key in left)
    return type(left) is type(right) and bool(left == right)


def differences(found: Values, wanted: Values) -> list[str]:
    """Where two tables differ, in words; the first of each column."""
    if list(found) != list(wanted):
        return [f"columns {list(found)}, not {list(wanted)}"]
    told = []
    for name, values in wanted.items():
        if len(found[name]) != len(values):
            return [f"{len(found[name])} rows, not {len(values)}"]
        bad = [row for row, (one, other) in enumerate(zip(found[name], values, strict=True)) if not same(one, other)]
        if bad:
            told.append(f"{name}, row {bad[0]}: {found[name][bad[0]]!r}, not {values[bad[0]]!r}")
    return told


def arrow_values(table: pa.Table) -> Values:
    """An Arrow table as plain values; dictionaries and large types are the same as others."""
    return {name: [plain(value) for value in table.column(name).to_pylist()] for name in table.column_names}


def pandas_values(frame: Any, wanted: pa.Table) -> Values:
    """A pandas frame as plain values: a date is a timestamp at midnight there, NaN is missing."""
    result: Values = {}
    for name in frame.columns:
        values = [plain(value) for value in frame[name].tolist()]
        kind = wanted.schema.field(name).type if name in wanted.column_names else None
        if frame[name].dtype.kind == "f" or str(frame[name].dtype) == "str":
            values = [None if isinstance(value, float) and math.isnan(value) else value for value in values]
        if kind is not None and pa.types.is_date(kind):
            values = [value.date() if isinstance(value, dt.datetime) and value.time() == dt.time() else value for value in values]
        result[name] = values
    return result


def without_nan(values: Values) -> Values:
    """NaN as a missing value."""
    return {
        name: [None if isinstance(value, float) and math.isnan(value) else value for value in column]
        for name, column in values.items()
    }
