"""Imports and exports through the server, as a client asks for them."""

from pathlib import Path

import pytest

from tests.server.conftest import served
from tests.waiting import until
from workbench.base.errors import Conflict, NotFound, UserError
from workbench.client import Client
from workbench.schema import ExportRequest, ImportRequest, RunChanged, Transfer


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "results.csv"
    path.write_text("name,depth,accuracy\n" + "".join(f"run {at},{at},{at / 10}\n" for at in range(10)))
    return path


def ended(client: Client, transfer: Transfer) -> Transfer:
    until(lambda: client.transfer(transfer.id).is_over)
    return client.transfer(transfer.id)


def test_that_runs_come_in_and_go_out_and_come_back(client: Client, table: Path, tmp_path: Path) -> None:
    events = client.events(-1)
    done = ended(client, client.import_runs(ImportRequest(path=str(table))))
    assert (done.status, len(done.added), done.done, done.total) == ("finished", 10, 10, 10)
    assert "a row is a run" in done.said
    told = {event.body.run_id for _, event in zip(range(10), events, strict=False) if isinstance(event.body, RunChanged)}
    events.close()
    assert told == set(done.added)
    out = tmp_path / "out"
    exported = ended(client, client.export_runs(ExportRequest(folder=str(out), filter="params.depth = '3'")))
    assert (exported.status, "1 run and" in exported.said) == ("finished", True), exported
    before = next(run for run in map(client.run, done.added) if run.number == 4)
    client.delete_run(before.id)
    back = ended(client, client.import_runs(ImportRequest(path=str(out))))
    assert back.added == (before.id,)
    assert client.run(before.id) == before
    assert {one.id for one in client.transfers()} == {done.id, exported.id, back.id}


def test_that_what_cannot_be_done_is_said(client: Client, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        client.import_runs(ImportRequest(path=str(tmp_path / "none")))
    for request in (ImportRequest(path="relative"), ImportRequest(path="/a\0b")):
        with pytest.raises(UserError, match="not an absolute path"):
            client.import_runs(request)
    with pytest.raises(UserError, match="not an absolute path"):
        client.export_runs(ExportRequest(folder="relative"))
    failed = ended(client, client.import_runs(ImportRequest(path=str(tmp_path))))
    assert (failed.status, "holds no runs" in failed.error, bool(failed.hint)) == ("failed", True, True)
    nothing = ended(client, client.export_runs(ExportRequest(folder=str(tmp_path / "out"))))
    assert (nothing.status, (tmp_path / "out").exists()) == ("failed", False)
    with pytest.raises(NotFound):
        client.transfer("none")
    with pytest.raises(Conflict):
        client.cancel_transfer(nothing.id)


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file that exists and cannot be read")
def test_that_a_source_that_fails_while_it_is_read_is_said(client: Client, tmp_path: Path) -> None:
    (tmp_path / "events.out.tfevents.1.here").symlink_to("/proc/self/mem")
    failed = ended(client, client.import_runs(ImportRequest(path=str(tmp_path))))
    assert (failed.status, failed.error) == ("failed", f"{tmp_path}: Input/output error.")


def test_that_a_long_import_is_cancelled_and_goes_on(client: Client, tmp_path: Path) -> None:
    table = tmp_path / "many.csv"
    table.write_text("run,step,loss\n" + "".join(f"run {run},{step},0.5\n" for run in range(3000) for step in range(3)))
    begun = client.import_runs(ImportRequest(path=str(table)))
    until(lambda: client.transfer(begun.id).done > 3)
    client.cancel_transfer(begun.id)
    assert ended(client, begun).status == "cancelled"
    here = client.runs(limit=1).total
    assert 0 < here < 3000
    again = client.import_runs(ImportRequest(path=str(table)))
    until(lambda: client.transfer(again.id).present == 0 and client.transfer(again.id).done > here)
    client.cancel_transfer(again.id)
    ended(client, again)
    assert client.runs(limit=1).total > here


def test_that_a_server_stops_in_the_middle_of_an_import(home: Path, tmp_path: Path) -> None:
    table = tmp_path / "many.csv"
    table.write_text("run,step,loss\n" + "".join(f"run {run},0,0.5\n" for run in range(5000)))
    with served(home) as client:
        begun = client.import_runs(ImportRequest(path=str(table)))
        until(lambda: client.transfer(begun.id).done > 3)
        client.shutdown()
    with served(home) as client:
        assert 3 < client.runs(limit=1).total < 5000
        assert client.transfers() == ()
