"""How each function of a program reads in English."""

from typing import Any

_TOKENS = {
    r"\d+": "group of digits",
    r"[+-]?\d[\d,]*\.?\d*": "number",
    r"[A-Za-z]+": "word",
    r"[^\W\d_]+": "word",
    r"\S+": "word (between blanks)",
    r"\w+": "group of letters and digits",
    r"[A-Z]+": "group of capitals",
    r"[a-z]+": "group of small letters",
}
_PARTS = {
    "year": "year", "month": "month", "day": "day", "hour": "hour", "hour12": "hour (12-hour clock)", "minute": "minute",
    "second": "second", "half": "AM/PM", "weekday": "weekday", "quarter": "quarter", "week": "ISO week",
    "yearday": "day of the year",
}  # fmt: skip
_REMOVED = {
    r"\s+": "its blanks", r"\D": "all that is no digit", r"[^\w\s]": "its punctuation",
    r"\W": "all that is no letter or digit", r"\d": "its digits", r"[aeiouAEIOU]": "its vowels",
}  # fmt: skip
_STYLES = {"two": " with two digits", "name": " by name", "short": ", short", "ordinal": " as an ordinal"}
_ORDERS = {"hhmm": " (read as hours and minutes)", "dmy": " (day first)", "ydm": " (year, day, month)"}


def ordinal(index: int) -> str:
    """`first`, `2nd`, `last`, `2nd last`."""
    if index == -1:
        return "last"
    place = {0: "first", 1: "second", 2: "third"}.get(
        index if index >= 0 else -index - 1, f"{(index if index >= 0 else -index - 1) + 1}th"
    )
    return place if index >= 0 else f"{place} last"


def word(name: str, of: str, a: tuple[Any, ...]) -> str:
    """What a call does, as a phrase about `of`."""
    simple = {"trim": "{} without blanks at its ends", "upper": "{} in capitals", "lower": "{} in small letters",
              "title": "{} with capital first letters", "capitalize": "{} with a capital first letter"}  # fmt: skip
    if name in simple:
        return simple[name].format(of)
    match name:
        case "token":
            return f"the {ordinal(a[1])} {_TOKENS.get(a[0], f'match of {a[0]}')} of {of}"
        case "part":
            return f"the {ordinal(a[1])} part of {of} between '{a[0]}'"
        case "before" | "after":
            return f"what stands {name} the {'last' if a[1] else 'first'} '{a[0]}' of {of}"
        case "between":
            return f"what stands between '{a[0]}' and '{a[1]}' in {of}"
        case "characters":
            return _characters(of, a[0], a[1])
        case "remove":
            return f"{of} without {_REMOVED.get(a[0], a[0])}"
        case "substitute":
            return f"{of} with '{a[0]}' replaced by '{a[1]}'"
        case "lookup":
            return f"the value listed for {of} ({len(a)} entries)"
        case "number":
            return _number(of, a)
        case "number_range":
            return f"the range of width {a[0]} that holds {of}"
        case "moment_part":
            kind, style = a[1].split(".")
            return f"the {_PARTS[kind]}{_STYLES.get(style, '')} of {of}{_ORDERS.get(a[0], '')}"
        case _:
            return f"the range of {_minutes(a[1])} that holds the time in {of}{_ORDERS.get(a[0], '')}"


def _characters(of: str, start: int, stop: int | None) -> str:
    if start == 0 and stop is not None and stop > 0:
        return f"the first {f'{stop} characters' if stop > 1 else 'character'} of {of}"
    if stop is None and start < 0:
        return f"the last {f'{-start} characters' if start < -1 else 'character'} of {of}"
    return f"characters {start + 1} to {stop if stop is not None else 'the end'} of {of}"


def _number(of: str, a: tuple[Any, ...]) -> str:
    scale, step, mode, decimals, pad, grouping = a
    text = f"the number {of}" if not scale else f"{of} times 10^{scale}"
    if step:
        text += {
            "nearest": f" rounded to the nearest {step}",
            "floor": f" rounded down to {step}",
            "ceiling": f" rounded up to {step}",
        }[mode]
    if decimals is not None:
        text += f" with {decimals} decimals"
    if pad > 1:
        text += f" padded to {pad} digits"
    return text + (" with thousands separators" if grouping else "")


def _minutes(step: int) -> str:
    if step % 60:
        return f"{step} minutes"
    return "one hour" if step == 60 else f"{step // 60} hours"
