"""What is known of how a text file is to be read."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, get_args

from workbench.base.errors import UserError

Kind = Literal["delimited", "fixed_width", "json", "json_lines", "lines"]
Escape = Literal["", "doubled", "backslash"]
Row = tuple[str | None, ...]
VERSION = 1


@dataclass(frozen=True)
class FileFormat:
    """How a text is to be read. Made by `detect`; `dataclasses.replace` corrects a field.

    Lines are physical lines of the text, which end in \\n, \\r\\n or \\r. The first `skip_lines` hold no table, then come
    `header_rows` records with the names, then the rows, and the last `footer_lines` of the whole text hold none again.
    Blank lines between are no rows, except in plain lines.
    """

    kind: Kind
    names: tuple[str, ...] = ()
    """One for each column, unique; Column1, Column2 ... where the text has none."""
    delimiter: str = ""
    repeated: bool = False
    """Several delimiters in a row count as one."""
    trim: bool = False
    """Blanks around a cell are not part of it."""
    framed: bool = False
    """Each line also begins and ends with the delimiter."""
    rules: bool = False
    """Lines that only draw a rule (-----+----) are no rows."""
    quote: str = ""
    escape: Escape = ""
    """How a quote or delimiter inside a cell is written."""
    header_rows: int = 0
    header_commented: bool = False
    """The header line begins with the comment prefix."""
    comment: str = ""
    """Lines that begin so are no rows."""
    skip_lines: int = 0
    footer_lines: int = 0
    starts: tuple[int, ...] = ()
    """Fixed width: where each column begins; it ends where the next begins."""
    records: tuple[str, ...] = ()
    """JSON: the keys that lead to the list of records; none when the text itself is the list or the record."""
    decimal: Literal[".", ","] = "."
    line_ending: Literal["\n", "\r\n", "\r", "mixed"] = "\n"
    encoding: str = "utf-8"
    bom: bool = False
    confidence: float = 1.0
    notes: tuple[str, ...] = field(default=(), compare=False)
    """What is odd about the text, one sentence each."""

    def read(self, text: str, *, complete: bool = True) -> tuple[tuple[str, ...], list[Row]]:
        """The names and rows of a text of this format; nothing of it is lost or converted.

        A row that is too short is filled with None, one that is too long gets further columns. Numbers of JSON keep their
        digits, nested objects become columns `outer.inner`, lists stay JSON text. A text that is not `complete` is the beginning
        of a file: what is cut off at its end is left out. Raises UserError for JSON that is damaged.
        """
        from workbench.byexample.fileformat.reading import read

        return read(self, text, complete=complete)

    def explain(self) -> str:
        """One English sentence."""
        from workbench.byexample.fileformat.wording import explain

        return explain(self)

    def to_json(self) -> dict[str, Any]:
        """Plain data; what has its usual value is left out."""
        found: dict[str, Any] = {"version": VERSION, "kind": self.kind}
        for item in fields(self):
            value = getattr(self, item.name)
            if item.name != "kind" and value != item.default:
                found[item.name] = list(value) if isinstance(value, tuple) else value
        return found

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "FileFormat":
        """The format that `to_json` gave. Raises UserError for anything else."""
        version = data.get("version")
        if isinstance(version, int) and version > VERSION:
            raise UserError(f"The file format was saved by a newer Workbench (version {version}).", hint="Update Workbench.")
        known = {item.name: item.default for item in fields(cls)}
        values = {name: value for name, value in data.items() if name != "version"}
        if version != VERSION or values.get("kind") not in get_args(Kind):
            raise UserError("This is no saved file format.", place="kind")
        for name, value in values.items():
            if name not in known:
                raise UserError(f"A saved file format has no field {name}.", place=name)
            values[name] = _checked(name, value, known[name])
        return cls(**values)

    def with_notes(self, *notes: str) -> "FileFormat":
        """The same with more notes."""
        return replace(self, notes=(*self.notes, *notes))


def _checked(name: str, value: object, usual: object) -> object:
    if isinstance(usual, tuple):
        of = int if name == "starts" else str
        if isinstance(value, list) and all(type(item) is of for item in value):
            return tuple(value)
    elif isinstance(usual, float):
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
    elif name == "kind" or type(value) is type(usual):
        choices = {"escape": get_args(Escape), "decimal": (".", ","), "line_ending": ("\n", "\r\n", "\r", "mixed")}.get(name)
        negative = isinstance(value, int) and value < 0
        if not negative and (choices is None or value in choices):
            return value
    raise UserError(f"The field {name} of a saved file format cannot be {value!r}.", place=name)


def column_names(cells: list[str], width: int) -> tuple[str, ...]:
    """Unique names: cells without blanks at their ends, Column1 ... where there is nothing, a number where two are the same."""
    found: list[str] = []
    used: set[str] = set()
    for index in range(width):
        wanted = " ".join(cells[index].split()) if index < len(cells) else ""
        wanted = wanted or f"Column{index + 1}"
        name, number = wanted, 2
        while name.lower() in used:
            name, number = f"{wanted}_{number}", number + 1
        used.add(name.lower())
        found.append(name)
    return tuple(found)
