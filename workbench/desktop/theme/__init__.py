"""Design tokens, fonts, palette and style sheet."""

from workbench.desktop.theme.theme import Theme, install_theme, theme
from workbench.desktop.theme.tokens import Metrics, Tokens

__all__ = ["Metrics", "Theme", "Tokens", "install_theme", "theme"]
