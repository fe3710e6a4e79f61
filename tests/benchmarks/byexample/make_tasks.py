"""Writes the project's own tasks of deriving a column: tasks/tune.jsonl to work with, tasks/hold.jsonl to look at rarely.

    uv run python -m tests.benchmarks.byexample.make_tasks

The makers in `taskset/` draw from fixed seeds, so the files come out the same every time. In every family the tasks go in turn to
one file and the other.
"""

import json
from collections import defaultdict
from pathlib import Path

from tests.benchmarks.byexample.taskset import dates, mixed, numbers, pieces, substrings, various  # noqa: F401 (they declare the tasks)
from tests.benchmarks.byexample.taskset.registry import TASKS, Task

FOLDER = Path(__file__).parent / "tasks"


def family_of(task_id: str) -> str:
    return task_id.removeprefix("own/").rpartition(".")[0]


def halves() -> tuple[list[Task], list[Task]]:
    families: dict[str, list[Task]] = defaultdict(list)
    for task in TASKS:
        families[family_of(task.id)].append(task)
    tune, hold = [], []
    for turn, tasks in enumerate(families.values()):
        tune += tasks[turn % 2 :: 2]
        hold += tasks[1 - turn % 2 :: 2]
    return tune, hold


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, tasks in zip(("tune", "hold"), halves(), strict=True):
        lines = [json.dumps(task.to_json(), ensure_ascii=False) + "\n" for task in tasks]
        (FOLDER / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
