"""From a reference (a path, a `.wbsource` file, an address) to a reader of the source."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from workbench.base.errors import NotFound, UserError, WorkbenchError
from workbench.dataprep.sources.reader import Reader
from workbench.dataprep.sources.source import DataSource, detect, locate
from workbench.dataprep.sources.specs import (
    ArrowSpec,
    DelimitedSpec,
    ExcelSpec,
    FixedWidthSpec,
    JsonSpec,
    LinesSpec,
    ParquetSpec,
    ScriptSpec,
    SourceColumn,
    SourceSpec,
    SqlSpec,
)


def open_source(reference: str, base: Path, folder: Path | None = None, inputs: Mapping[str, Any] = MappingProxyType({})) -> Reader:
    """The reader of what a reference names, seen from a package in `folder` of the project `base`: a data file, a `.wbsource` file,
    a folder, a pattern with wildcards or an address.

    `inputs`: what stands in for sources, by the reference, or the name of its file without suffix: a path, a pandas or Polars data
    frame, an Arrow table, rows as lists or dictionaries, or a DataSource. Values that do not fit the columns are error cells.

    Raises NotFound or UserError.
    """
    stand_in = _stand_in(reference, inputs)
    if isinstance(stand_in, DataSource):
        return open_data_source(stand_in, base, folder or base)
    if isinstance(stand_in, str | Path):
        found = _declared(reference, base, folder)
        if found is not None and Path(stand_in).suffix != ".wbsource":
            return _instead(found, str(stand_in), base, folder)
        return open_source(str(stand_in), base, folder)
    if stand_in is not None:
        from workbench.dataprep.sources.readers.frame import FrameReader

        found = _declared(reference, base, folder)
        return FrameReader(Path(reference).stem, stand_in, found.spec.columns if found else ())
    places = search_folders(base, folder)
    if _is_one_place(reference, places):
        place = locate(reference, places)
        if place.suffix == ".wbsource":
            return open_data_source(DataSource.load(place), base, place.parent)
        return open_file(place, detect(place))
    from workbench.dataprep.sources.detecting import detect_many
    from workbench.dataprep.sources.places import parts_of
    from workbench.dataprep.sources.remote import is_url

    for start in places[:1] if is_url(reference) else places:
        try:
            spec = detect_many(reference, (), folder=start)
        except NotFound:
            if is_url(reference):
                raise
            continue
        return _of_parts(reference, parts_of(reference, folders=places, kind=spec.kind), spec)
    raise NotFound(f"No file matches {reference}.", hint="Check the pattern.", place=reference)


def open_data_source(source: DataSource, base: Path, folder: Path) -> Reader:
    """The reader of a data source whose file stands in `folder`. Raises NotFound or UserError."""
    from workbench.dataprep.sources.places import parts_of

    spec = source.spec
    folders = search_folders(base, folder)
    reader: Reader
    if isinstance(spec, SqlSpec):
        from workbench.dataprep.sources.readers.sql import SqlReader

        reader = SqlReader(source.name, spec, locate(source.path, folders) if source.path else None)
    elif isinstance(spec, ScriptSpec):
        from workbench.dataprep.sources.readers.script import ScriptReader

        reader = ScriptReader(source.name, spec, tuple(locate(each, folders) for each in (source.files or (source.path,)) if each))
    else:
        parts = parts_of(
            source.path, source.files, folders=folders, archive=source.archive, kind=spec.kind, storage=source.storage
        )  # fmt: skip
        root = None
        if (
            source.path
            and "://" not in source.path
            and _is_one_place(source.path, folders)
            and (place := locate(source.path, folders)).is_dir()
        ):
            root = place
        reader = _of_parts(source.name, parts, spec, source.path_column, root)
    reader.chosen, reader.offered = source.sample, source.samples
    return reader


def _of_parts(name: str, parts: Any, spec: SourceSpec, path_column: str = "", root: Path | None = None) -> Reader:
    from workbench.dataprep.sources.places import without_empty
    from workbench.dataprep.sources.readers.files import FilesReader

    if len(parts) == 1 and not path_column and (path := parts[0].direct) is not None and root is None:
        return open_plain(path, spec, name)
    parts = without_empty(parts)
    if isinstance(spec, ParquetSpec) and all(part.direct is not None for part in parts):
        from workbench.dataprep.sources.readers.parquet import ParquetReader

        paths = {part.direct: part.shown for part in parts if part.direct is not None}
        return ParquetReader(name, next(iter(paths)), spec, shown=paths, path_column=path_column, root=root)
    return FilesReader(name, parts, spec, path_column)


def open_file(path: Path, spec: SourceSpec, name: str = "") -> Reader:
    """The reader of a data file, packed or not, or of a folder."""
    from workbench.dataprep.sources.places import parts_of

    name = name or path.stem
    if isinstance(spec, SqlSpec | ScriptSpec) or not path.exists():
        return open_plain(path, spec, name)
    parts = parts_of(str(path.absolute()), folders=(path.parent,), kind=spec.kind)
    return _of_parts(name, parts, spec, root=path if path.is_dir() else None)


def open_plain(path: Path, spec: SourceSpec, name: str = "") -> Reader:
    """The reader of a local file that can be read as it is."""
    name = name or path.stem
    match spec:
        case DelimitedSpec():
            from workbench.dataprep.sources.readers.delimited import DelimitedReader

            return DelimitedReader(name, path, spec)
        case FixedWidthSpec():
            from workbench.dataprep.sources.readers.fixed import FixedWidthReader

            return FixedWidthReader(name, path, spec)
        case LinesSpec():
            from workbench.dataprep.sources.readers.lines import LinesReader

            return LinesReader(name, path, spec)
        case ParquetSpec():
            from workbench.dataprep.sources.readers.parquet import ParquetReader

            return ParquetReader(name, path, spec)
        case JsonSpec():
            from workbench.dataprep.sources.readers.json import JsonReader

            return JsonReader(name, path, spec)
        case ExcelSpec():
            from workbench.dataprep.sources.readers.excel import ExcelReader

            return ExcelReader(name, path, spec)
        case ArrowSpec():
            from workbench.dataprep.sources.readers.arrow import ArrowReader

            return ArrowReader(name, path, spec)
        case SqlSpec():
            from workbench.dataprep.sources.readers.sql import SqlReader

            return SqlReader(name, spec, path)
        case ScriptSpec():
            from workbench.dataprep.sources.readers.script import ScriptReader

            return ScriptReader(name, spec, (path,))
        case _:
            raise UserError(f"This version of Workbench does not read sources of the kind {spec.kind}.", place=str(path))


def _stand_in(reference: str, inputs: Mapping[str, Any]) -> Any:
    for key in (reference, Path(reference).name, Path(reference).stem):
        if key in inputs:
            return inputs[key]
    return None


def _declared(reference: str, base: Path, folder: Path | None) -> DataSource | None:
    """What the source that is replaced says of its columns; None where it is not there, or says nothing."""
    try:
        place = locate(reference, search_folders(base, folder))
        if place.suffix == ".wbsource":
            return DataSource.load(place)
        return DataSource(name=place.stem, path=str(place), spec=detect(place))
    except WorkbenchError:
        return None


def _instead(found: DataSource, path: str, base: Path, folder: Path | None) -> Reader:
    """The reader of another file in place of a source's: in the same way where it is of the same kind."""
    from workbench.dataprep.sources.detecting import detect_many
    from workbench.dataprep.sources.places import parts_of

    places = (Path.cwd(), *search_folders(base, folder))
    parts = parts_of(path, folders=places, kind=found.spec.kind)
    spec: SourceSpec = found.spec
    other = detect_many(path, (), folder=places[0]) if _is_one_place(path, places) and Path(path).exists() else None
    if other is not None and not _alike(other, spec):
        known: dict[str, SourceColumn] = {column.name: column for column in spec.columns}
        spec = other.model_copy(
            update={"columns": tuple(_like(column, known.get(column.name)) for column in other.columns), "questions": ()}
        )  # fmt: skip
    return _of_parts(found.name, parts, spec, found.path_column)


def _alike(one: SourceSpec, other: SourceSpec) -> bool:
    """Whether files of the one can be read in the way of the other."""
    if isinstance(one, DelimitedSpec) and isinstance(other, DelimitedSpec):
        return (one.delimiter, one.encoding) == (other.delimiter, other.encoding)
    return one.kind == other.kind


def _like(column: SourceColumn, declared: SourceColumn | None) -> SourceColumn:
    """A column with the type that the replaced source declares."""
    if declared is None or declared.type == column.type:
        return column
    return column.model_copy(update={"type": declared.type, "format": declared.format, "nested": declared.nested})


def _is_one_place(reference: str, folders: tuple[Path, ...]) -> bool:
    """Whether a reference is a file or folder: brackets in its name are no pattern then."""
    from workbench.dataprep.sources.places import is_pattern, is_there
    from workbench.dataprep.sources.remote import is_url

    return not is_url(reference) and (not is_pattern(reference) or is_there(reference, folders))


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
