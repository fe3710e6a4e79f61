"""`workbench source`: what is found out about data, and their first rows."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.cli.output import Output, OutputOption

if TYPE_CHECKING:
    from workbench.dataprep.sources import DataSource

app = typer.Typer(help="Data sources: find out how data are read, and look at them.", no_args_is_help=True)

DataArgument = Annotated[
    str, typer.Argument(metavar="DATA", help="A file, folder, pattern or address, or a .wbsource.", show_default=False)
]


@app.command()
def detect(
    data: DataArgument,
    save: Annotated[
        Path | None, typer.Option("--save", help="Write what was found as a .wbsource file.", show_default=False)
    ] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Find out how data are to be read: kind, format, columns with their types, and what the data cannot tell.

    \b
    Examples:
      workbench source detect data/flights.csv
      workbench source detect data/flights.csv --save data/flights.wbsource
      workbench source detect "data/2013-*.csv" --output json
    """
    from workbench.cli.output import out, print_json, say, table

    source = _source(data, save.absolute().parent if save else Path.cwd())
    if save:
        source.save(save)
        say(f"Wrote {save}.")
    spec = source.spec.model_dump(mode="json")
    if output is Output.JSON:
        print_json({"name": source.name, "path": source.path, "spec": spec})
        return
    console = out()
    settings = {name: value for name, value in spec.items() if name not in {"kind", "columns", "notes", "questions"} and value}
    console.print(f"{source.name}: {spec['kind'].replace('_', ' ')}", markup=False, soft_wrap=True)
    for name, value in settings.items():
        console.print(f"  {name.replace('_', ' ')}: {_shown(value)}", markup=False, soft_wrap=True)
    columns = table("column", "type", "format")
    for column in spec["columns"]:
        columns.add_row(*(_plain(column.get(name) or "") for name in ("name", "type", "format")))
    console.print(columns)
    for note in spec["notes"]:
        console.print(f"note: {note}", markup=False, soft_wrap=True)
    for question in spec["questions"]:
        choices = " or ".join(question["labels"] or question["choices"])
        console.print(f"question: {question['text']} ({choices})", markup=False, soft_wrap=True)


@app.command()
def show(
    data: DataArgument,
    rows: Annotated[int, typer.Option("--rows", "-n", min=1, max=1000, help="So many rows.")] = 10,
    output: OutputOption = Output.TABLE,
) -> None:
    """Show the first rows of data, as they are read.

    \b
    Examples:
      workbench source show data/flights.csv
      workbench source show data/flights.wbsource --rows 3 --output json
    """
    from workbench.cli.output import out, print_json, say, table
    from workbench.dataprep.reading import engine_of, source_package

    package, flow, base = source_package(data)
    with engine_of(base) as engine, engine.view(package, flow.id, sample_rows=rows) as view:
        window = view.window(0, rows)
        names = [column.name for column in view.columns]
        types = [str(column.type) for column in view.columns]
        notes = [note.message for note in view.notes]
    values = [list(row) for row in zip(*window.columns, strict=True)]
    for (column, row), error in window.errors.items():
        values[row][column] = None
        notes.append(f"Row {row + 1} of {names[column]}: {error.code}" + (f" ('{error.original}')" if error.original else "") + ".")
    if output is Output.JSON:
        columns = [{"name": name, "type": kind} for name, kind in zip(names, types, strict=True)]
        print_json({"columns": columns, "rows": values, "notes": notes})
        return
    shown = table(*(_plain(name) for name in names))
    shown.add_row(*(f"[dim]{kind}[/]" for kind in types))
    for row_values in values:
        shown.add_row(*("[dim]-[/]" if value is None else _plain(value) for value in row_values))
    out().print(shown)
    for note in notes:
        say(f"note: {note}")


def _source(data: str, folder: Path) -> "DataSource":
    from workbench.dataprep.sources import DataSource

    return DataSource.load(Path(data)) if data.endswith(".wbsource") else DataSource.create(data, folder)


def _shown(value: Any) -> str:
    if value == "\t":
        return "tab"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _plain(text: str) -> str:
    from rich.markup import escape

    return escape(text)
