"""Whether a flow still fits its data: what changed in its sources, and what becomes of each step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.base.errors import NotFound, UserError
from workbench.dataprep.columns import Problem, Schema, listed
from workbench.dataprep.control import Cancel, Progress
from workbench.dataprep.drift.adapting import without_gone
from workbench.dataprep.drift.comparing import Compared, compare
from workbench.dataprep.drift.report import DriftReport, Mode, SourceChange, StepVerdict
from workbench.dataprep.drift.values import known_values, new_values
from workbench.dataprep.package import Dataflow, FileRef, FlowRef, Package
from workbench.dataprep.sources import DataSource, locate
from workbench.dataprep.sources.opening import search_folders
from workbench.dataprep.sources.specs import ScriptSpec, SqlSpec
from workbench.dataprep.steps import NewName, RenameMany, StepBase

if TYPE_CHECKING:
    from workbench.dataprep.engine import Engine

_ROWS = 100_000
"""So many first rows are looked at for new values."""


def examine(
    engine: Engine, package: Package, flow_id: str | None = None, mode: Mode = "warn", *, values: bool = True,
    cancel: Cancel | None = None, progress: Progress | None = None,
) -> DriftReport:  # fmt: skip
    """What changed in the sources of a flow since it was made, and for every step: as intended, adapted, or why it cannot run.

    A source is compared with its `.wbsource` file; one that a flow names without it has no definition, so that only the steps tell
    what is missing. `adapt` finds renamed columns, reads dates and numbers as they are written now, and shortens lists of columns;
    the report has the adapted package, and how sources are to be read. `values`: also look at the rows for values that steps with
    learned constants do not know. Raises NotFound and UserError where a source cannot be read at all.
    """
    flow = package.flow(flow_id)
    found = _Sources(engine, package)
    found.look(flow)
    state = _State(engine, package, flow, found)
    if mode == "adapt":
        state.adapt()
    verdicts = state.verdicts(adapted=mode == "adapt")
    if values:
        verdicts = state.with_values(verdicts, cancel, progress)
    inputs = {reference: source for reference, source in found.fitted.items() if mode == "adapt"}
    return DriftReport(flow.name, mode, tuple(found.changes), tuple(verdicts), state.package, inputs)


class _Sources:
    """The sources behind a flow: its own, those of its steps, and those of the flows that it starts from."""

    def __init__(self, engine: Engine, package: Package) -> None:
        self._engine = engine
        self._package = package
        self._seen: set[str] = set()
        self.changes: list[SourceChange] = []
        self.compared: dict[str, Compared] = {}
        """By reference, where something changed."""
        self.declared: dict[str, DataSource] = {}
        self.fitted: dict[str, DataSource] = {}
        """Sources as they are to be read now, by reference."""

    def look(self, flow: Dataflow) -> None:
        """Compares all sources of the flow."""
        for other in flow.others():
            if other.source:
                self._source(other.source)
            elif not other.package and other.flow not in self._seen:
                self._seen.add(other.flow)
                self.look(self._package.flow(other.flow))

    def _source(self, reference: str) -> None:
        if reference in self._seen:
            return
        self._seen.add(reference)
        source, path = self._found(reference)
        if source is None:
            return
        self.declared[reference] = source
        if path is None or isinstance(source.spec, ScriptSpec | SqlSpec) or path.is_dir():
            return
        compared = compare(path.name, source.spec, path)
        if not compared.changes:
            return
        self.changes += compared.changes
        self.compared[reference] = compared
        if _reads_otherwise(compared):
            update = {"path": str(path), "files": (), "spec": compared.spec}
            self.fitted[reference] = source.model_copy(update=update)

    def _found(self, reference: str) -> tuple[DataSource | None, Path | None]:
        """The definition of a source and the local file that it is read from; None where there is no such."""
        folders = search_folders(self._engine.base, self._package.folder)
        try:
            place = locate(reference, folders)
        except (NotFound, UserError):
            return None, None
        if place.suffix != ".wbsource":
            return None, None
        source = DataSource.load(place)
        stand_in = self._engine.inputs.get(reference, self._engine.inputs.get(Path(reference).stem))
        if stand_in is not None:
            instead = isinstance(stand_in, str | Path) and Path(stand_in).suffix != ".wbsource"
            return source, locate(str(stand_in), folders) if instead else None
        single = source.path and not source.files and "://" not in source.path and not any(sign in source.path for sign in "*?[")
        return source, locate(source.path, search_folders(self._engine.base, place.parent)) if single else None


def _reads_otherwise(compared: Compared) -> bool:
    return any(change.kind in {"renamed", "type", "format", "marks", "missing", "layout"} for change in compared.changes)


@dataclass
class _State:
    """The flow while it is fitted."""

    engine: Engine
    package: Package
    flow: Dataflow
    sources: _Sources
    hows: dict[str, str] = field(default_factory=dict)
    """How steps (by id) were adapted."""
    added: set[str] = field(default_factory=set)
    """Steps that were put in front."""

    def __post_init__(self) -> None:
        self._given, self._given_package = self.flow, self.package
        self._columns_before = self._before(self.flow)

    def _before(self, flow: Dataflow) -> Schema | None:
        """The columns that the flow started from when it was made; None where that is not written down."""
        if isinstance(flow.source, FileRef):
            source = self.sources.declared.get(flow.source.path)
            return source.columns if source else None
        return None

    def adapt(self) -> None:
        """Reads the sources as they are written now, gives columns their old names back and shortens lists of columns."""
        if self.sources.fitted:
            self.engine = self.engine.with_inputs({**self.engine.inputs, **self.sources.fitted})
        for flow in self._reachable():
            renames = self._renames(flow)
            if not renames:
                continue
            pairs = tuple(NewName(column=new, to=old) for old, new in renames.items())
            renaming = RenameMany(names=pairs, note="Other names in the source.")
            self.added.add(renaming.id)
            self._put(flow.with_steps((renaming, *flow.steps)))
        before = self._schemas_before()
        for number in range(len(self.flow.steps)):
            step = self.flow.steps[number]
            now, problems = self._arriving()[number]
            if not step.enabled or not _errors(problems):
                continue
            fitted = without_gone(step, before.get(step.id, now), now)
            if fitted is None or (fitted[0].enabled and _errors(fitted[0].check(now))):
                continue
            self.hows[step.id] = fitted[1]
            self._put(self.flow.with_steps((*self.flow.steps[:number], fitted[0], *self.flow.steps[number + 1 :])))

    def _upstream(self) -> list[Dataflow]:
        """The flow, and those of the same package that it starts from."""
        flows = [self.flow]
        while isinstance(source := flows[-1].source, FlowRef) and not source.package:
            flows.append(self.package.flow(source.flow))
        return flows

    def _reachable(self, flow: Dataflow | None = None) -> list[Dataflow]:
        """The flow, and all of the same package that it needs."""
        found = [flow or self.flow]
        for each in found:
            for other in each.others():
                needed = self.package.flow(other.flow) if other.flow and not other.package else None
                if needed is not None and needed.id not in {known.id for known in found}:
                    found.append(needed)
        return found

    def _of_others(self, step: StepBase) -> list[str]:
        """The sentences on the sources of other tables that a step needs."""
        references: set[str] = set()
        for other in step.others():
            if other.source:
                references.add(other.source)
            elif not other.package:
                for flow in self._reachable(self.package.flow(other.flow)):
                    references |= {each.source for each in flow.others() if each.source}
        compared = [found for reference, found in self.sources.compared.items() if reference in references]
        return [change.sentence for each in compared for change in each.changes if change.kind != "new"]

    def _renames(self, flow: Dataflow) -> dict[str, str]:
        if not isinstance(flow.source, FileRef) or (compared := self.sources.compared.get(flow.source.path)) is None:
            return {}
        return compared.renames

    def _put(self, flow: Dataflow) -> None:
        self.package = self.package.with_flow(flow)
        if flow.id == self.flow.id:
            self.flow = flow

    def _schemas_before(self) -> dict[str, Schema]:
        """The columns that reached each step when the flow was made."""
        if self._columns_before is None:
            return {}
        walked = self.engine.arriving(self._given_package, self._given.id, self._columns_before)
        return {step.id: schema for step, (schema, _) in zip(self._given.steps, walked, strict=True)}

    def verdicts(self, *, adapted: bool) -> list[StepVerdict]:
        """One for each step of the flow as it was given."""
        before = self._schemas_before()
        walked = self._arriving()
        now = {step.id: found for step, found in zip(self.flow.steps, walked, strict=True)}
        touched = self._touched()
        result = []
        for number, step in enumerate(self._given.steps, 1):
            _, problems = now[step.id]
            schema = before.get(step.id, now[step.id][0])
            reads = [name for name in step.reads(schema) if name in touched] if step.enabled else []
            makes = set(step.makes(schema))
            told = [sentence for name in reads for sentence in touched[name]] + (self._of_others(step) if step.enabled else [])
            about = list(dict.fromkeys(told))
            if reads:
                touched |= {name: about for name in makes if name not in touched}
            result.append(self._verdict(number, step, problems, about, adapted))
        return result

    def _arriving(self) -> tuple[tuple[Schema, tuple[Problem, ...]], ...]:
        """The columns that reach each step now, and what is wrong with it; where a flow before it cannot run, no step can."""
        try:
            return self.engine.arriving(self.package, self.flow.id)
        except UserError as error:
            if not isinstance(self.flow.source, FlowRef):
                raise
            return tuple(((), (Problem(f"The dataflow that it starts from fails: {error.message}"),)) for _ in self.flow.steps)

    def _touched(self) -> dict[str, list[str]]:
        """Columns that changed, with the sentences about that."""
        found: dict[str, list[str]] = {}
        for flow in self._upstream():
            reference = flow.source.path if isinstance(flow.source, FileRef) else ""
            compared = self.sources.compared.get(reference)
            for change in compared.changes if compared else ():
                if change.column and change.kind != "new":
                    found.setdefault(change.column, []).append(change.sentence)
        return found

    def _verdict(
        self, number: int, step: StepBase, problems: Sequence[Problem], about: Sequence[str], adapted: bool
    ) -> StepVerdict:
        says = step.describe()
        if step.id in self.hows:
            return StepVerdict(step.id, number, says, "adapted", self.hows[step.id])
        if errors := _errors(problems):
            return StepVerdict(step.id, number, says, "cannot_run", errors[0].message)
        if not about:
            return StepVerdict(step.id, number, says, "as_intended")
        if adapted and (how := self._how(about)):
            return StepVerdict(step.id, number, says, "adapted", how)
        return StepVerdict(step.id, number, says, "as_intended", notes=tuple(about))

    def _how(self, about: Sequence[str]) -> str:
        """How the source is read so that a step gets what it was made for; empty where nothing was done."""
        hows = []
        for change in self.sources.changes:
            if change.sentence not in about:
                continue
            if change.kind == "renamed":
                hows.append(f"{change.column} is found as {change.to} and gets its old name back")
            elif change.kind in {"type", "format"} and self._fits(change):
                hows.append(f"{change.column} is read as it is written now ({change.to})")
        return listed(hows)

    def _fits(self, change: SourceChange) -> bool:
        """Whether the fitted source reads the column in another way than its definition says."""
        for reference, fitted in self.sources.fitted.items():
            name = self.sources.compared[reference].renames.get(change.column, change.column)
            now = next((c for c in fitted.spec.columns if c.name == name), None)
            was = next((c for c in self.sources.declared[reference].spec.columns if c.name == change.column), None)
            if now is not None and was is not None and (now.type, now.format) != (was.type, was.format):
                return True
        return False

    def with_values(self, verdicts: list[StepVerdict], cancel: Cancel | None, progress: Progress | None) -> list[StepVerdict]:
        """The verdicts with notes on values that steps have not learned."""
        runs = {verdict.step for verdict in verdicts if verdict.status != "cannot_run"}
        said: dict[str, str] = {}
        for index, step in enumerate(self.flow.steps):
            if any(other.id not in runs and other.id not in self.added for other in self.flow.steps[:index]):
                break  # what reaches later steps is not what they were made for
            if step.enabled and step.id in runs and known_values(step) is not None:
                with self.engine.view(
                    self.package, self.flow.id, index - 1, sample_rows=_ROWS, cancel=cancel, progress=progress
                ) as view:
                    said[step.id] = new_values(step, view)
        return [replace(each, notes=(*each.notes, said[each.step])) if said.get(each.step) else each for each in verdicts]


def _errors(problems: Sequence[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.severity == "error"]
