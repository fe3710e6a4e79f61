"""The first rows of a preparation: name, saved mark, sample, undo, run; below it the transforms."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from workbench.desktop.data.menus import add
from workbench.desktop.data.transforms import BY_OP, TOOLBAR, TRANSFORMS
from workbench.desktop.icons import icon
from workbench.desktop.widgets import HLine, PageHeader, VLine, button, icon_button, label

_SHORT = {
    "derive": "Derive by example",
    "filter": "Filter",
    "convert": "Convert",
    "sort": "Sort",
    "join": "Join",
    "summarize": "Summarize",
}


class PrepToolbar(QWidget):
    """Only asks; holds nothing of the package."""

    transform_asked = Signal(str)
    undo_asked = Signal()
    redo_asked = Signal()
    sample_asked = Signal(object)
    run_asked = Signal()
    code_asked = Signal()

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "base")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.header = PageHeader(title)
        self.saved = label("Saved", "small")
        self.header.set_status(self.saved)
        self.sample = button("Sample", kind="ghost", icon="table")
        self.sample.setMenu(self._sample_menu())
        self.sample.setStyleSheet("QPushButton { padding-right: 26px; } QPushButton::menu-indicator { width: 14px; height: 14px; }")
        self.code = button("Code", self.code_asked.emit, icon="code", tooltip="Make a Python file that reads this data")
        self.run = button(
            "Run as job",
            self.run_asked.emit,
            kind="primary",
            icon="play",
            tooltip="Run all write steps on all rows, as a tracked job",
        )
        for widget in (self.sample, self.code, self.run):
            self.header.add_action(widget)
        row = QHBoxLayout()
        row.setContentsMargins(12, 4, 12, 4)
        row.setSpacing(2)
        self.undo = icon_button("undo-2", "Nothing to undo", self.undo_asked.emit)
        self.redo = icon_button("redo-2", "Nothing to redo", self.redo_asked.emit)
        row.addWidget(self.undo)
        row.addWidget(self.redo)
        line = VLine()
        line.setFixedHeight(18)
        row.addSpacing(4)
        row.addWidget(line)
        row.addSpacing(4)
        self.buttons: dict[str, QToolButton] = {}
        for op in TOOLBAR:
            made = self._transform_button(op)
            self.buttons[op] = made
            row.addWidget(made)
        self._more_button = self._more()
        row.addWidget(self._more_button)
        row.addStretch(1)
        self._icons_only = False
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addLayout(row)
        layout.addWidget(HLine())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where the words do not fit, the icons stay; each has its words as a tooltip."""
        super().resizeEvent(event)
        words = sum(made.fontMetrics().horizontalAdvance(made.text()) + 44 for made in (*self.buttons.values(), self._more_button))
        narrow = words + 120 > self.width()
        if narrow != self._icons_only:
            self._icons_only = narrow
            style = Qt.ToolButtonStyle.ToolButtonIconOnly if narrow else Qt.ToolButtonStyle.ToolButtonTextBesideIcon
            for made in self.buttons.values():
                made.setToolButtonStyle(style)

    def set_undo(self, undo: str | None, redo: str | None) -> None:
        """What Undo and Redo would do; None: nothing."""
        self.undo.setEnabled(undo is not None)
        self.redo.setEnabled(redo is not None)
        self.undo.setToolTip(f"Undo: {undo}  (Ctrl+Z)" if undo is not None else "Nothing to undo")
        self.redo.setToolTip(f"Redo: {redo}  (Ctrl+Shift+Z)" if redo is not None else "Nothing to redo")

    def set_saved(self, saved: bool) -> None:
        """Whether the file holds the last change."""
        self.saved.setText("Saved" if saved else "Saving …")

    def set_sample(self, rows: int | None, *, cut: bool) -> None:
        """What part of the data is worked on."""
        if rows is None or not cut:
            self.sample.setText("All rows")
            self.sample.setToolTip("You work on all rows of each source.")
        else:
            self.sample.setText(f"First {rows:,} rows")
            self.sample.setToolTip("You work on the first rows of each source; a run takes all.")

    def _sample_menu(self) -> QMenu:
        menu = QMenu(self)
        for rows in (1_000, 10_000, 100_000, 1_000_000):
            add(menu, f"First {rows:,} rows", lambda n=rows: self.sample_asked.emit(n))  # type: ignore[misc]
        add(menu, "All rows", lambda: self.sample_asked.emit(None))
        return menu

    def _transform_button(self, op: str) -> QToolButton:
        transform = BY_OP[op]
        made = QToolButton()
        made.setText(f" {_SHORT[op]}")
        made.setIcon(icon(transform.icon, "accent" if op == "derive" else "muted"))
        made.setIconSize(QSize(16, 16))
        made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        made.setToolTip(f"{transform.title}: {transform.doc}")
        made.setAccessibleName(_SHORT[op])
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        made.clicked.connect(lambda _checked=False: self.transform_asked.emit(op))
        return made

    def _more(self) -> QToolButton:
        more = QToolButton()
        more.setText(" More")
        more.setIcon(icon("ellipsis"))
        more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        more.setToolTip("All transforms")
        more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        menu = QMenu(more)
        group = ""
        for transform in TRANSFORMS:
            if transform.op in TOOLBAR:
                continue
            if group and group != transform.group:
                menu.addSeparator()
            group = transform.group
            add(menu, transform.title, lambda op=transform.op: self.transform_asked.emit(op), transform.icon)  # type: ignore[misc]
        more.setMenu(menu)
        return more
