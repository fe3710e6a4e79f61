"""Jobs in environments of each kind of file, and cleaning while they run."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.jobs.conftest import Workspace, is_running
from workbench.base.errors import UserError
from workbench.jobs.environments import EnvironmentBuilder
from workbench.projects import Project
from workbench.schema import JobRequest

_CONDA = "dependencies:\n  - pip:\n    - six==1.16.0\n"


def _use(project: Project, file: str) -> None:
    (project.folder / "runconfig/local.toml").write_text(f'[environment]\nfile = "{file}"\n')


def test_that_a_job_has_the_packages_of_a_conda_file_and_keeps_the_lock(
    workspace: Workspace, project: Project, request_for: Callable[..., JobRequest]
) -> None:
    (project.folder / "conda_dependencies.yml").write_text(_CONDA)
    (project.folder / "requirements.txt").unlink()
    request = request_for("import six\nprint('six', six.__version__)\n")
    with workspace.manager() as manager:
        with pytest.raises(UserError, match=r"requirements\.txt is missing") as caught:
            manager.submit(request)
        assert "set environment.file to conda_dependencies.yml" in caught.value.hint
        _use(project, "conda_dependencies.yml")
        run = workspace.end_of(manager.submit(request).id)
        assert run.status == "finished", workspace.log(run.id)
        assert "six 1.16.0" in workspace.log(run.id)
        assert run.environment_lock == "six==1.16.0\n"


def test_that_the_environment_of_a_running_job_is_not_cleaned(
    workspace: Workspace, project: Project, request_for: Callable[..., JobRequest], builder: EnvironmentBuilder, tmp_path: Path
) -> None:
    (project.folder / "requirements.txt").write_text("six==1.16.0\n")
    go = tmp_path / "go"
    code = f"import os, time\nwhile not os.path.exists({str(go)!r}): time.sleep(0.05)\nimport six\nprint('still there')\n"
    with workspace.manager() as manager:
        run = manager.submit(request_for(code))
        workspace.until(run.id, is_running)
        (kept,) = builder.kept()
        assert kept.in_use
        marker = kept.folder / "workbench-environment.json"
        os.utime(marker, (0, 0))  # as if it had not been used for years
        assert builder.clean(unused_days=0, limit_gb=0) == []
        go.touch()
        assert workspace.end_of(run.id).status == "finished"
        assert "still there" in workspace.log(run.id)
    os.utime(marker, (0, 0))
    assert [one.id for one in builder.clean(unused_days=1)] == [kept.id]
