"""Filter, order and pages of the small lists: experiments, models, versions, logged models. Runs are searched in the store."""

import base64
import binascii
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from workbench.runs.grammar import All, Any_, Comparison, Expression, Field, Not, parsed_filter, parsed_order
from workbench.server.mlflow.calls import Call
from workbench.server.mlflow.errors import wrong

_LISTS = {"tag": "tags", "param": "params", "metric": "metrics"}
_SAME = {"timestamp": "last_updated_timestamp"}
_LARGEST = 200_000
_PROMPT = "mlflow.prompt.is_prompt"

Form = Mapping[str, Any]


def found_page(
    call: Call,
    forms: Sequence[Form],
    names: Sequence[str],
    *,
    default_size: int,
    default_order: Sequence[str],
    order_by: Sequence[str] = (),
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The page of those forms that the call's filter means, in its order, and the token of the next page.

    `names` are the attributes that a filter may name. Raises for a wrong filter, order, size or token.
    """
    size = call.whole("max_results", 0) or default_size
    if not 0 < size <= _LARGEST:
        raise wrong(f"Invalid value {size} for parameter 'max_results' supplied. It must be between 1 and {_LARGEST}.")
    expression = parsed_filter(call.text("filter"))
    if expression is not None:
        _check_names(expression, names)
    found = [form for form in forms if expression is None or _matches(expression, form)]
    for text in reversed([*(order_by or call.texts("order_by")), *default_order]):
        field, descending = parsed_order(text)
        _check_name(field, names)
        there = [form for form in found if _value(form, field) is not None]
        there.sort(key=lambda form, field=field: _sortable(_value(form, field)), reverse=descending)  # type: ignore[misc]
        found = there + [form for form in found if _value(form, field) is None]
    begin = _offset(call.text("page_token"))
    page = [dict(form) for form in found[begin : begin + size]]
    return page, ({"next_page_token": _token(begin + size)} if begin + size < len(found) else {})


def _check_names(expression: Expression, names: Sequence[str]) -> None:
    if isinstance(expression, All | Any_):
        for part in expression.parts:
            _check_names(part, names)
    elif isinstance(expression, Not):
        _check_names(expression.part, names)
    else:
        _check_name(expression.field, names)


def _check_name(field: Field, names: Sequence[str]) -> None:
    if field.kind == "attribute" and field.key not in names:
        raise wrong(f"Invalid attribute key '{field.key}' specified. Valid keys are {', '.join(names)}.")
    if field.kind == "dataset":
        raise wrong("Datasets can be searched with runs only.")


def _matches(expression: Expression, form: Form) -> bool:
    if isinstance(expression, All):
        return all(_matches(part, form) for part in expression.parts)
    if isinstance(expression, Any_):
        return any(_matches(part, form) for part in expression.parts)
    if isinstance(expression, Not):
        return not _matches(expression.part, form)
    return _compares(expression, _value(form, expression.field))


def _value(form: Form, field: Field) -> Any:
    """What the form has in the field; None where it has nothing."""
    if field.kind == "attribute":
        return form.get(_SAME.get(field.key, field.key))
    latest = None
    for pair in form.get(_LISTS[field.kind], ()):
        if pair["key"] == field.key:
            latest = float(pair["value"]) if field.kind == "metric" else pair["value"]
    return latest


def _compares(one: Comparison, value: Any) -> bool:
    if one.operator in {"IS NULL", "IS NOT NULL"}:
        return (value is None) == (one.operator == "IS NULL")
    if value is None:
        # Clients leave prompts out of the models by themselves; no model here is one.
        return one.field.key == _PROMPT and one.operator == "!="
    wanted = one.value
    if one.operator in {"LIKE", "ILIKE"}:
        return _like(str(value), str(wanted), ignore_case=one.operator == "ILIKE")
    if isinstance(wanted, tuple):
        return (str(value) in wanted) == (one.operator == "IN")
    if isinstance(wanted, str) != isinstance(value, str):
        raise wrong(
            f"The filter compares {one.field.key} with {wanted!r}: a {'text' if isinstance(value, str) else 'number'} is needed."
        )
    outcome: dict[str, bool] = {
        "=": value == wanted,
        "!=": value != wanted,
        "<": value < wanted,
        "<=": value <= wanted,
        ">": value > wanted,
        ">=": value >= wanted,
    }
    return outcome[one.operator]


def _like(value: str, pattern: str, *, ignore_case: bool) -> bool:
    """SQL's LIKE: `%` stands for anything, `_` for one character."""
    parts = {"%": ".*", "_": "."}
    expression = "".join(parts.get(sign) or re.escape(sign) for sign in pattern)
    return re.fullmatch(expression, value, re.DOTALL | (re.IGNORECASE if ignore_case else 0)) is not None


def _sortable(value: Any) -> Any:
    return -math.inf if isinstance(value, float) and math.isnan(value) else value


def _token(offset: int) -> str:
    return base64.urlsafe_b64encode(str(offset).encode()).decode()


def _offset(token: str) -> int:
    if not token:
        return 0
    try:
        return max(0, int(base64.urlsafe_b64decode(token)))
    except (ValueError, binascii.Error):
        raise wrong("Invalid page token, could not be decoded.") from None
