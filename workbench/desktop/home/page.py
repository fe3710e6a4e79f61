"""Home: recent projects and the ways to a project."""

from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QMenu, QScrollArea, QVBoxLayout, QWidget

from workbench.desktop.commands import CommandId
from workbench.desktop.context import AppContext
from workbench.desktop.theme import theme
from workbench.desktop.widgets.basics import ElidedLabel, label
from workbench.desktop.widgets.states import IconLabel


class _Tile(QFrame):
    """A way to a project: icon, title, a line; runs its command."""

    def __init__(self, context: AppContext, command: str, title: str, text: str, icon: str) -> None:
        super().__init__()
        self._context = context
        self._command = command
        self.setProperty("tile", True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(title)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(4)
        top = QHBoxLayout()
        top.addWidget(IconLabel(icon, 20, "accent"))
        top.addStretch(1)
        if keys := context.commands.key_text(command):
            top.addWidget(label(keys, "small"))
        column.addLayout(top)
        column.addSpacing(8)
        column.addWidget(label(title, font="strong_font"))
        column.addWidget(label(text, "small", wrap=True))
        column.addStretch(1)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.rect().contains(event.position().toPoint()):
            self._context.commands.run(self._command)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Space}:
            self._context.commands.run(self._command)
        else:
            super().keyPressEvent(event)


class _Recent(QFrame):
    """A recent project: its initial, name and folder."""

    def __init__(self, context: AppContext, folder: Path, name: str) -> None:
        super().__init__()
        self._context = context
        self.folder = folder
        self.setProperty("tile", True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(f"{name}, {folder}")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 9, 14, 9)
        row.setSpacing(12)
        row.addWidget(_Initial(name))
        column = QVBoxLayout()
        column.setSpacing(1)
        column.addWidget(ElidedLabelStrong(name))
        column.addWidget(ElidedLabel(_short(folder), "small", Qt.TextElideMode.ElideMiddle))
        row.addLayout(column, 1)
        row.addWidget(IconLabel("chevron-right", 16))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self._context.open_project(self.folder)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Space}:
            self._context.open_project(self.folder)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: object) -> None:
        menu = QMenu(self)
        menu.addAction("Open", lambda: self._context.open_project(self.folder))
        menu.addAction("Show in the file manager", lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.folder))))
        menu.addSeparator()
        menu.addAction("Take off this list", self._forget)
        menu.popup(self.mapToGlobal(QPoint(40, 30)))

    def _forget(self) -> None:
        self._context.forget_project(self.folder)
        self._context.project_changed.emit()


class ElidedLabelStrong(ElidedLabel):
    """An elided label in the strong font."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setFont(theme().strong_font)


class _Initial(QLabel):
    """The first letter of a project on a colour that is always the same for its name."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.setFixedSize(32, 32)

    def paintEvent(self, event: object) -> None:
        from PySide6.QtGui import QPainter

        painter = QPainter(self)
        paint_initial(painter, self.rect().toRectF(), self._name)
        painter.end()


def paint_initial(painter: object, rect: object, name: str) -> None:
    """Paints a project's initial in its coloured square."""
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QColor, QPainter

    if not isinstance(painter, QPainter) or not isinstance(rect, QRectF):
        return
    colours = theme().tokens.series
    colour = QColor(colours[sum(name.encode()) % len(colours)])
    ground = QColor(colour)
    ground.setAlphaF(0.18)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(rect, 8, 8)
    painter.setPen(theme().tokens.text)
    painter.setFont(theme().heading_font)
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, (name.strip()[:1] or "?").upper())


class HomePage(QWidget):
    """Shown while no project is open."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        outer.addWidget(self._area)
        self.refresh()
        context.project_changed.connect(self.refresh)

    def refresh(self) -> None:
        """Reads the recent projects again."""
        holder = QWidget()
        holder.setProperty("transparent", True)
        line = QHBoxLayout(holder)
        line.setContentsMargins(32, 0, 32, 32)
        line.addStretch(1)
        content = QWidget()
        content.setProperty("transparent", True)
        content.setMaximumWidth(880)
        content.setMinimumWidth(520)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 56, 0, 0)
        column.setSpacing(0)
        title = label("Workbench", font="title_font")
        column.addWidget(title)
        column.addSpacing(4)
        column.addWidget(label("Prepare data by example, train as tracked runs, deploy with one click.", "muted"))
        column.addSpacing(28)
        tiles = QGridLayout()
        tiles.setSpacing(12)
        ways = (
            (CommandId.NEW_PROJECT, "New project", "From a template, with an environment and a git repository", "folder-plus"),
            (CommandId.OPEN_PROJECT, "Open folder", "A project that is on this computer", "folder-open"),
            (CommandId.CLONE_PROJECT, "Clone", "A project from a git repository", "git-branch"),
        )
        for number, way in enumerate(ways):
            tiles.addWidget(_Tile(self._context, *way), 0, number)
            tiles.setColumnStretch(number, 1)
        column.addLayout(tiles)
        column.addSpacing(32)
        column.addWidget(label("Recent projects", "caption"))
        column.addSpacing(8)
        recent = self._context.recent_projects()
        if recent:
            rows = QVBoxLayout()
            rows.setSpacing(8)
            for folder, name in recent:
                rows.addWidget(_Recent(self._context, folder, name))
            column.addLayout(rows)
        else:
            column.addWidget(self._first_time())
        column.addStretch(1)
        line.addWidget(content, 6)
        line.addStretch(1)
        self._area.setWidget(holder)

    def _first_time(self) -> QWidget:
        from workbench.desktop.widgets.basics import Card, button

        card = Card()
        row = QHBoxLayout()
        row.setSpacing(16)
        words = QVBoxLayout()
        words.setSpacing(3)
        words.addWidget(label("No project yet", font="strong_font"))
        words.addWidget(
            label("Begin with the sample: it predicts late flights, from the raw file to a deployed service.", "muted", wrap=True)
        )
        row.addLayout(words, 1)
        row.addWidget(button("New project from the sample", self._new_sample, icon="send"))
        card.body.addLayout(row)
        return card

    def _new_sample(self) -> None:
        from workbench.desktop.home.newproject import NewProjectSheet

        NewProjectSheet(self._context, self.window(), template="flights").open()


def _short(folder: Path) -> str:
    """With ~ for the home folder."""
    home = Path.home()
    return f"~/{folder.relative_to(home).as_posix()}" if folder.is_relative_to(home) else str(folder)
