"""The words of a column name, and the ways of writing them."""

import re
import unicodedata
from typing import Literal, NamedTuple

Case = Literal["keep", "lower", "upper", "title", "title_keep", "sentence", "sentence_keep", "camel", "camel_keep",
               "title_short", "sentence_short"]  # fmt: skip
CASES: tuple[Case, ...] = (
    "keep", "lower", "upper", "title_keep", "title", "sentence_keep", "sentence", "camel_keep", "camel",
    "title_short", "sentence_short",
)  # fmt: skip
"""Those that end in `_keep` leave abbreviations such as ID or VAT in capitals, `_short` short words of a name all in capitals."""

_SHORT = 3
_RUN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_LETTERS = {"ß": "ss", "ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "æ": "ae", "Æ": "Ae", "ø": "o", "Ø": "O",
            "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "œ": "oe", "Œ": "Oe"}  # fmt: skip


class Word(NamedTuple):
    """A word with its place in the name."""

    text: str
    start: int
    end: int


def words_of(name: str, *, digits: bool = False) -> list[Word]:
    """The words, told apart by separators and by capitals (`unitPrice`, `HTTPStatus`); `digits`: numbers are words too."""
    found = []
    for run in _RUN.finditer(name):
        text = run.group()
        start = 0
        for place in range(1, len(text)):
            if _begins(text, place, digits=digits):
                found.append(Word(text[start:place], run.start() + start, run.start() + place))
                start = place
        found.append(Word(text[start:], run.start() + start, run.end()))
    return found


def _begins(text: str, place: int, *, digits: bool) -> bool:
    before, here = text[place - 1], text[place]
    if before.isdigit() != here.isdigit():
        return digits or (before.isdigit() and here.isupper() and text[place + 1 : place + 2].islower())
    if here.isupper():
        after = text[place + 1 : place + 2]
        return before.islower() or (before.isupper() and after.islower() and text[place + 1 : place + 3] != "s")
    return False


def cased(words: list[str], case: Case) -> list[str]:
    """The words written in a case."""
    if case == "keep":
        return words
    if case == "lower":
        return [word.lower() for word in words]
    if case == "upper":
        return [word.upper() for word in words]
    keep = case.endswith("_keep") and any(char.islower() for word in words for char in word)
    short = case.endswith("_short") and not any(char.islower() for word in words for char in word)
    style = case.partition("_")[0]
    out = []
    for place, word in enumerate(words):
        capital = style == "title" or (style == "sentence" and place == 0) or (style == "camel" and place > 0)
        left = keep and is_abbreviation(word) and not (style == "camel" and place == 0)
        if left or (short and len(word) <= _SHORT):
            out.append(word)
        else:
            out.append(word[:1].upper() + word[1:].lower() if capital else word.lower())
    return out


def is_abbreviation(word: str) -> bool:
    """Whether the word is in capitals, as ID, VAT or URLs are."""
    return 2 <= len(word) <= 6 and word.removesuffix("s").isupper()


def folded(text: str, *, german: bool) -> str:
    """Without accents; `german` writes ä as ae, which is done everywhere to letters that are no accented ones."""
    out = []
    for char in text:
        if char in _LETTERS and (german or char not in "äöüÄÖÜ"):
            out.append(_LETTERS[char])
        else:
            out.append("".join(part for part in unicodedata.normalize("NFD", char) if not unicodedata.combining(part)))
    return "".join(out)
