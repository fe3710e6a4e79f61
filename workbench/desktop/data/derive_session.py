"""Derive by example: the user types in cells of a new column, a program is learned, all rows follow."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QAbstractItemView

from workbench.dataprep.columns import unique_name
from workbench.desktop.data import edits
from workbench.desktop.data.derive_learn import Lesson, Row, find_rows, learn_lesson
from workbench.desktop.data.derive_panel import DerivePanel
from workbench.desktop.data.overlay import NewColumn
from workbench.desktop.operations import Progress

if TYPE_CHECKING:
    from workbench.dataprep.steps import Derive
    from workbench.dataprep.views import TableView
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
        self._reviewed = -1
        names = [column.name for column in base.columns]
        name = old.column if old else unique_name(f"{inputs[0]}_derived" if inputs else "derived", names)
        self.panel = self.host = DerivePanel(base.columns, self._inputs, name, old.type if old else "string", edit=old is not None)
        self.panel.inputs_changed.connect(self._on_inputs)
        self.panel.name_changed.connect(self._on_name)
        self.panel.example_removed.connect(self._on_example_removed)
        self.panel.review_asked.connect(self.review)
        self.panel.accepted.connect(self.accept)
        self.panel.cancelled.connect(self.cancel)
        grid.example_edited.connect(self._on_edited)
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
            self._learn()

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
        """All rows with the new column are there."""
        self._show(view)

    def on_failed(self, error: Exception) -> None:
        """The step cannot run like this."""
        self.panel.show_problem(str(getattr(error, "message", error)).split("cannot run: ", 1)[-1])

    def review(self) -> None:
        """Jumps to the next row in doubt."""
        rows = self._lesson.doubtful if self._lesson is not None else ()
        if rows:
            row = next((row for row in rows if row > self._reviewed), rows[0])
            self._reviewed = row
            self._grid.go_to(row, self.column)
            self._grid.view.setFocus()

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
        self._operations.cancel_group("derive-learn")
        self._grid.example_edited.disconnect(self._on_edited)
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
        self._grid.set_pending(set(self._lesson.doubtful) if self._lesson is not None else set())

    def _on_edited(self, row: int, text: str) -> None:
        base, inputs = self._base, self._inputs
        places = [[column.name for column in base.columns].index(name) for name in inputs]

        def read(_progress: Progress) -> tuple[int, Row, str]:
            columns = base.window(row, 1).columns
            return row, tuple(columns[place][0] for place in places), text

        self._grid.set_example_values(self._grid.model.example_values | {row: text})
        self.panel.show_learning()
        self._operations.run("Reading the row", read, self._on_row, quiet=True)

    def _on_row(self, answer: tuple[int, Row, str]) -> None:
        row, given, text = answer
        if len(given) != len(self._inputs):
            return  # other source columns were chosen meanwhile
        known = next((number for number, typed in enumerate(self._examples) if typed.row == row), None)
        typed = Typed(given, text or None, row)
        if known is not None and not text:
            del self._examples[known]
        elif known is not None:
            self._examples[known] = typed
        else:
            self._examples.append(typed)
        self._on_examples()

    def _pairs(self) -> tuple[tuple[Row, str | None], ...]:
        """The examples to learn from, each once."""
        return tuple(dict.fromkeys((typed.given, typed.output) for typed in self._examples))

    def _show_examples(self) -> None:
        conflicts = set(self._lesson.conflicts) if self._lesson is not None else set()
        bad = {pair for number, pair in enumerate(self._pairs()) if number in conflicts}
        shown = [(typed.given, typed.output) for typed in self._examples]
        self.panel.show_examples(shown, [number for number, pair in enumerate(shown) if pair in bad])

    def _on_examples(self) -> None:
        self._show_examples()
        if self._examples:
            self._learn()
            return
        self._lesson = None
        self.panel.show_lesson(None, 0)
        self._show(NewColumn(self._base, self.column, self._inputs))
        self.unlearned.emit(self.column)

    def _learn(self) -> None:
        base, inputs, examples = self._base, self._inputs, self._pairs()
        self.panel.show_learning()

        def work(progress: Progress) -> Lesson:
            return learn_lesson(base, inputs, examples, progress)

        self._operations.run("Learning from your examples", work, self._on_lesson, self.on_failed, exclusive="derive-learn")

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

        def work(progress: Progress) -> dict[Row, int]:
            return find_rows(base, inputs, wanted, progress)

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
        self._inputs, self._examples, self._lesson = names, [], None
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
