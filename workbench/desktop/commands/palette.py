"""The palette: everything by typing. A popup inside the window; commands and what the providers find."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsDropShadowEffect,
    QHeaderView,
    QLabel,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from workbench.desktop.commands.fuzzy import score
from workbench.desktop.commands.registry import CommandRegistry, PaletteItem, Provider
from workbench.desktop.icons import pixmap
from workbench.desktop.operations import Operations, Progress
from workbench.desktop.theme import theme

Index = QModelIndex | QPersistentModelIndex
_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_MAX = 60


@dataclass(frozen=True)
class _Entry:
    """A line of the palette."""

    group: str
    title: str
    detail: str
    icon: str
    keys: str
    run: Callable[[], object]
    rank: float


class _Model(QAbstractTableModel):
    """The entries in view."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.entries: list[_Entry] = []

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own default)
        return 0 if parent.isValid() else len(self.entries)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 1

    def data(self, index: Index, role: int = _DISPLAY) -> Any:
        if role == _DISPLAY and index.isValid() and index.row() < len(self.entries):
            entry = self.entries[index.row()]
            return f"{entry.title} {entry.detail}".strip()
        return None

    def show(self, entries: list[_Entry]) -> None:
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()


class _Rows(QStyledItemDelegate):
    """Icon, title, detail at the left; group and keys at the right."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        view, rect = option.widget, option.rect
        model = view.model() if isinstance(view, QTableView) else None
        if not isinstance(view, QTableView) or not isinstance(model, _Model) or index.row() >= len(model.entries):
            return
        entry = model.entries[index.row()]
        tokens = theme().tokens
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if index.row() == view.currentIndex().row():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tokens.selection)
            painter.drawRoundedRect(rect.adjusted(6, 1, -6, -1), 6, 6)
        inner = rect.adjusted(18, 0, -18, 0)
        if entry.icon:
            painter.drawPixmap(
                inner.x(), inner.y() + (inner.height() - 16) // 2, pixmap(entry.icon, 16, "muted", view.devicePixelRatioF())
            )
        inner.adjust(26, 0, 0, 0)
        right = inner.right()
        painter.setFont(theme().small_font)
        painter.setPen(tokens.muted)
        for key in reversed(entry.keys.split("+") if entry.keys else []):
            width = max(20, painter.fontMetrics().horizontalAdvance(key) + 12)
            box = QRect(right - width, inner.center().y() - 9, width, 19)
            painter.setPen(tokens.hairline)
            painter.setBrush(tokens.window)
            painter.drawRoundedRect(box, 4, 4)
            painter.setPen(tokens.muted)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, key)
            right -= width + 4
        if not entry.keys:
            painter.drawText(inner, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, entry.group)
            right -= painter.fontMetrics().horizontalAdvance(entry.group) + 8
        painter.setFont(theme().font)
        painter.setPen(tokens.text)
        width = right - inner.x() - 8
        title = painter.fontMetrics().elidedText(entry.title, Qt.TextElideMode.ElideRight, width)
        painter.drawText(
            QRect(inner.x(), inner.y(), width, inner.height()), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, title
        )
        used = painter.fontMetrics().horizontalAdvance(title) + 12
        if entry.detail and width - used > 40:
            painter.setPen(tokens.muted)
            painter.setFont(theme().small_font)
            detail = painter.fontMetrics().elidedText(entry.detail, Qt.TextElideMode.ElideRight, width - used)
            painter.drawText(
                QRect(inner.x() + used, inner.y(), width - used, inner.height()),
                Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
                detail,
            )
        painter.restore()


class Palette(QFrame):
    """Opened over `window`; Escape gives the focus back to where it was."""

    def __init__(self, window: QWidget, registry: CommandRegistry, operations: Operations) -> None:
        super().__init__(window)
        self._registry = registry
        self._operations = operations
        self._before: QWidget | None = None
        self._slow: dict[str, list[_Entry]] = {}
        self._generation = 0
        self.setProperty("popup", True)
        self.setAccessibleName("Command palette")
        shadow = QGraphicsDropShadowEffect(self)
        shadow.setBlurRadius(36)
        shadow.setOffset(0, 10)
        shadow.setColor(QColor(theme().tokens.shadow))
        self.setGraphicsEffect(shadow)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 6, 1, 8)
        layout.setSpacing(4)
        self.edit = QLineEdit()
        self.edit.setProperty("omnibox", True)
        self.edit.setContentsMargins(16, 2, 16, 2)
        self.edit.setAccessibleName("Search or run a command")
        self.edit.textChanged.connect(self._on_text)
        self.edit.installEventFilter(self)
        layout.addWidget(self.edit)
        self._model = _Model(self)
        self.view = QTableView()
        self.view.setModel(self._model)
        self.view.setItemDelegate(_Rows(self.view))
        self.view.setShowGrid(False)
        self.view.horizontalHeader().hide()
        self.view.horizontalHeader().setStretchLastSection(True)
        self.view.verticalHeader().hide()
        self.view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.view.setSelectionMode(QTableView.SelectionMode.NoSelection)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.clicked.connect(self._on_clicked)
        layout.addWidget(self.view)
        self._nothing = QLabel("Nothing matches. Try fewer letters.")
        self._nothing.setProperty("role", "muted")
        self._nothing.setContentsMargins(20, 8, 20, 12)
        layout.addWidget(self._nothing)
        self.hide()

    @property
    def titles(self) -> list[str]:
        """What is listed now."""
        return [entry.title for entry in self._model.entries]

    def open(self, prefix: str = "") -> None:
        """Shows it with `prefix` typed already (`#` lists runs)."""
        window = self.parentWidget()
        self._before = window.focusWidget() if window is not None else None
        prefixes = "   ".join(f"{p.prefix} {p.title.lower()}" for p in self._registry.providers if p.prefix)
        self.edit.setPlaceholderText("Search or run a command" + (f"      {prefixes}" if prefixes else ""))
        self._slow.clear()
        self.edit.setText(prefix)
        self._find()
        self.place()
        self.show()
        self.raise_()
        self.edit.setFocus()

    def close_popup(self) -> None:
        self.hide()
        self._generation += 1
        if self._before is not None and self._before.isVisible():
            self._before.setFocus()
        self._before = None

    def place(self) -> None:
        """Top centre of the window, as high as its lines need."""
        window = self.parentWidget()
        if window is None:
            return
        row = theme().metrics.row + 8
        self.view.verticalHeader().setDefaultSectionSize(row)
        shown = min(len(self._model.entries), 11)
        self.view.setVisible(shown > 0)
        self._nothing.setVisible(shown == 0)
        self.view.setFixedHeight(max(1, shown) * row + 2)
        width = min(640, window.width() - 40)
        self.setFixedWidth(width)
        self.adjustSize()
        self.move((window.width() - width) // 2, max(8, round(window.height() * 0.1)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.edit and event.type() == QEvent.Type.FocusOut and self.isVisible():
            self.hide()
        if watched is self.edit and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 10, Qt.Key.Key_PageUp: -10}.get(Qt.Key(event.key()))
            if step is not None:
                self._move(step)
                return True
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self._run(self.view.currentIndex().row())
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.close_popup()
                return True
        return super().eventFilter(watched, event)

    def _move(self, step: int) -> None:
        count = len(self._model.entries)
        if count:
            row = self.view.currentIndex().row() + step
            row = row % count if abs(step) == 1 else min(max(row, 0), count - 1)
            self.view.setCurrentIndex(self._model.index(row, 0))
            self.view.scrollTo(self._model.index(row, 0))
            self.view.viewport().update()

    def _run(self, row: int) -> None:
        if 0 <= row < len(self._model.entries):
            entry = self._model.entries[row]
            self.close_popup()
            entry.run()

    def _on_clicked(self, index: QModelIndex) -> None:
        self._run(index.row())

    def _on_text(self) -> None:
        self._find()
        self.place()

    def _find(self) -> None:
        text = self.edit.text()
        self._generation += 1
        chosen = next((p for p in self._registry.providers if p.prefix and text.startswith(p.prefix)), None)
        query = text[len(chosen.prefix) :].strip() if chosen else text.removeprefix(">").strip()
        entries: list[_Entry] = []
        if chosen is None:
            entries += self._commands(query)
        for provider in (chosen,) if chosen else self._registry.providers:
            if text.startswith(">") or (not query and chosen is None):
                continue
            if provider.slow:
                self._ask(provider, query)
                entries += self._slow.get(provider.name, [])
            else:
                entries += self._ranked(provider, provider.find(query), query)
        self._show(entries)

    def _show(self, entries: list[_Entry]) -> None:
        entries.sort(key=lambda entry: -entry.rank)
        self._model.show(entries[:_MAX])
        if entries:
            self.view.setCurrentIndex(self._model.index(0, 0))

    def _commands(self, query: str) -> list[_Entry]:
        found: list[_Entry] = []
        recent = self._registry.recent()
        for command in self._registry.all():
            if not command.in_palette or not self._registry.enabled(command.id):
                continue
            rank = score(query, command.title)
            wide = score(query, f"{command.category} {command.title} {command.doc}") if rank is None else None
            if rank is None and (wide is None or wide < 60):
                continue
            rank = rank if rank is not None else (wide or 0.0) - 60
            if command.id in recent:
                rank += 12.0 - recent.index(command.id) * 0.5
            keys = self._registry.key_text(command.id)
            entry = _Entry(
                command.category, command.title, "", command.icon or "chevron-right", keys, self._runner(command.id), rank
            )
            same = next((place for place, other in enumerate(found) if other.title == entry.title), None)
            if same is None:
                found.append(entry)
            elif command.scope is not None and command.scope.isVisible():  # two places offer it: the one in front is meant
                found[same] = entry
        return found

    def _runner(self, command_id: str) -> Callable[[], object]:
        return lambda: self._registry.run(command_id)

    @staticmethod
    def _ranked(provider: Provider, items: Sequence[PaletteItem], query: str) -> list[_Entry]:
        found: list[_Entry] = []
        for item in items:
            rank = score(query, f"{item.title} {item.detail} {item.keywords}")
            if rank is not None:
                found.append(_Entry(provider.title, item.title, item.detail, item.icon, "", item.handler, rank - 5))
        return found

    def _ask(self, provider: Provider, query: str) -> None:
        generation = self._generation

        def work(_progress: Progress) -> tuple[int, Provider, str, Sequence[PaletteItem]]:
            return generation, provider, query, provider.find(query)

        self._operations.run(
            "Searching", work, self._on_found, self._on_not_found, exclusive=f"palette-{provider.name}", quiet=True
        )

    def _on_found(self, answer: tuple[int, Provider, str, Sequence[PaletteItem]]) -> None:
        generation, provider, query, items = answer
        if generation != self._generation or not self.isVisible():
            return
        earlier = {id(entry) for entry in self._slow.get(provider.name, [])}
        self._slow[provider.name] = self._ranked(provider, items, query)
        self._show([entry for entry in self._model.entries if id(entry) not in earlier] + self._slow[provider.name])
        self.place()

    def _on_not_found(self, _error: Exception) -> None:
        """A provider without an answer adds nothing; the rest is there."""
