"""How many rows of two tables find a partner, for the diagram beside a join."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.dataprep.steps.base import Dialect, Rows
from workbench.dataprep.steps.tables.join import Join, matching

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True)
class MatchCounts:
    """Rows of both tables with and without a partner, and the pairs that they make."""

    left_matched: int
    left_unmatched: int
    right_matched: int
    right_unmatched: int
    pairs: int

    @property
    def result(self) -> dict[str, int]:
        """How many rows a join keeps, by its kind."""
        return {
            "inner": self.pairs,
            "left": self.pairs + self.left_unmatched,
            "right": self.pairs + self.right_unmatched,
            "full": self.pairs + self.left_unmatched + self.right_unmatched,
            "left_anti": self.left_unmatched,
            "right_anti": self.right_unmatched,
            "full_anti": self.left_unmatched + self.right_unmatched,
            "cross": (self.left_matched + self.left_unmatched) * (self.right_matched + self.right_unmatched),
        }


def count_matches(step: Join, left: Rows, right: Rows, dialect: Dialect = "duckdb") -> MatchCounts:
    """The counts of a join with keys between the rows that reach it and those of its other table; one query for each side."""
    pairs = [(key.left, key.right) for key in step.keys]
    rows, matched, found = _counted(step, left, right, pairs, dialect)
    others, others_matched, _ = _counted(step, right, left, [(two, one) for one, two in pairs], dialect)
    return MatchCounts(matched, rows - matched, others_matched, others - others_matched, found)


def _counted(
    step: Join, rows: Rows, other: Rows, pairs: list[tuple[str, str]], dialect: Dialect
) -> tuple[int, int, int]:  # fmt: skip
    """The rows of one side, those with a partner, and the pairs: both sides are grouped by their keys before they are joined."""
    own = _keys(rows.table, [one for one, _ in pairs], "own")
    there = _keys(other.table, [two for _, two in pairs], "other")
    named = [(f"own_{number}", f"other_{number}") for number in range(len(pairs))]
    joined: Any = own.join(there, matching(own, there, named, step, dialect), how="left")
    return _asked(rows, joined)


def _keys(table: ir.Table, columns: list[str], side: str) -> ir.Table:
    """Each combination of keys with how many rows have it."""
    from workbench.dataprep.cells import companion, error_of

    values: dict[str, Any] = {f"{side}_{number}": table[name] for number, name in enumerate(columns)}
    for number, name in enumerate(columns):
        if (found := error_of(table, name)) is not None:
            values[companion(f"{side}_{number}")] = found
    keyed = table.select(**values)
    return keyed.group_by(list(values)).aggregate(**{f"{side}_rows": keyed.count()})


def _asked(rows: Rows, joined: Any) -> tuple[int, int, int]:
    own = [name for name in joined.columns if name.startswith(("own_", "__error__own_"))]
    each = joined.group_by(own).aggregate(found=joined["other_rows"].sum())
    counted = each.aggregate(
        rows=each["own_rows"].sum(),
        matched=each["own_rows"].sum(where=each["found"].notnull()),
        pairs=(each["own_rows"] * each["found"]).sum(),
    )
    answer = rows.ask(counted).to_pylist()[0]
    return int(answer["rows"] or 0), int(answer["matched"] or 0), int(answer["pairs"] or 0)
