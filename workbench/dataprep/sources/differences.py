"""In what the files of a source differ: which lacks or adds which column, or has another type."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from workbench.dataprep.columns import TYPE_WORDS, Schema, listed

_TOLD = 20
"""Sentences at most."""


def differences(schemas: Sequence[tuple[str, Schema]]) -> list[str]:
    """One sentence for each kind of difference to the first file; none where all are alike. Each is given with its name."""
    if len(schemas) < 2:
        return []
    _, reference = schemas[0]
    expected = {column.name.lower(): column for column in reference}
    lacks: dict[str, list[str]] = defaultdict(list)
    adds: dict[str, list[str]] = defaultdict(list)
    differs: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for name, schema in schemas[1:]:
        there = {column.name.lower(): column for column in schema}
        for key, column in expected.items():
            if key not in there:
                lacks[column.name].append(name)
            elif there[key].type != column.type:
                differs[column.name, TYPE_WORDS[there[key].type], TYPE_WORDS[column.type]].append(name)
        for key, column in there.items():
            if key not in expected:
                adds[column.name].append(name)
    sentences = [f"{listed(files)} {_do(files, 'lacks', 'lack')} {_columns(names)}." for names, files in _by_files(lacks)]
    sentences += [f"{listed(files)} {_do(files, 'adds', 'add')} {_columns(names)}." for names, files in _by_files(adds)]
    sentences += [
        f"{listed(files)} {_do(files, 'has', 'have')} {column} as {here}, not {first}."
        for (column, here, first), files in differs.items()
    ]
    if len(sentences) > _TOLD:
        return [*sentences[:_TOLD], f"There are {len(sentences) - _TOLD} more differences."]
    return sentences


def _by_files(found: dict[str, list[str]]) -> list[tuple[list[str], list[str]]]:
    """Columns that the same files lack or add, together."""
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for column, files in found.items():
        groups[tuple(files)].append(column)
    return [(columns, list(files)) for files, columns in groups.items()]


def _do(files: Sequence[str], one: str, many: str) -> str:
    return many if len(files) > 1 else one


def _columns(names: Sequence[str]) -> str:
    return f"the column{'s' if len(names) > 1 else ''} {listed(names)}"
