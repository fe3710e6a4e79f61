"""The filter language of runs: MLflow's grammar, with `or`, `not` and parentheses.

    metrics.acc > 0.9 and params.model = 'tree' and attributes.status IN ('FINISHED', 'RUNNING')

Left of an operator stands a field: `metrics.`, `params.`, `tags.`, `attributes.` (also `run.`) or `datasets.` and a key; a key with
spaces or signs is put into backquotes or quotes; a word alone is an attribute. Right of it stands a text in single or double
quotes, a number, or a list of texts. The rules are those of mlflow/utils/search_utils.py.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NoReturn

from workbench.base.errors import UserError

Kind = Literal["metric", "param", "tag", "attribute", "dataset"]
Value = str | float | int | bool | tuple[str, ...] | None

_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("metric", "metrics"), "metric"),
    **dict.fromkeys(("param", "params", "parameter", "parameters"), "param"),
    **dict.fromkeys(("tag", "tags"), "tag"),
    **dict.fromkeys(("attribute", "attributes", "attr", "run"), "attribute"),
    **dict.fromkeys(("dataset", "datasets"), "dataset"),
}
_COMPARING = ("=", "!=", "<", "<=", ">", ">=")
# What databases take in one question, and more than anybody writes.
_DEEPEST = 30  # parentheses and `not` within each other
_MOST = 100  # comparisons
_LONGEST_LIST = 10_000  # texts of one IN
_LONGEST_PATTERN = 10_000  # characters of one LIKE

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<text>'(?:[^']|'')*')
    |(?P<double>"(?:[^"]|"")*")
    |(?P<back>`(?:[^`]|``)*`)
    |(?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))
    |(?P<infinite>[+-]inf(?:inity)?\b)
    |(?P<operator><=|>=|!=|<>|==|=|<|>)
    |(?P<sign>[(),.])
    |(?P<word>[^\W\d][\w/-]*|\d[\w/-]*)
    """,
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True)
class Field:
    """What a comparison or an order is about."""

    kind: Kind
    key: str
    column: int
    """Where it stands, from 1."""


@dataclass(frozen=True)
class Comparison:
    """`field operator value`; the operator in capitals, `IS NULL` and `IS NOT NULL` without a value."""

    field: Field
    operator: str
    value: Value
    column: int
    """Where the value stands, from 1."""


@dataclass(frozen=True)
class All:
    """Each of the parts."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True)
class Any_:  # noqa: N801 (typing has the plain name)
    """One of the parts at least."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True)
class Not:
    """The contrary, which also holds for runs that lack what is compared."""

    part: "Expression"


Expression = Comparison | All | Any_ | Not


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    column: int

    @property
    def word(self) -> str:
        """A word in capitals; empty for anything else."""
        return self.text.upper() if self.kind == "word" else ""


def wrong(column: int, text: str, place: str = "filter") -> UserError:
    """The error for something in a filter."""
    return UserError(f"The {place} is wrong at column {column}: {text}.", hint="For example: metrics.acc > 0.9", place=place)


def parsed_filter(text: str) -> Expression | None:
    """The meaning of a filter; None for an empty one. Raises UserError that says what is wrong, and where."""
    tokens = _tokens(text, "filter")
    if len(tokens) == 1:
        return None
    reader = _Reader(tokens, "filter")
    found = reader.any_of(0)
    if reader.now.kind != "end":
        reader.refuse("expected `and`, `or` or the end")
    return found


def parsed_order(text: str) -> tuple[Field, bool]:
    """The field of one order, and whether it descends. Raises UserError."""
    reader = _Reader(_tokens(text, "order"), "order")
    field = reader.field()
    descending = reader.now.word == "DESC"
    if reader.now.word in {"ASC", "DESC"}:
        reader.step()
    if reader.now.kind != "end":
        reader.refuse("expected `asc`, `desc` or the end")
    return field, descending


def _tokens(text: str, place: str) -> list[_Token]:
    tokens: list[_Token] = []
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            if text[at] in "'\"`":
                raise wrong(at + 1, f"the quote {text[at]} is never closed", place)
            raise wrong(at + 1, f"{text[at]!r} means nothing here", place)
        kind = found.lastgroup or ""
        if kind != "space":
            tokens.append(_Token(kind, found.group(), at + 1))
        at = found.end()
    return [*tokens, _Token("end", "", len(text) + 1)]


class _Reader:
    def __init__(self, tokens: list[_Token], place: str) -> None:
        self._tokens = tokens
        self._at = 0
        self._comparisons = 0
        self._place = place

    @property
    def now(self) -> _Token:
        return self._tokens[self._at]

    def step(self) -> _Token:
        token = self.now
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def refuse(self, text: str) -> NoReturn:
        found = f", not {self.now.text}" if self.now.kind != "end" else ", and it ends here"
        raise wrong(self.now.column, text + found, self._place)

    def any_of(self, depth: int) -> Expression:
        parts = self._joined(lambda: self._all_of(depth), "OR")
        return parts[0] if len(parts) == 1 else Any_(parts)

    def _all_of(self, depth: int) -> Expression:
        parts = self._joined(lambda: self._one(depth), "AND")
        return parts[0] if len(parts) == 1 else All(parts)

    def _joined(self, read: Callable[[], Expression], word: str) -> tuple[Expression, ...]:
        parts = [read()]
        while self.now.word == word:
            self.step()
            parts.append(read())
        return tuple(parts)

    def _one(self, depth: int) -> Expression:
        if depth > _DEEPEST:
            self.refuse(f"there are more than {_DEEPEST} parentheses or `not` within each other")
        if self.now.word == "NOT":
            self.step()
            return Not(self._one(depth + 1))
        if self.now.text == "(":
            self.step()
            inner = self.any_of(depth + 1)
            if self.now.text != ")":
                self.refuse("expected `and`, `or` or a closing parenthesis")
            self.step()
            return inner
        return self._comparison()

    def field(self) -> Field:
        first = self.step()
        if first.kind not in {"word", "back", "double"}:
            self._at -= 1 if first.kind != "end" else 0
            self.refuse("expected a field, like metrics.acc or status")
        name = _bare(first)
        if self.now.text != ".":
            # MLflow knows some attributes by a name of two words, as its table shows them.
            if name.lower() == "run" and self.now.word == "NAME":
                self.step()
                name = "run_name"
            return Field("attribute", name, first.column)
        kind = _KINDS.get(name)
        if kind is None:
            raise wrong(first.column, f"{name!r} is none of metrics, params, tags, attributes and datasets", self._place)
        self.step()
        return Field(kind, self._key(), first.column)

    def _key(self) -> str:
        """The rest of a field's name: words with dots between them, or one quoted."""
        if self.now.kind in {"back", "double", "text"}:
            return _bare(self.step())
        parts: list[str] = []
        end = self.now.column
        while self.now.kind in {"word", "number"} or self.now.text == ".":
            if self.now.column != end:
                break
            token = self.step()
            parts.append(token.text)
            end = token.column + len(token.text)
        if not parts:
            self.refuse("expected a name after the dot")
        return "".join(parts)

    def _comparison(self) -> Comparison:
        self._comparisons += 1
        if self._comparisons > _MOST:
            self.refuse(f"a filter has {_MOST} comparisons at most")
        field = self.field()
        operator = self._operator()
        column = self.now.column
        if operator in {"IS NULL", "IS NOT NULL"}:
            return Comparison(field, operator, None, column)
        value = self._list() if operator in {"IN", "NOT IN"} else self._value()
        _check(field, operator, value, column)
        return Comparison(field, operator, value, column)

    def _operator(self) -> str:
        if self.now.kind == "operator":
            text = self.step().text
            return {"==": "=", "<>": "!="}.get(text, text)
        word = self.now.word
        if word in {"LIKE", "ILIKE", "IN"}:
            self.step()
            return word
        if word == "NOT":
            self.step()
            if self.now.word != "IN":
                self.refuse("expected IN after NOT")
            self.step()
            return "NOT IN"
        if word == "IS":
            self.step()
            negated = self.now.word == "NOT"
            if negated:
                self.step()
            if self.now.word != "NULL":
                self.refuse("expected NULL")
            self.step()
            return "IS NOT NULL" if negated else "IS NULL"
        return self.refuse("expected an operator (=, !=, <, <=, >, >=, LIKE, ILIKE, IN, NOT IN, IS NULL, IS NOT NULL)")

    def _value(self) -> Value:
        token = self.now
        if token.kind in {"text", "double"}:
            return _bare(self.step())
        if token.kind == "number":
            text = self.step().text
            # No database counts further than 18 digits.
            return int(text) if re.fullmatch(r"[+-]?\d{1,18}", text) else float(text)
        if token.kind == "infinite" or token.word in {"INF", "INFINITY", "NAN"}:
            return float(self.step().text)
        if token.word in {"TRUE", "FALSE"}:
            return self.step().word == "TRUE"
        return self.refuse("expected a number or a text in quotes")

    def _list(self) -> tuple[str, ...]:
        if self.now.text != "(":
            self.refuse("expected a list in parentheses, like ('a', 'b')")
        self.step()
        found: list[str] = []
        while True:
            if self.now.kind not in {"text", "double"}:
                self.refuse("expected a text in quotes")
            found.append(_bare(self.step()))
            if len(found) > _LONGEST_LIST:
                self.refuse(f"a list has {_LONGEST_LIST:,} texts at most")
            if self.now.text == ",":
                self.step()
                if self.now.text != ")":  # Python writes a tuple of one as ('a',)
                    continue
            if self.now.text != ")":
                self.refuse("expected a comma or a closing parenthesis")
            self.step()
            return tuple(found)


def _bare(token: _Token) -> str:
    """What a word or quoted text says."""
    if token.kind in {"text", "double", "back"}:
        quote = token.text[0]
        return token.text[1:-1].replace(quote * 2, quote)
    return token.text


def _check(field: Field, operator: str, value: Value, column: int) -> None:
    """Refuses what no run could be compared by. Attributes are checked where their types are known."""
    if field.kind == "metric":
        if operator not in _COMPARING:
            raise wrong(column, f"metrics are compared with {', '.join(_COMPARING)}, not with {operator}")
        if isinstance(value, str | bool):
            raise wrong(column, f"metrics are compared with numbers, not with {value!r}")
    elif operator in {"LIKE", "ILIKE"} and not isinstance(value, str):
        raise wrong(column, f"{operator} takes a text in quotes")
    elif operator in {"LIKE", "ILIKE"} and len(str(value)) > _LONGEST_PATTERN:
        raise wrong(column, f"{operator} takes a text of {_LONGEST_PATTERN:,} characters at most")
    elif isinstance(value, bool) and field.kind != "attribute":
        raise wrong(column, "expected a text in quotes")
