"""What must not be lost: acknowledged points when the process is killed, order when the clock is set back."""

import random
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.runs.making import NOW, made, points
from workbench.runs.database import Database
from workbench.runs.store import RunStore
from workbench.schema import RunStatus

WRITER = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from datetime import UTC, datetime
from workbench.runs import Database, RunStore
from workbench.schema import LogBatch, MetricPoint

place, run_id = sys.argv[1:]
store = RunStore(Database(place if "://" in place else Path(place)))

def work(thread):
    at = 0
    while True:
        size = 1 if at % 3 else 700
        values = [float(thread * 10**6 + at + i) for i in range(size)]
        batch = tuple(MetricPoint(key=f"m{thread}", value=value, time=datetime.now(UTC)) for value in values)
        store.log_batch(run_id, LogBatch(metrics=batch))
        at += size
        sys.stdout.write(f"{thread} {at}\\n")
        sys.stdout.flush()

with ThreadPoolExecutor(4) as pool:
    list(pool.map(work, range(4)))
"""


def test_that_no_acknowledged_point_is_lost_when_the_writer_is_killed(
    place: Path | str, opened: Callable[[], Database], store: RunStore
) -> None:
    chance = random.Random(5)
    for _ in range(3):
        run = made(store)
        acknowledged = dict.fromkeys(range(4), 0)
        with subprocess.Popen([sys.executable, "-c", WRITER, str(place), run.id], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for _ in range(chance.randint(20, 60)):
                words = process.stdout.readline().split()
                acknowledged[int(words[0])] = int(words[1])
            process.send_signal(signal.SIGKILL)
            for line in process.stdout.read().splitlines():
                words = line.split()
                if len(words) == 2:
                    acknowledged[int(words[0])] = max(acknowledged[int(words[0])], int(words[1]))
        after = RunStore(opened())
        for number, count in acknowledged.items():
            if not count:
                continue
            found = after.points(run.id, f"m{number}")
            assert len(found) >= count
            assert found.values.tolist() == [float(number * 10**6 + at) for at in range(len(found))]
            assert found.steps.tolist() == list(range(len(found)))
            assert after.get(run.id).metrics[f"m{number}"].count == len(found)


def test_that_a_clock_that_is_set_back_lets_no_run_end_before_it_began(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def clock(moment: datetime) -> None:
        for part in ("creating", "changing"):
            monkeypatch.setattr(f"workbench.runs.store.{part}.utc_now", lambda: moment)

    clock(NOW)
    run = made(store)
    store.set_status(run.id, RunStatus.RUNNING)
    store.log_batch(run.id, points("loss", [1.0]))
    clock(NOW - timedelta(days=1))
    later = made(store)
    assert later.number == 2
    ended = store.set_status(run.id, RunStatus.FINISHED)
    assert ended.duration_s == 0
    assert {one.id for one in store.list().runs} == {run.id, later.id}
    first = store.list(limit=1)
    assert [one.id for one in (*first.runs, *store.list(limit=1, cursor=first.next).runs)] == [run.id, later.id]
