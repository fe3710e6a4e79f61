"""A job: the execution of a run. It has its run's id."""

from pydantic import Field

from workbench.schema.base import Time, Wire
from workbench.schema.run import RunStatus


class JobRequest(Wire):
    """Submit a script or a `.wbprep` package of a project as a tracked job.

    `config` names a file of the project's `runconfig/`; script, arguments and variables given here win over it.
    """

    project: str
    """Absolute path of the project folder."""
    config: str = ""
    """Empty: the project's default configuration."""
    script: str = ""
    arguments: tuple[str, ...] | None = None
    variables: dict[str, str] = Field(default_factory=dict)
    experiment: str = ""
    """Empty: the project's name."""
    name: str = ""
    parent_id: str | None = None
    tags: dict[str, str] = Field(default_factory=dict)
    target: str = ""
    """Empty: the configuration's."""
    priority: int | None = Field(None, ge=-100, le=100)
    retries: int | None = Field(None, ge=0, le=10)
    """How often a fault of the environment is tried again; None: as the configuration says."""
    depends_on: tuple[str, ...] = ()
    """Runs that must have finished first."""
    sweep: bool = False
    """Runs the configuration's sweep: a parent with a child for each trial."""
    force: bool = False
    """Runs a preparation also where nothing has changed since its last run."""
    kind: str = ""


class PlannedFile(Wire):
    """A file of the snapshot."""

    path: str
    size: int


class JobPlanned(Wire):
    """What a submission would do: shown by a dry run, kept with the run; a failure is held against it."""

    target: str
    kind: str = ""
    """Of the target."""
    command: tuple[str, ...] = ()
    environment: str = ""
    """In a sentence: how the environment is made."""
    lock: str = ""
    """The resolved packages; empty where they are not known before the job runs."""
    files: tuple[PlannedFile, ...] = ()
    left_out: tuple[str, ...] = ()
    variables: dict[str, str] = Field(default_factory=dict)
    """Secrets masked."""
    cpus: float = 1.0
    memory_mb: int = 0
    gpus: int = 0
    starts: str = ""
    """In a sentence: now, or after what."""
    as_run: str = ""
    """The latest run of the same script that finished on this target: a failure is held against its environment."""
    problems: tuple[str, ...] = ()


class JobTransition(Wire):
    """When a job came into a state, and why."""

    status: RunStatus
    time: Time
    reason: str = ""


class Job(Wire):
    """Where a run's execution stands."""

    id: str
    """The run's id."""
    run_number: int
    run_name: str
    experiment: str
    project: str
    script: str
    target: str
    status: RunStatus
    reason: str = ""
    queue_position: int | None = None
    """From 1; None when it does not wait."""
    history: tuple[JobTransition, ...] = ()
    cancel_requested: bool = False
    priority: int = 0
    depends_on: tuple[str, ...] = ()
    """Runs that must have finished first."""
    attempt: int = 1
    attempts: int = 1
    """How often it is tried at most, when its environment fails."""


class JobPatch(Wire):
    """What can be changed of a waiting job; None leaves as it is."""

    priority: int | None = Field(None, ge=-100, le=100)
    first: bool = False
    """Moves it to the front of the queue."""
    depends_on: tuple[str, ...] | None = None


class LogChunk(Wire):
    """A part of a text file that may still grow: bytes [offset, next) decoded; `complete` when no more will come."""

    text: str
    offset: int
    next: int
    size: int
    complete: bool
