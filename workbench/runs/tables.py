"""Every table of the workspace's database. Changing one needs a migration in `workbench/runs/migrations`.

Columns of type `UtcTime` take and give aware datetimes; columns of type `JsonText` take and give plain Python values (text in the
file, so it can be read by hand). The rooms jobs and models use their tables from here.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class UtcTime(TypeDecorator[datetime]):
    """An aware datetime, kept as whole microseconds since the epoch: exact, sortable, the same in every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 (SQLAlchemy's signature)
        return None if value is None else (value.astimezone(UTC) - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else _EPOCH + timedelta(microseconds=value)


class JsonText(TypeDecorator[Any]):
    """A value that JSON can say, kept as text; NaN and infinities survive."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else json.dumps(value, ensure_ascii=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002
        return None if value is None else json.loads(value)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

experiments = Table(
    "experiments",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", String(500), nullable=False, unique=True),
    Column("created", UtcTime, nullable=False),
    Column("last_number", Integer, nullable=False, default=0, server_default="0"),  # a deleted run's number is not given again
    Column("updated", UtcTime),
    Column("deleted", UtcTime),  # in the trash since
)

experiment_tags = Table(
    "experiment_tags",
    metadata,
    Column("experiment_id", ForeignKey("experiments.id", ondelete="CASCADE"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)

runs = Table(
    "runs",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("experiment_id", ForeignKey("experiments.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("name", Text, nullable=False, default="", server_default=""),
    Column("project", Text, nullable=False, default="", server_default=""),
    Column("parent_id", String(32)),
    Column("status", String(20), nullable=False),
    Column("reason", Text, nullable=False, default="", server_default=""),
    Column("script", Text, nullable=False, default="", server_default=""),
    Column("arguments", JsonText, nullable=False),
    Column("target", String(120), nullable=False, default="local", server_default="local"),
    Column("user", Text, nullable=False, default="", server_default=""),
    Column("created", UtcTime, nullable=False),
    Column("started", UtcTime),
    Column("ended", UtcTime),
    Column("archived", Boolean, nullable=False, default=False, server_default=false()),
    Column("config", JsonText, nullable=False),
    Column("snapshot", String(64), nullable=False, default="", server_default=""),
    Column("left_out", JsonText, nullable=False),
    Column("git", JsonText, nullable=False),
    Column("environment_lock", Text, nullable=False, default="", server_default=""),
    Column("python", Text, nullable=False, default="", server_default=""),
    Column("notes", Text, nullable=False, default="", server_default=""),
    Column("exit_code", Integer),
    Column("kind", String(20), nullable=False, default="", server_default=""),  # job, notebook, sweep, trial, external, imported
    Column("updated", UtcTime),
    Column("deleted", UtcTime),  # in the trash since
    Column("git_diff", Text, nullable=False, default="", server_default=""),  # of the user's repository, against its commit
    Column("plan", JsonText, nullable=False, default=dict, server_default="{}"),  # what a dry run showed: a failure is held to it
    Column("result_of", String(32)),  # the run whose result this one has, since nothing had changed
    UniqueConstraint("experiment_id", "number"),
    Index(None, "created"),
    Index(None, "parent_id"),
    Index(None, "result_of"),
    # What lists choose and sort by, so that they read no row that they do not show.
    Index("ix_runs_listed", "deleted", "created", "id", "archived"),
    Index("ix_runs_listed_experiment", "experiment_id", "deleted", "created", "id", "archived"),
    Index("ix_runs_listed_project", "project", "deleted", "created", "id", "archived"),
)

params = Table(
    "params",
    metadata,
    Column("run_id", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)

tags = Table(
    "tags",
    metadata,
    Column("run_id", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)

inputs = Table(
    "inputs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run_id", ForeignKey("runs.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("path", Text, nullable=False),
    Column("flow", Text, nullable=False, default="", server_default=""),
    Column("digest", String(80), nullable=False, default="", server_default=""),
    Column("content", JsonText, nullable=False),
    Index(None, "run_id"),
    Index(None, "path"),
)

# What the files behind an input are known by, to find the run that made them.
input_digests = Table(
    "input_digests",
    metadata,
    Column("run_id", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("digest", String(80), primary_key=True),
    Index(None, "digest"),
    sqlite_with_rowid=False,
)

artifacts = Table(
    "artifacts",
    metadata,
    Column("run_id", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("path", Text, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("digest", String(80), nullable=False, default="", server_default=""),
    Index(None, "digest"),
    sqlite_with_rowid=False,
)

# What lists show of a metric, kept with every write. A missing value is NaN: SQLite knows none.
metric_latest = Table(
    "metric_latest",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run_id", ForeignKey("runs.id", ondelete="CASCADE"), nullable=False),
    Column("key", Text, nullable=False),
    Column("last", Float),
    Column("last_step", BigInteger, nullable=False),
    Column("min", Float),
    Column("max", Float),
    Column("count", BigInteger, nullable=False),
    Column("last_time", Float),  # of the last value; seconds since the epoch
    Column("packed", BigInteger, nullable=False, default=0, server_default="0"),  # how many points are in chunks
    UniqueConstraint("run_id", "key"),
    Index("ix_metric_latest_key_last", "key", "last", "run_id"),  # filters and orders read nothing else
)

# The latest points, in the order of writing, under the metric's number. When they are many they move to a chunk.
metric_points = Table(
    "metric_points",
    metadata,
    Column("metric_id", ForeignKey("metric_latest.id", ondelete="CASCADE"), primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("step", BigInteger, nullable=False),
    Column("time", Float, nullable=False),
    Column("value", Float),
    sqlite_with_rowid=False,
)

# Points that have been packed: see `workbench.runs.chunks` for the bytes.
metric_chunks = Table(
    "metric_chunks",
    metadata,
    Column("metric_id", ForeignKey("metric_latest.id", ondelete="CASCADE"), primary_key=True),
    Column("position", BigInteger, primary_key=True),  # of the first point
    Column("points", Integer, nullable=False),
    Column("steps", LargeBinary, nullable=False),
    Column("times", LargeBinary, nullable=False),
    Column("numbers", LargeBinary, nullable=False),
)

jobs = Table(
    "jobs",
    metadata,
    Column("run_id", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("status", String(20), nullable=False),
    Column("reason", Text, nullable=False, default="", server_default=""),
    Column("target", String(120), nullable=False, default="local", server_default="local"),
    Column("spec", JsonText, nullable=False),
    Column("history", JsonText, nullable=False),
    Column("queued_at", UtcTime, nullable=False),
    Column("runner_pid", Integer),
    Column("runner_began", Float),  # seconds since the epoch, as base.processes.started_at gives it
    Column("events_offset", BigInteger, nullable=False, default=0, server_default="0"),
    Column("log_size", BigInteger, nullable=False, default=0, server_default="0"),
    Column("cancel_requested", Boolean, nullable=False, default=False, server_default=false()),
    Column("priority", Integer, nullable=False, default=0, server_default="0"),
    Column("resources", JsonText, nullable=False, default=dict, server_default="{}"),  # the slots: cpus, memory_mb, gpus
    Column("depends_on", JsonText, nullable=False, default=list, server_default="[]"),  # run ids that must have finished
    Column("attempt", Integer, nullable=False, default=1, server_default="1"),
    Column("attempts", Integer, nullable=False, default=1, server_default="1"),  # how often an environment's fault may be met
    Column("not_before", UtcTime),
    Column("system_offset", BigInteger, nullable=False, default=0, server_default="0"),  # of the samples of what the job used
    Column("handle", JsonText, nullable=False, default=dict, server_default="{}"),  # what the target's driver follows the job by
    Column("gpus", JsonText, nullable=False, default=list, server_default="[]"),  # the ones that it holds
    Index(None, "status", "priority", "queued_at"),
)

# Places where jobs run. `local` is always there; secrets are in the keyring.
targets = Table(
    "targets",
    metadata,
    Column("name", String(120), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("spec", JsonText, nullable=False),
    Column("paused", Boolean, nullable=False, default=False, server_default=false()),
    Column("created", UtcTime, nullable=False),
    Column("updated", UtcTime),
    Column("tested", JsonText, nullable=False, default=dict, server_default="{}"),  # when, and how each link of the chain was
)

sweeps = Table(
    "sweeps",
    metadata,
    Column("run_id", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),  # the parent
    Column("spec", JsonText, nullable=False),
    Column("state", JsonText, nullable=False, default=dict, server_default="{}"),
    Column("updated", UtcTime, nullable=False),
)

models = Table(
    "models",
    metadata,
    Column("name", String(120), primary_key=True),
    Column("created", UtcTime, nullable=False),
    Column("updated", UtcTime),
    Column("description", Text, nullable=False, default="", server_default=""),
    Column("tags", JsonText, nullable=False, default=dict, server_default="{}"),
    Column("last_version", Integer, nullable=False, default=0, server_default="0"),  # a deleted version's number is not given again
)

model_aliases = Table(
    "model_aliases",
    metadata,
    Column("name", ForeignKey("models.name", ondelete="CASCADE", onupdate="CASCADE"), primary_key=True),
    Column("alias", String(256), primary_key=True),
    Column("version", Integer, nullable=False),
    sqlite_with_rowid=False,
)

model_versions = Table(
    "model_versions",
    metadata,
    Column("name", ForeignKey("models.name", ondelete="CASCADE"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("run_id", String(32), nullable=False),
    Column("path", Text, nullable=False),
    Column("files", JsonText, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("digest", String(80), nullable=False),
    Column("description", Text, nullable=False, default="", server_default=""),
    Column("tags", JsonText, nullable=False),
    Column("metrics", JsonText, nullable=False),
    Column("created", UtcTime, nullable=False),
    Column("user", Text, nullable=False, default="", server_default=""),
    Column("updated", UtcTime),
    Column("source", Text, nullable=False, default="", server_default=""),  # a URI, of versions that have no files here
    Column("stage", String(40), nullable=False, default="", server_default=""),
    Index(None, "run_id"),
)

services = Table(
    "services",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("model", String(120), nullable=False),
    Column("version", Integer, nullable=False),
    Column("run_id", String(32), nullable=False),
    Column("project", Text, nullable=False, default="", server_default=""),
    Column("status", String(20), nullable=False),
    Column("reason", Text, nullable=False, default="", server_default=""),
    Column("spec", JsonText, nullable=False),
    Column("port", Integer, nullable=False, default=0, server_default="0"),
    Column("pid", Integer),
    Column("began", Float),  # seconds since the epoch, as base.processes.started_at gives it
    Column("created", UtcTime, nullable=False),
    Column("started", UtcTime),
    Index(None, "model", "version"),
)

# Models that a run logged, as MLflow 3 knows them: their files are among the run's outputs, or in a folder of their own.
logged_models = Table(
    "logged_models",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("experiment_id", ForeignKey("experiments.id", ondelete="CASCADE"), nullable=False),
    Column("run_id", String(32), nullable=False, default="", server_default=""),
    Column("name", Text, nullable=False, default="", server_default=""),
    Column("status", String(20), nullable=False),
    Column("kind", Text, nullable=False, default="", server_default=""),  # MLflow's model_type
    Column("created", UtcTime, nullable=False),
    Column("updated", UtcTime, nullable=False),
    Column("content", JsonText, nullable=False),  # params, tags, metrics, artifact_uri
    Index(None, "experiment_id", "created"),
    Index(None, "run_id"),
)

# Which logged models a run read or made, as a script told through MLflow.
logged_model_links = Table(
    "logged_model_links",
    metadata,
    Column("run_id", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("direction", String(10), primary_key=True),  # input or output
    Column("model_id", String(64), primary_key=True),
    Column("step", BigInteger, nullable=False, default=0, server_default="0"),
    sqlite_with_rowid=False,
)
