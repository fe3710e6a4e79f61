"""A user of the app: points at what is visible, clicks and types; nothing is called that a mouse or key could not reach."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QMenu,
    QWidget,
)
from pytestqt.exceptions import TimeoutError  # noqa: A004 (pytest-qt's own)

from workbench.desktop.context import AppContext
from workbench.desktop.operations import Watchdog
from workbench.desktop.shell.window import MainWindow

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
W = TypeVar("W", bound=QWidget)


class User:
    """Drives a window. Each act waits until what it needs is there, and fails with what it looked for."""

    def __init__(self, qtbot: Any, context: AppContext, window: MainWindow) -> None:
        self.qtbot, self.context, self.window = qtbot, context, window
        self.watchdog = Watchdog(beat_ms=10, limit_s=0.1)
        self.problems: list[str] = []
        context.notifications.problem_added.connect(lambda problem: self.problems.append(f"{problem.sentence} {problem.details}"))

    # waiting

    def until(self, condition: Callable[[], object], what: str = "", seconds: float = 30) -> None:
        """Until it is true; the application goes on meanwhile."""
        try:
            self.qtbot.waitUntil(lambda: bool(condition()), timeout=int(seconds * 1000))
        except TimeoutError as error:  # it says nothing of what was waited for
            raise AssertionError(f"{what or 'it'} did not come true; problems: {self.problems}; seen: {self.texts()}") from error

    def idle(self) -> None:
        """Until no operation runs and nothing starts another."""
        calm = [0]

        def quiet() -> bool:
            calm[0] = calm[0] + 1 if self.context.operations.inflight == 0 else 0
            return calm[0] >= 5

        self.until(quiet, "all operations to end", 120)

    def gone(self, widget: QWidget) -> None:
        """Until a dialog has closed."""
        self.until(lambda: not shiboken6.isValid(widget) or not widget.isVisible(), "the dialog to close")

    # looking

    def widgets(self, kind: type[W], within: QWidget | None = None) -> Iterator[W]:
        """All that can be seen of a kind, in popups and dialogs first."""
        roots = [within] if within is not None else [*_popups(), self.window]
        for root in roots:
            own = [root] if isinstance(root, kind) else []
            yield from (one for one in (*own, *root.findChildren(kind)) if one.isVisible() and not one.visibleRegion().isEmpty())

    def find(self, kind: type[W], name: str = "", within: QWidget | None = None, *, exact: bool = False) -> W:
        """The widget of this kind whose text or accessible name starts with `name` (is it, when `exact`); waits for it."""
        found: list[W] = []

        def look() -> bool:
            found[:] = [one for one in self.widgets(kind, within) if not name or _is_called(one, name, exact=exact)]
            return bool(found)

        self.until(look, f"a visible {kind.__name__} called {name!r}")
        return found[0]

    def part(self, kind: type[W], within: QWidget | None) -> W:
        """The one child of this kind."""
        assert within is not None
        found = within.findChild(kind)
        assert isinstance(found, kind)
        return found

    def texts(self) -> list[str]:
        """What the visible buttons say, for messages."""
        return sorted({text for one in self.widgets(QAbstractButton) if (text := one.text() or one.accessibleName())})

    # acting

    def click(self, widget: QWidget, at: QPoint | None = None, button: Qt.MouseButton = LEFT) -> None:
        """A click into the middle of what can be seen of it; it must be enabled."""
        self.until(widget.isEnabled, f"{_name(widget)} to be enabled")
        assert widget.isVisible(), f"{_name(widget)} cannot be seen"
        region = widget.visibleRegion()
        assert not region.isEmpty(), f"{_name(widget)} is covered or outside of the window"
        self.qtbot.mouseClick(widget, button, pos=at if at is not None else region.boundingRect().center())

    def press(self, name: str, within: QWidget | None = None, *, exact: bool = False) -> None:
        """Clicks the button called so."""
        self.click(self.find(QAbstractButton, name, within, exact=exact))

    def go(self, place: str) -> None:
        """Clicks the place in the rail."""
        rail = self.window._rail
        self.click(rail.buttons[place])
        self.until(lambda: self.window.current_place == place, f"the place {place}")

    def write(self, field: QWidget, text: str, *, enter: bool = False) -> None:
        """Clicks the field, takes what is in it away, and types."""
        edit = field.lineEdit() if isinstance(field, QComboBox) else field
        assert edit is not None
        self.click(edit)
        self.qtbot.keyClick(edit, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        self.qtbot.keyClick(edit, Qt.Key.Key_Delete)
        self.qtbot.keyClicks(edit, text)
        if enter:
            self.qtbot.keyClick(edit, Qt.Key.Key_Return)

    def key(self, widget: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Presses a key with the focus on the widget, in a window that is active: what a window manager does after a dialog."""
        if not self.window.isActiveWindow():
            self.window.activateWindow()
            self.until(self.window.isActiveWindow, "the window to be active")
        widget.setFocus()
        self.qtbot.keyClick(widget, key, modifier)

    def choose(self, combo: QComboBox, text: str) -> None:
        """Opens the combo box and goes to the entry with the keys."""
        row = combo.findText(text)
        assert row >= 0, f"{text!r} is not offered: {[combo.itemText(i) for i in range(combo.count())]}"
        self.click(combo, QPoint(combo.width() - 12, combo.height() // 2))
        view = combo.view()
        self.until(view.isVisible, "the list of the combo box")
        self.qtbot.keyClick(view, Qt.Key.Key_Home)
        for _ in range(row):
            self.qtbot.keyClick(view, Qt.Key.Key_Down)
        self.qtbot.keyClick(view, Qt.Key.Key_Return)
        self.until(lambda: combo.currentIndex() == row, f"{text!r} to be chosen")

    def choose_menu(self, name: str) -> None:
        """Clicks the entry of the open menu."""
        hits: list[Any] = []

        def look() -> bool:
            hits[:] = [(m, a) for m in self.widgets(QMenu) for a in m.actions() if a.isVisible() and a.text().startswith(name)]
            return bool(hits)

        self.until(look, f"a menu with {name!r}")
        menu, action = hits[0]
        assert action.isEnabled(), f"{name} is not enabled"
        self.qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())

    def pick(self, name: str, entry: str, within: QWidget | None = None) -> None:
        """Clicks a button that opens a menu, and the entry in it. Qt comes back from the click when the menu is closed."""
        button = self.find(QAbstractButton, name, within)
        looker = QTimer()
        looker.setInterval(50)
        tries = [0]

        def look() -> None:
            tries[0] += 1
            menu = QApplication.activePopupWidget()
            if not isinstance(menu, QMenu):
                return
            action = next((one for one in menu.actions() if one.text().startswith(entry)), None)
            if action is not None and action.isEnabled():
                looker.stop()
                self.qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())
            elif tries[0] > 100:
                menu.close()

        looker.timeout.connect(look)
        looker.start()
        self.click(button)
        assert not looker.isActive(), f"the menu of {name} has no {entry!r}"

    def click_item(self, view: QAbstractItemView, index: QModelIndex, *, double: bool = False, at: int = -1) -> None:
        """Clicks a cell or a row of a list."""
        view.scrollTo(index)
        box = view.visualRect(index)
        spot = QPoint(box.left() + at, box.center().y()) if at >= 0 else box.center()
        self.qtbot.mouseClick(view.viewport(), LEFT, pos=spot)
        if double:
            self.qtbot.mouseDClick(view.viewport(), LEFT, pos=spot)

    def command(self, text: str) -> None:
        """Ctrl+Shift+P, a few letters, Enter."""
        self.qtbot.keyClick(self.window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
        palette = self.window.palette_popup
        self.until(palette.isVisible, "the palette")
        edit = next(self.widgets(QLineEdit, palette))
        self.qtbot.keyClicks(edit, text)
        hits = self.find(QAbstractItemView, within=palette)
        self.until(lambda: hits.model().rowCount() > 0, f"the palette to find {text!r}")
        self.qtbot.keyClick(edit, Qt.Key.Key_Return)

    def dialog(self, kind: type[W]) -> W:
        """The dialog of this kind, once it is open."""
        return self.find(kind)


def type_into(widget: QWidget, text: str) -> None:
    """Types and presses Enter where the focus is."""
    QTest.keyClicks(widget, text)
    QTest.keyClick(widget, Qt.Key.Key_Return)


def _popups() -> list[QWidget]:
    """Open dialogs and menus, the newest first."""
    tops = [one for one in QApplication.topLevelWidgets() if one.isVisible() and isinstance(one, QMenu | QDialog)]
    popup = QApplication.activePopupWidget()
    return [*([popup] if popup is not None else []), *reversed([one for one in tops if one is not popup])]


def _is_called(widget: QWidget, name: str, *, exact: bool) -> bool:
    texts = [str(text).replace("&&", "&").strip() for text in (widget.accessibleName(), getattr(widget, "text", str)())]
    return name in texts if exact else any(text.startswith(name) for text in texts)


def _name(widget: QWidget) -> str:
    return f"{type(widget).__name__} {getattr(widget, 'text', str)() or widget.accessibleName()!r}"
