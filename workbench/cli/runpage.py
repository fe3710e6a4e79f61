"""One run on the terminal, whole."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from workbench.schema import Lineage, LineagePart, Run

_MOST_FILES = 20
_LONGEST_NAME = 60
_LONGEST_VALUE = 1000


def print_run(run: "Run", lineage: "Lineage") -> None:
    """Prints what the run was, what it logged, what went in and what came out."""
    from workbench.cli.output import out

    console = out()
    _head(console, run)
    if run.params:
        _pairs(console, "Parameters", {name: run.params[name] for name in sorted(run.params)})
    _metrics(console, run)
    _inputs(console, run)
    _artifacts(console, run)
    if lineage.parts:
        _title(console, "Lineage")
        console.print("  " + lineage_line(lineage), markup=False, soft_wrap=True)
    if run.notes:
        _title(console, "Notes")
        console.print(run.notes, markup=False)


def lineage_line(lineage: "Lineage") -> str:
    """`data flights.csv -> preparation flights -> run 3 -> model late-flights:1 -> service late-flights`."""
    order = ("data", "preparation", "run", "model", "service")
    groups = ((kind, [_part_name(part) for part in lineage.parts if part.kind == kind]) for kind in order)
    return " -> ".join(f"{kind} {', '.join(dict.fromkeys(names))}" for kind, names in groups if names)


def _part_name(part: "LineagePart") -> str:
    if part.kind == "model":
        return part.id
    if part.kind == "run":
        return part.title.removeprefix("Run ")
    return part.title


def _title(console: "Console", text: str) -> None:
    console.print(f"\n[bold]{text}[/]")


def _pairs(console: "Console", title: str, values: dict[str, str]) -> None:
    from workbench.cli.format import shortened

    _title(console, title)
    width = min(max(map(len, values)), _LONGEST_NAME)
    for name, value in values.items():
        shown = f"  {shortened(name, _LONGEST_NAME).ljust(width)}  {shortened(value, _LONGEST_VALUE)}"
        console.print(shown, markup=False, soft_wrap=True)


def _head(console: "Console", run: "Run") -> None:
    from rich.markup import escape

    from workbench.cli.format import command_line, counted, duration, moment_text, shortened, status_text

    name = f"  {run.name}" if run.name and run.name != run.script else ""
    console.print(f"[bold]Run {run.number}[/]{escape(name)}  {status_text(run.status)}")
    if run.reason:
        console.print(f"  {run.reason}", markup=False, soft_wrap=True)
    git = (
        f"{run.git.branch or '-'} {run.git.commit[:8]}{' with changes' if run.git.dirty else ''}".strip() if run.git.commit else "-"
    )
    # A lock has other lines too: which Python it is for, where packages come from.
    packages = sum(1 for line in run.environment_lock.splitlines() if line.strip() and not line.startswith(("#", "@", "-")))
    facts = {
        "id": run.id,
        "experiment": run.experiment,
        "project": run.project,
        "command": command_line(run.script, run.arguments),
        "configuration": f"{run.config.name} on {run.target}",
        "created": f"{moment_text(run.created)} by {run.user or '-'}",
        "time": duration(run.duration_s),
        "python": f"{run.python}, {counted(packages, 'package')}" if run.python else "-",
        "git": git,
        "snapshot": run.snapshot[:12] or "-",
    }
    if run.exit_code is not None:
        facts["exit code"] = str(run.exit_code)
    if run.tags:
        facts["tags"] = ", ".join(f"{key}={shortened(value, _LONGEST_VALUE)}" for key, value in sorted(run.tags.items()))
    if run.left_out:
        facts["left out"] = f"{', '.join(run.left_out)} (too big, not readable, or a repository of its own)"
    for name, value in facts.items():
        console.print(f"  [dim]{name:<14}[/]{escape(value)}", soft_wrap=True)


def _metrics(console: "Console", run: "Run") -> None:
    from rich.markup import escape

    from workbench.cli.format import number, shortened
    from workbench.cli.output import table

    if not run.metrics:
        return
    _title(console, "Metrics")
    rows = table("metric", "last", "step", "min", "max", "values", right=("last", "step", "min", "max", "values"))
    for metric in sorted(run.metrics.values(), key=lambda metric: metric.key):
        key = escape(shortened(metric.key, _LONGEST_NAME))
        rows.add_row(key, number(metric.last), str(metric.last_step), number(metric.min), number(metric.max), str(metric.count))
    console.print(rows)


def _inputs(console: "Console", run: "Run") -> None:
    if not run.inputs:
        return
    _title(console, "Inputs")
    for data in run.inputs:
        flow = f", dataflow {data.flow}" if data.flow else ""
        rows = f", {data.rows:,} rows" if data.rows is not None else ""
        console.print(f"  {data.kind} {data.path or data.name}{flow}{rows}", markup=False, soft_wrap=True)
        for source in data.sources:
            rows = f", {source.rows:,} rows" if source.rows is not None else ""
            console.print(f"    from {source.path}{rows}  {source.digest[:19]}", markup=False, soft_wrap=True)


def _artifacts(console: "Console", run: "Run") -> None:
    from rich.markup import escape

    from workbench.cli.format import size_text

    if not run.artifacts:
        return
    _title(console, "Files in outputs")
    for artifact in run.artifacts[:_MOST_FILES]:
        console.print(f"  {escape(artifact.path)}  [dim]{size_text(artifact.size)}[/]", soft_wrap=True)
    if len(run.artifacts) > _MOST_FILES:
        console.print(f"  and {len(run.artifacts) - _MOST_FILES:,} more")
