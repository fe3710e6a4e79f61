"""Targets, sweeps, slots and dependencies of jobs; trash; aliases and logged models; what MLflow's protocol keeps."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Adds the tables and columns of the second version."""
    _targets()
    _sweeps()
    _experiment_tags()
    _model_aliases()
    _logged_models()
    _metric_chunks()
    _input_digests()
    _new_columns()


def _targets() -> None:
    op.create_table(
        "targets",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("spec", sa.Text(), nullable=False),
        sa.Column("paused", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=True),
        sa.Column("tested", sa.Text(), server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_targets")),
    )


def _sweeps() -> None:
    op.create_table(
        "sweeps",
        sa.Column("run_id", sa.String(length=32), nullable=False),
        sa.Column("spec", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="{}", nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_sweeps_run_id_runs"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_sweeps")),
    )


def _experiment_tags() -> None:
    op.create_table(
        "experiment_tags",
        sa.Column("experiment_id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["experiment_id"], ["experiments.id"], name=op.f("fk_experiment_tags_experiment_id_experiments"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("experiment_id", "key", name=op.f("pk_experiment_tags")),
        sqlite_with_rowid=False,
    )


def _model_aliases() -> None:
    op.create_table(
        "model_aliases",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("alias", sa.String(length=256), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["name"], ["models.name"], name=op.f("fk_model_aliases_name_models"), onupdate="CASCADE", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("name", "alias", name=op.f("pk_model_aliases")),
        sqlite_with_rowid=False,
    )


def _logged_models() -> None:
    op.create_table(
        "logged_models",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("experiment_id", sa.String(length=32), nullable=False),
        sa.Column("run_id", sa.String(length=32), server_default="", nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["experiment_id"], ["experiments.id"], name=op.f("fk_logged_models_experiment_id_experiments"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_logged_models")),
    )
    op.create_index(op.f("ix_logged_models_experiment_id_created"), "logged_models", ["experiment_id", "created"])
    op.create_index(op.f("ix_logged_models_run_id"), "logged_models", ["run_id"])
    op.create_table(
        "logged_model_links",
        sa.Column("run_id", sa.String(length=32), nullable=False),
        sa.Column("direction", sa.String(length=10), nullable=False),
        sa.Column("model_id", sa.String(length=64), nullable=False),
        sa.Column("step", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_logged_model_links_run_id_runs"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "direction", "model_id", name=op.f("pk_logged_model_links")),
        sqlite_with_rowid=False,
    )


def _metric_chunks() -> None:
    op.create_table(
        "metric_chunks",
        sa.Column("metric_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("steps", sa.LargeBinary(), nullable=False),
        sa.Column("times", sa.LargeBinary(), nullable=False),
        sa.Column("numbers", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["metric_id"], ["metric_latest.id"], name="fk_metric_chunks_metric_id_metric_latest", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("metric_id", "position", name=op.f("pk_metric_chunks")),
    )


def _input_digests() -> None:
    table = op.create_table(
        "input_digests",
        sa.Column("run_id", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_input_digests_run_id_runs"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "digest", name=op.f("pk_input_digests")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_input_digests_digest"), "input_digests", ["digest"])
    found: set[tuple[str, str]] = set()
    for run_id, digest, content in op.get_bind().execute(sa.text("SELECT run_id, digest, content FROM inputs")):
        sources = json.loads(content).get("sources", [])
        found |= {(run_id, one) for one in (digest, *(source.get("digest", "") for source in sources)) if one}
    if found:
        op.bulk_insert(table, [{"run_id": run_id, "digest": digest} for run_id, digest in sorted(found)])


def _new_columns() -> None:
    """Added in place, which no database copies the rows for."""
    for table, columns in _columns().items():
        for column in columns:
            op.add_column(table, column)
    op.execute(
        "UPDATE models SET last_version = (SELECT coalesce(max(version), 0) FROM model_versions v WHERE v.name = models.name)"
    )
    op.execute(
        "UPDATE metric_latest SET last_time = (SELECT max(p.time) FROM metric_points p "
        "WHERE p.metric_id = metric_latest.id AND p.step = metric_latest.last_step)"
    )
    op.drop_index(op.f("ix_runs_project_created"), "runs")
    op.create_index(op.f("ix_runs_result_of"), "runs", ["result_of"])
    op.create_index("ix_runs_listed", "runs", ["deleted", "created", "id", "archived"])
    op.create_index("ix_runs_listed_experiment", "runs", ["experiment_id", "deleted", "created", "id", "archived"])
    op.create_index("ix_runs_listed_project", "runs", ["project", "deleted", "created", "id", "archived"])
    op.create_index(op.f("ix_artifacts_digest"), "artifacts", ["digest"])
    op.create_index("ix_metric_latest_key_last", "metric_latest", ["key", "last", "run_id"])


def _columns() -> dict[str, list[sa.Column[object]]]:
    def text(name: str, default: str = "", kind: sa.types.TypeEngine[str] | None = None) -> sa.Column[object]:
        return sa.Column(name, kind or sa.Text(), server_default=default, nullable=False)

    def moment(name: str) -> sa.Column[object]:
        return sa.Column(name, sa.BigInteger(), nullable=True)

    def count(name: str, default: str) -> sa.Column[object]:
        return sa.Column(name, sa.Integer(), server_default=default, nullable=False)

    return {
        "experiments": [moment("updated"), moment("deleted")],
        "runs": [
            text("kind", kind=sa.String(length=20)), moment("updated"), moment("deleted"), text("git_diff"), text("plan", "{}"),
            sa.Column("result_of", sa.String(length=32), nullable=True),
        ],
        "metric_latest": [
            sa.Column("last_time", sa.Float(), nullable=True),
            sa.Column("packed", sa.BigInteger(), server_default="0", nullable=False),
        ],
        "jobs": [
            text("resources", "{}"), text("depends_on", "[]"), count("attempt", "1"), count("attempts", "1"), moment("not_before"),
            sa.Column("system_offset", sa.BigInteger(), server_default="0", nullable=False),
            text("handle", "{}"), text("gpus", "[]"),
        ],
        "models": [moment("updated"), text("description"), text("tags", "{}"), count("last_version", "0")],
        "model_versions": [moment("updated"), text("source"), text("stage", kind=sa.String(length=40))],
    }  # fmt: skip
