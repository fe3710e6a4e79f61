"""The user's own code in printed programs: as the function that its step calls, with the imports that it counts on."""

from __future__ import annotations

import ast

from workbench.dataprep.printing.code import Code
from workbench.dataprep.printing.helpers import scripts
from workbench.dataprep.printing.helpers.scripts_frames import frame_of
from workbench.dataprep.steps.script import ScriptStep
from workbench.dataprep.workers.code import PICK

_IMPORTS = {
    "math": "import math",
    "numbers": "import numbers",
    "datetime": "import datetime",
    "re": "import re",
    "np": "import numpy as np",
    "pd": "import pandas as pd",
    "pl": "import polars as pl",
    "sp": "import scipy as sp",
}

FITS = {
    "integer": scripts.to_integer,
    "decimal": scripts.to_decimal,
    "boolean": scripts.to_boolean,
    "date": scripts.to_date,
    "time": scripts.to_time,
    "timestamp": scripts.to_timestamp,
    "timestamp_tz": scripts.to_timestamp_tz,
    "string": scripts.to_string,
}
"""What makes a result of a script a value of each type."""


def defined(step: ScriptStep, code: Code) -> str:
    """Takes the code of a step into the program; the name of its function there."""
    script = step.script
    if script.mentions("CellError") or script.mentions("original_value"):
        code.cannot("It looks at error cells, which are missing values there.")
    source = script.code if script.form == "module" else ast.unparse(script.tree())
    if PICK in source:
        source = source.replace(PICK, code.helper(frame_of))
    tree = ast.parse(source)
    bound = {
        (name.asname or name.name).split(".")[0]
        for part in tree.body
        if isinstance(part, ast.Import | ast.ImportFrom)
        for name in part.names
    }
    needed = [statement for name, statement in _IMPORTS.items() if script.mentions(name) and name not in bound]
    code.comment("the user's own code")
    return code.define("\n".join([*needed, "", "", source]), script.function)


def read_columns(step: ScriptStep, code: Code) -> list[str]:
    """The columns that a script of rows looks at; at least one, so that there are rows."""
    found = [name for name in step.reads(code.before) if name in code.names]
    if broken := [name for name in found if name in code.errors]:
        code.cannot(f"{broken[0]} may hold error cells, which are missing values there.")
    return found or code.names[:1]
