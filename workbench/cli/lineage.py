"""`workbench run lineage` and `workbench prep runs`: from a run to the exact preparation of its data, and back."""

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.base.errors import NotFound
from workbench.cli.context import ProjectOption, RunArgument, connected, find_run
from workbench.cli.output import Output, OutputOption

if TYPE_CHECKING:
    from workbench.client import Client
    from workbench.schema import DataInput, Run


def run_lineage(
    run: RunArgument,
    project: ProjectOption = None,
    package: Annotated[
        Path | None,
        typer.Option("--package", help="Write the data preparation, as it was then, into this file.", show_default=False),
    ] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Show what went into a run: the data preparation with each of its steps, the files with their digests, and what came of it.

    \b
    Examples:
      workbench run lineage 4
      workbench run lineage 4 --package as-of-run-4.wbprep
      workbench run lineage 4 --output json
    """
    from workbench.cli.output import out, plain, print_json, say
    from workbench.cli.runpage import lineage_line

    with connected() as client:
        found = find_run(client, run, project)
        parts = client.lineage("run", found.id)
        same = None
        if found.result_of:
            with contextlib.suppress(NotFound):  # it was deleted since
                same = client.run(found.result_of)
        if package is not None:
            _save(client, found, package)
            say(f"The data preparation of run {found.number} is in {package}.")
    if output is Output.JSON:
        print_json(
            {"run": found.id, "result_of": found.result_of, "inputs": plain(found)["inputs"], "parts": plain(parts)["parts"]}
        )
        return
    console = out()
    console.print(lineage_line(parts), markup=False, soft_wrap=True)
    if same is not None:
        console.print(f"Its result is that of run {same.number}: nothing had changed.", markup=False, soft_wrap=True)
    for given in found.inputs:
        console.print()
        for line in input_lines(given):
            console.print(line, markup=False, soft_wrap=True)
    if not found.inputs:
        say("The run has recorded no data. What it reads by workbench.prep or workbench.source is recorded by itself.")


def input_lines(given: "DataInput") -> list[str]:
    """One input in full: package and dataflow, its steps, the files behind it."""
    flow = f", dataflow {given.flow}" if given.flow else ""
    rows = f", {given.rows:,} rows" if given.rows is not None else ""
    sample = f", from {given.sample}" if given.sample else ""
    lines = [f"{given.kind} {given.path or given.name}{flow}{rows}{sample}  {_short(given.digest)}".rstrip()]
    lines += [f"  {number:>2}. {step.text}  {_short(step.digest)}" for number, step in enumerate(given.steps, 1)]
    for word, files in (("read", given.sources), ("wrote", given.written)):
        for one in files:
            count = f", {one.rows:,} rows" if one.rows is not None else ""
            lines.append(f"  {word} {one.path}{count}  {_short(one.digest)}".rstrip())
    return lines


def _short(digest: str) -> str:
    return digest.removeprefix("sha256:")[:12]


def _save(client: "Client", run: "Run", target: Path) -> None:
    from workbench.base.errors import UserError
    from workbench.base.files import write_atomic

    packages = list(dict.fromkeys(given.path for given in run.inputs if given.kind == "prep" and given.path))
    if len(packages) != 1:
        had = "read no data preparation" if not packages else f"read several: {', '.join(packages)}"
        hint = "" if not packages else "Write the whole snapshot with: workbench run snapshot"
        raise UserError(f"Run {run.number} {had}.", hint=hint)
    write_atomic(target, client.snapshot_file(run.id, packages[0]))


def prep_runs(
    package: Annotated[Path, typer.Argument(help="The .wbprep package.", show_default=False)],
    output: OutputOption = Output.TABLE,
) -> None:
    """List the runs that read a data preparation, or ran it, and whether it is still as it was then.

    \b
    Examples:
      workbench prep runs data/flights.wbprep
      workbench prep runs data/flights.wbprep --output json
    """
    from rich.markup import escape

    from workbench.base.files import file_digest
    from workbench.cli.format import age, status_text
    from workbench.cli.output import plain, print_json, print_table, table
    from workbench.schema import RunStatus

    place = package.expanduser().absolute()
    now = file_digest(place) if place.is_file() else ""
    with connected() as client:
        parts = client.lineage("preparation", str(place)).parts
        runs = [client.run(part.id) for part in parts if part.kind == "run"]
    found: list[dict[str, Any]] = []
    for run in sorted(runs, key=lambda run: run.created, reverse=True):
        for given in run.inputs:
            if given.kind == "prep" and Path(given.path).name == place.name:
                state = "gone" if not now else "as now" if given.digest == now else "changed since"
                found.append({"run": plain(run), "flow": given.flow, "rows": given.rows, "digest": given.digest, "package": state})
    if output is Output.JSON:
        print_json(found)
        return
    rows = table("run", "experiment", "state", "dataflow", "rows", "package", "created", right=("run", "rows"))
    for row in found:
        run = next(one for one in runs if one.id == row["run"]["id"])
        count = "-" if row["rows"] is None else f"{row['rows']:,}"
        state = status_text(RunStatus(run.status))
        rows.add_row(str(run.number), escape(run.experiment), state, escape(row["flow"]), count, row["package"], age(run.created))
    print_table(rows, f"No run has read {package} yet.")
