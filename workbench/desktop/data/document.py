"""An open preparation: the package, where the user stands in it, undo, and saving at each change."""

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from workbench.base.errors import Cancelled
from workbench.desktop.data import edits
from workbench.desktop.data.undo import EditPackage

if TYPE_CHECKING:
    from workbench.dataprep.package import Dataflow, Package
    from workbench.dataprep.steps import StepBase
    from workbench.desktop.operations import Operations

Place = tuple[str, int | None]
"""A dataflow's id and how many of its steps are applied; None: all of them, however many there will be."""


class PrepDocument(QObject):
    """A `.wbprep` file being edited. GUI thread only; the file is written in a worker, whole, at each change, newest last."""

    package_changed = Signal()
    place_changed = Signal()
    saved = Signal()
    save_failed = Signal(object)

    def __init__(self, path: Path, package: "Package", operations: "Operations", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path = path
        self.stack = QUndoStack(self)
        self.stack.setUndoLimit(500)
        self._operations = operations
        self._package = package
        self._place: Place = (package.flows[0].id if package.flows else "", None)
        self._lock = threading.Lock()
        self._written = self._version = 0

    @property
    def package(self) -> "Package":
        return self._package

    @property
    def place(self) -> Place:
        return self._place

    @property
    def flow(self) -> "Dataflow | None":
        """The dataflow that is looked at; None in an empty package."""
        return next((flow for flow in self._package.flows if flow.id == self._place[0]), None)

    @property
    def applied(self) -> int:
        """How many steps the shown data has gone through."""
        flow = self.flow
        count = len(flow.steps) if flow else 0
        return count if self._place[1] is None else min(self._place[1], count)

    @property
    def unsaved(self) -> bool:
        """Whether the file lags behind the last change."""
        return self._written != self._version

    def look_at(self, flow_id: str, step: int | None = None) -> None:
        """Shows another dataflow or another moment of it; no edit."""
        flow = edits.flow_of(self._package, flow_id)
        place: Place = (flow_id, None if step is None or step >= len(flow.steps) else max(0, step))
        if place != self._place:
            self._place = place
            self.place_changed.emit()

    def edit(self, text: str, after: "Package", *, flow_id: str | None = None, step: int | None = None, merge: str = "") -> None:
        """Makes an edit that can be undone; `text` is what the user reads after Undo. `merge` joins edits of one kind in a row."""
        if after == self._package:
            return
        self.stack.push(EditPackage(self, text, after, flow_id or self._place[0], step, merge))

    def add_step(self, step: "StepBase", text: str) -> None:
        """Puts a step behind the current one and shows its result."""
        at = self.applied
        self.edit(text, edits.insert_step(self._package, self._place[0], at, step), step=self._after(at + 1, 1))

    def change_step(self, step: "StepBase", text: str) -> None:
        """Replaces the step of the same id and shows its result."""
        flow = edits.flow_of(self._package, self._place[0])
        index = edits.step_index(flow, step.id)
        self.edit(text, edits.replace_step(self._package, flow.id, step), step=self._after(index + 1, 0))

    def remove_step(self, step_id: str, text: str) -> None:
        """Takes a step out; the data stays at the same moment as far as it can."""
        flow = edits.flow_of(self._package, self._place[0])
        index = edits.step_index(flow, step_id)
        applied = self.applied - (1 if index < self.applied else 0)
        self.edit(text, edits.remove_step(self._package, flow.id, step_id), step=self._after(applied, -1))

    def move_step(self, step_id: str, index: int, text: str) -> None:
        """Moves a step so that it stands at `index`."""
        self.edit(text, edits.move_step(self._package, self._place[0], step_id, index), step=self._place[1])

    def set_package(self, package: "Package", flow_id: str, step: int | None) -> None:
        """For undo commands: takes a package and a place over, tells, and saves."""
        self._package = package
        known = any(flow.id == flow_id for flow in package.flows)
        self._place = (flow_id if known else (package.flows[0].id if package.flows else ""), step if known else None)
        self._version += 1
        self.package_changed.emit()
        self._operations.run("Save the preparation", self._save, self._on_saved, self._on_save_failed, quiet=True)

    def flush(self) -> None:
        """Writes what is not written yet, here and now (at closing)."""
        self._save(None)

    def _after(self, applied: int, added: int) -> int | None:
        flow = self.flow
        return None if flow is None or applied >= len(flow.steps) + added else applied

    def _save(self, _progress: Any) -> None:
        with self._lock:  # the newest state wins, in whatever order the workers come
            version, package = self._version, self._package
            if version == self._written:
                return
            package.save(self.path)
            self._written = version

    def _on_saved(self, _result: object) -> None:
        self.saved.emit()

    def _on_save_failed(self, error: Exception) -> None:
        if not isinstance(error, Cancelled):
            self.save_failed.emit(error)
