"""Where in the text the table is: what stands above it, its header, and what stands below."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from workbench.byexample.fileformat.celltypes import STRONG, dominant, kind_of
from workbench.byexample.fileformat.headers import evidence, header_rows
from workbench.byexample.fileformat.model import column_names
from workbench.byexample.fileformat.scanning import Record

_NOTE = re.compile(r"\s*(?:\*+\s|(?:source|notes?|footnotes?|quelle|anmerkung|fuente|nota)s?\s?:|\(\d+ rows?)", re.IGNORECASE)
_NAMES = {"word", "text"}


@dataclass(frozen=True)
class Layout:
    """The table within the records. `end` is the line after its last row."""

    skip: int
    end: int
    header: int
    names: tuple[str, ...]
    rows: tuple[list[str], ...]
    notes: tuple[str, ...] = ()


def find_table(records: Sequence[Record], width: int) -> Layout:
    """The table of `width` columns: the largest block, and the blocks around it that go on with it."""
    blocks = _blocks(records)
    sizes = [sum(len(record.cells) == width for record in block) for block in blocks]
    main = sizes.index(max(sizes))
    table = list(blocks[main])
    first, last = main, main
    while last + 1 < len(blocks) and _goes_on(blocks[last + 1], table, width):
        last += 1
        table += blocks[last]
    while first > 0 and (before := _preceding(blocks[first - 1], table, width)):
        first -= 1
        table = before + table
        if len(before) < len(blocks[first]):
            break
    table = _without_ends(table, width)
    wide = _header_of_other_width(blocks[first], table, width)
    if wide is None:
        width = max(*_common_widths(table, width), len(table[0].cells))
    rows = [_fitted(record.cells, width) for record in table]
    header = 1 if wide else header_rows(rows[:300])
    if wide:
        cells, columns = _aligned(wide, rows, width)
        names = column_names(cells, columns)
        skip = wide.line
    else:
        names = column_names(joined_header(rows[:header]), width)
        skip = table[0].line
        rows = rows[header:]
    end = table[-1].line + table[-1].lines
    if not any(record.line >= end and not record.blank for record in records):
        end = max(end, *(record.line + record.lines for record in records[-1:]))  # rows of empty cells are rows
    return Layout(skip, end, header, names, tuple(rows), _notes(blocks, range(first, last + 1), table, width))


def joined_header(rows: Sequence[Sequence[str]]) -> list[str]:
    """One name for each column from one or more header rows; the name of a group holds for the blank cells to its right."""
    if not rows:
        return []
    filled: list[list[str]] = []
    for row in rows[:-1]:
        current, out = "", []
        for cell in row:
            current = cell.strip() or current
            out.append(current)
        filled.append(out)
    filled.append([cell.strip() for cell in rows[-1]])
    return [" ".join(dict.fromkeys(part for part in parts if part)) for parts in zip(*filled, strict=True)]


def _blocks(records: Sequence[Record]) -> list[list[Record]]:
    """The records between blank lines; rows of empty cells divide only where the title and header of another table follow."""
    blocks: list[list[Record]] = [[]]
    for place, record in enumerate(records):
        if not record.blank:
            blocks[-1].append(record)
        elif blocks[-1] and (len(record.cells) == 1 or _begins_table(records[place + 1 : place + 3])):
            blocks.append([])
    return [block for block in blocks if block] or [[]]


def _begins_table(following: Sequence[Record]) -> bool:
    """Whether the two records are a title in the first cell and a row of names."""
    if len(following) < 2 or following[0].blank or any(cell.strip() for cell in following[0].cells[1:]):
        return False
    return _is_names(following[1].cells)


def _is_names(cells: Sequence[str]) -> bool:
    names = [cell for cell in cells if cell.strip()]
    return len(names) >= 3 and all(kind_of(cell) in _NAMES for cell in names)


def _goes_on(block: Sequence[Record], table: Sequence[Record], width: int) -> bool:
    """Whether the block after a blank line holds more rows of the table rather than another table or notes."""
    fitting = [record for record in block if len(record.cells) == width]
    if len(fitting) * 2 <= len(block):
        return False
    rows = [record.cells for record in table if len(record.cells) == width]
    if _sparse(fitting[0].cells, rows) or (width > 2 and _begins_table(block)):
        return False
    if fitting[0].cells == rows[0] or len(fitting) == 1:
        return True
    return evidence([record.cells for record in fitting]) <= 0.6 or not header_rows(rows)


def _preceding(block: Sequence[Record], table: Sequence[Record], width: int) -> list[Record]:
    """The records at the end of the block before the table that are its header or its first rows."""
    rows = [record.cells for record in table if len(record.cells) == width]
    count = 0
    while count < len(block) and len(block[-count - 1].cells) == width and not _sparse(block[-count - 1].cells, rows):
        count += 1
    if (
        not count
        or is_sentence(block[-1].cells, rows)
        or (evidence(rows) > 0 and evidence([block[-1].cells, *rows]) <= evidence(rows))
    ):
        return []
    return list(block[-count:])


def is_sentence(cells: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether blanks follow the delimiter, as they do in sentences, while they do not in the rows."""
    return any(cell[:1] == " " for cell in cells[1:]) and not any(cell[:1] == " " for row in rows[:20] for cell in row[1:])


def _without_ends(table: list[Record], width: int) -> list[Record]:
    """Without the lines at both ends that are no rows: of another width, or with little but the first cell."""
    body = [record.cells for record in table if len(record.cells) == width]
    common = _common_widths(table, width)
    first, last = 0, len(table)
    kinds = [dominant([row[index] for row in body[1:60]]) for index in range(width)]
    while first < last - 1 and not _begins(table[first].cells, body, kinds, common):
        first += 1
    while last > first + 1 and _is_footer(table[last - 1].cells, body, width):
        last -= 1
    return table[first:last]


def _begins(cells: Sequence[str], body: Sequence[Sequence[str]], kinds: Sequence[str], common: set[int]) -> bool:
    """Whether the record may be the first of the table: it is as wide as others, or like a row or a header of another width."""
    if len(cells) in common:
        return not _is_title(cells, body)
    if len(cells) > len(kinds):
        return all(kind_of(cell) in _NAMES for cell in cells)
    strong = [(kind, kind_of(cell)) for kind, cell in zip(kinds, cells, strict=False) if kind in STRONG]
    told = [(kind, own) for kind, own in strong if own != "missing"]
    return len(cells) * 2 > len(kinds) and len(cells) > 1 and bool(told) and all(kind == own for kind, own in told)


def _common_widths(table: Sequence[Record], width: int) -> set[int]:
    """The width of the table, and those that a good part of its rows have, where cells at the end may be left out."""
    counts = Counter(len(record.cells) for record in table)
    return {width, *(other for other, count in counts.items() if other > 1 and count >= max(3, 0.2 * len(table)))}


def _is_title(cells: Sequence[str], body: Sequence[Sequence[str]]) -> bool:
    if _sparse(cells, body):
        return True
    place = next((number for number, row in enumerate(body) if row == cells), 0)
    if (
        place + 1 < len(body)
        and _mostly_empty(cells)
        and _is_names(body[place + 1])
        and not any(map(_mostly_empty, body[place + 1 :]))
    ):
        return True
    below = [row for row in body if row != cells]
    return _mostly_empty(cells) and not any(cell.strip() for cell in cells[1:]) and len(below) > 1 and evidence(below) > 1


def _sparse(cells: Sequence[str], body: Sequence[Sequence[str]]) -> bool:
    """A title or note, filled up with empty cells to the width of the table, whose other rows are not so empty."""
    if not _mostly_empty(cells):
        return False
    count = sum(bool(cell.strip()) for cell in cells)
    usual = sum(sum(bool(cell.strip()) for cell in row) for row in body) / max(1, sum(map(len, body)))
    middle = body[len(body) // 4 + 1 : len(body) - len(body) // 4 - 1]
    return usual > (0.55 if count == 1 else 0.7) and not any(map(_mostly_empty, middle))


def _mostly_empty(cells: Sequence[str]) -> bool:
    filled = [bool(cell.strip()) for cell in cells]
    count = sum(filled)
    return len(cells) >= 3 and filled[0] and count <= max(1, len(cells) // 3) and not any(filled[count:])


def _is_footer(cells: Sequence[str], body: Sequence[Sequence[str]], width: int) -> bool:
    if _NOTE.match(cells[0]) and not any(_NOTE.match(row[0]) for row in body[: len(body) // 2]):
        return True
    if len(cells) == width:
        worded = sum(" " in row[0].strip() for row in body) * 2 < len(body)
        return worded and " " in cells[0].strip() and kind_of(cells[0]) not in STRONG and _sparse(cells, body)
    if len(cells) > width:
        return False
    if len(cells) == 1 and " " in cells[0].strip():
        return True  # a sentence; a single word may be a row that was cut short
    kinds = [dominant([row[index] for row in body[1:60]]) for index in range(min(width, len(cells)))]
    strong = [(kind, kind_of(cell)) for kind, cell in zip(kinds, cells, strict=False) if kind in STRONG]
    if not cells[0].strip():
        return False
    return any(own != "missing" for _, own in strong) and not any(kind == own for kind, own in strong)


def _header_of_other_width(block: Sequence[Record], table: Sequence[Record], width: int) -> Record | None:
    """A line of names right above the table with one cell less (rows begin with their number), or with more."""
    before = [record for record in block if record.line < table[0].line]
    if not before or len(table) < 2 or before[-1].line + before[-1].lines < table[0].line:
        return None
    cells = before[-1].cells
    if (
        len(cells) < max(2, width - 1)
        or len(cells) in _common_widths(table, width)
        or not all(kind_of(cell) in _NAMES for cell in cells[:width])
    ):
        return None
    rows = [record.cells for record in table if len(record.cells) == width]
    return before[-1] if evidence(rows) <= 0.3 else None


def _aligned(names: Record, rows: Sequence[Sequence[str]], width: int) -> tuple[list[str], int]:
    cells = names.cells
    if len(cells) == width - 1 and any(row[-1].strip() for row in rows):
        return ["", *cells], width
    return cells, max(width, len(cells))


def _fitted(cells: list[str], width: int) -> list[str]:
    return cells[:width] if len(cells) >= width else cells + [""] * (width - len(cells))


def _notes(blocks: Sequence[Sequence[Record]], used: range, table: Sequence[Record], width: int) -> tuple[str, ...]:
    notes = []
    for number, block in enumerate(blocks):
        widths = {len(record.cells) for record in block}
        if number not in used and len(block) >= 2 and len(widths) == 1 and (other := widths.pop()) > 1:
            notes.append(f"Line {block[0].line + 1} begins another table, of {other} columns.")
    odd = [record for record in table if len(record.cells) != width]
    if odd:
        lines = ", ".join(str(record.line + 1) for record in odd[:3]) + (" ..." if len(odd) > 3 else "")
        notes.append(_plural(len(odd), f"row does not have {width} cells", f"rows do not have {width} cells") + f" (line {lines}).")
    return tuple(notes)


def _plural(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}"


def decimal_mark(rows: Sequence[Sequence[str]]) -> str:
    """The decimal comma when more numbers speak for it than for the point."""
    commas = points = 0
    for row in rows[:300]:
        for cell in row:
            text = cell.strip(" %$€£")
            if text and text[-1].isdigit() and kind_of(text) == "number":
                comma, point = text.rfind(","), text.rfind(".")
                grouped = max(comma, point) == len(text) - 4 and min(comma, point) < 0
                if comma > point and not (grouped and text[0] != "0") and text.count(",") == 1:
                    commas += 1
                elif point > comma and not (grouped and text[0] != "0") and text.count(".") == 1:
                    points += 1
    return "," if commas > points else "."
