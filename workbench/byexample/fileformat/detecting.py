"""The format of a text from its first lines."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from workbench.byexample.fileformat.celltypes import STRONG, dominant, kind_of
from workbench.byexample.fileformat.dialects import Scored, best_dialects, ragged, single_column
from workbench.byexample.fileformat.fixedwidth import Fixed, cut, find_columns
from workbench.byexample.fileformat.headers import evidence, header_rows
from workbench.byexample.fileformat.jsontext import find_json
from workbench.byexample.fileformat.layout import decimal_mark, find_table, is_sentence, joined_header
from workbench.byexample.fileformat.model import FileFormat, column_names
from workbench.byexample.fileformat.scanning import Dialect, Line, Scanner, is_rule, lines_of

_COMMENTS = ("#", "//", "%", "--", "!", ";", "*")
_IN_TEXTS = set(":=-/._!&*#")
_SURE_COMMENTS = {"#", "//"}
_USUAL = {",", ";", "\t", "|"}
_LINES = 2000
_LEAST = 0.3
_LEAST_FIXED = 0.5
"""A table that fits worse is taken for plain text."""


def detect(text: str, *, complete: bool = False) -> FileFormat:
    """How the text is to be read. `complete`: it is the whole file; else it is its beginning, whose last line may be cut off.

    Gives plain lines with confidence 0 for a text that holds nothing.
    """
    bom = text.startswith("\ufeff")
    text = text.removeprefix("\ufeff")
    format_ = find_json(text, complete=complete)
    lines = lines_of(text)
    if format_ is None:
        if not complete and len(lines) > 2 and not lines[-1].end:
            lines = lines[:-1]
        if not complete:
            lines = lines[:_LINES]
        format_ = _of_lines(lines, complete=complete)
    return replace(format_, bom=bom, line_ending=_line_ending(lines))


def detect_bytes(data: bytes, *, complete: bool = False) -> FileFormat:
    """The same with the encoding, for the first bytes of a file. Raises UserError for bytes that are no text."""
    from workbench.byexample.fileformat.encodings import decode

    text, encoding, bom = decode(data, complete=complete)
    return replace(detect(text, complete=complete), encoding=encoding, bom=bom)


def _line_ending(lines: Sequence[Line]) -> Literal["\n", "\r\n", "\r", "mixed"]:
    ends = Counter(line.end for line in lines if line.end)
    if not ends:
        return "\n"
    if len(ends) > 1:
        return "mixed"
    end = next(iter(ends))
    return "\r\n" if end == "\r\n" else "\r" if end == "\r" else "\n"


def _of_lines(lines: Sequence[Line], *, complete: bool) -> FileFormat:
    if not any(line.text.strip() for line in lines):
        return FileFormat("lines", names=("Column1",), confidence=0.0, notes=("The text is empty.",))
    first = next(line.text.strip() for line in lines if line.text.strip())
    if first.startswith("<") and first.endswith(">") and " " not in first[1:2]:
        return _plain(lines, "", "The text looks like a markup language such as XML or HTML.")
    comment = ""
    kept = lines
    ranked = best_dialects(lines[:_LINES])
    for prefix in _comment_prefixes(lines):
        if ranked and ranked[0].dialect.delimiter.startswith(prefix):
            continue
        without = [line for line in lines if not line.text.startswith(prefix)]
        found = best_dialects(without[:_LINES])
        if _are_comments(lines, prefix, found, ranked):
            comment, kept, ranked = prefix, without, found
            break
    fixed = _fixed(kept, ranked)
    if fixed is not None:
        return _fixed_format(lines, kept, fixed, comment, complete=complete)
    if ranked and ranked[0].score >= _LEAST and _really_a_table(ranked[0]):
        return _delimited_format(lines, ranked, comment, complete=complete)
    single = single_column(kept)
    if single is not None:
        return _one_column(lines, single, comment)
    if uneven := ragged(kept[:_LINES]):
        return replace(_delimited_format(lines, [uneven], comment, complete=complete), confidence=0.4)
    return _plain(kept if comment in _SURE_COMMENTS else lines, comment if comment in _SURE_COMMENTS else "")


def _comment_prefixes(lines: Sequence[Line]) -> list[str]:
    texts = [line.text for line in lines[:_LINES] if line.text.strip()]
    found = []
    for prefix in _COMMENTS:
        places = [place for place, text in enumerate(texts) if text.startswith(prefix) and not is_rule(text)]
        others = [place for place, text in enumerate(texts) if not text.startswith(prefix)]
        if places and others and places[0] < others[-1] and (len(places) <= 3 * len(others) or places[-1] < others[0]):
            found.append(prefix)
    return found


def _are_comments(lines: Sequence[Line], prefix: str, without: Sequence[Scored], full: Sequence[Scored]) -> bool:
    """Whether the lines with the prefix are no rows of the table that the other lines make."""
    if not without:
        return prefix in {"#", "//"} and not full
    if full and full[0].score > without[0].score:
        return False
    best = without[0]
    commented = [place for place, line in enumerate(lines[:_LINES]) if line.text.startswith(prefix)]
    scanner = Scanner(lines, replace(best.dialect, comment=""))
    rows = [scanner.record(place).cells for place in commented]
    fitting = [cells for cells in rows if len(cells) == best.width]
    if len(fitting) == 1 and rows[-1] == fitting[0] and len(lines) > commented[-1] + 1:
        return True  # the names, commented out
    typed = sum(kind_of(cells[0]) in {"number", "word"} for cells in fitting)
    return len(fitting) * 2 < len(rows) or (typed == 0 and len(rows) > len(fitting))


def _really_a_table(best: Scored) -> bool:
    """Not text where the delimiter is just a mark between words, or a log."""
    rows = [record for record in best.records if not record.blank]
    fitting = [len(record.cells) == best.width for record in rows]
    if len(rows) == 1:
        return best.dialect.delimiter in _USUAL and not (
            best.dialect.trim and any(kind_of(cell) == "text" for cell in rows[0].cells)
        )
    if best.dialect.delimiter in _USUAL:
        return sum(fitting) >= 2
    if all(fitting):
        return len(rows) >= 3 or not best.dialect.delimiter.isspace()
    inside = fitting[fitting.index(True) : len(fitting) - fitting[::-1].index(True)]
    if best.dialect.delimiter.isspace():
        return sum(fitting) >= 3 and sum(inside) >= 0.95 * len(inside)
    if best.dialect.delimiter in _IN_TEXTS:
        return sum(fitting) >= 3 and sum(inside) >= 0.9 * len(inside) and len(inside) >= 0.7 * len(rows)
    return sum(fitting) >= 2 and sum(inside) >= 0.6 * len(inside)


def _fixed(lines: Sequence[Line], ranked: Sequence[Scored]) -> Fixed | None:
    fixed = find_columns([line.text for line in lines[:_LINES]])
    if fixed is None or fixed.score < _LEAST_FIXED:
        return None
    best = ranked[0] if ranked else None
    if best is None or best.score < _LEAST:
        return fixed
    if best.dialect.delimiter == " ":
        rows = [record for record in best.records if not record.blank]
        if all(len(record.cells) == best.width for record in rows):
            return fixed if len(fixed.starts) <= best.width and fixed.last - fixed.first + 1 >= len(rows) else None
        return fixed if fixed.score * 1.3 > best.score else None
    if best.dialect.delimiter == "|" and best.dialect.rules:
        return None
    return fixed if fixed.score > best.score * 1.05 else None


def _delimited_format(lines: Sequence[Line], ranked: Sequence[Scored], comment: str, *, complete: bool) -> FileFormat:
    best = ranked[0]
    dialect = replace(best.dialect, comment=comment)
    scanner = Scanner(lines, dialect)
    records = list(scanner.records())
    if not complete and scanner.unclosed < len(lines) and scanner.unclosed > len(lines) // 2:
        records = [record for record in records if record.line < scanner.unclosed] or records
    table = find_table(records, best.width)
    commented = _commented_header(lines, comment, dialect, table.skip, table.rows, best.width) if not table.header else None
    second = next((one.score for one in ranked[1:] if one.dialect.delimiter != best.dialect.delimiter), 0.0)
    return FileFormat(
        "delimited",
        names=commented or table.names,
        delimiter=dialect.delimiter,
        repeated=dialect.repeated,
        trim=dialect.trim,
        framed=dialect.framed,
        rules=dialect.rules,
        quote=dialect.quote,
        escape=dialect.escape,
        header_rows=1 if commented else table.header,
        header_commented=commented is not None,
        comment=comment,
        skip_lines=0 if _only_comments(lines[: table.skip], comment) else table.skip,
        footer_lines=_footer(lines, table.end, comment),
        decimal="," if decimal_mark(table.rows) == "," else ".",
        confidence=_confidence(best.score, second),
        notes=table.notes,
    )


def _confidence(best: float, second: float) -> float:
    return round(min(1.0, 0.4 + 0.4 * best + 0.4 * (best - second)), 2)


def _only_comments(lines: Sequence[Line], comment: str) -> bool:
    return all(not line.text.strip() or (comment and line.text.startswith(comment)) or is_rule(line.text) for line in lines)


def _footer(lines: Sequence[Line], end: int, comment: str) -> int:
    """The lines after the table, when they hold anything but blanks and comments."""
    return 0 if _only_comments(lines[end:], comment) else len(lines) - end


def _commented_header(
    lines: Sequence[Line], comment: str, dialect: Dialect, first: int, rows: Sequence[list[str]], width: int
) -> tuple[str, ...] | None:
    """The names in the last comment line above the rows."""
    if not comment:
        return None
    above = [line for line in lines[:first] if line.text.startswith(comment)]
    if not above:
        return None
    text = above[-1].text.lstrip(comment)
    text = text if dialect.delimiter.isspace() and not dialect.repeated else text.strip()
    cells = Scanner([Line(text, "")], dialect).record(0).cells
    if len(cells) != width or is_sentence(cells, rows) or evidence([cells, *rows]) <= 0:
        return None
    return column_names(cells, width)


def _fixed_format(lines: Sequence[Line], kept: Sequence[Line], fixed: Fixed, comment: str, *, complete: bool) -> FileFormat:
    numbers = [number for number, line in enumerate(lines) if not (comment and line.text.startswith(comment))]
    first, last = numbers[fixed.first], numbers[fixed.last] + 1
    texts = [line.text for line in kept[fixed.first : fixed.last + 1] if line.text.strip() and not is_rule(line.text)]
    heads = [cut(text, fixed.starts) for text in texts[: fixed.header]]
    seen_all = len(kept) <= 200 or complete
    return FileFormat(
        "fixed_width",
        names=column_names(joined_header(heads), len(fixed.starts)),
        header_rows=fixed.header,
        rules=fixed.rules,
        comment=comment,
        skip_lines=0 if _only_comments(lines[:first], comment) else first,
        footer_lines=_footer(lines, last, comment) if seen_all and len(kept) <= 200 else 0,
        starts=fixed.starts,
        decimal="," if decimal_mark([list(row) for row in fixed.rows]) == "," else ".",
        confidence=round(min(1.0, 0.3 + 0.7 * fixed.score), 2),
    )


def _one_column(lines: Sequence[Line], dialect: Dialect, comment: str) -> FileFormat:
    records = [record for record in Scanner(lines, replace(dialect, comment=comment)).records() if not record.blank]
    rows = [record.cells[:1] for record in records]
    header = min(1, header_rows(rows))
    return FileFormat(
        "delimited", names=column_names(rows[0] if header else [], 1), delimiter=dialect.delimiter, quote=dialect.quote,
        escape=dialect.escape, header_rows=header, comment=comment, confidence=0.8,
    )  # fmt: skip


def _plain(lines: Sequence[Line], comment: str, *notes: str) -> FileFormat:
    rows = [[line.text.strip()] for line in lines if line.text.strip()]
    blank_first = not lines[0].text.strip()
    values = dominant([cell for row in rows[1:] for cell in row])
    header = int(not notes and not blank_first and len(rows) > 1 and values in STRONG and evidence(rows) > 0.5)
    return FileFormat(
        "lines", names=column_names(rows[0] if header else [], 1), header_rows=header, comment=comment, confidence=0.6, notes=notes
    )
