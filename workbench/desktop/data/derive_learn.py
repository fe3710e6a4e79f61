"""What derive by example asks of the engine room, in workers: learn over the rows, find rows to look at."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.desktop.operations import Progress

if TYPE_CHECKING:
    from workbench.byexample import Conflict, Program
    from workbench.dataprep.views import TableView

Row = tuple[str | None, ...]
INPUTS = 2000
_CHUNK = 5000
_REVIEW = 40


@dataclass(frozen=True)
class Lesson:
    """What was learned from the examples over the rows of a view."""

    program: "Program | None"
    sentence: str
    code: str = ""
    doubtful: tuple[int, ...] = ()
    """Rows of the view that deserve a look, in their order."""
    conflicts: tuple[int, ...] = ()
    """Examples (by index) that contradict each other."""
    alternatives: int = 0


def learn_lesson(
    view: "TableView", columns: tuple[str, ...], examples: tuple[tuple[Row, str | None], ...], progress: Progress
) -> Lesson:
    """Learns a program from the examples; the distinct rows of the view tell where it is in doubt."""
    from workbench.byexample import learn

    inputs = view.distinct(list(columns), INPUTS)
    progress.check()
    learned = learn(list(examples), inputs)
    progress.check()
    if learned.program is None:
        return Lesson(None, learned.explanation, conflicts=_indices(learned.conflicts))
    wanted = [inputs[number] for number in learned.doubtful[:_REVIEW]]
    rows = find_rows(view, columns, wanted, progress)
    return Lesson(
        learned.program,
        learned.explanation or learned.program.explain(),
        learned.program.to_python(),
        tuple(sorted(rows.values())),
        alternatives=len(learned.alternatives),
    )


def find_rows(view: "TableView", columns: tuple[str, ...], wanted: list[Row], progress: Progress) -> dict[Row, int]:
    """The first row of the view that holds each of the wanted texts."""
    from workbench.dataprep.columns import names

    places = [names(view.columns).index(name) for name in columns]
    left, found = set(wanted), {}
    for offset in range(0, view.row_count, _CHUNK):
        if not left:
            break
        progress.check()
        window = view.window(offset, _CHUNK)
        for number, row in enumerate(zip(*(window.columns[place] for place in places), strict=True)):
            if row in left:
                left.discard(row)
                found[row] = offset + number
    return found


def _indices(conflicts: "tuple[Conflict, ...]") -> tuple[int, ...]:
    return tuple(sorted({number for conflict in conflicts for number in (conflict.first, conflict.second)}))
