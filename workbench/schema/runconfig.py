"""How to run: the parsed content of a project's `runconfig/<name>.toml`."""

from typing import Literal

from pydantic import Field

from workbench.schema.base import Wire
from workbench.schema.sweep import SweepSpec


class EnvironmentSpec(Wire):
    """Which Python a job runs in.

    `requirements`: an isolated uv environment from `file` (relative to the project); `workbench`: Workbench's own interpreter (what
    a data preparation needs); `interpreter`: the named one, left as it is.
    """

    kind: Literal["requirements", "workbench", "interpreter"] = "requirements"
    file: str = Field(
        "requirements.txt",
        title="Requirements",
        description="requirements.txt, pyproject.toml, uv.lock or conda_dependencies.yml of the project",
    )
    python: str = Field(
        "", title="Python", description="Version such as 3.11, or an interpreter's path; empty: what the project asks for, or ours"
    )


class Resources(Wire):
    """What a job asks of its target."""

    cpus: float = Field(1.0, gt=0, description="Processor cores; so many threads the numeric libraries use")
    memory_mb: int = Field(0, ge=0, description="0: no limit")
    gpus: int = Field(0, ge=0, description="GPUs that the job has for itself")
    time_limit_s: int = Field(0, ge=0, description="0: no limit")


class SparkSettings(Wire):
    """What a PySpark run adds to its target's settings."""

    conf: dict[str, str] = Field(default_factory=dict)
    packages: tuple[str, ...] = ()
    repositories: tuple[str, ...] = ()
    py_files: tuple[str, ...] = ()


class RunConfig(Wire):
    """Target, environment, script, arguments, environment variables, resources."""

    name: str = "local"
    target: str = Field("local", min_length=1, max_length=120, description="See: workbench target list")
    framework: Literal["python", "pyspark"] = "python"
    tracked: bool = Field(default=True, description="Whether the run is kept in the history")
    priority: int = Field(0, ge=-100, le=100, description="Higher ones start first")
    retries: int = Field(0, ge=0, le=10, description="How often a fault of the environment (network, disk, target) is tried again")
    inputs: dict[str, str] = Field(default_factory=dict, description="Source files that stand in for others, while the job runs")
    samples: dict[str, str] = Field(default_factory=dict, description="The sample of a source that the job reads, by its name")
    use_samples: bool = Field(default=False, description="Read every source's active sample, not all its rows")
    spark: SparkSettings = SparkSettings()
    sweep: SweepSpec | None = None
    environment: EnvironmentSpec = EnvironmentSpec()
    script: str = Field("", description="Path of the script or .wbprep package, relative to the project")
    arguments: tuple[str, ...] = ()
    variables: dict[str, str] = Field(default_factory=dict)
    resources: Resources = Resources()
