"""How to run: the parsed content of a project's `runconfig/<name>.toml`."""

from typing import Literal

from pydantic import Field

from workbench.schema.base import Wire


class EnvironmentSpec(Wire):
    """Which Python a job runs in.

    `requirements`: an isolated uv environment from `file` (relative to the project); `workbench`: Workbench's own interpreter (what
    a data preparation needs); `interpreter`: the named one, left as it is.
    """

    kind: Literal["requirements", "workbench", "interpreter"] = "requirements"
    file: str = Field("requirements.txt", title="Requirements", description="requirements.txt or pyproject.toml of the project")
    python: str = Field("", title="Python", description="Version such as 3.11, or an interpreter's path; empty: as Workbench's")


class Resources(Wire):
    """What a job asks of its target."""

    cpus: float = Field(1.0, gt=0, description="Processor cores; so many threads the numeric libraries use")
    memory_mb: int = Field(0, ge=0, description="0: no limit")
    time_limit_s: int = Field(0, ge=0, description="0: no limit")


class RunConfig(Wire):
    """Target, environment, script, arguments, environment variables, resources."""

    name: str = "local"
    target: Literal["local"] = "local"
    environment: EnvironmentSpec = EnvironmentSpec()
    script: str = Field("", description="Path of the script or .wbprep package, relative to the project")
    arguments: tuple[str, ...] = ()
    variables: dict[str, str] = Field(default_factory=dict)
    resources: Resources = Resources()
