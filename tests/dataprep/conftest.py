"""A project folder with an engine, and the shipped samples written out once."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from workbench.dataprep.engine import Engine
from workbench.dataprep.package import Dataflow, FileRef, Package
from workbench.dataprep.samples import write_sample
from workbench.dataprep.steps import StepBase


@pytest.fixture
def project(home: Path, tmp_path: Path) -> Path:
    """An empty project folder."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "workbench.toml").write_text('name = "test"\n')
    return folder


@pytest.fixture
def engine(project: Path, tmp_path: Path) -> Iterator[Engine]:
    """An engine on the project; its tables are gone after the test."""
    with Engine(project, tmp_path / "cache") as made:
        yield made


Rows = list[tuple[str | None, ...]]


@pytest.fixture
def run_steps(project: Path, engine: Engine) -> Callable[..., Rows]:
    """`run_steps("a,b\\n1,2\\n", step, ...)`: the rows of texts that come out."""

    def run(text: str, *steps: StepBase) -> Rows:
        (project / "data.csv").write_text(text)
        flow = Dataflow(name="data", source=FileRef(path="data.csv"), steps=steps)
        with engine.view(Package(flows=(flow,)), "data") as view:
            return list(zip(*view.window(0, 1000).columns, strict=True))

    return run


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the raw CSV files of the samples."""
    folder = tmp_path_factory.mktemp("samples")
    write_sample("flights", folder)
    write_sample("weather", folder)
    return folder
