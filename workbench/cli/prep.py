"""`workbench prep`: show, run and print the code of a data preparation."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.base.paths import WorkspacePaths
from workbench.cli.output import Output, OutputOption

if TYPE_CHECKING:
    from rich.console import Console

    from workbench.dataprep.engine import Engine
    from workbench.dataprep.package import Dataflow, Package
    from workbench.dataprep.reports import FlowReport

app = typer.Typer(help="Data preparations: show, run, print as Python code.", no_args_is_help=True)

PackageArgument = Annotated[Path, typer.Argument(help="The .wbprep package.", show_default=False)]
FlowOption = Annotated[str, typer.Option("--flow", "-f", help="Name of a dataflow. Default: the last one.", show_default=False)]
_WIDEST = 10
_SAMPLE_ROWS = 100_000


@app.command()
def show(
    package: PackageArgument,
    flow: FlowOption = "",
    rows: Annotated[int, typer.Option("--rows", "-n", min=0, max=1000, help="So many rows of the result; 0: none.")] = 5,
    output: OutputOption = Output.TABLE,
) -> None:
    """Show what a package does: its dataflows step by step, and the first rows of the result.

    \b
    Examples:
      workbench prep show data/flights.wbprep
      workbench prep show data/flights.wbprep --rows 0 --output json
    """
    from workbench.cli.output import err, out, print_json

    content, chosen = load(package, flow)
    with err().status("Reading the first rows..."), engine_for(package) as engine:
        columns, values = _first_rows(engine, content, chosen, rows)
    if output is Output.JSON:
        print_json(
            {
                "package": str(package),
                "flows": [_flow_values(each) for each in content.flows],
                "flow": chosen.name,
                "columns": [{"name": name, "type": kind} for name, kind in columns],
                "rows": values,
            }
        )
        return
    console = out()
    for each in content.flows:
        _print_flow(console, each)
    _print_rows(console, chosen, columns, values)


def load(package: Path, flow: str) -> "tuple[Package, Dataflow]":
    """The package and one of its flows: the named one, else the last. Raises NotFound with the known ones."""
    from workbench.dataprep.package import Package

    content = Package.load(package)
    return content, content.flow(flow or None)


def engine_for(package: Path) -> "Engine":
    """An engine for the package's project; to be closed."""
    from workbench.dataprep.engine import Engine
    from workbench.dataprep.sources import project_of

    folder = package.absolute().parent
    return Engine(project_of(folder) or folder, WorkspacePaths.default().cache)


def _first_rows(
    engine: "Engine", package: "Package", flow: "Dataflow", rows: int
) -> tuple[list[tuple[str, str]], list[list[str | None]]]:
    with engine.view(package, flow.id, sample_rows=max(_SAMPLE_ROWS, rows)) as view:
        window = view.window(0, rows)
        columns = [(column.name, str(column.type)) for column in view.columns]
        return columns, [list(values) for values in zip(*window.columns, strict=True)]


def _flow_values(flow: "Dataflow") -> dict[str, Any]:
    return {
        "id": flow.id,
        "name": flow.name,
        "source": flow.source.model_dump(mode="json"),
        "steps": [{"op": step.op, "enabled": step.enabled, "text": step.describe(), "note": step.note} for step in flow.steps],
    }


def _print_flow(console: "Console", flow: "Dataflow") -> None:
    console.print(f"[bold]Dataflow[/] {flow.name}", soft_wrap=True)
    for number, step in enumerate(flow.steps, 1):
        text = step.describe() + ("" if step.enabled else "  (off)") + (f"  # {step.note}" if step.note else "")
        console.print(f"  {number:>2}. {text}", markup=False, soft_wrap=True, style="" if step.enabled else "dim")
    console.print()


def _print_rows(console: "Console", flow: "Dataflow", columns: list[tuple[str, str]], values: list[list[str | None]]) -> None:
    """The first rows: one line a column, so that wide tables stay readable."""
    from rich.markup import escape

    from workbench.cli.output import table

    shown = values[:_WIDEST]
    rows = table(
        "column", "type", *(f"row {number + 1}" for number in range(len(shown))), title=f"Result of {flow.name} (from a sample)"
    )
    for index, (name, kind) in enumerate(columns):
        rows.add_row(
            escape(name), f"[dim]{kind}[/]", *("[dim]-[/]" if row[index] is None else escape(row[index] or "") for row in shown)
        )
    console.print(rows)


@app.command()
def run(package: PackageArgument, flow: FlowOption = "", output: OutputOption = Output.TABLE) -> None:
    """Run a dataflow on all its data and write what its write steps say.

    It runs here and is not tracked; as a tracked job: workbench submit PACKAGE

    \b
    Examples:
      workbench prep run data/flights.wbprep
      workbench prep run data/flights.wbprep --flow weather --output json
    """
    from workbench.cli.output import print_json

    content, chosen = load(package, flow)
    with engine_for(package) as engine:
        report = run_with_progress(engine, content, chosen)
    if output is Output.JSON:
        print_json(report_values(report))
        return
    print_report(report)


def run_with_progress(engine: "Engine", package: "Package", flow: "Dataflow") -> "FlowReport":
    """Runs a flow under a progress bar; Ctrl+C cancels it and leaves the old files as they were."""
    import threading
    from concurrent.futures import ThreadPoolExecutor

    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from workbench.base.errors import Cancelled
    from workbench.cli.output import err

    cancel = threading.Event()
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
    # In a thread of its own: the main one stays free to hear Ctrl+C.
    console = err()
    shown = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
    with shown as progress, ThreadPoolExecutor(1) as pool:
        task = progress.add_task(f"Running {flow.name}", total=1.0)
        report = pool.submit(
            engine.run, package, flow.id, lambda share, text: progress.update(task, completed=share, description=text), cancel
        )
        try:
            return report.result()
        except KeyboardInterrupt:
            cancel.set()
            raise Cancelled("The data preparation was cancelled; files that it would have written are as before.") from None


def report_values(report: "FlowReport") -> dict[str, Any]:
    """A flow's report as JSON values."""
    import dataclasses

    return dict(dataclasses.asdict(report))


def print_report(report: "FlowReport") -> None:
    """What a flow read and wrote, and what it has to say."""
    from workbench.cli.format import counted, duration, size_text
    from workbench.cli.output import out

    console = out()
    size = f"{counted(report.rows, 'row')}, {counted(len(report.columns), 'column')}"
    console.print(f"{report.flow}: {size} in {duration(report.seconds)}", markup=False)
    for source in report.sources:
        console.print(
            f"  read {source.path}: {counted(source.rows, 'row')}, {size_text(source.size)}", markup=False, soft_wrap=True
        )
    for output in report.outputs:
        console.print(
            f"  wrote {output.shown}: {counted(output.rows, 'row')}, {size_text(output.size)}", markup=False, soft_wrap=True
        )
    for note in report.notes:
        console.print(f"  note: {note.message}", markup=False, soft_wrap=True)


@app.command()
def code(package: PackageArgument, flow: FlowOption = "") -> None:
    """Print Python code that reads the prepared data.

    \b
    Example:
      workbench prep code data/flights.wbprep > load.py
    """
    from workbench.cli.output import out
    from workbench.dataprep.code import to_python

    content, chosen = load(package, flow)
    text = to_python(content, chosen.name)
    if out().is_terminal:
        from rich.syntax import Syntax

        out().print(Syntax(text, "python", background_color="default"))
    else:
        typer.echo(text, nl=not text.endswith("\n"))
