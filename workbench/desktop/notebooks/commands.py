"""What a user can do with notebooks and consoles, declared once."""

from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from workbench.desktop.commands import Command

if TYPE_CHECKING:
    from workbench.desktop.notebooks.activity import NotebooksActivity


class NotebookCommand(StrEnum):
    """The ids."""

    NEW = "notebooks.new"
    RENAME = "notebooks.rename"
    DELETE = "notebooks.delete"
    REFRESH = "notebooks.refresh"
    LAB = "notebooks.lab"
    COPY_PATH = "notebooks.copy_path"
    CONSOLE = "notebooks.console"
    INTERRUPT = "notebooks.interrupt"
    RESTART = "notebooks.restart"
    STOP = "notebooks.stop"
    CLEAR = "notebooks.clear"
    INPUT = "notebooks.input"


FILE_MENU = (NotebookCommand.LAB, "", NotebookCommand.RENAME, NotebookCommand.COPY_PATH, "", NotebookCommand.DELETE)
CONSOLE_MENU = (NotebookCommand.INTERRUPT, NotebookCommand.RESTART, "", NotebookCommand.CLEAR, NotebookCommand.STOP)


def register_commands(activity: "NotebooksActivity") -> None:
    """Registers them for this activity; those of an earlier one go."""
    registry = activity.context.commands
    known = {command.id for command in registry.all()}
    registry.unregister([name for name in NotebookCommand if name in known])
    registry.register(*_of_files(activity), *_of_consoles(activity))


def _of_files(activity: "NotebooksActivity") -> tuple[Command, ...]:
    ids, context = NotebookCommand, activity.context
    make = partial(Command, category="Notebooks", scope=activity)
    in_list = partial(Command, category="Notebooks", scope=activity.panel.side)

    def project() -> bool:
        return context.project is not None

    def file() -> bool:
        return activity.current_file is not None

    new_doc, lab_doc = "Make a notebook in the project", "Edit and run it in the browser"
    trash_doc, look_doc = "Move it to the project's trash", "Look again what is in the project"
    return (
        make(ids.NEW, "New notebook", activity.new_notebook, "file-plus", ("Ctrl+Shift+N",), project, doc=new_doc),
        make(ids.LAB, "Open in JupyterLab", activity.open_lab, "external-link", ("Ctrl+Shift+J",), file, doc=lab_doc),
        in_list(ids.RENAME, "Rename notebook", activity.rename_current, "pencil", ("F2",), file),
        in_list(ids.DELETE, "Delete notebook", activity.delete_current, "trash-2", ("Del",), file, doc=trash_doc),
        make(ids.COPY_PATH, "Copy path", activity.copy_path, "copy", (), file),
        make(ids.REFRESH, "Refresh notebooks", activity.reload, "refresh-cw", ("F5",), project, doc=look_doc),
    )


def _of_consoles(activity: "NotebooksActivity") -> tuple[Command, ...]:
    ids, context = NotebookCommand, activity.context
    make = partial(Command, category="Notebooks", scope=activity)
    in_list = partial(Command, category="Notebooks", scope=activity.panel.side)

    def project() -> bool:
        return context.project is not None

    def shown() -> bool:
        return activity.current_console is not None

    def alive() -> bool:
        page = activity.current_console
        return page is not None and page.alive

    def busy() -> bool:
        page = activity.current_console
        return page is not None and page.status == "busy"

    new_doc, stop_doc = "Run Python in the project's environment", "Stop what runs now, keep the variables"
    return (
        make(ids.CONSOLE, "New console", activity.new_console, "square-terminal", ("Ctrl+Shift+K",), project, doc=new_doc),
        make(ids.INTERRUPT, "Interrupt console", activity.interrupt, "square", (), busy, doc=stop_doc),
        make(
            ids.RESTART,
            "Restart console",
            activity.restart,
            "rotate-ccw",
            ("Ctrl+Shift+R",),
            alive,
            doc="Begin with an empty memory",
        ),
        make(ids.STOP, "Stop console", activity.stop, "circle-stop", (), shown, doc="End its process"),
        make(ids.CLEAR, "Clear console", activity.clear, "eraser", ("Ctrl+L",), shown, doc="Take what is shown away"),
        in_list(ids.INPUT, "Go to the console's input", activity.focus_input, "terminal", ("Ctrl+Return",), shown),
    )
