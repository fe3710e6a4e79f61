"""The Python of a project's run configuration, for what is no job: a notebook's kernel."""

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from workbench.base.errors import UserError
from workbench.jobs.checks import load_config
from workbench.jobs.environments import CancelCheck, EnvironmentBuilder, Say
from workbench.projects import Project


def prepare_python(
    builder: EnvironmentBuilder,
    project: Path | str,
    config: str = "",
    extra: Sequence[str] = (),
    say: Say | None = None,
    cancel: CancelCheck | None = None,
) -> Path:
    """The interpreter of a project's run configuration, with `extra` packages: what a notebook of it runs on.

    An interpreter that is not ours (kinds `workbench` and `interpreter`) gets nothing installed.
    """
    opened = Project.open(project)
    environment = load_config(opened, config).environment
    if environment.kind == "workbench":
        return Path(sys.executable)
    if environment.kind == "interpreter":
        found = shutil.which(environment.python or "python3")
        if not found:
            raise UserError(
                f"There is no Python interpreter {environment.python!r} on this machine.", hint="Correct environment.python."
            )
        return Path(found)
    requirements = opened.folder / environment.file
    lock = builder.resolve(requirements, extra=extra, python=environment.python, say=say, cancel=cancel)
    return builder.ensure(lock, environment.python, say, cancel)
