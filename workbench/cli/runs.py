"""`workbench run`: list, show, compare, logs, cancel; and what is done with a run's files."""

import sys
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from workbench.base.errors import UserError
from workbench.cli import diagnostics, lineage, runedit, snapshots, trash
from workbench.cli.context import PROJECT_FILE, ProjectOption, RunArgument, connected, find_run, project_folder
from workbench.cli.output import Output, OutputOption
from workbench.cli.transfers import export_runs, import_runs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.schema import RunComparison, RunSummary

app = typer.Typer(help="Tracked runs: list, show, compare, follow, cancel, restore, import, export.", no_args_is_help=True)
app.command("import")(import_runs)
app.command("export")(export_runs)

_PAGE = 1000


class Status(StrEnum):
    """The states of a run, as an option's choices."""

    QUEUED = "queued"
    PREPARING = "preparing"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"


class Stream(StrEnum):
    """The parts of a run's log."""

    MERGED = "merged"
    STDOUT = "stdout"
    STDERR = "stderr"
    RUNNER = "runner"


@app.command("list")
def list_runs(
    project: ProjectOption = None,
    everything: Annotated[bool, typer.Option("--all", "-a", help="Runs of every project.")] = False,
    experiment: Annotated[str, typer.Option("--experiment", "-e", help="Only this experiment.", show_default=False)] = "",
    status: Annotated[Status | None, typer.Option("--status", "-s", help="Only runs in this state.", show_default=False)] = None,
    search: Annotated[str, typer.Option("--search", help="Text in name, script, parameters or tags.", show_default=False)] = "",
    where: Annotated[
        str, typer.Option("--where", help="Filter, e.g. \"metrics.auc > 0.9 and params.model = 'tree'\".", show_default=False)
    ] = "",
    order: Annotated[str, typer.Option("--order", help="created, started, duration, name, params.KEY or metrics.KEY.")] = "created",
    ascending: Annotated[bool, typer.Option("--ascending", help="Smallest or oldest first.")] = False,
    archived: Annotated[bool, typer.Option("--archived", help="Archived runs too.")] = False,
    limit: Annotated[int, typer.Option("--limit", "-l", min=1, max=10_000, help="At most so many.")] = 50,
    output: OutputOption = Output.TABLE,
) -> None:
    """List runs, newest first: those of the current project, or of all.

    \b
    Examples:
      workbench run list --status running
      workbench run list --order metrics.auc --limit 5
      workbench run list --where "metrics.auc > 0.9 and params.depth = '4'"
      workbench run list --all --output json
    """
    from workbench.cli.output import print_models, say
    from workbench.schema import RunStatus

    folder = None if everything else project_folder(project)
    with connected() as client:
        if experiment:
            client.experiment(experiment)  # a name that is none is not the same as no runs
        wanted = partial(
            client.runs,
            project=str(folder) if folder else None,
            experiment=experiment or None,
            status=RunStatus(status.value) if status else None,
            text=search,
            filter=where,
            archived=archived,
            order=order,
            descending=not ascending,
        )
        page = wanted(limit=min(limit, _PAGE))
        runs, total, cursor = list(page.runs), page.total, page.next
        while cursor and len(runs) < limit:
            page = wanted(limit=min(limit - len(runs), _PAGE), cursor=cursor)
            runs, cursor = [*runs, *page.runs], page.next
    if project and folder and not total and not (folder / PROJECT_FILE).is_file():
        raise UserError(f"There is no project at {folder}, and no run was made there.", hint="All runs: workbench run list --all")
    if output is Output.JSON:
        print_models(runs)
        return
    print_runs(runs, show_experiment=folder is None)
    if total > len(runs):
        say(f"{len(runs)} of {total} runs; --limit gives more.")


def print_runs(runs: "Sequence[RunSummary]", *, show_experiment: bool) -> None:
    """Runs as a table."""
    from rich.markup import escape

    from workbench.cli.format import age, command_line, duration, shortened, status_text
    from workbench.cli.output import print_table, table

    rows = table(
        "run",
        "id",
        *(["experiment"] if show_experiment else []),
        "state",
        "name or command",
        "metrics",
        "time",
        "created",
        right=("run", "time"),
    )
    for run in runs:
        named = run.name not in {"", run.script}
        what = run.name if named else command_line(run.script, run.arguments)
        rows.add_row(
            str(run.number),
            run.id[:8],
            *([escape(run.experiment)] if show_experiment else []),
            status_text(run.status),
            escape(shortened(what, 300)),
            escape(metrics_text(run)),
            duration(run.duration_s),
            age(run.created),
        )
    print_table(rows, "There are no such runs. Start one with: workbench submit SCRIPT")


def metrics_text(run: "RunSummary", most: int = 4) -> str:
    """The run's first metrics with their last values; single values (results) before series."""
    from workbench.cli.format import number, shortened

    ordered = sorted(run.own_metrics.values(), key=lambda metric: (metric.count > 1, metric.key))
    shown = "  ".join(f"{shortened(metric.key, 60)} {number(metric.last)}" for metric in ordered[:most])
    return f"{shown}  +{len(ordered) - most}" if len(ordered) > most else shown


@app.command()
def show(run: RunArgument, project: ProjectOption = None, output: OutputOption = Output.TABLE) -> None:
    """Show all of one run: parameters, metrics, inputs, files, lineage.

    \b
    Examples:
      workbench run show 4
      workbench run show 3f9ac2d1 --output json
    """
    from workbench.cli.output import plain, print_json
    from workbench.cli.runpage import print_run

    with connected() as client:
        found = find_run(client, run, project)
        lineage = client.lineage("run", found.id)
    if output is Output.JSON:
        print_json({**plain(found), "lineage": plain(lineage)["parts"]})
        return
    print_run(found, lineage)


@app.command()
def compare(
    runs: Annotated[list[str], typer.Argument(help="Two or more runs: numbers or ids.", show_default=False)],
    project: ProjectOption = None,
    all_rows: Annotated[bool, typer.Option("--all-rows", help="Also what is the same in all runs.")] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Put runs side by side: what differs in parameters, metrics, environment and data.

    \b
    Examples:
      workbench run compare 2 3 4
      workbench run compare 2 3 --all-rows --output json
    """
    from workbench.cli.output import plain, print_json

    if len(runs) < 2:
        raise UserError("A comparison needs at least two runs.", hint="For example: workbench run compare 2 3")
    with connected() as client:
        comparison = client.compare([find_run(client, text, project).id for text in runs])
    if output is Output.JSON:
        print_json(plain(comparison))
        return
    print_comparison(comparison, all_rows=all_rows)


def print_comparison(comparison: "RunComparison", *, all_rows: bool) -> None:
    """The rows of a comparison as one table, one column per run."""
    from rich.markup import escape

    from workbench.cli.output import print_table, table

    names = [f"run {run.number}" for run in comparison.runs]
    rows = table("", "", *names, right=names)
    last = ""
    for group, name, values, differs in comparison.rows:
        if not (differs or all_rows):
            continue
        rows.add_row(f"[bold]{group}[/]" if group != last else "", escape(name), *map(escape, values), end_section=False)
        last = group
    print_table(rows, "These runs do not differ.")


@app.command()
def logs(
    run: RunArgument,
    project: ProjectOption = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until the run has ended.")] = False,
    stream: Annotated[
        Stream, typer.Option("--stream", help="Only one stream of it, or what the runner itself said.")
    ] = Stream.MERGED,
) -> None:
    """Print a run's log. With --follow, Ctrl+C stops the output, not the job.

    \b
    Examples:
      workbench run logs 4
      workbench run logs 4 --follow
    """
    from workbench.cli.follow import stream_log, write_log

    with connected() as client:
        found = find_run(client, run, project)
        if follow and stream is Stream.MERGED:
            stream_log(client, found)
        else:
            write_log(client, found.id, 0, sys.stdout, stream.value)


@app.command()
def cancel(
    runs: Annotated[list[str], typer.Argument(help="Numbers or ids.", show_default=False)],
    project: ProjectOption = None,
) -> None:
    """Cancel queued or running jobs; what they have logged is kept.

    \b
    Example:
      workbench run cancel 4 5
    """
    from workbench.cli.output import say

    with connected() as client:
        for text in runs:
            found = find_run(client, text, project)
            if found.status.is_final:
                say(f"Run {found.number} has ended already: {found.status.value}.")
            else:
                over = client.cancel(found.id).status.is_final
                say(f"Run {found.number} {'is cancelled' if over else 'is asked to stop'}.")


app.command("lineage")(lineage.run_lineage)
app.command()(diagnostics.diagnostics)
app.command()(snapshots.diff)
app.command()(snapshots.restore)
app.command()(snapshots.snapshot)
app.command()(runedit.edit)
app.command()(runedit.archive)
app.command()(runedit.unarchive)
app.command()(trash.delete)
app.command()(trash.undelete)
app.command()(trash.trash)
