"""Expressions that SQLite and PostgreSQL spell differently."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

_NUMBER = r"^\s*[+-]?(\d{1,60}\.?\d{0,60}|\.\d{1,60})([eE][+-]?\d{1,2})?\s*$"


class _Number(FunctionElement[float]):
    """A text as a number, or NULL."""

    inherit_cache = True
    type = sa.Float()


class _Like(FunctionElement[bool]):
    """Whether a text is like a pattern, letter case included."""

    inherit_cache = True
    type = sa.Boolean()


class _Contains(FunctionElement[bool]):
    """Whether a text contains another one, whatever the letter case."""

    inherit_cache = True
    type = sa.Boolean()


class _Gathered(FunctionElement[str]):
    """The texts of a group as a JSON object."""

    inherit_cache = True
    type = sa.Text()


class _JsonText(FunctionElement[str]):
    """A text field of an object that is kept as JSON text, or NULL."""

    inherit_cache = True
    type = sa.Text()


def as_number(text: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """A param's text as a number; NULL when it is none."""
    return _Number(text)


def like(text: sa.ColumnElement[Any], pattern: str) -> sa.ColumnElement[bool]:
    """`text LIKE pattern`, with letter case, `%` and `_`, and no way to escape these, as MLflow has it."""
    return _Like(text, sa.literal(pattern, _Pattern()))


def like_any_case(text: sa.ColumnElement[Any], pattern: str) -> sa.ColumnElement[bool]:
    """The same whatever the letter case."""
    return _Like(sa.func.lower(text), sa.literal(pattern, _AnyCase()))


def contains(text: sa.ColumnElement[Any], word: str) -> sa.ColumnElement[bool]:
    """Whether a word is in a text, whatever the letter case.

    SQLite knows the case of a to z only: a word with other letters is looked for in small ones, in capitals, and begun by one.
    """
    escaped = "".join(f"/{letter}" if letter in "%_/" else letter for letter in word)
    spelled = {escaped} if word.isascii() else {escaped, escaped.lower(), escaped.upper(), escaped.capitalize()}
    return sa.or_(*(_Contains(text, sa.literal(f"%{one}%", sa.Text)) for one in sorted(spelled)))


def gathered(key: sa.ColumnElement[Any], value: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    """The texts of a group by their keys, as a JSON object. (Not for numbers: SQLite writes only 15 digits of them.)"""
    return _Gathered(key, value)


def json_text(column: sa.ColumnElement[Any], name: str) -> sa.ColumnElement[Any]:
    """The text field `name` of an object."""
    return _JsonText(sa.type_coerce(column, sa.Text), sa.literal(name, sa.Text))


class _Pattern(sa.types.TypeDecorator[str]):
    """A LIKE pattern; SQLite's LIKE does not tell capitals from small letters, its GLOB does."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        if value is None or dialect.name != "sqlite":
            return value
        return "".join(_GLOB.get(letter, letter) for letter in value)


class _AnyCase(_Pattern):
    """One for texts in small letters. SQLite makes small only a to z: any other letter is looked for as it is, small and large."""

    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        if value is None or dialect.name != "sqlite":
            return value and value.lower()
        return "".join(_GLOB.get(letter) or (letter.lower() if letter.isascii() else _spellings(letter)) for letter in value)


_GLOB = {"%": "*", "_": "?", "*": "[*]", "?": "[?]", "[": "[[]"}


def _spellings(letter: str) -> str:
    """What GLOB takes for any of the spellings that are one letter."""
    found = "".join(sorted(one for one in {letter, letter.lower(), letter.upper()} if len(one) == 1))
    return f"[{found}]" if len(found) > 1 else letter


@compiles(_Number, "sqlite")
def _number_sqlite(element: _Number, compiler: Any, **kw: Any) -> str:
    return f"workbench_number({compiler.process(element.clauses, **kw)})"


@compiles(_Number, "postgresql")
def _number_postgresql(element: _Number, compiler: Any, **kw: Any) -> str:
    text = compiler.process(element.clauses, **kw)
    return f"(CASE WHEN {text} ~ '{_NUMBER}' THEN CAST({text} AS double precision) END)"


@compiles(_Like, "sqlite")
def _like_sqlite(element: _Like, compiler: Any, **kw: Any) -> str:
    text, pattern = (compiler.process(part, **kw) for part in element.clauses)
    return f"({text} GLOB {pattern})"


@compiles(_Like, "postgresql")
def _like_postgresql(element: _Like, compiler: Any, **kw: Any) -> str:
    text, pattern = (compiler.process(part, **kw) for part in element.clauses)
    return f"({text} LIKE {pattern} ESCAPE '')"


@compiles(_Contains, "sqlite")
def _contains_sqlite(element: _Contains, compiler: Any, **kw: Any) -> str:
    # SQLite's LIKE does not tell capitals from small letters by itself: lower() around both would take most of the time.
    text, pattern = (compiler.process(part, **kw) for part in element.clauses)
    return f"({text} LIKE {pattern} ESCAPE '/')"


@compiles(_Contains, "postgresql")
def _contains_postgresql(element: _Contains, compiler: Any, **kw: Any) -> str:
    text, pattern = (compiler.process(part, **kw) for part in element.clauses)
    return f"({text} ILIKE {pattern} ESCAPE '/')"


@compiles(_Gathered, "sqlite")
def _gathered_sqlite(element: _Gathered, compiler: Any, **kw: Any) -> str:
    key, value = (compiler.process(part, **kw) for part in element.clauses)
    return f"json_group_object({key}, {value})"


@compiles(_Gathered, "postgresql")
def _gathered_postgresql(element: _Gathered, compiler: Any, **kw: Any) -> str:
    key, value = (compiler.process(part, **kw) for part in element.clauses)
    return f"CAST(json_object_agg({key}, {value}) AS text)"


@compiles(_JsonText, "sqlite")
def _json_sqlite(element: _JsonText, compiler: Any, **kw: Any) -> str:
    text, name = (compiler.process(part, **kw) for part in element.clauses)
    return f"json_extract({text}, '$.' || {name})"


@compiles(_JsonText, "postgresql")
def _json_postgresql(element: _JsonText, compiler: Any, **kw: Any) -> str:
    text, name = (compiler.process(part, **kw) for part in element.clauses)
    return f"(CAST({text} AS json) ->> {name})"
