"""The notebook files of a project: made and renamed. Nothing is ever overwritten."""

import os
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from workbench.base.errors import Conflict, NotFound, UserError
from workbench.base.files import disk_error, write_json

SUFFIX = ".ipynb"
_FORBIDDEN = frozenset('<>:"|?*\\')


@dataclass(frozen=True)
class NotebookFile:
    """A notebook of a project; `path` is relative to it, with slashes."""

    path: str
    changed: datetime
    size: int

    @property
    def name(self) -> str:
        return PurePosixPath(self.path).stem

    @property
    def folder(self) -> str:
        parent = str(PurePosixPath(self.path).parent)
        return "" if parent == "." else parent


def list_notebooks(project: Path, paths: list[str]) -> tuple[NotebookFile, ...]:
    """What is known of the notebooks at `paths`; those that have just gone are left out."""
    found = []
    for path in paths:
        try:
            about = (project / path).stat()
        except OSError:
            continue
        found.append(NotebookFile(path, datetime.fromtimestamp(about.st_mtime, UTC), about.st_size))
    return tuple(found)


def notebook_path(project: Path, text: str) -> Path:
    """Where a notebook of that name goes; folders are allowed, the suffix may be left out. Raises UserError with the reason."""
    name = text.strip().strip("/")
    if not name:
        raise UserError("A notebook needs a name.")
    if bad := sorted(set(name) & _FORBIDDEN) or [character for character in name if ord(character) < 32]:
        raise UserError(f"A notebook's name cannot have {' '.join(bad)} in it.")
    if not name.lower().endswith(SUFFIX):
        name += SUFFIX
    path = Path(os.path.normpath(project / name))
    if not path.is_relative_to(project) or not path.name[: -len(SUFFIX)].strip(". "):
        raise UserError(
            f"{text.strip()} is not a place inside the project.", hint="Give a name such as explore or notebooks/explore."
        )
    return path


def create_notebook(project: Path, text: str) -> str:
    """Makes a notebook with one empty cell; returns its path in the project. Raises Conflict and UserError."""
    path = notebook_path(project, text)
    if path.exists():
        raise Conflict(f"{path.relative_to(project).as_posix()} exists already.", hint="Choose another name.")
    cell: dict[str, object] = {
        "cell_type": "code",
        "execution_count": None,
        "id": uuid.uuid4().hex[:8],
        "metadata": {},
        "outputs": [],
        "source": [],
    }
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    write_json(path, {"cells": [cell], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})
    return path.relative_to(project).as_posix()


def rename_notebook(project: Path, old: str, text: str) -> str:
    """Gives a notebook another name (or folder); returns its new path. Raises NotFound, Conflict and UserError."""
    source, path = project / old, notebook_path(project, text)
    if not source.is_file():
        raise NotFound(f"{old} is not there any more.", hint="Refresh the list.")
    if path == source:
        return old
    if path.exists() and not path.samefile(source):
        raise Conflict(f"{path.relative_to(project).as_posix()} exists already.", hint="Choose another name.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        source.rename(path)
    except OSError as error:
        raise disk_error(error, str(path)) from error
    return path.relative_to(project).as_posix()


def free_name(project: Path, taken: list[str], base: str = "Untitled") -> str:
    """A name that no notebook has yet: Untitled, Untitled 2, ..."""
    names = {PurePosixPath(path).stem.casefold() for path in taken}
    number, name = 1, base
    while name.casefold() in names or (project / f"{name}{SUFFIX}").exists():
        number += 1
        name = f"{base} {number}"
    return name
