"""Edits of a package, as pure functions: each gives a new package and leaves the old one as it was."""

from typing import TYPE_CHECKING

from workbench.base.errors import NotFound

if TYPE_CHECKING:
    from workbench.dataprep.package import Dataflow, Package
    from workbench.dataprep.steps import StepBase


def flow_of(package: "Package", flow_id: str) -> "Dataflow":
    """The dataflow with this id. Raises NotFound."""
    for flow in package.flows:
        if flow.id == flow_id:
            return flow
    raise NotFound("This dataflow is no longer in the package.", place=flow_id)


def step_index(flow: "Dataflow", step_id: str) -> int:
    """Where a step stands. Raises NotFound."""
    for index, step in enumerate(flow.steps):
        if step.id == step_id:
            return index
    raise NotFound("This step is no longer in the dataflow.", place=flow.name)


def put_flow(package: "Package", flow: "Dataflow") -> "Package":
    """The package with its dataflow of the same id replaced, or with one more."""
    known = any(old.id == flow.id for old in package.flows)
    flows = tuple(flow if old.id == flow.id else old for old in package.flows) + (() if known else (flow,))
    return package.model_copy(update={"flows": flows})


def rename_flow(package: "Package", flow_id: str, name: str) -> "Package":
    """The package with a dataflow under another name."""
    return put_flow(package, flow_of(package, flow_id).model_copy(update={"name": name}))


def with_steps(package: "Package", flow_id: str, steps: "tuple[StepBase, ...]") -> "Package":
    """The package with all steps of a dataflow replaced."""
    return put_flow(package, flow_of(package, flow_id).model_copy(update={"steps": steps}))


def insert_step(package: "Package", flow_id: str, index: int, step: "StepBase") -> "Package":
    """The package with one more step, at `index`."""
    steps = flow_of(package, flow_id).steps
    return with_steps(package, flow_id, (*steps[:index], step, *steps[index:]))


def replace_step(package: "Package", flow_id: str, step: "StepBase") -> "Package":
    """The package with the step of the same id replaced."""
    steps = flow_of(package, flow_id).steps
    return with_steps(package, flow_id, tuple(step if old.id == step.id else old for old in steps))


def remove_step(package: "Package", flow_id: str, step_id: str) -> "Package":
    """The package without a step."""
    return with_steps(package, flow_id, tuple(s for s in flow_of(package, flow_id).steps if s.id != step_id))


def move_step(package: "Package", flow_id: str, step_id: str, index: int) -> "Package":
    """The package with a step moved so that it stands at `index` of the new list."""
    flow = flow_of(package, flow_id)
    step = flow.steps[step_index(flow, step_id)]
    rest = [old for old in flow.steps if old.id != step_id]
    rest.insert(max(0, min(index, len(rest))), step)
    return with_steps(package, flow_id, tuple(rest))


def free_flow_name(package: "Package", wanted: str) -> str:
    """A dataflow name that is not taken."""
    taken = {flow.name for flow in package.flows}
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted} {number}"
    return name
