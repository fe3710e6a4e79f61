"""Steps on whole columns."""

from workbench.dataprep.printing.code import Code, prints
from workbench.dataprep.printing.literals import listing, text
from workbench.dataprep.steps import Keep, Remove, Rename


@prints(Rename, "pandas")
def _(step: Rename, code: Code) -> None:
    code.line(f"df = df.rename(columns={{{text(step.column)}: {text(step.to)}}})")


@prints(Remove, "pandas")
def _(step: Remove, code: Code) -> None:
    code.line(f"df = df.drop(columns={listing(step.columns)})")


@prints(Keep, "pandas")
def _(step: Keep, code: Code) -> None:
    code.line(f"df = df[{listing(column.name for column in code.after)}]")
