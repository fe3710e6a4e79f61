"""A date of digits shown otherwise on DuckDB, by its own functions: several times as fast as the general way.

Only texts that have the full length of the format, without blanks at their ends, go this way: DuckDB takes as many digits as a
field has at most, so that at full length every field has all its digits, and the interpreter reads the same. All others go the
general way.
"""

from __future__ import annotations

from typing import Any

import ibis

from workbench.byexample.native.binding import bind
from workbench.byexample.native.compiler import Compiler
from workbench.byexample.native.functions import function
from workbench.byexample.tree.dates import FormatMoment, ReadMoment
from workbench.byexample.tree.moments import elements

_READ = {"yyyy": "%Y", "MM": "%m", "dd": "%d"}
_SHOWN = _READ | {"yy": "%y", "M": "%-m", "d": "%-d", "MMM": "%b", "MMMM": "%B", "EEE": "%a", "EEEE": "%A"}


def quickly(compiler: Compiler, node: FormatMoment, general: Any) -> Any:
    """The date in the node's format, by the quick way where it is right, else as `general` says; the latter where there is none."""
    reading = node.of
    if compiler.dialect != "duckdb" or not isinstance(reading, ReadMoment):
        return general
    pattern = elements(reading.patterns[0])
    fields = [text for text, is_field in pattern if is_field]
    marks = "".join(text for text, is_field in pattern if not is_field)
    shown = _strftime(node)
    if sorted(fields) != ["MM", "dd", "yyyy"] or set(marks) - set("-/._,:") or not pattern[-1][1] or not shown:
        return general
    read = "".join(_READ[text] if is_field else text for text, is_field in pattern)
    width = 8 + len(marks)
    year_at = sum(len(text) for text, _ in pattern[: pattern.index(("yyyy", True))])

    def chosen(text: Any) -> Any:
        length = function("strlen", ("string",), "int64")(text)
        last = function("array_extract", ("string", "int64"), "string")(text, width)
        no_year = text.endswith("0000") if year_at + 4 == width else text.substr(year_at, 4) == "0000"
        moment = function("try_strptime", ("string", "string"), "timestamp")(text, read)
        quick = function("strftime", ("timestamp", "string"), "string")(moment, shown)
        return ibis.ifelse((length == width) & (text >= "0") & (last >= "0") & ~no_year, quick, general)

    return bind(compiler.text(reading.of), chosen)


def _strftime(node: FormatMoment) -> str:
    """The format as DuckDB writes it; empty where it cannot show it alike."""
    shown = ""
    for text, is_field in elements(node.pattern):
        if not is_field:
            if not text.isascii():
                return ""
            shown += text.replace("%", "%%")
        elif text not in _SHOWN or (len(text) > 2 and text != "yyyy" and node.language != "en"):
            return ""
        else:
            shown += _SHOWN[text]
    return shown
