"""Dates and times read by strptime formats, as DuckDB's try_strptime reads them; only that %Y takes no year before 1000.

DuckDB does it natively. Spark has no strptime (and its own patterns are strict in other ways), so that a format becomes a regular
expression whose groups are put together; possessive groups (`{1,2}+`, `(?>...)`) take as much as they can, as DuckDB's parser does.
DuckDB's rules are those of `src/function/scalar/strftime_format.cpp`: numbers may be shorter than their width, a run of white space
matches any other, white space around the text does not count, names are in English and ignore case.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from workbench.dataprep.columns import IBIS_TYPES, ColumnType

_LONGER = {"%F": "%Y-%m-%d", "%D": "%m/%d/%y", "%R": "%H:%M", "%T": "%H:%M:%S", "%e": "%d", "%h": "%b", "%x": "%Y-%m-%d",
           "%X": "%H:%M:%S", "%c": "%Y-%m-%d %H:%M:%S", "%k": "%H", "%l": "%I"}  # fmt: skip
"""What is short for others."""
_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")
_DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_NUMBERS = {"Y": 4, "y": 2, "m": 2, "d": 2, "H": 2, "I": 2, "M": 2, "S": 2, "f": 6, "g": 3, "j": 3}
"""The directives that are numbers, with their width."""
_NAMES = {"b": tuple(name[:3] for name in _MONTHS), "B": _MONTHS, "a": tuple(name[:3] for name in _DAYS), "A": _DAYS}
_OTHERS = {"p": "[AaPp][Mm]", "z": "[+-][0-9]{2}(?::?[0-9]{2})?+"}
_KNOWN = {*_NUMBERS, *_NAMES, *_OTHERS, "%"}
_DIRECTIVE = re.compile(r"%-?(.?)", re.DOTALL)
_SPACE = r"[ \t\n\r\x{b}\x{c}]"


def format_problem(format_: str) -> str:
    """What is wrong with a strptime format, in one sentence; empty when nothing is."""
    found = [match[1] for match in _DIRECTIVE.finditer(spelled(format_))]
    if not [one for one in found if one != "%"]:
        return f"The format '{format_}' has no directive such as %d or %H."
    for one in found:
        if one not in _KNOWN:
            return f"The format '{format_}' has the unknown directive %{one}."
    parts = [one for one in found if one not in {"%", "a", "A"}]
    for names in (("Y", "y"), ("m", "b", "B"), ("H", "I"), *((name,) for name in parts)):
        if sum(parts.count(name) for name in names) > 1:
            return f"The format '{format_}' tells the same thing twice."
    return ""


def parsed(text: Any, formats: Sequence[str], to: ColumnType, dialect: str, fixed_date: str = "") -> Any:
    """The date or time (`to`: date, time, timestamp, timestamp_tz) that the first fitting format finds; missing without one.

    `fixed_date` (ISO): the day of formats that tell none; without it that is the first of January 1900.
    """
    import ibis

    from workbench.byexample.native.binding import numbered

    with numbered():
        found = [_full_years(_by(text, one, dialect, fixed_date), one) for one in map(spelled, formats)]
    moment = found[0] if len(found) == 1 else ibis.coalesce(*found)
    # the year 0, and what DuckDB makes of the words epoch and infinity
    first, last = ibis.literal("0001-01-01").cast("date"), ibis.literal("9999-12-31").cast("date")
    inside = moment.cast("date").between(first, last)
    if dialect == "duckdb":
        from workbench.byexample.native.engines import engine

        inside &= engine(dialect).matches(text, "[0-9]")
    moment = ibis.ifelse(inside, moment, ibis.null("timestamp"))
    return moment if to == "timestamp" else moment.cast(IBIS_TYPES[to])


def _full_years(moment: Any, format_: str) -> Any:
    """Without what %Y made of a year of two or three digits, so that the next format has its turn."""
    import ibis

    if not any(match[1] == "Y" for match in _DIRECTIVE.finditer(format_)):
        return moment
    return ibis.ifelse(moment.cast("date") >= ibis.literal("1000-01-01").cast("date"), moment, ibis.null("timestamp"))


def spelled(format_: str) -> str:
    """The format with short directives spelled out."""
    return re.sub("%-?.", lambda match: _LONGER.get(match[0].replace("-", ""), match[0]), format_, flags=re.DOTALL)


def _tells_day(format_: str) -> bool:
    return any(match[1] in {"Y", "y", "m", "d", "b", "B", "j"} for match in _DIRECTIVE.finditer(format_))


def _by(text: Any, format_: str, dialect: str, fixed_date: str) -> Any:
    import ibis

    if fixed_date and not _tells_day(format_):
        text, format_ = ibis.literal(f"{fixed_date} ") + text, f"%Y-%m-%d {format_}"
    if dialect != "duckdb":
        return _in_spark(text, format_)
    from workbench.byexample.native.functions import function

    zoned = any(match[1] == "z" for match in _DIRECTIVE.finditer(format_))
    kind = "timestamp('UTC')" if zoned else "timestamp"
    return function("try_strptime", ("string", "string"), kind)(text, format_).cast("timestamp")


def _in_spark(text: Any, format_: str) -> Any:
    from workbench.byexample.native.engines import engine

    pattern, directives = _pattern(format_)

    def read(groups: Sequence[Any]) -> Any:
        return _moment(dict(zip(directives, groups[1:], strict=True)), groups[0] != "")

    return engine("pyspark").with_groups(text, rf"\A{_SPACE}*+({pattern}){_SPACE}*+\z", len(directives) + 1, read)


def _pattern(format_: str) -> tuple[str, list[str]]:
    """The regular expression (Java's) of a format, and the directive of each of its groups; days of the week have none."""
    shown: list[str] = []
    directives: list[str] = []
    for match in re.finditer(r"%-?(.)|(\s+)|([^%\s])", format_, re.DOTALL | re.ASCII):
        directive, space, sign = match.groups()
        if space:
            shown.append(f"{_SPACE}++")
        elif sign or directive == "%":
            shown.append(rf"\x{{{ord(sign or '%'):x}}}")
        elif directive in {"a", "A"}:
            shown.append(f"(?>(?i:{'|'.join(_NAMES[directive])}))")
        else:
            directives.append(directive)
            if directive in _NUMBERS:
                shown.append(f"([0-9]{{1,{_NUMBERS[directive]}}}+)")
            else:
                inner = f"(?i:{'|'.join(_NAMES[directive])})" if directive in _NAMES else _OTHERS[directive]
                shown.append(f"((?>{inner}))")
    return "".join(shown), directives


def _moment(found: dict[str, Any], there: Any) -> Any:
    """The timestamp that the texts of a format's groups tell."""
    import ibis

    from workbench.byexample.native.functions import function

    def number(name: str) -> Any:
        return found[name].try_cast("int32")

    year: Any = ibis.literal(1900, "int32")
    if "Y" in found:
        year = number("Y")
    elif "y" in found:
        year = number("y") + ibis.ifelse(number("y") >= 69, 1900, 2000)
    month: Any = ibis.literal(1, "int32")
    if "m" in found:
        month = number("m")
    for name in ("b", "B"):
        if name in found:
            lower = found[name].lower()
            month = ibis.cases(*((lower == one, place) for place, one in enumerate(_NAMES[name], 1)))
    day = number("d") if "d" in found else ibis.literal(1, "int32")
    hour: Any = ibis.literal(0, "int32")
    if "H" in found:
        hour, there = number("H"), there & (number("H") < 24)
    elif "I" in found:
        hour, there = number("I"), there & number("I").between(1, 12)
    if "p" in found:
        there &= hour <= 12
        hour = hour % 12 + ibis.ifelse(found["p"].lower() == "pm", 12, 0)
    clock: dict[str, Any] = {}
    for name in ("M", "S"):
        clock[name] = number(name) if name in found else ibis.literal(0, "int32")
        there &= clock[name] < 60
    micros: Any = ibis.literal(0, "int64")
    for name in ("f", "g"):
        if name in found:
            micros = function("rpad", ("string", "int32", "string"), "string")(found[name], 6, "0").cast("int64")
    date = function("make_date", ("int32", "int32", "int32"), "date")(year.cast("int32"), month.cast("int32"), day)
    if "j" in found and not {"m", "d"} & found.keys():
        there &= number("j").between(1, 366)
        date = function("date_add", ("date", "int32"), "date")(date, (number("j") - 1).cast("int32"))
    elif "j" in found:
        there &= number("j").between(1, 366)
    seconds = (hour * 60 + clock["M"]) * 60 + clock["S"]
    if "z" in found:
        seconds = seconds - _offset(found["z"])
    days = function("unix_date", ("date",), "int64")(date)
    total = (days * 86400 + seconds.cast("int64")) * 1000000 + micros
    moment = function("timestamp_micros", ("int64",), "timestamp")(total)
    return ibis.ifelse(there, moment, ibis.null("timestamp"))


def _offset(text: Any) -> Any:
    """The seconds of a zone such as +02, -0530 or +05:30."""
    import ibis

    from workbench.byexample.native.engines import engine

    digits = engine("pyspark").replaced(text, "[^0-9]", "") + "00"
    hours = digits.substr(0, 2).cast("int32")
    minutes = digits.substr(2, 2).cast("int32")
    return ibis.ifelse(text.startswith("-"), -1, 1) * (hours * 3600 + minutes * 60)


__all__ = ["format_problem", "parsed", "spelled"]
