"""English for the operators over dates and times."""

from __future__ import annotations

from dataclasses import replace

from workbench.byexample.printing.phrases import Phrase, Wording
from workbench.byexample.printing.words import count_of, listed
from workbench.byexample.tree.dates import (
    Duration,
    EdgeMoment,
    FormatMoment,
    MomentNumber,
    MomentRange,
    ReadMoment,
    RoundMoment,
    ShiftMoment,
)
from workbench.byexample.tree.moments import Moment, elements, show_moment
from workbench.byexample.tree.nodes import Node
from workbench.byexample.tree.texts import Match

SAMPLE = Moment(2031, 1, 31, 17, 4, 8, "25")
_FIELDS = {
    "yyyy": "year", "yy": "two-digit year", "YYYY": "year of the ISO week", "Q": "quarter", "MMMM": "name of the month",
    "MMM": "short name of the month", "MM": "two-digit month", "M": "month", "do": "day of the month as an ordinal",
    "dd": "two-digit day", "d": "day", "DDD": "three-digit day of the year", "D": "day of the year", "EEEE": "weekday",
    "F": "count of the weekday in the month", "EEE": "short weekday",
    "ww": "two-digit ISO week", "w": "ISO week", "HH": "two-digit hour", "H": "hour", "hh": "two-digit hour (12-hour clock)",
    "h": "hour (12-hour clock)", "mm": "two-digit minute", "m": "minute", "ss": "two-digit second", "s": "second",
    "S": "fraction of the second", "aaa": "am or pm", "a": "AM or PM", "X": "time zone",
}  # fmt: skip
_DATES, _TIMES = frozenset("yYQMdDEwF"), frozenset("HhmsSa")


def date_phrase(node: Node, wording: Wording) -> Phrase | None:
    """The phrase of an operator over dates and times; None for other nodes."""
    match node:
        case ReadMoment():
            return _read(node, wording)
        case FormatMoment(of, pattern, language):
            return _shown(wording.phrase(of), pattern, language, _sample(of))
        case RoundMoment(of, step, mode, origin):
            way = {"floor": "down ", "ceiling": "up ", "nearest": ""}[mode]
            start = f" counted from {_clock(origin)}" if origin % step else ""
            return _time_of(of, wording).and_then(f"rounded {way}to {_step(step)}{start}")
        case MomentRange(of, step, origin, gap, separator, pattern):
            sample = MomentRange(of, step, origin, gap, separator, pattern).apply(SAMPLE)
            like = f", like {sample}" if sample and not wording.brief else ""
            return Phrase(f"the {span(step).replace(' ', '-')} range that holds {_time_of(of, wording)}{like}")
        case MomentNumber(of, field):
            return Phrase(f"the {_FIELDS[field].removeprefix('two-digit ').removeprefix('three-digit ')} of {wording.phrase(of)}")
        case ShiftMoment(of, unit, amount):
            return Phrase(
                f"{count_of(abs(amount), unit.removesuffix('s'))} {'after' if amount >= 0 else 'before'} {wording.phrase(of)}"
            )
        case EdgeMoment(of, unit, side):
            return Phrase(f"the {'first' if side == 'start' else 'last'} day of the {unit} of {wording.phrase(of)}")
        case Duration(start, end, unit):
            return Phrase(f"the number of {unit} from {wording.phrase(start)} to {wording.phrase(end)}")
    return None


def _time_of(of: Node, wording: Wording) -> Phrase:
    """The time alone of a date and time."""
    found = wording.phrase(of)
    return replace(found, head=found.head.replace("the date and time in", "the time in", 1))


def kinds(pattern: str) -> str:
    """What a pattern tells: `date`, `time` or `date and time`."""
    letters = {text[0] for text, is_field in elements(pattern) if is_field}
    if letters & _DATES and letters & _TIMES:
        return "date and time"
    return "time" if letters & _TIMES else "date"


def _read(node: ReadMoment, wording: Wording) -> Phrase:
    told = {kinds(pattern) for pattern in node.patterns}
    thing = told.pop() if len(told) == 1 else "date"
    order = _order(node.patterns)
    head = f"the {thing} in {wording.phrase(node.of)}"
    if isinstance(node.of, Match) and node.of.kind in {"date", "time"}:
        head = str(wording.phrase(node.of))
    return Phrase(head, (order,)) if order and not wording.brief else Phrase(head)


def _order(patterns: tuple[str, ...]) -> str:
    """`(day first)` for numeric dates that could be read both ways."""
    found = set()
    for pattern in patterns:
        fields = [text for text, is_field in elements(pattern) if is_field]
        letters = [text[0] for text in fields if text in {"M", "MM", "d", "dd"}]
        if letters in (["M", "d"], ["d", "M"]) and not fields[0].startswith("yyyy"):
            found.add(letters[0])
    return "" if len(found) != 1 else "(month first)" if "M" in found else "(day first)"


def _sample(node: Node) -> Moment:
    """What the date and time of the examples become."""
    if isinstance(node, RoundMoment | ShiftMoment | EdgeMoment):
        return node.apply(_sample(node.of)) or SAMPLE
    return SAMPLE


def _shown(of: Phrase, pattern: str, language: str, moment: Moment) -> Phrase:
    parts = elements(pattern)
    fields = [text for text, is_field in parts if is_field]
    if len(parts) == 1 and fields:
        named = f"the {_FIELDS[fields[0]]} of {of}"
        return Phrase(
            named if language == "en" or fields[0] not in {"MMM", "MMMM", "EEE", "EEEE"} else f"{named} in {LANGUAGES[language]}"
        )
    sample = show_moment(moment, pattern, language)
    return of.and_then(f"shown like {sample}" if sample else f"shown as {listed([_FIELDS[field] for field in fields])}")


LANGUAGES = {
    "en": "English", "de": "German", "fr": "French", "es": "Spanish", "it": "Italian", "pt": "Portuguese", "nl": "Dutch",
    "sv": "Swedish", "da": "Danish", "pl": "Polish", "tr": "Turkish", "ru": "Russian",
}  # fmt: skip


def span(seconds: int) -> str:
    """A number of seconds in the largest unit that divides it: `2 hour`, `30 minute`."""
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} second"


def _step(seconds: int) -> str:
    count, unit = span(seconds).split()
    return f"a full {unit}" if count == "1" else f"a multiple of {count} {unit}s"


def _clock(seconds: int) -> str:
    return f"{seconds // 3600 % 24}:{seconds // 60 % 60:02d}"
