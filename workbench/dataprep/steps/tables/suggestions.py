"""Which columns of two tables may be keys of a join: by their names, their types and the values that they share.

Looks at a sample of each column's values and counts how many of them stand in the other table's column, over all of its rows: one
query for each column that comes into question.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.dataprep.columns import NUMERIC, ROW, ColumnInfo, schema_of
from workbench.dataprep.steps.base import Dialect, Rows
from workbench.dataprep.steps.tables.keys import as_text
from workbench.dataprep.steps.tables.widening import NESTED

if TYPE_CHECKING:
    import ibis.expr.types as ir

_ROWS = 20_000
"""How many rows of a table are looked at, spread over all of it."""
_VALUES = 400
"""How many different values of a column are looked for in the other table."""
_PAIRS = 60
"""How many pairs of columns are looked at: the most alike by name and type."""
_LEAST = 0.25
"""The least score of a suggestion."""
_ALIKE = 0.5
_MEASURE = 1e-9


@dataclass(frozen=True)
class KeySuggestion:
    """A pair of columns that may be keys; shares are from 0 to 1, and estimates.

    `left_share`: how many of the different values of `left` stand in `right`, too; `right_share`: the other way round. `unique`:
    the greater share of different values among all values of either: 1 where one of them never repeats.
    """

    left: str
    right: str
    score: float
    name_likeness: float
    left_share: float
    right_share: float
    unique: float

    def describe(self) -> str:
        """The reason in one sentence."""
        shares = f"{100 * self.left_share:.0f} % of the values of {self.left} are found"
        return f"{shares}, {100 * self.right_share:.0f} % of those of {self.right}"


@dataclass(frozen=True)
class _Column:
    info: ColumnInfo
    values: tuple[Any, ...]
    unique: float


def suggest_keys(left: Rows, right: Rows, *, limit: int = 5, dialect: Dialect = "duckdb") -> list[KeySuggestion]:
    """The pairs of columns that are most likely keys, the best first; each column is in one pair only. Raises Cancelled."""
    ours, theirs = _columns(left), _columns(right)
    named = [(one, two, likeness(one.info.name, two.info.name)) for one in ours for two in theirs]
    pairs = [pair for pair in named if _comparable(pair[0].info, pair[1].info, pair[2])]
    pairs.sort(key=lambda pair: -pair[2] - (0.2 if pair[0].info.type == pair[1].info.type else 0))
    pairs = [pair for pair in pairs[:_PAIRS] if pair[2] >= 0.99 or not _measure(pair[0]) or not _measure(pair[1])]
    found_in_right = _found(right, [(two.info, one) for one, two, _ in pairs], dialect)
    found_in_left = _found(left, [(one.info, two) for one, two, _ in pairs], dialect)
    found: list[KeySuggestion] = []
    for one, two, alike in pairs:
        names = (one.info.name, two.info.name)
        left_share = found_in_right[names[1], names[0]] / max(len(one.values), 1)
        right_share = found_in_left[names[0], names[1]] / max(len(two.values), 1)
        unique = max(one.unique, two.unique)
        score = 0.45 * max(left_share, right_share) + 0.15 * min(left_share, right_share) + 0.25 * alike + 0.15 * unique
        if not left_share and not right_share:
            continue
        found.append(KeySuggestion(*names, round(score, 4), round(alike, 4), left_share, right_share, unique))
    found.sort(key=lambda each: (-each.score, each.left, each.right))
    best: list[KeySuggestion] = []
    for each in found:
        free = all(each.left != other.left and each.right != other.right for other in best)
        if free and each.score >= _LEAST and len(best) < limit:
            best.append(each)
    return best


def likeness(left: str, right: str) -> float:
    """How alike two column names are, from 0 to 1: `CustomerID`, `customer_id` and `customer id` are the same."""
    one, two = _words(left), _words(right)
    if one == two:
        return 1.0
    from rapidfuzz import fuzz

    shared = len(set(one) & set(two)) / max(len(set(one) | set(two)), 1)
    part = 0.8 if set(one) <= set(two) or set(two) <= set(one) else 0.0
    return max(shared, part, float(fuzz.ratio("".join(one), "".join(two))) / 100 * 0.9)


def _words(name: str) -> list[str]:
    apart = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name)
    return [word.casefold() for word in re.split(r"[\W_]+", apart) if word]


def _comparable(one: ColumnInfo, two: ColumnInfo, alike: float) -> bool:
    """Whether two columns may be keys by their types: numbers and texts only where the names are alike."""
    if NESTED & {one.type, two.type} or "boolean" in {one.type, two.type}:
        return False
    if one.type == two.type or {one.type, two.type} <= NUMERIC:
        return True
    return alike >= _ALIKE and bool(NUMERIC & {one.type, two.type}) and "string" in {one.type, two.type}


def _measure(column: _Column) -> bool:
    """Whether a column holds decimals with fractions: a measurement, hardly a key."""
    return column.info.type == "decimal" and any(abs(value - round(value)) > _MEASURE for value in column.values)


def _columns(rows: Rows) -> list[_Column]:
    """The columns with a sample of their different values, of rows spread over the table."""
    table = rows.table
    infos = [info for info in schema_of(table) if info.type not in NESTED and info.type != "boolean"]
    if not infos:
        return []
    counted: dict[str, Any] = {"rows": table.count()}
    for number, info in enumerate(infos):
        counted[f"distinct_{number}"] = table[info.name].approx_nunique()
        counted[f"count_{number}"] = table[info.name].count()
    (counts,) = rows.ask(table.aggregate(**counted)).to_pylist()
    step = max(counts["rows"] // _ROWS, 1)
    sampled = rows.ask(table.filter(table[ROW] % step == 0).select(*(info.name for info in infos)).limit(2 * _ROWS))
    columns = []
    for number, info in enumerate(infos):
        values = [value for value in dict.fromkeys(sampled[info.name].to_pylist()) if value is not None and value == value]
        if info.type == "decimal":
            values = [value for value in values if abs(value) < 1e300]
        spread = max(len(values) // _VALUES, 1)
        unique = min(counts[f"distinct_{number}"] / max(counts[f"count_{number}"], 1), 1.0)
        if values:
            columns.append(_Column(info, tuple(values[::spread][:_VALUES]), unique))
    return columns


def _found(rows: Rows, wanted: Sequence[tuple[ColumnInfo, _Column]], dialect: Dialect) -> dict[tuple[str, str], int]:
    """How many of the values of other columns stand in columns of these rows: (this column, other column) -> values."""
    table = rows.table
    known = {info.name: info for info in schema_of(table)}
    looked: dict[str, list[_Column]] = defaultdict(list)
    for info, other in wanted:
        looked[info.name].append(other)
    result: dict[tuple[str, str], int] = {}
    for name, others in looked.items():
        for texts in (False, True):
            some = [other for other in others if _as_texts(known[name], other.info) == texts]
            if not some:
                continue
            there = _present(rows, table, name, [_value(value, texts) for other in some for value in other.values], texts, dialect)
            for other in some:
                result[name, other.info.name] = sum(_value(value, texts) in there for value in other.values)
    return result


def _as_texts(one: ColumnInfo, two: ColumnInfo) -> bool:
    return one.type != two.type and not {one.type, two.type} <= NUMERIC


def _value(value: Any, texts: bool) -> Any:
    """A value of a sample as it is looked for."""
    if texts:
        return repr(value) if isinstance(value, float) else str(value)
    return value


def _present(rows: Rows, table: ir.Table, name: str, values: Sequence[Any], texts: bool, dialect: Dialect) -> set[Any]:
    """Which of the values stand in a column."""
    import ibis

    column: Any = as_text(table[name], dialect) if texts else table[name]
    kind = column.type()
    if kind.is_numeric() and any(isinstance(value, float) for value in values):
        kind = ibis.dtype("float64")
    if kind.is_integer():
        values = [value for value in values if -(2**63) <= value < 2**63]
    literals = [ibis.literal(value, type=kind) for value in dict.fromkeys(values)]
    if not literals:
        return set()
    found = table.filter(column.isin(literals)).select(value=column).distinct()
    return set(rows.ask(found)["value"].to_pylist())
