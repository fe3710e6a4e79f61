"""`workbench submit`: a script or data preparation as a tracked job."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from workbench.cli.context import ProjectOption, connected, open_project, pairs
from workbench.cli.output import Output, OutputOption

if TYPE_CHECKING:
    from workbench.schema import JobPlanned, Run

# What stands after the script belongs to the script, options included.
CONTEXT = {"allow_interspersed_args": False, "ignore_unknown_options": False}

_OURS = {"--dry-run", "--sweep"}  # whoever writes them too late gets something else than expected


def _configs(incomplete: str) -> list[str]:
    return [name for name in open_project().config_names() if name.startswith(incomplete)]


def submit(
    script: Annotated[
        str, typer.Argument(help="Script or .wbprep package. Default: the configuration's.", show_default=False)
    ] = "",
    arguments: Annotated[list[str] | None, typer.Argument(help="Arguments of the script.", show_default=False)] = None,
    config: Annotated[
        str, typer.Option("--config", "-c", help="Run configuration. Default: the project's.", autocompletion=_configs)
    ] = "",
    project: ProjectOption = None,
    experiment: Annotated[str, typer.Option("--experiment", "-e", help="Experiment. Default: the project's name.")] = "",
    name: Annotated[str, typer.Option("--name", "-n", help="A name for the run.", show_default=False)] = "",
    tag: Annotated[list[str] | None, typer.Option("--tag", help="Tag KEY=VALUE; may be repeated.", show_default=False)] = None,
    env: Annotated[list[str] | None, typer.Option("--env", help="Variable KEY=VALUE; may be repeated.", show_default=False)] = None,
    target: Annotated[str, typer.Option("--target", "-t", help="Target. Default: the configuration's.", show_default=False)] = "",
    priority: Annotated[
        int | None, typer.Option("--priority", min=-100, max=100, help="Higher ones start first.", show_default=False)
    ] = None,
    retries: Annotated[
        int | None,
        typer.Option("--retries", min=0, max=10, help="Try again after a fault of the environment.", show_default=False),
    ] = None,
    after: Annotated[
        list[str] | None,
        typer.Option("--after", help="Run that must have finished first; may be repeated.", show_default=False),
    ] = None,
    sweep: Annotated[bool, typer.Option("--sweep", help="Run the configuration's sweep: a child run for each trial.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Run a data preparation also where nothing has changed since its last run.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would happen.")] = False,
    detach: Annotated[bool, typer.Option("--detach", help="Do not wait: print the run and end.")] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Run a script or a .wbprep package as a tracked job, and show its log.

    Options of Workbench stand before the script; what follows it goes to the script. Ctrl+C stops the output, not the job.

    \b
    Examples:
      workbench submit train.py --learning-rate 0.1
      workbench submit --config local --name deeper train.py --max-depth 8
      workbench submit -c docker --priority 5 --after 12 train.py
      workbench submit --detach --output json data/flights.wbprep
      workbench submit --sweep -c search train.py
      workbench submit --dry-run train.py
    """
    from workbench.cli.follow import raise_for_result, stream_log
    from workbench.cli.output import plain, print_json
    from workbench.schema import JobRequest

    request = JobRequest(
        project=str(open_project(project).folder),
        config=config,
        script=script,
        arguments=tuple(arguments) if arguments else None,
        variables=pairs(env or [], "--env"),
        experiment=experiment,
        name=name,
        tags=pairs(tag or [], "--tag"),
        target=target,
        priority=priority,
        retries=retries,
        depends_on=tuple(after or ()),
        sweep=sweep,
        force=force,
    )
    as_json = output is Output.JSON
    with connected() as client:
        if dry_run:
            _show_plan(client.plan(request), as_json=as_json)
            return
        run = client.submit(request)
        _print_begin(run)
        if not detach:
            run = stream_log(client, run, stream=sys.stderr if as_json else sys.stdout)
        if as_json:
            print_json(plain(run))
        elif not detach and run.status.is_final:
            _print_end(run)
    if not detach:
        raise_for_result(run)


def _show_plan(plan: "JobPlanned", *, as_json: bool) -> None:
    from workbench.cli.output import plain, print_json
    from workbench.cli.planpage import print_plan

    if as_json:
        print_json(plain(plan))
    else:
        print_plan(plan)


def _print_begin(run: "Run") -> None:
    from workbench.cli.format import command_line
    from workbench.cli.output import say

    say(f"Run {run.number} ({run.id[:8]}) of {run.experiment}: {command_line(run.script, run.arguments)}")
    if given := [one for one in run.arguments if one in _OURS]:
        say(f"{given[0]} stands after the script, so the script gets it. Workbench's own options stand before the script.")
    if run.left_out:
        names = ", ".join(run.left_out)
        say(f"Not in the run's copy of the project (too big, not readable, or a repository of its own): {names}")


def _print_end(run: "Run") -> None:
    from workbench.cli.format import duration, number
    from workbench.cli.output import say

    metrics = "   ".join(f"{key} {number(metric.last)}" for key, metric in sorted(run.own_metrics.items()))
    took = "" if run.duration_s is None else f" after {duration(run.duration_s)}"
    say(f"Run {run.number} {run.status.value}{took}   {metrics}".rstrip())
