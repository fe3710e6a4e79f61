"""The table of all steps: how each runs on DuckDB and Spark, whether both give the same, and which languages it can be printed in.

`uv run python -m tests.dataprep.step_table [--parity] [OP ...]` runs every case (with --parity on Spark, too) and prints Markdown.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from tests.dataprep.cases import Case, all_cases
from tests.dataprep.printing.table import outcome
from tests.dataprep.test_parity import compare, package_of
from tests.spark import session
from workbench.dataprep.engine import Engine
from workbench.dataprep.engine.queries import QueryContext
from workbench.dataprep.printing import LANGUAGES
from workbench.dataprep.steps import ROOMS, STEPS, Write

_WORDS = {"same": "yes", "cannot": "no", "wrong": "WRONG"}


def runs_python(case: Case) -> bool:
    """Whether the step hands rows to Python in place of the database."""
    found: list[bool] = []
    real = QueryContext.by_python

    def by_python(self: QueryContext, *arguments: Any, **named: Any) -> Any:
        found.append(True)
        return real(self, *arguments, **named)

    QueryContext.by_python = by_python  # type: ignore[method-assign]
    try:
        with tempfile.TemporaryDirectory() as name, Engine(Path(name), Path(name, "cache")) as engine:
            engine.schema_at(package_of(case, case.table, Path(name)), "f")
    finally:
        QueryContext.by_python = real  # type: ignore[method-assign]
    return bool(found)


def parity(case: Case) -> str:
    """`yes`, or what differs between the engines."""
    with tempfile.TemporaryDirectory() as name, Engine(Path(name), Path(name, "cache")) as engine:
        try:
            compare(case, case.table, engine, Path(name))
        except AssertionError as error:
            return f"no: {error}".splitlines()[0]
    return "yes"


def main() -> None:
    """Runs what is asked for and prints the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("ops", nargs="*")
    parser.add_argument("--parity", action="store_true")
    asked = parser.parse_args()
    rooms = {op: name for name, room in ROOMS.items() for op, step in STEPS.items() if step.__module__.startswith(room.__name__)}
    told: dict[str, dict[str, str]] = defaultdict(dict)
    for case in all_cases():
        op = case.step.op
        if asked.ops and op not in asked.ops:
            continue
        row = told[op]
        row["runs"] = "Python" if row.get("runs") == "Python" or runs_python(case) else "native"
        if asked.parity and row.get("parity", "yes") == "yes":
            row["parity"] = parity(case)
        for language in LANGUAGES:
            if language == "pyspark" and not asked.parity:
                continue
            state, _ = outcome(case, language, session() if language == "pyspark" else None)
            known = row.get(language, "yes")
            row[language] = max(_WORDS[state], known, key=list(_WORDS.values()).index)
    heads = ["runs", *(["parity"] if asked.parity else []), *(each for each in LANGUAGES if asked.parity or each != "pyspark")]
    lines = [f"| step | group | {' | '.join(heads)} |", "|---" * (len(heads) + 2) + "|"]
    for op, row in told.items():
        written = issubclass(STEPS[op], Write)
        lines.append(f"| {op} | {rooms[op]} | {' | '.join(row.get(head, '-' if written else '') for head in heads)} |")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
