"""Small changes that people and programs make by mistake, each with the sentence that tells it."""

import re
import unicodedata
from collections.abc import Iterator

_INVISIBLE = frozenset("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad")
_BLANKS = {
    ord(char): " "
    for char in "\t\n\r\v\f\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
}
_DASHES = {ord(char): "-" for char in "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"}
_QUOTES = {0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"', 0x60: "'", 0xB4: "'"}
_CYRILLIC = dict(zip(map(ord, "АВЕКМНОРСТХІЈЅаеорсухіјѕ"), "ABEKMHOPCTXIJSaeopcyxijs", strict=True))
_GREEK = dict(zip(map(ord, "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧονρ"), "ABEZHIKMNOPTYXovp", strict=True))
_TO_CYRILLIC = {ord(latin): chr(code) for code, latin in _CYRILLIC.items()}
_SHORT = 4
_DIGITS = (("Oo", "0", "a zero"), ("lI|", "1", "a one"), ("S", "5", "a five"), ("B", "8", "an eight"), ("Z", "2", "a two"))

Repair = tuple[str, str]
"""The changed text, and what was wrong with the text before."""


def repairs(text: str) -> Iterator[Repair]:
    """The changes that apply to the text, the likeliest mistakes first."""
    yield from _blanks(text)
    yield from _lookalikes(text)
    yield from _digits(text)
    for changed in (text.upper(), text.lower(), text.title(), text.capitalize()):
        if changed != text:
            yield changed, "It is written with other capital and small letters"
    if ("," in text) != ("." in text):
        one, other = (",", ".") if "," in text else (".", ",")
        yield text.replace(one, other), f"It has '{one}' where the others have '{other}'"
    if len(text) > 2 and text[0] in "\"'" and text[-1] == text[0]:
        yield text[1:-1], "It stands in quotation marks"
    if text[-1:] in ".,;:!?":
        yield text[:-1], f"It ends with '{text[-1]}'"
    bare = text.replace(" ", "")
    if bare != text:
        yield bare, "It has blanks inside"


def _blanks(text: str) -> Iterator[Repair]:
    if text != text.strip():
        ends = [name for name, changed in (("begins", text.lstrip()), ("ends", text.rstrip())) if changed != text]
        yield text.strip(), f"It {' and '.join(ends)} with a blank"
    if invisible := next((char for char in text if char in _INVISIBLE), ""):
        yield "".join(char for char in text if char not in _INVISIBLE), f"It has an invisible character (U+{ord(invisible):04X})"
    if (spaced := text.translate(_BLANKS)) != text:
        char = next(char for char in text if ord(char) in _BLANKS)
        yield spaced, f"It has an unusual blank ({unicodedata.name(char, 'a control character').lower()})"
    if (single := " ".join(text.split())) != text.strip():
        yield single, "It has several blanks in a row"


def _lookalikes(text: str) -> Iterator[Repair]:
    for table, name in ((_CYRILLIC, "Cyrillic"), (_GREEK, "Greek"), (_TO_CYRILLIC, "Latin")):
        if (changed := text.translate(table)) != text and (name != "Latin" or any("\u0400" <= char < "\u0500" for char in text)):
            char = next(char for char in text if ord(char) in table)
            yield changed, f"Its '{char}' is a {name} letter that looks like another one"
    for table, name in ((_DASHES, "dash"), (_QUOTES, "quotation mark")):
        if (changed := text.translate(table)) != text:
            char = next(char for char in text if ord(char) in table)
            yield changed, f"Its {name} '{char}' is not the plain one"
    if (changed := unicodedata.normalize("NFKC", text)) != text:
        yield changed, "It is written with characters of another width or form"
    if (changed := unicodedata.normalize("NFC", text)) != text:
        yield changed, "Its accents are characters of their own"


def _digits(text: str) -> Iterator[Repair]:
    """A letter for a digit beside digits, and a digit for a letter between letters."""
    for letters, digit, name in _DIGITS:
        run = f"[{letters}]+"
        changed = _filled(text, rf"(?<![^\W\d_])(?:(?<=[0-9]){run}|{run}(?=[0-9]))(?![^\W\d_])", digit)
        if changed != text:
            yield changed, f"It has '{next(char for char in text if char in letters)}' where {name} belongs"
        letter = letters[0] if text.isupper() else letters[0].lower()
        changed = _filled(text, rf"(?<=[^\W\d_]){digit}(?=[^\W\d_])", letter)
        if changed != text:
            yield changed, f"It has {name} where a letter belongs"


def _filled(text: str, pattern: str, char: str) -> str:
    """The text with each run that the pattern finds written with `char` alone."""
    return re.sub(pattern, lambda run: char * len(run[0]), text)


def one_edit_apart(one: str, other: str) -> bool:
    """Whether one letter or mark more, less or other, or two exchanged, makes the one text of the other.

    Texts under four characters and digits differ freely.
    """
    if one == other or abs(len(one) - len(other)) > 1 or min(len(one), len(other)) < _SHORT:
        return False
    start = next((number for number, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    first, second = one[start:], other[start:]
    if any(char.isdigit() for char in first[:1] + second[:1]):
        return False
    if len(first) == len(second):
        return first[1:] == second[1:] or (first[:2] == second[1::-1] and first[2:] == second[2:])
    return first[1:] == second or second[1:] == first
