"""`workbench server`: start, stop, status, env of the workspace's background process."""

import contextlib
import json
import shlex
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.base.errors import EnvironmentError_
from workbench.base.paths import WorkspacePaths
from workbench.cli.context import connected
from workbench.cli.output import Output, OutputOption

if TYPE_CHECKING:
    from workbench.schema import Health

app = typer.Typer(help="The workspace's background process: start, stop, status.", no_args_is_help=True)


@app.command()
def start(output: OutputOption = Output.TABLE) -> None:
    """Start the server, or say that it runs. The other commands start it when they need it.

    \b
    Example:
      workbench server start
    """
    with connected() as client:
        _print(client.health(), client.url, output)


@app.command()
def stop() -> None:
    """Stop the server. Running jobs and services go on, and are found again at the next start.

    \b
    Example:
      workbench server stop
    """
    from workbench.cli.output import say

    if not server_runs():
        say("No server runs.")
        return
    from workbench.client.starting import answers, read_handshake

    found = read_handshake(WorkspacePaths.default())
    if found and answers(found, within=3):
        with connected(start=False) as client:
            client.shutdown()
    else:
        _end_process()  # it hangs, and this command is what the sentences about that recommend
    say("The server is stopped. Running jobs and services go on.")


@app.command()
def status(output: OutputOption = Output.TABLE) -> None:
    """Show whether the server runs, and what it is doing.

    \b
    Example:
      workbench server status --output json
    """
    from workbench.cli.output import print_json, say

    if server_runs():
        try:
            with connected(start=False) as client:
                _print(client.health(), client.url, output)
                return
        except EnvironmentError_:
            pass  # it has ended meanwhile
    if output is Output.JSON:
        print_json({"running": False, "workspace": str(WorkspacePaths.default().root)})
    else:
        say(f"No server runs for {WorkspacePaths.default().root}. Start it with: workbench server start")


class Shell(StrEnum):
    """Who reads the lines that set variables."""

    SH = "sh"
    POWERSHELL = "powershell"
    CMD = "cmd"


_LINES = {Shell.SH: "export {name}={quoted}", Shell.POWERSHELL: "$env:{name} = '{value}'", Shell.CMD: "set {name}={value}"}


@app.command()
def env(
    shell: Annotated[
        Shell, typer.Option(help="Whose lines to print: sh (bash, zsh, fish), powershell or cmd.")
    ] = Shell.POWERSHELL if sys.platform == "win32" else Shell.SH,
    output: OutputOption = Output.TABLE,
) -> None:  # fmt: skip
    """Print the variables by which MLflow's clients on this machine log into the workspace.

    One of them is the server's token, which opens the whole workspace: show it to nobody. Jobs have such variables by themselves.

    \b
    Example:
      eval "$(workbench server env)"
    """
    from workbench.cli.output import print_json

    with connected() as client:
        variables = client.mlflow_variables()
    if output is Output.JSON:
        print_json(variables)
        return
    for name, value in variables.items():
        sys.stdout.write(_LINES[shell].format(name=name, value=value, quoted=shlex.quote(value)) + "\n")


def server_runs() -> bool:
    """Whether the server that `server.json` names is alive."""
    return _server_pid() is not None


def _server_pid() -> int | None:
    from workbench.base.processes import is_alive

    paths = WorkspacePaths.default()
    try:
        values = json.loads(paths.server_json.read_text("utf-8"))
        pid = int(values["pid"])
        return pid if is_alive(pid, values.get("began"), named=str(paths.root)) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _end_process() -> None:
    """Ends the server's process alone: its jobs and services are found again by the next one."""
    import psutil

    with contextlib.suppress(psutil.Error):
        if pid := _server_pid():
            process = psutil.Process(pid)
            if process.status() != psutil.STATUS_STOPPED:  # one that is only busy ends in order, as by its own command
                process.terminate()
                with contextlib.suppress(psutil.TimeoutExpired):
                    process.wait(10)
                    return
            process.kill()
            process.wait(10)


def _print(health: "Health", url: str, output: Output) -> None:
    from workbench.cli.format import moment_text
    from workbench.cli.output import out, plain, print_json

    if output is Output.JSON:
        health_values: dict[str, Any] = plain(health)
        jobs = {f"{name}_jobs": health_values.pop(name) for name in ("running", "queued")}
        print_json({"running": True, "url": url, **health_values, **jobs})
        return
    console = out()
    for name, value in {
        "server": f"{url} (process {health.pid}, version {health.version})",
        "workspace": health.workspace,
        "since": moment_text(health.started),
        "jobs": f"{health.running} running, {health.queued} queued",
    }.items():
        console.print(f"{name:<11}{value}", markup=False, soft_wrap=True)
    for notice in health.notices:
        console.print(f"note       {notice}", markup=False, soft_wrap=True)
