"""The tabs under a page's header."""

from collections.abc import Sequence

from PySide6.QtWidgets import QTabBar, QVBoxLayout, QWidget

from workbench.desktop.widgets.basics import HLine, surface


class TabStrip(QWidget):
    """A bar of tabs on the page's ground, closed by a line; `tabs` says which one is chosen."""

    def __init__(self, name: str, titles: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tabs = QTabBar()
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName(name)
        for title in titles:
            self.tabs.addTab(title)
        ground = surface()
        inner = QVBoxLayout(ground)
        inner.setContentsMargins(8, 2, 8, 0)
        inner.addWidget(self.tabs)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(ground)
        column.addWidget(HLine())
