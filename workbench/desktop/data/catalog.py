"""What data a project holds: its sources and preparations, and free names for new ones."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from workbench.base.errors import Conflict, UserError
from workbench.base.files import disk_error
from workbench.projects import Project

Kind = Literal["source", "preparation"]
SUFFIX: dict[Kind, str] = {"source": ".wbsource", "preparation": ".wbprep"}


@dataclass(frozen=True)
class Item:
    """One file of the Data activity; `relative` is its path inside the project, with forward slashes."""

    kind: Kind
    path: Path
    relative: str

    @property
    def name(self) -> str:
        return self.path.stem


@dataclass(frozen=True)
class Catalog:
    """The project's data files at one moment."""

    sources: tuple[Item, ...] = ()
    preparations: tuple[Item, ...] = ()

    @property
    def items(self) -> tuple[Item, ...]:
        return self.sources + self.preparations


def read_catalog(project: Project) -> Catalog:
    """Reads the project folder anew; walks the disk, so never on the GUI thread."""
    return Catalog(
        tuple(Item("source", project.folder / path, path) for path in project.sources()),
        tuple(Item("preparation", project.folder / path, path) for path in project.packages()),
    )


def kind_of(path: Path) -> Kind | None:
    """Which kind of document a path is; None for other files."""
    return next((kind for kind, suffix in SUFFIX.items() if path.suffix.lower() == suffix), None)


def free_path(folder: Path, stem: str, kind: Kind) -> Path:
    """A path that is not taken: `flights.wbprep`, else `flights-1.wbprep`, ..."""
    suffix, path, number = SUFFIX[kind], folder / f"{stem}{SUFFIX[kind]}", 0
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}{suffix}"
    return path


def rename_file(path: Path, stem: str) -> Path:
    """Gives a data file another name in its folder. Raises UserError or Conflict; nothing is ever overwritten."""
    wanted = stem.strip().removesuffix(path.suffix)
    if not wanted or any(character in wanted for character in '/\\:*?"<>|') or wanted.startswith("."):
        raise UserError(f"{stem!r} cannot be a file's name.", hint="Use letters, digits, spaces, dashes and underscores.")
    target = path.with_name(wanted + path.suffix)
    if target == path:
        return path
    if target.exists():
        raise Conflict(f"{target.name} exists already.", hint="Choose another name.", place=str(target))
    try:
        path.rename(target)
    except OSError as error:
        raise disk_error(error, str(target)) from error
    return target
