"""The list at the side of a page: an icon, a title, and at the right a count or a state."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from workbench.desktop.icons import pixmap
from workbench.desktop.theme import theme

_ITEM = Qt.ItemDataRole.UserRole
_INSET = 6


@dataclass(frozen=True)
class SideItem:
    """One entry. `heading` entries are captions that cannot be chosen; `role` is the token of the icon's colour."""

    id: str
    title: str
    icon: str = ""
    detail: str = ""
    subtitle: str = ""
    role: str = "muted"
    heading: bool = False
    tooltip: str = ""


class SideList(QListWidget):
    """Shows SideItems; keeps the chosen one by its id when the items change."""

    chosen = Signal(str)
    """The user (or `choose`) went to another entry."""
    menu_requested = Signal(str, QPoint)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setItemDelegate(_Delegate(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setViewportMargins(0, 6, 0, 6)
        self.setMouseTracking(True)
        self.setProperty("side", True)
        self._filling = False
        self.currentItemChanged.connect(self._on_current_changed)
        self.customContextMenuRequested.connect(self._on_menu)
        theme().theme_changed.connect(self.doItemsLayout)

    def set_items(self, items: Sequence[SideItem]) -> None:
        """Shows these entries; the current one stays current when it is still among them."""
        current = self.current_id()
        if [self._at(i) for i in range(self.count())] == list(items):
            return
        self._filling = True
        try:
            self.clear()
            for item in items:
                row = QListWidgetItem(item.title)
                row.setData(_ITEM, item)
                row.setToolTip(item.tooltip)
                if item.heading:
                    row.setFlags(Qt.ItemFlag.NoItemFlags)
                self.addItem(row)
                if item.id == current and not item.heading:
                    self.setCurrentItem(row)
        finally:
            self._filling = False

    def current_id(self) -> str:
        """The id of the current entry, or nothing."""
        item = self.currentItem()
        return str(item.data(_ITEM).id) if item is not None else ""

    def ids(self) -> list[str]:
        return [item.id for item in map(self._at, range(self.count())) if not item.heading]

    def choose(self, item_id: str) -> bool:
        """Makes the entry of this id current; False when there is none."""
        for row in range(self.count()):
            item = self._at(row)
            if item.id == item_id and not item.heading:
                if self.currentRow() != row:
                    self.setCurrentRow(row)
                return True
        return False

    def _at(self, row: int) -> SideItem:
        value: SideItem = self.item(row).data(_ITEM)
        return value

    def _on_current_changed(self, item: QListWidgetItem | None) -> None:
        if item is not None and not self._filling:
            self.chosen.emit(item.data(_ITEM).id)

    def _on_menu(self, point: QPoint) -> None:
        item = self.itemAt(point)
        if item is not None and not item.data(_ITEM).heading:
            self.menu_requested.emit(item.data(_ITEM).id, self.viewport().mapToGlobal(point))


class _Delegate(QStyledItemDelegate):
    """Paints an entry: rounded ground when current or under the mouse."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        item: SideItem = index.data(_ITEM)
        row = theme().metrics.row
        if item.heading:
            return QSize(80, row + 2)
        return QSize(80, row + 2 if not item.subtitle else row + QFontMetrics(theme().small_font).height() + 6)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        item: SideItem = index.data(_ITEM)
        tokens = theme().tokens
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = option.rect.adjusted(_INSET, 1, -_INSET, -1)
        if item.heading:
            painter.setFont(theme().small_font)
            painter.setPen(tokens.muted)
            painter.drawText(box.adjusted(8, 6, -8, 0), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, item.title)
            painter.restore()
            return
        if ground := _ground(option):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            painter.drawRoundedRect(box, 6, 6)
        if option.state & QStyle.StateFlag.State_HasFocus and option.state & QStyle.StateFlag.State_KeyboardFocusChange:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(tokens.accent)
            painter.drawRoundedRect(box.adjusted(0, 0, -1, -1), 6, 6)
        inner = box.adjusted(8, 0, -8, 0)
        if item.icon:
            top = inner.y() + (inner.height() - 16) // 2
            painter.drawPixmap(inner.x(), top, pixmap(item.icon, 16, item.role, painter.device().devicePixelRatioF()))
            inner.setLeft(inner.left() + 24)
        if item.detail:
            painter.setFont(theme().small_font)
            painter.setPen(tokens.muted)
            width = painter.fontMetrics().horizontalAdvance(item.detail)
            painter.drawText(inner, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, item.detail)
            inner.setRight(inner.right() - width - 8)
        self._texts(painter, inner, item)
        painter.restore()

    @staticmethod
    def _texts(painter: QPainter, inner: QRect, item: SideItem) -> None:
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(theme().font)
        painter.setPen(theme().tokens.text)
        title = painter.fontMetrics().elidedText(item.title, Qt.TextElideMode.ElideRight, inner.width())
        if not item.subtitle:
            painter.drawText(inner, left, title)
            return
        small = QFontMetrics(theme().small_font)
        total = painter.fontMetrics().height() + small.height()
        top = QRect(inner.x(), inner.y() + (inner.height() - total) // 2, inner.width(), painter.fontMetrics().height())
        painter.drawText(top, left, title)
        painter.setFont(theme().small_font)
        painter.setPen(theme().tokens.muted)
        below = QRect(top.x(), top.bottom() + 1, top.width(), small.height())
        painter.drawText(below, left, small.elidedText(item.subtitle, Qt.TextElideMode.ElideRight, inner.width()))


def _ground(option: QStyleOptionViewItem) -> QColor | None:
    if option.state & QStyle.StateFlag.State_Selected:
        return theme().tokens.selection
    if option.state & QStyle.StateFlag.State_MouseOver:
        return theme().tokens.hover
    return None
