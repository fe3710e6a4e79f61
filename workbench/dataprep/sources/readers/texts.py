"""From the texts of a file to typed columns with error cells, as one SQL query."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from workbench.dataprep.cells import MARK, companion, error
from workbench.dataprep.columns import NUMERIC, TEXT, TYPE_WORDS, literal, quoted
from workbench.dataprep.conversion import convert, failed
from workbench.dataprep.sources.specs import SourceColumn, TableTextSpec, TextSpec

if TYPE_CHECKING:
    import ibis.expr.types as ir

FIELDS, LINE, REST = "__fields__", "__line__", "__rest__"
"""Hidden columns of texts: the number of fields and the line of a record that has the wrong number (missing else), and what
stands from the last column on where there are too many."""

_PLACE = "file_of_text"
_ALIKE = {" ": "[ \\x{a0}\\x{202f}]", "'": "['\u2019]"}
_NATIVE = frozenset({"integer", "decimal", "date", "timestamp"})
_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CLOCK = r"[ T]([01][0-9]|2[0-3]):[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?Z?"


def typed(texts: ir.Table, spec: TextSpec, dialect: str = "duckdb") -> tuple[dict[str, Any], dict[str, Any]]:
    """The typed values of text columns named as in the specification, and the companions of those that may hold errors.

    A table with the columns FIELDS, LINE and REST has records of the wrong number of fields.
    """
    import ibis

    ragged = FIELDS in texts.columns
    values: dict[str, Any] = {}
    wrong: dict[str, Any] = {}
    count = len(spec.columns)
    for place, column in enumerate(spec.columns):
        text: Any = texts[column.name]
        values[column.name] = value = value_of(text, column, spec, dialect)
        codes = []
        if ragged:
            lacks = texts[FIELDS] <= place
            if place == count - 1:
                lacks = lacks | (texts[FIELDS] > count)
                values[column.name] = value = ibis.ifelse(lacks.fill_null(False), ibis.null(value.type()), value)
            said = "line " + texts[LINE].cast("string") + " has " + texts[FIELDS].cast("string") + f" of {count} fields"
            if place == count - 1:
                said = ibis.ifelse(texts[REST].isnull(), said, said + MARK + texts[REST].fill_null(""))
            codes.append(ibis.ifelse(lacks.fill_null(False), said, ibis.null("string")))
        if column.type not in TEXT:
            wrong_text = failed(text, value, "string", column.type, dialect)
            codes.append(ibis.ifelse(wrong_text, error(f"no {TYPE_WORDS[column.type]}", text), ibis.null("string")))
        if codes:
            wrong[companion(column.name)] = codes[0] if len(codes) == 1 else ibis.coalesce(*codes)
    return values, wrong


def value_of(text: Any, column: SourceColumn, spec: TextSpec, dialect: str = "duckdb") -> Any:
    """The value of a text; missing where it does not fit."""
    formats = [column.format] if column.format else []
    if column.type in NUMERIC and isinstance(spec, TableTextSpec):
        text = plain_number(text.strip(), spec.decimal, spec.thousands)
    return convert(text, "string", column.type, dialect=dialect, formats=formats)


def plain_number(text: Any, decimal: str, thousands: str) -> Any:
    """A number with a decimal point and without marks between its digits; missing, or no number, where the marks stand wrong."""
    import ibis

    # where the point is not the decimal mark it can only group digits
    mark = thousands or ("." if decimal == "," else "")
    if mark:
        sign = _ALIKE.get(mark, "[" + re.escape(mark) + "]")
        grouped = rf"^[+-]?[0-9]{{1,3}}({sign}[0-9]{{3}})+({re.escape(decimal)}[0-9]*)?([eE][+-]?[0-9]+)?$"
        text = ibis.ifelse(text.re_search(grouped), text.re_replace(sign, ""), text)
    if decimal != ",":
        return text
    return ibis.ifelse(text.contains("."), ibis.null("string"), text.replace(",", "."))


def typed_sql(source: str, spec: TextSpec, *, missing: bool = False, ragged: bool = False) -> str:
    """A SELECT of the typed columns and then their companions, over an SQL source of texts.

    `missing`: markers of missing values are still texts there; `ragged`: it has the columns FIELDS, LINE and REST.
    """
    import ibis

    schema = {column.name: "string" for column in spec.columns}
    if ragged:
        schema |= {FIELDS: "int64", LINE: "int64", REST: "string"}
    texts = ibis.table(schema, name=_PLACE)
    values, wrong = typed(texts, spec)
    sql = str(ibis.to_sql(texts.select(**values, **wrong), dialect="duckdb"))
    if missing:
        markers = ", ".join(literal(marker) for marker in markers_of(spec))
        cleaned = ", ".join(
            f"CASE WHEN {quoted(column.name)} IN ({markers}) THEN NULL ELSE {quoted(column.name)} END AS {quoted(column.name)}"
            for column in spec.columns
        )
        source = f"(SELECT * REPLACE ({cleaned}) FROM {source})"  # noqa: S608
    return sql.replace(f'"{_PLACE}"', source, 1)


def markers_of(spec: TextSpec) -> list[str]:
    """What stands for a missing value."""
    return list(dict.fromkeys(["", *(spec.missing if isinstance(spec, TableTextSpec) else ())]))


def native_types(spec: TableTextSpec, *, joined: bool) -> dict[str, str]:
    """As what DuckDB's reader reads each column in the quick way: whole numbers as DOUBLE, since it would round 1.5 to 2.

    `joined`: digits may be joined by underscores, which DuckDB takes for numbers and we do not.
    """
    return {
        column.name: "DOUBLE" if column.type in NUMERIC and not joined and _is_native(column, spec) else "VARCHAR"
        for column in spec.columns
    }


def strict_sql(source: str, spec: TableTextSpec, *, joined: bool) -> str:
    """A SELECT of typed columns over a source of `native_types`; it raises where `typed_sql` might find an error cell."""
    import ibis

    careful = [column for column in spec.columns if column.type not in TEXT and not _is_native(column, spec)]
    if careful:
        texts = ibis.table({column.name: "string" for column in careful}, name=_PLACE)
        values, wrong = typed(texts, spec.model_copy(update={"columns": tuple(careful)}))
        sql = str(ibis.to_sql(texts.select(**values, **wrong), dialect="duckdb"))
        names = ", ".join(quoted(column.name) for column in spec.columns if column not in careful)
        head, _, body = sql.partition("SELECT")
        source = f"({head}SELECT {names}{', ' if names else ''}{body.replace(quoted(_PLACE), source, 1)})"
    chosen = ", ".join(f"{_strict(column, column in careful, joined)} AS {quoted(column.name)}" for column in spec.columns)
    return f"SELECT {chosen} FROM {source}"  # noqa: S608


def _is_native(column: SourceColumn, spec: TableTextSpec) -> bool:
    if column.type in NUMERIC:
        return spec.decimal == "." and not spec.thousands
    return column.type in _NATIVE and not column.format


def _strict(column: SourceColumn, careful: bool, joined: bool) -> str:
    name = quoted(column.name)
    if careful:
        beside = quoted(companion(column.name))
        return f"CASE WHEN {beside} IS NOT NULL THEN error({beside}) ELSE {name} END"
    if column.type in NUMERIC:
        value = f"CASE WHEN contains({name}, '_') THEN error('no number') ELSE CAST({name} AS DOUBLE) END" if joined else name
        if column.type == "integer":
            whole = f"{value} = trunc({value}) AND abs({value}) < 9007199254740992"
            return f"CASE WHEN {whole} THEN CAST({value} AS BIGINT) WHEN {name} IS NULL THEN NULL ELSE error('no whole number') END"
        return f"CASE WHEN isnan({value}) THEN error('no decimal number') ELSE {value} END"
    if column.type in {"date", "timestamp"}:
        form, kind = (_DATE, "DATE") if column.type == "date" else (_DATE + _CLOCK, "TIMESTAMP")
        usual = f"regexp_full_match({name}, {literal(form)}) AND {name} >= '0001'"
        return f"CASE WHEN {name} IS NULL THEN NULL WHEN {usual} THEN CAST({name} AS {kind}) ELSE error('no {column.type}') END"
    return name
