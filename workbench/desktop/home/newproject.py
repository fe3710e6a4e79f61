"""New project and clone: a template gallery with a form, in sheets."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field, field_validator
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from workbench.desktop.context import AppContext
from workbench.desktop.forms import ModelForm
from workbench.desktop.operations import Progress
from workbench.desktop.widgets.basics import button, label, restyle
from workbench.desktop.widgets.dialogs import Sheet
from workbench.desktop.widgets.fitting import FittingArea
from workbench.desktop.widgets.states import IconLabel

if TYPE_CHECKING:
    from workbench.projects.project import Project
    from workbench.projects.templates import Template

_ICONS = {"blank": "file", "flights": "send"}


class NewProject(BaseModel):
    """What a new project needs."""

    name: str = Field("", min_length=1, title="Name", description="As you call it; also the name of its folder")
    parent: Path = Field(Path(), title="Location", description="The project gets a folder of its own in here")
    description: str = Field("", title="Description")
    git_url: str = Field("", title="Git repository", description="Address of an empty remote repository, if there is one")

    @field_validator("name")
    @classmethod
    def _folder_name(cls, name: str) -> str:
        if not re.search(r"[A-Za-z0-9]", name):
            raise ValueError("A name needs letters or digits.")
        return name

    @property
    def folder(self) -> Path:
        """The folder to be made."""
        return self.parent.expanduser() / re.sub(r"[^A-Za-z0-9._-]+", "-", self.name).strip("-.")


class CloneProject(BaseModel):
    """What a clone needs."""

    url: str = Field("", min_length=1, title="Address", description="Of a git repository, https or ssh")
    parent: Path = Field(Path(), title="Location", description="The clone gets a folder of its own in here")

    @property
    def folder(self) -> Path:
        """The folder to be made."""
        name = self.url.rstrip("/").removesuffix(".git").replace(":", "/").rsplit("/", 1)[-1]
        return self.parent.expanduser() / (name or "project")


class TemplateTile(QFrame):
    """A template to pick by mouse or key."""

    chosen = Signal(str)

    def __init__(self, name: str, title: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = name
        self.setProperty("tile", True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(f"Template {title}")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 12, 14, 12)
        row.setSpacing(12)
        row.addWidget(IconLabel(_ICONS.get(name, "layers"), 20, "accent"), 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(3)
        column.addWidget(label(title, font="strong_font"))
        column.addWidget(label(text, "small", wrap=True))
        column.addStretch(1)
        row.addLayout(column, 1)

    def set_chosen(self, on: bool) -> None:
        self.setProperty("chosen", on)
        restyle(self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.chosen.emit(self.name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Space, Qt.Key.Key_Return}:
            self.chosen.emit(self.name)
        else:
            super().keyPressEvent(event)


class NewProjectSheet(Sheet):
    """Template gallery over the form; the project is made in the background, errors stay in the sheet."""

    def __init__(self, context: AppContext, parent: QWidget | None, template: str = "blank") -> None:
        super().__init__(parent, "New project", "A folder with scripts, an environment and a git repository.", width=620)
        self._context = context
        self._template = template
        self._tiles: dict[str, TemplateTile] = {}
        self._gallery = QHBoxLayout()
        self._gallery.setSpacing(10)
        self.body.addLayout(self._gallery)
        self.body.addSpacing(6)
        self.form = ModelForm(NewProject, initial={"parent": default_folder(context)})
        self.form.submitted.connect(self.create_project)
        self.body.addWidget(FittingArea(self.form), 1)
        self.buttons.addWidget(button("Cancel", self.reject))
        self.create_button = button("Create project", self.create_project, kind="primary")
        self.create_button.setDefault(True)
        self.buttons.addWidget(self.create_button)
        self.form.field("name").setFocus()
        context.operations.run("Reading the templates", _templates, self._on_templates, self.show_error, quiet=True)

    @property
    def template(self) -> str:
        return self._template

    def choose(self, name: str) -> None:
        """Picks a template."""
        self._template = name
        for known, tile in self._tiles.items():
            tile.set_chosen(known == name)

    def create_project(self) -> None:
        """Makes the project, when the form holds."""
        self.show_error("")
        wanted = self.form.value()
        if wanted is None:
            return
        template = self._template
        self.create_button.setEnabled(False)
        self.create_button.setText("Creating …")

        def work(_progress: Progress) -> "Project":
            from workbench.projects.project import Project

            return Project.create(
                wanted.folder, name=wanted.name, template=template, description=wanted.description, git_url=wanted.git_url
            )

        self._context.operations.run(f"Creating {wanted.name}", work, self._on_created, self._on_failed, cancellable=False)

    def _on_templates(self, found: "list[Template]") -> None:
        for one in found:
            tile = TemplateTile(one.name, one.title, one.description)
            tile.chosen.connect(self.choose)
            self._tiles[one.name] = tile
            self._gallery.addWidget(tile, 1)
        self.choose(self._template if self._template in self._tiles else next(iter(self._tiles), ""))

    def _on_created(self, project: "Project") -> None:
        self._context.set_project(project)
        self.accept()

    def _on_failed(self, error: Exception) -> None:
        self.create_button.setEnabled(True)
        self.create_button.setText("Create project")
        self.show_error(error)


class CloneSheet(Sheet):
    """Clones a repository in the background and opens it."""

    def __init__(self, context: AppContext, parent: QWidget | None) -> None:
        super().__init__(parent, "Clone a project", "Copies a git repository that holds a Workbench project.", width=560)
        self._context = context
        self.form = ModelForm(CloneProject, initial={"parent": default_folder(context)})
        self.form.submitted.connect(self.clone)
        self.body.addWidget(self.form)
        self.buttons.addWidget(button("Cancel", self.reject))
        self.clone_button = button("Clone", self.clone, kind="primary")
        self.clone_button.setDefault(True)
        self.buttons.addWidget(self.clone_button)
        self.form.field("url").setFocus()

    def clone(self) -> None:
        """Starts it, when the form holds."""
        self.show_error("")
        wanted = self.form.value()
        if wanted is None:
            return
        self.clone_button.setEnabled(False)

        def work(progress: Progress) -> "Project":
            from workbench.projects.git import clone
            from workbench.projects.project import Project

            clone(wanted.url, wanted.folder, progress=progress, cancel=lambda: progress.cancelled)
            return Project.open(wanted.folder)

        self._operation = self._context.operations.run(f"Cloning {wanted.url}", work, self._on_cloned, self._on_failed)
        self.rejected.connect(self._operation.cancel)

    def _on_cloned(self, project: "Project") -> None:
        self._context.set_project(project)
        self.accept()

    def _on_failed(self, error: Exception) -> None:
        self.clone_button.setEnabled(True)
        self.show_error(error)


def default_folder(context: AppContext) -> Path:
    """Where the last project stands, else `Workbench` in the home folder."""
    recent = context.recent_projects()
    return recent[0][0].parent if recent else Path.home() / "Workbench"


def _templates(_progress: Progress) -> "list[Template]":
    from workbench.projects.templates import templates

    return templates()
