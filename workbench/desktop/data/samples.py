"""The shipped sample data as sources of a project, so that a first try needs no file of one's own."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.desktop.operations import Progress

NAMES = ("flights", "weather")
"""The samples that belong together: all flights from New York in 2013, and the hourly weather there."""


def add_samples(folder: Path, progress: "Progress") -> tuple[Path, ...]:
    """Writes the raw files into `folder` and saves a data source for each; what is there already stays. Takes seconds."""
    from workbench.dataprep.samples import write_sample
    from workbench.dataprep.sources import DataSource

    made = []
    for number, name in enumerate(NAMES):
        target, raw = folder / f"{name}.wbsource", folder / f"{name}.csv"
        if not raw.is_file():
            progress(number / len(NAMES), f"Writing {name}.csv")
            progress.check()
            write_sample(name, folder)
        if not target.is_file():
            progress((number + 0.6) / len(NAMES), f"Looking at {name}.csv")
            progress.check()
            DataSource.create(raw, folder).save(target)
        made.append(target)
    return tuple(made)


def lacking(names: frozenset[str]) -> bool:
    """Whether some of the samples are not among the project's sources."""
    return not names.issuperset(NAMES)
