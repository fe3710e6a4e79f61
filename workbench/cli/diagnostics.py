"""`workbench run diagnostics`: all that says why a run went as it did, in one zip file to send on."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from workbench.base.errors import NotFound, UserError
from workbench.cli.context import ProjectOption, RunArgument, connected, find_run

if TYPE_CHECKING:
    from workbench.client import Client
    from workbench.schema import Run

_STREAMS: tuple[Literal["merged", "stdout", "stderr", "runner"], ...] = ("merged", "stdout", "stderr", "runner")


def diagnostics(
    run: RunArgument,
    file: Annotated[Path, typer.Option("--zip", help="The zip file to write; one that is there is replaced.", show_default=False)],
    project: ProjectOption = None,
    files: Annotated[bool, typer.Option("--files/--no-files", help="With the files that the run was made from.")] = True,
) -> None:
    """Write what explains a run into a zip file: record, plan, states, logs, target, packages, this machine, its files.

    Values of secret variables are blacked out in it, as in every record.

    \b
    Example:
      workbench run diagnostics 4 --zip run-4.zip
    """
    from workbench.base.files import disk_error
    from workbench.cli.output import err, say

    if file.is_dir():
        raise UserError(f"{file} is a folder.", hint=f"Name the zip file to write, such as {file / 'run.zip'}.", place=str(file))
    file = file.expanduser().absolute()
    part = file.with_name(f"{file.name}.part")
    with connected() as client, err().status("Collecting..."):
        found = find_run(client, run, project)
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
                for name, content in _told(client, found):
                    archive.writestr(name, content)
                if files and found.snapshot:
                    snapshot = client.download_snapshot(found.id, file.with_name(f"{file.name}.files"))
                    archive.write(snapshot, "files.zip")
                    snapshot.unlink()
            part.replace(file)
        except OSError as error:
            raise disk_error(error, str(file)) from error
        finally:
            part.unlink(missing_ok=True)
    say(f"What explains run {found.number} is in {file}.")


def _told(client: "Client", run: "Run") -> Iterator[tuple[str, str]]:
    """Names and contents of the files."""
    from workbench.cli.doctor.checks import run_checks
    from workbench.cli.follow import write_log

    yield "run.json", run.model_dump_json(indent=2)
    try:
        yield "job.json", client.job(run.id).model_dump_json(indent=2)
        yield "target.json", client.target(run.target).model_dump_json(indent=2)
    except NotFound:
        pass  # it was no job, or its target is gone
    for stream in _STREAMS:
        text = io.StringIO()
        write_log(client, run.id, 0, text, stream)
        if text.getvalue():
            yield f"logs/{stream}.txt", text.getvalue()
    if run.environment_lock:
        yield "packages.txt", run.environment_lock
    yield "machine.json", json.dumps([finding.to_dict() for finding in run_checks()], indent=2)
