"""Dates and times in texts, as ISO 8601 has them. See the package's own words for what is taken."""

from __future__ import annotations

from typing import Any

YEAR = r"(?:[1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])"
_DATE = rf"(?:{YEAR}-[0-9]{{1,2}}-[0-9]{{1,2}}|{YEAR}/[0-9]{{1,2}}/[0-9]{{1,2}})"
_CLOCK = r"(?:[01]?[0-9]|2[0-3]):[0-5]?[0-9](?::[0-5]?[0-9](?:\.[0-9]*)?)?"
_ZONE = r"(?: UTC|Z|[+-](?:0[0-9]|1[0-4])(?::?[0-5][0-9])?)"
_FIRST, _LAST = "0001-01-01", "9999-12-31"


def date_of(text: Any, dialect: str) -> Any:
    """The date that a text is, or begins with; missing where it is none."""
    plain, matches = _plain(text, dialect)
    shown = _dashed(_piece(plain, rf"\A({_DATE})"), dialect)
    return _where(matches(plain, rf"\A{_DATE}(?:[ T]{_CLOCK}{_ZONE}?)?\z"), shown.try_cast("date"))


def time_of(text: Any, dialect: str) -> Any:
    """The time of day that a text is, or ends with; missing where it is none."""
    plain, matches = _plain(text, dialect)
    shown = _piece(plain, rf"({_CLOCK})\z")
    return _where(matches(plain, rf"\A(?:{_DATE}[ T])?{_CLOCK}\z"), shown.try_cast("time"))


def timestamp_of(text: Any, dialect: str, fixed_date: str = "", *, zone: bool = False) -> Any:
    """The date and time that a text is, in UTC where it tells a zone. `fixed_date`: put before texts that are only a time."""
    import ibis

    plain, matches = _plain(text, dialect)
    if fixed_date:
        plain = ibis.ifelse(matches(plain, rf"\A{_CLOCK}\z"), ibis.literal(f"{fixed_date} ") + plain, plain)
    shown = _dashed(plain, dialect)
    kind = "timestamp('UTC')" if zone else "timestamp"
    if dialect == "duckdb":
        found = shown.try_cast("timestamp('UTC')") if zone else _without_zone(shown, dialect)
    else:
        found = _with_seconds(shown).try_cast(kind)
    found = _where(matches(plain, rf"\A{_DATE}(?:[ T]{_CLOCK}{_ZONE}?)?\z"), found)
    return _where(found.cast("date").between(ibis.literal(_FIRST).cast("date"), ibis.literal(_LAST).cast("date")), found)


def _without_zone(text: Any, dialect: str) -> Any:
    """In UTC: the database's own conversion to a timestamp without zone would leave the zone out."""
    import ibis

    from workbench.byexample.native.engines import engine

    told = engine(dialect).matches(text, r"[+-][0-9]{2}(?::?[0-5][0-9])?\z")
    clock = text.contains(":")
    return ibis.ifelse(clock & told, text.try_cast("timestamp('UTC')").cast("timestamp"), text.try_cast("timestamp"))


def _with_seconds(text: Any) -> Any:
    """Spark knows no zone after a time without seconds."""
    from workbench.byexample.native.engines import engine

    known = engine("pyspark")
    return known.replaced(text, r"([ T][0-9]{1,2}:[0-9]{1,2})( UTC|Z|[+-])", f"{known.group(1)}:00{known.group(2)}")


def _plain(text: Any, dialect: str) -> tuple[Any, Any]:
    from workbench.byexample.native.engines import engine

    known = engine(dialect)
    return known.stripped(text, " \t\n\r\x0b\x0c", "both"), known.matches


def _dashed(text: Any, dialect: str) -> Any:
    return text if dialect == "duckdb" else text.replace("/", "-")


def _piece(text: Any, pattern: str) -> Any:
    from workbench.byexample.native.functions import function

    return function("regexp_extract", ("string", "string", "int32"), "string")(text, pattern, 1)


def _where(condition: Any, value: Any) -> Any:
    import ibis

    return ibis.ifelse(condition, value, ibis.null(value.type()))
