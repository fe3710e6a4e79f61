"""Background work: results on the GUI thread, latest wins, errors as sentences, nothing to the dead."""

import threading
from typing import Any

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from workbench.base.errors import UserError
from workbench.desktop.context import AppContext
from workbench.desktop.operations import Progress


class Receiver(QObject):
    """Keeps what it is given and in which thread."""

    def __init__(self) -> None:
        super().__init__()
        self.got: list[tuple[Any, bool]] = []

    def take(self, value: Any) -> None:
        self.got.append((value, threading.current_thread() is threading.main_thread()))


def test_that_work_runs_in_another_thread_and_its_result_comes_on_the_gui_thread(context: AppContext, qtbot: QtBot) -> None:
    receiver = Receiver()
    context.operations.run("Working", lambda _p: threading.current_thread() is threading.main_thread(), receiver.take)
    qtbot.waitUntil(lambda: bool(receiver.got))
    assert receiver.got == [(False, True)]


def test_that_of_an_exclusive_group_only_the_latest_delivers(context: AppContext, qtbot: QtBot) -> None:
    receiver = Receiver()
    gate = threading.Event()

    def slow(progress: Progress) -> str:
        gate.wait(5)
        return "early"

    context.operations.run("Early", slow, receiver.take, exclusive="view")
    context.operations.run("Late", lambda _p: "late", receiver.take, exclusive="view")
    gate.set()
    qtbot.waitUntil(lambda: context.operations.inflight == 0)
    assert [value for value, _ in receiver.got] == ["late"]


def test_that_a_failure_without_a_handler_becomes_a_problem_with_hint_and_place(context: AppContext, qtbot: QtBot) -> None:
    def fail(_progress: Progress) -> None:
        raise UserError("The file flights.csv is empty.", hint="Choose another file.", place="flights.csv")

    context.operations.run("Reading", fail)
    qtbot.waitUntil(lambda: bool(context.notifications.problems))
    problem = context.notifications.problems[0]
    assert (problem.sentence, problem.hint, problem.place) == (
        "The file flights.csv is empty.",
        "Choose another file.",
        "flights.csv",
    )


def test_that_a_fault_of_ours_becomes_a_report_with_a_stack(context: AppContext, qtbot: QtBot) -> None:
    context.operations.run("Dividing", lambda _p: 1 / 0)
    qtbot.waitUntil(lambda: bool(context.notifications.problems))
    problem = context.notifications.problems[0]
    assert problem.kind == "bug"
    assert "ZeroDivisionError" in problem.details
    assert "Dividing failed" in problem.sentence


def test_that_nothing_is_delivered_to_a_deleted_receiver(context: AppContext, qtbot: QtBot) -> None:
    import shiboken6

    receiver = Receiver()
    got = receiver.got
    gate = threading.Event()
    context.operations.run("Working", lambda _p: gate.wait(5), receiver.take)
    shiboken6.delete(receiver)
    gate.set()
    qtbot.waitUntil(lambda: context.operations.inflight == 0)
    assert got == []


def test_that_a_cancelled_operation_stops_at_its_next_progress_and_calls_nothing(context: AppContext, qtbot: QtBot) -> None:
    receiver = Receiver()
    began = threading.Event()

    def loop(progress: Progress) -> str:
        began.set()
        while True:
            progress(0.5, "still")
            progress.cancel_event.wait(0.01)

    operation = context.operations.run("Looping", loop, receiver.take, receiver.take)
    assert began.wait(5)
    operation.cancel()
    qtbot.waitUntil(lambda: context.operations.inflight == 0)
    assert receiver.got == []
    assert not context.notifications.problems


def test_that_an_operation_is_shown_after_half_a_second_with_its_progress(context: AppContext, qtbot: QtBot) -> None:
    gate = threading.Event()

    def work(progress: Progress) -> None:
        progress(0.25, "1 of 4")
        gate.wait(10)

    context.operations.run("Reading flights.csv", work)
    assert context.operations.shown == []
    qtbot.waitUntil(lambda: bool(context.operations.shown), timeout=3000)
    shown = context.operations.shown[0]
    assert (shown.title, shown.fraction, shown.text) == ("Reading flights.csv", 0.25, "1 of 4")
    gate.set()
    qtbot.waitUntil(lambda: context.operations.inflight == 0)
