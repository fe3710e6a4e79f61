"""Programs as readable JSON: each node an object with its operator's name and its fields; fields at their default are left out."""

from __future__ import annotations

import dataclasses
import re
from typing import Any, get_args, get_type_hints

from workbench.base.errors import UserError
from workbench.byexample.tree import conditions, dates, nodes, numbers, texts
from workbench.byexample.tree.moments import FIELDS, elements
from workbench.byexample.tree.numbers import ROUNDING
from workbench.byexample.tree.program import Program
from workbench.byexample.tree.tokens import TOKENS

VERSION = 2


def _name(kind: type) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()


KINDS: dict[str, type] = {
    _name(kind): kind
    for module in (nodes, conditions, texts, numbers, dates)
    for kind in vars(module).values()
    if isinstance(kind, type) and dataclasses.is_dataclass(kind) and kind.__module__ == module.__name__
    and kind not in {nodes.Node, nodes.Unary, conditions.Condition}
}  # fmt: skip
"""Every operator with its name in the file."""

_CHOICES = {
    "kind": set(TOKENS), "mode": set(ROUNDING), "field": set(FIELDS), "sign": {"-", "+", "()", "*", "/", "<", "<=", ">", ">="},
    "at": {"any", "start", "end", "whole"}, "side": {"both", "left", "right", "start", "end"},
    "unit": {"days", "months", "years", "week", "month", "quarter", "year", "hours", "minutes", "seconds"},
    "order": {"", "sorted", "numeric", "descending", "reversed"}, "decimal": {".", ","},
}  # fmt: skip


def to_json(program: Program) -> dict[str, Any]:
    """The program as JSON, with a version."""
    return {"version": VERSION, "program": _write(program.root)}


def _write(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        found: dict[str, Any] = {"op": _name(type(value))}
        for field in dataclasses.fields(value):
            content = getattr(value, field.name)
            if content != field.default:
                found[field.name] = _write(content)
        return found
    return [_write(item) for item in value] if isinstance(value, tuple) else value


def from_json(value: dict[str, Any]) -> Program:
    """Reads `to_json`'s result. Raises UserError for anything else."""
    if value.get("version") != VERSION:
        raise UserError(
            f"The learned program has version {value.get('version')}, which this Workbench cannot read.",
            hint="Open the step and accept it again: its examples are kept, and it is learned anew from them.",
        )
    try:
        root = _read(value["program"])
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as error:
        raise UserError("The learned program is damaged.", hint="Give its examples again.") from error
    if not isinstance(root, nodes.Node):
        raise UserError("The learned program is damaged.", hint="Give its examples again.")
    return Program(root)


def _read(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_read(item) for item in value)
    if not isinstance(value, dict):
        return value
    kind = KINDS[value["op"]]
    given = {name: _read(content) for name, content in value.items() if name != "op"}
    made = kind(**given)
    _check(made)
    return made


def _check(made: Any) -> None:
    """Raises ValueError when a field holds what it cannot hold."""
    hints = get_type_hints(type(made), vars(nodes) | vars(conditions) | vars(numbers))
    for field in dataclasses.fields(made):
        content, hint = getattr(made, field.name), hints[field.name]
        allowed = tuple(getattr(kind, "__origin__", kind) for kind in (get_args(hint) if _is_union(hint) else (hint,)))
        if not isinstance(content, allowed) or (isinstance(content, bool) and bool not in allowed):
            raise ValueError(field.name)
        if field.name in _CHOICES and content not in _CHOICES[field.name]:
            raise ValueError(field.name)
        if field.name in {"pattern", "patterns"}:
            for pattern in (content,) if isinstance(content, str) else content:
                elements(pattern)


def _is_union(hint: Any) -> bool:
    return not hasattr(hint, "__origin__") and bool(get_args(hint))
