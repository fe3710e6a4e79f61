"""Queries as Spark's SQL. Imports Ibis: import it inside functions."""

from __future__ import annotations

from typing import Any

import ibis
from ibis.backends.sql.datatypes import PySparkType
from ibis.backends.sql.dialects import PySpark
from ibis.config import Config, options
from sqlglot import exp

# Spark has a type TIME since 4.1, which sqlglot does not know yet: it would write TIMESTAMP
PySpark.Generator.TYPE_MAPPING = {**PySpark.Generator.TYPE_MAPPING, exp.DataType.Type.TIME: "TIME"}


class _Options(Config):  # type: ignore[misc]
    """What Ibis' own connection to Spark would register: its compiler looks at it."""

    treat_nan_as_null: bool = False


if getattr(options, "pyspark", None) is None:
    options.pyspark = _Options()


def to_sql(table: Any) -> str:
    """An Ibis table as a query of Spark."""
    return str(ibis.to_sql(table, dialect="pyspark"))


def type_name(kind: Any) -> str:
    """An Ibis type as Spark's SQL names it."""
    return str(PySparkType.from_ibis(kind).sql(PySpark))
