"""Flows for the rows that a step leaves out, and for the parts that rows are divided into."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from workbench.base.errors import UserError
from workbench.base.ids import new_id
from workbench.dataprep.steps.base import StepBase
from workbench.dataprep.steps.rows.choosing import Choosing
from workbench.dataprep.steps.rows.places import Skip, Top
from workbench.dataprep.steps.rows.sampling import Part, RandomSplit, part_problems

if TYPE_CHECKING:
    from workbench.dataprep.package import Dataflow, Package


def can_fork(step: StepBase) -> bool:
    """Whether the step chooses rows, so that there can be a flow of those that it leaves out."""
    return isinstance(step, Choosing | Top | Skip)


def fork(package: Package, flow_id: str, step_index: int, *, name: str = "", shared: bool = False) -> Package:
    """The package with one more flow: the rows that the step leaves out; it stands after the flow and has all steps before it.

    The steps before are copied, write steps left out. With `shared` they become a flow of their own which both flows start from,
    so that what is changed there changes both (not when one of them writes). `name`: of the new flow; "<flow> (left out)" without.
    Raises UserError for a step that does not choose rows, and NotFound.
    """
    flow = package.flow(flow_id)
    if not 0 <= step_index < len(flow.steps):
        raise UserError(f"The flow {flow.name} has {len(flow.steps)} steps: there is no step {step_index + 1}.")
    step = flow.steps[step_index]
    if not isinstance(step, Choosing | Top | Skip):
        raise UserError(
            f"Step {step_index + 1} ({step.describe()}) does not choose rows, so it leaves none out.",
            hint="Choose a step that filters rows.",
            place=f"flow {flow.name}, step {step_index + 1}",
        )
    complement = step.complement().model_copy(update={"id": new_id(), "enabled": True})
    called = free_name(package, name or f"{flow.name} (left out)")
    if shared and step_index and len(_quiet(flow.steps[:step_index])) == step_index:
        return _shared(package, flow, step_index, complement, called)
    copied = tuple(one.model_copy(update={"id": new_id()}) for one in _quiet(flow.steps[:step_index]))
    other = flow.model_copy(update={"id": new_id(), "name": called, "steps": (*copied, complement)})
    return _after(package, flow, [other])


def _shared(package: Package, flow: Dataflow, step_index: int, complement: StepBase, called: str) -> Package:
    from workbench.dataprep.package import FlowRef

    before = flow.model_copy(
        update={
            "id": new_id(),
            "name": free_name(package, f"{flow.name} (before step {step_index + 1})"),
            "steps": flow.steps[:step_index],
        }
    )
    source = FlowRef(flow=before.id)
    rest = flow.model_copy(update={"source": source, "steps": flow.steps[step_index:]})
    other = flow.model_copy(update={"id": new_id(), "name": called, "source": source, "steps": (complement,)})
    at = package.flows.index(flow)
    return package.model_copy(update={"flows": (*package.flows[:at], before, rest, other, *package.flows[at + 1 :])})


def split(package: Package, flow_id: str, parts: Sequence[Part], *, seed: int = 0) -> Package:
    """The package with a flow for each part, that starts from the flow and holds a random share of its rows.

    The parts have no row in common and are all rows together. Raises UserError for parts that are none, and NotFound.
    """
    from workbench.dataprep.package import Dataflow, FlowRef

    flow = package.flow(flow_id)
    if problems := part_problems(parts):
        raise UserError(problems[0].message)
    made: list[Dataflow] = []
    for part in parts:
        step = RandomSplit(parts=tuple(parts), part=part.name, seed=seed)
        name = free_name(package, f"{flow.name} ({part.name})")
        made.append(Dataflow(name=name, source=FlowRef(flow=flow.id), steps=(step,)))
    return _after(package, flow, made)


def free_name(package: Package, wanted: str) -> str:
    """The name, or with a number appended when a flow is called so already."""
    taken, name, number = {flow.name for flow in package.flows}, wanted, 2
    while name in taken:
        name, number = f"{wanted} {number}", number + 1
    return name


def _quiet(steps: Sequence[StepBase]) -> list[StepBase]:
    """The steps without those that write."""
    from workbench.dataprep.steps import Write

    return [step for step in steps if not isinstance(step, Write)]


def _after(package: Package, flow: Dataflow, made: Sequence[Dataflow]) -> Package:
    at = package.flows.index(flow) + 1
    return package.model_copy(update={"flows": (*package.flows[:at], *made, *package.flows[at:])})
