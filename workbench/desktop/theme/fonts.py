"""Fonts: one family list for the interface, the system's fixed font for code, tabular figures for numbers."""

from PySide6.QtGui import QFont, QFontDatabase, QFontInfo

_FAMILIES = ("Inter", "Segoe UI", "SF Pro Text", "Noto Sans", "DejaVu Sans")
_FIXED = ("JetBrains Mono", "Cascadia Mono", "Menlo", "Consolas", "Noto Sans Mono", "DejaVu Sans Mono")


def ui_font(size: float) -> QFont:
    """The interface's font in points."""
    font = QFont()
    font.setFamilies(list(_FAMILIES))
    font.setPointSizeF(max(size, 8.0))
    font.setHintingPreference(QFont.HintingPreference.PreferVerticalHinting)
    return font


def number_font(size: float) -> QFont:
    """The interface's font with figures of one width."""
    font = ui_font(size)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def mono_font(size: float) -> QFont:
    """The system's fixed-width font."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    if not QFontInfo(font).fixedPitch():  # a system that names no fixed font
        font.setFamilies(list(_FIXED))
        font.setStyleHint(QFont.StyleHint.Monospace)
    font.setPointSizeF(max(size, 8.0))
    return font
