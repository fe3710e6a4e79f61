"""Operators that turn a text into a text."""

import re
import unicodedata
from dataclasses import dataclass

from workbench.byexample.tree.nodes import Node, Unary
from workbench.byexample.tree.tokens import LETTER, expression

BLANKS = " \t\r\n"


@dataclass(frozen=True)
class Case(Unary):
    """Another case. `style`: upper, lower, title (each word capitalized), sentence (the first letter alone), or
    camel, pascal, snake, kebab (the words of the text joined so).
    """

    style: str

    def apply(self, value: str) -> str:
        return to_case(value, self.style)


def to_case(text: str, style: str) -> str:
    """The text in a case style. Raises KeyError for an unknown one."""
    match style:
        case "upper":
            return text.upper()
        case "lower":
            return text.lower()
        case "title":
            return re.sub(LETTER + "+", lambda word: word[0][0].upper() + word[0][1:].lower(), text)
        case "sentence":
            return text[:1].upper() + text[1:].lower()
    words = [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W_A-Za-z0-9]+", text)]
    if style in {"camel", "pascal"}:
        raised = [word[:1].upper() + word[1:] for word in words]
        return "".join(raised if style == "pascal" else words[:1] + raised[1:])
    return {"snake": "_", "kebab": "-"}[style].join(words)


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
    """Letters without their accents (canonical decomposition, combining marks dropped; ß, ø, æ, đ, ł spelled out)."""

    def apply(self, value: str) -> str:
        spelled = value.translate(_SPELLED)
        return "".join(c for c in unicodedata.normalize("NFD", spelled) if not unicodedata.combining(c))


_SPELLED = str.maketrans(
    {"ß": "ss", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "AE", "đ": "d", "Đ": "D", "ł": "l", "Ł": "L", "œ": "oe", "ı": "i"}
)


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


def _numeric(text: str) -> tuple[float, str]:
    try:
        return float(text), text
    except ValueError:
        return float("inf"), text


def find(text: str, mark: str, index: int) -> int | None:
    """Where occurrence number `index` (from 0; negative from the end) of a mark starts."""
    if index >= 0:
        at = text.find(mark)
        for _ in range(index):
            if at < 0:
                return None
            at = text.find(mark, at + len(mark))
        return at if at >= 0 else None
    at = text.rfind(mark)
    for _ in range(-index - 1):
        if at < 0:
            return None
        at = text.rfind(mark, 0, at)
    return at if at >= 0 else None


def token_span(text: str, kind: str, index: int) -> tuple[int, int] | None:
    """Start and end of token number `index` (from 0; negative from the end) of a kind."""
    spans = [match.span() for match in expression(kind).finditer(text)]
    return spans[index] if -len(spans) <= index < len(spans) else None
