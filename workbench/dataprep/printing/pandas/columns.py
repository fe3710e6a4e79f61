"""Steps on whole columns."""

# ruff: noqa: ARG001 (a printer gets its step, whether it needs it or not)

from workbench.dataprep.columns import names
from workbench.dataprep.printing.code import Code, prints
from workbench.dataprep.printing.literals import listing, text, value
from workbench.dataprep.steps import CleanNames, Duplicate, Keep, Move, PathColumn, Remove, Rename, RenameMany


@prints(Rename, "pandas")
def _(step: Rename, code: Code) -> None:
    code.line(f"df = df.rename(columns={{{text(step.column)}: {text(step.to)}}})")


@prints(RenameMany, "pandas")
def _(step: RenameMany, code: Code) -> None:
    code.line(f"df = df.rename(columns={value(step.mapping)})")


@prints(CleanNames, "pandas")
def _(step: CleanNames, code: Code) -> None:
    changed = {old: new for old, new in step.new_names(code.names).items() if old != new}
    code.line(f"df = df.rename(columns={value(changed)})" if changed else "pass  # the names are clean")


@prints(Remove, "pandas")
def _(step: Remove, code: Code) -> None:
    gone = [name for name in code.names if name not in names(code.after)]
    code.line(f"df = df.drop(columns={listing(gone)})" if gone else "pass  # there is nothing to remove")


@prints(Keep, "pandas")
def _(step: Keep, code: Code) -> None:
    code.line(f"df = df[{listing(column.name for column in code.after)}]")


@prints(PathColumn, "pandas")
def _(step: PathColumn, code: Code) -> None:
    code.line(f"df = df[{listing(column.name for column in code.after)}]")


@prints(Move, "pandas")
def _(step: Move, code: Code) -> None:
    code.line(f"df = df[{listing(column.name for column in code.after)}]")


@prints(Duplicate, "pandas")
def _(step: Duplicate, code: Code) -> None:
    for name, copy in step.copies(code.names).items():
        code.line(f"df[{text(copy)}] = df[{text(name)}]")
    code.order()
