"""Steps that repair values."""

from workbench.dataprep.printing.code import Code, prints
from workbench.dataprep.printing.literals import text
from workbench.dataprep.printing.polars.texts import WHITE
from workbench.dataprep.steps import Replace, Trim
from workbench.dataprep.steps.rows.conditions import typed


@prints(Replace, "polars")
def _(step: Replace, code: Code) -> None:
    made = []
    for name in step.columns:
        column, kind = f"pl.col({text(name)})", code.type(name)
        if not step.whole:
            made.append(f"{column}.str.replace_all({text(step.find)}, {text(step.replacement or '')}, literal=True)")
            continue
        new = "None" if step.replacement is None else code.value(typed(step.replacement, kind), kind)
        made.append(f"pl.when({column} == {code.value(typed(step.find, kind))}).then({new}).otherwise({column}).alias({text(name)})")
    code.line(f"df = df.with_columns({', '.join(made)})")


@prints(Trim, "polars")
def _(step: Trim, code: Code) -> None:
    code.line(f"df = df.with_columns({', '.join(f'pl.col({text(name)}).str.strip_chars({WHITE})' for name in step.columns)})")
