"""Names of services: suggested from the model, judged in words."""

import json
import re

_SHAPE = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])")


def suggest_name(model: str, taken: frozenset[str] | set[str] = frozenset()) -> str:
    """A name that is allowed and free, made from the model's name."""
    base = re.sub(r"[^a-z0-9.-]+", "-", model.lower()).strip("-.")[:28] or "service"
    base = base.strip("-.") if len(base) >= 3 else f"{base}-service"
    name, number = base, 2
    while name in taken:
        name = f"{base}-{number}"
        number += 1
    return name


def name_problem(name: str, taken: frozenset[str] | set[str] = frozenset()) -> str:
    """One sentence: what is wrong with the name; empty when nothing is."""
    if not name:
        return "Give the service a name."
    if len(name) < 3 or len(name) > 32:
        return f"A name has 3 to 32 characters; this one has {len(name)}."
    if wrong := next((c for c in name if not re.fullmatch(r"[a-z0-9.-]", c)), ""):
        what = "a capital letter" if wrong.isupper() else "a space" if wrong == " " else f"“{wrong}”"
        return f"A name has lower-case letters, digits, dots and dashes only; this one has {what}."
    if not _SHAPE.fullmatch(name):
        return "A name begins and ends with a letter or digit."
    if name in taken:
        return f"There is a service {name} already."
    return ""


def json_problem(text: str) -> str:
    """One sentence with the place where `text` stops being JSON; empty when it is JSON."""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return f"This is no JSON: {error.msg[:1].lower()}{error.msg[1:]} in line {error.lineno}, column {error.colno}."
    return ""
