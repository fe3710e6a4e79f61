"""Cases of scripts, and of steps that write: their rows pass through."""

import datetime as dt

import pyarrow as pa

from tests.dataprep.cases import Case
from workbench.dataprep.steps import (
    MadeColumn,
    ScriptColumn,
    ScriptFilter,
    ScriptFrame,
    ScriptPartition,
    ScriptWrite,
    WriteArrow,
    WriteCsv,
    WriteExcel,
    WriteJsonLines,
    WriteParquet,
    WriteSql,
)

_TABLE = pa.table(
    {
        "n": pa.array([1, 4, -1, None], pa.int64()),
        "air time": [0.5, 2.0, None, -3.25],
        "s": ["a", "", "ü", None],
        "d": [dt.date(2020, 2, 29), None, dt.date(1850, 1, 1), dt.date(2021, 12, 31)],
    }
)
_MODULE = """import json


def helper(row):
    return {"n": row.n, "s": row.s}


def newvalue(row):
    # the keys stand in order
    return json.dumps(helper(row), ensure_ascii=False, sort_keys=True)
"""
_COLUMNS = (
    MadeColumn(name="n", type="integer"),
    MadeColumn(name="s", type="string"),
    MadeColumn(name="double", type="decimal"),
)

CASES: list[Case] = [
    Case(
        "script column: a failing row is an error",
        ScriptColumn(column="r", code="math.sqrt(row.n) + row['air time']", type="decimal", after="n"),
        _TABLE,
    ),
    Case(
        "script column: statements",
        ScriptColumn(column="long", code="import re\nfound = re.findall('[a-zü]', row.s or '')\nlen(found)", type="integer"),
        _TABLE,
    ),
    Case("script column: a module", ScriptColumn(column="s", code=_MODULE, form="module", type="string"), _TABLE),
    Case(
        "script column: a date that does not fit",
        ScriptColumn(column="next", code="row.d + datetime.timedelta(days=1) if row.n != 4 else 'never'", type="date"),
        _TABLE,
        drawn=False,
    ),
    Case("script filter", ScriptFilter(code="row.n is None or row.n > 0"), _TABLE),
    Case("script filter: failing rows go", ScriptFilter(code="1 / (row.n - 1) < 1"), _TABLE, drawn=False),
    Case(
        "script frame: pandas",
        ScriptFrame(code="df['double'] = df['air time'] * 2\ndf = df[['n', 's', 'double']].iloc[::-1]", columns=_COLUMNS),
        _TABLE,
        drawn=False,
    ),
    Case(
        "script frame: a module",
        ScriptFrame(code="def transform(df):\n    return df[['n', 's']].assign(double=1.5)", form="module", columns=_COLUMNS),
        _TABLE,
        drawn=False,
    ),
    Case(
        "script frame: Polars",
        ScriptFrame(
            code="df.select('n', 's', (pl.col('air time') * 2).alias('double')).sort('n', nulls_last=True)",
            frames="polars",
            columns=_COLUMNS,
        ),
        _TABLE,
        drawn=False,
    ),
    Case(
        "script partition",
        ScriptPartition(code="df[['n', 's']].assign(double=df['air time'] * 2)", columns=_COLUMNS),
        _TABLE,
        drawn=False,
    ),
    Case("script write", ScriptWrite(code="df.to_csv('out.csv')"), _TABLE, drawn=False),
    Case("write csv", WriteCsv(path="out.csv", line_ending="crlf"), _TABLE, drawn=False),
    Case("write parquet", WriteParquet(path="out", partition_by=("n",)), _TABLE, drawn=False),
    Case("write json lines", WriteJsonLines(path="out.jsonl"), _TABLE, drawn=False),
    Case("write excel", WriteExcel(path="out.xlsx"), _TABLE, drawn=False),
    Case("write arrow", WriteArrow(path="out.arrow"), _TABLE, drawn=False),
    Case("write sql", WriteSql(table="t", path="out.db"), _TABLE, drawn=False),
]
