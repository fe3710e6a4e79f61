"""A pattern in words."""

from itertools import groupby

from workbench.byexample.profiling.characters import ANY, DIGIT, LOWER, OTHER, UPPER
from workbench.byexample.profiling.slots import TITLE, Slot
from workbench.byexample.profiling.templates import Template

_LETTERS = frozenset({UPPER, LOWER, OTHER})
_NAMES = {" ": "blanks", "\t": "tabs", "\n": "line breaks", "\xa0": "no-break blanks"}


def described(template: Template) -> str:
    """Such as "'PMC', then 6 to 7 digits"."""
    parts: list[str] = []
    constant = ""
    for present, run in groupby(template.slots, key=lambda slot: slot.present):
        slots = list(run)
        if present != template.members:
            parts, constant = _ended(parts, constant), ""
            parts.append("perhaps " + " and ".join(_slot(slot) for slot in slots))
            continue
        for slot in slots:
            if len(slot.constants) == 1:
                constant += slot.constants[0]
            else:
                parts, constant = _ended(parts, constant), ""
                parts.append(_slot(slot))
    return ", then ".join(_ended(parts, constant)) or "nothing"


def _ended(parts: list[str], constant: str) -> list[str]:
    return [*parts, _quoted(constant)] if constant else parts


def _quoted(text: str) -> str:
    if set(text) <= set(_NAMES):
        name = _NAMES[text[0]]
        return f"a {name.removesuffix('s')}" if len(text) == 1 else f"{len(text)} {name}"
    return f"'{text}'"


def _slot(slot: Slot) -> str:
    if slot.constants:
        *most, last = [_quoted(text) for text in slot.constants]
        return f"{', '.join(most)} or {last}" if most else last
    if slot.kinds == {TITLE}:
        return "a capitalised word" + (f" of {slot.high} letters" if slot.fixed else "")
    if TITLE in slot.kinds:
        return "a capitalised word or an initial"
    name = _name(slot)
    if name == "any text":
        return name
    regex = slot.regex
    if regex.endswith("}"):
        low, _, high = regex[regex.rindex("{") + 1 : -1].partition(",")
        return f"{low} to {high} {name}" if high else f"{low} {name}"
    if regex.endswith("+"):
        return name
    if regex.endswith("*"):
        return f"perhaps {name}"
    return f"at most one of {name}" if regex.endswith("?") else _singular(name)


def _name(slot: Slot) -> str:
    kinds = slot.characters
    if ANY in kinds:
        return "any text"
    if slot.hexa:
        return "hexadecimal digits"
    letters, marks = kinds & _LETTERS, sorted(kinds - _LETTERS - {DIGIT})
    names = []
    if letters:
        names.append({frozenset({UPPER}): "capital letters", frozenset({LOWER}): "small letters"}.get(letters, "letters"))
    if DIGIT in kinds:
        names.append("digits")
    names += [_NAMES[mark] for mark in marks if mark in _NAMES]
    shown = [mark for mark in marks if mark not in _NAMES]
    if shown:
        names.append(f"'{shown[0]}'" if len(shown) == 1 else "any of " + " ".join(shown))
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def _singular(name: str) -> str:
    return {
        "capital letters": "a capital letter",
        "small letters": "a small letter",
        "letters": "a letter",
        "digits": "a digit",
    }.get(name, f"one of {name}")
