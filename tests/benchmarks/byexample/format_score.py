"""Scores the detection of file formats against Python's csv.Sniffer and DuckDB's sniff_csv, in one run.

    uv run python -m tests.benchmarks.byexample.format_score [--made N] [--seed S] [--show-failures]

Two sets: the delimited cases of the tests (written by hand, the engine was made with them in view), and N texts drawn at random.
A column counts the texts where that part is right: the delimiter; the quote, where one stands in the text; whether there is a
header; the lines to skip (a comment above the table may be skipped or known as a comment); all of these; and the table: names and
rows read back exactly. The other kinds (fixed width, JSON, lines) are counted for this engine only: the others do not know them.
"""

import argparse
import csv
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tests.benchmarks.byexample.format_files import made
from tests.byexample.fileformat.cases import CASES, Case
from workbench.byexample.fileformat import detect

PARTS = ("delimiter", "quote", "header", "skip", "all four", "table")
Rows = list[list[str | None]]


def say(text: str) -> None:
    sys.stdout.write(text + "\n")


@dataclass(frozen=True)
class Found:
    """What an engine says; `rows` with the names first."""

    delimiter: str
    quote: str
    header: bool
    skip: int
    rows: Rows


def ours(text: str, path: Path) -> Found:
    found = detect(text, complete=True)
    names, rows = found.read(text)
    skip = found.skip_lines
    return Found(found.delimiter, found.quote, found.header_rows > 0, skip, [list(names), *map(list, rows)])


def sniffer(text: str, path: Path) -> Found:
    one = csv.Sniffer()
    dialect = one.sniff(text)
    header = one.has_header(text)
    return Found(dialect.delimiter, dialect.quotechar or "", header, 0, list(map(list, csv.reader(text.splitlines(True), dialect))))


def sniff_csv(text: str, path: Path) -> Found:
    row = duckdb.execute("SELECT Delimiter, Quote, SkipRows, HasHeader FROM sniff_csv(?)", [str(path)]).fetchone()
    assert row is not None
    read = duckdb.execute("SELECT * FROM read_csv(?, all_varchar=true)", [str(path)])
    rows: Rows = [[item[0] for item in read.description], *map(list, read.fetchall())]
    quote = "" if row[1] in {"\0", "(empty)", None} else row[1]
    return Found(row[0], quote, row[3], row[2], rows)


ENGINES: dict[str, Callable[[str, Path], Found]] = {"workbench": ours, "csv.Sniffer": sniffer, "duckdb sniff_csv": sniff_csv}


def judge(case: Case, found: Found) -> dict[str, bool]:
    """What is right; empty cells and missing values are equal."""
    comments = sum(line.startswith(case.comment) for line in case.text.splitlines()) if case.comment else 0
    right = {
        "delimiter": found.delimiter == case.delimiter,
        "quote": case.quote is None or found.quote == case.quote,
        "header": found.header == bool(case.header),
        "skip": found.skip in {case.skip, case.skip + comments},
    }
    right["all four"] = all(right.values())
    wanted = [list(row) for row in ([case.names, *case.rows] if case.header else case.rows)]
    rows = found.rows if case.header else found.rows[-len(wanted) :]
    rows = rows if case.rows else rows[:1]  # a case without rows tells its names only
    right["table"] = [[cell or "" for cell in row] for row in rows] == wanted
    return right


def score(name: str, cases: Sequence[Case], folder: Path, show: bool) -> None:
    path = folder / "text.csv"
    say(f"\n{name}: {len(cases)} texts\n{'':18}" + "".join(f"{part:>11}" for part in PARTS) + f"{'failed':>9}{'ms/text':>9}")
    times: dict[str, float] = {}
    for engine, find in ENGINES.items():
        counts: Counter[str] = Counter()
        spent = 0.0
        for case in cases:
            path.write_bytes(case.text.encode())
            begun = time.perf_counter()
            try:
                found = find(case.text, path)
            except (csv.Error, duckdb.Error):
                counts["failed"] += 1
                found = None
            spent += time.perf_counter() - begun
            right = judge(case, found) if found else {}
            counts.update(part for part, fine in right.items() if fine)
            if show and engine == "workbench" and not (right.get("all four") and right.get("table")):
                wrong = ", ".join(part for part, fine in right.items() if not fine)
                say(f"  {case.name}: wrong {wrong}\n    {case.text[:300]!r}\n    {str(found)[:600]}")
        times[engine] = spent / len(cases)
        figures = "".join(f"{counts[part]:11}" for part in PARTS)
        say(f"{engine:18}{figures}{counts['failed']:9}{times[engine] * 1000:9.2f}")
    for engine in list(ENGINES)[1:]:
        say(f"time of workbench / {engine}: {times['workbench'] / times[engine]:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--made", type=int, default=400, help="how many texts are drawn")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show-failures", action="store_true")
    options = parser.parse_args()
    duckdb.execute("SELECT 1 FROM range(1)")
    with tempfile.TemporaryDirectory() as folder:
        delimited = [case for case in CASES if case.kind == "delimited" and case.complete]
        score("written by hand", delimited, Path(folder), options.show_failures)
        score(f"drawn with seed {options.seed}", list(made(options.made, options.seed)), Path(folder), options.show_failures)
    others = [case for case in CASES if case.kind != "delimited"]
    right = sum(detect(case.text, complete=case.complete).kind == case.kind for case in others)
    say(f"\nother kinds: {right} of {len(others)} right")


if __name__ == "__main__":
    main()
