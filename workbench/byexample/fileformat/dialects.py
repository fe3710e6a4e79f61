"""Which delimiter and quote: every candidate is tried, and the one whose cells fit together best is taken.

The measure is consistency times type score of CleverCSV (van den Burg, Nazábal, Sutton: Wrangling messy CSV files by detecting
row and type patterns, 2019). Other than there, consistency is measured inside the table only, so that lines above and below it
(the "preamble" and "footnotes" of Vitagliano et al.: Pollock, VLDB 2023) do not count against it, types count by column, and
delimiters of several characters and aligned blanks are candidates too.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from workbench.byexample.fileformat.celltypes import column_worth, kind_of
from workbench.byexample.fileformat.model import Escape
from workbench.byexample.fileformat.scanning import Dialect, Line, Record, Scanner, is_rule

_PRIOR = {
    ",": 1.0, "\t": 1.0, ";": 1.0, "|": 1.0, "\x01": 1.0, "\x1f": 1.0, "^": 0.95, "~": 0.95, "¦": 0.95, "§": 0.95, "þ": 0.95,
    ":": 0.72, " ": 0.7, "#": 0.7, "*": 0.7, "!": 0.7, "&": 0.6, "=": 0.55, "/": 0.4, "-": 0.35, "_": 0.3, ".": 0.2,
}  # fmt: skip
_LETTERS = "þÿ"
_NEVER = frozenset("\"'`()[]{}<>\\+%°$€£¥")
_QUOTES = ('"', "'", "`")
_RUN = re.compile(
    r"[^\w\s\"'()\[\]{}.,+%°$€£¥\\-]{2,4}|(?<=\S) (?:-|\||/|:|->|=>|::|;) (?=\S)|->|=>|,,|<>|\\t|\[[^\w\s]\]|<[^\w\s]>"
)
_LINES = 120
_CANDIDATES = 14
_CHARACTERS = 50_000


@dataclass(frozen=True)
class Scored:
    """A dialect with how well it fits (0 to 1), the number of columns, and the records that it gives."""

    dialect: Dialect
    score: float
    width: int
    records: tuple[Record, ...]


def best_dialects(lines: Sequence[Line]) -> list[Scored]:
    """The dialects that give at least two columns, best first."""
    sample = [line for line in lines if line.text.strip()][:_LINES]
    found = [_scored(lines, dialect) for dialect in _candidates(sample)]
    return sorted((one for one in found if one.width > 1), key=lambda one: -one.score)


def single_column(lines: Sequence[Line]) -> Dialect | None:
    """The dialect of one quoted column, when nearly all lines are one quoted cell."""
    sample = [line.text.strip() for line in lines if line.text.strip()][:_LINES]
    for quote in _QUOTES:
        quoted = [len(text) > 1 and text.startswith(quote) and text.endswith(quote) for text in sample]
        if sum(quoted) > 0.8 * len(sample) > 0 or (quoted[:1] == [True] and quote not in "".join(sample[1:]) and len(sample) > 1):
            return Dialect(",", quote, "doubled")
    return None


def _candidates(sample: Sequence[Line]) -> Iterable[Dialect]:
    texts = [line.text for line in sample]
    if not texts:
        return
    found = _delimiters([text for text in texts if not is_rule(text)] or texts)
    for delimiter in found:
        bare = Dialect(delimiter, rules=any(is_rule(text) for text in texts))
        variants = [bare]
        if delimiter == " " or (delimiter == "\t" and any("\t\t" in text for text in texts)):
            if any(delimiter * 2 in text or text.startswith(delimiter) for text in texts):
                variants.append(replace(bare, repeated=True, trim=True))
        elif delimiter.strip():
            variants = _padded(texts, bare)
        for variant in variants:
            yield from _quoted(texts, variant)


def _delimiters(texts: Sequence[str]) -> list[str]:
    """Characters and short runs of them that stand in a good part of the lines, most frequent first."""
    lines_with: Counter[str] = Counter()
    for text in texts:
        lines_with.update({char for char in text[:2000] if char in _LETTERS or not (char.isalnum() or char in _NEVER)})
        lines_with.update(_runs(text[:2000]))
    least = max(1, len(texts) // 6) if len(texts) > 2 else 1
    for one in [one for one in lines_with if len(one) == 2 and one[0] == one[1] and one[0] not in ",\t "]:
        if all(text.count(one[0]) == 2 * text.count(one) for text in texts):
            del lines_with[one[0]]
    usual = sorted((one for one, count in lines_with.items() if count >= least), key=lambda one: (-lines_with[one], -_prior(one)))
    return sorted(usual, key=lambda one: one not in ",;\t|")[:_CANDIDATES]


def _runs(text: str) -> set[str]:
    runs = set()
    for run in _RUN.findall(text):
        runs.add(run)
        if len(run) == 4 and run[:2] == run[2:]:
            runs.add(run[:2])  # two delimiters with an empty cell between
    return runs


def _padded(texts: Sequence[str], dialect: Dialect) -> list[Dialect]:
    """With blanks that belong to the delimiter, and with the delimiter at both ends of a line."""
    delimiter = dialect.delimiter
    holding = [text for text in texts if delimiter in text and not is_rule(text)]
    after = sum(text.count(delimiter + " ") + text.rstrip().endswith(delimiter) for text in holding)
    trim = bool(holding) and after > 0.9 * sum(text.count(delimiter) for text in holding)
    framed = delimiter == "|" and bool(holding) and all(
        text.strip().startswith(delimiter) and text.strip().endswith(delimiter) for text in holding
    )  # fmt: skip
    return [replace(dialect, trim=trim or framed, framed=framed)]


def _quoted(texts: Sequence[str], dialect: Dialect) -> Iterable[Dialect]:
    """Without quotes, or with those that open and close cells."""
    mark = re.escape(dialect.delimiter)
    blanks = r"[ \t]*" if dialect.trim and dialect.delimiter.strip() else ""
    whole = "\n".join(texts[: max(3, _CHARACTERS // (1 + max(map(len, texts))))])
    double = False
    for quote in _QUOTES:
        opening = len(re.findall(rf"(?:^|{mark}){blanks}{quote}", whole, re.MULTILINE))
        closing = len(re.findall(rf"{quote}{blanks}(?:{mark}|$)", whole, re.MULTILINE))
        if opening and closing and min(opening, closing) >= 0.5 * max(opening, closing):
            if quote != '"' and not _pairs(whole, quote, mark, blanks) > 0.8 * opening:
                continue
            double = double or quote == '"'
            for escape in _escapes(whole, quote, mark):
                yield replace(dialect, quote=quote, escape=escape)
    if not double or whole.count('"') % 2:
        yield replace(dialect, escape="backslash") if re.search(rf"\\{mark}", whole) else dialect


def _pairs(text: str, quote: str, mark: str, blanks: str) -> int:
    """How many cells are a quote, some text, and a quote again."""
    return len(
        re.findall(
            rf"(?:^|(?<={mark})){blanks}{quote}(?:[^{quote}\n]|{quote}{quote})*{quote}{blanks}(?={mark}|$)", text, re.MULTILINE
        )
    )


def _escapes(text: str, quote: str, mark: str) -> list[Escape]:
    """How a quote inside a quoted cell is written; both ways when the text cannot tell."""
    if re.search(rf"\\{quote}(?!{mark}|$|\r|\n)", text):
        return ["backslash", "doubled"] if quote * 2 in text else ["backslash"]
    return ["doubled"]


def _prior(delimiter: str) -> float:
    if len(delimiter) > 1:
        return 0.97 if delimiter.strip() == delimiter else 0.8
    return _PRIOR.get(delimiter, 0.8 if not delimiter.isprintable() else 0.5)


def _scored(lines: Sequence[Line], dialect: Dialect) -> Scored:
    scanner = Scanner(lines, dialect)
    records: list[Record] = []
    for record in scanner.records():
        records.append(record)
        if len(records) >= _LINES:
            break
    score, width = table_score(records, dialect)
    return Scored(dialect, score, width, tuple(records))


def table_score(records: Sequence[Record], dialect: Dialect) -> tuple[float, int]:
    """How well the records make a table, and of how many columns."""
    filled = [record for record in records if not record.blank]
    widths = Counter(len(record.cells) for record in filled)
    best, columns = 0.0, 0
    for width, count in widths.most_common(3):
        if width < 2:
            continue
        places = [place for place, record in enumerate(filled) if len(record.cells) == width]
        inside = places[-1] - places[0] + 1
        consistency = count / inside
        coverage = sum(len(record.cells) > 1 for record in filled) / len(filled) if inside < 3 else 1.0
        coverage *= (inside / len(filled)) ** 0.5
        rows = [filled[place].cells for place in places[-60:]]
        typed = _typed(rows, width, dialect)
        score = consistency**1.5 * coverage * typed**1.5 * (1 - 1 / width) ** 0.4 * _prior(dialect.delimiter)
        score *= _alone(dialect.delimiter, rows) * _doubled(dialect.delimiter, rows)
        quoted = sum(record.quoted for record in filled)
        score *= 1.0 if quoted or not dialect.quote else 0.9
        score *= 0.75 if dialect.repeated and dialect.delimiter == "\t" else 1.0
        if score > best:
            best, columns = score, width
    return best, columns


def _typed(rows: Sequence[Sequence[str]], width: int, dialect: Dialect) -> float:
    """How well the columns look; a cell with a delimiter in quotes is a text, whatever else it looks like."""
    columns = min(width, 80)
    marks = (dialect.delimiter, "\n") if dialect.quote else ()
    total = 0.0
    for index in range(columns):
        cells = [row[index] for row in rows]
        total += column_worth(["text" if any(mark in cell for mark in marks) else cell for cell in cells] if marks else cells)
    return total / columns


def ragged(lines: Sequence[Line]) -> Scored | None:
    """A table whose rows are of any width: nearly every line has one of the usual delimiters, but not as prose has them."""
    best: Scored | None = None
    for delimiter in ",;\t|":
        for dialect in _quoted([line.text for line in lines[:_LINES]], Dialect(delimiter)):
            found = _scored(lines, dialect)
            filled = [record for record in found.records if not record.blank]
            several = sum(len(record.cells) > 1 for record in filled)
            prose = sum(cell[:1] == " " and cell[1:2].isalpha() for record in filled for cell in record.cells[1:])
            cells = sum(len(record.cells) - 1 for record in filled)
            if several > 1 and several >= 0.7 * len(filled) and prose <= 0.3 * cells and (not best or cells > best.score):
                named = all(kind_of(cell) in {"word", "text"} for cell in filled[0].cells)
                width = len(filled[0].cells) if named else max(len(record.cells) for record in filled)
                best = Scored(found.dialect, float(cells), width, found.records)
    return best


def _doubled(delimiter: str, rows: Sequence[Sequence[str]]) -> float:
    """Less when one of the columns is empty everywhere, even without a name: then the delimiter is two characters long."""
    if len(delimiter) > 1 or delimiter in ",\t ":
        return 1.0
    empty = any(not any(row[index] for row in rows) for index in range(1, min(len(rows[0]), 80) - 1))
    return 0.6 if empty and len(rows) > 2 else 1.0


def _alone(delimiter: str, rows: Sequence[Sequence[str]]) -> float:
    """Less when characters of a long delimiter stand in the cells too: then one of them is the delimiter."""
    if len(delimiter) < 2 or delimiter != delimiter.strip():
        return 1.0
    marks = {char for char in delimiter if not char.isalnum()}
    cells = [cell for row in rows for cell in row]
    if len(marks) == 1:
        return 1.0 if sum(cell.count(delimiter[0]) for cell in cells) <= len(cells) - len(rows) else 0.5
    return 1.0 if sum(any(char in cell for char in marks) for cell in cells) < 0.1 * len(cells) else 0.5
