"""Queries of DuckDB over frames."""

import duckdb
import pyarrow as pa


def by_query(sql: str, tables: dict[str, pa.Table]) -> pa.Table:
    """The result of a query of DuckDB over Arrow tables, which it calls by these names."""
    with duckdb.connect() as connection:
        for name, table in tables.items():
            connection.register(name, table)
        return connection.sql(sql).to_arrow_table()
