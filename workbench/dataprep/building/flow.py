"""Data flows in code: the designer's steps as verbs of an immutable `Flow` that computes only when its rows are asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, get_args

from workbench.base.errors import EnvironmentError_, UserError
from workbench.base.ids import new_id
from workbench.dataprep.building.engines import engine_for, spark_frame
from workbench.dataprep.building.verbs import made, with_verbs
from workbench.dataprep.columns import Problem, Schema, names, unique_name
from workbench.dataprep.package import Dataflow, FileRef, FlowRef, Package
from workbench.dataprep.reports import FlowReport
from workbench.dataprep.sources import Sample, locate, project_of, relative_path
from workbench.dataprep.steps import STEPS, Condition, Derive, Other, StepBase
from workbench.dataprep.steps.rows.order import SortKey
from workbench.dataprep.steps.tables import Aggregate

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

    from workbench.dataprep.engine import Engine
    from workbench.dataprep.engine.views import TableView
    from workbench.dataprep.profiles import ColumnProfile

Texts = str | Sequence[str]


@with_verbs
class Flow:
    """A source and the steps on it. Every verb returns a new flow; nothing is read until rows, or what is learned of them, are
    needed.

    Each step of the designer is a verb whose arguments are the step's settings: `flow.fill_missing("price", method="mean")`. Steps
    that learn from data learn when they are added, from the rows that reach them; `learn=False` leaves that for later (`learn()`).
    Relative paths of write steps start from the project's folder, else from the one that the source is in.
    """

    def __init__(
        self, flow: Dataflow, base: Path, *, others: Sequence[Dataflow] = (), inputs: Mapping[str, Any] = MappingProxyType({}),
        sample: Sample | None = None,
    ) -> None:  # fmt: skip
        self._flow = flow
        self._base = base
        self._others = tuple(others)
        self._inputs = dict(inputs)
        self._sample = sample

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Callable[..., Flow]: ...

    # -- what it is

    @property
    def name(self) -> str:
        """What it is called in a package."""
        return self._flow.name

    @property
    def id(self) -> str:
        """What other flows refer to it by."""
        return self._flow.id

    @property
    def steps(self) -> tuple[StepBase, ...]:
        """Its steps, with what they have learned."""
        return self._flow.steps

    def __repr__(self) -> str:
        source = getattr(self._flow.source, "path", "another flow")
        lines = [f"{number:>3}. {step.describe()}" for number, step in enumerate(self.steps, 1)]
        return "\n".join([f"Flow {self.name} from {source}", *lines])

    def as_other(self) -> Other:
        """How steps of other flows refer to it."""
        return Other(flow=self.id, name=self.name)

    def package(self) -> Package:
        """The flow, and those that it needs, as a package; it stands last."""
        taken: list[str] = []
        flows = []
        for flow in (*self._others, self._flow):
            name = unique_name(flow.name, taken)
            taken.append(name)
            flows.append(flow if name == flow.name else flow.model_copy(update={"name": name}))
        return Package(flows=tuple(flows))

    @property
    def schema(self) -> Schema:
        """The columns that come out, without reading the data. Raises UserError naming the step that cannot run."""
        return self._engine.schema_at(self.package(), self.id)

    @property
    def columns(self) -> list[str]:
        """Their names."""
        return names(self.schema)

    def problems(self) -> tuple[tuple[Problem, ...], ...]:
        """What is wrong with each step."""
        return self._engine.problems(self.package(), self.id)

    # -- going on

    def with_step(self, step: StepBase, *, flows: Sequence[Flow] = (), learn: bool = True) -> Flow:
        """The flow with a step at its end; `flows`: those that the step refers to."""
        result = self._changed(self._flow.model_copy(update={"id": new_id(), "steps": (*self.steps, step)}), flows)
        return result.learn(len(result.steps)) if learn and not step.learned else result

    def _changed(self, flow: Dataflow, flows: Sequence[Flow] = ()) -> Flow:
        others = {each.id: each for each in self._others}
        inputs = dict(self._inputs)
        for other in flows:
            others |= {each.id: each for each in (*other._others, other._flow)}  # noqa: SLF001 (the same class)
            inputs |= other._inputs  # noqa: SLF001
        return Flow(flow, self._base, others=tuple(others.values()), inputs=inputs, sample=self._sample)

    def named(self, name: str) -> Flow:
        """The same flow under another name."""
        return self._changed(self._flow.model_copy(update={"name": name, "id": new_id()}))

    def branch(self, name: str = "") -> Flow:
        """A new flow that starts from the result of this one."""
        flow = Dataflow(name=name or unique_name(self.name, [self.name]), source=FlowRef(flow=self.id))
        return self._changed(flow, [self])

    def on_sample(self, sample: Sample | int | None) -> Flow:
        """The same flow over a sample of each source (a number: the first rows; None: all), for what is asked and learned."""
        return Flow(self._flow, self._base, others=self._others, inputs=self._inputs, sample=_sample(sample))

    def learn(self, step: int | None = None) -> Flow:
        """The flow with a step (1 is the first; None: all that learn) learned anew from the rows that reach it."""
        wanted = range(1, len(self.steps) + 1) if step is None else [step]
        flow = self._flow.model_copy(update={"id": new_id()})
        for number in wanted:
            if not 1 <= number <= len(self.steps):
                raise UserError(f"The flow {self.name} has {len(self.steps)} steps: there is no step {number}.")
            if step is None and type(self.steps[number - 1]).relearn is StepBase.relearn:
                continue
            package = self._changed(flow).package()
            rows = self._sample.count if self._sample is not None and self._sample.kind == "top" else None
            learned = self._engine.learn(package, flow.id, number - 1, sample_rows=rows)
            flow = flow.with_steps((*flow.steps[: number - 1], learned, *flow.steps[number:]))
        return self._changed(flow)

    # -- verbs that read better than their step's fields

    def derive_column(
        self, column: str, from_: Texts, examples: Mapping[Any, str | None] | Sequence[tuple[Any, str | None]], *,
        learn: bool = True, **settings: Any,
    ) -> Flow:  # fmt: skip
        """A new column learned from examples over texts: `derive_column("window", from_="dep_time", examples={"515": "5AM-6AM"})`.

        With several input columns an example's input is a tuple of texts. Raises UserError when no program fits the examples.
        """
        inputs = (from_,) if isinstance(from_, str) else tuple(from_)
        pairs = examples.items() if isinstance(examples, Mapping) else examples
        shown = [{"inputs": _texts(given), "output": output} for given, output in pairs]
        step, _ = made(Derive, {"column": column, "inputs": inputs, "examples": tuple(shown), **settings})
        return self.with_step(step, learn=learn)

    def filter(self, *conditions: str | Condition, match: str = "all", action: str = "keep", learn: bool = True) -> Flow:
        """Keeps (or removes) rows where all (or any) conditions hold: an SQL expression (`"arr_delay > 0"`), or `Condition`s."""
        pointed = [each for each in conditions if isinstance(each, Condition)]
        written = [each for each in conditions if isinstance(each, str)]
        if len(pointed) + len(written) < len(conditions) or not conditions:
            raise UserError("filter takes SQL expressions or conditions.", hint='Such as filter("arr_delay > 0").')
        if written and pointed:
            raise UserError("filter takes either SQL expressions or conditions, not both at once.", hint="Call it twice.")
        if pointed:
            step, _ = made(STEPS["filter"], {"conditions": tuple(pointed), "match": match, "action": action})
        else:
            word = {"all": " AND ", "any": " OR "}.get(match, " AND ")
            sql = written[0] if len(written) == 1 else word.join(f"({each})" for each in written)
            step, _ = made(STEPS["filter_expression"], {"sql": sql, "action": action})
        return self.with_step(step, learn=learn)

    def keep(self, *columns: Texts, **settings: Any) -> Flow:
        """Keeps these columns, in this order; `select`: columns by a pattern."""
        return self._with("keep", settings, columns=_flat(columns))

    def remove(self, *columns: Texts, **settings: Any) -> Flow:
        """Removes these columns; `select`: columns by a pattern."""
        return self._with("remove", settings, columns=_flat(columns))

    def rename(self, column: str | Mapping[str, str], to: str = "") -> Flow:
        """Gives a column another name, or several at once: `rename({"a": "b", "c": "d"})`."""
        if isinstance(column, str):
            return self._with("rename", {}, column=column, to=to)
        return self._with("rename_many", {}, names=tuple({"column": old, "to": new} for old, new in column.items()))

    def set(self, column: str, sql: str) -> Flow:
        """Adds or replaces a column by an SQL expression over the row: `set("hours", "air_time / 60")`."""
        return self._with("expression", {}, column=column, sql=sql)

    def sort(self, *keys: str | SortKey, descending: bool = False) -> Flow:
        """Sorts by columns: names, or `SortKey`s."""
        return self._with(
            "sort", {}, keys=tuple(SortKey(column=key, descending=descending) if isinstance(key, str) else key for key in keys)
        )

    def summarize(self, by: Texts = (), *, measures: Sequence[Any] = (), **aggregates: Any) -> Flow:
        """Groups rows and computes aggregates: `summarize(by="origin", mean=["arr_delay", "distance"], rows=True)`.

        Each aggregate is given the columns that it is taken of; `count=True` or `rows=True` counts rows. `measures`: `Measure`s,
        for what needs more settings. Other settings of the step can be given by their names.
        """
        known = get_args(Aggregate)
        found = list(measures)
        for name in [name for name in aggregates if name in known]:
            columns = aggregates.pop(name)
            if columns is True:
                found.append({"aggregate": "count" if name == "rows" else name})
            else:
                found += [{"column": column, "aggregate": name} for column in _flat((columns,))]
        return self._with("summarize", aggregates, by=_flat((by,)), measures=tuple(found))

    def join(self, other: Flow | str, on: Texts | Mapping[str, str] = (), how: str = "inner", **settings: Any) -> Flow:
        """Joins another flow, or a source file, where columns are equal: `on` are their names, or `{left: right}`."""
        pairs = on.items() if isinstance(on, Mapping) else [(name, name) for name in _flat((on,))]
        keys = tuple({"left": left, "right": right} for left, right in pairs)
        return self._with("join", settings, **self._other(other), keys=keys, how=how)

    def fuzzy_join(self, other: Flow | str, left: str, right: str = "", **settings: Any) -> Flow:
        """Joins the most similar row of another flow, or source file, by two text columns."""
        return self._with("fuzzy_join", settings, **self._other(other), left=left, right=right or left)

    def append_rows(self, *others: Flow | str, **settings: Any) -> Flow:
        """Appends the rows of other flows, or source files, by the names of their columns (`by="position"`: by their order)."""
        return self._with("append_rows", settings, tables=self._tables(others))

    def append_columns(self, *others: Flow | str, **settings: Any) -> Flow:
        """Puts the columns of other flows, or source files, beside these, row by row."""
        return self._with("append_columns", settings, tables=self._tables(others))

    def script_column(self, column: str, code: str, **settings: Any) -> Flow:
        """Adds or replaces a column by Python code over `row`: `script_column("x", "math.log(row.distance)")`."""
        return self._scripted("script_column", code, settings, column=column)

    def script_filter(self, code: str, **settings: Any) -> Flow:
        """Keeps the rows for which Python code over `row` is true."""
        return self._scripted("script_filter", code, settings)

    def script_frame(self, code: str, **settings: Any) -> Flow:
        """Transforms the whole table, as a data frame, by Python code over `df`."""
        return self._scripted("script_frame", code, settings)

    def script_partition(self, code: str, **settings: Any) -> Flow:
        """Transforms the table part by part by Python code over `df` and `index`."""
        return self._scripted("script_partition", code, settings)

    def script_write(self, code: str, **settings: Any) -> Flow:
        """Writes the rows by Python code over `df`."""
        return self._scripted("script_write", code, settings)

    def _scripted(self, op: str, code: str, settings: dict[str, Any], **values: Any) -> Flow:
        from workbench.dataprep.workers.code import form_of

        form = form_of(STEPS[op].kind, code)  # type: ignore[attr-defined]  # all steps of scripts have one
        return self._with(op, {"form": form, **settings}, code=code, **values)

    def _with(self, op: str, settings: Mapping[str, Any], **values: Any) -> Flow:
        rest = dict(settings)
        learn, note = bool(rest.pop("learn", True)), rest.pop("note", "")
        step, flows = made(STEPS[op], {**values, **rest})
        return self.with_step(step.model_copy(update={"note": note}), flows=flows, learn=learn)

    @staticmethod
    def _other(other: Flow | str) -> dict[str, Any]:
        return {"flow": other} if isinstance(other, Flow) else {"source": _absolute(other), "name": Path(other).stem}

    @staticmethod
    def _tables(others: Sequence[Flow | str]) -> tuple[Any, ...]:
        return tuple(each if isinstance(each, Flow) else Other(source=_absolute(each), name=Path(each).stem) for each in others)

    # -- what comes out

    def head(self, n: int = 10) -> pd.DataFrame:
        """The first rows of the result as a pandas DataFrame; errors are missing."""
        with self.view() as view:
            frame: pd.DataFrame = view.arrow(0, n).to_pandas()
            return frame

    def view(self) -> TableView:
        """The rows as the grid sees them, with error cells and profiles; to be closed."""
        return self._engine.view(self.package(), self.id, sample=self._sample)

    @property
    def row_count(self) -> int:
        """How many rows come out."""
        view = self.view()
        view.close()
        return view.row_count

    @property
    def errors(self) -> dict[str, int]:
        """How many error cells a column has; columns without any are left out."""
        with self.view() as view:
            return dict(view.errors)

    def to_arrow(self) -> pa.Table:
        """All rows as an Arrow table; errors are missing."""
        with self.view() as view:
            return view.arrow()

    def to_pandas(self) -> pd.DataFrame:
        """All rows as a pandas DataFrame; errors are missing."""
        frame: pd.DataFrame = self.to_arrow().to_pandas()
        return frame

    def to_polars(self) -> pl.DataFrame:
        """All rows as a Polars DataFrame; errors are missing. Raises EnvironmentError_ where Polars is not installed."""
        try:
            import polars as pl
        except ImportError as error:
            raise EnvironmentError_("Polars is not installed.", hint="Install it: pip install polars.") from error
        frame = pl.from_arrow(self.to_arrow())
        if not isinstance(frame, pl.DataFrame):
            raise TypeError(type(frame))
        return frame

    def to_spark(self, session: SparkSession) -> DataFrame:
        """The flow as a Spark DataFrame of the session: Spark computes it when its rows are asked for."""
        rows = self._sample.count if self._sample is not None and self._sample.kind == "top" else None
        return spark_frame(session, self._base, self._inputs, self.package(), self.id, rows)

    def profile(self) -> dict[str, ColumnProfile]:
        """The statistics of each column."""
        with self.view() as view:
            return {column.name: view.profile(column.name) for column in view.columns}

    def run(self) -> FlowReport:
        """Runs the flow on all data and performs its write steps."""
        return self._engine.run(self.package(), self.id)

    def code(self, language: str = "pandas") -> str:
        """The flow as a program in pandas, polars, pyspark, sql or ibis that needs no Workbench."""
        from workbench.dataprep.printing import print_flow

        return print_flow(self.package(), self.id, language, self._base)

    def save(self, path: str | Path) -> Package:
        """Writes the flow, and those that it needs, as a package; paths in the same project become relative to it."""
        place = Path(path).absolute()
        flows = tuple(_placed(flow, place.parent) for flow in self.package().flows)
        return Package(flows=flows).save(place)

    @property
    def _engine(self) -> Engine:
        return engine_for(self._base, self._inputs)


def source(data: Any, *, name: str = "", sample: Sample | int | None = None) -> Flow:
    """A flow that starts from a file (any that Workbench reads, or a `.wbsource`), a pandas or Polars data frame, an Arrow table,
    or another flow. Nothing is read yet.

    `sample`: the rows of the source to work on: a number for the first rows, or a `Sample`; all without. A flow over a frame can
    be saved; it then needs the frame again: `workbench.prep(path, inputs={name: frame})`.
    """
    if isinstance(data, Flow):
        return data.branch(name)
    if isinstance(data, str | Path):
        place = _absolute(data)
        folder = Path(place).parent if "://" not in place else Path.cwd()
        flow = Dataflow(name=name or Path(place).stem, source=FileRef(path=place))
        return Flow(flow, project_of(folder) or Path.cwd(), sample=_sample(sample))
    called = name or "data"
    flow = Dataflow(name=called, source=FileRef(path=called))
    return Flow(flow, project_of(Path.cwd()) or Path.cwd(), inputs={called: data}, sample=_sample(sample))


def open_package(path: str | Path, flow: str | None = None, *, inputs: Mapping[str, Any] | None = None) -> Flow:
    """A flow of a `.wbprep` file, by its name (the last one without), to go on from. `inputs`: what stands in for its sources, by
    their paths or names: a path, or a data frame. Raises NotFound, UserError."""
    package = Package.load(Path(path))
    folder = package.folder or Path.cwd()
    chosen = package.flow(flow)
    base = project_of(folder) or folder
    inputs = {name: _absolute(value) if isinstance(value, str | Path) else value for name, value in (inputs or {}).items()}
    kept = set(inputs)
    flows = [_found(each, (folder, base), kept) for each in package.flows]
    own = next(each for each in flows if each.id == chosen.id)
    return Flow(own, base, others=[each for each in flows if each.id != chosen.id], inputs=inputs)


def _sample(sample: Sample | int | None) -> Sample | None:
    return Sample(kind="top", count=sample) if isinstance(sample, int) else sample


def _texts(given: Any) -> tuple[str | None, ...]:
    values = given if isinstance(given, tuple | list) else (given,)
    return tuple(None if value is None else str(value) for value in values)


def _flat(columns: Sequence[Any]) -> tuple[str, ...]:
    """Names given one by one, or as a list."""
    return tuple(name for each in columns for name in ([each] if isinstance(each, str) else each))


def _absolute(path: str | Path) -> str:
    """A path as it is from anywhere; addresses stay."""
    return str(path) if "://" in str(path) else str(Path(path).expanduser().absolute())


def _paths(flow: Dataflow, change: Callable[[str], str]) -> Dataflow:
    """The flow with the paths of what it reads changed."""
    start = flow.source
    if isinstance(start, FileRef):
        start = FileRef(path=change(start.path))
    elif start.package:
        start = start.model_copy(update={"package": change(start.package)})
    steps = []
    for step in flow.steps:
        update: dict[str, Any] = {}
        for name in type(step).model_fields:
            value = getattr(step, name)
            if name in {"source", "package"} and isinstance(value, str) and value and step.others():
                update[name] = change(value)
            elif isinstance(value, tuple) and any(isinstance(each, Other) for each in value):
                update[name] = tuple(_other_paths(each, change) if isinstance(each, Other) else each for each in value)
        steps.append(step.model_copy(update=update) if update else step)
    return flow.model_copy(update={"source": start, "steps": tuple(steps)})


def _other_paths(other: Other, change: Callable[[str], str]) -> Other:
    update = {name: change(value) for name in ("source", "package") if (value := getattr(other, name))}
    return other.model_copy(update=update)


def _found(flow: Dataflow, folders: tuple[Path, ...], kept: set[str]) -> Dataflow:
    """A flow of a package with the paths of what is there made absolute; those in `kept` stay."""

    def change(path: str) -> str:
        if path in kept or Path(path).stem in kept:
            return path
        try:
            return str(locate(path, folders))
        except UserError:
            return path  # it is said when it is read

    return _paths(flow, change)


def _placed(flow: Dataflow, folder: Path) -> Dataflow:
    """The flow with its paths as a package in that folder has them."""
    return _paths(flow, lambda path: relative_path(Path(path), folder) if Path(path).is_absolute() else path)
