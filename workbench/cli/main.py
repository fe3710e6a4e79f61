"""The command line's entry: the commands, and the one place where errors become sentences and exit codes.

Only Typer and small modules of ours are imported here: `workbench --help` and the completion must answer at once.
"""

import errno
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from workbench.base.errors import Cancelled, EnvironmentError_, ExitCode, WorkbenchError
from workbench.cli import (
    doctor,
    environments,
    experiments,
    init,
    jobs,
    models,
    opening,
    prep,
    runs,
    secrets,
    server,
    services,
    sources,
    submit,
    sweep,
    targets,
    tour,
)

_FULL = (errno.ENOSPC, errno.EDQUOT)
_HELP_ONLY = ("--help", "--version", "--install-completion", "--show-completion")


_ORDER = [
    "tour", "open", "init", "source", "prep", "submit", "run", "experiment", "sweep", "job",
    "target", "model", "service", "env", "secret", "server", "doctor",
]  # fmt: skip


class _Group(TyperGroup):
    """The main group: `workbench` and `workbench FOLDER` mean `workbench open`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, args if ctx.resilient_parsing else self._with_command(args))

    def _with_command(self, args: list[str]) -> list[str]:
        first = next((arg for arg in args if not arg.startswith("-")), None)
        if any(arg.split("=")[0] in _HELP_ONLY for arg in args[: args.index(first) if first else None]):
            return args
        if first is None or (first not in self.commands and (Path(first).is_dir() or len(Path(first).parts) > 1)):
            return ["open", *args]
        return args

    def list_commands(self, ctx: Any) -> list[str]:
        return sorted(super().list_commands(ctx), key=_ORDER.index)


app = typer.Typer(
    name="workbench",
    cls=_Group,
    help="Prepare data by example, train as tracked runs, deploy with one click.\n\n"
    "Without a command it opens the app: workbench [PROJECT] [--profile-startup].\n\n"
    "Try it: workbench tour",
    rich_markup_mode="rich",
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("tour")(tour.tour)
app.command("open")(opening.open_app)
app.command("init")(init.init)
app.add_typer(sources.app, name="source")
app.add_typer(prep.app, name="prep")
app.command("submit", context_settings=submit.CONTEXT)(submit.submit)
app.add_typer(runs.app, name="run")
app.add_typer(experiments.app, name="experiment")
app.add_typer(sweep.app, name="sweep")
app.add_typer(jobs.app, name="job")
app.add_typer(targets.app, name="target")
app.add_typer(models.app, name="model")
app.add_typer(services.app, name="service")
app.add_typer(secrets.app, name="secret")
app.add_typer(environments.app, name="env")
app.add_typer(server.app, name="server")
app.command("doctor")(doctor.doctor)


def _version(value: bool) -> None:
    if value:
        import workbench

        typer.echo(f"workbench {workbench.__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Prepare data by example, train as tracked runs, deploy with one click."""


def run(arguments: Sequence[str] | None = None) -> None:
    """Runs the command line and ends the process.

    0: done; 1: the user's input was wrong; 2: the command was used wrongly (Typer says how); 3: the machine does not do its part
    (disk, network, a missing program). A bug of ours also gives 1, with the path of a report.
    """
    _open_closed_streams()
    try:
        app(args=None if arguments is None else list(arguments), prog_name="workbench")
    except Cancelled as error:
        _show(error, "yellow")
        sys.exit(ExitCode.USER)
    except WorkbenchError as error:
        _show(error, "red")
        sys.exit(error.exit_code)
    except BrokenPipeError:
        _close_stdout()
        sys.exit(ExitCode.OK)
    except OSError as error:
        if error.errno not in _FULL:
            _report_bug(error)
            sys.exit(ExitCode.USER)
        _close_stdout()  # it may be what is full
        _show(EnvironmentError_("The disk is full: not all could be written.", hint="Free some space and try again."), "red")
        sys.exit(ExitCode.ENVIRONMENT)
    except Exception as error:  # noqa: BLE001 (the last net: a bug becomes a report, never a stack on the user's screen)
        _report_bug(error)
        sys.exit(ExitCode.USER)


def _show(error: WorkbenchError, colour: str) -> None:
    """One sentence, its place and what to do, on stderr."""
    from rich.text import Text

    from workbench.cli.output import err

    console = err()
    console.print(Text.assemble((error.message, colour)), soft_wrap=True)
    if error.place:
        console.print(Text(f"  at {error.place}", style="dim"), soft_wrap=True)
    if error.hint:
        console.print(Text(error.hint), soft_wrap=True)


def _report_bug(error: Exception) -> None:
    """Writes the report of a bug of ours beside the logs (or in the temporary folder) and says where it is."""
    import platform
    import tempfile

    import workbench
    from workbench.base.clock import utc_now
    from workbench.base.files import write_atomic
    from workbench.base.paths import WorkspacePaths
    from workbench.cli.output import err

    text = (
        f"workbench {workbench.__version__}, Python {platform.python_version()}, {platform.platform()}\n"
        f"{utc_now().isoformat()}\ncommand: {' '.join(sys.argv[1:])}\n\n{''.join(traceback.format_exception(error))}"
    )
    name = f"bug-{utc_now():%Y%m%d-%H%M%S}.txt"
    report = WorkspacePaths.default().logs / name
    try:
        write_atomic(report, text)
    except WorkbenchError:
        report = Path(tempfile.gettempdir()) / f"workbench-{name}"
        report.write_text(text, encoding="utf-8")
    console = err()
    console.print("Workbench has made a mistake of its own; nothing more was done.", style="red", markup=False)
    console.print(f"  {type(error).__name__}: {error}", markup=False, soft_wrap=True)
    console.print(f"The report is in {report}", markup=False, soft_wrap=True)


def _open_closed_streams() -> None:
    """A program may be started with its output closed (`>&-`): Python has none then, and nobody looks."""
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 (until the end)
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123


def _close_stdout() -> None:
    """The reader of a pipe has gone (`| head`): keeps Python from complaining when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    run()
