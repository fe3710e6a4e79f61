"""`read("data.json")`: the rows that a source gives, as the engine sees them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from workbench.base.errors import UserError
from workbench.dataprep.cells import companion, split_error
from workbench.dataprep.columns import is_hidden
from workbench.dataprep.engine.store import Store
from workbench.dataprep.sources.opening import open_data_source, open_source
from workbench.dataprep.sources.reader import Reader
from workbench.dataprep.sources.samples import Sample
from workbench.dataprep.sources.source import DataSource


@dataclass(frozen=True)
class Read:
    """What came of reading a source: types by column, rows of values, errors by (row, column) and all that was told."""

    types: dict[str, str]
    rows: list[tuple[Any, ...]]
    errors: dict[tuple[int, str], tuple[str, str | None]]
    notes: tuple[str, ...]
    truncated: bool
    reader: Reader


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "cache")
    yield made
    made.close()


Reading = Callable[..., Read]


@pytest.fixture
def read(project: Path, store: Store) -> Reading:
    """`read(reference or DataSource, sample=..., inputs=...)`; where the source can be scanned, that gives the same rows."""
    made = 0

    def call(
        source: str | DataSource, *, sample: Sample | None = None, inputs: dict[str, Any] | None = None, **options: Any
    ) -> Read:
        nonlocal made
        made += 1
        if isinstance(source, DataSource):
            reader = open_data_source(source, project, project)
        else:
            reader = open_source(source, project, None, inputs or {})
        table = f"t{made}"
        loaded = reader.load(store, table, sample=sample or reader.active_sample, cancel=None, progress=None, **options)
        arrow = store.arrow(f"SELECT * FROM {table} ORDER BY rowid")
        names = [name for name in arrow.column_names if not is_hidden(name)]
        assert names == [column.name for column in reader.schema] or not reader.schema
        held = arrow.to_pydict()
        rows = list(zip(*(held[name] for name in names), strict=True))
        errors = {
            (number, name): split_error(text)
            for name in names
            if companion(name) in held
            for number, text in enumerate(held[companion(name)])
            if text is not None
        }
        assert loaded.rows == len(rows)
        if not errors and not loaded.truncated and (scan := reader.scan()):
            try:
                scanned = store.arrow(scan).to_pydict()
            except UserError:  # the quick way may refuse what the careful one reads
                scanned = held
            assert list(zip(*(scanned[name] for name in names), strict=True)) == rows
        return Read(
            {column.name: column.type for column in reader.schema}, rows, errors, (*reader.notes, *loaded.notes),
            loaded.truncated, reader,
        )  # fmt: skip

    return call
