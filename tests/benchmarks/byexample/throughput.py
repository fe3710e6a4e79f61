"""How many rows a second the interpreter runs, beside a loop of Python written by hand that does the same, in the same run.

    uv run python -m tests.benchmarks.byexample.throughput [--rows 100000] [--repeat 5] [--only REGEX]

Each program is learned from the examples that stand beside it; its outputs are compared with the loop's before anything is
measured. The figures are the best of all repeats. A ratio of 5 means that the interpreter takes five times as long as the loop; the
target is 300,000 rows a second for the concatenation of two columns.
"""

import argparse
import random
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from workbench.byexample import Program, learn

Row = tuple[str, ...]
Loop = Callable[[Sequence[Row]], list[str]]


@dataclass(frozen=True)
class Case:
    """A program by its examples, rows to run it on, and the loop written by hand."""

    name: str
    examples: list[tuple[Row, str]]
    make: Callable[[random.Random], Row]
    loop: Loop


_FIRST = ["Ada", "Alan", "Grace", "Kurt", "Emmy", "Barbara", "Donald"]
_LAST = ["Lovelace", "Turing", "Hopper", "Noether", "Liskov", "Knuth"]
_CENT = Decimal("0.01")
_BRACKETS = re.compile(r"\((.*?)\)")


def _name(chance: random.Random) -> Row:
    return (f"{chance.choice(_FIRST)} {chance.choice(_LAST)}",)


def _day(chance: random.Random) -> date:
    return date.fromordinal(chance.randint(date(1950, 1, 1).toordinal(), date(2040, 1, 1).toordinal()))


def _bin(text: str) -> str:
    low = int(Decimal(text) // 10 * 10)
    return f"{low}-{low + 10}"


def _long_date(text: str) -> str:
    day = date(int(text[:4]), int(text[5:7]), int(text[8:]))
    return f"{day:%A, %B} {day.day}, {day.year}"


def _titled(text: str) -> str:
    last, comma, first = text.partition(", ")
    return f"{first} {last}" if comma else text


CASES = [
    Case(
        "two columns, joined",
        [(("Ada", "Lovelace"), "Ada Lovelace")],
        lambda chance: (chance.choice(_FIRST), chance.choice(_LAST)),
        lambda rows: [first + " " + last for first, last in rows],
    ),
    Case(
        "last name, first name",
        [(("Ada Lovelace",), "Lovelace, Ada")],
        _name,
        lambda rows: [f"{parts[1]}, {parts[0]}" for parts in (row[0].split(" ") for row in rows)],
    ),
    Case(
        "a name in capitals",
        [(("Ada Lovelace",), "LOVELACE")],
        _name,
        lambda rows: [row[0].split(" ")[-1].upper() for row in rows],
    ),
    Case(
        "between brackets",
        [(("Bolt (M8) steel",), "M8"), (("Nut 3 (M12)",), "M12")],
        lambda chance: (f"Part {chance.randint(1, 99)} (M{chance.randint(1, 40)}) zinc",),
        lambda rows: [found[1] for row in rows if (found := _BRACKETS.search(row[0]))],
    ),
    Case(
        "two decimals",
        [(("3.14159",), "3.14"), (("10",), "10.00")],
        lambda chance: (f"{chance.uniform(0, 1000):.{chance.randint(0, 6)}f}",),
        lambda rows: [str(Decimal(row[0]).quantize(_CENT, ROUND_HALF_UP)) for row in rows],
    ),
    Case(
        "bins of ten",
        [(("27.5",), "20-30")],
        lambda chance: (f"{chance.uniform(0, 1000):.1f}",),
        lambda rows: [_bin(row[0]) for row in rows],
    ),
    Case(
        "a long date",
        [(("2021-03-25",), "Thursday, March 25, 2021")],
        lambda chance: (str(_day(chance)),),
        lambda rows: [_long_date(row[0]) for row in rows],
    ),
    Case(
        "two cases",
        [(("Lovelace, Ada",), "Ada Lovelace"), (("Alan Turing",), "Alan Turing"), (("Hopper, Grace",), "Grace Hopper")],
        lambda chance: (
            f"{chance.choice(_LAST)}, {chance.choice(_FIRST)}" if chance.random() < 0.5 else _name(chance)[0],
        ),
        lambda rows: [_titled(row[0]) for row in rows],
    ),
]  # fmt: skip


def least(work: Callable[[], object], repeat: int) -> float:
    """The least seconds of several runs."""
    found = []
    for _ in range(repeat):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return min(found)


def interpreted(program: Program, rows: Sequence[Row]) -> list[str | None]:
    """What the interpreter gives."""
    run = program.run
    return [run(row) for row in rows]


def measured(case: Case, count: int, repeat: int) -> str:
    """A line of the table."""
    chance = random.Random(case.name)
    rows = [case.make(chance) for _ in range(count)]
    learned = learn(case.examples, rows[:200])
    if learned.program is None:
        return f"{case.name:24} is not learned: {learned.explanation}"
    program = learned.program
    wanted = case.loop(rows)
    wrong = [row for row, ours, theirs in zip(rows, interpreted(program, rows), wanted, strict=True) if ours != theirs]
    if wrong:
        return f"{case.name:24} is learned as another program: {learned.explanation} (for {wrong[0]})"
    ours, theirs = least(lambda: interpreted(program, rows), repeat), least(lambda: case.loop(rows), repeat)
    return f"{case.name:24} {count / ours:12,.0f} {count / theirs:14,.0f} {ours / theirs:7.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--only", metavar="REGEX", default="")
    options = parser.parse_args()
    print(f"{'program':24} {'rows/s':>12} {'loop, rows/s':>14} {'ratio':>7}")  # noqa: T201
    for case in CASES:
        if re.search(options.only, case.name):
            print(measured(case, options.rows, options.repeat), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
