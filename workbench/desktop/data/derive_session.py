"""Derive by example: the user types in cells of a new column, a program is learned, all rows follow."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QAbstractItemView

from workbench.base.errors import UserError
from workbench.dataprep.columns import unique_name
from workbench.desktop.data import edits
from workbench.desktop.data.derive_learn import (
    Inputs,
    Lesson,
    Row,
    code_of,
    fits,
    learn_lesson,
    take_inputs,
    take_reading,
    with_unanswered,
)
from workbench.desktop.data.derive_panel import DerivePanel
from workbench.desktop.data.overlay import NewColumn
from workbench.desktop.grid.model import MISSING
from workbench.desktop.operations import Progress

if TYPE_CHECKING:
    from workbench.byexample import Program
    from workbench.dataprep.engine.views import TableView, Unanswered
    from workbench.dataprep.steps import Derive
    from workbench.desktop.data.document import PrepDocument
    from workbench.desktop.data.flow_data import FlowData
    from workbench.desktop.grid import DataGrid
    from workbench.desktop.operations import Operations


@dataclass(frozen=True)
class Typed:
    """An example: the texts of the inputs, the output, and the grid's row it was typed in (None: not found in these rows)."""

    given: Row
    output: str | None
    row: int | None = None


class DeriveSession(QObject):
    """Lives while the panel is open, over `base`, the rows before the step. Owns `base` from then on.

    Invariant: at most one example a row; two rows with the same input may contradict each other, which is then said.
    """

    marked = Signal(object)
    ended = Signal(bool)
    unlearned = Signal(str)
    """The column is empty again: there is no program (any more)."""

    def __init__(
        self,
        document: "PrepDocument",
        data: "FlowData",
        operations: "Operations",
        grid: "DataGrid",
        base: "TableView",
        index: int,
        inputs: tuple[str, ...],
        old: "Derive | None" = None,
    ) -> None:
        super().__init__(document)
        self._document, self._data, self._operations, self._grid = document, data, operations, grid
        self._base, self._index, self._old, self._flow = base, index, old, document.place[0]
        self._inputs = old.inputs if old else inputs
        self._examples = [Typed(example.inputs, example.output) for example in old.examples] if old else []
        self._lesson: Lesson | None = None
        self._taken: Program | None = None
        """What was chosen in place of what is learned from these examples: another reading, or what the step has stored."""
        self._stored = self._examples_of(old)
        self._sample: Inputs | None = None
        self._reviewed = -1
        """How many of the rows in doubt were jumped to, less one."""
        names = [column.name for column in base.columns]
        name = old.column if old else unique_name(f"{inputs[0]}_derived" if inputs else "derived", names)
        self.panel = self.host = DerivePanel(base.columns, self._inputs, name, old.type if old else "string", edit=old is not None)
        self.panel.inputs_changed.connect(self._on_inputs)
        self.panel.name_changed.connect(self._on_name)
        self.panel.example_removed.connect(self._on_example_removed)
        self.panel.review_asked.connect(self.review)
        self.panel.confirmed.connect(self.confirm)
        self.panel.reading_chosen.connect(self._on_reading)
        self.panel.code_asked.connect(self._on_code_asked)
        self.panel.accepted.connect(self.accept)
        self.panel.cancelled.connect(self.cancel)
        grid.example_edited.connect(self._on_edited)
        grid.current_changed.connect(self._on_current)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(80)
        self._later.timeout.connect(self._try_show)
        self._waiting: TableView | NewColumn | None = None

    @property
    def column(self) -> str:
        """The new column's name."""
        return self.panel.name.text().strip()

    @property
    def lesson(self) -> Lesson | None:
        """What was learned last."""
        return self._lesson

    def begin(self) -> None:
        """Shows the new column, empty or as it was learned before, ready for typing."""
        self.marked.emit(frozenset(self._inputs))
        self._show(NewColumn(self._base, self.column, self._inputs))
        cell = self._grid.current_cell()
        self._grid.go_to(max(0, cell[0] if cell else 0), self.column)
        self._grid.view.setFocus()
        self._show_examples()
        if self._examples:
            self._place_examples()
            self._take_stored()
            self._learn()
        else:
            self._look()

    def step(self) -> "Derive | None":
        """The step as learned; None without a program."""
        from workbench.dataprep.steps import Derive, Example

        if self._lesson is None or self._lesson.program is None:
            return None
        kept = {"id": self._old.id, "enabled": self._old.enabled, "note": self._old.note} if self._old else {}
        return Derive(
            column=self.column,
            inputs=self._inputs,
            examples=tuple(Example(inputs=given, output=output) for given, output in self._pairs()),
            program=self._lesson.program.to_json(),
            type=self.panel.type.currentData(),
            **kept,
        )

    def on_view(self, view: "TableView") -> None:
        """All rows with the new column are there: those without a value are counted."""
        self._show(view)
        column, inputs = self.column, self._inputs
        if self._lesson is None or column not in {one.name for one in view.columns}:
            return

        def work(progress: Progress) -> "Unanswered":
            return view.unanswered(column, inputs, cancel=progress.cancel_event)

        self.panel.show_facts("Checking all rows …")
        self._operations.run("Checking all rows", work, self._on_checked, self._on_unchecked, exclusive="derive-check")

    def on_failed(self, error: Exception) -> None:
        """The step cannot run like this."""
        self.panel.show_problem(str(getattr(error, "message", error)).split("cannot run: ", 1)[-1])

    def review(self) -> None:
        """Jumps to the next row in doubt, the most doubtful first."""
        rows = self._lesson.doubtful if self._lesson is not None else ()
        if rows:
            self._reviewed = (self._reviewed + 1) % len(rows)
            self._grid.go_to(rows[self._reviewed], self.column)
            self._grid.view.setFocus()
            self._on_current(*(self._grid.current_cell() or (-1, "")))

    def confirm(self) -> None:
        """Takes the row in doubt that is current as an example, as it is."""
        cell = self._grid.current_cell()
        text = self._grid.cell_text(cell[0], self.column) if cell is not None else MISSING
        if cell is not None and text != MISSING:
            self._on_edited(cell[0], text or "", confirmed=True)

    def _on_current(self, row: int, _column: str) -> None:
        """A row in doubt can be confirmed while it is current."""
        lesson = self._lesson
        self.panel.show_confirm(lesson is not None and lesson.program is not None and row in lesson.doubtful)

    def accept(self) -> None:
        """Adds or changes the step."""
        step = self.step()
        if step is None:
            return
        self._finish(True)
        if self._old is not None:
            self._document.change_step(step, f"Change of column {step.column}")
        else:
            self._document.look_at(self._flow, self._index)
            self._document.add_step(step, f"Derive column {step.column}")

    def cancel(self) -> None:
        """Leaves all as it was."""
        self._finish(False)

    def _finish(self, taken: bool) -> None:
        self._later.stop()
        for group in ("derive-learn", "derive-check"):
            self._operations.cancel_group(group)
        self._grid.example_edited.disconnect(self._on_edited)
        self._grid.current_changed.disconnect(self._on_current)
        self._grid.set_example_column(None)
        self._base.close()
        self.ended.emit(taken)

    def _show(self, source: "TableView | NewColumn") -> None:
        self._waiting = source
        self._try_show()

    def _try_show(self) -> None:
        if self._waiting is None:
            return
        if self._grid.view.state() == QAbstractItemView.State.EditingState:
            self._later.start()  # what is being typed must not be lost
            return
        source, self._waiting = self._waiting, None
        self._grid.set_source(source)
        self._mark_examples()

    def _mark_examples(self) -> None:
        self._grid.set_example_column(self.column)
        self._grid.set_example_values({typed.row: typed.output or "" for typed in self._examples if typed.row is not None})
        bad = {typed.row for typed in self._in_conflict() if typed.row is not None}
        self._grid.set_pending(bad | set(self._lesson.doubtful if self._lesson is not None else ()))

    def _on_edited(self, row: int, text: str, *, confirmed: bool = False) -> None:
        base, inputs = self._base, self._inputs
        places = [[column.name for column in base.columns].index(name) for name in inputs]

        def read(_progress: Progress) -> tuple[int, Row, str, bool]:
            columns = base.window(row, 1).columns
            return row, tuple(columns[place][0] for place in places), text, confirmed

        self._operations.cancel_group("derive-learn")
        self._grid.set_example_values(self._grid.model.example_values | {row: text})
        self.panel.show_learning()
        self._operations.run("Reading the row", read, self._on_row, quiet=True)

    def _on_row(self, answer: tuple[int, Row, str, bool]) -> None:
        row, given, text, confirmed = answer
        if len(given) != len(self._inputs):
            return  # other source columns were chosen meanwhile
        known = next((number for number, typed in enumerate(self._examples) if typed.row == row), None)
        typed = Typed(given, text or None, row)
        if known is not None and not text and not confirmed:
            del self._examples[known]
        elif known is not None:
            self._examples[known] = typed
        else:
            self._examples.append(typed)
        self._on_examples()

    def _pairs(self) -> tuple[tuple[Row, str | None], ...]:
        """The examples to learn from, each once."""
        return tuple(dict.fromkeys((typed.given, typed.output) for typed in self._examples))

    def _in_conflict(self) -> list[Typed]:
        """The examples that contradict each other."""
        conflicts = set(self._lesson.conflicts) if self._lesson is not None else set()
        bad = {pair for number, pair in enumerate(self._pairs()) if number in conflicts}
        return [typed for typed in self._examples if (typed.given, typed.output) in bad]

    def _show_examples(self) -> None:
        bad = self._in_conflict()
        shown = [(typed.given, typed.output) for typed in self._examples]
        self.panel.show_examples(shown, [number for number, typed in enumerate(self._examples) if typed in bad])

    def _on_examples(self) -> None:
        self._show_examples()
        if self._examples:
            self._learn()
            return
        self._lesson = None
        self._operations.cancel_group("derive-check")
        self.panel.show_lesson(None, 0)
        self._show(NewColumn(self._base, self.column, self._inputs))
        self.unlearned.emit(self.column)

    def _learn(self) -> None:
        examples, sampled = self._pairs(), self._sampling()
        taken = self._taken if examples == self._stored else None
        self._operations.cancel_group("derive-check")
        self.panel.show_learning()

        def work(progress: Progress) -> tuple[Inputs, Lesson]:
            inputs = sampled(progress)
            lesson = learn_lesson(inputs, examples, progress)
            return inputs, take_reading(inputs, lesson, taken) if taken is not None and fits(taken, examples) else lesson

        self._operations.run("Learning from your examples", work, self._on_learned, self.on_failed, exclusive="derive-learn")

    def _sampling(self) -> Callable[[Progress], Inputs]:
        """For a worker: the rows that are learned over, taken once for the same columns."""
        base, columns, known = self._base, self._inputs, self._sample

        def sampled(_progress: Progress) -> Inputs:
            return known if known is not None and known.columns == columns else take_inputs(base, columns)

        return sampled

    def _look(self) -> None:
        """The rows to learn over are taken before the first example comes."""
        self._operations.run("Looking at the values", self._sampling(), self._on_sampled, self._on_unsampled, quiet=True)

    def _on_sampled(self, inputs: Inputs) -> None:
        self._sample = inputs

    def _on_unsampled(self, _error: Exception) -> None:
        """Learning will say it."""

    @staticmethod
    def _examples_of(step: "Derive | None") -> tuple[tuple[Row, str | None], ...]:
        return tuple(dict.fromkeys((example.inputs, example.output) for example in step.examples)) if step else ()

    def _take_stored(self) -> None:
        """The step's own program stays as long as its examples do, if this version can read it."""
        if self._old is not None:
            with contextlib.suppress(UserError):
                self._taken = self._old.load_program()

    def _on_learned(self, answer: tuple[Inputs, Lesson]) -> None:
        self._sample = answer[0]
        self._on_lesson(answer[1])

    def _on_reading(self, number: int) -> None:
        """Another reading is taken; the first row on which it differs can be confirmed."""
        lesson, inputs = self._lesson, self._sample
        if lesson is None or inputs is None or number >= len(lesson.readings):
            return
        taken = lesson.readings[number].program

        def work(_progress: Progress) -> Lesson:
            return take_reading(inputs, lesson, taken)

        self._taken, self._stored = taken, self._pairs()
        self._operations.run("Comparing the readings", work, self._on_taken, self.on_failed, exclusive="derive-learn")

    def _on_taken(self, lesson: Lesson) -> None:
        self._on_lesson(lesson)
        if lesson.readings and lesson.readings[0].row is not None:
            self.review()

    def _on_checked(self, found: "Unanswered") -> None:
        if self._lesson is None or self._lesson.program is None:
            return
        reviewed = self._reviewed
        total = self._base.row_count
        if found.count:
            self.panel.show_facts(f"{found.count:,} of {total:,} rows have no answer")
            at = self._lesson.doubtful[reviewed] if 0 <= reviewed < len(self._lesson.doubtful) else None
            self._lesson = with_unanswered(self._lesson, found.rows)
            self._reviewed = self._lesson.doubtful.index(at) if at in self._lesson.doubtful else -1
            self.panel.show_doubtful(len(self._lesson.doubtful))
            self._mark_examples()
        else:
            self.panel.show_facts(f"All {total:,} rows checked", "Every row whose sources are filled has an answer.")

    def _on_unchecked(self, error: Exception) -> None:
        self.panel.show_facts(str(error))

    def _on_code_asked(self) -> None:
        lesson, columns, name = self._lesson, self._inputs, self.column
        if lesson is None or (program := lesson.program) is None:
            return

        def work(_progress: Progress) -> dict[str, str]:
            return code_of(program, columns, name)

        self._operations.run("Writing the code", work, self._on_code, exclusive="derive-code", quiet=True)

    def _on_code(self, texts: dict[str, str]) -> None:
        self.panel.code.show_code(texts)

    def _on_lesson(self, lesson: Lesson) -> None:
        self._lesson, self._reviewed = lesson, -1
        self._show_examples()
        self.panel.show_lesson(lesson, len(self._examples))
        if lesson.program is None:
            self._show(NewColumn(self._base, self.column, self._inputs))
            self.unlearned.emit(self.column)
        else:
            # what is in view is filled at once; the engine's own rows follow
            self._show(NewColumn(self._base, self.column, self._inputs, lesson.program))
            self._preview()

    def _preview(self) -> None:
        step = self.step()
        if step is None:
            return
        shown = step.model_copy(update={"enabled": True})
        package = self._document.package
        if self._old is not None:
            package = edits.replace_step(package, self._flow, shown)
        else:
            package = edits.insert_step(package, self._flow, self._index, shown)
        self._data.show(package, self._flow, self._index + 1, "preview")

    def _place_examples(self) -> None:
        base, inputs, wanted = self._base, self._inputs, [typed.given for typed in self._examples]

        def work(_progress: Progress) -> dict[Row, int]:
            return base.places(inputs, wanted)

        self._operations.run("Looking for the examples", work, self._on_placed, quiet=True)

    def _on_placed(self, rows: dict[Row, int]) -> None:
        self._examples = [replace(typed, row=rows.get(typed.given)) if typed.row is None else typed for typed in self._examples]
        if self._grid.view.state() != QAbstractItemView.State.EditingState:
            self._mark_examples()

    def _on_inputs(self) -> None:
        """Other source columns: the examples' rows are read again."""
        names = tuple(name for name in self.panel.picker.names)
        if not names:
            self.panel.show_problem("Choose at least one source column.")
            return
        texts = {typed.row: typed.output for typed in self._examples if typed.row is not None}
        for group in ("derive-learn", "derive-check"):
            self._operations.cancel_group(group)
        self._inputs, self._examples, self._lesson, self._taken = names, [], None, None
        self._look()
        self.marked.emit(frozenset(names))
        self._show(NewColumn(self._base, self.column, names))
        self.panel.show_lesson(None, 0)
        self.panel.show_examples([])
        for row, text in texts.items():
            self._on_edited(row, text or "")

    def _on_name(self) -> None:
        if self._lesson is not None and self._lesson.program is not None:
            self.panel.show_lesson(self._lesson, len(self._examples))
            self._preview()
        elif self.column:
            self._show(NewColumn(self._base, self.column, self._inputs))

    def _on_example_removed(self, number: int) -> None:
        del self._examples[number]
        self._on_examples()
