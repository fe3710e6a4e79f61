"""Numbers in texts."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

_WHITE = r"[ \t\n\r\x{b}\x{c}]*"
_DECIMAL = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_INFINITE = r"[iI][nN][fF](?:[iI][nN][iI][tT][yY])?"
_ANY_DECIMAL = rf"\A{_WHITE}[+-]?(?:{_DECIMAL}|{_INFINITE}){_WHITE}\z"
_FINITE = rf"\A{_WHITE}[+-]?{_DECIMAL}{_WHITE}\z"
_WHOLE_DIGITS = rf"\A{_WHITE}[+-]?[0-9]+(?:\.0*)?{_WHITE}\z"
_EXACT = 9007199254740992.0
"""From here on (2 to the power of 53) floating-point numbers do not hold all whole numbers."""
_LIMIT = 9223372036854775808.0
_CURRENCY = r"(?:\p{Sc}|[A-Z]{3}|[A-Z]{0,2}\$|kr\.?|z\x{142}|Fr\.?)"


class NumberStyle(BaseModel):
    """How numbers are written in texts.

    `thousands`: the mark between groups of digits (empty: none; with a decimal comma also the point). `currency`: a sign or code
    before or after the number is left out. `percent`: `12 %` is 0.12. `brackets`: `(5)` is -5.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    decimal: Literal[".", ","] = "."
    thousands: Literal["", ",", ".", " ", "'", "_"] = ""
    currency: bool = False
    percent: bool = False
    brackets: bool = False

    @property
    def plain(self) -> bool:
        """Whether numbers are written as the databases read them."""
        return self == PLAIN_NUMBERS


PLAIN_NUMBERS = NumberStyle()


def decimal_of(text: Any, dialect: str, style: NumberStyle = PLAIN_NUMBERS) -> Any:
    """The floating-point number that a text is; missing where it is none, or not a number (`nan`)."""
    if style.plain:
        return _plain_decimal(text, dialect)
    canonical, percent = _canonical(text, dialect, style)
    number = _plain_decimal(canonical, dialect)
    if percent is None:
        return number
    import ibis

    return ibis.ifelse(percent, number / 100.0, number)


def integer_of(text: Any, dialect: str, style: NumberStyle = PLAIN_NUMBERS) -> Any:
    """The whole number that a text is; missing where it is none."""
    import ibis

    from workbench.byexample.native.engines import engine

    matches = engine(dialect).matches
    canonical, percent = (text, None) if style.plain else _canonical(text, dialect, style)
    number = canonical.try_cast("float64")
    # digits with an exponent are exact as a floating-point number, a fraction is so only of small numbers
    most = ibis.ifelse(canonical.contains("e") | canonical.contains("E"), _LIMIT, _EXACT)
    whole = (number == floor_of(number, dialect)) & (number.abs() < most)
    parsed = ibis.cases(
        (matches(canonical, _WHOLE_DIGITS), _exactly(canonical, dialect)),
        (matches(canonical, _FINITE), ibis.ifelse(whole, number.try_cast("int64"), ibis.null("int64"))),
    )
    return parsed if percent is None else ibis.ifelse(percent, whole_number(number / 100.0, dialect), parsed)


def whole_number(number: Any, dialect: str) -> Any:
    """A floating-point number as a whole number; missing where it has a fraction or does not fit into 64 bits."""
    import ibis

    inside = (number >= -_LIMIT) & (number < _LIMIT)
    return ibis.ifelse(inside & (number == floor_of(number, dialect)), number.try_cast("int64"), ibis.null("int64"))


def floor_of(number: Any, dialect: str) -> Any:
    """The greatest whole number that is not greater, as a floating-point number (on Spark only below 2 to the power of 63)."""
    from workbench.byexample.native.functions import function

    if dialect == "duckdb":
        return function("floor", ("float64",), "float64")(number)
    return function("floor", ("float64",), "int64")(number).cast("float64")


def _plain_decimal(text: Any, dialect: str) -> Any:
    import ibis

    from workbench.byexample.native.engines import engine

    if dialect == "duckdb":
        # its own cast takes what is written above, and `_` between digits
        number = text.try_cast("float64").nullif(float("nan"))
        return ibis.ifelse(text.contains("_"), ibis.null("float64"), number)
    return ibis.ifelse(engine(dialect).matches(text, _ANY_DECIMAL), text.try_cast("float64"), ibis.null("float64"))


def _exactly(text: Any, dialect: str) -> Any:
    """Digits, perhaps with a point and zeros, as a whole number; missing where 64 bits do not hold it."""
    from workbench.byexample.native.engines import engine

    plain = text if dialect == "duckdb" else engine(dialect).replaced(text, rf"\.0*{_WHITE}\z", "")
    return plain.try_cast("int64")


def _canonical(text: Any, dialect: str, style: NumberStyle) -> tuple[Any, Any | None]:
    """The text as the databases read numbers (missing where it does not follow the style), and whether it had a percent sign."""
    import ibis

    from workbench.byexample.native.engines import engine
    from workbench.byexample.native.functions import literal

    known = engine(dialect)
    blank = r"[ \t\n\r\x{b}\x{c}\x{a0}\x{202f}]*"
    first, second = known.group(1), known.group(2)
    text = known.replaced(text, rf"\A{blank}|{blank}\z", "")
    if style.brackets:
        text = known.replaced(text, rf"\A\({blank}([^()]*){blank}\)\z", known.plain("-") + first)
    percent = None
    if style.percent:
        percent = text.endswith("%")
        text = known.replaced(text, rf"{blank}%\z", "")
    if style.currency:
        text = known.replaced(text, rf"\A([+-]?){blank}{_CURRENCY}{blank}([+-]?)", first + second)
        text = known.replaced(text, rf"{blank}{_CURRENCY}\z", "")
    mark = style.thousands or ("." if style.decimal == "," else "")
    point = literal(style.decimal)
    digits = "[0-9]+"
    if mark:
        between = r"[ \x{a0}\x{202f}\x{2009}]" if mark == " " else literal(mark)
        between = r"['\x{2019}]" if mark == "'" else between
        digits = rf"(?:[0-9]{{1,3}}(?:{between}[0-9]{{2,3}})*{between}[0-9]{{3}}|[0-9]+)"
    number = rf"\A[+-]?(?:(?:{digits}(?:{point}[0-9]*)?|{point}[0-9]+)(?:[eE][+-]?[0-9]+)?|{_INFINITE})\z"
    shown = known.replaced(text, between, "") if mark else text
    if style.decimal == ",":
        shown = shown.replace(",", ".")
    return ibis.ifelse(known.matches(text, number), shown, ibis.null("string")), percent
