"""What a run came from and what it went into: parents, reused results, and files that one run made and another one read."""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from workbench.runs.family import in_pieces
from workbench.runs.records import INPUTS, summaries_of
from workbench.runs.tables import artifacts, input_digests, runs
from workbench.schema import DataInput, RunLink, RunSummary


def came_from(connection: sa.Connection, row: Any) -> tuple[RunLink, ...]:
    """The run's parent, the run whose result it has, and the data that it read, with the runs that made these."""
    read = [DataInput.model_validate(content) for content in connection.execute(INPUTS, {"run": row.id}).scalars()]
    makers = _makers(connection, {digest for one in read for digest in _digests(one)}, but=row.id)
    known = _runs(connection, [row.parent_id, row.result_of, *(run_id for found in makers.values() for run_id, _ in found)])
    links = [
        RunLink(relation=relation, run=known[run_id])
        for relation, run_id in (("parent", row.parent_id), ("result", row.result_of))
        if run_id in known
    ]
    for one in read:
        found = dict.fromkeys(maker for digest in _digests(one) for maker in makers.get(digest, ()) if maker[0] in known)
        links += [RunLink(relation="data", run=known[run_id], data=one, path=path) for run_id, path in found]
        if not found:
            links.append(RunLink(relation="data", data=one))
    return tuple(links)


def went_into(connection: sa.Connection, row: Any) -> tuple[RunLink, ...]:
    """The run's children, the runs that have its result, and those that read its outputs."""
    by_parent = sa.select(runs.c.id).where(runs.c.parent_id == row.id).order_by(runs.c.created, runs.c.id)
    by_result = sa.select(runs.c.id).where(runs.c.result_of == row.id).order_by(runs.c.created, runs.c.id)
    readers = (
        sa.select(input_digests.c.run_id, artifacts.c.path)
        .join(artifacts, artifacts.c.digest == input_digests.c.digest)
        .where(artifacts.c.run_id == row.id, artifacts.c.digest != "", input_digests.c.run_id != row.id)
        .order_by(input_digests.c.run_id, artifacts.c.path)
    )
    children = connection.execute(by_parent).scalars().all()
    results = connection.execute(by_result).scalars().all()
    reads = connection.execute(readers).all()
    known = _runs(connection, [*children, *results, *(run_id for run_id, _ in reads)])
    return (
        *(RunLink(relation="child", run=known[run_id]) for run_id in children),
        *(RunLink(relation="result", run=known[run_id]) for run_id in results),
        *(RunLink(relation="data", run=known[run_id], path=path) for run_id, path in reads),
    )


def _digests(one: DataInput) -> list[str]:
    return [digest for digest in (one.digest, *(source.digest for source in one.sources)) if digest]


def _makers(connection: sa.Connection, digests: Iterable[str], *, but: str) -> dict[str, list[tuple[str, str]]]:
    """The runs, each with the path of its output, that made files of these digests."""
    found: dict[str, list[tuple[str, str]]] = {}
    columns = artifacts.c
    for piece in in_pieces(sorted(digests)):
        query = sa.select(columns.digest, columns.run_id, columns.path).where(columns.digest.in_(piece), columns.run_id != but)
        for digest, run_id, path in connection.execute(query.order_by(columns.run_id, columns.path)):
            found.setdefault(digest, []).append((run_id, path))
    return found


def _runs(connection: sa.Connection, ids: Sequence[str | None]) -> dict[str | None, RunSummary]:
    return {one.id: one for one in summaries_of(connection, list(dict.fromkeys(run_id for run_id in ids if run_id)))}
