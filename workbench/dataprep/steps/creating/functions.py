"""Columns that a Python function makes of texts: the way of what no database can do, the same on every engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.dataprep.cells import arranged, assign, placed, visible
from workbench.dataprep.steps.base import Context

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

Texts = tuple[str | None, ...]
_INPUT, _WRONG, _LEFT = "__error__\x1finput", "__error__\x1fwrong", "__error__\x1fleft"
"""Hidden columns that only live between two queries."""


@dataclass(frozen=True)
class Made:
    """What a function makes of a row: the values of the new columns, or why there are none; `left`: something was left out."""

    values: tuple[Any, ...] = ()
    wrong: str | None = None
    left: bool = False


@dataclass(frozen=True)
class _Batches:
    """The function over Arrow tables; each distinct input is computed once a table. Can be pickled when the function can."""

    call: Callable[[Texts], Made]
    inputs: int
    new: tuple[str, ...]
    schema: Any

    def __call__(self, rows: pa.Table) -> pa.Table:
        import pyarrow as pa

        texts = [rows[f"{_INPUT}{number}"].to_pylist() for number in range(self.inputs)]
        known: dict[Texts, Made] = {}
        made: list[Made] = []
        for row in zip(*texts, strict=True):
            if row not in known:
                known[row] = self.call(row)
            made.append(known[row])
        kinds = self.schema.to_pyarrow()
        columns: dict[str, Any] = {}
        for name in self.schema.names:
            if name in self.new:
                at = self.new.index(name)
                columns[name] = pa.array([one.values[at] if one.values else None for one in made], kinds.field(name).type)
            elif name == _WRONG:
                columns[name] = pa.array([one.wrong for one in made], pa.string())
            elif name == _LEFT:
                columns[name] = pa.array([one.left for one in made], pa.bool_())
            else:
                columns[name] = rows[name]
        return pa.table(columns, kinds)


def by_function(
    table: ir.Table,
    context: Context,
    inputs: Sequence[Any],
    new: Mapping[str, Any],
    call: Callable[[Texts], Made],
    *,
    reads: Sequence[str],
    left: str = "",
) -> ir.Table:
    """The table with the columns `new` (their Ibis types), right of the columns that are read.

    `call` gets the texts of a row's inputs, and must be one that can be pickled. `left`: what to report of rows where something was
    left out.
    """
    import ibis

    given = table.mutate(**{f"{_INPUT}{number}": text for number, text in enumerate(inputs)})
    schema = ibis.schema({**dict(table.schema().items()), **new, _WRONG: "string", _LEFT: "boolean"})
    made = context.by_python(given, schema, _Batches(call, len(inputs), tuple(new), schema))
    if left:
        context.count_failures(left, made, made[_LEFT])
    wrong: Any = made[_WRONG]
    values = {name: made[name] for name in new}
    result = assign(made, values, reads=dict.fromkeys(new, reads), errors=dict.fromkeys(new, wrong))
    return arranged(result, placed(visible(table), list(new), reads))
