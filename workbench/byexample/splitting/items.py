"""What a splitter does not cut through (dates, times, addresses, numbers, quoted and bracketed text), and the tokens of a text.

All patterns are bounded and start at the start of a word, so that a cell of any length takes linear time.
"""

import re
from functools import cache, lru_cache
from typing import NamedTuple

_MONTHS = r"(?i:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}"
_DATES = (
    r"\d{4}-\d{1,2}-\d{1,2}(?!\d)",
    r"\d{4}/\d{1,2}/\d{1,2}(?!\d)",
    r"\d{4}\.\d{1,2}\.\d{1,2}(?!\d)",
    r"\d{1,2}/\d{1,2}/(?:\d{4}|\d{2})(?!\d)",
    r"\d{1,2}-\d{1,2}-(?:\d{4}|\d{2})(?!\d)",
    r"\d{1,2}\.\d{1,2}\.(?:\d{4}|\d{2})(?!\d)",
    r"\d{1,2}/" + _MONTHS + r"/(?:\d{4}|\d{2})(?!\d)",
    r"\d{1,2}-" + _MONTHS + r"-(?:\d{4}|\d{2})(?!\d)",
    r"\d{1,2} " + _MONTHS + r"\.?,? \d{4}(?!\d)",
    r"\d{1,2}" + _MONTHS + r"\d{4}(?!\d)",
    _MONTHS + r"\.? \d{1,2}(?:st|nd|rd|th)?, \d{4}(?!\d)",
)

ITEMS: dict[str, str] = {
    "address on the web": r"(?<!\w)(?:https?|ftp|file)://[^\s\"'<>|]{0,1998}[^\s\"'<>|.,;:!?)\]}]",
    "e-mail address": r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}",
    "identifier": r"(?<!\w)[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?!\w)",
    "IP address": r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?!\.?\d)",
    "date": r"(?<![\w./-])(?:" + "|".join(_DATES) + ")",
    "time": r"(?:(?<![\d:.])|(?<=\d{4}:))\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?: ?[AaPp]\.?[Mm]\b\.?)?(?!\d|:\d)",
    "phone number": r"(?<![\w-])(?:\+?\d{1,3}-)?\d{3}-\d{3}-\d{4}(?![\w-])",
    "path": r"(?<![\w.-])[\w-][\w.-]{0,99}(?:/[\w.-]{1,99}){1,30}\.[A-Za-z]\w{0,7}(?![\w/])",
    "dotted name": r"(?<![\w.])[^\W\d_][\w-]{0,62}(?:\.[^\W_][\w-]{0,62}){1,8}",
    "amount": r"(?<![\w.,])(?:(?<=[$£€¥])\d{1,3}(?:,\d{3}){1,5}(?:\.\d{1,9})?|\d{1,3}(?:,\d{3}){1,5}\.\d{1,9})(?![\d,])",
    "number": (
        r"(?:(?<![\w.,)\]])[-+])?(?<![\d.])\d{1,40}\.\d{1,40}(?![.\d])(?:[eE][-+]?\d{1,3}(?!\w))?"
        r"|(?<![\w.,)\]])[-+]\d{1,40}(?![\w.])"
    ),
    "quoted text": r"(?<!\w)\"[^\"]{0,9999}\"(?!\w)",
    "round brackets": r"\([^()]{0,9999}\)",
    "square brackets": r"\[[^\[\]]{0,9999}\]",
    "curly brackets": r"\{[^{}]{0,9999}\}",
}
ALL_ITEMS = frozenset(ITEMS)
ENCLOSING = {"quoted text": ('"', '"'), "round brackets": ("(", ")"), "square brackets": ("[", "]"), "curly brackets": ("{", "}")}
PLAIN = {
    "digits": r"\d+",
    "word": r"[^\W\d_]+(?:['’][^\W\d_]+)*",
    "blank": r"[^\S\t\n\r]+",
    "symbol": r"[$£€¥₹%°]",
    "mark": r".",
}


class Token(NamedTuple):
    """A piece of a text: an item's name, or "digits", "word", "blank", "symbol" or "mark"; its text, and where it stands."""

    kind: str
    text: str
    start: int
    end: int


@cache
def _pattern(opened: frozenset[str]) -> tuple[re.Pattern[str], tuple[str, ...]]:
    kinds = {**{kind: pattern for kind, pattern in ITEMS.items() if kind not in opened}, **PLAIN}
    return re.compile("|".join(f"({pattern})" for pattern in kinds.values()), re.DOTALL), tuple(kinds)


@lru_cache(maxsize=2000)
def tokens_of(text: str, opened: frozenset[str] = frozenset()) -> tuple[Token, ...]:
    """The tokens of a text, in order and without gaps; items named in `opened` are taken apart like other text."""
    pattern, kinds = _pattern(opened)
    return tuple(Token(kinds[(match.lastindex or 1) - 1], match.group(), *match.span()) for match in pattern.finditer(text))
