"""`workbench run import` and `workbench run export`."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workbench.base.errors import Cancelled, UserError
from workbench.cli.context import connected
from workbench.cli.output import Output, OutputOption

if TYPE_CHECKING:
    from workbench.client import Client
    from workbench.schema import Transfer

_POLL_S = 0.1


def import_runs(
    path: Annotated[Path, typer.Argument(help="A folder or file with runs.", show_default=False)],
    experiment: Annotated[
        str, typer.Option("--experiment", "-e", help="Take all runs into this experiment.", show_default=False)
    ] = "",
    metric: Annotated[
        list[str] | None, typer.Option("--metric", help="A column of a CSV file that is a metric.", show_default=False)
    ] = None,
    param: Annotated[
        list[str] | None, typer.Option("--param", help="A column of a CSV file that is a parameter.", show_default=False)
    ] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    r"""Bring in runs: MLflow's mlruns or mlflow.db, TensorBoard's event files, a CSV file, or an export of Workbench's.

    What is here already is not brought in again, so an import that was stopped goes on when it is repeated.

    \b
    Examples:
      workbench run import mlruns
      workbench run import logs/ --experiment digits
      workbench run import results.csv --metric score
    """
    from workbench.schema import ImportRequest

    request = ImportRequest(
        path=str(path.expanduser().absolute()), experiment=experiment, metrics=tuple(metric or ()), params=tuple(param or ())
    )
    with connected() as client:
        done = _followed(client, client.import_runs(request))
    _print(done, output, f"{len(done.added):,} run{'' if len(done.added) == 1 else 's'} came in.")


def export_runs(
    filter: Annotated[str, typer.Argument(help='Which runs, as in a search; "" for all.', show_default=False)],  # noqa: A002
    folder: Annotated[Path, typer.Argument(help="A new folder.", show_default=False)],
    experiment: Annotated[
        list[str] | None, typer.Option("--experiment", "-e", help="Only of this experiment.", show_default=False)
    ] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    r"""Write runs to a folder: tables as Parquet, output files and logs as they are. `run import` brings them back.

    \b
    Examples:
      workbench run export "metrics.auc > 0.9" best
      workbench run export "" everything
      workbench run export "params.model = 'tree'" trees --experiment flights
    """
    from workbench.schema import ExportRequest

    request = ExportRequest(
        folder=str(folder.expanduser().absolute()), filter=filter, experiments=tuple(experiment) if experiment else None
    )
    with connected() as client:
        done = _followed(client, client.export_runs(request))
    _print(done, output, f"They are in {done.place}.")


def _print(done: "Transfer", output: Output, last: str) -> None:
    from workbench.cli.output import plain, print_json, say

    if output is Output.JSON:
        print_json(plain(done))
        return
    if done.said:
        say(done.said)
    if done.left_out:
        say(done.left_out)
    if done.present:
        say(f"{done.present:,} were here already.")
    if done.changed:
        say(f"{done.changed:,} of them have changed in the source since; delete them here to bring them in anew.")
    say(last)


def _followed(client: "Client", begun: "Transfer") -> "Transfer":
    """Waits for the end and shows the progress; Ctrl+C cancels. Raises what the transfer failed with."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from workbench.cli.output import err

    console = err()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as shown:
        task = shown.add_task("", total=None)

        def show(now: "Transfer") -> None:
            shown.update(task, description=now.doing[:60], completed=now.done, total=now.total or None)

        try:
            done = _waited(client, begun, show)
        except KeyboardInterrupt:
            client.cancel_transfer(begun.id)
            done = _waited(client, begun, show)
    if done.status == "failed":
        raise UserError(done.error, hint=done.hint, place=done.place)
    if done.status == "cancelled":
        raise Cancelled(done.error)
    return done


def _waited(client: "Client", begun: "Transfer", show: "Callable[[Transfer], None]") -> "Transfer":
    while not (now := client.transfer(begun.id)).is_over:
        show(now)
        time.sleep(_POLL_S)
    return now
