"""Flows as code in a language that the user may keep without Workbench: pandas, Polars, PySpark, SQL (DuckDB's), Ibis.

`print_flow(package, flow, language, base)` gives a script with one function for each source and each flow (SQL: one query). It
reads the sources itself, says before each step what it does, and ends in the frame `df` with the columns, types and rows, in
their order, that the engine gives. Error cells are missing values there; a step that writes them as a text of their own is refused.

How a step comes to be printed
------------------------------
**SQL, PySpark and Ibis** come from the Ibis expression that the step's `apply` builds: nothing is to be written for a step, as
long as `apply` works on a table that has only columns, and no data. A step that runs Python (`context.by_python`) is printed for
PySpark and Ibis by its pandas printer (as a function over a pandas frame); SQL says that it cannot.

**pandas and Polars**: a step without a printer is printed as the same query, run by DuckDB over the frame (`by_query.py`), and so
are steps that pass error cells on to later ones which look at them. So every step can be printed; a printer makes it read like the
language. They have a printer for each step, in `printing/pandas/<room>.py` and `printing/polars/<room>.py`::

    @prints(Trim, "pandas")
    def _(step: Trim, code: Code) -> None:
        for name in step.columns:
            code.line(f"df[{text(name)}] = df[{text(name)}].str.strip(WHITE)")

`code` (see `code.py`) collects what the step says over the variable `df`:

- `code.line("df = ...")`, `code.comment("...")`: long lines are broken at their brackets, so write each statement as one line.
- `code.before`, `code.after`: the columns before and after the step (`ColumnInfo`: name, type, nested); `code.type(name)` the type
  of one before, `code.names` their names, `code.errors` those that may hold error cells before the step.
- `code.imports("import re")`; `pd`, `pl` are there.
- `code.helper(function)`: puts the source of a real Python function of `printing/helpers/` into the program, once, with the
  functions, constants and imports of its module that it needs, and returns its name. Helpers import nothing of Workbench.
- `code.other(other)`: an expression that gives the frame of another flow or source (a join's `step.other`);
  `code.other_schema(other)` has its columns.
- `code.fresh("joined")`: a variable that nothing else is called.
- `code.order()`: at the end, where new columns must not stand last (pass the order they have now if it is another than "those
  before that stayed, then new ones"): prints the selection that puts them in order, if needed.
- `code.cannot("Sentence")`: raises UserError, for what the language cannot do.
- `code.value(x)`: a Python value (a date, say) as code to compare a column with; with a column type, in Polars, a `pl.lit` of it.
  `text("x")`, `listing([...])` of `literals.py`: a text, a list as code. `condition(code, Condition)` of `pandas/conditions.py` and
  `polars/conditions.py`; `as_text(code, name, type)` of `texts.py`: a column as the texts that the database makes of it.

Rules of the frames
-------------------
- pandas (3 or newer): whole numbers are `Int64`, decimals `float64` (NaN is missing), true/false `boolean`, texts `str`, dates and
  timestamps `datetime64[us]` (a date is one at midnight: pandas has no type for days), with zone `datetime64[us, UTC]`, times
  `time64[us][pyarrow]`, records and lists `object` with dicts and lists. `PANDAS_TYPES` has them; each step must leave them so.
  The index says nothing, and is unique: what makes a new frame of several resets it (`ignore_index=True`).
- Polars (1 or newer), eager: `Int64`, `Float64`, `Boolean`, `Date`, `Time`, `Datetime("us")`, `Datetime("us", "UTC")`, `String`,
  `Struct`, `List`: see `polars_type`.
- Rows stay in order; joins and groups must keep the order that the step's docstring says.
- What has no short idiom is a helper: readable, typed, tested by the cases.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from workbench.base.errors import UserError
from workbench.dataprep.package import Package

if TYPE_CHECKING:
    from workbench.dataprep.printing.walking import Walked

Language = Literal["pandas", "polars", "pyspark", "sql", "ibis"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


def print_flow(package: Package, flow: str | None, language: str, base: Path) -> str:
    """A flow of the package (its id or name; None: the last) as a program in one of LANGUAGES.

    `base` is the project folder that paths start from. Raises UserError where the flow has a problem, or a step cannot be said in
    the language; NotFound.
    """
    from workbench.dataprep.printing.walking import walk

    if language not in LANGUAGES:
        raise UserError(f"Flows cannot be printed as {language!r}.", hint=f"The languages are: {', '.join(LANGUAGES)}.")
    return print_walked(walk(package, flow, Path(base)), language)


def print_walked(walked: Walked, language: str) -> str:
    """The same for a flow that was walked through: once for programs in several languages. Raises UserError."""
    walked = walked.again()
    if language in {"pandas", "polars"}:
        from workbench.dataprep.printing.frames import print_frames

        return print_frames(walked, "pandas" if language == "pandas" else "polars")
    if language == "sql":
        from workbench.dataprep.printing.sql import print_sql

        return print_sql(walked)
    if language == "pyspark":
        from workbench.dataprep.printing.pyspark import print_pyspark

        return print_pyspark(walked)
    from workbench.dataprep.printing.ibis_code import print_ibis

    return print_ibis(walked)


__all__ = ["LANGUAGES", "Language", "print_flow", "print_walked"]
