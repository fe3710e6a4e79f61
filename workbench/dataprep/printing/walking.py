"""A flow with all that it needs: other flows and sources, each once, and the columns before and after each step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.base.errors import UserError
from workbench.base.ids import new_id
from workbench.dataprep.cells import with_errors
from workbench.dataprep.columns import Schema, schema_of
from workbench.dataprep.engine.planning import Node, Plan
from workbench.dataprep.engine.queries import QueryContext, expression_problem, row_table
from workbench.dataprep.package import Package
from workbench.dataprep.printing.naming import Names
from workbench.dataprep.sources.reader import Reader
from workbench.dataprep.steps import Other, StepBase, Unknown

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True)
class WalkedStep:
    """An enabled step with what stands around it. `number`: its place in the flow from 1; `errors`: which columns may have error
    cells before it."""

    number: int
    step: StepBase
    before: Schema
    after: Schema
    errors: frozenset[str]


@dataclass(frozen=True)
class WalkedSource:
    """A source: `name` is an identifier that nothing else has."""

    name: str
    reader: Reader


@dataclass(frozen=True)
class WalkedFlow:
    """A flow: `name` is an identifier that nothing else has."""

    name: str
    title: str
    start: WalkedFlow | WalkedSource
    steps: tuple[WalkedStep, ...]
    others: dict[Other, WalkedFlow | WalkedSource]
    schema: Schema


@dataclass
class Walked:
    """What is to be printed: sources and flows in the order in which they need each other; the wanted flow is the last."""

    package: Package
    base: Path
    names: Names
    sources: list[WalkedSource] = field(default_factory=list)
    flows: list[WalkedFlow] = field(default_factory=list)
    chains: dict[str, Any] = field(default_factory=dict)
    """The chains of queries that were made of it, by their dialect: languages share them."""

    def again(self) -> Walked:
        """The same for one more program, which takes names of its own."""
        return replace(self, names=self.names.copy())

    @property
    def result(self) -> WalkedFlow:
        """The flow that was asked for."""
        return self.flows[-1]


def schema_of_walked(one: WalkedFlow | WalkedSource) -> Schema:
    """The columns of a flow's result or of a source."""
    return one.schema if isinstance(one, WalkedFlow) else one.reader.schema


def walk(package: Package, flow: str | None, base: Path) -> Walked:
    """Finds all that a flow needs. Raises UserError naming the step that cannot run, NotFound."""
    plan = Plan(base)
    chosen = package.flow(flow)
    node = plan.node(package, chosen.id)
    plan.check_circles(node)
    walked = Walked(package, base, Names())
    _Walker(plan, walked).flow(node)
    return walked


class _Walker:
    def __init__(self, plan: Plan, walked: Walked) -> None:
        self.plan = plan
        self.walked = walked
        self.known: dict[Any, WalkedFlow | WalkedSource] = {}

    def found(self, one: Node | Reader) -> WalkedFlow | WalkedSource:
        return self.flow(one) if isinstance(one, Node) else self.source(one)

    def source(self, reader: Reader) -> WalkedFlow | WalkedSource:
        key = ("source", reader.key)
        if key not in self.known:
            made = WalkedSource(self.walked.names.identifier(f"read_{reader.name}"), reader)
            self.known[key] = made
            self.walked.sources.append(made)
        return self.known[key]

    def flow(self, node: Node) -> WalkedFlow:
        known = self.known.get(node.place)
        if isinstance(known, WalkedFlow):
            return known
        start = self.found(self.plan.source(node))
        others = {
            other: self.found(self.plan.needed(node, other)) for step in node.flow.steps if step.enabled for other in step.others()
        }
        steps, schema = self._steps(node, schema_of_walked(start), others)
        made = WalkedFlow(self.walked.names.identifier(node.flow.name), node.flow.name, start, tuple(steps), others, schema)
        self.known[node.place] = made
        self.walked.flows.append(made)
        return made

    def _steps(self, node: Node, schema: Schema, others: dict[Other, WalkedFlow | WalkedSource]) -> tuple[list[WalkedStep], Schema]:
        context, checks = schema_context(others), Checks(others)
        table: ir.Table = row_table(schema, "schema_only")
        steps: list[WalkedStep] = []
        for index, step in enumerate(node.flow.steps):
            if not step.enabled:
                continue
            before = schema_of(table)
            problems = [problem for problem in step.check(before, checks) if problem.severity == "error"]
            if problems or isinstance(step, Unknown):
                reason = problems[0].message if problems else "This version does not know it."
                raise UserError(
                    f"Step {index + 1} ({step.describe()}) cannot run: {reason}",
                    place=f"flow {node.flow.name}, step {index + 1}",
                )
            errors = frozenset(with_errors(table))
            table = step.apply(table, context)
            steps.append(WalkedStep(index + 1, step, before, schema_of(table), errors))
        return steps, schema_of(table)


def schema_context(others: dict[Other, WalkedFlow | WalkedSource]) -> QueryContext:
    """A context that knows columns only."""
    table: Callable[[Other], Any] = lambda other: row_table(schema_of_walked(others[other]), f"schema_only_{new_id()}")  # noqa: E731
    return QueryContext(table, None)


class Checks:
    """What steps' checks may ask."""

    def __init__(self, others: dict[Other, WalkedFlow | WalkedSource]) -> None:
        self._others = others

    def schema_of_other(self, table: Other) -> Schema:
        """The columns of what a step refers to."""
        return schema_of_walked(self._others[table])

    def expression_problem(self, schema: Schema, sql: str) -> str:
        """Why an SQL scalar is wrong; empty when it is right."""
        return expression_problem(schema, sql)
