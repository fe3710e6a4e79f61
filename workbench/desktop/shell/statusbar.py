"""The status bar: a sentence about the job manager, the work in hand with its progress, the problems."""

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from workbench.desktop.context import AppContext
from workbench.desktop.theme import theme
from workbench.desktop.widgets.basics import ElidedLabel, icon_button
from workbench.schema import Health


class _Dot(QWidget):
    """The connection as a dot; the sentence beside it says the same."""

    def __init__(self) -> None:
        super().__init__()
        self.role = "muted"
        self.setFixedSize(10, 10)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme().tokens.window)
        painter.setBrush(getattr(theme().tokens, self.role))
        painter.drawEllipse(QRectF(1, 1, 8, 8))
        painter.end()


class StatusBar(QWidget):
    """The last row of the window."""

    jobs_clicked = Signal()
    problems_clicked = Signal()

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 3, 12, 3)
        row.setSpacing(6)
        self._dot = _Dot()
        row.addWidget(self._dot)
        self.sentence = QPushButton("Starting the job manager …")
        self.sentence.setProperty("status", True)
        self.sentence.setToolTip("Show the jobs")
        self.sentence.clicked.connect(self.jobs_clicked)
        row.addWidget(self.sentence)
        row.addStretch(1)
        self.work = ElidedLabel("", "small")
        self.work.setMinimumWidth(0)
        row.addWidget(self.work, 2)
        self._bar = QProgressBar()
        self._bar.setFixedWidth(140)
        self._bar.setTextVisible(False)
        row.addWidget(self._bar)
        self._cancel = icon_button("x", "Stop what is being done", self._on_cancel)
        self._cancel.setProperty("small", True)
        row.addWidget(self._cancel)
        self.problems = QPushButton("")
        self.problems.setProperty("status", True)
        self.problems.clicked.connect(self.problems_clicked)
        row.addWidget(self.problems)
        context.operations.changed.connect(self._on_operations)
        context.events.connected.connect(self._on_health)
        context.events.health_changed.connect(self._on_health)
        context.events.disconnected.connect(self._on_lost)
        context.notifications.problems_changed.connect(self._on_problems)
        self._on_operations()
        self._on_problems()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().tokens.window)
        painter.setPen(theme().tokens.hairline)
        painter.drawLine(0, 0, self.width(), 0)
        painter.end()

    def _on_health(self, health: Health) -> None:
        parts = [f"{health.running} running" if health.running else "", f"{health.queued} queued" if health.queued else ""]
        told = ", ".join(filter(None, parts)) or "no jobs"
        self.sentence.setText(f"Job manager connected · {told}")
        self._dot.role = "accent" if health.running or health.queued else "ok"
        self._dot.update()

    def _on_lost(self, _sentence: str) -> None:
        self.sentence.setText("Job manager not connected")
        self._dot.role = "bad"
        self._dot.update()

    def _on_operations(self) -> None:
        shown = self._context.operations.shown
        for widget in (self.work, self._bar, self._cancel):
            widget.setVisible(bool(shown))
        if not shown:
            return
        first = shown[0]
        more = f" (and {len(shown) - 1} more)" if len(shown) > 1 else ""
        self.work.set_text(f"{first.title}{': ' + first.text if first.text else ''}{more}")
        self._bar.setRange(0, 100 if first.fraction is not None else 0)
        if first.fraction is not None:
            self._bar.setValue(round(first.fraction * 100))
        self._cancel.setVisible(first.cancellable)
        self._cancel.setEnabled(not first.progress.cancelled)

    def _on_cancel(self) -> None:
        if shown := self._context.operations.shown:
            shown[0].cancel()
            self._on_operations()

    def _on_problems(self) -> None:
        count = len(self._context.notifications.problems)
        self.problems.setVisible(count > 0)
        self.problems.setText(f"{count} problem{'' if count == 1 else 's'}")
