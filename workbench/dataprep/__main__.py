"""`python -m workbench.dataprep`: reads a dataflow into a Parquet file, or runs the dataflows of a package that write."""

import argparse
import os
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from workbench.base.errors import ExitCode, UserError, WorkbenchError
from workbench.base.files import file_digest, write_json
from workbench.base.paths import WorkspacePaths
from workbench.dataprep.engine import Engine
from workbench.dataprep.package import Dataflow, Package
from workbench.dataprep.reports import FlowReport
from workbench.dataprep.sources import project_of
from workbench.sdk import current_run, log_metrics

SAMPLE_ROWS = 100_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; a failure is one line on stderr and an exit code."""
    parser = argparse.ArgumentParser(prog="python -m workbench.dataprep", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    read = commands.add_parser("read", help="write one dataflow's rows to a Parquet file")
    run = commands.add_parser("run", help="run the dataflows that write files")
    for command in (read, run):
        command.add_argument("package", type=Path)
        command.add_argument("--flow", help="name of the dataflow (read: the last one without; run: all that write)")
        command.add_argument("--sample", action="store_true", help=f"only the first {SAMPLE_ROWS:,} rows of each source")
    read.add_argument("--out", type=Path, required=True, help="the Parquet file")
    read.add_argument("--report", type=Path, help="a JSON file that tells what was read")
    options = parser.parse_args(arguments)
    try:
        (_read if options.command == "read" else _run)(options)
    except WorkbenchError as error:
        sys.stderr.write(f"{error}{f' ({error.place})' if error.place else ''}\n")
        return int(error.exit_code)
    return int(ExitCode.OK)


def _read(options: argparse.Namespace) -> None:
    package = Package.load(options.package)
    flow = package.flow(options.flow)
    with _engine(package) as engine:
        report = engine.export(package, flow.id, options.out, sample_rows=_sample(options))
    for note in report.notes:
        sys.stderr.write(f"note: {note.message}\n")
    if options.report:
        write_json(options.report, _input(package, report))


def _run(options: argparse.Namespace) -> None:
    package = Package.load(options.package)
    flows = [package.flow(options.flow)] if options.flow else [flow for flow in package.flows if flow.writes]
    if not flows:
        raise UserError(
            "No dataflow of the package writes a file.", hint="Add a step that writes Parquet or CSV, or name one with --flow."
        )
    with _engine(package) as engine:
        for flow in flows:
            _run_flow(engine, package, flow, _sample(options))


def _run_flow(engine: Engine, package: Package, flow: Dataflow, sample_rows: int | None) -> None:
    _say(f"{flow.name}: {len(flow.steps)} step{'' if len(flow.steps) == 1 else 's'}")
    report = engine.run(package, flow.id, _Lines(), threading.Event(), sample_rows=sample_rows)
    for note in report.notes:
        _say(f"note: {note.message}")
    for source in report.sources:
        _say(f"read {source.path}: {source.rows:,} rows")
    for output in report.outputs:
        _say(f"wrote {output.shown}: {output.rows:,} rows, {output.size:,} bytes")
    _say(f"{flow.name}: {report.rows:,} rows, {len(report.columns)} columns in {report.seconds:.1f} s")
    if run := current_run():
        log_metrics({"rows": report.rows, "seconds": report.seconds})
        run.record("input", **_input(package, report))


class _Lines:
    """Progress as plain lines, at most one in two seconds."""

    def __init__(self) -> None:
        self._told = time.monotonic()

    def __call__(self, share: float, text: str) -> None:
        if time.monotonic() - self._told > 2:
            self._told = time.monotonic()
            _say(f"{text}: {share:.0%}")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _sample(options: argparse.Namespace) -> int | None:
    return SAMPLE_ROWS if options.sample else None


def _engine(package: Package) -> Engine:
    folder = package.folder or Path.cwd()
    return Engine(project_of(folder) or folder, WorkspacePaths.default().cache / "dataprep")


def _input(package: Package, report: FlowReport) -> dict[str, object]:
    path = package.path or Path("package.wbprep")
    base = project_of(path.parent)
    shown = path.relative_to(base).as_posix() if base else os.fspath(path)
    return report.as_input(path.stem, shown, file_digest(path))


if __name__ == "__main__":
    sys.exit(main())
