"""From the filter language to SQL, and which columns stand behind the names of attributes."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

import sqlalchemy as sa

from workbench.base.errors import UserError
from workbench.runs.grammar import All, Any_, Comparison, Expression, Field, Not, Value, wrong
from workbench.runs.sqltext import as_number, json_text, like, like_any_case
from workbench.runs.tables import experiments, inputs, metric_latest, params, runs, tags
from workbench.schema import RunStatus

Condition = sa.ColumnElement[bool]

_Type = Literal["text", "number", "time", "truth", "status"]

STATUS_NAMES: Mapping[str, tuple[RunStatus, ...]] = {
    "SCHEDULED": (RunStatus.QUEUED, RunStatus.PREPARING),
    "RUNNING": (RunStatus.RUNNING,),
    "FINISHED": (RunStatus.FINISHED,),
    "FAILED": (RunStatus.FAILED, RunStatus.LOST),
    "KILLED": (RunStatus.CANCELLED,),
}
"""MLflow's names of states."""


def artifact_uri(experiment_id: str, run_id: str) -> str:
    """Where MLflow's clients find a run's output files: through this server."""
    return f"mlflow-artifacts:/{experiment_id}/{run_id}/artifacts"


def _micro(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """A moment as the whole number that the database holds."""
    return sa.type_coerce(column, sa.BigInteger)


@dataclass(frozen=True)
class Attribute:
    """A field of a run itself. Moments are microseconds in the database and milliseconds, or ISO text, in filters."""

    type: _Type
    column: sa.ColumnElement[Any]
    order: sa.ColumnElement[Any] | None = None
    """What to sort by, where it is not the column."""


_START = sa.func.coalesce(_micro(runs.c.started), _micro(runs.c.created))
_DURATION = _micro(runs.c.ended) - _micro(runs.c.started)
_MLFLOW_STATUS = sa.case(
    *((runs.c.status.in_([state.value for state in states]), name) for name, states in STATUS_NAMES.items()), else_=""
)
_URI = sa.literal("mlflow-artifacts:/") + runs.c.experiment_id + sa.literal("/") + runs.c.id + sa.literal("/artifacts")


EXPERIMENT_NAME: sa.ColumnElement[str] = (
    sa.select(experiments.c.name).where(experiments.c.id == runs.c.experiment_id).scalar_subquery()
)


_MLFLOW_TAGS = {"mlflow.runName": "name", "mlflow.parentRunId": "parent_id", "mlflow.user": "user", "mlflow.note.content": "notes"}


def _text(column: sa.ColumnElement[Any]) -> Attribute:
    return Attribute("text", column, sa.func.lower(column))


ATTRIBUTES: dict[str, Attribute] = {
    "created": Attribute("time", _micro(runs.c.created)),
    "started": Attribute("time", _micro(runs.c.started)),
    "ended": Attribute("time", _micro(runs.c.ended)),
    "duration": Attribute("number", _DURATION / sa.literal(1e6, sa.Float), _DURATION),
    "number": Attribute("number", runs.c.number),
    "name": _text(runs.c.name),
    "status": Attribute("status", _MLFLOW_STATUS, sa.type_coerce(runs.c.status, sa.String)),
    "experiment": _text(EXPERIMENT_NAME),
    "experiment_id": Attribute("text", runs.c.experiment_id),
    "user": _text(runs.c.user),
    "script": _text(runs.c.script),
    "target": _text(runs.c.target),
    "project": _text(runs.c.project),
    "kind": Attribute("text", runs.c.kind),
    "archived": Attribute("truth", runs.c.archived, sa.case((runs.c.archived, 1), else_=0)),
    "notes": _text(runs.c.notes),
    "run_id": Attribute("text", runs.c.id),
    "parent_id": Attribute("text", runs.c.parent_id),
    "start_time": Attribute("time", _START),
    "end_time": Attribute("time", _micro(runs.c.ended)),
    "artifact_uri": Attribute("text", _URI),
    "lifecycle_stage": Attribute("text", sa.case((runs.c.deleted.is_(None), "active"), else_="deleted")),
}
_SAME = {"run_name": "name", "Run name": "name", "Run Name": "name", "run name": "name", "user_id": "user",
         "experiment_name": "experiment", "id": "run_id", "Created": "start_time", "run_uuid": "run_id"}  # fmt: skip


def attribute(field: Field, place: str = "filter") -> Attribute:
    """The attribute of that name. Raises UserError that names the known ones."""
    found = ATTRIBUTES.get(_SAME.get(field.key, field.key))
    if found is None:
        raise UserError(
            f"The {place} is wrong at column {field.column}: runs have no attribute {field.key!r}.",
            hint=f"Give one of {', '.join(ATTRIBUTES)}, or metrics.<name>, params.<name>, tags.<name>.",
            place=place,
        )
    return found


def condition(expression: Expression, *, gather: bool = False) -> Condition:
    """The runs that a filter means, as a condition on `runs`. Raises UserError.

    `gather`: look the metrics up for all runs at once, by value; else run by run.
    """
    if isinstance(expression, All):
        metrics = [part for part in expression.parts if isinstance(part, Comparison) and part.field.kind == "metric"]
        others = [condition(part, gather=gather) for part in expression.parts if part not in metrics]
        keys = dict.fromkeys(part.field.key for part in metrics)
        return sa.and_(*(_metric([part for part in metrics if part.field.key == key], gather=gather) for key in keys), *others)
    if isinstance(expression, Any_):
        return sa.or_(*(condition(part, gather=gather) for part in expression.parts))
    if isinstance(expression, Not):
        # A comparison with something missing is unknown in SQL; here it does not hold, so its contrary does.
        return ~sa.func.coalesce(condition(expression.part, gather=gather), sa.false())
    if expression.field.kind == "metric":
        return _metric([expression], gather=gather)
    return _COMPARED[expression.field.kind](expression)


def _metric(comparisons: Sequence[Comparison], *, gather: bool) -> Condition:
    """Comparisons of one metric that hold together: one look at an interval, not one at all that is above and one at all below."""
    tests = [test for one in comparisons if one.operator != "IS NULL" for test in _metric_tests(one)]
    missing = [~_has(metric_latest, one.field.key, gather=gather) for one in comparisons if one.operator == "IS NULL"]
    if len(missing) == len(comparisons):
        return sa.and_(*missing)
    return sa.and_(_has(metric_latest, comparisons[0].field.key, *tests, gather=gather), *missing)


def _metric_tests(one: Comparison) -> list[Condition]:
    last = metric_latest.c.last
    if one.operator == "IS NOT NULL":
        return []
    value = float(one.value)  # type: ignore[arg-type]  # the grammar has checked it
    if math.isnan(value):
        if one.operator not in {"=", "!="}:
            return [sa.false()]
        return [last.is_(None) if one.operator == "=" else last.is_not(None)]
    test = _compared(last, one.operator, value)
    # NaN is held as a missing value; it differs from every number.
    return [sa.or_(test, last.is_(None)) if one.operator == "!=" else test]


def _pair(table: sa.Table) -> Callable[[Comparison], Condition]:
    def compared(one: Comparison) -> Condition:
        if (found := _presence(one, table)) is not None:
            return found
        value = one.value
        if isinstance(value, int | float):
            return _has(table, one.field.key, _compared(as_number(table.c.value), one.operator, float(value)))
        return _has(table, one.field.key, _compared(table.c.value, one.operator, value))

    return compared


def _tag(one: Comparison) -> Condition:
    field = of_tag(one.field)
    return _attribute(replace(one, field=field)) if field.kind == "attribute" else _pair(tags)(one)


def of_tag(field: Field) -> Field:
    """The attribute that MLflow's clients know as a tag; any other field as it is."""
    known = _MLFLOW_TAGS.get(field.key) if field.kind == "tag" else None
    return replace(field, kind="attribute", key=known) if known else field


def _dataset(one: Comparison) -> Condition:
    name = one.field.key
    if name not in {"name", "digest", "context", "path", "kind"}:
        raise wrong(one.field.column, f"datasets have name, digest, context, path and kind, not {name!r}")
    if one.operator in {"IS NULL", "IS NOT NULL"}:
        raise wrong(one.column, "IS NULL is for metrics, params, tags and attributes")
    if not isinstance(one.value, str | tuple):
        raise wrong(one.column, "expected a text in quotes")
    content = {
        "name": sa.func.coalesce(json_text(inputs.c.content, "name"), inputs.c.path),
        "context": json_text(inputs.c.content, "context"),
    }
    column = content.get(name, inputs.c.get(name))
    return sa.exists().where(inputs.c.run_id == runs.c.id, _compared(column, one.operator, one.value))


def _attribute(one: Comparison) -> Condition:
    found = attribute(one.field)
    if one.operator in {"IS NULL", "IS NOT NULL"}:
        empty: Condition = found.column.is_(None)
        if found.type == "text":
            empty = sa.or_(empty, found.column == "")
        return empty if one.operator == "IS NULL" else ~empty
    return _TYPED[found.type](one, found.column)


def _text_attribute(one: Comparison, column: sa.ColumnElement[Any]) -> Condition:
    if not isinstance(one.value, str | tuple):
        raise wrong(one.column, f"{one.field.key} is compared with a text in quotes")
    return _compared(column, one.operator, one.value)


def _number_attribute(one: Comparison, column: sa.ColumnElement[Any]) -> Condition:
    if isinstance(one.value, bool) or not isinstance(one.value, int | float):
        raise wrong(one.column, f"{one.field.key} is compared with a number")
    return _compared(column, one.operator, sa.literal(one.value, sa.Float if isinstance(one.value, float) else sa.BigInteger))


def _time_attribute(one: Comparison, column: sa.ColumnElement[Any]) -> Condition:
    if isinstance(one.value, str):
        return _compared(column, _order_only(one), _moment(one))
    if isinstance(one.value, bool) or not isinstance(one.value, int | float) or not math.isfinite(one.value):
        raise wrong(one.column, f"{one.field.key} is compared with milliseconds since 1970, or a date like '2026-03-01 12:00'")
    if abs(one.value) >= 2**53:
        raise wrong(one.column, "there is no such moment")
    value = sa.literal(one.value, sa.Float) if isinstance(one.value, float) else one.value
    return _compared(column // 1000, _order_only(one), value)


def _truth_attribute(one: Comparison, column: sa.ColumnElement[Any]) -> Condition:
    text = str(one.value).lower()
    if one.operator not in {"=", "!="} or text not in {"true", "false", "1", "0"}:
        raise wrong(one.column, f"{one.field.key} is = or != true or false")
    return column.is_((text in {"true", "1"}) == (one.operator == "="))


def _status_attribute(one: Comparison, column: sa.ColumnElement[Any]) -> Condition:
    if one.operator in {"LIKE", "ILIKE"}:
        return _compared(column, one.operator, one.value)
    if one.operator not in {"=", "!=", "IN", "NOT IN"} or not isinstance(one.value, str | tuple):
        raise wrong(one.column, "status is compared with =, !=, IN, NOT IN, LIKE or ILIKE, and texts in quotes")
    names = one.value if isinstance(one.value, tuple) else (one.value,)
    meant = [state.value for name in names for state in _states(name)]
    return runs.c.status.in_(meant) if one.operator in {"=", "IN"} else runs.c.status.not_in(meant)


def _states(name: str) -> tuple[RunStatus, ...]:
    """MLflow's names are in capitals, ours in small letters; a name of neither means no run."""
    if name in STATUS_NAMES:
        return STATUS_NAMES[name]
    return tuple(state for state in RunStatus if state.value == name or state.value.upper() == name)


def _order_only(one: Comparison) -> str:
    if one.operator in {"LIKE", "ILIKE", "IN", "NOT IN"}:
        raise wrong(one.column, f"{one.field.key} is compared with =, !=, <, <=, > or >=")
    return one.operator


def _moment(one: Comparison) -> int:
    try:
        found = datetime.fromisoformat(str(one.value))
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        return round((found - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1e6)
    except (ValueError, OverflowError):
        raise wrong(one.column, f"{one.value!r} is no date; write it like '2026-03-01' or '2026-03-01 12:00'") from None


def _presence(one: Comparison, table: sa.Table) -> Condition | None:
    if one.operator == "IS NULL":
        return ~_has(table, one.field.key)
    return _has(table, one.field.key) if one.operator == "IS NOT NULL" else None


def _has(table: sa.Table, key: str, *tests: Condition, gather: bool = False) -> Condition:
    """Runs that have this param, tag or metric, and it is like this."""
    return of_run(table, table.c.key == key, *tests, gather=gather)


def of_run(table: sa.Table, *tests: Condition, gather: bool) -> Condition:
    """Runs that have such a row of a table: each run is looked up, or all rows at once."""
    if gather:
        return runs.c.id.in_(sa.select(table.c.run_id).where(*tests))
    return sa.exists().where(table.c.run_id == runs.c.id, *tests)


def _compared(column: Any, operator: str, value: Value | sa.ColumnElement[Any]) -> Condition:
    simple: dict[str, Callable[[], Condition]] = {
        "=": lambda: column == value,
        "!=": lambda: column != value,
        "<": lambda: column < value,
        "<=": lambda: column <= value,
        ">": lambda: column > value,
        ">=": lambda: column >= value,
        "IN": lambda: column.in_(value),
        "NOT IN": lambda: column.not_in(value),
        "LIKE": lambda: like(column, str(value)),
        "ILIKE": lambda: like_any_case(column, str(value)),
    }
    return simple[operator]()


_COMPARED: dict[str, Callable[[Comparison], Condition]] = {
    "param": _pair(params),
    "tag": _tag,
    "dataset": _dataset,
    "attribute": _attribute,
}
_TYPED: dict[_Type, Callable[[Comparison, sa.ColumnElement[Any]], Condition]] = {
    "text": _text_attribute,
    "number": _number_attribute,
    "time": _time_attribute,
    "truth": _truth_attribute,
    "status": _status_attribute,
}
