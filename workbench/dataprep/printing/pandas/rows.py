"""Steps on rows."""

from workbench.dataprep.columns import names
from workbench.dataprep.printing.code import Code, prints
from workbench.dataprep.printing.literals import listing, text
from workbench.dataprep.printing.pandas.conditions import condition
from workbench.dataprep.steps import Filter, RemoveDuplicates, Sort, Top


@prints(Filter, "pandas")
def _(step: Filter, code: Code) -> None:
    sign = " & " if step.match == "all" else " | "
    parts = [condition(code, each) for each in step.conditions]
    whole = sign.join(parts)
    if step.action == "remove":
        whole = f"~({whole})" if len(parts) > 1 or not parts[0].startswith("df") else f"~{whole}"
    code.line(f"df = df[{whole}]")


@prints(Sort, "pandas")
def _(step: Sort, code: Code) -> None:
    columns = [key.column for key in step.keys]
    ways = [not key.descending for key in step.keys]
    by = text(columns[0]) if len(columns) == 1 else listing(columns)
    options = "" if all(ways) else f", ascending={ways[0] if len(ways) == 1 else ways}"
    code.line(f'df = df.sort_values({by}{options}, kind="stable")')


@prints(RemoveDuplicates, "pandas")
def _(step: RemoveDuplicates, code: Code) -> None:
    chosen = list(step.columns) if step.columns else names(code.before)
    nested = [name for name in chosen if code.type(name) in {"struct", "list"}]
    if nested:
        code.line(f"df = df[~df[{listing(chosen)}].map(str).duplicated()]")
        return
    code.line(f"df = df.drop_duplicates({listing(step.columns)})" if step.columns else "df = df.drop_duplicates()")


@prints(Top, "pandas")
def _(step: Top, code: Code) -> None:
    code.line(f"df = df.head({step.count})")
