"""Steps 1 to 3 of the tour: the project, its data sources, and the data preparation with a column by example."""

from pathlib import Path
from typing import TYPE_CHECKING

from workbench.base.errors import UserError
from workbench.base.files import write_atomic
from workbench.base.paths import WorkspacePaths
from workbench.cli.tour.stage import Stage
from workbench.projects import Project

if TYPE_CHECKING:
    from workbench.dataprep.package import Dataflow, Package
    from workbench.dataprep.sources import DataSource
    from workbench.dataprep.steps import Derive

PACKAGE = "data/flights.wbprep"
PREPARED = "data/flights.parquet"
WINDOW = "departure_window"
EXAMPLES = (("515", "5AM-6AM"), ("1905", "7PM-8PM"))
# Known only after departure: a model that uses them could not answer in time.
TOO_LATE = ("dep_time", "dep_delay", "arr_time", "air_time", "tailnum", "hour", "minute")
WEATHER = ("origin", "time_hour", "temp", "dewp", "humid", "wind_dir", "wind_speed", "precip", "pressure", "visib")


def make_project(stage: Stage, folder: Path) -> Project:
    """Makes the project from the template `flights`, as a git repository."""
    project = Project.create(
        folder, name=folder.name, template="flights", description="Will a flight arrive more than 30 minutes late?"
    )
    stage.tell(f"{project.folder}: git repository, {', '.join([*project.scripts(), 'requirements.txt', 'runconfig/local.toml'])}")
    return project


def add_sources(stage: Stage, project: Project, rows: int) -> None:
    """Writes the raw files, has their format detected and saves both as data sources."""
    from workbench.dataprep.samples import write_sample
    from workbench.dataprep.sources import DataSource

    folder = project.folder / "data"
    for name in ("flights", "weather"):
        with stage.waiting(f"Writing {name}.csv"):
            path = write_sample(name, folder)
            if rows and name == "flights":
                _thin(path, rows)
            source = DataSource.create(path, folder)
            source.save(folder / f"{name}.wbsource")
        stage.tell(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB, {_described(source)}")


def _described(source: "DataSource") -> str:
    """The detected format in one line."""
    from workbench.dataprep.sources import DelimitedSpec

    spec = source.spec
    kinds: dict[str, int] = {}
    for column in source.columns:
        kinds[column.type] = kinds.get(column.type, 0) + 1
    types = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
    if not isinstance(spec, DelimitedSpec):
        return f"{spec.kind}, {len(source.columns)} columns ({types})"
    missing = " ".join(repr(marker) for marker in spec.missing if marker)
    return (
        f"{spec.kind} by {spec.delimiter!r}, {spec.encoding}, {len(source.columns)} columns ({types})"
        f"{f', missing values written {missing}' if missing else ''}"
    )


def _thin(path: Path, rows: int) -> None:
    """Keeps about `rows` lines of a CSV file, spread evenly, so that all days of the year stay."""
    header, *lines = path.read_text("utf-8").splitlines(keepends=True)
    write_atomic(path, header + "".join(lines[:: max(1, len(lines) // rows)]))


def build_package(stage: Stage, project: Project) -> str:
    """Builds the two dataflows, shows what was learned and what comes out, and saves them as a package."""
    from workbench.dataprep.package import Package

    weather = _weather_flow()
    flights = _flights_flow(stage, project, weather.id)
    path = project.folder / PACKAGE
    package = Package(flows=(weather, flights)).save(path)
    stage.tell(f"Dataflow {flights.name}:")
    for number, step in enumerate(flights.steps, 1):
        stage.tell(f"  {number}. {step.describe()}")
    _show_result(stage, project, package)
    stage.tell(f"Saved as {PACKAGE}")
    return PACKAGE


def _weather_flow() -> "Dataflow":
    from workbench.dataprep.package import Dataflow, FileRef
    from workbench.dataprep.steps import Keep

    return Dataflow(name="weather", source=FileRef(path="weather.wbsource"), steps=(Keep(columns=WEATHER),))


def _flights_flow(stage: Stage, project: Project, weather: str) -> "Dataflow":
    from workbench.dataprep.package import Dataflow, FileRef
    from workbench.dataprep.steps import Condition, Convert, Derive, Filter, Join, JoinKey, Remove, WriteParquet

    examples = [((given,), wanted) for given, wanted in EXAMPLES]
    derive = Derive.learn(WINDOW, ("sched_dep_time",), examples, _values(project, "sched_dep_time"))
    _tell_learned(stage, derive)
    steps = (
        Filter(conditions=(Condition(column="arr_delay", operator="is_not_missing"),), note="cancelled and diverted flights"),
        Convert(columns=("flight",), to="string", note="a name, not a number"),
        derive,
        Remove(columns=TOO_LATE, note="not known before departure"),
        Join(
            flow=weather,
            name="weather",
            keys=(JoinKey(left="origin", right="origin"), JoinKey(left="time_hour", right="time_hour")),
            how="left",
        ),
        WriteParquet(path=PREPARED),
    )
    return Dataflow(name="flights", source=FileRef(path="flights.wbsource"), steps=steps)


def _values(project: Project, column: str) -> "tuple[tuple[str | None, ...], ...]":
    """Values of a column of the flights, over which a program is learned."""
    from workbench.dataprep.engine import Engine
    from workbench.dataprep.package import Dataflow, FileRef, Package

    flow = Dataflow(name="flights", source=FileRef(path="data/flights.wbsource"))
    with (
        Engine(project.folder, WorkspacePaths.default().cache) as engine,
        engine.view(Package(flows=(flow,)), flow.id, sample_rows=100_000) as view,
    ):
        return view.sample((column,)).rows


def _tell_learned(stage: Stage, derive: "Derive") -> None:
    """What was learned from the two examples, and how it answers for others."""
    program = derive.load_program()
    stage.tell(f"{WINDOW} from {' and '.join(f'{given} -> {wanted}' for given, wanted in EXAMPLES)}")
    stage.tell(f"  learned: {program.explain(derive.inputs)}")
    others = ("630", "1159", "1200", "2359")
    stage.tell(f"  so also: {', '.join(f'{given} -> {program.run((given,))}' for given in others)}")


def _show_result(stage: Stage, project: Project, package: "Package") -> None:
    """The first rows of the result: the columns that the steps have made or brought."""
    from workbench.cli.output import table
    from workbench.dataprep.engine import Engine

    shown = ("carrier", "origin", "dest", "sched_dep_time", WINDOW, "arr_delay", "temp", "humid", "visib")
    with (
        Engine(project.folder, WorkspacePaths.default().cache) as engine,
        engine.view(package, package.flows[-1].id, sample_rows=100_000) as view,
    ):
        names = [column.name for column in view.columns]
        if lacking := [name for name in shown if name not in names]:
            raise UserError(f"The prepared data lack {', '.join(lacking)}.")
        window = view.window(0, 3)
    rows = table(*shown)
    for row in range(window.row_count):
        rows.add_row(*(window.columns[names.index(name)][row] or "-" for name in shown))
    stage.console.print(rows)
