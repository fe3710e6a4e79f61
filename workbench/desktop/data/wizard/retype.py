"""Types anew, after the user changed how a file is read."""

from pathlib import Path
from typing import TYPE_CHECKING

from workbench.base.errors import UserError
from workbench.desktop.data.wizard.preview import text_preview

if TYPE_CHECKING:
    from workbench.dataprep.sources import SourceSpec

_ROWS = 5000


def retyped(path: Path, spec: "SourceSpec") -> "SourceSpec":
    """The spec with the columns that a file has when it is read like this; only what the user set himself stays. For a worker."""
    from workbench.dataprep.sources import SourceColumn
    from workbench.dataprep.sources.guessing import MISSING_CANDIDATES, guess_column
    from workbench.dataprep.sources.readers.delimited import column_names

    table = text_preview(path, spec, _ROWS)
    if not table.columns:
        raise UserError("No line is left when the file is read like this.", hint="Skip fewer lines.", place=str(path))
    names = column_names([column.name for column in table.columns])
    columns = [[row[number] or "" if number < len(row) else "" for row in table.rows] for number in range(len(names))]
    guesses = [guess_column(texts, comma=spec.decimal == ",") for texts in columns]
    markers = {marker for guess in guesses if guess.type != "string" for marker in guess.markers}
    questions = [question for name, guess in zip(names, guesses, strict=True) if (question := guess.question(name))]
    return spec.model_copy(
        update={
            "missing": ("", *(marker for marker in MISSING_CANDIDATES if marker in markers)),
            "columns": tuple(SourceColumn(name=n, type=g.type, format=g.format) for n, g in zip(names, guesses, strict=True)),
            "questions": tuple(questions),
            "notes": (),
        }
    )
