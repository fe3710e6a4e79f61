"""Kinds of tokens that a program may look for in a text, as regular expressions that Python, RE2 and Java read alike.

Digits are 0-9. Letters are what Python's `str.isalnum` takes without the digits: `[^\\W\\d_]` here, `[\\p{L}\\p{Nl}\\p{No}]` there.
"""

import re
from dataclasses import dataclass
from functools import cache

LETTER = r"[^\W\d_]"
UPPER = "[A-ZÀ-ÖØ-ÞΑ-ΡΣ-ΫЀ-Я]"
LOWER = "[a-zß-öø-ÿα-ωа-џ]"


@dataclass(frozen=True)
class Token:
    """A kind of token: its regular expression and its English name; `run`: the character class when it is an unbroken run of it."""

    pattern: str
    english: str
    plural: str
    run: str = ""


TOKENS: dict[str, Token] = {
    "digits": Token("[0-9]+", "group of digits", "digits", "[0-9]"),
    "number": Token(r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?", "number", "numbers"),
    "signed": Token(r"[+-]?[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?", "signed number", "signed numbers"),
    "letters": Token(LETTER + "+", "word", "letters", LETTER),
    "alphanumeric": Token(r"[^\W_]+", "group of letters and digits", "letters and digits", r"[^\W_]"),
    "word": Token(r"[\w'’-]+", "word (with hyphens)", "words", r"[\w'’-]"),
    "nonblank": Token(r"[^ \t\r\n]+", "word (between blanks)", "characters other than blanks", r"[^ \t\r\n]"),
    "blanks": Token(r"[ \t\r\n]+", "gap", "blanks", r"[ \t\r\n]"),
    "upper": Token(UPPER + "+", "group of capitals", "capitals", UPPER),
    "lower": Token(LOWER + "+", "group of small letters", "small letters", LOWER),
    "capitalized": Token(UPPER + LOWER + "+", "capitalized word", "capitalized words"),
    "punctuation": Token(r"[^\w \t\r\n]+", "group of punctuation", "punctuation", r"[^\w \t\r\n]"),
    "code": Token(r"[^\W_]+(?:[-_./][^\W_]+)*", "code", "codes"),
    "dotted": Token(r"[0-9]+(?:\.[0-9]+)+", "dotted number", "dotted numbers"),
    "time": Token(r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?: ?[AaPp]\.?[Mm]\.?)?", "time", "times"),
    "date": Token(
        r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}|[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}|[0-9]{1,2}/[0-9]{1,2}/[0-9]{2}"
        r"|[0-9]{1,2}-[0-9]{1,2}-[0-9]{4}|[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4}|[0-9]{1,2}[ -][A-Z][a-z]{2,8}[ -][0-9]{4}"
        r"|[A-Z][a-z]{2,8} [0-9]{1,2}, [0-9]{4}",
        "date", "dates",
    ),
    "email": Token(r"[^\W_][\w.+-]*@[^\W_][\w-]*(?:\.[^\W_][\w-]*)+", "e-mail address", "e-mail addresses"),
    "url": Token(r"(?:https?|ftp)://[^ \t\r\n\"'<>]+", "web address", "web addresses"),
    "ip": Token(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}", "IP address", "IP addresses"),
    "phone": Token(r"(?:\+[0-9]{1,3}[ -])?(?:\([0-9]{3}\) ?|[0-9]{3}[-. ])[0-9]{3}[-. ][0-9]{4}", "phone number", "phone numbers"),
    "guid": Token(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", "GUID", "GUIDs"),
    "vowels": Token("[aeiouAEIOU]+", "group of vowels", "vowels", "[aeiouAEIOU]"),
}  # fmt: skip


@cache
def expression(kind: str) -> "re.Pattern[str]":
    """The compiled regular expression of a kind of token. Raises KeyError for an unknown kind."""
    return re.compile(TOKENS[kind].pattern)
