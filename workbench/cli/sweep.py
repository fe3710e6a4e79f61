"""`workbench sweep`: show, stop, resume. A sweep is started by `workbench submit --sweep`."""

from typing import TYPE_CHECKING, Annotated

import typer

from workbench.cli.context import ProjectOption, RunArgument, connected, find_run
from workbench.cli.output import Output, OutputOption

if TYPE_CHECKING:
    from workbench.schema import Sweep

app = typer.Typer(help="Sweeps, many runs over a space of parameters: show, stop, resume.", no_args_is_help=True)


@app.command()
def show(
    run: RunArgument,
    project: ProjectOption = None,
    best: Annotated[bool, typer.Option("--best", help="The best trial first, not in the order of their start.")] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Show a sweep and all its trials: their parameters, how they ended, the metric's best value of each.

    \b
    Examples:
      workbench sweep show 12
      workbench sweep show 12 --best --output json
    """
    from workbench.cli.output import plain, print_json

    with connected() as client:
        sweep = client.sweep(find_run(client, run, project).id)
    if best:
        sign = 1 if sweep.spec.goal == "minimize" else -1
        ordered = sorted(sweep.trials, key=lambda trial: (trial.value is None, sign * (trial.value or 0.0), trial.number))
        sweep = sweep.model_copy(update={"trials": tuple(ordered)})
    if output is Output.JSON:
        print_json(plain(sweep))
        return
    print_sweep(sweep)


def print_sweep(sweep: "Sweep") -> None:
    """The sweep's state, and a line for each trial."""
    from rich.markup import escape

    from workbench.cli.format import number, status_text
    from workbench.cli.output import out, print_table, table

    spec, run = sweep.spec, sweep.run
    console = out()
    console.print(f"[bold]Run {run.number}[/]  {spec.method} sweep  {status_text(run.status)}")
    if run.reason:
        console.print(f"  {run.reason}", markup=False, soft_wrap=True)
    goal = f"{spec.goal} {spec.metric}, " if spec.metric else ""
    stop = f", stopped early by the rule {spec.stop.policy}" if spec.stop else ""
    console.print(
        f"  {goal}{len(sweep.trials)} of {spec.trials} trials, {spec.parallel} at once{stop}\n", markup=False, soft_wrap=True
    )
    names = list(spec.parameters)
    numbers = ("trial", "run", *map(escape, names), escape(spec.metric or "value"))
    rows = table(*numbers, "state", right=numbers)
    for trial in sweep.trials:
        star = "*" if trial.number == sweep.best else ""
        value = "-" if trial.value is None else number(trial.value)
        state = (
            trial.state
            if trial.state in {"finished", "running", "queued"} or not trial.reason
            else f"{trial.state}: {trial.reason}"
        )
        values = [escape(str(trial.values.get(name, ""))) for name in names]
        rows.add_row(f"{star}{trial.number}", str(trial.run_number), *values, value, escape(state))
    print_table(rows, "No trial has begun yet.")


@app.command()
def stop(
    run: RunArgument,
    project: ProjectOption = None,
    gently: Annotated[bool, typer.Option("--gently", help="Let the trials that run now end by themselves.")] = False,
) -> None:
    """Stop a sweep: no more trials are started, and those that run are cancelled. It can be resumed.

    \b
    Examples:
      workbench sweep stop 12
      workbench sweep stop 12 --gently
    """
    from workbench.cli.output import say

    with connected() as client:
        found = find_run(client, run, project)
        client.stop_sweep(found.id, cancel=not gently)
    say(f"The sweep {found.number} starts no more trials. To go on: workbench sweep resume {found.number}")


@app.command()
def resume(
    run: RunArgument,
    project: ProjectOption = None,
) -> None:
    """Go on with a sweep that was stopped, lost, or ended for its time. Trials that were cancelled or lost run again.

    \b
    Example:
      workbench sweep resume 12
    """
    from workbench.cli.output import say

    with connected() as client:
        found = client.resume_sweep(find_run(client, run, project).id)
    say(f"The sweep {found.number} goes on. To see it: workbench sweep show {found.number}")
