"""Converting values between column types: what does not fit becomes missing, and is counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from workbench.dataprep.columns import IBIS_TYPES, ColumnType

if TYPE_CHECKING:
    import ibis.expr.types as ir

TRUE_VALUES = ("true", "t", "yes", "y", "1")
FALSE_VALUES = ("false", "f", "no", "n", "0")

_IMPOSSIBLE = {
    ("boolean", "date"), ("boolean", "time"), ("boolean", "timestamp"),
    ("integer", "date"), ("integer", "time"), ("integer", "timestamp"),
    ("decimal", "date"), ("decimal", "time"), ("decimal", "timestamp"),
    ("date", "integer"), ("date", "decimal"), ("date", "boolean"), ("date", "time"),
    ("time", "integer"), ("time", "decimal"), ("time", "boolean"), ("time", "date"), ("time", "timestamp"),
    ("timestamp", "integer"), ("timestamp", "decimal"), ("timestamp", "boolean"),
}  # fmt: skip


def possible(from_: ColumnType, to: ColumnType) -> bool:
    """Whether values of one type can mean values of the other at all."""
    return (from_, to) not in _IMPOSSIBLE


def function(name: str, arguments: Sequence[str], result: str) -> Callable[..., Any]:
    """An SQL function of DuckDB as an Ibis function."""
    import ibis

    parameters = ", ".join(f"a{number}" for number in range(len(arguments)))
    scope: dict[str, Any] = {}
    # Ibis wants a function with as many named parameters as the signature has types.
    exec(f"def {name}({parameters}): ...", scope)  # noqa: S102 (the text is ours)
    declared: Callable[..., Any] = ibis.udf.scalar.builtin(scope[name], name=name, signature=(tuple(arguments), result))
    return declared


def convert(
    value: ir.Value,
    from_: ColumnType,
    to: ColumnType,
    *,
    dialect: str = "duckdb",  # noqa: ARG001
    formats: Sequence[str] = (),
    decimal: str = ".",
    true_values: Sequence[str] = TRUE_VALUES,
    false_values: Sequence[str] = FALSE_VALUES,
) -> ir.Value:
    """The value as the type `to`; missing where it does not fit."""
    target = IBIS_TYPES[to]
    if to in {"string", "other"}:
        return value.cast("string")
    if from_ in {"string", "other"}:
        return _from_text(value.cast("string").strip(), to, formats, decimal, true_values, false_values)
    if from_ == "decimal" and to == "integer":
        import ibis

        return ibis.ifelse(value == value.round(), value.try_cast(target), ibis.null(target))
    return value.try_cast(target)


def _from_text(
    text: ir.StringValue,
    to: ColumnType,
    formats: Sequence[str],
    decimal: str,
    true_values: Sequence[str],
    false_values: Sequence[str],
) -> ir.Value:
    import ibis

    if to == "boolean":
        lower = text.lower()
        return ibis.cases(
            (lower.isin([v.lower() for v in true_values]), True), (lower.isin([v.lower() for v in false_values]), False)
        )
    if to in {"integer", "decimal"}:
        plain = text
        if decimal == ",":
            plain = text.replace(".", "").replace(",", ".")
        if to == "integer":
            # DuckDB would round 1.5 to 2 without a word; 2.0 is whole
            number = plain.try_cast("float64")
            whole = ibis.ifelse(number == number.floor(), number.try_cast("int64"), ibis.null("int64"))
            return ibis.ifelse(plain.contains("."), whole, plain.try_cast("int64"))
        return plain.try_cast("float64").nullif(float("nan"))
    if formats:
        strptime = function("try_strptime", ("string", "string"), "timestamp")
        parsed = ibis.coalesce(*(strptime(text, format_) for format_ in formats))
        return parsed if to == "timestamp" else parsed.cast(IBIS_TYPES[to])
    return text.try_cast(IBIS_TYPES[to])
