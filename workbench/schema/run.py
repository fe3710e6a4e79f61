"""Experiments, runs and what they record."""

from enum import StrEnum
from typing import Any, Literal

from pydantic import Field

from workbench.schema.base import Time, Wire
from workbench.schema.runconfig import RunConfig


class RunStatus(StrEnum):
    """The states of a run and of its job. The last four are final."""

    QUEUED = "queued"
    PREPARING = "preparing"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"

    @property
    def is_final(self) -> bool:
        return self in _FINAL


_FINAL = frozenset({RunStatus.FINISHED, RunStatus.FAILED, RunStatus.CANCELLED, RunStatus.LOST})


class Experiment(Wire):
    """Runs that belong together: by default all runs of one project."""

    id: str
    name: str
    created: Time
    runs: int = 0
    """Those that are not in the trash; of an experiment in the trash, those that went there with it."""
    updated: Time | None = None
    deleted: Time | None = None
    """In the trash since."""
    tags: dict[str, str] = Field(default_factory=dict)


class GitState(Wire):
    """The user's own repository at submission."""

    remote: str = ""
    branch: str = ""
    commit: str = ""
    dirty: bool = False


class SourceInput(Wire):
    """A file that a data preparation read."""

    path: str
    digest: str = ""
    rows: int | None = None
    size: int = 0


class StepInput(Wire):
    """A step of a dataflow that a run read: its kind, what it does in a sentence, and the digest of that."""

    op: str
    text: str = ""
    digest: str = ""


class DataInput(Wire):
    """Data that went into a run: `kind` is `prep` (a package's dataflow, with the files that it read), `file` or `dataset`.

    A `dataset` is what a script told through MLflow; its `columns` and `profile` are JSON in that library's form.
    """

    kind: str
    name: str
    path: str
    digest: str = ""
    flow: str = ""
    rows: int | None = None
    sources: tuple[SourceInput, ...] = ()
    steps: tuple[StepInput, ...] = ()
    """The enabled steps of the dataflow."""
    flow_digest: str = ""
    """Of all that makes its result but the data."""
    written: tuple[SourceInput, ...] = ()
    """Files that the dataflow wrote. One without a digest is no file: a table of a database, or what a script made."""
    sample: str = ""
    """Which rows of its sources were read; empty: all."""
    repeatable: bool = False
    """Whether all that was read and written are files whose digests are known."""
    source_type: str = ""
    """What `source` is: local, s3, http, code ..."""
    source: str = ""
    columns: str = ""
    profile: str = ""
    context: str = ""
    """What it was used for: training, validation ..."""
    tags: dict[str, str] = Field(default_factory=dict)


class Artifact(Wire):
    """A file that a run produced, under its `outputs/` (path relative to that folder, forward slashes)."""

    path: str
    size: int
    digest: str = ""


class MetricPoint(Wire):
    """One logged value. Without a `step` the store counts from 0 per key; `value` may be NaN or infinite."""

    key: str
    value: float
    step: int | None = None
    time: Time


class MetricSummary(Wire):
    """What a list of runs needs of a metric."""

    key: str
    last: float
    last_step: int
    min: float
    max: float
    count: int
    last_time: float | None = None
    """Seconds since the epoch, of the last value."""


class MetricHistory(Wire):
    """Exact points of one metric in the order of logging; `next` is the cursor of the following part, empty at the end."""

    points: tuple[MetricPoint, ...]
    next: str = ""


class MetricSeries(Wire):
    """A metric over time; equal lengths. `total` counts the points before downsampling."""

    run_id: str
    key: str
    steps: tuple[int, ...]
    values: tuple[float, ...]
    times: tuple[float, ...]
    """Seconds since the epoch."""
    total: int


class RunSummary(Wire):
    """A run as a list shows it."""

    id: str
    number: int
    """Counts from 1 within the experiment."""
    name: str
    experiment_id: str
    experiment: str
    project: str
    """The project folder's absolute path; empty for a run logged from outside a project."""
    parent_id: str | None = None
    status: RunStatus
    reason: str = ""
    """One sentence: why it has this state."""
    script: str = ""
    arguments: tuple[str, ...] = ()
    target: str = "local"
    user: str = ""
    created: Time
    started: Time | None = None
    ended: Time | None = None
    params: dict[str, str] = Field(default_factory=dict)
    metrics: dict[str, MetricSummary] = Field(default_factory=dict)
    tags: dict[str, str] = Field(default_factory=dict)
    archived: bool = False
    kind: str = ""
    """job, notebook, sweep, trial, external or imported."""
    deleted: Time | None = None
    """In the trash since."""
    result_of: str | None = None
    """The run whose result this one has, since nothing had changed."""
    children: int = 0

    @property
    def own_metrics(self) -> dict[str, MetricSummary]:
        """What the script logged: without the measurements of the machine (`system/...`)."""
        return {key: metric for key, metric in self.metrics.items() if not key.startswith("system/")}

    @property
    def duration_s(self) -> float | None:
        """Seconds from start to end; None while it has no end."""
        return (self.ended - self.started).total_seconds() if self.started and self.ended else None


class Run(RunSummary):
    """All that is known of a run but its points and files' contents."""

    config: RunConfig
    snapshot: str = ""
    """Commit in the workspace's snapshot repository."""
    left_out: tuple[str, ...] = ()
    """Files that the snapshot left out for their size."""
    git: GitState = GitState()
    environment_lock: str = ""
    """Resolved requirements, one `name==version` a line."""
    python: str = ""
    inputs: tuple[DataInput, ...] = ()
    artifacts: tuple[Artifact, ...] = ()
    notes: str = ""
    exit_code: int | None = None
    has_diff: bool = False
    """Whether the user's repository had changes, which are kept."""
    plan: dict[str, Any] = Field(default_factory=dict)
    """What the dry run of the submission showed (`JobPlanned`)."""


class RunLink(Wire):
    """What a run came from, or what it went into.

    `relation`: `parent` and `child` (of a sweep or pipeline), `result` (a run that has another's result, since nothing had
    changed) or `data` (`data` was read; `run` is the one that made it as its output `path`, where it is known).
    """

    relation: Literal["parent", "child", "result", "data"]
    run: RunSummary | None = None
    data: DataInput | None = None
    path: str = ""


class RunPage(Wire):
    """A page of runs, newest first unless asked otherwise; `next` is the cursor of the following page, empty at the end."""

    runs: tuple[RunSummary, ...]
    total: int
    """Of all pages, as it was with the first one; -1 where it was not asked for."""
    next: str = ""


class RunPatch(Wire):
    """What a user may change of a run; None leaves as it is. A tag with an empty value is removed."""

    name: str | None = None
    notes: str | None = None
    tags: dict[str, str] | None = None
    archived: bool | None = None


class RunComparison(Wire):
    """Runs side by side. A row: (group, name, one text per run, whether they differ); groups: run,
    params, metrics, environment, data."""

    runs: tuple[RunSummary, ...]
    rows: tuple[tuple[str, str, tuple[str, ...], bool], ...]


class Restored(Wire):
    """What restoring a run's snapshot did: the changed files of `folder`, and where the overwritten ones are kept (or empty)."""

    folder: str
    changed: tuple[str, ...] = ()
    kept_in: str = ""


class LogBatch(Wire):
    """What a run logs at once; written in one transaction."""

    metrics: tuple[MetricPoint, ...] = ()
    params: dict[str, str] = Field(default_factory=dict)
    tags: dict[str, str] = Field(default_factory=dict)
    inputs: tuple[DataInput, ...] = ()
