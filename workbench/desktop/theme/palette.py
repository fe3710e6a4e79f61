"""The QPalette of a set of tokens."""

from PySide6.QtGui import QColor, QPalette

from workbench.desktop.theme.tokens import Tokens

_R = QPalette.ColorRole


def build_palette(tokens: Tokens) -> QPalette:
    """All roles that Fusion and the item views read, the disabled group included."""
    palette = QPalette()
    roles: dict[QPalette.ColorRole, QColor] = {
        _R.Window: tokens.window,
        _R.WindowText: tokens.text,
        _R.Base: tokens.base,
        _R.AlternateBase: tokens.alt,
        _R.Text: tokens.text,
        _R.Button: tokens.raised,
        _R.ButtonText: tokens.text,
        _R.BrightText: tokens.bad,
        _R.ToolTipBase: tokens.raised,
        _R.ToolTipText: tokens.text,
        _R.PlaceholderText: tokens.muted,
        _R.Highlight: tokens.selection,
        _R.HighlightedText: tokens.text,
        _R.Link: tokens.accent,
        _R.LinkVisited: tokens.accent,
        _R.Accent: tokens.accent_fill,
        _R.Light: tokens.raised,
        _R.Midlight: tokens.hover,
        _R.Mid: tokens.hairline,
        _R.Dark: tokens.input_border,
        _R.Shadow: tokens.shadow,
    }
    for role, colour in roles.items():
        palette.setColor(role, colour)
    for role in (_R.WindowText, _R.Text, _R.ButtonText, _R.HighlightedText, _R.PlaceholderText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, tokens.disabled)
    return palette
