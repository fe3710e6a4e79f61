"""Real kernels: their record, their states, interrupt, restart, death and end."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.waiting import until
from workbench.base.errors import Conflict, NotFound, UserError
from workbench.base.paths import WorkspacePaths
from workbench.notebooks import KernelPython, KernelService, KernelState


def own_python(_project: str, _config: str, say: Callable[[str], None], _cancel: Callable[[], bool]) -> KernelPython:
    say("The environment is ready.")
    return KernelPython(sys.executable, {**os.environ, "GREETING": "hello"})


class Told:
    """A service and every state that it told."""

    def __init__(self, home: Path, prepare: Any = own_python) -> None:
        self.states: list[KernelState] = []
        self.service = KernelService(WorkspacePaths(home), prepare, self.states.append)

    def settled(self, kernel_id: str) -> KernelState:
        until(lambda: self.service.get(kernel_id).status != "preparing")
        return self.service.get(kernel_id)


@pytest.fixture
def told(home: Path) -> Iterator[Told]:
    """A kernel service on the tests' own interpreter."""
    found = Told(home)
    yield found
    found.service.close()


@contextmanager
def speaking(state: KernelState) -> Iterator[Any]:
    """A client as a notebook has one."""
    from jupyter_client.blocking import BlockingKernelClient

    client = BlockingKernelClient(connection_file=state.connection_file)
    client.load_connection_file()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=30)
        yield client
    finally:
        client.stop_channels()
        client.context.destroy(linger=0)


def recorded(state: KernelState) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(state.record).read_text("utf-8").splitlines()]


def test_that_a_kernel_runs_in_the_project_and_its_outputs_are_recorded(told: Told, tmp_path: Path) -> None:
    first = told.service.start(str(tmp_path))
    assert first.status == "preparing"
    state = told.settled(first.id)
    assert (state.status, state.python, state.reason) == ("idle", sys.executable, "")
    with speaking(state) as client:
        done = client.execute_interactive(
            "import os; print(os.environ['GREETING'], os.getcwd())", timeout=30, output_hook=lambda _: None
        )
        request = done["parent_header"]["msg_id"]
    until(lambda: any(one["msg_type"] == "stream" for one in recorded(state)))
    (output,) = [one for one in recorded(state) if one["msg_type"] == "stream"]
    assert output["content"]["text"] == f"hello {tmp_path}\n"
    assert output["parent_header"]["msg_id"] == request
    assert [one.status for one in told.states[:2]] == ["preparing", "preparing"]
    assert "busy" in {one.status for one in told.states}


def test_that_a_kernel_is_interrupted_and_restarted_on_the_same_connection(told: Told, tmp_path: Path) -> None:
    state = told.settled(told.service.start(str(tmp_path)).id)
    with speaking(state) as client:
        client.execute("x = 1\nimport time\nwhile True: time.sleep(0.05)")
        until(lambda: told.service.get(state.id).status == "busy")
        told.service.interrupt(state.id)
        until(lambda: told.service.get(state.id).status == "idle")
        assert told.service.restart(state.id).connection_file == state.connection_file
        client.wait_for_ready(timeout=30)
        assert client.execute_interactive("x", timeout=30, output_hook=lambda _: None)["content"]["ename"] == "NameError"


def test_that_a_dead_kernel_is_noticed_and_comes_to_life_again(told: Told, tmp_path: Path) -> None:
    state = told.settled(told.service.start(str(tmp_path)).id)
    with speaking(state) as client:
        client.execute("import os; os._exit(3)")
        until(lambda: told.service.get(state.id).status == "dead")
    with pytest.raises(Conflict, match="nothing to interrupt"):
        told.service.interrupt(state.id)
    assert told.service.restart(state.id).status in {"idle", "busy"}


def test_that_a_stopped_kernel_is_forgotten_and_its_record_stays(told: Told, tmp_path: Path) -> None:
    state = told.settled(told.service.start(str(tmp_path)).id)
    told.service.stop(state.id)
    assert told.service.list() == ()
    assert told.states[-1].status == "dead"
    assert Path(state.record).exists()
    with pytest.raises(NotFound):
        told.service.get(state.id)


def test_that_an_environment_that_fails_is_said(home: Path, tmp_path: Path) -> None:
    def fail(*_: Any) -> KernelPython:
        raise UserError("requirements.txt names no package.", hint="Correct it.")

    told = Told(home, fail)
    state = told.settled(told.service.start(str(tmp_path)).id)
    assert (state.status, state.reason) == ("dead", "requirements.txt names no package. Correct it.")
    with pytest.raises(Conflict, match="The kernel is over"):
        told.service.restart(state.id)
    told.service.close()


def test_that_an_interpreter_without_ipykernel_says_so(home: Path, tmp_path: Path) -> None:
    told = Told(home, lambda *_: KernelPython("/usr/bin/env", {**os.environ, "PATH": "/nowhere"}))
    state = told.settled(told.service.start(str(tmp_path)).id)
    assert state.status == "dead"
    assert state.reason.startswith("The kernel could not be started.")
    told.service.close()


def test_that_a_kernel_can_be_stopped_while_its_environment_is_made(home: Path, tmp_path: Path) -> None:
    def slow(_project: str, _config: str, _say: Callable[[str], None], cancel: Callable[[], bool]) -> KernelPython:
        until(cancel)
        return KernelPython(sys.executable)

    told = Told(home, slow)
    state = told.service.start(str(tmp_path))
    with pytest.raises(Conflict):
        told.service.interrupt(state.id)
    told.service.stop(state.id)
    assert told.states[-1].reason == "It was stopped before it had started."
    assert not told.states[-1].connection_file


def test_that_a_missing_project_is_refused(told: Told, tmp_path: Path) -> None:
    for project in ("relative", str(tmp_path / "nowhere")):
        with pytest.raises(UserError, match="no project folder"):
            told.service.start(project)
