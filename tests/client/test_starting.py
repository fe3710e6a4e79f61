"""Starting, finding, losing and finding again the server of a workspace."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import psutil
import pytest

from tests.waiting import until
from workbench.base.errors import EnvironmentError_
from workbench.base.paths import WorkspacePaths
from workbench.base.processes import is_alive, reap, started_at
from workbench.client import Client, ServerBug
from workbench.client.starting import read_handshake
from workbench.client.transport import rebuilt
from workbench.runs import Database, RunStore
from workbench.schema import Event, Handshake, Reset, RunChanged, RunConfig, RunPatch, RunStatus


def servers_of(home: Path) -> list[int]:
    found = []
    for process in psutil.process_iter(["pid", "cmdline", "status"]):
        line = process.info["cmdline"] or []
        if "workbench.server" in line and str(home) in line and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(process.info["pid"])
    return found


def kill(client: Client) -> None:
    pid = client.pid
    os.kill(pid, signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)
    until(lambda: not is_alive(pid))
    reap(pid)


def a_run(home: Path) -> str:
    database = Database(WorkspacePaths(home).database)
    store = RunStore(database)
    run = store.create_run(experiment="flights", config=RunConfig())
    store.set_status(run.id, RunStatus.FINISHED)
    database.close()
    return run.id


def test_that_a_second_client_finds_the_server_of_the_first(client: Client, home: Path) -> None:
    said: list[str] = []
    with Client.connect(home, say=said.append) as second:
        assert (second.url, second.pid) == (client.url, client.pid)
    assert said == []


def test_that_without_start_no_server_is_started(home: Path) -> None:
    with pytest.raises(EnvironmentError_, match="No server runs"):
        Client.connect(home, start=False)
    assert not home.exists() or servers_of(home) == []


def test_that_racing_clients_start_one_server(home: Path) -> None:
    program = "import sys; from workbench.client import Client; c = Client.connect(); print(c.pid, flush=True); c.close()"
    racing = [subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) for _ in range(4)]
    pids = {process.communicate(timeout=90)[0].strip() for process in racing}
    found = read_handshake(WorkspacePaths(home))
    assert found is not None
    try:
        assert pids == {str(found.pid)}
        assert servers_of(home) == [found.pid]
    finally:
        with Client.connect(home) as client:
            client.shutdown()


def test_that_a_second_server_gives_way(client: Client, home: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "workbench.server"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "Another server is running" in done.stderr
    assert client.health().pid == client.pid


def test_that_a_clean_stop_leaves_no_handshake(client: Client, home: Path) -> None:
    client.shutdown()
    assert not WorkspacePaths(home).server_json.exists()
    assert servers_of(home) == []
    with pytest.raises(EnvironmentError_) as failure:
        client.health()
    assert "workbench server start" in failure.value.hint


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM")
def test_that_a_signal_stops_the_server_cleanly_though_someone_listens(client: Client, home: Path) -> None:
    events = client.events(-1)
    reader = threading.Thread(target=lambda: [None for _ in events])
    reader.start()
    os.kill(client.pid, signal.SIGTERM)
    until(lambda: not is_alive(client.pid))
    reap(client.pid)
    assert not WorkspacePaths(home).server_json.exists()
    assert "Stopped" in (home / "logs" / "server.log").read_text("utf-8")
    events.close()
    reader.join(5)
    assert not reader.is_alive()


def test_that_a_stale_handshake_is_replaced(home: Path) -> None:
    home.mkdir(parents=True)
    stale = Handshake(url="http://127.0.0.1:9", token="t", pid=os.getpid(), began=(started_at(os.getpid()) or 0) - 100, version="0")
    WorkspacePaths(home).server_json.write_text(stale.model_dump_json())
    with Client.connect(home) as client:
        assert client.pid != os.getpid()
        client.shutdown()


def test_that_a_torn_handshake_is_replaced(home: Path) -> None:
    home.mkdir(parents=True)
    WorkspacePaths(home).server_json.write_text('{"url": "http')
    with Client.connect(home) as client:
        found = read_handshake(WorkspacePaths(home))
        assert found is not None
        assert (found.url, found.pid) == (client.url, client.pid)
        client.shutdown()


def test_that_a_killed_server_is_replaced_and_nothing_is_lost(home: Path, client: Client) -> None:
    run_id = a_run(home)
    client.patch_run(run_id, RunPatch(notes="kept"))
    first = client.pid
    kill(client)
    with Client.connect(home) as second:
        assert second.pid != first
        assert second.run(run_id).notes == "kept"
        # The first client finds the new server by itself.
        assert client.run(run_id).notes == "kept"
        assert client.pid == second.pid


def test_that_events_go_on_after_a_restart_with_a_reset_first(home: Path, client: Client) -> None:
    run_id = a_run(home)
    stream = client.events()
    heard: list[Event] = []
    reader = threading.Thread(target=lambda: heard.extend(stream))
    reader.start()
    client.patch_run(run_id, RunPatch(name="one"))
    client.patch_run(run_id, RunPatch(name="two"))
    until(lambda: len(heard) == 2)
    assert [event.number for event in heard] == [1, 2]
    kill(client)
    with Client.connect(home) as second:
        until(lambda: len(heard) == 3)
        assert isinstance(heard[2].body, Reset)
        second.patch_run(run_id, RunPatch(name="three"))
        until(lambda: len(heard) == 4)
        body = heard[3].body
        assert isinstance(body, RunChanged)
        assert body.name == "three"
    begin = time.monotonic()
    stream.close()
    reader.join(5)
    assert not reader.is_alive()
    assert time.monotonic() - begin < 3


def test_that_a_server_that_cannot_start_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "workspace"
    home.mkdir()
    (home / "logs").mkdir()
    (home / "workspace.db").mkdir()  # no file can be opened there
    with pytest.raises(EnvironmentError_, match="could not be started") as failure:
        Client.connect(home)
    assert "workspace.db" in failure.value.message


def test_that_a_folder_where_nothing_may_be_written_gives_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EnvironmentError_, match="could not be written"):
        Client.connect(tmp_path / "file" / "workspace")


def test_that_another_version_is_said(client: Client, home: Path) -> None:
    path = WorkspacePaths(home).server_json
    path.write_text(path.read_text("utf-8").replace('"version": "', '"version": "9'))
    said: list[str] = []
    Client.connect(home, say=said.append).close()
    assert len(said) == 1
    assert "The workspace server is version 9" in said[0]


def test_that_a_fault_of_the_server_is_no_error_of_the_user() -> None:
    body = b'{"kind": "bug", "message": "The server failed: KeyError", "hint": "See the log."}'
    assert isinstance(rebuilt(500, body), ServerBug)
    assert isinstance(rebuilt(502, b"<html>"), ServerBug)


def test_that_a_proxy_of_the_company_is_not_asked(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with Client.connect(home) as client:
        assert client.health().pid == client.pid
        client.shutdown()


def test_that_a_client_may_be_used_by_many_threads(client: Client) -> None:
    failures: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(20):
                client.runs()
        except Exception as error:  # noqa: BLE001 (a thread's failure is the test's)
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_that_connections_are_closed_with_the_client(client: Client) -> None:
    client.close()
    with pytest.raises((RuntimeError, httpx.HTTPError)):
        client.health()
