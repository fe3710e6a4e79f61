"""Programs as text: an English sentence, or code in a language that the user may keep without Workbench."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from workbench.base.errors import UserError

if TYPE_CHECKING:
    from workbench.byexample.tree.program import Program

LANGUAGES = ("english", "python", "pandas", "polars", "pyspark", "sql", "json")


def print_program(program: Program, language: str, columns: Sequence[str] = (), output: str = "derived") -> str:
    """The program in one of LANGUAGES.

    `columns` are the names of all input columns in their order; `output` is the new column's name. Raises UserError for another
    language, and for SQL when an operator of the program has no form in it.
    """
    match language:
        case "english":
            from workbench.byexample.printing.english import explain

            return explain(program.root, columns)
        case "python":
            from workbench.byexample.printing.python import to_python

            return to_python(program.root, columns)
        case "pandas":
            from workbench.byexample.printing.pandas_code import to_pandas

            return to_pandas(program.root, columns, output)
        case "polars":
            from workbench.byexample.printing.polars_code import to_polars

            return to_polars(program.root, columns, output)
        case "pyspark":
            from workbench.byexample.printing.pyspark_code import to_pyspark

            return to_pyspark(program.root, columns, output)
        case "sql":
            from workbench.byexample.printing.sql import to_sql

            return to_sql(program.root, columns, output)
        case "json":
            import json

            return json.dumps(program.to_json(), ensure_ascii=False, indent=2)
    raise UserError(f"Programs cannot be shown as {language!r}.", hint=f"The languages are: {', '.join(LANGUAGES)}.")
