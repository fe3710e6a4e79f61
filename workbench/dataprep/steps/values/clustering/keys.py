"""Keys of texts: texts with the same key are likely the same thing, written in other ways.

The methods, and their names, are those of OpenRefine ("Clustering in depth", https://openrefine.org/docs/technical-reference/clustering-in-depth).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Literal

KeyMethod = Literal["fingerprint", "ngram_fingerprint", "metaphone", "soundex", "nysiis", "cologne"]

_GAPS = re.compile(r"\s+")


def plain(text: str) -> str:
    """In small letters, without accents, and with single blanks."""
    from workbench.byexample.tree.nodes import Constant
    from workbench.byexample.tree.texts import WithoutAccents, lower

    found = lower(text) if text.isascii() else lower(WithoutAccents(Constant("")).apply(text))
    return _GAPS.sub(" ", found).strip()


def fingerprint(text: str) -> str:
    """The words in small letters, without accents and punctuation, each once and in alphabetical order."""
    return " ".join(sorted(set(_words(text).split())))


def ngram_fingerprint(text: str, size: int = 2) -> str:
    """The pieces of `size` characters of the letters and digits, each once and in alphabetical order."""
    letters = _words(text).replace(" ", "")
    pieces = {letters[at : at + size] for at in range(max(len(letters) - size + 1, min(len(letters), 1)))}
    return "".join(sorted(pieces))


def metaphone(text: str) -> str:
    """How the words sound in English (Lawrence Philips' Metaphone, by jellyfish)."""
    import jellyfish

    return _each_word(text, jellyfish.metaphone)


def soundex(text: str) -> str:
    """How the words sound in English (American Soundex, by jellyfish)."""
    import jellyfish

    return _each_word(text, jellyfish.soundex)


def nysiis(text: str) -> str:
    """How names sound in English (New York State Identification and Intelligence System, by jellyfish)."""
    import jellyfish

    return _each_word(text, jellyfish.nysiis)


def cologne(text: str) -> str:
    """How the words sound in German (Hans Joachim Postel's Kölner Phonetik, 1969)."""
    return _each_word(text, _cologne_word)


KEYS: dict[KeyMethod, Callable[[str], str]] = {
    "fingerprint": fingerprint,
    "ngram_fingerprint": ngram_fingerprint,
    "metaphone": metaphone,
    "soundex": soundex,
    "nysiis": nysiis,
    "cologne": cologne,
}


def _words(text: str) -> str:
    """The words of the plain text, with blanks in between: punctuation and control characters are left out."""
    found = plain(text)
    if found.isascii() and found.replace(" ", "").isalnum():
        return found
    kept = (sign for sign in found if sign.isspace() or unicodedata.category(sign)[0] not in "PCSZ")
    return _GAPS.sub(" ", "".join(kept)).strip()


def _each_word(text: str, code: Callable[[str], str]) -> str:
    """The codes of the words; digits stay, and words of another alphabet."""
    words = _words(text.replace("-", " ").replace("/", " ")).split()
    return " ".join(filter(None, (code(word) if word.isascii() and word.isalpha() else word for word in words)))


_VOWELS = frozenset("aeijouy")
_SINGLE = {
    "b": "1",
    "f": "3",
    "v": "3",
    "w": "3",
    "g": "4",
    "k": "4",
    "q": "4",
    "l": "5",
    "m": "6",
    "n": "6",
    "r": "7",
    "s": "8",
    "z": "8",
}


def _cologne_word(word: str) -> str:
    codes: list[str] = []
    for at, letter in enumerate(word):
        before, after = word[at - 1 : at], word[at + 1 : at + 2]
        if letter in _VOWELS:
            code = "0"
        elif letter == "p":
            code = "3" if after == "h" else "1"
        elif letter in "dt":
            code = "8" if after and after in "csz" else "2"
        elif letter == "c":
            code = "4" if _hard(before, after, first=at == 0) else "8"
        elif letter == "x":
            code = "8" if before and before in "ckq" else "48"
        else:
            code = _SINGLE.get(letter, "")  # an h has none
        codes.append(code)
    digits = "".join(codes)
    single = re.sub(r"(\d)\1+", r"\1", digits)
    return single[:1] + single[1:].replace("0", "")


def _hard(before: str, after: str, *, first: bool) -> bool:
    """Whether a c sounds as a k."""
    if first:
        return bool(after) and after in "ahkloqrux"
    return bool(after) and after in "ahkoqux" and before not in {"s", "z"}
