"""What the dates and times of a program are known to tell, and so what they become in Python."""

from __future__ import annotations

from dataclasses import dataclass, replace

from workbench.byexample.printing.modules import Module
from workbench.byexample.tree.dates import EdgeMoment, ReadMoment, RoundMoment, ShiftMoment
from workbench.byexample.tree.moments import elements
from workbench.byexample.tree.nodes import Choose, Constant, FirstOf, Node

DATE = frozenset({"year", "month", "day"})
TIME = ("hour", "minute", "second")


@dataclass(frozen=True)
class Told:
    """What a date and time tells: the fields that it always has, and those that it may have; `form`: datetime, time or Moment."""

    always: frozenset[str]
    ever: frozenset[str]
    form: str


def told(node: Node, module: Module) -> Told:
    """What the dates and times of a node tell."""
    match node:
        case ReadMoment(_, patterns):
            always, ever = known(patterns)
            form = "Moment"
            if not module.made.get("moments") and always == ever:
                form = "datetime" if always >= DATE and whole_time(always) else form
                form = "time" if not always & DATE and "hour" in always and whole_time(always) else form
            return Told(always, ever, form)
        case RoundMoment(of):
            found = told(of, module)
            return replace(found, always=found.always | set(TIME), ever=(found.ever | set(TIME)) - {"fraction"})
        case ShiftMoment(of):
            return told(of, module)
        case EdgeMoment(of):
            found = told(of, module)
            return replace(found, always=found.always | {"day"}, ever=found.ever | {"day"})
        case FirstOf(options):
            return _merged([told(option, module) for option in options if option != Constant(None)])
        case Choose(arms, otherwise):
            then = [*(arm.then for arm in arms), otherwise]
            return _merged([told(option, module) for option in then if option != Constant(None)])
    return Told(DATE, DATE, "datetime")


def _merged(options: list[Told]) -> Told:
    if not options:
        return Told(DATE, DATE, "datetime")
    always = frozenset.intersection(*(option.always for option in options))
    return Told(always, frozenset().union(*(option.ever for option in options)), options[0].form)


def whole_time(fields: frozenset[str]) -> bool:
    """Whether the hours, minutes and seconds are known without a gap, so that a datetime's zeros stand for nothing."""
    return "fraction" not in fields and ("hour" in fields or not fields & set(TIME))


def known(patterns: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """The fields that all patterns tell, and those that any tells."""
    found = [pattern_fields(pattern) for pattern in patterns] or [frozenset()]
    return frozenset.intersection(*found), frozenset().union(*found)


def pattern_fields(pattern: str) -> frozenset[str]:
    """What a text of the pattern tells."""
    fields = {text for text, is_field in elements(pattern) if is_field}
    letters = {field[0] for field in fields}
    found = {name for letter, name in (("y", "year"), ("Y", "year"), ("M", "month"), ("Q", "month"), ("d", "day"), ("H", "hour"),
             ("h", "hour"), ("m", "minute"), ("s", "second"), ("S", "fraction")) if letter in letters}  # fmt: skip
    nth = letters >= {"F", "E"} and found >= {"year", "month"}
    return frozenset(found | (DATE if nth or ("year" in found and letters & {"D", "w"}) else set()))
