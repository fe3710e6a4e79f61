"""The application's look: follows the system or the user's setting, and tells everyone when it changes."""

from string import Template

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPixmapCache
from PySide6.QtWidgets import QApplication

from workbench.base.paths import resources_dir
from workbench.base.settings import Settings
from workbench.desktop.theme.fonts import mono_font, number_font, ui_font
from workbench.desktop.theme.palette import build_palette
from workbench.desktop.theme.tokens import DARK, LIGHT, ROWS, Metrics, Tokens


class Theme(QObject):
    """Tokens, fonts and measures in use. GUI thread only. `theme_changed` follows every change."""

    theme_changed = Signal()

    def __init__(self, app: QApplication, settings: Settings | None = None) -> None:
        super().__init__(app)
        self._app = app
        self._mode = "system"
        self._size = 10
        self._series: dict[str, int] = {}
        self.tokens: Tokens = LIGHT
        self.metrics = Metrics()
        app.setStyle("Fusion")
        app.styleHints().colorSchemeChanged.connect(self._on_scheme_changed)
        self.apply(settings or Settings())

    def apply(self, settings: Settings) -> None:
        """Takes over theme, density and font size of the settings."""
        self._mode = settings.theme
        self._size = settings.font_size
        self.metrics = Metrics(row=max(ROWS[settings.density], self._size * 2 + 6))
        hints = self._app.styleHints()
        if self._mode == "system":
            hints.unsetColorScheme()
        else:
            hints.setColorScheme(Qt.ColorScheme.Dark if self._mode == "dark" else Qt.ColorScheme.Light)
        self._restyle()

    @property
    def font_size(self) -> int:
        """The base size in points."""
        return self._size

    @property
    def font(self) -> QFont:
        return ui_font(self._size)

    @property
    def small_font(self) -> QFont:
        return ui_font(max(8.5, self._size - 1))

    @property
    def title_font(self) -> QFont:
        """Titles of pages and dialogs."""
        font = ui_font(self._size + 3)
        font.setWeight(QFont.Weight.DemiBold)
        return font

    @property
    def heading_font(self) -> QFont:
        """Titles of cards and sections."""
        font = ui_font(self._size + 1)
        font.setWeight(QFont.Weight.DemiBold)
        return font

    @property
    def strong_font(self) -> QFont:
        font = ui_font(self._size)
        font.setWeight(QFont.Weight.DemiBold)
        return font

    @property
    def number_font(self) -> QFont:
        return number_font(self._size)

    @property
    def mono_font(self) -> QFont:
        return mono_font(self._size)

    def series_colour(self, key: str, index: int | None = None) -> QColor:
        """The colour of a run or series: the same wherever it is shown, and another one for each as long as there are enough."""
        if index is None:
            index = self._series.setdefault(key, len(self._series))
        palette = self.tokens.series
        colour = palette[index % len(palette)]
        if turn := index // len(palette):
            hue = (colour.hslHue() + 23 * turn) % 360
            return QColor.fromHsl(hue, colour.hslSaturation(), colour.lightness())
        return colour

    def _on_scheme_changed(self) -> None:
        if self._mode == "system":
            self._restyle()

    def _wants_dark(self) -> bool:
        if self._mode != "system":
            return self._mode == "dark"
        scheme = self._app.styleHints().colorScheme()
        if scheme == Qt.ColorScheme.Unknown:  # no platform theme: as bright as the platform's own palette is
            return bool(self._app.style().standardPalette().window().color().lightness() < 128)
        return scheme == Qt.ColorScheme.Dark

    def _restyle(self) -> None:
        self.tokens = DARK if self._wants_dark() else LIGHT
        QPixmapCache.clear()
        self._app.setFont(self.font)
        self._app.setPalette(build_palette(self.tokens))
        self._app.setStyleSheet(style_sheet(self.tokens, self.metrics, self._size))
        self.theme_changed.emit()


def style_sheet(tokens: Tokens, metrics: Metrics, size: int) -> str:
    """The one style sheet, its names filled with the tokens."""
    names: dict[str, str] = {field: _css(value) for field, value in vars(tokens).items() if isinstance(value, QColor)}
    names |= {
        "row": str(metrics.row),
        "control": str(metrics.row - 2),
        "size": str(size),
        "small": f"{max(8.5, size - 1):g}",
        "palette": str(size + 2),
    }
    names["check"] = _image("check-dark" if tokens.dark else "check-light")
    names["arrow"] = _image("arrow-dark" if tokens.dark else "arrow-light")
    names["arrow_up"] = _image("arrow-up-dark" if tokens.dark else "arrow-up-light")
    names["dash"] = _image("dash-dark" if tokens.dark else "dash-light")
    return Template((resources_dir() / "styles" / "workbench.qss").read_text("utf-8")).substitute(names)


def _css(colour: QColor) -> str:
    return f"rgba({colour.red()}, {colour.green()}, {colour.blue()}, {colour.alpha()})"


def _image(name: str) -> str:
    return (resources_dir() / "styles" / f"{name}.svg").as_posix()


_current: list[Theme] = []


def install_theme(app: QApplication, settings: Settings | None = None) -> Theme:
    """Makes the theme of this application, once."""
    _current[:] = [Theme(app, settings)]
    return _current[0]


def theme() -> Theme:
    """The theme in use: painters and widgets read it each time they paint."""
    return _current[0]
