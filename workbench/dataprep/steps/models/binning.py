"""Numbers in bins."""

# ruff: noqa: ARG002 (every step has the same signature, whether it needs the context or not)

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, Self

from workbench.dataprep.cells import assign, error
from workbench.dataprep.columns import Problem, Schema
from workbench.dataprep.conversion import text_of as shown
from workbench.dataprep.steps.base import NOT_LEARNED, Context, Rows, SchemaContext, StepBase
from workbench.dataprep.steps.models.learning import asked, finite, known_columns, name_problems, nothing, number_problems, numbers
from workbench.dataprep.steps.rows.conditions import exactly

if TYPE_CHECKING:
    import ibis.expr.types as ir

MOST = 500


class Bin(StepBase):
    """The bin that each number lies in, as a text or as a number from 0.

    `edges` are the ends of the bins in ascending order, one more than there are bins: learned for bins of equal width or of equally
    many rows, given for `own` ones. A bin has its lower end, the last one its upper end too. Numbers beyond the ends fall into the
    first or last bin, become missing, or become errors (`outside`).
    """

    op: Literal["bin"] = "bin"
    column: str
    into: str | None = None
    """The new column, right of the column; `<column>_bin` without. The column's own name: in place."""
    method: Literal["equal_width", "equal_frequency", "own"] = "equal_width"
    count: int = 5
    edges: tuple[float, ...] = ()
    labels: tuple[str, ...] = ()
    """What the bins are called, in their order; their ends without, such as `[0, 10)`."""
    outside: Literal["include", "missing", "error"] = "include"
    numbered: bool = False
    """Whether bins are given by their numbers."""

    @property
    def target(self) -> str:
        """The new column."""
        return f"{self.column}_bin" if self.into is None else self.into

    @property
    def learned(self) -> bool:
        return len(self.edges) > 1

    def names(self) -> tuple[str, ...]:
        """What each bin is called."""
        return self.labels or bin_names(self.edges)

    def describe(self) -> str:
        kinds = {"equal_width": "of equal width", "equal_frequency": "of equally many rows", "own": "with given ends"}
        count = len(self.edges) - 1 if self.learned else self.count
        return f"Put {self.column} into {count:,} bins {kinds[self.method]}"

    def reads(self, schema: Schema) -> tuple[str, ...]:
        return (self.column,)

    def makes(self, schema: Schema) -> tuple[str, ...]:
        return (self.target,)

    def check(self, schema: Schema, context: SchemaContext | None = None) -> list[Problem]:
        problems = number_problems(schema, [self.column]) + name_problems(schema, [self.target], [self.column])
        if self.method != "own" and not 1 <= self.count <= MOST:
            problems.append(Problem(f"The number of bins must be between 1 and {MOST}."))
        if not self.edges:
            own = Problem("Give the ends of the bins, in ascending order.")
            return problems or [own if self.method == "own" else NOT_LEARNED]
        pairs = pairwise(self.edges)
        if (
            not 2 <= len(self.edges) <= MOST + 1
            or not all(math.isfinite(edge) for edge in self.edges)
            or any(a >= b for a, b in pairs)
        ):
            problems.append(Problem(f"The ends of the bins must be 2 to {MOST + 1} numbers in ascending order."))
        elif self.labels and len(self.labels) != len(self.edges) - 1:
            problems.append(Problem(f"There are {len(self.labels)} labels for {len(self.edges) - 1} bins."))
        return problems

    def apply(self, table: ir.Table, context: Context) -> ir.Table:
        import ibis

        number = numbers(table, self.column)
        kind = "int64" if self.numbered else "string"
        held = [ibis.literal(at if self.numbered else name, type=kind) for at, name in enumerate(self.names())]
        low, high = exactly(self.edges[0]), exactly(self.edges[-1])
        beyond = ((number < low) | (number > high)).fill_null(False)
        value: Any = ibis.cases(
            (number.isnull(), ibis.null(kind)),
            *((number < exactly(edge), name) for edge, name in zip(self.edges[1:-1], held, strict=False)),
            else_=held[-1],
        )
        errors: dict[str, Any] = {}
        if self.outside != "include":
            value = ibis.ifelse(beyond, ibis.null(kind), value)
        if self.outside == "error":
            errors[self.target] = ibis.ifelse(
                beyond, error("in no bin", shown(table[self.column], context.dialect)), ibis.null("string")
            )
            context.count_failures(f"in {self.column} are in no bin and became errors", table, beyond)
        return assign(table, {self.target: value}, reads={self.target: [self.column]}, errors=errors, after=(self.column,))

    def relearn(self, rows: Rows) -> Self:
        if self.method == "own":
            return self
        table = rows.table
        known_columns(table, [self.column])
        value = finite(table, self.column)
        if self.method == "equal_frequency":
            found = asked(rows, {"all": value.quantile([at / self.count for at in range(self.count + 1)])})["all"]
            if not found or found[0] is None:
                raise nothing(self.column)
            edges = sorted({float(edge) for edge in found})
        else:
            ends = asked(rows, {"low": value.min(), "high": value.max()})
            if ends["low"] is None:
                raise nothing(self.column)
            low, high = float(ends["low"]), float(ends["high"])
            edges = sorted({*(low + at * ((high - low) / self.count) for at in range(self.count)), high})
        if len(edges) == 1:
            edges = [edges[0] - 0.5, edges[0] + 0.5]
        fitting = self.labels if len(self.labels) == len(edges) - 1 else ()
        return self.model_copy(update={"edges": tuple(edges), "labels": fitting})


def bin_names(edges: Sequence[float]) -> tuple[str, ...]:
    """The ends of bins as texts, as short as tells them apart: `[0, 10)`, the last one `[10, 20]`."""
    texts = [repr(edge) for edge in edges]
    for digits in range(4, 18):
        short = [f"{edge:.{digits}g}" for edge in edges]
        if len(set(short)) == len(set(edges)) and all(
            math.isclose(float(s), e, rel_tol=1e-4) for s, e in zip(short, edges, strict=True)
        ):
            texts = short
            break
    pairs = list(pairwise(texts))
    return tuple(f"[{low}, {high}{']' if at == len(pairs) - 1 else ')'}" for at, (low, high) in enumerate(pairs))
