"""All steps, and the union that tells them apart by `op`."""

from typing import TYPE_CHECKING, Annotated, Any, Union

from pydantic import Discriminator, Tag

from workbench.dataprep.steps import columns, creating, models, rows, script, tables, types, values, write
from workbench.dataprep.steps.base import Context, Other, Rows, SchemaContext, StepBase
from workbench.dataprep.steps.columns import *  # noqa: F403 (each room names what it offers)
from workbench.dataprep.steps.creating import *  # noqa: F403
from workbench.dataprep.steps.models import *  # noqa: F403
from workbench.dataprep.steps.rows import *  # noqa: F403
from workbench.dataprep.steps.script import *  # noqa: F403
from workbench.dataprep.steps.tables import *  # noqa: F403
from workbench.dataprep.steps.types import *  # noqa: F403
from workbench.dataprep.steps.unknown import Unknown
from workbench.dataprep.steps.values import *  # noqa: F403
from workbench.dataprep.steps.write import *  # noqa: F403

ROOMS = {
    "Create columns": creating,
    "Repair values": values,
    "Columns": columns,
    "Types": types,
    "Rows": rows,
    "Tables": tables,
    "For models": models,
    "Script": script,
    "Write": write,
}
"""The groups of steps, in the order of the menus."""


def _steps_of(room: Any) -> dict[str, type[StepBase]]:
    offered = (getattr(room, name) for name in room.__all__)
    steps = [one for one in offered if isinstance(one, type) and issubclass(one, StepBase) and one.model_fields["op"].default]
    return {step.model_fields["op"].default: step for step in steps if isinstance(step.model_fields["op"].default, str)}


STEPS: dict[str, type[StepBase]] = {op: step for room in ROOMS.values() for op, step in _steps_of(room).items()}
"""Each step's class by its `op`, in the order of the menus."""


def _tag(value: Any) -> str:
    op = value.get("op") if isinstance(value, dict) else getattr(value, "op", None)
    return op if isinstance(op, str) and op in STEPS else "unknown"


if TYPE_CHECKING:
    Step = StepBase
else:
    _tagged = tuple(Annotated[step, Tag(op)] for op, step in {**STEPS, "unknown": Unknown}.items())
    Step = Annotated[Union[_tagged], Discriminator(_tag)]  # noqa: UP007 (made of a tuple)

__all__ = ["ROOMS", "STEPS", "Context", "Other", "Rows", "SchemaContext", "Step", "StepBase", "Unknown"]
for _room in ROOMS.values():
    __all__ += _room.__all__
