"""The notebook files of a project: new, renamed, put into the trash."""

import json
import re
from pathlib import Path

from PySide6.QtCore import QFile

from workbench.base.errors import Conflict, EnvironmentError_, UserError
from workbench.base.files import write_atomic
from workbench.projects.project import Project


def notebook_problem(name: str) -> str:
    """One sentence: what is wrong with a notebook's name; empty when nothing is."""
    if not name.strip():
        return "Give the notebook a name."
    if re.search(r'[\\:*?"<>|\x00-\x1f]', name) or name.startswith("/") or ".." in name.split("/"):
        return 'A name has none of \\ : * ? " < > | and stays inside the project.'
    return ""


def with_ending(name: str) -> str:
    name = name.strip()
    return name if name.lower().endswith(".ipynb") else f"{name}.ipynb"


def free_name(project: Project) -> str:
    """A name for a new notebook that no file has."""
    number = 1
    while (project.folder / (name := "notebook.ipynb" if number == 1 else f"notebook-{number}.ipynb")).exists():
        number += 1
    return name.removesuffix(".ipynb")


def create_notebook(project: Project, name: str) -> str:
    """Writes an empty notebook; returns its path in the project."""
    import nbformat

    relative = _checked(project, name)
    notebook = nbformat.v4.new_notebook(
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python"},
        },
        cells=[nbformat.v4.new_code_cell("")],
    )
    write_atomic(project.folder / relative, nbformat.writes(notebook) + "\n")
    return relative


def rename_notebook(project: Project, old: str, name: str) -> str:
    """Moves a notebook; never over another file."""
    relative = _checked(project, name)
    target = project.folder / relative
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        (project.folder / old).rename(target)
    except OSError as error:
        raise EnvironmentError_(f"{old} could not be renamed: {error.strerror or error}.", place=old) from error
    return relative


def trash_notebook(project: Project, name: str) -> None:
    """Puts it into the system's trash. Raises EnvironmentError_ where there is none."""
    moved = QFile.moveToTrash(str(project.folder / name))
    ok = moved[0] if isinstance(moved, tuple) else moved
    if not ok:
        raise EnvironmentError_(f"{name} could not be put into the trash.", hint="Delete it in the file manager.", place=name)


def cell_count(path: Path) -> int | None:
    """How many cells a notebook has; None for a file that is no notebook."""
    try:
        return len(json.loads(path.read_text("utf-8"))["cells"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _checked(project: Project, name: str) -> str:
    if problem := notebook_problem(name):
        raise UserError(problem)
    relative = with_ending(name)
    if (project.folder / relative).exists():
        raise Conflict(f"There is a file {relative} already.", hint="Choose another name.")
    return relative
