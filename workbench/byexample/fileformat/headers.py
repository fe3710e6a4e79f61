"""Which of the first rows are column names."""

import math
import re
from collections import Counter
from collections.abc import Sequence

from workbench.byexample.fileformat.celltypes import STRONG, dominant, kind_of
from workbench.byexample.fileformat.headerwords import USUAL

_IDENTIFIER = re.compile(r"[^\W\d]\w*_\w+|[a-z]+[A-Z]\w*")
_UNIT = re.compile(r"[(\[].{1,12}[)\]]|[A-Za-zµ°]{0,2}[%°€$/][A-Za-z]{0,3}\d?")
_WORDS = re.compile(r"[^\W\d_]+(?=[A-Z][a-z])|[^\W\d_]+")
_ROWS = 100


def header_rows(rows: Sequence[Sequence[str]]) -> int:
    """How many of the first rows are names: 0 to 3. All rows have as many cells."""
    if not rows or not rows[0]:
        return 0
    if len(rows) == 1:
        return int(all(kind_of(cell) in {"word", "text"} and not re.search(r"\d\d", cell) for cell in rows[0]))
    merged = _merged(rows)
    if merged and evidence(rows[merged:]) > 0:
        return merged + 1
    if evidence(rows) <= 0:
        return 0
    return 1 + _more_header(rows)


def evidence(rows: Sequence[Sequence[str]]) -> float:
    """Above 0 when the first row looks like names of the columns below, below 0 when it looks like one of the rows."""
    first, body = rows[0], _without_repetition(rows[0], rows[1 : _ROWS + 1])
    later = body[2:] if len(body) > 5 else body
    total = 0.15 * math.sqrt(len(first))
    for index, cell in enumerate(first):
        values = [row[index] for row in body if index < len(row)]
        total += _cell_evidence(cell.strip(), values, dominant([row[index] for row in later if index < len(row)]))
    names = [cell.strip().lower() for cell in first if cell.strip()]
    total -= 0.5 * (len(names) - len(set(names)))
    return total


def _without_repetition(first: Sequence[str], body: Sequence[Sequence[str]]) -> Sequence[Sequence[str]]:
    """Files put together repeat their header: rows like the first do not count when the others differ in kind."""
    others = [row for row in body if row != first]
    if len(others) == len(body) or any(kind_of(cell) in STRONG for cell in first):
        return body
    return others if any(dominant([row[index] for row in others]) in STRONG for index in range(len(first))) else body


def _cell_evidence(cell: str, values: Sequence[str], kind: str) -> float:
    own = kind_of(cell)
    if own == "missing":
        return -0.15 if cell or kind != "text" else -0.1
    usual = _usual(cell)
    if kind in STRONG:
        if own == kind:
            return 0.0 if _year_like(cell) and not _years(values) else -1.0
        return (1.0 if own in {"word", "text"} else -0.3) + usual
    if kind == "missing":
        return usual + (0.2 if own in {"word", "text"} else -0.3)
    if own in STRONG:
        return -0.1 if _year_like(cell) else -0.6
    return usual + _against_texts(cell, values)


def _against_texts(cell: str, values: Sequence[str]) -> float:
    """A name among texts: it is no value that occurs again, and has not the form that all values have."""
    filled = [value.strip() for value in values if value.strip()]
    if not filled:
        return 0.0
    total = 0.0
    distinct = set(filled)
    if cell in distinct:
        total -= 0.8 if len(distinct) > 1 else 0.3
    elif len(filled) >= 4 and len(distinct) <= len(filled) / 2:
        once = sum(count == 1 for count in Counter(filled).values())
        total += 0.4 if once <= 0.2 * len(distinct) else 0.1
    forms = {_form(value) for value in filled}
    if len(forms) == 1 or (len(forms) <= 3 and len(filled) >= 8):
        total += -0.3 if _form(cell) in forms else 0.45
    with_digits = sum(any(char.isdigit() for char in value) for value in filled) / len(filled)
    if with_digits > 0.8:
        total += -0.2 if any(char.isdigit() for char in cell) else 0.5
    elif any(char.isdigit() for char in cell) and not with_digits:
        total -= 0.2
    lengths = [len(value) for value in filled]
    longest, shortest = max(lengths), min(lengths)
    if len(filled) >= 3 and not shortest * 0.5 <= len(cell) <= longest * 1.5:
        total += 0.2
    if len(cell) > 60:
        total -= 0.4
    return total


def _usual(cell: str) -> float:
    """Whether the text looks like a name that columns often have."""
    if len(cell) > 60:
        return 0.0
    words = [word.lower() for word in _WORDS.findall(cell)]
    if cell.lower() in USUAL or (words and len(words) <= 4 and (words[-1] in USUAL or words[0] in USUAL)):
        return 0.6
    return 0.4 if _IDENTIFIER.fullmatch(cell) else 0.0


def _form(text: str) -> str:
    """The classes of characters, runs of letters and digits taken together: `Ab-9`."""
    letters = re.sub(r"[^\W\d_]+", lambda run: "A" if run[0].isupper() else "Ab" if run[0][0].isupper() else "b", text[:80])
    return re.sub(r"\d+", "9", letters)


def _year_like(cell: str) -> bool:
    return len(cell) == 4 and cell.isdigit() and 1800 <= int(cell) <= 2200


def _years(values: Sequence[str]) -> bool:
    filled = [value.strip() for value in values if value.strip()]
    return bool(filled) and all(_year_like(value) for value in filled)


def _merged(rows: Sequence[Sequence[str]]) -> int:
    """The number of rows above the names that hold names of groups: mostly gaps, and not a number in them."""
    count = 0
    while count < 2 and count + 2 < len(rows):
        row, below = rows[count], rows[count + 1]
        gaps = sum(not cell.strip() for cell in row)
        texts = [cell for cell in row if cell.strip()]
        grouped = gaps >= 1 and texts and len(row) >= 3 and any(not cell.strip() for cell in row[1:])
        if not grouped or any(kind_of(cell) in STRONG and not _year_like(cell) for cell in texts):
            break
        if sum(not cell.strip() for cell in below) >= gaps or evidence(rows[count + 1 :]) <= 0.3 * math.sqrt(len(row)):
            break
        typed = [index for index in range(len(row)) if dominant([below[index] for below in rows[count + 2 :]]) in STRONG]
        if not typed or any(kind_of(below[index]) in STRONG - {"date"} and not _year_like(below[index]) for index in typed):
            break
        count += 1
    return count


def _more_header(rows: Sequence[Sequence[str]]) -> int:
    """How many further rows are names: texts in all columns that hold numbers, dates or the like below."""
    count = 0
    while count < 2 and count + 3 < len(rows):
        row = rows[count + 1]
        body = rows[count + 2 : _ROWS]
        typed = [index for index in range(len(row)) if dominant([below[index] for below in body]) in STRONG]
        texts = [index for index in typed if kind_of(row[index]) in {"word", "text"}]
        units = sum(bool(_UNIT.fullmatch(row[index].strip())) for index in typed)
        blank = [index for index in typed if not row[index].strip()]
        alike = len(texts) > 2 and not units and len({row[index] for index in texts}) == 1
        enough = not alike and len(typed) >= 2 and len(texts) >= 2 and len(texts) + len(blank) == len(typed)
        if not enough and not (len(typed) == 1 == len(texts) and units):
            break
        count += 1
    return count
