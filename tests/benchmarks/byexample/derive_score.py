"""Scores `workbench.byexample.learn` on tasks of deriving a column.

    uv run python -m tests.benchmarks.byexample.derive_score [TASKS ...] [--only REGEX] [--show-failures N] [--at K] [--families]
        [--out FILE]
    uv run python -m tests.benchmarks.byexample.derive_score --compare BEFORE AFTER

Without a file the project's own tasks to work with, tasks/tune.jsonl, are taken. A task is a line of JSON: {"id", "columns",
"rows": [{"input": [text or null, ...], "output": text or null}, ...]}. The learner gets the first k rows with different inputs as
examples and the inputs of all rows, as in the designer.

- solved@k: with k examples every row comes out right; null and "" count as equal. More than 10 s, or an exception, is not solved.
- interactive: one example at first, then as long as a row is wrong the first wrong row as one more, five at most.
- review@k: of the tasks that are not solved@k, those where one of the first three doubtful rows is wrong indeed.

The time limit needs a POSIX system.
"""

import argparse
import json
import re
import signal
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

LIMIT_SECONDS = 10
MOST_EXAMPLES = 5
MOST_ROWS = 1000
SHOTS = (1, 2, 3)

Cell = str | None
Row = tuple[tuple[Cell, ...], Cell]
Learn = Callable[..., Any]


@dataclass(frozen=True)
class Attempt:
    """One call of the learner: `wrong` holds row numbers, or None when there was no program (`why` says what happened)."""

    seconds: float
    wrong: list[int] | None = None
    doubtful: list[int] = field(default_factory=list)
    outputs: dict[int, Cell] = field(default_factory=dict)
    why: str | None = None

    @property
    def solved(self) -> bool:
        return self.wrong == []

    @property
    def asks_well(self) -> bool:
        return bool(self.wrong and set(self.doubtful) & set(self.wrong))


@dataclass(frozen=True)
class Result:
    """What is kept of a task in a result file."""

    id: str
    solved: dict[str, bool]
    asks_well: dict[str, bool]
    seconds: dict[str, float]
    interactive: int | None


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def read_tasks(paths: Sequence[Path], only: str | None) -> list[tuple[str, list[Row]]]:
    tasks = []
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            task = json.loads(line)
            rows = [(tuple(_text(cell) for cell in row["input"]), _text(row["output"])) for row in task["rows"][:MOST_ROWS]]
            if not only or re.search(only, task["id"]):
                tasks.append((task["id"], rows))
    return tasks


def _text(value: object) -> Cell:
    return value if value is None or isinstance(value, str) else str(value)


def attempt(learn: Learn, examples: Sequence[Row], rows: Sequence[Row]) -> Attempt:
    started = time.perf_counter()
    try:
        with time_limit(LIMIT_SECONDS):
            learned = learn(examples=list(examples), inputs=[given for given, _ in rows])
            seconds = time.perf_counter() - started
            if learned.program is None:
                return Attempt(seconds, why="no program")
            outputs = [learned.program.run(given) for given, _ in rows]
    except Exception as error:  # noqa: BLE001 (a crash is a failed task, shown as such)
        return Attempt(time.perf_counter() - started, why=f"{type(error).__name__}: {error}")
    wrong = [number for number, (_, wanted) in enumerate(rows) if (outputs[number] or "") != (wanted or "")]
    return Attempt(seconds, wrong, list(learned.doubtful)[:3], {number: outputs[number] for number in wrong[:3]})


def examples_needed(learn: Learn, rows: Sequence[Row]) -> int | None:
    examples = [rows[0]]
    while True:
        tried = attempt(learn, examples, rows)
        if tried.solved:
            return len(examples)
        more = next((rows[number] for number in tried.wrong or [] if rows[number] not in examples), None)
        if more is None or len(examples) == MOST_EXAMPLES:
            return None
        examples.append(more)


def score(learn: Learn, name: str, rows: Sequence[Row]) -> tuple[Result, dict[int, Attempt]]:
    distinct = list({given: (given, wanted) for given, wanted in reversed(rows)}.values())[::-1]
    attempts = {shots: attempt(learn, distinct[:shots], rows) for shots in SHOTS}
    result = Result(
        name,
        {str(shots): tried.solved for shots, tried in attempts.items()},
        {str(shots): tried.asks_well for shots, tried in attempts.items()},
        {str(shots): round(tried.seconds, 4) for shots, tried in attempts.items()},
        examples_needed(learn, rows),
    )
    return result, attempts


def family_of(name: str) -> str:
    return name.rpartition("/")[2].rpartition(".")[0]


def _share(count: int, of: int) -> str:
    return f"{count}/{of} = {100 * count / of:.1f} %"


def summary(results: Sequence[Result]) -> str:
    lines = []
    for shots in map(str, SHOTS):
        seconds = sorted(result.seconds[shots] for result in results)
        median, most = statistics.median(seconds), seconds[int(0.95 * (len(seconds) - 1))]
        solved = sum(result.solved[shots] for result in results)
        asked = sum(result.asks_well[shots] for result in results)
        lines.append(
            f"solved@{shots} {_share(solved, len(results))}   learning: median {1000 * median:.0f} ms, 95 of 100 within "
            f"{1000 * most:.0f} ms   review@{shots} {asked}/{len(results) - solved}"
        )
    done = [result.interactive for result in results if result.interactive]
    mean = statistics.mean(done) if done else 0
    lines.append(f"interactive {_share(len(done), len(results))} within {MOST_EXAMPLES} examples, mean {mean:.2f}")
    return "\n".join(lines)


def by_family(results: Sequence[Result]) -> str:
    families: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        families[family_of(result.id)].append(result)
    lines = [f"{'family':24} tasks   @1   @2   @3  interactive"]
    for name, members in families.items():
        solved = Counter(shots for result in members for shots in result.solved if result.solved[shots])
        counts = " ".join(f"{solved[str(shots)]:4}" for shots in SHOTS)
        lines.append(f"{name:24} {len(members):5} {counts} {sum(bool(result.interactive) for result in members):12}")
    return "\n".join(lines)


def failure(name: str, rows: Sequence[Row], tried: Attempt, shots: int) -> str:
    lines = [f"- {name}: {tried.why or f'{len(tried.wrong or [])} of {len(rows)} rows wrong'}"]
    lines += [f"    example {' | '.join(map(repr, given))} -> {wanted!r}" for given, wanted in rows[:shots]]
    for number in (tried.wrong or [])[:3]:
        given, wanted = rows[number]
        lines.append(f"    {' | '.join(map(repr, given))} -> {tried.outputs[number]!r}, wanted {wanted!r}")
    return "\n".join(lines)


def read_results(path: Path) -> dict[str, Result]:
    return {result.id: result for result in (Result(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines())}


def comparison(before: dict[str, Result], after: dict[str, Result]) -> str:
    lines = []
    for shots in map(str, SHOTS):
        both = [name for name in before if name in after]
        won = [name for name in both if after[name].solved[shots] and not before[name].solved[shots]]
        lost = [name for name in both if before[name].solved[shots] and not after[name].solved[shots]]
        lines.append(f"solved@{shots}: +{len(won)} -{len(lost)} of {len(both)}")
        lines += [f"  + {name}" for name in won] + [f"  - {name}" for name in lost]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tasks", nargs="*", type=Path, default=[Path(__file__).parent / "tasks" / "tune.jsonl"])
    parser.add_argument("--only", metavar="REGEX")
    parser.add_argument("--show-failures", type=int, default=0, metavar="N")
    parser.add_argument("--at", type=int, default=2, choices=SHOTS, help="the number of examples of the failures that are shown")
    parser.add_argument("--families", action="store_true")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--compare", nargs=2, type=Path, metavar=("BEFORE", "AFTER"))
    options = parser.parse_args()
    if options.compare:
        print(comparison(*map(read_results, options.compare)))  # noqa: T201
        return
    from workbench.byexample import learn

    tasks = read_tasks(options.tasks, options.only)
    if not tasks:
        parser.error("No task has such an id.")
    results, failures = [], []
    for name, rows in tasks:
        result, attempts = score(learn, name, rows)
        results.append(result)
        if not attempts[options.at].solved:
            failures.append(failure(name, rows, attempts[options.at], options.at))
    shown = [*failures[: options.show_failures], by_family(results) if options.families else "", summary(results)]
    print("\n".join(text for text in shown if text))  # noqa: T201
    if options.out:
        options.out.write_text("".join(json.dumps(asdict(result)) + "\n" for result in results), encoding="utf-8")


if __name__ == "__main__":
    main()
