"""Editing one step in the panel above the grid, with a live preview in the grid."""

from typing import TYPE_CHECKING

from pydantic import ValidationError
from PySide6.QtCore import QObject, Signal

from workbench.base.errors import UserError
from workbench.desktop.data import edits
from workbench.desktop.data.editor_host import EditorHost
from workbench.desktop.data.editors.base import reason
from workbench.desktop.data.editors.join import JoinCounts, JoinEditor, Other
from workbench.desktop.data.transforms import BY_OP
from workbench.desktop.operations import Progress

if TYPE_CHECKING:
    from workbench.dataprep.columns import Schema
    from workbench.dataprep.engine.views import TableView
    from workbench.dataprep.package import Package
    from workbench.dataprep.steps import Join, StepBase
    from workbench.desktop.data.document import PrepDocument
    from workbench.desktop.data.editors.base import StepEditor
    from workbench.desktop.data.flow_data import FlowData
    from workbench.desktop.operations import Operations


class EditSession(QObject):
    """Lives while the panel is open. `index` is where the step stands, or will stand, in the dataflow."""

    marked = Signal(object)
    ended = Signal(bool)
    """Whether the step was taken over."""
    reveal = Signal(str)
    """A column that should come into view."""

    def __init__(
        self, document: "PrepDocument", data: "FlowData", operations: "Operations", editor: "StepEditor", index: int, rows: int
    ) -> None:
        super().__init__(document)
        self.host = EditorHost(editor)
        self.editor = editor
        self._document, self._data, self._operations = document, data, operations
        self._index, self._rows = index, rows
        self._flow = document.place[0]
        self._op = ""
        self._new: tuple[str, ...] = ()
        self.host.preview_wanted.connect(self.preview)
        self.host.accepted.connect(self.accept)
        self.host.cancelled.connect(self.cancel)
        if isinstance(editor, JoinEditor):
            editor.schema_wanted.connect(self._on_schema_wanted)
            editor.start()

    def begin(self) -> None:
        """Focuses the first field and previews what there is."""
        self.host.fit()
        if (field := self.editor.first_field()) is not None:
            field.setFocus()
        self.preview()

    def step(self) -> "StepBase | None":
        """The step as the fields say; None (and the panel says why) when they say none."""
        try:
            step = self.editor.build()
        except (UserError, ValidationError) as error:
            self.host.say(reason(error), "info")
            self.host.ok.setEnabled(False)
            return None
        self.host.ok.setEnabled(True)
        self._op = step.op
        return step

    def package_with(self, step: "StepBase") -> "Package":
        """The package as it would be with the step."""
        package = self._document.package
        if self.editor.old is not None:
            return edits.replace_step(package, self._flow, step)
        return edits.insert_step(package, self._flow, self._index, step)

    def preview(self) -> None:
        """Asks for the rows after the step."""
        self.marked.emit(frozenset(filter(None, self.editor.columns())))
        step = self.step()
        if step is None:
            return
        # an edited step that is off is previewed as if it were on
        self._data.show(self.package_with(step.model_copy(update={"enabled": True})), self._flow, self._index + 1, "preview")
        if isinstance(self.editor, JoinEditor) and isinstance(step, _join()):
            self._count(self.editor, step)

    def new_columns(self, view: "TableView") -> tuple[str, ...]:
        """The columns that the step adds, in their order."""
        known = {column.name for column in self.editor.schema}
        return tuple(column.name for column in view.columns if column.name not in known)

    def on_view(self, view: "TableView") -> None:
        """The rows after the step are there."""
        new = self.new_columns(view)
        if self._op in {"expression", "split", "join"}:
            self.marked.emit(frozenset(filter(None, (*self.editor.columns(), *new))))
            if new and new != self._new:
                self.reveal.emit(new[-1])
                self.reveal.emit(new[0])
        self._new = new
        notes = [note.message for note in view.notes if self.editor.old is None or note.step == self.editor.old.id]
        count = view.row_count
        words = f"{count:,} row{'' if count == 1 else 's'}"
        if self._op in {"filter", "remove_duplicates", "top"}:
            words = f"{count:,} of {self._rows:,} rows stay"
        elif count != self._rows:
            words = f"{self._rows:,} rows become {count:,}"
        problem = " · ".join(dict.fromkeys(notes[-2:]))
        text = " · ".join(filter(None, (f"Preview: {words}, {len(view.columns)} columns", problem, self.editor.note())))
        self.host.say(text, "warn" if problem and self.editor.icon == "type" else "ok")

    def on_failed(self, error: Exception) -> None:
        """The step cannot run like this."""
        text = str(getattr(error, "message", error))
        self.host.say(text.split("cannot run: ", 1)[-1], "bad")
        self.host.ok.setEnabled(False)

    def accept(self) -> None:
        """Takes the step over."""
        step = self.step()
        if step is None:
            return
        title = BY_OP[step.op].title if step.op in BY_OP else step.describe()
        self.ended.emit(True)
        if self.editor.old is not None:
            self._document.change_step(step, f"Change of {title[:1].lower()}{title[1:]}")
        else:
            self._document.look_at(self._flow, self._index)
            self._document.add_step(step, title)

    def cancel(self) -> None:
        """Leaves all as it was."""
        self.ended.emit(False)

    # -- joins: the other table's columns, and counts of partners

    def _on_schema_wanted(self, other: Other) -> None:
        package, engine = self._document.package, self._data.engine

        def read(_progress: Progress) -> "tuple[Other, Schema]":
            from workbench.dataprep.package import Dataflow, FileRef

            if other.flow:
                return other, engine().schema_at(package, other.flow)
            probe = Dataflow(name="probe", source=FileRef(path=other.source))
            return other, engine().schema_at(edits.put_flow(package, probe), probe.id, -1)

        self._operations.run(
            "Reading the columns", read, self._on_schema, self._on_schema_failed, exclusive="join-schema", quiet=True
        )

    def _on_schema(self, answer: "tuple[Other, Schema]") -> None:
        if isinstance(self.editor, JoinEditor):
            self.editor.set_other(*answer)
            self.host.fit()

    def _on_schema_failed(self, error: Exception) -> None:
        if isinstance(self.editor, JoinEditor):
            self.editor.set_problem(str(error))

    def _count(self, editor: JoinEditor, step: "Join") -> None:
        """How many rows find a partner: the join with other choices of rows, on the same sample."""
        engine, sample, flow, index, rows = self._data.engine, self._data.sample_rows, self._flow, self._index, self._rows
        variants = {
            how: self.package_with(step.model_copy(update={"how": how})) for how in ("left_anti", "inner", "right", step.how)
        }
        how = step.how

        def work(progress: Progress) -> JoinCounts:
            counts: dict[str, int] = {}
            for name, package in variants.items():
                with engine().view(package, flow, index, sample_rows=sample, cancel=progress.cancel_event) as view:
                    counts[name] = view.row_count
            lonely = counts["left_anti"]
            return JoinCounts(rows - lonely, lonely, counts[how], counts["right"] - counts["inner"])

        editor.counts.set_counts(None, "Counting matches …")
        self._operations.run("Counting matches", work, self._on_counts, self._on_count_failed, exclusive="join-counts", quiet=True)

    def _on_counts(self, counts: JoinCounts) -> None:
        if isinstance(self.editor, JoinEditor):
            self.editor.counts.set_counts(counts)

    def _on_count_failed(self, error: Exception) -> None:
        if isinstance(self.editor, JoinEditor):
            self.editor.counts.set_counts(None, str(getattr(error, "message", error)).split("cannot run: ", 1)[-1])


def _join() -> "type[Join]":
    from workbench.dataprep.steps import Join

    return Join
