"""The tasks that the modules of this folder declare, in the order of their declaration."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.benchmarks.byexample.taskset.draw import Draw

Cell = str | None
Given = Cell | tuple[Cell, ...]
Made = tuple[Given, Cell]


@dataclass(frozen=True)
class Task:
    id: str
    columns: tuple[str, ...]
    rows: tuple[tuple[tuple[Cell, ...], Cell], ...]

    def to_json(self) -> dict[str, object]:
        rows = [{"input": list(given), "output": wanted} for given, wanted in self.rows]
        return {"id": self.id, "columns": list(self.columns), "rows": rows}


TASKS: list[Task] = []
_count: Counter[str] = Counter()


def written(family: str, rows: Sequence[Made]) -> None:
    """Adds a task that was written by hand: (input, output) for one column, ((inputs), output) for several."""
    _count[family] += 1
    tuples = tuple((given if isinstance(given, tuple) else (given,), wanted) for given, wanted in rows)
    columns = tuple(f"column_{place + 1}" for place in range(len(tuples[0][0])))
    TASKS.append(Task(f"own/{family}.{_count[family]:03}", columns, tuples))


def task(family: str, rows: int) -> Callable[[Callable[[Draw], Made]], Callable[[Draw], Made]]:
    """Adds a task whose rows the decorated function makes, one a call, from a seed made of family and function name."""

    def add(make: Callable[[Draw], Made]) -> Callable[[Draw], Made]:
        draw = Draw(f"{family}/{make.__name__}")
        written(family, [make(draw) for _ in range(rows)])
        return make

    return add
