"""What kind of value a cell looks like, and how much that speaks for its having been cut out rightly."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

_DATE = r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})|\d{4}-\d{2}"
_MONTH = r"[^\W\d_]{3,9}\.?"
_MONTH_DATE = rf"\d{{1,2}}\.?[- ]?{_MONTH},?[- ]\d{{2,4}}|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}|[A-Za-z]{{3}}[- ]\d{{2,4}}"
_TIME = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?: ?[AaPp]\.?[Mm]\.?)?"
_ZONE = r"(?: ?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2}))?"
_NUMBER = r"[+-]?(?:\d{1,3}(?:[ .,'’\u00a0\u202f]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?|[.,]\d+)(?:[eE][+-]?\d{1,3})?"
_MONEY = r"(?:[A-Z]{3}|[$€£¥₹])"
_TEXT = r"[\w(&'’\"“”„«»+#°$€£@¿¡.-](?:[\w.'’/\\&()#%+*°$€£@=<>\[\]…–—”“„«»\"-]| (?! )|[,;:!?](?=[ \"”)]|$))*"

_KINDS = (
    ("missing", r"|[Nn][/.]?[Aa]\.?|NULL|null|None|none|NaN|nan|\\N|-{1,3}|\?|\.\.?|#N/A|[.…]{3}|<NA>"),
    ("date", rf"(?:{_DATE})(?:[T ]{_TIME}{_ZONE})?|(?:{_MONTH_DATE})(?:,? {_TIME}{_ZONE})?"),
    ("number", rf"[+-]?{_MONEY}? ?{_NUMBER} ?(?:{_MONEY}|[%‰])?|\({_MONEY}? ?{_NUMBER} ?{_MONEY}?\)"),
    ("time", rf"{_TIME}{_ZONE}"),
    ("boolean", r"[Tt]rue|[Ff]alse|TRUE|FALSE|[Yy]es|[Nn]o|YES|NO"),
    ("email", r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    ("url", r"(?:https?|ftp|file|s3)://\S+|www\.\S+\.\S+"),
    ("ip", r"\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){3,7}"),
    ("json", r"\{.*\}|\[.*\]"),
    ("word", r"[\w&+.'’@#°%-][\w&+.'’/\\*°%@#()-]*"),
    ("text", _TEXT),
)
_PATTERNS = tuple((name, re.compile(pattern)) for name, pattern in _KINDS)
STRONG = frozenset({"date", "number", "time", "boolean", "email", "url", "ip", "json"})
_WORTH = {"missing": 0.6, "word": 0.95, "text": 0.85, "other": 0.1}


@lru_cache(maxsize=20_000)
def kind_of(cell: str) -> str:
    """`number`, `date`, `word`, ..., `missing` for nothing or a sign of nothing, `other` for what looks wrongly cut."""
    cell = cell.strip() if cell[:1] in " \t" or cell[-1:] in " \t" else cell
    if len(cell) > 400:
        return "text" if "\n" in cell or " " in cell else "word"
    for name, pattern in _PATTERNS:
        if pattern.fullmatch(cell):
            return name
    return "text" if "\n" in cell else "other"


def column_worth(cells: Sequence[str]) -> float:
    """Between 0 and 1: how much the cells look like the values of one column (CleverCSV's type score, weighted, and by column)."""
    if not cells:
        return 0.0
    kinds = Counter(kind_of(cell) for cell in cells)
    worth = sum(_WORTH.get(kind, 1.0) * count for kind, count in kinds.items()) / len(cells)
    missing = kinds.pop("missing", 0)
    if missing == len(cells):
        return 0.2
    texts = kinds.pop("word", 0) + kinds.pop("text", 0)
    most = max([texts, *kinds.values()])
    return worth * (0.7 + 0.3 * most / (len(cells) - missing))


def dominant(cells: Sequence[str]) -> str:
    """The strong kind of nearly all cells that hold anything; `text` when there is none; `missing` when nothing is there."""
    kinds = Counter(kind_of(cell) for cell in cells)
    del kinds["missing"]
    total = sum(kinds.values())
    if not total:
        return "missing"
    kind, count = kinds.most_common(1)[0]
    return kind if kind in STRONG and count >= 0.8 * total else "text"
