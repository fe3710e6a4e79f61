"""Operators that turn a text into a text."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from workbench.byexample.tree.nodes import Node, Unary
from workbench.byexample.tree.tokens import LETTER, expression

BLANKS = " \t\r\n"


@dataclass(frozen=True)
class Case(Unary):
    """Another case. `style`: upper, lower, title (each word capitalized), sentence (the first letter alone), or
    camel, pascal, snake, kebab (the words of the text joined so). Which letter becomes which: see `upper` and `lower`.
    """

    style: str

    def apply(self, value: str) -> str:
        return to_case(value, self.style)


def to_case(text: str, style: str) -> str:
    """The text in a case style. Raises KeyError for an unknown one."""
    match style:
        case "upper":
            return upper(text)
        case "lower":
            return lower(text)
        case "title":
            return re.sub(LETTER + "+", lambda word: upper(word[0][0]) + lower(word[0][1:]), text)
        case "sentence":
            return upper(text[:1]) + lower(text[1:])
    words = [lower(word) for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W_A-Za-z0-9]+", text)]
    if style in {"camel", "pascal"}:
        raised = [upper(word[:1]) + word[1:] for word in words]
        return "".join(raised if style == "pascal" else words[:1] + raised[1:])
    return {"snake": "_", "kebab": "-"}[style].join(words)


SEVERAL_CAPITALS = (
    "\u0149\u01f0\u0390\u03b0\u0587\u1e96-\u1e9a\u1f50\u1f52\u1f54\u1f56\u1f80-\u1faf\u1fb2-\u1fb4\u1fb6\u1fb7\u1fbc\u1fc2-\u1fc4"
    "\u1fc6\u1fc7\u1fcc\u1fd2\u1fd3\u1fd6\u1fd7\u1fe2-\u1fe4\u1fe6\u1fe7\u1ff2-\u1ff4\u1ff6\u1ff7\u1ffc\ufb00-\ufb06\ufb13-\ufb17"
)
"""As a regular expression's class: the letters but for ß whose capital would be several letters."""
_SEVERAL_CAPITALS = re.compile(f"[{SEVERAL_CAPITALS}]")


def upper(text: str) -> str:
    """In capitals. Each letter becomes one letter, as databases have it (Unicode's simple mapping); only ß becomes SS."""
    if text.isascii():
        return text.upper()
    text = text.replace("ß", "SS")
    if _SEVERAL_CAPITALS.search(text) is None:
        return text.upper()
    return "".join(_capital(letter) if _SEVERAL_CAPITALS.match(letter) else letter.upper() for letter in text)


def _capital(letter: str) -> str:
    """The capital of a letter that has no single one: the form of a title's first letter, or the letter itself."""
    title = letter.title()
    return title if len(title) == 1 else letter


def lower(text: str) -> str:
    """In small letters. Each letter becomes one letter, as databases have it: İ becomes i, and Σ always σ."""
    return text.lower() if text.isascii() else text.replace("İ", "i").replace("Σ", "σ").lower()


@dataclass(frozen=True)
class Trim(Unary):
    """Without certain characters (blanks unless given) at its `side`: both, left or right."""

    side: str = "both"
    characters: str = BLANKS

    def apply(self, value: str) -> str:
        match self.side:
            case "left":
                return value.lstrip(self.characters)
            case "right":
                return value.rstrip(self.characters)
            case _:
                return value.strip(self.characters)


@dataclass(frozen=True)
class Squeeze(Unary):
    """Blanks at the ends taken off, and every gap made one blank."""

    def apply(self, value: str) -> str:
        return " ".join(re.findall(r"[^ \t\r\n]+", value))


@dataclass(frozen=True)
class Pad(Unary):
    """Filled up to a width with a character, at the left or right `side` (or `both`: centred, the odd one at the right)."""

    width: int
    fill: str
    side: str

    def apply(self, value: str) -> str:
        missing = max(self.width - len(value), 0)
        if self.side == "both":
            return self.fill * (missing // 2) + value + self.fill * (missing - missing // 2)
        return self.fill * missing + value if self.side == "left" else value + self.fill * missing


@dataclass(frozen=True)
class WithoutAccents(Unary):
    """Latin, Greek and Cyrillic letters without their accents; ß, ø, æ, đ, ł and the like are spelled out."""

    def apply(self, value: str) -> str:
        return value if value.isascii() else ACCENTS.sub("", value.translate(plain_letters()))


ACCENTS = re.compile("[\u0300-\u036f]+")
"""Accents that are characters of their own."""


@cache
def plain_letters() -> dict[int, str]:
    """What stands for each letter with an accent (by the canonical decomposition), or for a special one."""
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
            plain = ACCENTS.sub("", unicodedata.normalize("NFD", chr(code)))
            if len(plain) == 1 and plain != chr(code) and plain.isalpha():
                table[code] = plain
    return table


@dataclass(frozen=True)
class Replace(Unary):
    """Every `old` replaced by `new`. Not applicable where `old` does not occur, when `must` is set."""

    old: str
    new: str
    must: bool = False

    def apply(self, value: str) -> str | None:
        return value.replace(self.old, self.new) if not self.must or self.old in value else None


@dataclass(frozen=True)
class ReplaceTokens(Unary):
    """Every token of a kind replaced by a text (`new` "" drops them)."""

    kind: str
    new: str

    def apply(self, value: str) -> str:
        return expression(self.kind).sub(lambda _: self.new, value)


@dataclass(frozen=True)
class KeepTokens(Unary):
    """All tokens of a kind, joined by a text; not applicable where there is none."""

    kind: str
    joiner: str = ""

    def apply(self, value: str) -> str | None:
        found = [match.group() for match in expression(self.kind).finditer(value)]
        return self.joiner.join(found) if found else None


@dataclass(frozen=True)
class Slice(Unary):
    """The characters from `start` to before `stop`; negative positions count from the end, None is the end.

    Not applicable when nothing is left, unless the text is empty.
    """

    start: int
    stop: int | None

    def apply(self, value: str) -> str | None:
        return value[self.start : self.stop] or (None if value else value)


@dataclass(frozen=True)
class Part(Unary):
    """Piece number `index` (from 0; negative from the end) between delimiters. Not applicable without the delimiter."""

    delimiter: str
    index: int

    def apply(self, value: str) -> str | None:
        pieces = value.split(self.delimiter)
        return pieces[self.index] if len(pieces) > 1 and -len(pieces) <= self.index < len(pieces) else None


@dataclass(frozen=True)
class Match(Unary):
    """Token number `index` (from 0; negative from the end) of a kind."""

    kind: str
    index: int

    def apply(self, value: str) -> str | None:
        if self.index == 0:
            first = expression(self.kind).search(value)
            return first.group() if first else None
        found = [match.group() for match in expression(self.kind).finditer(value)]
        return found[self.index] if -len(found) <= self.index < len(found) else None


@dataclass(frozen=True)
class Before(Unary):
    """What stands before a text: its first occurrence (`index` 0), the second (1), the last (-1)..."""

    mark: str
    index: int = 0

    def apply(self, value: str) -> str | None:
        at = find(value, self.mark, self.index)
        return None if at is None else value[:at]


@dataclass(frozen=True)
class After(Unary):
    """What stands after a text: its first occurrence (`index` 0), the second (1), the last (-1)..."""

    mark: str
    index: int = 0

    def apply(self, value: str) -> str | None:
        at = find(value, self.mark, self.index)
        return None if at is None else value[at + len(self.mark) :]


@dataclass(frozen=True)
class Between(Unary):
    """What stands between the first `left` and the next `right`."""

    left: str
    right: str

    def apply(self, value: str) -> str | None:
        start = value.find(self.left)
        stop = value.find(self.right, start + len(self.left)) if start >= 0 else -1
        return value[start + len(self.left) : stop] if stop >= 0 else None


@dataclass(frozen=True)
class FromToken(Unary):
    """From token number `index` of a kind to the end of the text."""

    kind: str
    index: int

    def apply(self, value: str) -> str | None:
        span = token_span(value, self.kind, self.index)
        return value[span[0] :] if span else None


@dataclass(frozen=True)
class UpToToken(Unary):
    """From the start of the text to token number `index` of a kind, which is included or not."""

    kind: str
    index: int
    included: bool

    def apply(self, value: str) -> str | None:
        span = token_span(value, self.kind, self.index)
        return (value[: span[1] if self.included else span[0]] or None) if span else None


@dataclass(frozen=True)
class AfterToken(Unary):
    """What stands after token number `index` of a kind."""

    kind: str
    index: int

    def apply(self, value: str) -> str | None:
        span = token_span(value, self.kind, self.index)
        return (value[span[1] :] or None) if span else None


@dataclass(frozen=True)
class Lookup(Unary):
    """The value listed for this text; `otherwise` for one that is not listed."""

    table: tuple[tuple[str, str | None], ...]
    otherwise: str | None = None

    def apply(self, value: str) -> str | None:
        return next((to for given, to in self.table if given == value), self.otherwise)


@dataclass(frozen=True)
class Items(Unary):
    """A list inside a text: split at a separator, each item turned by `each` (a node over one column), items for which it does not
    apply dropped, then put into `order` ("", sorted, numeric, descending, reversed), `unique` or not, and joined.
    """

    separator: str
    each: Node | None
    order: str
    unique: bool
    joiner: str

    def apply(self, value: str) -> str:
        pieces = value.split(self.separator)
        if self.each is not None:
            pieces = [turned for piece in pieces if (turned := self.each.run((piece,))) is not None]
        if self.unique:
            pieces = list(dict.fromkeys(pieces))
        match self.order:
            case "sorted":
                pieces.sort()
            case "descending":
                pieces.sort(reverse=True)
            case "numeric":
                pieces.sort(key=_numeric)
            case "reversed":
                pieces.reverse()
        return self.joiner.join(pieces)


def _numeric(text: str) -> tuple[Decimal, str]:
    number = parse_plain(text)
    return (Decimal("Infinity"), text) if number is None else (number, text)


PLAIN_NUMBER = re.compile(r"[+-]?[0-9]{1,18}(?:\.[0-9]{1,18})?")


def parse_plain(text: str) -> Decimal | None:
    """The number that a plain text such as -12.5 is: what a list is sorted by."""
    return Decimal(text) if PLAIN_NUMBER.fullmatch(text) else None


def find(text: str, mark: str, index: int) -> int | None:
    """Where occurrence number `index` (from 0; negative from the end) of a mark starts. They are told apart from the left."""
    if index >= 0:
        at = text.find(mark)
        for _ in range(index):
            if at < 0:
                return None
            at = text.find(mark, at + len(mark))
        return at if at >= 0 else None
    if overlaps_itself(mark):
        pieces = text.split(mark)
        return len(mark.join(pieces[:index])) if -index < len(pieces) else None
    at = text.rfind(mark)
    for _ in range(-index - 1):
        if at < 0:
            return None
        at = text.rfind(mark, 0, at)
    return at if at >= 0 else None


@cache
def overlaps_itself(mark: str) -> bool:
    """Whether two occurrences of a mark can share characters, such as `--` in `---`."""
    return any(mark.endswith(mark[:size]) for size in range(1, len(mark)))


def token_span(text: str, kind: str, index: int) -> tuple[int, int] | None:
    """Start and end of token number `index` (from 0; negative from the end) of a kind."""
    spans = [match.span() for match in expression(kind).finditer(text)]
    return spans[index] if -len(spans) <= index < len(spans) else None
