"""What the strip of dataflows asks for."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from workbench.base.errors import UserError
from workbench.desktop.data import edits
from workbench.desktop.data.document import PrepDocument
from workbench.desktop.data.editors.join import Other
from workbench.desktop.data.menus import add
from workbench.desktop.notifications import NoticeAction, Notifications

if TYPE_CHECKING:
    from workbench.dataprep.package import Package


class FlowActions(QObject):
    """Changes the dataflows of the package; `others` gives the project's sources. GUI thread only."""

    def __init__(
        self, page: QWidget, document: PrepDocument, notifications: Notifications, others: Callable[[], tuple[Other, ...]]
    ) -> None:
        super().__init__(page)
        self._page, self._document, self._notifications, self._others = page, document, notifications, others

    def joinable(self) -> tuple[Other, ...]:
        """What the shown dataflow can be joined with: other dataflows that do not need it, and sources."""
        flow = self._document.flow
        own = flow.id if flow else ""
        needed = {other.id for other in self._document.package.flows if own in _all_references(self._document.package, other.id)}
        flows = tuple(
            Other(f"{f.name}  (dataflow)", flow=f.id) for f in self._document.package.flows if f.id != own and f.id not in needed
        )
        return flows + self._others()

    def rename(self, flow_id: str, name: str) -> None:
        """Renames a dataflow, unless another has that name."""
        if name and name not in {flow.name for flow in self._document.package.flows}:
            self._document.edit(f"Rename dataflow to {name}", edits.rename_flow(self._document.package, flow_id, name))

    def delete(self, flow_id: str) -> None:
        """Deletes a dataflow that no other one needs; Undo stands in the message."""
        name = edits.flow_of(self._document.package, flow_id).name
        try:
            after = self._document.package.without_flow(flow_id)
        except UserError as error:
            self._notifications.error(error, f"Deleting the dataflow {name}")
            return
        self._document.edit(f"Delete dataflow {name}", after)
        undo = NoticeAction("Undo", self._document.stack.undo)
        self._notifications.toast(f"Deleted the dataflow {name}", kind="info", action=undo)

    def show_add_menu(self, place: QPoint) -> None:
        """Shows what a new dataflow can start from."""
        menu = QMenu(self._page)
        menu.addSection("Start from")
        for other in self._others():
            add(menu, other.name, lambda o=other: self._add_flow(o), "database")  # type: ignore[misc]
        for flow in self._document.package.flows:
            other = Other(flow.name, flow=flow.id)
            add(menu, f"Result of {flow.name}", lambda o=other: self._add_flow(o), "wand-sparkles")  # type: ignore[misc]
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)

    def _add_flow(self, other: Other) -> None:
        from workbench.dataprep.package import Dataflow, FileRef, FlowRef

        name = edits.free_flow_name(self._document.package, other.name)
        flow = Dataflow(name=name, source=FlowRef(flow=other.flow) if other.flow else FileRef(path=other.source))
        self._document.edit(f"Add dataflow {name}", edits.put_flow(self._document.package, flow), flow_id=flow.id)


def _all_references(package: "Package", flow_id: str, seen: frozenset[str] = frozenset()) -> set[str]:
    """The flows that a flow needs, directly or through others."""
    found: set[str] = set()
    for name in edits.flow_of(package, flow_id).references():
        if name not in seen:
            found |= {name} | _all_references(package, name, seen | {name})
    return found
