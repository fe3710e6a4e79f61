"""Steps on rows."""

from workbench.dataprep.printing.code import Code, prints
from workbench.dataprep.printing.literals import listing, text
from workbench.dataprep.printing.polars.conditions import condition
from workbench.dataprep.steps import Filter, RemoveDuplicates, Sort, Top


@prints(Filter, "polars")
def _(step: Filter, code: Code) -> None:
    parts = [condition(code, each) for each in step.conditions]
    if step.match == "all":
        whole = parts[0] if len(parts) == 1 else f"pl.all_horizontal({', '.join(parts)})"
    else:
        whole = parts[0] if len(parts) == 1 else f"pl.any_horizontal({', '.join(parts)})"
    code.line(f"df = df.filter({f'~{whole}' if step.action == 'remove' else whole})")


@prints(Sort, "polars")
def _(step: Sort, code: Code) -> None:
    columns = [key.column for key in step.keys]
    ways = [key.descending for key in step.keys]
    # not a number comes last, as what is missing
    keys = [f"pl.col({text(name)}).fill_nan(None)" if code.type(name) == "decimal" else text(name) for name in columns]
    by = keys[0] if len(keys) == 1 else f"[{', '.join(keys)}]"
    options = "" if not any(ways) else f", descending={ways[0] if len(ways) == 1 else ways}"
    code.line(f"df = df.sort({by}{options}, nulls_last=True, maintain_order=True)")


@prints(RemoveDuplicates, "polars")
def _(step: RemoveDuplicates, code: Code) -> None:
    chosen = f"{listing(step.columns)}, " if step.columns else ""
    code.line(f'df = df.unique({chosen}keep="first", maintain_order=True)')


@prints(Top, "polars")
def _(step: Top, code: Code) -> None:
    code.line(f"df = df.head({step.count})")
