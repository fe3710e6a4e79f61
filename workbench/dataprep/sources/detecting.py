"""Finding out how many files, packed or elsewhere, are to be read: the format of each, put together."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from workbench.base.errors import NotFound, UserError
from workbench.dataprep.columns import ColumnType, listed
from workbench.dataprep.sources import remote
from workbench.dataprep.sources.differences import differences
from workbench.dataprep.sources.places import Part, left_out, parts_of, without_empty
from workbench.dataprep.sources.source import DataSource, detect
from workbench.dataprep.sources.specs import DelimitedSpec, ExcelSpec, SourceColumn, SourceSpec, TableTextSpec

_LOOKED_AT = 40
"""So many files are looked at, spread over all of them."""


def auto_read_file(path: Path | str | Sequence[Path | str], folder: Path | None = None) -> DataSource:
    """Finds out all about data: kind, format, header, types; the source is ready to be saved in `folder` (the working folder).

    `path`: a file, a folder, a pattern with wildcards, an address, or a list of files. Raises NotFound, UserError.
    """
    return DataSource.create(path, folder or Path.cwd())


def detect_many(
    path: str, files: Sequence[str], *, folder: Path, archive: str = "", storage: Mapping[str, Any] = MappingProxyType({})
) -> SourceSpec:
    """How the files are read that a source in `folder` names. Raises NotFound, UserError with one sentence."""
    parts = parts_of(path, files, folders=(folder,), archive=archive, storage=storage)
    root = next((place for place in (Path(path), folder / path) if path and place.is_dir()), None) if "://" not in path else None
    if root is not None and _is_parquet(parts):
        from workbench.dataprep.sources.readers.parquet import detect_parquet

        found: SourceSpec = detect_parquet(tuple(part.path for part in parts if part.path is not None), root=root)
    else:
        found = _together([(part, _one(part)) for part in _spread(without_empty(parts))])
    if root is not None and (others := left_out(root, parts)):
        found = found.model_copy(update={"notes": (*found.notes, others)})
    return found


def _is_parquet(parts: Sequence[Part]) -> bool:
    def marked(path: Path) -> bool:
        with path.open("rb") as file:
            return file.read(4) == b"PAR1"

    return all(part.direct is not None for part in parts[:_LOOKED_AT]) and all(
        marked(part.path) for part in parts[:_LOOKED_AT] if part.path is not None
    )


def _spread(parts: Sequence[Part]) -> list[Part]:
    if len(parts) <= _LOOKED_AT:
        return list(parts)
    return [parts[number * (len(parts) - 1) // (_LOOKED_AT - 1)] for number in range(_LOOKED_AT)]


def _one(part: Part) -> SourceSpec:
    if part.entry:
        with tempfile.TemporaryDirectory(prefix="workbench-") as folder:
            return detect(part.local(Path(folder)))
    if part.url:
        return detect(remote.fetch(part.url, part.storage))
    return detect(part.file)


def _together(found: Sequence[tuple[Part, SourceSpec]]) -> SourceSpec:
    """One specification for all files: the first one's, with the columns of all."""
    if not found:
        raise NotFound("There are no files to read.")
    _, first = found[0]
    if len(found) == 1:
        return first
    if strange := [part.shown for part, spec in found if spec.kind != first.kind]:
        raise UserError(
            f"The files are of different kinds: {found[0][0].shown} is {first.kind}, but not {listed(strange)}.",
            hint="Choose files of one kind, or a pattern such as *.csv.",
        )
    columns: dict[str, SourceColumn] = {}
    for _, spec in found:
        for column in spec.columns:
            known = columns.get(column.name.lower())
            columns[column.name.lower()] = column if known is None else _wider(known, column)
    notes = list(first.notes) + differences([(part.shown, spec.schema_) for part, spec in found])
    questions = {question.column: question for _, spec in found for question in spec.questions}
    asked = tuple(q for q in questions.values() if columns[q.column.lower()].type == "string")
    changes: dict[str, object] = {"columns": tuple(columns.values()), "questions": asked}
    if isinstance(first, DelimitedSpec):
        odd = [
            part.shown for part, spec in found if isinstance(spec, DelimitedSpec)
            and len(spec.columns) > 1 and len(first.columns) > 1 and spec.delimiter != first.delimiter
        ]  # fmt: skip
        notes += [f"{listed(odd)} has another delimiter than the first file."] if odd else []
    if isinstance(first, TableTextSpec):
        changes["header_mode"] = "every" if first.header else first.header_mode
        missing = [marker for _, spec in found if isinstance(spec, TableTextSpec) for marker in spec.missing]
        changes["missing"] = tuple(dict.fromkeys(missing))
    if isinstance(first, ExcelSpec):
        sheets = {spec.sheet for _, spec in found if isinstance(spec, ExcelSpec)}
        changes["sheet"] = first.sheet if len(sheets) == 1 else 1
    changes["notes"] = tuple(dict.fromkeys(notes))
    return first.model_copy(update=changes)


def _wider(one: SourceColumn, other: SourceColumn) -> SourceColumn:
    """A column that holds the values of both: text where their types have nothing in common."""
    if (one.type, one.format, one.nested) == (other.type, other.format, other.nested):
        return one
    types: set[ColumnType] = {one.type, other.type}
    if types == {"integer", "decimal"}:
        return one.model_copy(update={"type": "decimal", "nested": ""})
    if types == {"date", "timestamp"} and not one.format and not other.format:
        return one.model_copy(update={"type": "timestamp", "nested": ""})
    return one.model_copy(update={"type": "string", "format": "", "nested": ""})
