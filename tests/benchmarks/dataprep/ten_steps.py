"""A package of ten steps over 3.4 million flights, from CSV to Parquet, beside the same by hand in pandas, Polars and DuckDB's SQL.

`uv run python -m tests.benchmarks.dataprep.ten_steps`: the median of three runs, each in a process of its own, without imports.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.dataprep.data import FOLDER, flights, show, timed, weather

TARGET = FOLDER / "result.parquet"
WINDOWS = {"5": "5AM-6AM", "12": "12PM-1PM"}


def workbench() -> float:
    """The package, run by the engine as a job runs it."""
    import ibis.backends.duckdb  # noqa: F401
    import pandas as pd  # noqa: F401
    import pyarrow.parquet  # noqa: F401

    from workbench.dataprep.engine import Engine
    from workbench.dataprep.package import Dataflow, FileRef, Package
    from workbench.dataprep.sources import DataSource
    from workbench.dataprep.steps import (
        Condition,
        Convert,
        Derive,
        Expression,
        Filter,
        Join,
        JoinKey,
        Measure,
        Rename,
        Summarize,
        WriteParquet,
    )  # fmt: skip

    times = [("515",), ("1900",), ("2300",), ("30",), ("600",)]
    window = Derive.learn("departure_window", ("sched_dep_time",), [(("515",), "5AM-6AM"), (("1905",), "7PM-8PM")], times)
    route = Derive.learn("route", ("origin", "dest"), [(("EWR", "IAH"), "EWR-IAH")], [("JFK", "MIA"), ("LGA", "ATL")])
    keys = (JoinKey(left="origin", right="origin"), JoinKey(left="time_hour", right="time_hour"))
    steps = (
        Filter(conditions=(Condition(column="arr_delay", operator="is_not_missing"),)),
        Convert(columns=("flight",), to="string"),
        window,
        route,
        Expression(column="speed", sql="distance / air_time * 60"),
        Join(source=str(weather().with_suffix(".wbsource")), name="weather", keys=keys, how="left"),
        Filter(conditions=(Condition(column="carrier", operator="not_equals", value="HA"),)),
        Summarize(by=("departure_window", "route", "carrier"), measures=(
            Measure(aggregate="count"), Measure(column="arr_delay", aggregate="mean"), Measure(column="speed", aggregate="max"),
            Measure(column="temp", aggregate="mean"), Measure(column="flight", aggregate="min"),
        )),
        Rename(column="count", to="flights"),
        WriteParquet(path=str(TARGET)),
    )  # fmt: skip
    for data in (flights(), weather()):
        DataSource.create(data, FOLDER).save(data.with_suffix(".wbsource"))
    package = Package(
        flows=(Dataflow(id="f", name="flights", source=FileRef(path=str(flights().with_suffix(".wbsource"))), steps=steps),)
    )
    with tempfile.TemporaryDirectory() as cache, Engine(FOLDER, Path(cache)) as engine:
        began = time.perf_counter()
        engine.run(package, "f")
        return time.perf_counter() - began


def pandas() -> float:
    """By hand in pandas."""
    import pandas as pd

    began = time.perf_counter()
    df = pd.read_csv(flights(), parse_dates=["time_hour"])
    wx = pd.read_csv(weather(), parse_dates=["time_hour"])
    df = df[df["arr_delay"].notna()]
    df = df.assign(flight=df["flight"].astype("string"))
    hour = df["sched_dep_time"] // 100
    names = {
        h: f"{(h % 12) or 12}{'AM' if h < 12 else 'PM'}-{((h + 1) % 12) or 12}{'AM' if (h + 1) % 24 < 12 else 'PM'}"
        for h in range(25)
    }
    df = df.assign(
        departure_window=hour.map(names), route=df["origin"] + "-" + df["dest"], speed=df["distance"] / df["air_time"] * 60
    )
    df = df.merge(wx, on=["origin", "time_hour"], how="left", suffixes=("", "_r"))
    df = df[df["carrier"] != "HA"]
    groups = df.groupby(["departure_window", "route", "carrier"], sort=False)
    result = groups.agg(
        flights=("carrier", "size"), arr_delay_mean=("arr_delay", "mean"), speed_max=("speed", "max"), temp_mean=("temp", "mean"),
        flight_min=("flight", "min"),
    ).reset_index()  # fmt: skip
    result.to_parquet(TARGET)
    return time.perf_counter() - began


def polars() -> float:
    """By hand in Polars, lazily."""
    import polars as pl

    began = time.perf_counter()
    df = pl.scan_csv(flights(), null_values=["NA"], try_parse_dates=True)
    wx = pl.scan_csv(weather(), null_values=["NA"], try_parse_dates=True)
    hour = pl.col("sched_dep_time") // 100

    def spoken(number: pl.Expr) -> pl.Expr:
        twelve = pl.when(number % 12 == 0).then(12).otherwise(number % 12)
        return pl.concat_str(twelve.cast(pl.String), pl.when(number % 24 < 12).then(pl.lit("AM")).otherwise(pl.lit("PM")))

    df = (
        df.filter(pl.col("arr_delay").is_not_null())
        .with_columns(
            flight=pl.col("flight").cast(pl.String),
            departure_window=pl.concat_str(spoken(hour), spoken(hour + 1), separator="-"),
            route=pl.concat_str("origin", "dest", separator="-"),
            speed=pl.col("distance") / pl.col("air_time") * 60,
        )
        .join(wx, on=["origin", "time_hour"], how="left", suffix="_r")
        .filter(pl.col("carrier") != "HA")
        .group_by("departure_window", "route", "carrier", maintain_order=True)
        .agg(
            flights=pl.len(),
            arr_delay_mean=pl.col("arr_delay").mean(),
            speed_max=pl.col("speed").max(),
            temp_mean=pl.col("temp").mean(),
            flight_min=pl.col("flight").min(),
        )
    )
    df.collect().write_parquet(TARGET)
    return time.perf_counter() - began


def duckdb() -> float:
    """By hand in DuckDB's SQL."""
    import duckdb

    began = time.perf_counter()
    hour = "(sched_dep_time // 100)"
    spoken = "CASE WHEN {0} % 12 = 0 THEN 12 ELSE {0} % 12 END || CASE WHEN {0} % 24 < 12 THEN 'AM' ELSE 'PM' END"
    duckdb.execute(f"""
        COPY (
            WITH flights AS (
                SELECT *, CAST(flight AS VARCHAR) AS number, distance / air_time * 60 AS speed, origin || '-' || dest AS route,
                {spoken.format(hour)} || '-' || {spoken.format(f"({hour} + 1)")} AS departure_window
                FROM read_csv('{flights()}', nullstr=['', 'NA']) WHERE arr_delay IS NOT NULL
            )
            SELECT departure_window, route, carrier, count(*) AS flights, avg(arr_delay) AS arr_delay_mean, max(speed) AS speed_max,
            avg(temp) AS temp_mean, min(number) AS flight_min
            FROM flights AS f LEFT JOIN read_csv('{weather()}', nullstr=['', 'NA']) AS w USING (origin, time_hour)
            WHERE carrier <> 'HA' GROUP BY ALL
        ) TO '{TARGET}' (FORMAT parquet)
    """)
    return time.perf_counter() - began


CONTENDERS: dict[str, Callable[[], float]] = {"workbench": workbench, "pandas": pandas, "polars": polars, "duckdb": duckdb}


def main() -> None:
    """Measures all, or runs one and prints its seconds."""
    if len(sys.argv) > 1:
        sys.stdout.write(f"{CONTENDERS[sys.argv[1]]()}\n")
        return
    flights()
    weather()
    show(
        timed("tests.benchmarks.dataprep.ten_steps", list(CONTENDERS)), "workbench", {"pandas": 0.25, "polars": 1.3, "duckdb": 1.2}
    )


if __name__ == "__main__":
    main()
