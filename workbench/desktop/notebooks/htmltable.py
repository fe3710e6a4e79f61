"""The rows of an HTML table, as pandas writes one: shown as a table of ours, so that no script or style of the output runs."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class HtmlTable:
    """Rows of text; the first `header` of them are headings. `note` is the text after the table ("5 rows x 3 columns")."""

    rows: list[list[str]] = field(default_factory=list)
    header: int = 0
    note: str = ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.table = HtmlTable()
        self._cell: list[str] | None = None
        self._head = False
        self._span = 1
        self._skip = False
        self._after: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"style", "script"}:
            self._skip = True
        elif tag == "thead":
            self._head = True
        elif tag == "tr":
            self.table.rows.append([])
            self.table.header += self._head
        elif tag in {"td", "th"} and self.table.rows:
            self._cell = []
            span = dict(attrs).get("colspan") or "1"
            self._span = min(int(span), 1000) if span.isdigit() else 1

    def handle_endtag(self, tag: str) -> None:
        if tag in {"style", "script"}:
            self._skip = False
        elif tag == "thead":
            self._head = False
        elif tag in {"td", "th"} and self._cell is not None:
            text = " ".join("".join(self._cell).split())
            self.table.rows[-1] += [text, *[""] * (self._span - 1)]
            self._cell = None

    def handle_data(self, data: str) -> None:
        if self._skip:
            return
        if self._cell is not None:
            self._cell.append(data)
        elif self.table.rows and data.strip():
            self._after.append(data.strip())

    def done(self) -> HtmlTable:
        self.table.note = " ".join(self._after)
        self.table.rows = [row for row in self.table.rows if row]
        self.table.header = min(self.table.header, len(self.table.rows))
        return self.table


def read_table(html: str) -> HtmlTable | None:
    """The first level of tables in `html`; None when it has none."""
    if "<table" not in html:
        return None
    reader = _Reader()
    reader.feed(html)
    reader.close()
    table = reader.done()
    return table if table.rows else None
