"""Classes of characters, and how they are written so that Python, RE2 (DuckDB) and Java (Spark) understand the same.

The three engines differ in `\\d`, `\\w`, `\\s`, `.`, `$` and in the escapes of characters above U+00FF, so none of these is
used: a class lists its ranges (`[0-9]`, `[A-Za-zÀ-ÖØ-öø-ÿ]`), with the characters themselves.
"""

import unicodedata
from collections.abc import Iterable

Ranges = tuple[tuple[int, int], ...]
"""Ranges of code points, both ends included, ascending and apart."""

UPPER, LOWER, DIGIT, OTHER = "A", "a", "0", "x"
"""The class of a letter or digit; OTHER: letters without case, foreign digits, marks. Every other character is its own class."""

ANY = "any"
ANY_REGEX = "[\\s\\S]"

# block: ranges of upper-case letters, ranges of lower-case letters; where they alternate, both are the whole block
_CASED: tuple[tuple[int, int, Ranges, Ranges], ...] = (
    (0x0041, 0x007A, ((0x41, 0x5A),), ((0x61, 0x7A),)),
    (0x00C0, 0x00FF, ((0xC0, 0xD6), (0xD8, 0xDE)), ((0xDF, 0xF6), (0xF8, 0xFF))),
    (0x0100, 0x024F, ((0x100, 0x24F),), ((0x100, 0x24F),)),
    (0x0300, 0x036F, ((0x300, 0x36F),), ((0x300, 0x36F),)),
    (0x0370, 0x03AB, ((0x370, 0x3AB),), ((0x370, 0x3AB),)),
    (0x03AC, 0x03CE, ((0x3AC, 0x3CE),), ((0x3AC, 0x3CE),)),
    (0x0400, 0x045F, ((0x400, 0x42F),), ((0x430, 0x45F),)),
    (0x0460, 0x052F, ((0x460, 0x52F),), ((0x460, 0x52F),)),
    (0x1E00, 0x1EFF, ((0x1E00, 0x1EFF),), ((0x1E00, 0x1EFF),)),
)
_LARGE: tuple[tuple[int, int], ...] = (
    (0x0590, 0x05FF),
    (0x0600, 0x06FF),
    (0x3040, 0x30FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xAC00, 0xD7A3),
    (0x20000, 0x2FFFF),
)
_COMBINING = range(0x300, 0x370)


class _Classes(dict[int, str]):
    """For `str.translate`: the class of each character, found out when it is first met."""

    def __missing__(self, code: int) -> str:
        found = _class_of(chr(code))
        self[code] = found
        return found


def _class_of(char: str) -> str:
    category = unicodedata.category(char)
    if category in {"Lu", "Lt"}:
        return UPPER
    if category == "Ll" or ord(char) in _COMBINING:
        return LOWER
    if category == "Nd" and char.isascii():
        return DIGIT
    return OTHER if category[0] in "LMN" else char


_CLASSES = _Classes()


def classes_of(text: str) -> str:
    """The text with every letter and digit replaced by its class; of the same length."""
    return text.translate(_CLASSES)


def letter_ranges(text: str) -> Ranges:
    """The ranges that a class needs to hold the letters (and foreign digits and marks) of the text."""
    found: list[tuple[int, int]] = []
    for char in set(text):
        if (kind := classes_of(char)) in {UPPER, LOWER, OTHER}:
            found += _ranges_of(ord(char), kind)
    return joined(found)


def _ranges_of(code: int, kind: str) -> Iterable[tuple[int, int]]:
    for low, high, upper, lower in _CASED:
        if low <= code <= high and kind != OTHER:
            ranges = upper if kind == UPPER else lower
            return ranges if any(a <= code <= b for a, b in ranges) else ((code, code),)
    if code < 0x100:
        return ((code, code),)
    for low, high in _LARGE:
        if low <= code <= high:
            return ((low, high),)
    return ((code & ~0x7F, code | 0x7F),)


def cased(ranges: Ranges, kind: str) -> Ranges:
    """The part of the ranges that may hold letters of that case."""
    found: list[tuple[int, int]] = []
    for low, high in ranges:
        inside = [(upper if kind == UPPER else lower) for a, b, upper, lower in _CASED if a <= high and low <= b]
        found += (
            [(max(low, a), min(high, b)) for part in inside for a, b in part if a <= high and low <= b] if inside else [(low, high)]
        )
    return joined(found)


def joined(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """The ranges in order, with those that touch made one."""
    result: list[tuple[int, int]] = []
    for low, high in sorted(set(ranges)):
        if result and low <= result[-1][1] + 1:
            result[-1] = (result[-1][0], max(high, result[-1][1]))
        else:
            result.append((low, high))
    return tuple(result)


_SPECIAL = frozenset("\\.^$|?*+()[]{}")
_SPECIAL_IN_CLASS = frozenset("\\]^-[&~|#")
_CONTROLS = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}


def escaped(text: str) -> str:
    """The text as a regular expression that matches just it."""
    return "".join("\\" + char if char in _SPECIAL else _plain(char) for char in text)


def _plain(char: str) -> str:
    if char in _CONTROLS:
        return _CONTROLS[char]
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x20 or 0x7F <= code <= 0xA0 or code == 0xAD else char


def _in_class(char: str) -> str:
    return "\\" + char if char in _SPECIAL_IN_CLASS else _plain(char)


def class_regex(kinds: Iterable[str], ranges: Ranges) -> str:
    """A class such as `[A-Za-z0-9 ]` from ranges of letters, and digits and single characters among the kinds."""
    names = set(kinds)
    if ANY in names:
        return ANY_REGEX
    letters = [_in_class(chr(low)) + ("" if low == high else "-" + _in_class(chr(high))) for low, high in ranges]
    single = names - {UPPER, LOWER, DIGIT, OTHER}
    if not letters and DIGIT not in names and len(single) == 1:
        return escaped(next(iter(single)))
    ascii_letters = sum(high < 0x80 for _, high in ranges)
    digits = ["0-9"] if DIGIT in names else []
    return "[" + "".join(letters[:ascii_letters] + digits + letters[ascii_letters:] + sorted(map(_in_class, single))) + "]"
