"""The runs of a comparison as chips in their colours, each with a cross."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from workbench.desktop.runs.tablecolumns import run_colour
from workbench.desktop.runs.wording import run_title
from workbench.desktop.theme import theme
from workbench.desktop.widgets import button, clear_layout, icon_button
from workbench.schema import RunSummary


class _Dot(QWidget):
    def __init__(self, run: RunSummary) -> None:
        super().__init__()
        self._run = run
        self.setFixedSize(QSize(10, 10))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(run_colour(self._run))
        painter.drawEllipse(self.rect())
        painter.end()


class _Chip(QWidget):
    """A rounded ground with dot, title and cross."""

    def __init__(self, run: RunSummary, chips: "RunChips") -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 2, 0)
        row.setSpacing(4)
        row.addWidget(_Dot(run))
        row.addWidget(button(run_title(run), lambda: chips.opened.emit(run.id), kind="link", tooltip="Open the run"))
        self.cross = icon_button("x", f"Take {run_title(run)} out of the comparison", lambda: chips.removed.emit(run.id))
        row.addWidget(self.cross)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme().tokens.hairline)
        painter.setBrush(theme().tokens.alt)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), self.height() / 2, self.height() / 2)
        painter.end()


class RunChips(QWidget):
    """A row of chips."""

    opened = Signal(str)
    removed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self._shown: tuple[tuple[str, str], ...] = ()

    def set_runs(self, runs: Sequence[RunSummary]) -> None:
        """Shows these runs, in order."""
        shown = tuple((run.id, run_title(run)) for run in runs)
        if shown == self._shown:
            return
        self._shown = shown
        clear_layout(self._row)
        for run in runs:
            self._row.addWidget(_Chip(run, self))
        self._row.addStretch(1)
