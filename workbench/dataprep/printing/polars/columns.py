"""Steps on whole columns."""

from workbench.dataprep.printing.code import Code, prints
from workbench.dataprep.printing.literals import listing, text
from workbench.dataprep.steps import Keep, Remove, Rename


@prints(Rename, "polars")
def _(step: Rename, code: Code) -> None:
    code.line(f"df = df.rename({{{text(step.column)}: {text(step.to)}}})")


@prints(Remove, "polars")
def _(step: Remove, code: Code) -> None:
    code.line(f"df = df.drop({listing(step.columns)})")


@prints(Keep, "polars")
def _(step: Keep, code: Code) -> None:
    code.line(f"df = df.select({listing(column.name for column in code.after)})")
