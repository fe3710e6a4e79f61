"""Icons in the theme's colours."""

from workbench.desktop.icons.engine import icon, pixmap

__all__ = ["icon", "pixmap"]
