"""Fields that know columns: a combo box of columns, and a picker of several."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from workbench.desktop.data.wizard.draft import TYPE_ICONS
from workbench.desktop.icons import icon
from workbench.desktop.theme import theme
from workbench.desktop.widgets.basics import button

if TYPE_CHECKING:
    from workbench.dataprep.columns import Schema

_NAME = Qt.ItemDataRole.UserRole


def column_combo(schema: "Schema", current: str = "", *, empty: str = "") -> QComboBox:
    """A choice of one column, each with the glyph of its type; a name that is gone is still shown. `empty`: text of no column."""
    combo = QComboBox()
    combo.setMinimumWidth(170)
    combo.setAccessibleName("Column")
    if empty:
        combo.addItem(empty, "")
    for column in schema:
        combo.addItem(icon(TYPE_ICONS.get(column.type, "type")), column.name, column.name)
    if current and combo.findData(current) < 0:
        combo.addItem(icon("triangle-alert", "bad"), current, current)
    combo.setCurrentIndex(max(0, combo.findData(current)) if current or empty else 0)
    combo.setMaxVisibleItems(20)
    return combo


def choice(items: "dict[str, str]", current: str = "", width: int = 0) -> QComboBox:
    """A choice of words; the data of each entry is its key."""
    combo = QComboBox()
    for key, text in items.items():
        combo.addItem(text, key)
    combo.setCurrentIndex(max(0, combo.findData(current)))
    if width:
        combo.setMinimumWidth(width)
    return combo


class ColumnPicker(QPushButton):
    """A button that names the chosen columns and opens a list to tick them."""

    changed = Signal()

    def __init__(self, schema: "Schema", chosen: tuple[str, ...] = (), empty: str = "Choose columns") -> None:
        super().__init__()
        self._schema, self._chosen, self._empty = schema, chosen, empty
        self.setMinimumWidth(260)
        self.setMaximumWidth(640)
        self.setAutoDefault(False)
        self.setAccessibleName("Columns")
        self.setStyleSheet("QPushButton { text-align: left; }")
        self.setIcon(icon("columns-3"))
        self._popup: _Popup | None = None
        self.clicked.connect(self._open)
        self._say()

    @property
    def names(self) -> tuple[str, ...]:
        """The chosen columns, in the table's order (unknown ones last)."""
        known = [column.name for column in self._schema if column.name in self._chosen]
        return (*known, *(name for name in self._chosen if name not in known))

    def set_names(self, names: tuple[str, ...]) -> None:
        """Chooses other columns and tells."""
        if set(names) != set(self._chosen):
            self._chosen = names
            self._say()
            self.changed.emit()

    def sizeHint(self) -> QSize:
        width = QFontMetrics(self.font()).horizontalAdvance(self._sentence()) + 60
        return QSize(min(640, max(260, width)), super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._say()

    def _sentence(self) -> str:
        return ", ".join(self.names) if self._chosen else self._empty

    def _say(self) -> None:
        text = self._sentence()
        shown = QFontMetrics(self.font()).elidedText(text, Qt.TextElideMode.ElideRight, max(self.width() - 52, 200))
        self.setText(shown.replace("&", "&&"))
        self.setToolTip(text)
        self.updateGeometry()

    def _open(self) -> None:
        self._popup = _Popup(self._schema, self._chosen, self)
        self._popup.changed.connect(self._on_ticked)
        self._popup.move(self.mapToGlobal(QPoint(0, self.height() + 2)))
        self._popup.show()
        self._popup.search.setFocus()

    def _on_ticked(self) -> None:
        if self._popup is not None:
            self.set_names(self._popup.names())


class _Popup(QFrame):
    """The list of columns with check boxes and a search."""

    changed = Signal()

    def __init__(self, schema: "Schema", chosen: tuple[str, ...], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("card", True)
        self.resize(300, min(420, 110 + theme().metrics.row * len(schema)))
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find a column")
        self.search.textChanged.connect(self._filter)
        self.list = QListWidget()
        for column in schema:
            row = QListWidgetItem(icon(TYPE_ICONS.get(column.type, "type")), column.name)
            row.setData(_NAME, column.name)
            row.setFlags(row.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            row.setCheckState(Qt.CheckState.Checked if column.name in chosen else Qt.CheckState.Unchecked)
            row.setSizeHint(QSize(0, theme().metrics.row))
            self.list.addItem(row)
        self.list.itemChanged.connect(self._tell)
        self.list.itemClicked.connect(self._on_clicked)
        tools = QHBoxLayout()
        tools.addWidget(button("All", self._all, kind="link"))
        tools.addWidget(button("None", self._none, kind="link"))
        tools.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 8)
        layout.addWidget(self.search)
        layout.addWidget(self.list, 1)
        layout.addLayout(tools)
        self._before: dict[int, Qt.CheckState] = {}

    def names(self) -> tuple[str, ...]:
        items = (self.list.item(row) for row in range(self.list.count()))
        return tuple(item.data(_NAME) for item in items if item.checkState() == Qt.CheckState.Checked)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.close()
        else:
            super().keyPressEvent(event)

    def _tell(self, *_args: object) -> None:
        self._just_ticked = True
        self.changed.emit()

    def _on_clicked(self, item: QListWidgetItem) -> None:
        if getattr(self, "_just_ticked", False):  # the box itself was hit
            self._just_ticked = False
            return
        checked = item.checkState() == Qt.CheckState.Checked
        item.setCheckState(Qt.CheckState.Unchecked if checked else Qt.CheckState.Checked)
        self._just_ticked = False

    def _filter(self, text: str) -> None:
        for row in range(self.list.count()):
            item = self.list.item(row)
            item.setHidden(text.casefold() not in item.text().casefold())

    def _set_all(self, state: Qt.CheckState) -> None:
        self.list.blockSignals(True)
        for row in range(self.list.count()):
            if not self.list.item(row).isHidden():
                self.list.item(row).setCheckState(state)
        self.list.blockSignals(False)
        self.changed.emit()

    def _all(self) -> None:
        self._set_all(Qt.CheckState.Checked)

    def _none(self) -> None:
        self._set_all(Qt.CheckState.Unchecked)
