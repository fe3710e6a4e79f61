"""Following a run: its states on stderr, its log on stdout, until it has ended or the user looks away."""

import sys
import time
from typing import TYPE_CHECKING, Literal, TextIO

from workbench.base.errors import EnvironmentError_, UserError

if TYPE_CHECKING:
    from workbench.client import Client
    from workbench.schema import Run

_PAUSE_S = 0.4
_CHUNK = 1_000_000
_REVIVALS = 5  # a server that dies again and again has a reason


def stream_log(client: "Client", run: "Run", *, stream: TextIO | None = None) -> "Run":
    """Writes the run's log as it grows and returns the run once it has ended.

    Ctrl+C stops the output, not the job: it is said so and the run comes back as it is then. A server that dies meanwhile is
    started anew, and the log goes on where it was.
    """
    from workbench.cli.output import say

    output = stream or sys.stdout
    offset, told, revived = 0, "", 0
    try:
        while True:
            state = f"{run.status.value}{f': {run.reason}' if run.reason else ''}"
            if state != told and not run.status.is_final:
                say(f"[run {run.number}] {state}")
                told = state
            try:
                offset, complete = write_log(client, run.id, offset, output)
                if complete and run.status.is_final:
                    return run
                time.sleep(_PAUSE_S)
                run = client.run(run.id)
            except EnvironmentError_:
                revived += 1
                if revived > _REVIVALS or not client.revive(say):
                    raise
    except KeyboardInterrupt:
        short = run.id[:8]
        say(f"\nRun {run.number} goes on. Its log: workbench run logs {short} --follow   Stop it: workbench run cancel {short}")
        return run


def write_log(
    client: "Client",
    run_id: str,
    offset: int,
    output: TextIO,
    part: Literal["merged", "stdout", "stderr", "runner"] = "merged",
) -> tuple[int, bool]:
    """Writes what the log has from `offset` on; returns where it ends now and whether no more will come."""
    while True:
        chunk = client.log(run_id, offset, _CHUNK, part)
        if chunk.text:
            output.write(chunk.text)
            output.flush()
        moved, offset = chunk.next > offset, chunk.next
        if not moved or chunk.next >= chunk.size:
            return offset, chunk.complete


def raise_for_result(run: "Run") -> None:
    """Raises when an ended run has not finished well, so that scripts see it in the exit code."""
    from workbench.schema import RunStatus

    if run.status is RunStatus.LOST:
        raise EnvironmentError_(f"Run {run.number} was lost: {run.reason or 'its process has gone without a result.'}")
    if run.status in {RunStatus.FAILED, RunStatus.CANCELLED}:
        raise UserError(
            f"Run {run.number} {'has failed' if run.status is RunStatus.FAILED else 'was cancelled'}"
            f"{f': {run.reason}' if run.reason else '.'}",
            hint=f"All of it: workbench run show {run.id[:8]}",
        )
