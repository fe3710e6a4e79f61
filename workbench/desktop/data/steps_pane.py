"""The steps pane: the recipe from top to bottom; a click shows the data as of that step."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QDropEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from workbench.desktop.data.step_card import StepCard
from workbench.desktop.theme import theme
from workbench.desktop.widgets.basics import HLine, label

if TYPE_CHECKING:
    from workbench.dataprep.package import Dataflow

_ID = Qt.ItemDataRole.UserRole


class _List(QListWidget):
    """Row 0 is the source. Tells keys and drops; the rows are made anew from the package afterwards."""

    edit_asked = Signal(int)
    delete_asked = Signal(int)
    toggle_asked = Signal(int)
    shift_asked = Signal(int, int)
    resized = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row, key = self.currentRow(), event.key()
        if row > 0 and key in {Qt.Key.Key_Up, Qt.Key.Key_Down} and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.shift_asked.emit(row, row - 1 if key == Qt.Key.Key_Up else row + 1)
        elif row > 0 and key in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2}:
            self.edit_asked.emit(row)
        elif row > 0 and key in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            self.delete_asked.emit(row)
        elif row > 0 and key == Qt.Key.Key_Space:
            self.toggle_asked.emit(row)
        else:
            super().keyPressEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        target = self.indexAt(event.position().toPoint())
        below = self.dropIndicatorPosition() == QAbstractItemView.DropIndicatorPosition.BelowItem
        to = target.row() + (1 if below else 0) if target.isValid() else self.count()
        row = self.currentRow()
        event.setDropAction(Qt.DropAction.IgnoreAction)
        event.accept()
        if row > 0:
            self.shift_asked.emit(row, max(1, to - 1 if to > row else to))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()


class StepsPane(QWidget):
    """Shows a dataflow's steps; says with signals what is to happen to the step of an id. Holds no package."""

    moment_chosen = Signal(int)
    """How many steps the shown data should have gone through."""
    edit_asked = Signal(str)
    delete_asked = Signal(str)
    toggle_asked = Signal(str)
    move_asked = Signal(str, int)
    menu_asked = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._cards: list[StepCard] = []
        self._filling = False
        self.state = label("", "small")
        head = QHBoxLayout()
        head.setContentsMargins(14, 10, 12, 8)
        head.addWidget(label("Steps", font="strong_font"))
        head.addStretch(1)
        head.addWidget(self.state)
        self.list = _List(self)
        self._prepare_list()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(HLine())
        layout.addWidget(self.list, 1)
        theme().theme_changed.connect(self._fit)

    def _prepare_list(self) -> None:
        view = self.list
        view.setAccessibleName("Steps")
        view.setStyleSheet("QListView { background: transparent; }")
        view.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        view.setDefaultDropAction(Qt.DropAction.MoveAction)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setSpacing(0)
        view.currentRowChanged.connect(self._on_row)
        view.itemDoubleClicked.connect(self._on_double)
        view.edit_asked.connect(self._on_edit)
        view.delete_asked.connect(self._on_delete)
        view.toggle_asked.connect(self._on_toggle)
        view.shift_asked.connect(self._on_shift)
        view.resized.connect(self._fit)

    @property
    def cards(self) -> tuple[StepCard, ...]:
        """The rows; the first is the source."""
        return tuple(self._cards)

    def show_flow(self, flow: "Dataflow | None", source: str, applied: int) -> None:
        """Shows the steps of `flow`; the data has gone through `applied` of them."""
        focused = self.list.hasFocus()
        self._filling = True
        self.list.clear()
        self._cards = []
        for step in (None, *(flow.steps if flow else ())):
            card = StepCard(step, source)
            card.toggle_asked.connect(self.toggle_asked)
            card.menu_asked.connect(self.menu_asked)
            row = QListWidgetItem(self.list)
            row.setData(_ID, card.step_id)
            if step is None:
                row.setFlags(row.flags() & ~Qt.ItemFlag.ItemIsDragEnabled)
            row.setToolTip(card.sentence.text())
            self.list.setItemWidget(row, card)
            self._cards.append(card)
        self._filling = False
        self.show_moment(applied)
        self._fit()
        if focused:
            self.list.setFocus()

    def show_moment(self, applied: int) -> None:
        """Moves the bar of the current step."""
        self._filling = True
        self.list.setCurrentRow(applied)
        self._filling = False
        for row, card in enumerate(self._cards):
            card.set_state(current=row == applied, ahead=row > applied)

    def show_checked(self, problems: dict[str, str], remarks: dict[str, str]) -> None:
        """Sentences by step id: what is wrong, and what is good to know and stands in the tooltip."""
        self.show_problems(problems)
        for row, card in enumerate(self._cards):
            item = self.list.item(row)
            item.setToolTip("\n".join(filter(None, (card.sentence.text(), remarks.get(card.step_id, "")))))

    def show_problems(self, problems: dict[str, str], *, checked: bool = True) -> None:
        """Sentences by step id; the other steps are fine."""
        for card in self._cards:
            card.set_problem(problems.get(card.step_id, ""))
        count = sum(bool(card.problem.text()) for card in self._cards)
        steps = len(self._cards) - 1
        good = f"{steps} step{'' if steps == 1 else 's'}" if steps > 0 else ""
        self.state.setText(f"{count} with a problem" if count else good if checked else "")
        self.state.setProperty("role", "error" if count else "small")
        self.state.style().polish(self.state)
        self._fit()

    def _fit(self) -> None:
        width = self.list.viewport().width()
        for row, card in enumerate(self._cards):
            item = self.list.item(row)
            if item is not None:
                height = max(card.height_at(width), theme().metrics.row + 6)
                item.setSizeHint(QSize(0, height))

    def _on_row(self, row: int) -> None:
        if not self._filling and row >= 0:
            self.moment_chosen.emit(row)

    def _id_at(self, row: int) -> str:
        return self._cards[row].step_id if 0 <= row < len(self._cards) else ""

    def _on_double(self, item: QListWidgetItem) -> None:
        self._on_edit(self.list.row(item))

    def _on_edit(self, row: int) -> None:
        if step_id := self._id_at(row):
            self.edit_asked.emit(step_id)

    def _on_delete(self, row: int) -> None:
        if step_id := self._id_at(row):
            self.delete_asked.emit(step_id)

    def _on_toggle(self, row: int) -> None:
        if step_id := self._id_at(row):
            self.toggle_asked.emit(step_id)

    def _on_shift(self, row: int, to: int) -> None:
        if (step_id := self._id_at(row)) and 1 <= to <= len(self._cards) - 1 and to != row:
            self.move_asked.emit(step_id, to - 1)
