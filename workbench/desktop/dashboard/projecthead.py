"""The head of the dashboard: initial in a coloured square, name, description, place, dates."""

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QRectF, Qt, QUrl
from PySide6.QtGui import QColor, QDesktopServices, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workbench.desktop.theme import theme
from workbench.desktop.widgets import ElidedLabel, ThemedLabel, button, label
from workbench.desktop.wording import full_moment, moment_text

_SIDE = 52


class Initial(QWidget):
    """The first letter of the project on a ground in its colour."""

    def __init__(self) -> None:
        super().__init__()
        self._text = ""
        self._key = ""
        self.setFixedSize(_SIDE, _SIDE)

    def set_project(self, name: str, project_id: str) -> None:
        self._text = name.strip()[:1].upper()
        self._key = project_id or name
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = theme().series_colour(self._key)
        ground = QColor(colour)
        ground.setAlphaF(0.18)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(0, 0, _SIDE, _SIDE), 12, 12)
        font = theme().title_font
        font.setPointSizeF(font.pointSizeF() + 8)
        painter.setFont(font)
        painter.setPen(colour)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)
        painter.end()


class ProjectHead(QWidget):
    """Who the project is; its place opens in the file manager."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folder = Path()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        self.initial = Initial()
        row.addWidget(self.initial, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(2)
        self.name = ThemedLabel("", "title_font")
        column.addWidget(self.name)
        self.description = ElidedLabel()
        column.addWidget(self.description)
        line = QHBoxLayout()
        line.setSpacing(12)
        self.place = button("", self._open_folder, kind="link", tooltip="Open the folder")
        line.addWidget(self.place)
        self.dates = label("", "muted")
        line.addWidget(self.dates)
        line.addStretch(1)
        column.addLayout(line)
        row.addLayout(column, 1)

    def set_project(self, name: str, project_id: str, description: str, folder: Path) -> None:
        """Shows this project."""
        self._folder = folder
        self.initial.set_project(name, project_id)
        self.name.setText(name)
        self.description.set_text(description)
        self.description.setVisible(bool(description))
        try:
            self.place.setText(str(Path("~") / folder.relative_to(Path.home())))
        except ValueError:
            self.place.setText(str(folder))
        self.dates.setText("")

    def set_dates(self, created: datetime | None, updated: datetime | None) -> None:
        """When it was made and last changed."""
        parts = [f"created {moment_text(created)}" if created else "", f"updated {moment_text(updated)}" if updated else ""]
        self.dates.setText("  ·  ".join(filter(None, parts)))
        self.dates.setToolTip(f"Created {full_moment(created)}\nUpdated {full_moment(updated)}")

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder)))
