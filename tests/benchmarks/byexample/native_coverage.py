"""How many of the learned programs run natively on DuckDB, and with the interpreter's results.

`uv run python -m tests.benchmarks.byexample.native_coverage TASKS.jsonl`: the tasks are those of derive_score. A task counts when
`learn` solves it from its first one, two or three examples; the program with the fewest is compiled and compared on all its rows.
"""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from workbench.byexample import learn
from workbench.byexample.native import agrees, why_not
from workbench.byexample.tree.program import Program


def solved(rows: list[tuple[tuple[str | None, ...], str | None]]) -> Program | None:
    """The program learned from the fewest examples that gets every row right."""
    inputs = [given for given, _ in rows]
    for count in (1, 2, 3):
        program: Program | None = learn(rows[:count], inputs).program
        if program is not None and all((program.run(given) or "") == (output or "") for given, output in rows):
            return program
    return None


def main(path: Path) -> None:
    count: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for line in path.read_text("utf-8").splitlines():
        task: dict[str, Any] = json.loads(line)
        rows = [(tuple(row["input"]), row["output"]) for row in task["rows"]]
        program = solved(rows)
        count["tasks"] += 1
        if program is None:
            continue
        count["solved"] += 1
        reason = why_not(program.root)
        if not reason and (found := agrees(program, [given for given, _ in rows])) is not None:
            reason = f"differs: {found}"
        if reason:
            reasons[reason] += 1
        count["native"] += not reason
        count["native on Spark"] += not why_not(program.root, "pyspark")
    print(f"{count['solved']} of {count['tasks']} tasks solved")  # noqa: T201
    for name in ("native", "native on Spark"):
        print(f"{name}: {count[name]} ({count[name] / max(count['solved'], 1):.1%} of the solved)")  # noqa: T201
    for reason, number in reasons.most_common():
        print(f"{number} x {reason}")  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]))
