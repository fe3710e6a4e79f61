"""A program as one English sentence for people who work with data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from workbench.byexample.printing.english_conditions import condition_words
from workbench.byexample.printing.english_dates import date_phrase
from workbench.byexample.printing.english_numbers import number_phrase
from workbench.byexample.printing.english_texts import text_phrase
from workbench.byexample.printing.phrases import Phrase, Wording
from workbench.byexample.printing.walking import columns_read
from workbench.byexample.printing.words import listed, quoted
from workbench.byexample.tree.conditions import Condition, IsBlank, IsMissing
from workbench.byexample.tree.dates import FormatMoment
from workbench.byexample.tree.moments import elements, quote
from workbench.byexample.tree.nodes import Choose, Column, Concat, Constant, FirstOf, Node

SHORT = 60


def explain(root: Node, columns: Sequence[str] = ()) -> str:
    """One sentence that says what comes out; `columns` are the names of the inputs."""
    wording = Wording(tuple(columns), _many(root), phrase)
    text = _whole(root, wording)
    return _capital(text, wording).removesuffix(".") + "."


def explain_short(root: Node, columns: Sequence[str] = ()) -> str:
    """At most 60 characters, for a list of alternatives."""
    sentence = explain(root, columns).removesuffix(".")
    if len(sentence) <= SHORT:
        return sentence
    wording = Wording(tuple(columns), _many(root), phrase, brief=True)
    text = _whole(root, wording)
    text = _capital(text, wording)
    if len(text) <= SHORT:
        return text
    cut = text[: SHORT - 1]
    return (cut[: cut.rfind(" ")] if cut.rfind(" ") > SHORT // 2 else cut).rstrip(" ,;+") + "…"


def _capital(text: str, wording: Wording) -> str:
    """With a capital at its start, unless a column's name or a quotation stands there."""
    named = any(name and text.startswith(" ".join(name.split())) for name in wording.columns)
    return text if named else text[:1].upper() + text[1:]


def _many(root: Node) -> bool:
    return columns_read(root)[-1:] > [0]


def _whole(root: Node, wording: Wording) -> str:
    """The program as a clause."""
    match root:
        case Column():
            return f"{wording.column(root.index)}, unchanged"
        case Constant(None):
            return "nothing (a missing value)"
        case Constant(text):
            return f"always {quoted(text or '')}"
        case Choose():
            return _choice(root, wording)
        case FirstOf(options):
            clauses = [_clause(option, wording) for option in options]
            return "; where there is none, ".join(clauses)
        case _:
            return wording.phrase(root).full()


def _clause(node: Node, wording: Wording) -> str:
    """What comes out in one case."""
    match node:
        case Column(index):
            return wording.column(index)
        case Constant(None):
            return "nothing"
        case Constant(text):
            return quoted(text or "")
        case _:
            return _whole(node, wording)


def _choice(choose: Choose, wording: Wording) -> str:
    clauses = []
    for number, arm in enumerate(choose.arms):
        start = "if" if number == 0 else "otherwise, if"
        result = "it stays so" if _stays(arm.condition, arm.then) else _clause(arm.then, wording)
        clauses.append(f"{start} {condition_words(arm.condition, wording)}, {result}")
    return "; ".join([*clauses, f"otherwise {_clause(choose.otherwise, wording)}"])


def _stays(condition: Condition, then: Node) -> bool:
    return isinstance(condition, IsMissing | IsBlank) and condition.of == then


def phrase(node: Node, wording: Wording) -> Phrase:
    """The node as a noun phrase."""
    match node:
        case Column(index):
            return Phrase(wording.column(index))
        case Constant(None):
            return Phrase("nothing")
        case Constant(text):
            return Phrase(quoted(text or ""))
        case Concat(parts):
            return _concat(parts, wording)
        case FirstOf(options):
            return _first_of(options, wording)
        case Choose():
            return Phrase(f"({_choice(node, wording)})")
    for words in (text_phrase, number_phrase, date_phrase):
        if (found := words(node, wording)) is not None:
            return found
    raise TypeError(type(node).__name__)


def _first_of(options: Sequence[Node], wording: Wording) -> Phrase:
    """Alternatives; a text that stands in for a missing value is put in brackets."""
    if len(options) == 2 and isinstance(options[1], Constant) and options[1].text is not None:
        return wording.phrase(options[0]).and_then(f"(or {quoted(options[1].text)} where there is none)")
    return Phrase(listed([str(wording.phrase(option)) for option in options], "or else"))


def _concat(parts: Sequence[Node], wording: Wording) -> Phrase:
    """The first name, then ', ' and the last name followed by '.'."""
    parts = _flat(parts)
    if len(parts) == 1:
        return wording.phrase(parts[0])
    if wording.brief:
        return Phrase(" + ".join(quoted(p.text) if isinstance(p, Constant) and p.text else str(wording.phrase(p)) for p in parts))
    values = [part for part in parts if not isinstance(part, Constant)]
    between = [part.text for part in parts if isinstance(part, Constant)]
    alternate = len(parts) == 2 * len(values) - 1 and all(isinstance(part, Constant) for part in parts[1::2])
    if alternate and len(values) > 1 and len(set(between)) == 1 and all(isinstance(value, Column) for value in values):
        return Phrase(f"{listed([str(wording.phrase(value)) for value in values])} joined by {quoted(between[0] or '')}")
    if len(values) == len(parts) and all(isinstance(value, Column) for value in values):
        return Phrase(f"{listed([str(wording.phrase(value)) for value in values])} one after the other")
    text = ""
    waiting = ""
    for number, part in enumerate(parts):
        if isinstance(part, Constant):
            waiting += part.text or ""
            continue
        found = wording.phrase(part)
        shown = found.full() if number == 0 and len(found.remarks) == 1 else str(found)
        if not text:
            text = f"{quoted(waiting)} followed by {shown}" if waiting else shown
        elif waiting:
            text += f", then {quoted(waiting)} and {shown}"
        else:
            text += f", then {shown}"
        waiting = ""
    if waiting:
        comma = "," if any(word in text for word in (" of ", " in ", ", ")) else ""
        text = f"{text}{comma} followed by {quoted(waiting)}" if text else quoted(waiting)
    return Phrase(text or "an empty text")


def _alike(left: FormatMoment, right: FormatMoment) -> bool:
    return (left.of, left.language) == (right.of, right.language)


def _flat(parts: Sequence[Node]) -> list[Node]:
    """Concatenations inside one another as one, and parts of the same date as one pattern."""
    found: list[Node] = []
    for part in parts:
        found.extend(_flat(part.parts) if isinstance(part, Concat) else [part])
    at = 0
    while at < len(found):
        between = found[at + 1] if at + 1 < len(found) else None
        step = 2 if isinstance(between, Constant) else 1
        left, right = found[at], found[at + step] if at + step < len(found) else None
        if isinstance(left, FormatMoment) and isinstance(right, FormatMoment) and _alike(left, right):
            text = quote(between.text or "") if isinstance(between, Constant) else ""
            found[at : at + step + 1] = [replace(left, pattern=left.pattern + text + right.pattern)]
        else:
            at += 1
    return _one_date(found)


def _one_date(parts: list[Node]) -> list[Node]:
    """A date of several fields with the texts around it as one pattern."""
    dates = [part for part in parts if isinstance(part, FormatMoment)]
    if len(dates) != 1 or len(elements(dates[0].pattern)) < 2:
        return parts
    pattern = ""
    for part in parts:
        if isinstance(part, FormatMoment):
            pattern += part.pattern
        elif isinstance(part, Constant):
            pattern += quote(part.text or "")
        else:
            return parts
    return [replace(dates[0], pattern=pattern)]
