"""A verb for each step: from the arguments of a call to the step, and the methods that make it so."""

from __future__ import annotations

import inspect
import keyword
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from pydantic_core import PydanticUndefined

from workbench.base.errors import UserError
from workbench.dataprep.sources import validation_sentence
from workbench.dataprep.steps import STEPS, Other, StepBase

if TYPE_CHECKING:
    from workbench.dataprep.building.flow import Flow

_OWN = {"op", "id", "enabled", "note"}


def fields_of(step: type[StepBase]) -> list[str]:
    """The fields of a step that say what it does: those that must be given first, each in the order of the class."""
    names = [name for name in step.model_fields if name not in _OWN]
    return sorted(names, key=lambda name: not step.model_fields[name].is_required())


def made(step: type[StepBase], arguments: Mapping[str, Any]) -> tuple[StepBase, list[Flow]]:
    """A step of these arguments, and the flows among them. Raises UserError in one sentence when they do not suit it."""
    flows: list[Flow] = []
    values: dict[str, Any] = {}
    for name, value in arguments.items():
        if name in step.model_fields:
            values |= _flow_fields(step, name, value, flows)
        else:
            known = ", ".join(fields_of(step))
            raise UserError(f"The step {_op(step)} has no setting {name}.", hint=f"It has {known}.")
    try:
        return step(**values), flows
    except ValidationError as error:
        raise UserError(f"The step {_op(step)} cannot be made so: {validation_sentence(error)}") from error


def _flow_fields(step: type[StepBase], name: str, value: Any, flows: list[Flow]) -> dict[str, Any]:
    """A field's value as the step keeps it: other flows by their ids, one value as a tuple where several are taken."""
    from workbench.dataprep.building.flow import Flow

    annotation = step.model_fields[name].annotation
    if isinstance(value, Flow):
        flows.append(value)
        if annotation is str:
            return {name: value.id} | ({"name": value.name} if "name" in step.model_fields and name == "flow" else {})
        value = value.as_other()
    if _is_tuple(annotation):
        if isinstance(value, str | Other) or not isinstance(value, Sequence):
            value = value if value is None or isinstance(value, set | frozenset | dict) else (value,)
        if isinstance(value, list | tuple):
            flows += [each for each in value if isinstance(each, Flow)]
            value = tuple(each.as_other() if isinstance(each, Flow) else each for each in value)
    return {name: value}


def _is_tuple(annotation: Any) -> bool:
    if typing.get_origin(annotation) in {types.UnionType, typing.Union}:
        return any(_is_tuple(each) for each in typing.get_args(annotation))
    return typing.get_origin(annotation) is tuple


def _op(step: type[StepBase]) -> str:
    return str(step.model_fields["op"].default)


def verb_name(op: str) -> str:
    """What the method of a step is called: its op, or with `_` appended where that is a word of Python."""
    return f"{op}_" if keyword.iskeyword(op) else op


def verb(step: type[StepBase]) -> Callable[..., Flow]:
    """The method that appends such a step; its arguments are the step's fields."""
    fields = fields_of(step)

    def method(self: Flow, *values: Any, learn: bool = True, note: str = "", **named: Any) -> Flow:
        if len(values) > len(fields):
            raise UserError(f"The step {_op(step)} takes at most {len(fields)} values.", hint=f"They are {', '.join(fields)}.")
        given = dict(zip(fields, values, strict=False))
        if twice := sorted(set(given) & set(named)):
            raise UserError(f"The step {_op(step)} is given {twice[0]} twice.")
        made_step, flows = made(step, {**given, **named})
        return self.with_step(made_step.model_copy(update={"note": note}), flows=flows, learn=learn)

    method.__name__ = method.__qualname__ = verb_name(_op(step))
    method.__doc__ = inspect.getdoc(step)
    method.__signature__ = _signature(step, fields)  # type: ignore[attr-defined]  # what help() shows
    return method


def _signature(step: type[StepBase], fields: list[str]) -> inspect.Signature:
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [inspect.Parameter("self", kind)]
    for name in fields:
        field = step.model_fields[name]
        default = field.get_default(call_default_factory=True, validated_data={})
        empty = field.is_required() or default is PydanticUndefined
        parameters.append(
            inspect.Parameter(name, kind, default=inspect.Parameter.empty if empty else default, annotation=field.annotation)
        )
    only = inspect.Parameter.KEYWORD_ONLY
    parameters.append(inspect.Parameter("learn", only, default=True, annotation=bool))
    parameters.append(inspect.Parameter("note", only, default="", annotation=str))
    return inspect.Signature(parameters, return_annotation="Flow")


def with_verbs(flow: type[Flow]) -> type[Flow]:
    """Gives the class a method for each registered step that it has none for."""
    for op, step in STEPS.items():
        if not hasattr(flow, verb_name(op)):
            setattr(flow, verb_name(op), verb(step))
    return flow
