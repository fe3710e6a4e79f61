"""Values as texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis.expr.types as ir


def text_of(value: ir.Value, dialect: str) -> ir.Value:
    """The value as a text, the same on DuckDB and Spark; what is not a number is missing.

    Floating-point numbers are written with the fewest digits that tell them apart: `1.0`, `0.1`, `1e+20`, `1e-05`, `inf`. Records
    and lists become JSON.
    """
    import ibis

    given: Any = value
    kind = given.type()
    if kind.is_string():
        return value
    if kind.is_floating() or kind.is_decimal():
        number = given if kind.is_floating() else given.cast("float64")
        text = number.cast("string") if dialect == "duckdb" else _number_in_spark(number)
        return ibis.ifelse(number.isnan(), ibis.null("string"), text)
    if kind.is_timestamp() and kind.timezone and dialect != "duckdb":
        return given.cast("string") + "+00"
    if kind.is_struct() or kind.is_array() or kind.is_map():
        return _json(given, dialect)
    return given.cast("string")


def _json(value: Any, dialect: str) -> Any:
    import ibis

    from workbench.byexample.native.functions import function

    kind = str(value.type())
    if dialect == "duckdb":
        shown = function("to_json", (kind,), "string")(value)
        return ibis.ifelse(value.isnull(), ibis.null("string"), shown.cast("string"))
    options = ibis.map({"ignoreNullFields": "false"})
    return function("to_json", (kind, "map<string, string>"), "string")(value, options)


def _number_in_spark(number: Any) -> Any:
    """As DuckDB and Python write it. Java (before 19) does not always find the shortest form: it is the first of 15 to 17 digits
    that gives the number again, for numbers below the normal ones the first of 1 to 17."""
    import ibis

    from workbench.byexample.native.binding import bind, numbered
    from workbench.byexample.native.engines import engine
    from workbench.byexample.native.functions import function

    spark = engine("pyspark")
    shown = function("format_string", ("string", "float64"), "string")
    extract = function("regexp_extract", ("string", "string", "int32"), "string")
    padded = function("rpad", ("string", "int32", "string"), "string")

    def shortest(value: Any, counts: range) -> Any:
        *tried, last = [shown(f"%.{count}e", value) for count in counts]
        return ibis.cases(*((bound.try_cast("float64") == value, bound) for bound in tried), else_=last)

    def parts(text: Any) -> Any:
        digits = spark.replaced(extract(text, r"\A-?([0-9]\.?[0-9]*)e", 1).replace(".", ""), r"(?<=.)0+\z", "")
        raw = {"sign": extract(text, r"\A(-?)", 1), "digits": digits, "power": extract(text, r"e([+-][0-9]+)\z", 1).cast("int32")}
        return bind(ibis.struct(raw), lambda part: written(part["sign"], part["digits"], part["power"]))

    def written(sign: Any, digits: Any, power: Any) -> Any:
        count = digits.length()
        whole = ibis.ifelse(
            count <= power + 1,
            padded(digits, (power + 1).cast("int32"), "0") + ".0",
            spark.from_(digits, 0, power + 1) + "." + spark.from_(digits, power + 1),
        )
        small = ibis.literal("0.") + spark.repeated("0", -power - 1) + digits
        mantissa = ibis.ifelse(count == 1, digits, spark.from_(digits, 0, 1) + "." + spark.from_(digits, 1))
        size = power.abs().cast("string")
        exponent = ibis.ifelse(power < 0, "e-", "e+") + ibis.ifelse(size.length() < 2, "0", "") + size
        return sign + ibis.cases((power.between(0, 15), whole), (power.between(-4, -1), small), else_=mantissa + exponent)

    def finite(value: Any) -> Any:
        normal = shortest(value, range(14, 17))
        tiny = shortest(value, range(17))
        return bind(ibis.ifelse((value.abs() < 2.2250738585072014e-308) & (value != 0.0), tiny, normal), parts)

    with numbered():
        return bind(
            number,
            lambda value: ibis.cases((value == float("inf"), "inf"), (value == float("-inf"), "-inf"), else_=finite(value)),
        )
