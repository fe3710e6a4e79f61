"""Shortcuts sheet and About."""

import platform

from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtWidgets import QGridLayout, QScrollArea, QWidget

from workbench import __version__
from workbench.desktop.context import AppContext
from workbench.desktop.widgets.basics import button, label
from workbench.desktop.widgets.dialogs import Sheet


def shortcuts_sheet(context: AppContext, parent: QWidget) -> Sheet:
    """All keys, by category, as the registry knows them."""
    sheet = Sheet(parent, "Keyboard shortcuts", width=560)
    holder = QWidget()
    holder.setProperty("transparent", True)
    grid = QGridLayout(holder)
    grid.setContentsMargins(0, 0, 12, 0)
    grid.setHorizontalSpacing(24)
    grid.setVerticalSpacing(5)
    grid.setColumnStretch(0, 1)
    groups: dict[str, list[tuple[str, str]]] = {}
    for command in context.commands.all():
        if command.keys:
            keys = "  or  ".join(QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) for key in command.keys)
            groups.setdefault(command.category, []).append((command.title, keys))
    row = 0
    for category, entries in groups.items():
        grid.addWidget(label(category, "caption"), row, 0, Qt.AlignmentFlag.AlignBottom)
        grid.setRowMinimumHeight(row, 30 if row else 0)
        row += 1
        for title, keys in entries:
            grid.addWidget(label(title), row, 0)
            grid.addWidget(label(keys, "muted"), row, 1, Qt.AlignmentFlag.AlignRight)
            row += 1
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setWidget(holder)
    area.setMinimumHeight(420)
    sheet.body.addWidget(area)
    _add_close(sheet)
    sheet.open()
    return sheet


def about_sheet(context: AppContext, parent: QWidget) -> Sheet:
    """Version and surroundings, for reports."""
    health = context.events.health
    facts = (
        f"Workbench {__version__}\nPython {platform.python_version()}, Qt {qVersion()}\n{platform.platform()}\n"
        f"Workspace: {context.paths.root}\nJob manager: {f'{health.version}, pid {health.pid}' if health else 'not connected'}"
    )
    sheet = Sheet(parent, "About Workbench", "Prepare data by example, train as tracked runs, deploy with one click.")
    sheet.body.addWidget(label(facts, wrap=True, selectable=True))
    sheet.body.addWidget(label("Apache-2.0. Icons: Lucide (ISC).", "small"))
    sheet.buttons.addWidget(button("Copy", lambda: QGuiApplication.clipboard().setText(facts)))
    _add_close(sheet)
    sheet.open()
    return sheet


def _add_close(sheet: Sheet) -> None:
    """The one button that is meant, with the focus."""
    close = button("Close", sheet.reject, kind="primary")
    sheet.buttons.addWidget(close)
    close.setDefault(True)
    close.setFocus()
