"""Opening a script or another text file, to be edited."""

import os
import shlex
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from workbench.base.errors import EnvironmentError_
from workbench.base.processes import spawn_detached

if TYPE_CHECKING:
    from workbench.desktop.context import AppContext


def open_text(context: "AppContext", path: Path) -> None:
    """Opens it with the command that the settings name, else with the system's choice. GUI thread."""
    editor = context.settings.editor.strip()
    if not editor:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
        return
    try:
        # Windows: a path keeps its backslashes; `code` is found as code.cmd
        program, *arguments = [word.strip('"') for word in shlex.split(editor, posix=os.name == "posix")]
        command = [shutil.which(program) or program, *arguments, str(path)]
        spawn_detached(command, log=context.paths.logs / "editor.log", cwd=path.parent)
    except (OSError, ValueError) as error:
        hint = "Name another one in the settings, under Tools."
        failure = EnvironmentError_(f"The editor {editor} does not start: {error}.", hint=hint)
        context.notifications.error(failure, f"Opening {path.name}")
