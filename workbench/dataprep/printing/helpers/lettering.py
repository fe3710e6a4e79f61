"""Letters of texts changed as databases change them: each becomes one letter, and only ß becomes SS."""

import re
import unicodedata
from functools import cache

_WORD = r"[^\W\d_]+"
_ACCENTS = "[\u0300-\u036f]+"


def upper(text: str) -> str:
    """In capitals."""
    return "".join(_capital(letter) for letter in text.replace("ß", "SS"))


def _capital(letter: str) -> str:
    title = letter.title()
    return letter.upper() if len(letter.upper()) == 1 else title if len(title) == 1 else letter


def lower(text: str) -> str:
    """In small letters."""
    return text.replace("İ", "i").replace("Σ", "σ").lower()


def title(text: str) -> str:
    """The first letter of each word as a capital."""
    return re.sub(_WORD, lambda word: upper(word[0][0]) + lower(word[0][1:]), text)


def sentence(text: str) -> str:
    """The first letter of the text as a capital."""
    return upper(text[:1]) + lower(text[1:])


@cache
def _plain_letters() -> dict[int, str]:
    """What stands for each letter with an accent, or for a special one."""
    spelled = {
        "ß": "ss",
        "ø": "o",
        "Ø": "O",
        "æ": "ae",
        "Æ": "AE",
        "đ": "d",
        "Đ": "D",
        "ł": "l",
        "Ł": "L",
        "œ": "oe",
        "Œ": "OE",
        "ı": "i",
    }
    table = {ord(letter): plain for letter, plain in spelled.items()}
    for first, last in ((0xC0, 0x24F), (0x386, 0x3CE), (0x400, 0x45F), (0x1E00, 0x1FFC)):
        for code in range(first, last + 1):
            plain = re.sub(_ACCENTS, "", unicodedata.normalize("NFD", chr(code)))
            if len(plain) == 1 and plain != chr(code) and plain.isalpha():
                table[code] = plain
    return table


def without_accents(text: str) -> str:
    """Letters without their accents."""
    return re.sub(_ACCENTS, "", text.translate(_plain_letters()))
