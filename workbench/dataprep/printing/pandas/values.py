"""Steps that repair values."""

from workbench.dataprep.columns import names
from workbench.dataprep.printing.code import Code, prints
from workbench.dataprep.printing.literals import text
from workbench.dataprep.printing.pandas.texts import WHITE
from workbench.dataprep.steps import Replace, Trim
from workbench.dataprep.steps.rows.conditions import typed


@prints(Replace, "pandas")
def _(step: Replace, code: Code) -> None:
    for name in step.columns:
        column, kind = f"df[{text(name)}]", code.type(name)
        if not step.whole:
            code.line(f"{column} = {column}.str.replace({text(step.find)}, {text(step.replacement or '')}, regex=False)")
            continue
        found = f"{column} == {code.value(typed(step.find, kind))}"
        found = f"({found}).fillna(False)" if kind in {"integer", "boolean", "time"} else found
        new = "" if step.replacement is None else f", {code.value(typed(step.replacement, kind))}"
        code.line(f"{column} = {column}.mask({found}{new})")


@prints(Trim, "pandas")
def _(step: Trim, code: Code) -> None:
    for name in step.columns:
        if name in names(code.before):
            code.line(f"df[{text(name)}] = df[{text(name)}].str.strip({WHITE})")
