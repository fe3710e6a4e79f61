"""The panel above the grid that holds the editor of a step: title, fields, what the preview says, OK and Cancel."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from workbench.desktop.data.editors.base import StepEditor
from workbench.desktop.theme import theme
from workbench.desktop.widgets import ElidedLabel, IconLabel, button, label


class Panel(QFrame):
    """A panel above the grid with a stripe of the accent at its top; Escape cancels."""

    accepted = Signal()
    cancelled = Signal()

    def __init__(self, icon: str, title: str, ok: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "base")
        self.ok = button(ok, self.accepted.emit, kind="primary")
        self.cancel = button("Cancel", self.cancelled.emit)
        self._title_icon = IconLabel(icon, 16, "accent")
        self.title = label(title, font="strong_font")
        self.head = QHBoxLayout()
        self.head.setSpacing(8)
        self.head.addWidget(self._title_icon)
        self.head.addWidget(self.title)
        self.head.addStretch(1)
        self.head.addWidget(self.cancel)
        self.head.addWidget(self.ok)
        self.outer = QVBoxLayout(self)
        self.outer.setContentsMargins(16, 10, 12, 10)
        self.outer.setSpacing(8)
        self.outer.addLayout(self.head)
        self.setAccessibleName(title)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().tokens.base)
        painter.fillRect(0, 0, self.width(), 2, theme().tokens.accent_fill)
        painter.setPen(theme().tokens.hairline)
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        painter.end()


class EditorHost(Panel):
    """Shows one StepEditor; `preview_wanted` follows its changes after a breath."""

    preview_wanted = Signal()

    def __init__(self, editor: StepEditor, parent: QWidget | None = None) -> None:
        super().__init__(editor.icon, editor.title, "Apply" if editor.old is None else "Save", parent)
        self.editor = editor
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(180)
        self._timer.timeout.connect(self.preview_wanted)
        editor.changed.connect(self._timer.start)
        editor.submitted.connect(self._on_submit)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        editor.setProperty("transparent", True)
        area.setWidget(editor)
        self._area = area
        self.outer.addWidget(area, 1)
        self._mark = IconLabel("info", 14)
        self._says = ElidedLabel("", "small")
        foot = QHBoxLayout()
        foot.setSpacing(6)
        foot.addWidget(self._mark)
        foot.addWidget(self._says, 1)
        self.outer.addLayout(foot)
        self.say("")
        editor.installEventFilter(self)

    @property
    def sentence(self) -> str:
        """What the panel says at its foot."""
        return self._says.full_text

    def say(self, text: str, kind: str = "info") -> None:
        """A sentence at the foot; `kind`: info, ok, warn or bad."""
        icons = {"info": "info", "ok": "circle-check", "warn": "triangle-alert", "bad": "circle-alert"}
        self._mark.set_icon(icons[kind], "muted" if kind == "info" else kind)
        self._mark.setVisible(bool(text))
        self._says.setProperty("role", "error" if kind == "bad" else "small")
        self._says.style().polish(self._says)
        self._says.set_text(text)
        self._says.setToolTip(text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.editor and event.type() == QEvent.Type.LayoutRequest:
            self.fit()  # rows came or went
        return super().eventFilter(watched, event)

    def fit(self) -> None:
        """As high as the fields need, up to two fifths of the window."""
        if (layout := self.editor.layout()) is not None:
            layout.activate()
        wanted = self.editor.sizeHint().height() + 4
        limit = max(140, int(self.window().height() * 0.42))
        self._area.setFixedHeight(min(wanted, limit))

    def _on_submit(self) -> None:
        if self.ok.isEnabled():
            self.accepted.emit()
