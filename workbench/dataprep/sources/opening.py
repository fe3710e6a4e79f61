"""From a reference (a path, a `.wbsource` file) to a reader of the source."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from workbench.base.errors import UserError
from workbench.dataprep.sources.reader import Reader
from workbench.dataprep.sources.source import DataSource, detect, locate
from workbench.dataprep.sources.specs import DelimitedSpec, FixedWidthSpec, LinesSpec, ParquetSpec, SourceSpec


def open_source(reference: str, base: Path, folder: Path | None = None, inputs: Mapping[str, Any] = MappingProxyType({})) -> Reader:
    """The reader of what a reference names, seen from a package in `folder` of the project `base`.

    `inputs`: what stands in for sources, by the reference, or the name of its file without suffix: a path, or a data frame.

    Raises NotFound or UserError.
    """
    stand_in = inputs.get(reference, inputs.get(Path(reference).stem))
    if isinstance(stand_in, str | Path):
        return open_source(str(stand_in), base, folder)
    place = locate(reference, search_folders(base, folder))
    if place.suffix == ".wbsource":
        source = DataSource.load(place)
        return open_file(locate(source.path, search_folders(base, place.parent)), source.spec, source.name)
    if place.is_dir():
        raise UserError(f"{place} is a folder, not a data file.", place=str(place))
    return open_file(place, detect(place))


def open_file(path: Path, spec: SourceSpec, name: str = "") -> Reader:
    """The reader of a data file."""
    from workbench.dataprep.sources.readers.delimited import DelimitedReader
    from workbench.dataprep.sources.readers.fixed import FixedWidthReader
    from workbench.dataprep.sources.readers.lines import LinesReader
    from workbench.dataprep.sources.readers.parquet import ParquetReader

    match spec:
        case DelimitedSpec():
            return DelimitedReader(name or path.stem, path, spec)
        case FixedWidthSpec():
            return FixedWidthReader(name or path.stem, path, spec)
        case LinesSpec():
            return LinesReader(name or path.stem, path, spec)
        case ParquetSpec():
            return ParquetReader(name or path.stem, path, spec)
        case _:
            raise UserError(f"This version of Workbench does not read sources of the kind {spec.kind}.", place=str(path))


def search_folders(base: Path, folder: Path | None) -> tuple[Path, ...]:
    """Where relative paths are sought: beside the file that names them, in the project, then in the original of a job's copy."""
    folder = folder or base
    places = [folder, base]
    if original := os.environ.get("WORKBENCH_PROJECT"):
        root = Path(original)
        if folder.is_relative_to(base):
            places.append(root / folder.relative_to(base))
        places.append(root)
    return tuple(dict.fromkeys(places))
