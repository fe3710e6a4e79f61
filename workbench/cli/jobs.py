"""`workbench job`: the queue."""

from typing import Annotated

import typer

from workbench.base.errors import UserError
from workbench.cli.context import ProjectOption, RunArgument, connected, find_run
from workbench.cli.output import Output, OutputOption

app = typer.Typer(help="The queue: what waits and runs, why, and in which order.", no_args_is_help=True)


@app.command("list")
def list_jobs(
    everything: Annotated[bool, typer.Option("--all", "-a", help="The latest ended ones too.")] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """List the jobs that wait or run, in the order of the queue, and what they wait for.

    \b
    Example:
      workbench job list
    """
    from rich.markup import escape

    from workbench.cli.format import status_text
    from workbench.cli.output import print_models, print_table, table
    from workbench.schema import RunStatus

    with connected() as client:
        jobs = client.jobs()
    shown = [job for job in jobs if everything or not job.status.is_final]
    order = {RunStatus.RUNNING: 0, RunStatus.PREPARING: 1, RunStatus.QUEUED: 2}
    shown.sort(key=lambda job: (order.get(job.status, 3), job.queue_position or 0))
    if output is Output.JSON:
        print_models(shown)
        return
    rows = table("", "run", "id", "experiment", "script", "target", "state", "priority", "reason", right=("", "run", "priority"))
    for job in shown:
        rows.add_row(
            str(job.queue_position or ""),
            str(job.run_number),
            job.id[:8],
            escape(job.experiment),
            escape(job.script),
            escape(job.target),
            status_text(job.status),
            str(job.priority or ""),
            escape(job.reason),
        )
    print_table(rows, "No job waits or runs.")


@app.command()
def show(run: RunArgument, project: ProjectOption = None, output: OutputOption = Output.TABLE) -> None:
    """Show each state of a job with its time and its reason.

    \b
    Example:
      workbench job show 4
    """
    from rich.markup import escape

    from workbench.cli.format import status_text
    from workbench.cli.output import plain, print_json, print_table, say, table

    with connected() as client:
        job = client.job(find_run(client, run, project).id)
    if output is Output.JSON:
        print_json(plain(job))
        return
    rows = table("time", "state", "reason")
    for one in job.history:
        rows.add_row(f"{one.time.astimezone():%Y-%m-%d %H:%M:%S}", status_text(one.status), escape(one.reason))
    print_table(rows, "Nothing is known of its states.")
    if not job.status.is_final and job.reason:
        say(job.reason)


@app.command()
def cancel(
    runs: Annotated[list[str], typer.Argument(help="Numbers or ids.", show_default=False)], project: ProjectOption = None
) -> None:
    """Cancel waiting or running jobs; what they have logged is kept.

    \b
    Example:
      workbench job cancel 4 5
    """
    from workbench.cli.runs import cancel as cancel_runs

    cancel_runs(runs, project)


@app.command()
def priority(
    run: RunArgument,
    value: Annotated[int | None, typer.Argument(min=-100, max=100, help="Higher ones start first.", show_default=False)] = None,
    first: Annotated[bool, typer.Option("--first", help="Move it to the front of the queue.")] = False,
    project: ProjectOption = None,
) -> None:
    """Give a waiting job another priority, or move it to the front; of a sweep, the trials that wait and those to come.

    \b
    Examples:
      workbench job priority 4 10
      workbench job priority 4 --first
    """
    from workbench.cli.output import say
    from workbench.schema import JobPatch

    if value is None and not first:
        raise UserError("Nothing is to be changed.", hint="Give a number from -100 to 100, or --first.")
    with connected() as client:
        found = find_run(client, run, project)
        job = client.change_job(found.id, JobPatch(priority=value, first=first))
    if found.kind == "sweep":
        say(f"The trials of the sweep {job.run_number} have priority {job.priority}, those to come too.")
        return
    say(f"Run {job.run_number} has place {job.queue_position} in the queue.")
