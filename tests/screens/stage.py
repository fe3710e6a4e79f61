"""The stage of the pictures: the real application and window, real clicks, waits by conditions, pictures in both themes."""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QEvent, QEventLoop, QPoint, QRectF, QSettings, QStandardPaths, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QMenu, QWidget

from workbench.base.settings import Settings
from workbench.desktop.charts.turns import turns
from workbench.desktop.context import AppContext
from workbench.desktop.shell.window import MainWindow
from workbench.desktop.widgets import LoadingState

SIZE = (1440, 900)
_CALM_ROUNDS = 4
_LIVE_ROUNDS = 40
_SHORT_MS = 1000
W = TypeVar("W", bound=QWidget)


class Unmet(AssertionError):
    """What a screen waited for did not come true in time."""


@contextmanager
def opened_stage(out: Path, themes: Sequence[str]) -> "Iterator[Stage]":
    """The application and its window on the workspace of WORKBENCH_HOME, connected, with settings of the window's own."""
    from workbench.desktop.app import make_application, make_context

    with tempfile.TemporaryDirectory() as scratch:
        QStandardPaths.setTestModeEnabled(True)
        for form in (QSettings.Format.NativeFormat, QSettings.Format.IniFormat):
            QSettings.setPath(form, QSettings.Scope.UserScope, scratch)
        app = make_application()
        app.setCursorFlashTime(0)
        context = make_context(app)
        window = MainWindow(context)
        window.resize(*SIZE)
        window.show()
        stage = Stage(app, context, window, out, themes)
        context.events.start()
        stage.until(lambda: context.events.is_connected, "the job manager answers", 60)
        yield stage
        window.hide()
        context.close()
        app.processEvents()


class Stage:
    """Drives the window as a user does and takes its pictures into `out`."""

    def __init__(self, app: QApplication, context: AppContext, window: MainWindow, out: Path, themes: Sequence[str]) -> None:
        self.app, self.context, self.window, self.out = app, context, window, out
        self.themes = tuple(themes)
        self.taken: list[str] = []
        self._heart = QTimer()  # wakes the loop, so that conditions are looked at again
        self._heart.start(10)
        self._mode = ""
        self._apply(self.themes[0])

    # waiting

    def until(self, condition: Callable[[], object], what: str, seconds: float = 30) -> None:
        """Turns the event loop until the condition holds. Raises Unmet after the deadline."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise Unmet(f"Waited {seconds:.0f} s in vain: {what}")
            self.app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
            self.app.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # what exec() does by itself

    def settle(self, seconds: float = 60) -> None:
        """Until nothing runs in the background, no short timer is set and no page says that it loads."""
        rounds = 0

        def calm() -> bool:
            nonlocal rounds
            rounds = rounds + 1 if self._calm() else 0
            return rounds >= _CALM_ROUNDS

        self.until(calm, "the window comes to rest", seconds)

    def _calm(self) -> bool:
        if self.context.operations.inflight or turns().waiting:
            return False
        for root in (self.window, self.context):
            for timer in root.findChildren(QTimer):
                if timer.isActive() and timer.isSingleShot() and timer.interval() <= _SHORT_MS:
                    return False
        return not self._loads()

    def _loads(self) -> bool:
        return any(state.isVisible() for state in self.window.findChildren(LoadingState))

    # acting

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        """A click with the left button."""
        if not widget.isVisible() or not widget.isEnabled():
            raise Unmet(f"{type(widget).__name__} {self.words(widget)!r} cannot be clicked: it is hidden or disabled")
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at or QPoint())

    def press(self, text: str, within: QWidget | None = None) -> None:
        """Clicks the visible button with this text."""
        self.click(self.button(text, within))

    def button(self, text: str, within: QWidget | None = None) -> QAbstractButton:
        """The visible button with this text."""
        roots = [within] if within is not None else [widget for widget in self.app.topLevelWidgets() if widget.isVisible()]
        found = [one for root in roots for one in root.findChildren(QAbstractButton) if one.isVisible()]
        for one in found:
            if one.text().strip() == text:
                return one
        raise Unmet(f"There is no button {text!r}, only {sorted({one.text().strip() for one in found} - {''})}")

    def key(self, widget: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Presses a key in the widget."""
        QTest.keyClick(widget, key, modifier)

    def write(self, widget: QWidget, text: str) -> None:
        """Types a text into the widget."""
        widget.setFocus()
        QTest.keyClicks(widget, text)

    def go(self, place: str) -> None:
        """Shows a place of the rail, at rest."""
        self.window.show_place(place)
        self.settle()

    def choose(self, combo: QComboBox, data: object) -> None:
        """Chooses the entry of that data, as activating it does."""
        place = combo.findData(data)
        if place < 0:
            raise Unmet(f"{data!r} is not offered, only {[combo.itemData(i) for i in range(combo.count())]}")
        combo.setCurrentIndex(place)
        combo.activated.emit(place)

    @staticmethod
    def words(widget: QWidget) -> str:
        """All texts of the labels in a widget; to be waited for."""
        own = widget.text() if isinstance(widget, QAbstractButton | QLabel) else ""
        return " ".join(filter(None, (own, *(one.text() for one in widget.findChildren(QLabel) if one.isVisible()))))

    def dialog(self, kind: type[W]) -> W:
        """The open dialog of that class."""
        found = [widget for widget in self.app.topLevelWidgets() if isinstance(widget, kind) and widget.isVisible()]
        if not found:
            raise Unmet(f"No {kind.__name__} is open")
        return found[-1]

    def close_popups(self) -> None:
        """Closes dialogs, menus, palette and problems, so that the next screen begins with the bare window."""
        for widget in self.app.topLevelWidgets():
            if widget is not self.window and widget.isVisible():
                widget.close()
        if self.window.palette_popup.isVisible():
            self.window.palette_popup.close_popup()
        self.window.problems.hide()
        self.dismiss_toasts()
        self.settle()

    def dismiss_toasts(self) -> None:
        """Toasts of one screen do not stand on the next."""
        for card in list(self.window.toasts.cards):
            card.leave()

    # pictures

    def shoot(self, name: str, *, toasts: bool = False, live: bool = False) -> None:
        """Takes the picture of the window with all that is open over it, in each theme. `live`: it never comes to rest."""
        self._wait(live)
        if not toasts:
            self.dismiss_toasts()
        for mode in sorted(self.themes, key=lambda one: one != self._mode):  # a change of theme is dear: begin with the present one
            self._apply(mode, live)
            picture = self._picture()
            target = self.out / f"{name}-{mode}.png"
            if not picture.save(str(target)):
                raise Unmet(f"{target} could not be written")
        self.taken.append(name)

    def _wait(self, live: bool) -> None:
        if not live:
            self.settle()
            return
        rounds = 0

        def laid_out() -> bool:
            nonlocal rounds
            rounds = 0 if self._loads() else rounds + 1
            return rounds >= _LIVE_ROUNDS

        self.until(laid_out, "the page is loaded and laid out")

    def _apply(self, mode: str, live: bool = False) -> None:
        if mode != self._mode:
            self.context.theme.apply(Settings.model_validate({"theme": mode}))
            self._mode = mode
            self._wait(live)

    def _picture(self) -> QPixmap:
        picture = self.window.grab()
        over = [
            widget
            for widget in self.app.topLevelWidgets()
            if widget is not self.window and widget.isVisible() and widget.isWindow() and widget.width() > 1
        ]
        if not over:
            return picture
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if any(widget.isModal() for widget in over):
            painter.fillRect(picture.rect(), QColor(0, 0, 0, 60))
        for widget in over:
            self._paint_over(painter, widget)
        painter.end()
        return picture

    def _paint_over(self, painter: QPainter, widget: QWidget) -> None:
        """The widget where it stands over the window (in the middle, for a dialog), with the edge that a system draws."""
        if isinstance(widget, QMenu) or not widget.isModal():
            at = widget.mapToGlobal(QPoint()) - self.window.mapToGlobal(QPoint())
        else:
            at = QPoint((self.window.width() - widget.width()) // 2, (self.window.height() - widget.height()) // 2)
        edge = QRectF(at.x() - 0.5, at.y() - 0.5, widget.width() + 1, widget.height() + 1)
        for spread in range(12, 0, -2):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(0, 0, 0, 8))
            painter.drawRoundedRect(edge.adjusted(-spread, -spread + 4, spread, spread + 4), spread, spread)
        painter.drawPixmap(at, widget.grab())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(self.context.theme.tokens.input_border)
        painter.drawRect(edge)
