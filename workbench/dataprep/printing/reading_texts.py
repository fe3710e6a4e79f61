"""How texts are read as numbers and dates in printed frames."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.dataprep.columns import ColumnType
from workbench.dataprep.conversion import NumberStyle
from workbench.dataprep.conversion.formats import spelled
from workbench.dataprep.printing.code import Code
from workbench.dataprep.printing.helpers import parsing
from workbench.dataprep.printing.literals import text


def number_parser(code: Code, to: ColumnType, style: NumberStyle) -> str:
    """A function that reads a text as a number of the type, as code."""
    plain = code.helper(parsing.whole_number if to == "integer" else parsing.decimal_number)
    if style.plain:
        return plain
    mark = style.thousands or ("." if style.decimal == "," else "")
    if not (style.currency or style.percent or style.brackets):
        usual = code.helper(parsing.with_point)
        given = "" if (style.decimal, mark) == (",", ".") else f", {text(style.decimal)}, {text(mark)}"
        return f"lambda text: {plain}({usual}(text{given}))"
    options = "".join(f", {name}=True" for name in ("currency", "percent", "brackets") if getattr(style, name))
    found = f"{code.helper(parsing.amount)}(text, {text(style.decimal)}, {text(mark)}{options})"
    if to == "decimal":
        return f"lambda text: {found}"
    return f"lambda text: None if (number := {found}) is None else {code.helper(parsing.whole_value)}(number)"


def spelled_formats(formats: Sequence[str]) -> list[str]:
    """strptime formats in the directives that Python knows too."""
    return [spelled(one) for one in formats]
