"""Programs made of queries: what PySpark's and Ibis' have in common."""

from __future__ import annotations

from workbench.dataprep.columns import ROW, Schema
from workbench.dataprep.printing.chain import Chain, Link
from workbench.dataprep.printing.code import Code, Module
from workbench.dataprep.printing.frames import function, printer
from workbench.dataprep.printing.helpers.frames_arrow import from_arrow, to_arrow
from workbench.dataprep.printing.layout import query_text
from workbench.dataprep.printing.literals import PANDAS_TYPES, arrow_type, text, value
from workbench.dataprep.steps import Other


class PythonCode(Code):
    """The lines of a step that runs Python inside a program of queries: other tables are asked from the database."""

    def __init__(self, module: Module, link: Link, tables: dict[Other, str]) -> None:
        walked = link.walked
        super().__init__(
            "pandas", module, before=walked.before, after=walked.after, errors=walked.errors, what=walked.step.describe()
        )
        self._tables = tables
        self._schemas = dict(link.flow.others) if link.flow else {}

    def other(self, other: Other) -> str:
        """The frame of another query."""
        return self._tables[other]

    def other_schema(self, other: Other) -> Schema:
        """Its columns."""
        from workbench.dataprep.printing.walking import schema_of_walked

        return schema_of_walked(self._schemas[other])


def python_function(link: Link, module: Module, tables: dict[Other, str]) -> str:
    """Puts a step that runs Python into the program as a function over a pandas frame; its name."""
    step = link.walked.step
    module.imports["import pandas as pd"] = None
    code = PythonCode(module, link, tables)
    printer(type(step), "pandas", step.describe())(step, code)
    name = module.names.new(f"{link.name}_rows")
    shown = function(name, "pd.DataFrame", step.describe(), [*code.lines, "return df.reset_index(drop=True)"])
    module.definitions[name] = shown.replace(f"def {name}()", f"def {name}(df: pd.DataFrame)", 1)
    return name


def source_function(link: Link, module: Module) -> str:
    """Puts a function into the program that reads a source with pandas; its name."""
    from workbench.dataprep.printing.pandas.reading import print_source

    code = Code("pandas", module, after=link.source.schema)
    print_source(link.source, code)
    name = module.names.new(f"read_{link.name}")
    module.definitions[name] = function(name, "pd.DataFrame", "", [*code.lines, "return df"])
    return name


def as_pandas(module: Module, arrow: str, schema: Schema) -> str:
    """An Arrow table (an expression) as a pandas frame with our types."""
    module.imports["import pandas as pd"] = None
    types = {column.name: PANDAS_TYPES[column.type] for column in schema}
    return f"{module.helper(from_arrow)}({arrow}, {value(types)})"


def as_arrow(module: Module, frame: str, schema: Schema, *, numbered: bool) -> str:
    """A pandas frame (an expression) as an Arrow table."""
    module.imports["import pyarrow as pa"] = None
    types = ", ".join(f"{text(column.name)}: {arrow_type(column)}" for column in schema)
    row = f", row={text(ROW)}" if numbered else ""
    return f"{module.helper(to_arrow)}({frame}, {{{types}}}{row})"


def schema_of_link(made: Chain, name: str) -> Schema:
    """The visible columns of a query."""
    return made.link(name).schema


__all__ = ["arrow_type", "as_arrow", "as_pandas", "python_function", "query_text", "schema_of_link", "source_function"]
