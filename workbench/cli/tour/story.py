"""The nine steps, one after the other; ordinary client code over the same public calls that the app uses."""

from pathlib import Path

from workbench.base.errors import Cancelled
from workbench.base.paths import WorkspacePaths
from workbench.cli.format import duration
from workbench.cli.output import out
from workbench.cli.tour import deploying, preparing, training
from workbench.cli.tour.stage import Stage
from workbench.client import Client
from workbench.projects import Project
from workbench.schema import ModelVersion, Run, Service

PLACE = Path("workbench") / "late-flights"


def take_tour(folder: Path | None, rows: int = 0) -> Path:
    """Runs the tour and returns the project's folder. Raises what its steps raise; Cancelled on Ctrl+C, saying what goes on."""
    stage = Stage(out())
    root = new_folder(folder)
    stage.console.print(
        "[bold]Will a flight arrive more than 30 minutes late?[/] From the raw file to a scored request, on real data."
    )
    try:
        _take(stage, root, rows)
    except KeyboardInterrupt:
        raise Cancelled(_what_goes_on(root), hint=f"Look at it with: workbench run list --project {root}") from None
    return root


def new_folder(wanted: Path | None) -> Path:
    """The wanted folder, or with a number behind its name when it holds something already."""
    first = (wanted.expanduser() if wanted else Path.home() / PLACE).absolute()
    folder, number = first, 1
    while folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        number += 1
        folder = first.with_name(f"{first.name}-{number}")
    return folder


def _take(stage: Stage, root: Path, rows: int) -> None:
    with stage.step("A project from a template"):
        project = preparing.make_project(stage, root)
    with stage.step("Two data sources"):
        preparing.add_sources(stage, project, rows)
    with stage.step("A data preparation, with a column by example"):
        package = preparing.build_package(stage, project)
    with Client.connect(say=stage.tell) as client:
        with stage.step("The preparation as a job, then four training runs"):
            prepared = training.run_package(stage, client, project.folder, package)
            runs = training.train_all(stage, client, project.folder)
        with stage.step("The runs compared"):
            best = training.compare(stage, client, runs)[0]
        with stage.step("The best one as a registered model"):
            model = training.register(stage, client, best)
        with stage.step("Deployed as a local service"):
            service = deploying.deploy(stage, client, model)
        with stage.step("A request"):
            deploying.ask(stage, client, service)
            service = client.service(service.name)
        with stage.step("All of it is there to look at"):
            _print_places(stage, project, [prepared, *runs], model, service)
    _print_times(stage)
    stage.console.print(f"\nOpen the app on it:  [bold]uv run workbench {root}[/]", soft_wrap=True)


def _print_places(stage: Stage, project: Project, runs: list[Run], model: ModelVersion, service: Service) -> None:
    from rich.markup import escape
    from rich.table import Table

    paths = WorkspacePaths.default()
    places = {
        "project": f"{project.folder} (git repository)",
        "raw data": f"{project.folder / 'data'}: flights.csv, weather.csv",
        "preparation": str(project.folder / preparing.PACKAGE),
        "prepared data": str(project.folder / preparing.PREPARED),
        f"runs {runs[0].number} to {runs[-1].number}": f"{paths.runs} (log, metrics, outputs of each)",
        "model": f"{model.name}:{model.version} in {paths.models}",
        "service": f"{service.name} at {service.address}, documentation at {service.address}/docs",
        "key": service.key,
    }
    made = Table.grid(padding=(0, 2))
    made.add_column(style="bold", no_wrap=True)
    made.add_column(overflow="fold")
    for name, text in places.items():
        made.add_row(f"    {name}", escape(text))
    stage.console.print(made)
    # A line to copy has no breaks of ours in it.
    stage.tell("")
    stage.tell(service.curl)


def _print_times(stage: Stage) -> None:
    from workbench.cli.output import table

    rows = table("step", "", "time", right=("step", "time"), title="Times")
    for number, (title, seconds) in enumerate(stage.times, 1):
        rows.add_row(str(number), title, duration(seconds))
    rows.add_section()
    rows.add_row("", "together", duration(stage.total))
    stage.console.print(rows)


def _what_goes_on(root: Path) -> str:
    """What an interrupted tour leaves: the project, and the jobs that the server runs on."""
    if not root.exists():
        return "The tour was stopped before it made anything."
    sentence = f"The tour was stopped; the project {root} stays."
    if not WorkspacePaths.default().server_json.exists():
        return sentence
    with Client.connect(start=False) as client:
        going = [run for run in client.runs(project=str(root)).runs if not run.status.is_final]
    if not going:
        return f"{sentence} No job runs."
    numbers = " ".join(str(run.number) for run in sorted(going, key=lambda run: run.number))
    return f"{sentence} These runs go on: {numbers}. Stop them with: workbench run cancel --project {root} {numbers}"
