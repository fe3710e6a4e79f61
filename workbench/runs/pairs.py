"""Params, tags and inputs of a run."""

from collections.abc import Mapping, Sequence
from typing import Literal

import sqlalchemy as sa

from workbench.base.errors import Conflict, NotFound
from workbench.runs.compare import input_key
from workbench.runs.family import in_pieces
from workbench.runs.tables import input_digests, inputs, params, tags
from workbench.runs.upsert import upsert
from workbench.schema import DataInput


def set_pairs(write: sa.Connection, kind: Literal["params", "tags"], run_id: str, values: Mapping[str, str]) -> None:
    """Sets params or tags; an empty tag is removed."""
    if not values:
        return
    if kind == "tags" and (gone := [key for key, value in values.items() if value == ""]):
        write.execute(tags.delete().where(tags.c.run_id == run_id, tags.c.key.in_(gone)))
        values = {key: value for key, value in values.items() if value != ""}
    table = params if kind == "params" else tags
    upsert(write, table, [{"run_id": run_id, "key": key, "value": value} for key, value in values.items()])


def refuse_changed(write: sa.Connection, run_id: str, values: Mapping[str, str]) -> None:
    """Raises Conflict when a param has another value already."""
    for piece in in_pieces(list(values)):
        for key, value in write.execute(_PARAMS, {"run": run_id, "keys": piece}):
            if values[key] != value:
                raise Conflict(
                    f"The param {key!r} has the value {value!r} already and cannot become {values[key]!r}.",
                    hint="Log it under another name, or in another run.",
                    place=key,
                )


def remove_tag(write: sa.Connection, run_id: str, key: str) -> None:
    """Removes a tag. Raises NotFound when the run has none of that name."""
    if write.execute(tags.delete().where(tags.c.run_id == run_id, tags.c.key == key)).rowcount == 0:
        raise NotFound(f"The run has no tag {key!r}.")


def add_inputs(write: sa.Connection, run_id: str, given: Sequence[DataInput]) -> None:
    """Adds inputs; what a script reads twice is kept once."""
    if not given:
        return
    columns = (inputs.c.kind, inputs.c.path, inputs.c.flow, inputs.c.digest)
    known = {tuple(row) for row in write.execute(sa.select(*columns).where(inputs.c.run_id == run_id))}
    digests = {digest for one in given for digest in (one.digest, *(source.digest for source in one.sources)) if digest}
    upsert(write, input_digests, [{"run_id": run_id, "digest": digest} for digest in sorted(digests)])
    for one in given:
        key = input_key(one)
        if key not in known:
            known.add(key)
            kind, path, flow, digest = key
            write.execute(
                inputs.insert().values(
                    run_id=run_id, kind=kind, path=path, flow=flow, digest=digest, content=one.model_dump(mode="json")
                )
            )


_PARAMS = sa.select(params.c.key, params.c.value).where(
    params.c.run_id == sa.bindparam("run"), params.c.key.in_(sa.bindparam("keys", expanding=True))
)
