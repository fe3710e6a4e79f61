"""Design tokens: every colour and measure of the application. No colour literal stands anywhere else."""

from dataclasses import dataclass

from PySide6.QtGui import QColor


@dataclass(frozen=True)
class Tokens:
    """One theme's colours; contrasts are at least 4.5 for text and 3 for controls."""

    dark: bool
    window: QColor
    base: QColor
    alt: QColor
    raised: QColor
    hover: QColor
    pressed: QColor
    text: QColor
    muted: QColor
    disabled: QColor
    accent: QColor
    accent_fill: QColor
    accent_fill_hover: QColor
    accent_fill_pressed: QColor
    on_accent: QColor
    selection: QColor
    ok: QColor
    ok_soft: QColor
    warn: QColor
    warn_soft: QColor
    bad: QColor
    bad_soft: QColor
    bad_fill: QColor
    info_soft: QColor
    neutral_soft: QColor
    hairline: QColor
    input_border: QColor
    scroll: QColor
    scroll_hover: QColor
    shadow: QColor
    histogram: QColor
    series: tuple[QColor, ...]


def _c(text: str) -> QColor:
    return QColor(text)


_OKABE_ITO = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a6d00", "#56b4e9", "#b34700", "#5b6472")
_OKABE_ITO_LIGHTENED = ("#4aa3df", "#ff8a4c", "#2bc49a", "#e39ac3", "#e0c04c", "#8fd0ff", "#f0a878", "#aab3c2")

LIGHT = Tokens(
    dark=False,
    window=_c("#f6f7f9"),
    base=_c("#ffffff"),
    alt=_c("#fafbfc"),
    raised=_c("#ffffff"),
    hover=_c("#eef0f3"),
    pressed=_c("#e3e6ea"),
    text=_c("#1c2128"),
    muted=_c("#5b6472"),
    disabled=_c("#8b94a3"),
    accent=_c("#215fe3"),
    accent_fill=_c("#2563eb"),
    accent_fill_hover=_c("#1d55d4"),
    accent_fill_pressed=_c("#1a4bbd"),
    on_accent=_c("#ffffff"),
    selection=_c("#e8effe"),
    ok=_c("#16703f"),
    ok_soft=_c("#e3f4ea"),
    warn=_c("#9a4f05"),
    warn_soft=_c("#fdf0dd"),
    bad=_c("#c4312c"),
    bad_soft=_c("#fdeceb"),
    bad_fill=_c("#c4312c"),
    info_soft=_c("#e8effe"),
    neutral_soft=_c("#eceef2"),
    hairline=_c("#e3e6ea"),
    input_border=_c("#868f9f"),
    scroll=_c("#c9ced6"),
    scroll_hover=_c("#98a1b0"),
    shadow=_c("#26101828"),
    histogram=_c("#8fb0f6"),
    series=tuple(map(_c, _OKABE_ITO)),
)

DARK = Tokens(
    dark=True,
    window=_c("#16181d"),
    base=_c("#1c1f26"),
    alt=_c("#20242c"),
    raised=_c("#232730"),
    hover=_c("#262b35"),
    pressed=_c("#2e3440"),
    text=_c("#e6e8ec"),
    muted=_c("#98a1b0"),
    disabled=_c("#6a7384"),
    accent=_c("#7aa5f5"),
    accent_fill=_c("#2563eb"),
    accent_fill_hover=_c("#3570ee"),
    accent_fill_pressed=_c("#1d55d4"),
    on_accent=_c("#ffffff"),
    selection=_c("#243352"),
    ok=_c("#4cc38a"),
    ok_soft=_c("#17322a"),
    warn=_c("#f0a04b"),
    warn_soft=_c("#372a1a"),
    bad=_c("#ff8580"),
    bad_soft=_c("#3b2226"),
    bad_fill=_c("#c4312c"),
    info_soft=_c("#1f2c47"),
    neutral_soft=_c("#2a2f39"),
    hairline=_c("#2c313b"),
    input_border=_c("#646e7e"),
    scroll=_c("#3d4452"),
    scroll_hover=_c("#646e7e"),
    shadow=_c("#73000000"),
    histogram=_c("#4c6fb5"),
    series=tuple(map(_c, _OKABE_ITO_LIGHTENED)),
)


@dataclass(frozen=True)
class Metrics:
    """Measures in device-independent pixels."""

    row: int = 28
    card_radius: int = 8


ROWS = {"comfortable": 32, "default": 28, "compact": 24}
