"""Learning a program from examples: one for all rows, or one for each kind of row, or a table of values."""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass

from workbench.byexample.atoms import Workshop, gather
from workbench.byexample.program import Call, Choose, Column, Constant, Node, Program, Row, Test
from workbench.byexample.search import spell

Example = tuple[tuple[str | None, ...], str | None]

_BUDGET = 2.0
_ALTERNATIVES = 6
_SEEN = 60
"""How many rows without an answer the ranking looks at."""


@dataclass(frozen=True)
class Conflict:
    """Two examples that cannot both be right: the same input with different outputs. Numbers count from 0."""

    first: int
    second: int
    message: str


@dataclass(frozen=True)
class Learned:
    """What came of the examples. Without a program `explanation` says why."""

    program: Program | None
    alternatives: tuple[Program, ...] = ()
    doubtful: tuple[int, ...] = ()
    """Indices into the inputs of rows worth a look, the most doubtful first."""
    conflicts: tuple[Conflict, ...] = ()
    explanation: str = ""


def learn(examples: Sequence[Example], inputs: Sequence[Row] = (), *, budget: float | None = None) -> Learned:
    """Learns a program that gives every example its output, and does well on the rows of `inputs`.

    `budget`: seconds after which the best that was found is taken. Contradicting examples give `conflicts` and no program.
    """
    given = [(tuple(row), output) for row, output in examples]
    if not given:
        return Learned(None, explanation="Give at least one example.")
    if conflicts := _conflicts(given):
        return Learned(None, conflicts=conflicts, explanation=conflicts[0].message)
    deadline = time.monotonic() + (_BUDGET if budget is None else budget)
    distinct = list(dict.fromkeys(given))
    taken = {row for row, _ in distinct}
    seen = [row for row in dict.fromkeys(tuple(row) for row in inputs) if row not in taken and any(row)]
    step = max(len(seen) // _SEEN, 1)
    found = _learn(distinct, seen[::step][:_SEEN], deadline)
    if not found:
        return Learned(None, explanation="No program gives all these examples their outputs.")
    programs = [Program(node) for _, node in found]
    doubtful = _doubtful(programs, [tuple(row) for row in inputs], taken)
    return Learned(programs[0], tuple(programs[1:]), doubtful, explanation=programs[0].explain())


def _conflicts(examples: Sequence[Example]) -> tuple[Conflict, ...]:
    first: dict[tuple[str | None, ...], int] = {}
    found = []
    for number, (row, output) in enumerate(examples):
        other = first.setdefault(row, number)
        if (examples[other][1] or "") != (output or ""):
            shown = ", ".join("(missing)" if cell is None else cell for cell in row)
            found.append(
                Conflict(
                    other,
                    number,
                    f"Examples {other + 1} and {number + 1} contradict each other: for {shown} one says "
                    f"'{examples[other][1] or ''}', the other '{output or ''}'.",
                )
            )
    return tuple(found)


def _learn(examples: Sequence[Example], seen: Sequence[Row], deadline: float) -> list[tuple[float, Node]]:
    outputs = {output or "" for _, output in examples}
    if outputs == {""}:
        return [(0.0, Constant(examples[0][1]))]
    found: list[tuple[float, Node]] = []
    if "" not in outputs:
        found = _straight(examples, seen, deadline)
    if len(examples) > 1 and (not found or found[0][0] > 5.0):
        found += _conditional(examples, seen, deadline)
        if table := _lookup(examples):
            found.append(table)
    return sorted(found, key=lambda item: item[0])[:_ALTERNATIVES]


def _straight(examples: Sequence[Example], seen: Sequence[Row], deadline: float) -> list[tuple[float, Node]]:
    """One program for all rows; those that leave rows without an answer rank lower."""
    shop = Workshop([row for row, _ in examples], [output or "" for _, output in examples], seen, deadline)
    found = []
    for cost, node in spell(shop, gather(shop), _ALTERNATIVES):
        complete = [row for row in seen if all(row)]
        failed = sum(node.run(row) is None for row in complete) / max(len(complete), 1)
        found.append((cost + 3.0 * failed, node))
    return sorted(found, key=lambda item: item[0])


def _tests(examples: Sequence[Example]) -> list[tuple[float, Test]]:
    """Conditions that hold for some examples and not for others, the plain ones first."""
    width = len(examples[0][0])
    candidates: list[tuple[float, Test]] = []
    for column in range(width):
        texts = [row[column] or "" for row, _ in examples]
        candidates += [(0.3, Test(column, "missing")), (0.6, Test(column, "number"))]
        characters = sorted({c for text in texts for c in text if not c.isalnum()})
        candidates += [(0.9, Test(column, "matches", re.escape(character))) for character in characters]
        candidates += [
            (1.0, Test(column, "matches", pattern))
            for pattern in (r"\d", r"[^\W\d_]", r"^\d", r"^[A-Z]", r"^[a-z]", r"\d$", r"^-", r"\s")
        ]
        words = sorted({word for text in texts for word in re.findall(r"[^\W\d_]{2,}", text)})
        candidates += [(1.5, Test(column, "matches", rf"\b{word}\b")) for word in words[:20]]
        lengths = sorted({len(text) for text in texts})
        candidates += [(1.6, Test(column, "matches", rf"^.{{{length}}}$")) for length in lengths[:6]]
    result, known = [], set()
    for cost, test in candidates:
        holds = tuple(test.holds(row) for row, _ in examples)
        if any(holds) and not all(holds) and holds not in known:
            known.add(holds)
            result.append((cost, test))
    return result


def _conditional(examples: Sequence[Example], seen: Sequence[Row], deadline: float) -> list[tuple[float, Node]]:
    """One program for the rows that fulfil a condition, another for the rest."""
    best: list[tuple[float, Node]] = []
    for cost, test in _tests(examples)[:16]:
        if time.monotonic() > deadline:
            break
        yes = [example for example in examples if test.holds(example[0])]
        no = [example for example in examples if not test.holds(example[0])]
        sides = []
        for side, holds in ((yes, True), (no, False)):
            rows = [row for row in seen if test.holds(row) == holds]
            if all(not (output or "") for _, output in side):
                found: list[tuple[float, Node]] = [(0.2, Constant(side[0][1]))]
            else:
                found = _straight(side, rows, deadline) if all(output for _, output in side) else []
            if not found:
                break
            sides.append(found[0])
        if len(sides) == 2:
            node = Choose(((test, sides[0][1]),), sides[1][1])
            lonely = 1.2 * (len(yes) == 1) + 1.2 * (len(no) == 1)
            best.append((2.0 + lonely + cost + sides[0][0] + sides[1][0], node))
    return sorted(best, key=lambda item: item[0])[:3]


def _lookup(examples: Sequence[Example]) -> tuple[float, Node] | None:
    """A table of values, when one column tells the outputs apart."""
    for column in range(len(examples[0][0])):
        table: dict[str, str | None] = {}
        for row, output in examples:
            key = row[column]
            if key is None or table.setdefault(key, output) != output:
                break
        else:
            return 9.0 + 0.5 * len(table), Call("lookup", Column(column), tuple(table.items()))
    return None


def _doubtful(programs: Sequence[Program], inputs: Sequence[Row], taken: set[tuple[str | None, ...]]) -> tuple[int, ...]:
    """Rows without an answer first, then rows of a rare shape on which the programs disagree, then other disagreements."""
    limited = list(enumerate(inputs))[:2000]
    scored: list[tuple[float, int]] = []
    shapes: dict[str, int] = {}
    seen: set[tuple[str | None, ...]] = set(taken)
    for _, row in limited:
        shape = _shape(row)
        shapes[shape] = shapes.get(shape, 0) + 1
    usual = {_shape(row) for row in taken}
    for index, row in limited:
        key = tuple(row)
        if key in seen or not any(row):
            continue
        seen.add(key)
        answer = programs[0].run(row)
        score = 3.0 if answer is None else 0.0
        score += 0.5 * sum(other.run(row) != answer for other in programs[1:4])
        shape = _shape(row)
        if shape not in usual:
            score += 0.6 + 0.4 / shapes[shape]
        if score >= 0.5:
            scored.append((-score, index))
    return tuple(index for _, index in sorted(scored)[:20])


def _shape(row: Row) -> str:
    return "\x1f".join(
        re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "0", cell)) if cell else ("" if cell == "" else "\0") for cell in row
    )
