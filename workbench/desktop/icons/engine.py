"""Icons: Lucide's SVG files, drawn in a token's colour, cached per size, colour and pixel ratio."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from workbench.base.paths import resources_dir
from workbench.desktop.theme import theme


@lru_cache(maxsize=256)
def _source(name: str) -> str:
    path = resources_dir() / "icons" / f"{name}.svg"
    return path.read_text("utf-8")


@lru_cache(maxsize=512)
def _draw(name: str, colour: int, width: int, height: int) -> QPixmap:
    side = min(width, height)
    stroke = "2" if side > 28 else "1.9"
    text = (
        _source(name)
        .replace("currentColor", QColor.fromRgba(colour).name())
        .replace('stroke-width="2"', f'stroke-width="{stroke}"')
    )
    renderer = QSvgRenderer(QByteArray(text.encode()))
    pixmap = QPixmap(width, height)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF((width - side) / 2, (height - side) / 2, side, side))
    painter.end()
    return pixmap


def pixmap(name: str, size: int = 16, role: str = "muted", dpr: float = 1.0) -> QPixmap:
    """The icon in the colour of the token `role`, for a painter or a label; `size` in device-independent pixels."""
    colour: QColor = getattr(theme().tokens, role)
    drawn = QPixmap(_draw(name, colour.rgba(), round(size * dpr), round(size * dpr)))
    drawn.setDevicePixelRatio(dpr)
    return drawn


class _Engine(QIconEngine):
    """Draws in the theme's present colours, so that an icon follows a change of theme by itself."""

    def __init__(self, name: str, role: str) -> None:
        super().__init__()
        self._name = name
        self._role = role

    def _colour(self, mode: QIcon.Mode, state: QIcon.State) -> QColor:
        tokens = theme().tokens
        if mode == QIcon.Mode.Disabled:
            return tokens.disabled
        if state == QIcon.State.On and self._role == "muted":
            return tokens.accent
        colour: QColor = getattr(tokens, self._role)
        return colour

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        device = painter.device()
        dpr = device.devicePixelRatioF() if device is not None else 1.0
        painter.drawPixmap(rect.topLeft(), self.scaledPixmap(rect.size() * dpr, mode, state, dpr))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        drawn = QPixmap(_draw(self._name, self._colour(mode, state).rgba(), max(size.width(), 1), max(size.height(), 1)))
        drawn.setDevicePixelRatio(scale)
        return drawn

    def clone(self) -> QIconEngine:
        copy = _Engine(self._name, self._role)
        _engines.append(copy)
        return copy

    def isNull(self) -> bool:
        return False


_engines: list[QIconEngine] = []  # the Python halves must outlive the icons that own the C++ halves


@lru_cache(maxsize=512)
def icon(name: str, role: str = "muted") -> QIcon:
    """The icon `name` (a file of resources/icons) in the colour of the token `role`. An unknown name raises FileNotFoundError."""
    _source(name)
    engine = _Engine(name, role)
    _engines.append(engine)
    return QIcon(engine)


def forget() -> None:
    """Drops what was drawn; for tests that make a second application."""
    _draw.cache_clear()


__all__ = ["forget", "icon", "pixmap"]
