"""The Python file that reads a source's or preparation's data, for scripts and notebooks."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.base.files import write_atomic

if TYPE_CHECKING:
    from workbench.dataprep.sources import DataSource, DelimitedSpec, FixedWidthSpec


def write_code(path: Path, flow: str | None = None) -> Path:
    """Writes `<name>_data.py` beside the file (with a number when taken) and returns its path. For a worker."""
    if path.suffix == ".wbprep":
        from workbench.dataprep.code import to_python
        from workbench.dataprep.package import Package

        text = to_python(Package.load(path), flow)
    else:
        from workbench.dataprep.sources import DataSource

        text = source_code(DataSource.load(path), path.name)
    target, number = path.parent / f"{path.stem}_data.py", 1
    while target.exists() and target.read_text("utf-8", errors="replace") != text:
        number += 1
        target = path.parent / f"{path.stem}_data_{number}.py"
    write_atomic(target, text)
    return target


def source_code(source: "DataSource", file: str = "") -> str:
    """A script that reads a source as it was set up: with pandas alone where that can, else through Workbench from `file`."""
    from workbench.dataprep.sources import DelimitedSpec, FixedWidthSpec, ParquetSpec

    spec = source.spec
    absolute = Path(source.path).is_absolute()
    place = f"Path({source.path!r})" if absolute else f"Path(__file__).parent / {source.path!r}"
    reading = ""
    if _one_file(source):
        if isinstance(spec, ParquetSpec):
            reading = "df = pd.read_parquet(DATA)"
        elif isinstance(spec, DelimitedSpec):
            reading = _delimited(spec)
        elif isinstance(spec, FixedWidthSpec):
            reading = _fixed(spec)
    imports = "import pandas as pd" if reading else "import workbench"
    if not reading:
        place = f"Path(__file__).parent / {file!r}"
        reading = "df = workbench.source(DATA)"
    return f'''"""Reads the data source {source.name}."""

from pathlib import Path

{imports}

DATA = {place}
{reading}

# Replace this line by your own use of the data.
print(df.head(10))
'''


def _one_file(source: "DataSource") -> bool:
    """Whether the path is that of one file on this machine."""
    many = any(getattr(source, name, None) for name in ("files", "archive", "storage", "path_column"))
    return (
        not many and "://" not in source.path and not any(sign in source.path for sign in "*?[") and bool(Path(source.path).suffix)
    )


def _delimited(spec: "DelimitedSpec") -> str:
    """The call of read_csv; none where pandas does not know the format."""
    if (
        spec.trim
        or spec.framed
        or spec.rules
        or spec.repeated
        or spec.header_commented
        or len(spec.comment) > 1
        or not spec.delimiter
    ):
        return ""
    separator = spec.delimiter if len(spec.delimiter) == 1 else re.escape(spec.delimiter)
    arguments = {
        "sep": repr(separator),
        "engine": repr("python") if len(spec.delimiter) > 1 or spec.footer_rows else "",
        "quotechar": repr(spec.quote) if spec.quote else "",
        "quoting": "" if spec.quote else "3",
        "escapechar": repr(spec.escape) if spec.escape and spec.escape != spec.quote else "",
        **_table(spec),
    }
    return _call("read_csv", arguments)


def _fixed(spec: "FixedWidthSpec") -> str:
    if spec.rules or len(spec.comment) > 1:
        return ""
    ends = [*map(str, spec.starts[1:]), "None"]
    places = ", ".join(f"({start}, {end})" for start, end in zip(spec.starts, ends, strict=True))
    return _call("read_fwf", {"colspecs": f"[{places}]", **_table(spec)})


def _table(spec: "DelimitedSpec | FixedWidthSpec") -> dict[str, str]:
    """What both calls have; empty texts are left out."""
    dates = [column.name for column in spec.columns if column.type in {"date", "timestamp", "timestamp_tz"}]
    formats = {column.name: column.format for column in spec.columns if column.format}
    named = spec.header and spec.header_rows == 1
    skipped = spec.skip_rows + (spec.header_rows if spec.header and not named else 0)
    return {
        "encoding": repr(spec.encoding),
        "skiprows": str(skipped) if skipped else "",
        "skipfooter": str(spec.footer_rows) if spec.footer_rows else "",
        "comment": repr(spec.comment) if spec.comment else "",
        "header": "" if named else "None",
        "names": "" if named else repr([column.name for column in spec.columns]),
        "decimal": repr(spec.decimal) if spec.decimal != "." else "",
        "thousands": repr(spec.thousands) if spec.thousands else "",
        "na_values": repr([marker for marker in spec.missing if marker]) if len(spec.missing) > 1 else "",
        "parse_dates": repr(dates) if dates else "",
        "date_format": repr(formats) if formats else "",
    }


def _call(function: str, arguments: dict[str, str]) -> str:
    lines = "".join(f"    {name}={value},\n" for name, value in arguments.items() if value)
    return f"df = pd.{function}(\n    DATA,\n{lines})"
