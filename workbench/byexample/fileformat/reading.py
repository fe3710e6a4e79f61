"""Reading a whole text with its format."""

from workbench.byexample.fileformat.fixedwidth import cut
from workbench.byexample.fileformat.model import FileFormat, Row
from workbench.byexample.fileformat.scanning import Dialect, Line, Scanner, is_rule, lines_of


def read(format_: FileFormat, text: str, *, complete: bool) -> tuple[tuple[str, ...], list[Row]]:
    """The names and rows of the text. Raises UserError for JSON that is damaged."""
    if format_.kind in {"json", "json_lines"}:
        from workbench.byexample.fileformat.jsontext import read_json

        return read_json(format_, text, complete=complete)
    lines = lines_of(text.removeprefix("\ufeff"))
    if not complete and lines and not lines[-1].end:
        lines = lines[:-1]
    lines = lines[format_.skip_lines : max(format_.skip_lines, len(lines) - format_.footer_lines)]
    if format_.kind == "lines":
        return _lines(format_, lines)
    rows = _fixed(format_, lines) if format_.kind == "fixed_width" else _delimited(format_, lines, complete=complete)
    return _even(format_.names, rows[0 if format_.header_commented else format_.header_rows :])


def _lines(format_: FileFormat, lines: list[Line]) -> tuple[tuple[str, ...], list[Row]]:
    texts = [line.text for line in lines if not (format_.comment and line.text.startswith(format_.comment))]
    return format_.names or ("Column1",), [(text,) for text in texts[format_.header_rows :]]


def _delimited(format_: FileFormat, lines: list[Line], *, complete: bool) -> list[list[str]]:
    scanner = Scanner(lines, Dialect.of(format_))
    records = [record for record in scanner.records() if _holds(record.cells)]
    if not complete and len(lines) - scanner.unclosed < len(lines) // 2:
        records = [record for record in records if record.line < scanner.unclosed]
    return [record.cells for record in records]


def _holds(cells: list[str]) -> bool:
    """Whether the record is more than a blank line."""
    return len(cells) > 1 or bool(cells and cells[0].strip())


def _fixed(format_: FileFormat, lines: list[Line]) -> list[list[str]]:
    texts = [line.text.rstrip() for line in lines]
    comment, rules = format_.comment, format_.rules
    return [
        list(cut(text, format_.starts))
        for text in texts
        if text and not (comment and text.startswith(comment)) and not (rules and is_rule(text))
    ]


def _even(names: tuple[str, ...], rows: list[list[str]]) -> tuple[tuple[str, ...], list[Row]]:
    """Rows of one width: short ones are filled with None, long ones make further columns."""
    width = max([len(names), *map(len, rows)])
    taken = {name.lower() for name in names}
    further: list[str] = []
    number = len(names)
    while len(names) + len(further) < width:
        number += 1
        if f"column{number}" not in taken:
            further.append(f"Column{number}")
    return (*names, *further), [tuple(row) if len(row) == width else (*row, *[None] * (width - len(row))) for row in rows]
