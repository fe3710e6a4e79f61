"""Learns a splitter from the rows of a column, with or without examples."""

import time
from collections.abc import Sequence as Rows
from dataclasses import dataclass

from workbench.base.errors import UserError
from workbench.byexample.splitting import by_example, fallbacks
from workbench.byexample.splitting.aligning import columns_of
from workbench.byexample.splitting.dividing import Division, holds, plan_of
from workbench.byexample.splitting.items import ALL_ITEMS
from workbench.byexample.splitting.levels import Level
from workbench.byexample.splitting.plans import MOST_FIELDS, Columns, Fill, Listing, Plan
from workbench.byexample.splitting.predicting import divide
from workbench.byexample.splitting.splitter import Splitter

Example = tuple[str, Rows[str | None]]
_SHARES = (0.97, 0.85, 0.6)
_LEARNT_FROM = 80
_LONGEST = 2000
_CHARACTERS = 20_000
_CHECKED = 500
_DOUBTFUL = 10


@dataclass(frozen=True, slots=True)
class SplitConflict:
    """An example (its index) that does not go with its text, or with the examples before it."""

    example: int
    message: str


@dataclass(frozen=True, slots=True)
class LearnedSplit:
    """What was learned.

    `splitter` is None where nothing separates; `alternatives` are other readings, the best first; `doubtful` are rows (indices)
    worth a look, those that do not conform first; `conflicts` are examples that cannot be had; `explanation` is plain words.
    """

    splitter: Splitter | None
    alternatives: tuple[Splitter, ...] = ()
    doubtful: tuple[int, ...] = ()
    conflicts: tuple[SplitConflict, ...] = ()
    explanation: str = ""


def learn_split(
    rows: Rows[str | None],
    examples: Rows[Example] = (),
    *,
    keep_delimiters: bool = False,
    delimiters: Rows[str] = (),
    fill: Fill = "right",
    budget_seconds: float = 2.0,
) -> LearnedSplit:
    """Learns how to split the rows of a column into fields.

    Without examples the boundaries are predicted from the rows. An example is a text and its parts: fields, or fields with the
    delimiters between them. `delimiters` overrule all of this: every row is split wherever one of them stands. `fill` says on
    which side a row with fewer parts is filled with nulls. Learning looks at a sample of the rows, and stops when the budget is
    used up.

    Raises `UserError` for a `fill` that is neither, and for an empty delimiter.
    """
    if fill not in ("left", "right"):
        raise UserError(f"Missing parts are filled on the left or on the right, not “{fill}”.")
    if delimiters:
        if not all(delimiters):
            raise UserError("A delimiter is empty.", hint="Remove it, or write the text between two fields.")
        return _finished(Splitter(_listing(rows, tuple(dict.fromkeys(delimiters)), fill), keep_delimiters), (), rows, ())
    deadline = time.monotonic() + budget_seconds
    texts = _sample(rows, _LEARNT_FROM)
    plans = _predicted(texts, fill, deadline) if texts else []
    conflicts: tuple[SplitConflict, ...] = ()
    if examples:
        plans, conflicts = _shown(examples, plans, texts, deadline)
    splitters = [Splitter(plan, keep_delimiters) for plan in plans]
    return _finished(splitters[0] if splitters else None, tuple(splitters[1:]), rows, conflicts)


def _sample(rows: Rows[str | None], size: int) -> list[str]:
    """Different rows that are not blank, spread evenly over the column, the first among them; of very long ones the start."""
    step = max(1, len(rows) // (size * 4))
    different = list(dict.fromkeys(row[:_LONGEST] for row in rows[::step] if row is not None and row.strip()))
    characters = sum(map(len, different))
    size = max(12, min(size, _CHARACTERS * len(different) // max(1, characters)))
    return different[:: max(1, -(-len(different) // size))]


# Without examples


def _predicted(texts: Rows[str], fill: Fill, deadline: float) -> list[Plan]:
    """Plans for these rows, the best first: what nearly all rows share, and only failing that what fewer do."""
    plans: list[Plan] = []
    columns = columns_of(texts)
    if columns:
        plans.append(columns)
    texts = _without_header(texts)
    for share in _SHARES:
        if time.monotonic() > deadline:
            return plans
        if plans and share < _SHARES[0]:
            break
        _add(plans, divide(texts, Level(share, deadline=deadline)), texts)
        _add(plans, divide(texts, Level(share, ALL_ITEMS, deadline=deadline)), texts)
        _add(plans, fallbacks.first_place(texts, Level(share, deadline=deadline)), texts)
    listing = fallbacks.listing(texts, fill)
    if listing:
        plans.append(listing)
    _add(plans, fallbacks.initial(texts, Level(0.85)), texts)
    return plans


def _add(plans: list[Plan], division: Division | None, texts: Rows[str]) -> None:
    """Adds the plan of a division, if it holds on the rows that it was made from."""
    for loose in (False, True) if division else ():
        plan = plan_of(division, loose=loose) if division else None
        if plan and division and holds(plan, division, texts):
            if plan not in plans:
                plans.append(plan)
            return


def _without_header(texts: Rows[str]) -> Rows[str]:
    """The rows without a first one that has no digit while nearly all others have some."""
    if len(texts) >= 4 and not any(map(str.isdigit, texts[0])):
        digits = sum(any(map(str.isdigit, text)) for text in texts[1:])
        if digits >= 0.9 * (len(texts) - 1):
            return texts[1:]
    return texts


def _listing(rows: Rows[str | None], delimiters: tuple[str, ...], fill: Fill) -> Listing:
    whole = Listing(delimiters, MOST_FIELDS, fill)
    most = max((whole.count(row) for row in rows if row and row.strip()), default=1)
    return Listing(delimiters, min(most, MOST_FIELDS), fill)


# With examples


def _shown(
    examples: Rows[Example], plans: Rows[Plan], texts: Rows[str], deadline: float
) -> tuple[list[Plan], tuple[SplitConflict, ...]]:
    """Plans that give the examples; and those examples that have no place in them."""
    good: list[tuple[str, tuple[str, ...]]] = []
    conflicts: list[SplitConflict] = []
    fitting: list[Plan] = []
    for i, (source, given) in enumerate(examples):
        parts = tuple(part or "" for part in given)
        message = _impossible(source, parts)
        if not message:
            found = _fitting([*good, (source, parts)], plans, texts, deadline)
            if found:
                good.append((source, parts))
                fitting = found
                continue
            message = f"No way was found to split “{_short(source)}” like this" + (
                " and the examples before it as they are." if good else "."
            )
        conflicts.append(SplitConflict(i, message))
    return fitting, tuple(conflicts)


def _impossible(source: str, parts: tuple[str, ...]) -> str:
    if not parts or not any(parts):
        return f"The example for “{_short(source)}” has no parts."
    if not by_example.tiled(source, parts):
        missing = by_example.located(source, parts)
        if isinstance(missing, str):
            return f"The part “{_short(missing)}” does not stand in “{_short(source)}” after the parts before it."
    return ""


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:37]}..."


def _fitting(examples: Rows[tuple[str, tuple[str, ...]]], plans: Rows[Plan], texts: Rows[str], deadline: float) -> list[Plan]:
    """All plans that give the examples, the one that suits the most rows first; predicted ones before made ones."""
    fitting = [plan for plan in plans if _gives(plan, examples)]
    rows = list(dict.fromkeys([*(source for source, _ in examples), *texts]))
    tiles = all(by_example.tiled(source, parts) for source, parts in examples)
    readings = [by_example.readings(source, parts) for source, parts in examples]
    made: list[Plan] = []
    for number in range(max(map(len, readings))):
        if time.monotonic() > deadline:
            break
        shown = [
            by_example.Shown(source, found[min(number, len(found) - 1)])
            for (source, _), found in zip(examples, readings, strict=True)
        ]
        if len({len(one.fields) for one in shown}) == 1:
            made += by_example.plans_from(shown, rows, tiles=tiles and number == len(readings[0]) - 1)
    by_position = columns_of(rows) is not None or (tiles and any(by_example.padded(parts) for _, parts in examples))

    def suits(plan: Plan) -> float:
        """The share of rows; positions suit any row, and count for little where nothing is aligned."""
        return _coverage(plan, rows) * (0.5 if isinstance(plan, Columns) and not by_position else 1)

    fitting += [plan for plan in sorted(made, key=suits, reverse=True) if plan not in fitting and _gives(plan, examples)]
    best = max(map(suits, fitting), default=0.0)
    return sorted(fitting, key=lambda plan: suits(plan) < 0.8 * best)


def _gives(plan: Plan, examples: Rows[tuple[str, tuple[str, ...]]]) -> bool:
    return any(
        all(_same(way.run(source), source, parts) for source, parts in examples) for way in (Splitter(plan, True), Splitter(plan))
    )


def _same(got: Rows[str | None], source: str, wanted: Rows[str]) -> bool:
    """Equal parts; blanks at the ends matter only where the example gives the whole text."""
    given = tuple(part or "" for part in got)
    if by_example.tiled(source, wanted):
        return given == tuple(wanted)
    return [part.strip() for part in given] == [part.strip() for part in wanted]


def _coverage(plan: Plan, rows: Rows[str]) -> float:
    found = [plan.parts(row) for row in rows]
    return sum(parts is not None and all(part is not None for part, _ in parts) for parts in found) / len(rows)


# What is said about it


def _finished(
    best: Splitter | None, others: tuple[Splitter, ...], rows: Rows[str | None], conflicts: tuple[SplitConflict, ...]
) -> LearnedSplit:
    """The answer, with rows that do not conform, and those where the next reading gives nothing or an empty part."""
    if best is None:
        said = conflicts[0].message if conflicts else "Nothing separates the rows."
        return LearnedSplit(None, (), (), conflicts, said)
    step = max(1, len(rows) // _CHECKED)
    looked = [i for i in range(0, len(rows), step) if (rows[i] or "").strip()]
    results = {i: best.run(rows[i]) for i in looked}
    failing = [i for i in looked if results[i][0] is None and not any(results[i])]
    usual = [sum(bool(results[i][k]) for i in looked) * 10 >= 9 * len(looked) for k in range(best.width)]
    holes = [i for i in looked if any(results[i]) and any(full and not part for full, part in zip(usual, results[i], strict=True))]
    really = tuple(other for other in others if any(other.run(rows[i]) != results[i] for i in looked[:50]))
    doubtful = tuple(dict.fromkeys((*failing, *holes)))[:_DOUBTFUL]
    explanation = best.explain()
    if failing:
        share = len(failing) / len(looked)
        explanation += f" {_rows(len(failing), sampled=step > 1, share=share)} not conform and stay empty."
    return LearnedSplit(best, really, doubtful, conflicts, explanation)


def _rows(count: int, *, sampled: bool, share: float) -> str:
    if sampled:
        return f"About {max(1, round(100 * share))} % of the rows do"
    return "One row does" if count == 1 else f"{count} rows do"
