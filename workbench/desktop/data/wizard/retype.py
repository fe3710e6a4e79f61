"""Types anew, after the user changed how a file is read."""

from pathlib import Path
from typing import TYPE_CHECKING

from workbench.base.errors import UserError
from workbench.desktop.data.wizard.preview import head_of, names_and_rows

if TYPE_CHECKING:
    from workbench.dataprep.sources import TextSpec


def retyped(path: Path, spec: "TextSpec") -> "TextSpec":
    """The spec with the columns that a file has when it is read like this; only what the user set himself stays. For a worker."""
    from workbench.dataprep.sources import TableTextSpec
    from workbench.dataprep.sources.detection import typed

    text, complete = head_of(path, spec)
    spec = spec.model_copy(update={"notes": (), "questions": ()})
    names, rows = names_and_rows(text, spec, complete=complete)
    if not names or not (rows or (isinstance(spec, TableTextSpec) and spec.header)):
        raise UserError("No line is left when the file is read like this.", hint="Skip fewer lines.", place=str(path))
    if not isinstance(spec, TableTextSpec):
        return spec
    found = typed(spec, text, [], names, complete=complete, marks=(spec.decimal, spec.thousands))
    return found.model_copy(update={"notes": ()})


def of_kind(path: Path, spec: "TextSpec", kind: str) -> "TextSpec":
    """The same file as delimited text, text of fixed width or plain text, with what both kinds share. For a worker."""
    from workbench.byexample.fileformat.fixedwidth import find_columns
    from workbench.dataprep.sources import DelimitedSpec, FixedWidthSpec, LinesSpec

    kinds: dict[str, type[TextSpec]] = {"delimited": DelimitedSpec, "fixed_width": FixedWidthSpec, "lines": LinesSpec}
    made = kinds[kind]
    shared = {name: value for name, value in spec if name in made.model_fields and name not in {"kind", "columns"}}
    if made is FixedWidthSpec and "starts" not in shared:
        text, _ = head_of(path, spec)
        found = find_columns(text.splitlines()[spec.skip_rows : spec.skip_rows + 2000])
        shared["starts"] = found.starts if found else (0,)
    return made(**shared)
