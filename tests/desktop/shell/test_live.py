"""The bridge to a real server."""

from pytestqt.qtbot import QtBot

from workbench.base.errors import NotFound
from workbench.base.processes import is_alive, kill_tree
from workbench.desktop.context import AppContext


def test_that_the_desktop_starts_the_server_and_hears_how_it_is(live: AppContext) -> None:
    assert live.events.is_connected
    assert live.events.health is not None
    assert is_alive(live.events.health.pid)


def test_that_calls_return_on_the_gui_thread_and_failures_are_our_errors(live: AppContext, qtbot: QtBot) -> None:
    got: list[object] = []
    live.call("Reading the runs", lambda client, _p: client.runs(), got.append, owner=live)
    qtbot.waitUntil(lambda: bool(got), timeout=10_000)
    assert got[0].total == 0  # type: ignore[attr-defined]
    errors: list[Exception] = []
    live.call("Reading a run", lambda client, _p: client.run("0" * 32), None, errors.append, owner=live)
    qtbot.waitUntil(lambda: bool(errors), timeout=10_000)
    assert isinstance(errors[0], NotFound)


def test_that_a_killed_server_is_noticed_and_restart_brings_it_back(live: AppContext, qtbot: QtBot) -> None:
    assert live.events.health is not None
    before = live.events.health.pid
    with qtbot.waitSignal(live.events.disconnected, timeout=30_000):
        kill_tree(before, grace=0.1)
        live.events.check_health()
    assert not live.events.is_connected
    with qtbot.waitSignal(live.events.connected, timeout=30_000):
        live.events.restart()
    assert live.events.health.pid != before
