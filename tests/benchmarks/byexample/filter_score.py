"""Scores `workbench.byexample.filtering.learn_filter`: how many marked rows a filter needs until it keeps the right rows.

    uv run python -m tests.benchmarks.byexample.filter_score [--show]

A user who knows the rule marks the first row to keep; then, as long as the filter is wrong, the first row that it treats wrongly.
"""

import argparse
import statistics
import time
from collections.abc import Callable

from tests.benchmarks.byexample.taskset.draw import Draw, show
from workbench.byexample.filtering import learn_filter

Row = tuple[str | None, ...]
MOST_MARKS = 12
ROWS = 300


def order(r: Draw) -> Row:
    note = r.choice(["", "", "gift", "call first", "Gift wrap", "leave at the door", "fragile", "urgent!"])
    price = f"{r.uniform(1, 400):.2f}" if r.often(0.95) else None
    status = r.choice(["open", "open", "paid", "sent", "cancelled"])
    return show(r.moment(2016, 2021), "{yyyy}-{mm}-{dd}"), f"{r.first()} {r.last()}", status, price, str(r.randint(1, 20)), note


def message(r: Draw) -> Row:
    level = r.choice(["INFO", "INFO", "DEBUG", "WARN", "ERROR"])
    text = r.choice(
        [
            f"disk {r.randint(10, 99)}% full",
            "timeout after 30 s",
            f"user {r.word()} logged in",
            "cache miss",
            f"retry {r.randint(1, 5)}",
        ]
    )
    source = f"{r.choice(['web', 'db', 'mail'])}{r.randint(1, 4)}"
    return (
        show(r.moment(2020, 2020), "{dd}/{mm}/{yyyy} {HH}:{nn}"),
        source,
        level,
        f"{level.lower()}: {text}",
        str(r.randint(1, 2500)),
    )


def person(r: Draw) -> Row:
    contact = r.choice([r.email(), f"{r.digits(3)}-{r.digits(4)}", "", None])
    born = show(r.moment(1940, 2005), "{d} {mon} {yyyy}") if r.often(0.9) else "unknown"
    return f"{r.last()}, {r.first()}", contact, r.city(), born, f"{r.choice('ABC')}-{r.digits(4)}"


Rule = Callable[[Row], bool]
RULES: list[tuple[str, Callable[[Draw], Row], Rule]] = [
    ("open orders", order, lambda row: row[2] == "open"),
    ("not cancelled", order, lambda row: row[2] != "cancelled"),
    ("paid or sent", order, lambda row: row[2] in {"paid", "sent"}),
    ("price from 100", order, lambda row: float(row[3] or 0) >= 100),
    ("price under 50", order, lambda row: row[3] is not None and float(row[3]) < 50),
    ("price between 100 and 200", order, lambda row: 100 <= float(row[3] or 0) < 200),
    ("no price", order, lambda row: row[3] is None),
    ("more than ten pieces", order, lambda row: int(row[4] or 0) > 10),
    ("without a note", order, lambda row: not row[5]),
    ("gifts in any case", order, lambda row: "gift" in (row[5] or "").lower()),
    ("of 2019", order, lambda row: (row[0] or "").startswith("2019")),
    ("since 2019", order, lambda row: (row[0] or "") >= "2019-01-01"),
    ("in December", order, lambda row: (row[0] or "")[5:7] == "12"),
    ("open and from 100", order, lambda row: row[2] == "open" and float(row[3] or 0) >= 100),
    ("cancelled or without a price", order, lambda row: row[2] == "cancelled" or row[3] is None),
    ("of Bruno", order, lambda row: (row[1] or "").startswith("Bruno ")),
    ("errors", message, lambda row: row[2] == "ERROR"),
    ("errors and warnings", message, lambda row: row[2] in {"ERROR", "WARN"}),
    ("not debugging", message, lambda row: row[2] != "DEBUG"),
    ("of the data bases", message, lambda row: (row[1] or "").startswith("db")),
    ("timeouts", message, lambda row: "timeout" in (row[3] or "")),
    ("full disks", message, lambda row: (row[3] or "").endswith("full")),
    ("slow ones", message, lambda row: int(row[4] or 0) >= 1000),
    ("errors of the web", message, lambda row: row[2] == "ERROR" and (row[1] or "").startswith("web")),
    ("with a number sign", message, lambda row: "%" in (row[3] or "")),
    ("with an e-mail address", person, lambda row: "@" in (row[1] or "")),
    ("with no contact", person, lambda row: not row[1]),
    ("with a telephone", person, lambda row: bool(row[1]) and "@" not in (row[1] or "")),
    ("of Porto", person, lambda row: row[2] == "Porto"),
    ("born before 1970", person, lambda row: (row[3] or "")[-4:].isdigit() and int((row[3] or "")[-4:]) < 1970),
    ("of unknown birth", person, lambda row: row[3] == "unknown"),
    ("of group B", person, lambda row: (row[4] or "").startswith("B")),
    ("not of group A", person, lambda row: not (row[4] or "").startswith("A")),
]


def marks_needed(rows: list[Row], rule: Rule, seconds: list[float]) -> tuple[int | None, str]:
    """How many marks, or None when MOST_MARKS did not do; and what was learned at last."""
    wanted = [rule(row) for row in rows]
    keep = {wanted.index(True): True}
    while True:
        began = time.perf_counter()
        learned = learn_filter(rows, keep)
        seconds.append(time.perf_counter() - began)
        said = learned.program.explain() if learned.program else learned.explanation
        wrong = [index for index, row in enumerate(rows) if not learned.program or learned.program.run(row) != wanted[index]]
        wrong = [index for index in wrong if index not in keep]
        if not wrong or len(keep) == MOST_MARKS:
            return (None if wrong or not learned.program else len(keep)), said
        keep[wrong[0]] = wanted[wrong[0]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", action="store_true", help="every rule with what was learned")
    options = parser.parse_args()
    seconds: list[float] = []
    needed = []
    for name, make, rule in RULES:
        draw = Draw(f"filter/{make.__name__}")
        marks, said = marks_needed([make(draw) for _ in range(ROWS)], rule, seconds)
        needed.append(marks)
        if options.show:
            print(f"{marks or '-':>3}  {name}: {said}")  # noqa: T201
    done = [marks for marks in needed if marks]
    within = ", ".join(f"{sum(marks <= most for marks in done)} within {most}" for most in (1, 2, 3, 5, 8, MOST_MARKS))
    print(f"{len(needed)} rules: {within} marks; mean {statistics.mean(done):.1f} of those done")  # noqa: T201
    ordered = sorted(seconds)
    most = ordered[int(0.95 * (len(ordered) - 1))]
    print(f"learning: median {1000 * statistics.median(ordered):.0f} ms, 95 of 100 within {1000 * most:.0f} ms")  # noqa: T201


if __name__ == "__main__":
    main()
