"""The Python file that reads a source's or preparation's data, for scripts and notebooks."""

from pathlib import Path
from typing import TYPE_CHECKING

from workbench.base.files import write_atomic

if TYPE_CHECKING:
    from workbench.dataprep.sources import DataSource


def write_code(path: Path, flow: str | None = None) -> Path:
    """Writes `<name>_data.py` beside the file (with a number when taken) and returns its path. For a worker."""
    if path.suffix == ".wbprep":
        from workbench.dataprep.code import to_python
        from workbench.dataprep.package import Package

        text = to_python(Package.load(path), flow)
    else:
        from workbench.dataprep.sources import DataSource

        text = source_code(DataSource.load(path))
    target, number = path.parent / f"{path.stem}_data.py", 1
    while target.exists() and target.read_text("utf-8", errors="replace") != text:
        number += 1
        target = path.parent / f"{path.stem}_data_{number}.py"
    write_atomic(target, text)
    return target


def source_code(source: "DataSource") -> str:
    """A script that reads a source as it was set up, with pandas alone."""
    spec = source.spec
    absolute = Path(source.path).is_absolute()
    place = f"Path({source.path!r})" if absolute else f"Path(__file__).parent / {source.path!r}"
    dates = [column.name for column in spec.columns if column.type in {"date", "timestamp"}]
    formats = {column.name: column.format for column in spec.columns if column.format}
    if spec.kind == "parquet":
        reading = "df = pd.read_parquet(DATA)"
    else:
        arguments = {
            "sep": repr(spec.delimiter),
            "quotechar": repr(spec.quote) if spec.quote else "",
            "quoting": "" if spec.quote else "3",
            "encoding": repr(spec.encoding),
            "skiprows": str(spec.skip_rows) if spec.skip_rows else "",
            "header": "" if spec.header else "None",
            "names": "" if spec.header else repr([column.name for column in spec.columns]),
            "decimal": repr(spec.decimal) if spec.decimal != "." else "",
            "na_values": repr([marker for marker in spec.missing if marker]) if len(spec.missing) > 1 else "",
            "parse_dates": repr(dates) if dates else "",
            "date_format": repr(formats) if formats else "",
        }
        lines = "".join(f"    {name}={value},\n" for name, value in arguments.items() if value)
        reading = f"df = pd.read_csv(\n    DATA,\n{lines})"
    return f'''"""Reads the data source {source.name}."""

from pathlib import Path

import pandas as pd

DATA = {place}
{reading}

# Replace this line by your own use of the data.
print(df.head(10))
'''
