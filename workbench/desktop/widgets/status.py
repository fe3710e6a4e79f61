"""The state of a run, service, kernel or job: an icon and a word, never colour alone."""

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.desktop.icons import pixmap
from workbench.desktop.theme import theme

_LOOK: dict[str, tuple[str, str, str]] = {
    "queued": ("clock", "muted", "neutral_soft"),
    "preparing": ("loader", "accent", "info_soft"),
    "running": ("circle-play", "accent", "info_soft"),
    "finished": ("circle-check", "ok", "ok_soft"),
    "failed": ("circle-x", "bad", "bad_soft"),
    "cancelled": ("circle-slash", "muted", "neutral_soft"),
    "lost": ("unplug", "warn", "warn_soft"),
    "creating": ("loader", "accent", "info_soft"),
    "healthy": ("circle-check", "ok", "ok_soft"),
    "unhealthy": ("triangle-alert", "warn", "warn_soft"),
    "stopped": ("circle-stop", "muted", "neutral_soft"),
    "idle": ("circle", "ok", "ok_soft"),
    "busy": ("circle-dot", "accent", "info_soft"),
    "dead": ("circle-x", "bad", "bad_soft"),
    "ok": ("circle-check", "ok", "ok_soft"),
    "warning": ("triangle-alert", "warn", "warn_soft"),
    "error": ("circle-alert", "bad", "bad_soft"),
    "archived": ("archive", "muted", "neutral_soft"),
}
_OTHER = ("circle-dashed", "muted", "neutral_soft")


def status_look(status: str) -> tuple[str, str, str]:
    """Icon, token of the text, token of the ground of a state's word."""
    return _LOOK.get(status.casefold(), _OTHER)


def pill_width(metrics: QFontMetrics, status: str) -> int:
    return metrics.horizontalAdvance(status.capitalize()) + 34


def paint_status(painter: QPainter, rect: QRect, status: str, dpr: float) -> None:
    """Paints the pill at the left of `rect`, centred in its height, in the painter's font."""
    name, role, ground = status_look(status)
    metrics = painter.fontMetrics()
    height = min(rect.height() - 4, metrics.height() + 6)
    width = min(pill_width(metrics, status), rect.width())
    box = QRectF(rect.x(), rect.y() + (rect.height() - height) / 2, width, height)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    colour: QColor = getattr(theme().tokens, ground)
    painter.setBrush(colour)
    painter.drawRoundedRect(box, height / 2, height / 2)
    painter.drawPixmap(QPoint(round(box.x()) + 8, round(box.y() + (height - 12) / 2)), pixmap(name, 12, role, dpr))
    painter.setPen(getattr(theme().tokens, role))
    text = box.adjusted(24, 0, -6, 0)
    painter.drawText(
        text,
        Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
        metrics.elidedText(status.capitalize(), Qt.TextElideMode.ElideRight, int(text.width()) + 2),
    )
    painter.restore()


class StatusPill(QWidget):
    """The pill as a widget."""

    def __init__(self, status: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._status = status
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(status)

    @property
    def status(self) -> str:
        return self._status

    def set_status(self, status: str, reason: str = "") -> None:
        """`reason` becomes the tooltip."""
        self._status = str(status)
        self.setToolTip(reason)
        self.setAccessibleName(self._status)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(theme().small_font)
        return QSize(pill_width(metrics, self._status), metrics.height() + 10)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._status:
            return
        painter = QPainter(self)
        painter.setFont(theme().small_font)
        paint_status(painter, self.rect(), self._status, self.devicePixelRatioF())
        painter.end()
