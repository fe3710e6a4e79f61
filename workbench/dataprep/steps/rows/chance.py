"""Chance that comes out the same everywhere: the MD5 digest of a seed and a row's number, or a value of the row.

A digest is a text of 32 hexadecimal digits. Texts of one length stand in the order of the numbers that they write, so that a share
of the rows is a plain comparison with a text, and a draw is a sort. Every database has MD5, and so has Python's library; integer
arithmetic with its overflows is not the same on any two.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from workbench.dataprep.columns import ROW, unique_name

if TYPE_CHECKING:
    import ibis.expr.types as ir

_DIGITS = 8


def with_numbers(table: ir.Table) -> tuple[ir.Table, str]:
    """The table with one more column: each row's place in the order, from 0 without gaps; and the column's name."""
    import ibis

    name = unique_name("__number__", table.columns)
    return table.mutate(**{name: ibis.row_number().over(order_by=table[ROW])}), name


def with_chance(table: ir.Table, seed: int) -> tuple[ir.Table, str]:
    """The table with one more column: a digest for each row that depends on its place and the seed alone; and the column's name."""
    numbered, number = with_numbers(table)
    name = unique_name("__chance__", numbered.columns)
    drawn = numbered.mutate(**{name: chance_of(numbered[number].cast("string"), seed)})
    return drawn.drop(number), name


def chance_of(text: Any, seed: int) -> Any:
    """The digest of a text and the seed."""
    import ibis

    from workbench.byexample.native.functions import function

    return function("md5", ("string",), "string")(ibis.literal(f"{seed}:") + text)


def share_text(share: float) -> str:
    """The text below which this share of all digests is; 0: the empty text, 1: a text that is greater than all."""
    number = int(share * 16**_DIGITS + 0.5)
    return "" if number <= 0 else "g" if number >= 16**_DIGITS else f"{number:0{_DIGITS}x}"


def bounds(shares: Sequence[float]) -> list[tuple[str, str]]:
    """For parts of these shares (of their sum): the texts between which the digests of each are, lower one included."""
    total, passed = sum(shares), 0.0
    edges = [""]
    for share in shares:
        passed += share
        edges.append(share_text(passed / total))
    edges[-1] = "g"
    return list(pairwise(edges))


def within(chance: Any, bound: tuple[str, str]) -> Any:
    """Whether a digest is in a part's bounds."""
    low, high = bound
    return (chance >= low) & (chance < high)
