"""The console on a real kernel, by key and mouse."""

from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from tests.desktop.notebooks.conftest import KERNEL_MS, console_of
from workbench.desktop.notebooks.activity import NotebooksActivity
from workbench.desktop.notebooks.console import ConsolePage
from workbench.desktop.notebooks.transcript import MAX_LINES, RESTARTED
from workbench.desktop.widgets import Sheet

Opened = Callable[[], NotebooksActivity]


def run(qtbot: QtBot, page: ConsolePage, code: str, *, wait: bool = True) -> None:
    """Writes the code and presses Shift+Enter."""
    answered = page._answered
    page.input.code.setFocus()
    for number, line in enumerate(code.split("\n")):
        if number:
            page.input.code.insertPlainText("\n")
        qtbot.keyClicks(page.input.code, line)
    qtbot.keyClick(page.input.code, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    if wait:
        qtbot.waitUntil(lambda: page._answered > answered and page.status == "idle", timeout=KERNEL_MS)


def shown(page: ConsolePage) -> str:
    return page.view.toPlainText().replace("\u00a0", " ")


def ready(activity: NotebooksActivity) -> bool:
    return activity.current_console is not None and activity.current_console.connected


def texts(page: ConsolePage) -> str:
    """What stands in place of the console."""
    shown = page.stack.currentWidget()
    return " ".join(one.text() for one in shown.findChildren(QLabel)) if shown is not None else ""


def press(qtbot: QtBot, text: str) -> None:
    """Clicks the button of that text in the sheet that is open."""
    sheet = next(widget for widget in QApplication.topLevelWidgets() if isinstance(widget, Sheet) and widget.isVisible())
    button = next(one for one in sheet.findChildren(QPushButton) if one.text() == text)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_that_a_console_runs_one_and_one_and_says_where_it_is(qtbot: QtBot, activity: NotebooksActivity) -> None:
    assert activity.pages.currentWidget() is activity.empty
    start = activity.empty.findChild(QPushButton)
    assert start is not None
    qtbot.mouseClick(start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: ready(activity), timeout=KERNEL_MS)
    page = activity.current_console
    assert page is not None
    assert page.pill.status == "idle"
    run(qtbot, page, "1 + 1")
    qtbot.waitUntil(lambda: "\n2" in shown(page))
    assert "In [1]" in shown(page)
    assert page.input.prompt.text() == "In [2]:"
    assert activity.panel.side.ids()[0] == f"console:{page.kernel.id}"


def test_that_an_error_shows_its_traceback_and_the_next_input_goes_on(qtbot: QtBot, activity: NotebooksActivity) -> None:
    page = console_of(qtbot, activity)
    run(qtbot, page, "1 / 0")
    qtbot.waitUntil(lambda: "ZeroDivisionError: division by zero" in shown(page))
    assert "\x1b" not in shown(page)
    run(qtbot, page, "'still here'")
    qtbot.waitUntil(lambda: "\n'still here'" in shown(page))


def test_that_interrupt_stops_an_endless_loop(qtbot: QtBot, activity: NotebooksActivity) -> None:
    page = console_of(qtbot, activity)
    run(qtbot, page, "import time\nkept = 42\nwhile True: time.sleep(0.01)", wait=False)
    qtbot.waitUntil(lambda: page.status == "busy", timeout=KERNEL_MS)
    assert page.interrupt_button.isEnabled()
    qtbot.keyClick(page.input.code, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: page.status == "idle" and "KeyboardInterrupt" in shown(page), timeout=KERNEL_MS)
    assert not page.interrupt_button.isEnabled()
    run(qtbot, page, "kept")
    qtbot.waitUntil(lambda: "\n42" in shown(page))


def test_that_a_long_output_keeps_the_window_responsive(qtbot: QtBot, activity: NotebooksActivity) -> None:
    page = console_of(qtbot, activity)
    longest, clock = 0, QElapsedTimer()

    def tick() -> None:
        nonlocal longest
        longest = max(longest, clock.restart())

    beat = QTimer(page)
    beat.setInterval(5)
    beat.timeout.connect(tick)
    clock.start()
    beat.start()
    run(qtbot, page, "for line in range(60_000): print(line, 'x' * 60)\n")
    qtbot.waitUntil(lambda: "59999 xxx" in shown(page), timeout=KERNEL_MS)
    beat.stop()
    assert longest < 500, f"the window stood still for {longest} ms"
    assert "earlier lines" in shown(page)
    assert page.view.document().blockCount() < MAX_LINES * 1.5
    assert page.view.at_end()


def test_that_a_window_opened_again_shows_what_was_said_and_goes_on(qtbot: QtBot, opened: Opened) -> None:
    page = console_of(qtbot, opened())
    run(qtbot, page, "answer = 6 * 7")
    run(qtbot, page, "print('said', 'before')")
    qtbot.waitUntil(lambda: "said before" in shown(page))
    again = opened()
    qtbot.waitUntil(lambda: ready(again), timeout=KERNEL_MS)
    assert again.current_console is not None
    page = again.current_console
    assert "said before" in shown(page)
    assert page.input.prompt.text() == "In [3]:"
    qtbot.keyClick(page.input.code, Qt.Key.Key_Up)
    assert page.input.code.toPlainText() == "print('said', 'before')"
    page.input.code.clear()
    run(qtbot, page, "answer")
    qtbot.waitUntil(lambda: "\n42" in shown(page))


def test_that_a_window_opened_while_it_computes_shows_the_rest(qtbot: QtBot, opened: Opened) -> None:
    page = console_of(qtbot, opened())
    run(qtbot, page, "import time\nfor n in range(200): print('n', n, flush=True); time.sleep(0.02)\n", wait=False)
    qtbot.waitUntil(lambda: "n 3" in shown(page), timeout=KERNEL_MS)
    again = opened()
    qtbot.waitUntil(lambda: ready(again), timeout=KERNEL_MS)
    assert again.current_console is not None
    page = again.current_console
    qtbot.waitUntil(lambda: "n 199" in shown(page) and page.status == "idle", timeout=KERNEL_MS)
    numbers = [line for line in shown(page).splitlines() if line.startswith("n ")]
    assert numbers == [f"n {number}" for number in range(200)]


def test_that_restart_asks_and_forgets_the_variables(qtbot: QtBot, activity: NotebooksActivity) -> None:
    page = console_of(qtbot, activity)
    run(qtbot, page, "kept = 1")
    qtbot.mouseClick(page.restart_button, Qt.MouseButton.LeftButton)
    press(qtbot, "Restart")
    qtbot.waitUntil(lambda: RESTARTED in shown(page), timeout=KERNEL_MS)
    qtbot.waitUntil(lambda: page.status == "idle", timeout=KERNEL_MS)
    run(qtbot, page, "kept")
    qtbot.waitUntil(lambda: "NameError" in shown(page))
    assert shown(page).count(RESTARTED) == 1


def test_that_stop_ends_the_kernel_and_the_page(qtbot: QtBot, activity: NotebooksActivity) -> None:
    page = console_of(qtbot, activity)
    run(qtbot, page, "1")
    qtbot.mouseClick(page.stop_button, Qt.MouseButton.LeftButton)
    press(qtbot, "Stop")
    qtbot.waitUntil(lambda: activity.pages.currentWidget() is activity.empty, timeout=KERNEL_MS)
    assert not activity.panel.side.ids()


def test_that_a_kernel_that_kills_itself_is_said_and_can_be_replaced(qtbot: QtBot, activity: NotebooksActivity) -> None:
    page = console_of(qtbot, activity)
    run(qtbot, page, "import os\nos._exit(3)", wait=False)
    qtbot.waitUntil(lambda: page.status == "dead", timeout=KERNEL_MS)
    qtbot.waitUntil(page.banner.isVisible)
    assert page.banner.action is not None
    qtbot.mouseClick(page.banner.action, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(
        lambda: activity.current_console is not page and ready(activity),
        timeout=KERNEL_MS,
    )


def test_that_tab_completes_from_what_the_kernel_knows(qtbot: QtBot, activity: NotebooksActivity) -> None:
    page = console_of(qtbot, activity)
    run(qtbot, page, "departure_delay = 3\ndeparture_hour = 5")
    editor = page.input.code
    qtbot.keyClicks(editor, "departure_d")
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: editor.toPlainText() == "departure_delay", timeout=KERNEL_MS)
    editor.clear()
    qtbot.keyClicks(editor, "departure_")
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    qtbot.waitUntil(editor.completions.isVisible, timeout=KERNEL_MS)
    assert editor.completions.texts == ["departure_delay", "departure_hour"]
    qtbot.keyClick(editor, Qt.Key.Key_Down)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert editor.toPlainText() == "departure_hour"


def test_that_tables_pictures_and_progress_bars_are_shown(qtbot: QtBot, activity: NotebooksActivity) -> None:
    page = console_of(qtbot, activity)
    run(qtbot, page, "import pandas as pd\npd.DataFrame({'carrier': ['UA', 'B6'], 'flights': [58665, 54635]})")
    qtbot.waitUntil(lambda: "carrier" in shown(page) and "54635" in shown(page))
    assert page.transcript.entries[-1].kind == "table"
    run(qtbot, page, "for part in (10, 55, 100): print(f'\\r{part} %', end='', flush=True)\n")
    qtbot.waitUntil(lambda: shown(page).rstrip().endswith("100 %"))
    assert "55 %" not in shown(page).rpartition("In [")[2].partition("\n")[2].splitlines()[-1]
    dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    run(qtbot, page, f"from IPython.display import Image, display\nimport base64\ndisplay(Image(base64.b64decode('{dot}')))")
    qtbot.waitUntil(lambda: page.transcript.entries[-1].kind == "image")
    assert "\ufffc" in shown(page)


def test_that_a_console_that_cannot_start_says_why(qtbot: QtBot, activity: NotebooksActivity) -> None:
    project = activity.context.project
    assert project is not None
    config = project.folder / "runconfig" / "local.toml"
    config.write_text(
        'target = "local"\nscript = "train.py"\n[environment]\nkind = "interpreter"\npython = "/nowhere/python"\n', "utf-8"
    )
    activity.new_console()
    qtbot.waitUntil(lambda: activity.current_console is not None and activity.current_console.status == "dead", timeout=KERNEL_MS)
    page = activity.current_console
    assert page is not None
    qtbot.waitUntil(lambda: "/nowhere/python" in texts(page))


def test_that_the_record_and_the_clipboard_have_the_same_text(qtbot: QtBot, activity: NotebooksActivity) -> None:
    page = console_of(qtbot, activity)
    run(qtbot, page, "print('copied')")
    qtbot.waitUntil(lambda: "\ncopied" in shown(page))
    page.view.selectAll()
    page.view.copy()
    assert "print('copied')" in QGuiApplication.clipboard().text()
