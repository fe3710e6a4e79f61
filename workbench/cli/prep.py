"""`workbench prep`: show, run and print the code of a data preparation."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.cli.lineage import prep_runs
from workbench.cli.output import Output, OutputOption

if TYPE_CHECKING:
    from rich.console import Console

    from workbench.dataprep.drift import Mode
    from workbench.dataprep.engine import Engine
    from workbench.dataprep.package import Dataflow, Package
    from workbench.dataprep.reports import FlowReport

app = typer.Typer(help="Data preparations: show, check, run, learn again, print as code.", no_args_is_help=True)


class EngineName(StrEnum):
    """What computes a dataflow."""

    DUCKDB = "duckdb"
    SPARK = "spark"


class Drift(StrEnum):
    """What to do where the data are no longer as they were when the flow was made."""

    STRICT = "strict"
    WARN = "warn"
    ADAPT = "adapt"


class Language(StrEnum):
    """What a dataflow is printed in: a script that calls Workbench, or a program that needs no Workbench."""

    WORKBENCH = "workbench"
    PANDAS = "pandas"
    POLARS = "polars"
    PYSPARK = "pyspark"
    SQL = "sql"
    IBIS = "ibis"


PackageArgument = Annotated[Path, typer.Argument(help="The .wbprep package.", show_default=False)]
FlowOption = Annotated[str, typer.Option("--flow", "-f", help="Name of a dataflow. Default: the last one.", show_default=False)]
EngineOption = Annotated[EngineName, typer.Option("--engine", help="DuckDB on this machine, or Spark.")]
SampleOption = Annotated[int, typer.Option("--sample", min=0, help="Only so many first rows of each source; 0: all.")]
InputOption = Annotated[
    list[str] | None,
    typer.Option("--input", metavar="SOURCE=PATH", help="A file in place of a source; as often as needed.", show_default=False),
]
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


def engine_for(package: Path, **settings: Any) -> "Engine":
    """An engine for the package's project; to be closed."""
    from workbench.dataprep.reading import engine_of
    from workbench.dataprep.sources import project_of

    folder = package.absolute().parent
    return engine_of(project_of(folder) or folder, **settings)


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
def run(
    package: PackageArgument,
    flow: FlowOption = "",
    engine: EngineOption = EngineName.DUCKDB,
    master: Annotated[str, typer.Option("--master", help="The Spark to use, such as spark://host:7077.")] = "local[*]",
    inputs: InputOption = None,
    sample: SampleOption = 0,
    memory_limit: Annotated[
        str, typer.Option("--memory-limit", help="What DuckDB may hold in memory before it spills to disk, such as 2GB.")
    ] = "",
    drift: Annotated[
        Drift | None,
        typer.Option("--drift", help="Look first whether the data changed: refuse, tell, or adapt.", show_default=False),
    ] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Run a dataflow on all its data and write what its write steps say.

    It runs here and is not tracked; as a tracked job: workbench submit PACKAGE

    \b
    Examples:
      workbench prep run data/flights.wbprep
      workbench prep run data/flights.wbprep --flow weather --output json
      workbench prep run data/flights.wbprep --input flights=data/january.csv --memory-limit 2GB
      workbench prep run data/flights.wbprep --engine spark --master local[4]
    """
    from workbench.base.errors import UserError
    from workbench.cli.output import print_json
    from workbench.dataprep.reading import stand_ins

    content, chosen = load(package, flow)
    given = stand_ins(inputs or [])
    if engine is EngineName.SPARK:
        if drift is not None:
            raise UserError("Drift is looked for by the engine duckdb alone.", hint="Leave out --drift, or --engine spark.")
        report = _run_on_spark(content, chosen, master, given, sample)
    else:
        with engine_for(package, inputs=given, memory_limit=memory_limit) as local:
            report = run_with_progress(local, content, chosen, sample or None, drift.value if drift else None)
    if output is Output.JSON:
        print_json(report_values(report))
        return
    print_report(report)


def _run_on_spark(package: "Package", flow: "Dataflow", master: str, inputs: dict[str, str], sample: int) -> "FlowReport":
    from workbench.cli.output import err
    from workbench.dataprep.reading import base_of
    from workbench.dataprep.spark import run_on_spark, start_session

    with err().status(f"Running {flow.name} on Spark..."):
        session = start_session(master)
        try:
            return run_on_spark(session, base_of(package), package, flow.id, inputs=inputs, sample_rows=sample or None)
        finally:
            session.stop()


def run_with_progress(
    engine: "Engine",
    package: "Package",
    flow: "Dataflow",
    sample_rows: int | None = None,
    drift: "Mode | None" = None,
) -> "FlowReport":
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

        def tell(share: float, text: str) -> None:
            progress.update(task, completed=share, description=text)

        report = pool.submit(engine.run, package, flow.id, tell, cancel, sample_rows=sample_rows, drift=drift)
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
def code(
    package: PackageArgument,
    flow: FlowOption = "",
    to: Annotated[
        Language, typer.Option("--to", help="workbench: a script that calls it; else a program that does without it.")
    ] = Language.WORKBENCH,
) -> None:
    """Print code that gives the prepared data.

    \b
    Examples:
      workbench prep code data/flights.wbprep > load.py
      workbench prep code data/flights.wbprep --to polars > flights.py
    """
    from workbench.cli.output import out
    from workbench.dataprep.code import to_python

    content, chosen = load(package, flow)
    if to is Language.WORKBENCH:
        text = to_python(content, chosen.name)
    else:
        from workbench.dataprep.printing import print_flow
        from workbench.dataprep.reading import base_of

        text = print_flow(content, chosen.id, to.value, base_of(content))
    if out().is_terminal:
        from rich.syntax import Syntax

        out().print(Syntax(text, "sql" if to is Language.SQL else "python", background_color="default"))
    else:
        typer.echo(text, nl=not text.endswith("\n"))


@app.command()
def check(
    package: PackageArgument,
    flow: Annotated[str, typer.Option("--flow", "-f", help="Name of a dataflow. Default: all.", show_default=False)] = "",
    engine: EngineOption = EngineName.DUCKDB,
    output: OutputOption = Output.TABLE,
) -> None:
    """Say for each step what is wrong with it, without running anything. Ends with 1 when a step cannot run.

    \b
    Examples:
      workbench prep check data/flights.wbprep
      workbench prep check data/flights.wbprep --engine spark --output json
    """
    from workbench.cli.output import out, print_json

    content, chosen = load(package, flow)
    flows = [chosen] if flow else list(content.flows)
    with engine_for(package) as local:
        found = [row for each in flows for row in _problems(local, content, each, engine)]
    if output is Output.JSON:
        print_json(found)
    else:
        for row in found:
            where = f"{row['flow']}, step {row['step']} ({row['text']})"
            out().print(f"{row['severity']}: {where}: {row['message']}", markup=False, soft_wrap=True)
        if not found:
            out().print("Every step can run.", markup=False)
    if any(row["severity"] == "error" for row in found):
        raise typer.Exit(1)


def _problems(engine: "Engine", package: "Package", flow: "Dataflow", name: EngineName) -> list[dict[str, Any]]:
    """What is wrong with the steps of a flow, as rows."""
    from workbench.base.errors import UserError

    rows: list[dict[str, Any]] = []
    for index, (step, problems) in enumerate(zip(flow.steps, engine.problems(package, flow.id), strict=False)):
        told = list(problems)
        if name is EngineName.SPARK and step.enabled:
            try:
                schema = engine.schema_at(package, flow.id, index - 1)
            except UserError:
                schema = ()  # an earlier step cannot run, which is said there
            local = step.limits(schema, "duckdb")
            told = [problem for problem in told if problem not in local] + step.limits(schema, "pyspark")
        rows += [
            {
                "flow": flow.name,
                "step": index + 1,
                "op": step.op,
                "text": step.describe(),
                "severity": problem.severity,
                "column": problem.column,
                "message": problem.message,
            }
            for problem in told
        ]
    return rows


@app.command()
def drift(
    package: PackageArgument,
    flow: FlowOption = "",
    mode: Annotated[Drift, typer.Option("--mode", help="What a run would do: refuse, tell, or adapt.")] = Drift.WARN,
    inputs: InputOption = None,
) -> None:
    """Say what changed in the data since the flow was made, and what that means for each step. Ends with 1 when it cannot run.

    \b
    Examples:
      workbench prep drift data/flights.wbprep
      workbench prep drift data/flights.wbprep --mode adapt --input flights=data/january.csv
    """
    from workbench.cli.output import out
    from workbench.dataprep.drift import examine
    from workbench.dataprep.reading import stand_ins

    content, chosen = load(package, flow)
    with engine_for(package, inputs=stand_ins(inputs or [])) as engine:
        report = examine(engine, content, chosen.id, mode.value)
    for sentence in report.sentences() or ("The data are as they were.",):
        out().print(sentence, markup=False, soft_wrap=True)
    if not report.may_run:
        raise typer.Exit(1)


@app.command()
def learn(
    package: PackageArgument,
    flow: FlowOption = "",
    step: Annotated[int, typer.Option("--step", min=0, help="Number of a step; 0: all that learn from data.")] = 0,
    sample: SampleOption = 0,
    output: OutputOption = Output.TABLE,
) -> None:
    """Learn steps again from the data as they are now, and save the package with what they learned.

    Constants, categories and programs are kept otherwise: new data never change what a step has learned.

    \b
    Examples:
      workbench prep learn data/flights.wbprep
      workbench prep learn data/flights.wbprep --flow flights --step 3
    """
    from workbench.base.errors import UserError
    from workbench.cli.output import out, print_json
    from workbench.dataprep.steps import StepBase

    content, chosen = load(package, flow)
    if step > len(chosen.steps):
        raise UserError(f"The flow {chosen.name} has {len(chosen.steps)} steps: there is no step {step}.")
    done: list[dict[str, Any]] = []
    with engine_for(package) as engine:
        for index, each in enumerate(chosen.steps):
            if (step and index + 1 != step) or not each.enabled or type(each).relearn is StepBase.relearn:
                continue
            learned = engine.learn(content, chosen.id, index, sample_rows=sample or None)
            done.append({"step": index + 1, "op": each.op, "text": learned.describe(), "changed": learned != each})
            chosen = chosen.with_steps((*chosen.steps[:index], learned, *chosen.steps[index + 1 :]))
            content = content.with_flow(chosen).placed(package)
    if any(row["changed"] for row in done):
        content.save(package)
    if output is Output.JSON:
        print_json(done)
        return
    for row in done:
        what = "learned anew" if row["changed"] else "as before"
        out().print(f"step {row['step']} ({row['text']}): {what}", markup=False, soft_wrap=True)
    if not done:
        out().print("No step here learns from data." if not step else f"Step {step} does not learn from data.", markup=False)


@app.command()
def steps(output: OutputOption = Output.TABLE) -> None:
    """List all steps that a dataflow can have.

    \b
    Example:
      workbench prep steps
    """
    import inspect

    from workbench.cli.output import out, print_json, table
    from workbench.dataprep.steps import ROOMS, STEPS

    groups = {getattr(room, name): group for group, room in ROOMS.items() for name in room.__all__ if name in vars(room)}
    rows = []
    for op, step in STEPS.items():
        first = " ".join((inspect.getdoc(step) or "").split("\n\n")[0].split())
        rows.append({"group": groups[step], "step": op, "text": first.partition(". ")[0].rstrip(".:")})
    if output is Output.JSON:
        print_json(rows)
        return
    shown = table("group", "step", "what it does")
    for number, row in enumerate(rows):
        again = number and rows[number - 1]["group"] == row["group"]
        shown.add_row("" if again else row["group"], row["step"], row["text"].replace("[", "\\["))
    out().print(shown)


app.command("runs")(prep_runs)
