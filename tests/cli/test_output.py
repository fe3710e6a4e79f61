"""What scripts and other people have named is shown as it is: it neither steers the terminal nor breaks a page."""

import json
import os
import time
from pathlib import Path

from tests.cli.conftest import Cli
from workbench.client import Client
from workbench.schema import RunEnd, RunOpen

_EVIL = "[/red] :smile: \x1b[2J\x1b]0;title\x07\x9b\u202e"
_SHOWN = "[/red] :smile: [2J]0;title"


def test_that_names_and_values_of_a_run_do_not_steer_the_terminal(cli: Cli, home: Path) -> None:
    with Client.connect(home) as client:
        opened = client.open_run(
            RunOpen(pid=os.getpid(), name=f"name {_EVIL}", params={f"param {_EVIL}": "v" * 100_000}, tags={"tag": _EVIL})
        )
        event = {"kind": "metric", "key": f"metric {_EVIL}", "value": 1.0, "step": 0, "time": time.time()}
        (Path(opened.folder) / "events.jsonl").write_text(json.dumps(event) + "\n")
        (Path(opened.outputs) / "file [red].txt").write_text("")
        client.end_run(opened.id, RunEnd())
        found = client.run(opened.id)
    page, listed = cli("run", "show", opened.id), cli("run", "list")
    assert (page.code, listed.code) == (0, 0), page.err + listed.err
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(page.out + listed.out)
    for what in (f"name {_SHOWN}", f"param {_SHOWN}", f"metric {_SHOWN}", f"tag={_SHOWN}", "file [red].txt"):
        assert what in page.out
    assert len(page.out) < 5000
    assert "(100,000 characters)" in page.out
    assert cli("run", "show", opened.id, "--output", "json").json["params"] == found.params
