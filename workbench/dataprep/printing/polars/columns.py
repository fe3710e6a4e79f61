"""Steps on whole columns."""

# ruff: noqa: ARG001 (a printer gets its step, whether it needs it or not)

from workbench.dataprep.columns import names
from workbench.dataprep.printing.code import Code, prints
from workbench.dataprep.printing.literals import listing, text, value
from workbench.dataprep.steps import CleanNames, Duplicate, Keep, Move, PathColumn, Remove, Rename, RenameMany


@prints(Rename, "polars")
def _(step: Rename, code: Code) -> None:
    code.line(f"df = df.rename({{{text(step.column)}: {text(step.to)}}})")


@prints(RenameMany, "polars")
def _(step: RenameMany, code: Code) -> None:
    code.line(f"df = df.rename({value(step.mapping)})")


@prints(CleanNames, "polars")
def _(step: CleanNames, code: Code) -> None:
    changed = {old: new for old, new in step.new_names(code.names).items() if old != new}
    code.line(f"df = df.rename({value(changed)})" if changed else "pass  # the names are clean")


@prints(Remove, "polars")
def _(step: Remove, code: Code) -> None:
    gone = [name for name in code.names if name not in names(code.after)]
    code.line(f"df = df.drop({listing(gone)})" if gone else "pass  # there is nothing to remove")


@prints(Keep, "polars")
def _(step: Keep, code: Code) -> None:
    code.line(f"df = df.select({listing(column.name for column in code.after)})")


@prints(PathColumn, "polars")
def _(step: PathColumn, code: Code) -> None:
    code.line(f"df = df.select({listing(column.name for column in code.after)})")


@prints(Move, "polars")
def _(step: Move, code: Code) -> None:
    code.line(f"df = df.select({listing(column.name for column in code.after)})")


@prints(Duplicate, "polars")
def _(step: Duplicate, code: Code) -> None:
    copies = [f"pl.col({text(name)}).alias({text(copy)})" for name, copy in step.copies(code.names).items()]
    code.line(f"df = df.with_columns({', '.join(copies)})")
    code.order()
