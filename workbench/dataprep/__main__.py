"""`python -m workbench.dataprep`: reads a dataflow or a source into a Parquet file, or runs the dataflows that write."""

import argparse
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from workbench.base.errors import ExitCode, UserError, WorkbenchError
from workbench.base.files import write_json
from workbench.dataprep.engine import Engine
from workbench.dataprep.package import Dataflow, Package
from workbench.dataprep.reading import SAMPLE_ROWS, base_of, engine_of, package_input, source_input, source_package, stand_ins
from workbench.dataprep.reports import FlowReport
from workbench.dataprep.substitution import substitution
from workbench.sdk import current_run, log_metrics
from workbench.sdk.data import record_input


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; a failure is one line on stderr and an exit code."""
    parser = argparse.ArgumentParser(prog="python -m workbench.dataprep", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    read = commands.add_parser("read", help="write one dataflow's rows to a Parquet file")
    source = commands.add_parser("source", help="write the rows of a data file or a .wbsource to a Parquet file")
    run = commands.add_parser("run", help="run the dataflows that write files")
    for command in (read, run):
        command.add_argument("package", type=Path)
        command.add_argument("--flow", help="name of the dataflow (read: the last one without; run: all that write)")
        command.add_argument("--input", action="append", default=[], metavar="SOURCE=PATH", help="what stands in for a source")
    source.add_argument("path")
    for command in (read, source, run):
        command.add_argument(
            "--sample", type=int, nargs="?", const=SAMPLE_ROWS, metavar="ROWS",
            help=f"only the first rows of each source ({SAMPLE_ROWS:,} without a number)",
        )  # fmt: skip
    for command in (read, source):
        command.add_argument("--out", type=Path, required=True, help="the Parquet file")
        command.add_argument("--report", type=Path, help="a JSON file that tells what was read")
    options = parser.parse_args(arguments)
    try:
        {"read": _read, "source": _source, "run": _run}[options.command](options)
    except WorkbenchError as error:
        sys.stderr.write(f"{error}{f' ({error.place})' if error.place else ''}\n")
        return int(error.exit_code)
    return int(ExitCode.OK)


def _read(options: argparse.Namespace) -> None:
    package = Package.load(options.package)
    flow = package.flow(options.flow)
    with _engine(package, options.input) as engine:
        report = engine.export(package, flow.id, options.out, sample_rows=options.sample)
    _tell(report)
    if options.report:
        write_json(options.report, package_input(package, flow, report, options.sample))


def _engine(package: Package, given: Sequence[str]) -> Engine:
    """`given`: what stands in for sources; it wins over what the job's configuration says."""
    return engine_of(base_of(package), inputs={**substitution().inputs, **stand_ins(given)})


def _source(options: argparse.Namespace) -> None:
    package, flow, base = source_package(options.path)
    with engine_of(base) as engine:
        report = engine.export(package, flow.id, options.out, sample_rows=options.sample)
    _tell(report)
    if options.report:
        write_json(options.report, source_input(options.path, report, options.sample))


def _tell(report: FlowReport) -> None:
    for note in report.notes:
        sys.stderr.write(f"note: {note.message}\n")


def _run(options: argparse.Namespace) -> None:
    package = Package.load(options.package)
    flows = [package.flow(options.flow)] if options.flow else [flow for flow in package.flows if flow.writes]
    if not flows:
        raise UserError(
            "No dataflow of the package writes a file.", hint="Add a step that writes Parquet or CSV, or name one with --flow."
        )
    with _engine(package, options.input) as engine:
        for flow in flows:
            _run_flow(engine, package, flow, options.sample)


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
    if current_run():
        log_metrics({"rows": report.rows, "seconds": report.seconds})
        record_input(package_input(package, flow, report, sample_rows))


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


if __name__ == "__main__":
    sys.exit(main())
