"""Reading packages and sources for other programs: what `workbench.prep`, `workbench.source` and the worker's command do."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from workbench.base.errors import EnvironmentError_, UserError
from workbench.base.files import file_digest
from workbench.base.paths import WorkspacePaths
from workbench.dataprep.package import Dataflow, FileRef, Package
from workbench.dataprep.reports import FlowReport
from workbench.dataprep.sources import project_of
from workbench.dataprep.substitution import substitution

if TYPE_CHECKING:
    from workbench.dataprep.engine import Engine

SAMPLE_ROWS = 100_000
"""How many first rows of each source a sample has where no number is given."""

Read = tuple[Any, dict[str, Any]]


def read_package(
    path: str | os.PathLike[str], *, flow: str | None = None, sample: bool | int = False,
    inputs: Mapping[str, Any] = MappingProxyType({}), spark: Any = None, told: bool = False,
) -> Read:  # fmt: skip
    """The rows of a dataflow as a pandas DataFrame (with `spark`, a session: as a Spark DataFrame), and, where `told`, the fields
    of a run's `input` event. With `inputs` the engine stays warm for the next call: a scoring script makes many.

    Raises WorkbenchError.
    """
    package = Package.load(Path(path))
    chosen = package.flow(flow)
    base = base_of(package)
    instead = substitution()
    given = {name: str(Path(value).absolute()) if _is_path(value) else value for name, value in inputs.items()}
    inputs = {**instead.inputs, **given}
    if spark is not None:
        return _by_spark(package, chosen, base, sample, inputs, spark)
    if given:
        from workbench.dataprep.building.engines import engine_for

        engine = engine_for(base, inputs).with_samples(instead.samples, use_samples=instead.use_samples)
        return _read(engine, package, chosen, sample, told=told)
    with engine_of(base, inputs=inputs, use_samples=instead.use_samples) as engine:
        return _read(engine, package, chosen, sample, told=told)


def read_source(path: str | os.PathLike[str], *, sample: bool | int = False, told: bool = False) -> Read:
    """The rows of a data file or a `.wbsource` file as a pandas DataFrame, and, where `told`, the fields of an `input` event."""
    package, flow, base = source_package(path)
    with engine_of(base, use_samples=substitution().use_samples) as engine:
        frame, _ = _read(engine, package, flow, sample, told=False)
        if not told:
            return frame, {}
        return frame, source_input(path, engine.run(package, flow.id, sample_rows=rows_of(sample), write=False), rows_of(sample))


def source_package(path: str | os.PathLike[str]) -> tuple[Package, Dataflow, Path]:
    """A package with one flow that is the source and nothing else, and the folder that paths start from."""
    shown = substitution().instead_of(os.fspath(path))
    place = shown if "://" in shown else str(Path(shown).expanduser().absolute())
    folder = Path.cwd() if "://" in shown else Path(place).parent
    flow = Dataflow(name=Path(place).stem, source=FileRef(path=place))
    return Package(flows=(flow,)), flow, project_of(folder) or folder


def _read(engine: Engine, package: Package, flow: Dataflow, sample: bool | int, *, told: bool) -> Read:
    rows = rows_of(sample)
    fields: dict[str, Any] = {}
    if told:
        fields = package_input(package, flow, engine.run(package, flow.id, sample_rows=rows, write=False), rows)
    return engine.to_pandas(package, flow.id, sample_rows=rows), fields


def _by_spark(package: Package, flow: Dataflow, base: Path, sample: bool | int, inputs: Mapping[str, Any], spark: Any) -> Read:
    from workbench.dataprep.building.engines import spark_frame

    try:
        frame = spark_frame(spark, base, inputs, package, flow.id, rows_of(sample))
    except ImportError as error:
        raise EnvironmentError_("PySpark is not installed.", hint="Install it: pip install 'pyspark>=4'.") from error
    from workbench.dataprep.recipe import recipe

    path = package.path or Path("package.wbprep")
    fields = {"kind": "prep", "name": path.stem, "path": shown_path(path), "digest": file_digest(path), "flow": flow.name}
    return frame, fields | recipe(package, flow, base) | {"sample": sample_text(rows_of(sample))}


def _is_path(value: Any) -> bool:
    return isinstance(value, str | Path) and "://" not in str(value)


def stand_ins(given: Sequence[str]) -> dict[str, str]:
    """What `SOURCE=PATH` arguments say. Raises UserError for one that does not."""
    found: dict[str, str] = {}
    for each in given:
        name, equals, path = each.partition("=")
        if not (name and equals and path):
            raise UserError(f"'{each}' does not say what stands in for a source.", hint="Write SOURCE=PATH.")
        found[name] = path if "://" in path else str(Path(path).expanduser().absolute())
    return found


def rows_of(sample: bool | int) -> int | None:
    """How many first rows of each source are read; None: all."""
    return (SAMPLE_ROWS if sample else None) if isinstance(sample, bool) else sample


def base_of(package: Package) -> Path:
    """The project folder of a package, else its own."""
    folder = package.folder or Path.cwd()
    return project_of(folder) or folder


def engine_of(base: Path, **settings: Any) -> Engine:
    """An engine with the cache of the workspace, and what the job's configuration puts in place of sources; to be closed."""
    from workbench.dataprep.engine import Engine

    instead = substitution()
    given = {"inputs": instead.inputs, "samples": instead.samples, "use_samples": instead.use_samples or None}
    return Engine(base, WorkspacePaths.default().cache / "dataprep", **{**given, **settings})


def package_input(package: Package, flow: Dataflow, report: FlowReport, sample_rows: int | None = None) -> dict[str, Any]:
    """The fields of a run's `input` event for a package that was read: its steps, and every file behind it."""
    from workbench.dataprep.recipe import recipe

    path = package.path or Path("package.wbprep")
    fields = report.as_input(path.stem, shown_path(path), file_digest(path))
    return fields | recipe(package, flow, base_of(package)) | {"sample": sample_text(sample_rows)}


def sample_text(sample_rows: int | None) -> str:
    """Which rows of its sources a flow read; empty: all."""
    instead = substitution()
    if sample_rows is not None:
        return f"the first {sample_rows:,} rows of each source"
    named = [f"{sample} of {source}" for source, sample in instead.samples.items()]
    return ", ".join(["the active samples", *named] if instead.use_samples else named)


def source_input(path: str | os.PathLike[str], report: FlowReport, sample_rows: int | None = None) -> dict[str, Any]:
    """The same for a source that was read by itself."""
    shown = substitution().instead_of(os.fspath(path))
    place = Path(shown).expanduser().absolute()
    local = "://" not in shown and place.is_file()
    fields = report.as_input(Path(shown).stem, shown_path(place) if local else shown, file_digest(place) if local else "")
    return {**fields, "kind": "file", "flow": "", "sample": sample_text(sample_rows)}


def shown_path(path: Path) -> str:
    """A path relative to its project."""
    base = project_of(path.parent)
    return path.relative_to(base).as_posix() if base else os.fspath(path)
