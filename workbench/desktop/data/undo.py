"""Undo over the immutable package: a command holds the package before and after, never data."""

from typing import TYPE_CHECKING

from PySide6.QtGui import QUndoCommand

if TYPE_CHECKING:
    from workbench.dataprep.package import Package
    from workbench.desktop.data.document import PrepDocument


class EditPackage(QUndoCommand):
    """One edit of a preparation; also brings back which dataflow and step were looked at."""

    def __init__(
        self, document: "PrepDocument", text: str, after: "Package", flow_id: str, step: int | None, merge: str = ""
    ) -> None:
        super().__init__(text)
        self._document = document
        self.kind = merge
        self._before, self._place_before = document.package, document.place
        self.after, self.place_after = after, (flow_id, step)

    def redo(self) -> None:
        self._document.set_package(self.after, *self.place_after)

    def undo(self) -> None:
        self._document.set_package(self._before, *self._place_before)

    def id(self) -> int:
        return hash(self.kind) % 2**30 if self.kind else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, EditPackage) or other.kind != self.kind:
            return False
        self.after, self.place_after = other.after, other.place_after
        self.setObsolete(self.after == self._before)
        return True
