"""Totals of Polars columns as a database has them: missing of no values, and where they are too large."""

import polars as pl


def total(column: pl.Expr) -> pl.Expr:
    """The sum of whole numbers; missing where 64 bits do not hold it."""
    return pl.when(column.count() > 0).then(column.cast(pl.Int128).sum().cast(pl.Int64, strict=False))


def finite(number: pl.Expr) -> pl.Expr:
    """The number, missing where it is infinite or none."""
    return pl.when(number.is_finite()).then(number)


def skewness(column: pl.Expr) -> pl.Expr:
    """The adjusted skewness: missing of fewer than 3 values, 0 of equal ones."""
    some = pl.when(column.min() == column.max()).then(0.0).otherwise(finite(column.skew(bias=False)))
    return pl.when(column.count() >= 3).then(some)


def kurtosis(column: pl.Expr) -> pl.Expr:
    """The adjusted excess kurtosis: missing of fewer than 4 values, 0 of equal ones."""
    some = pl.when(column.min() == column.max()).then(0.0).otherwise(finite(column.kurtosis(bias=False)))
    return pl.when(column.count() >= 4).then(some)


def running_total(column: pl.Expr) -> pl.Expr:
    """The sum of whole numbers so far; missing where 64 bits do not hold it."""
    return column.cast(pl.Int128).cum_sum().forward_fill().cast(pl.Int64, strict=False)


def running_mean(column: pl.Expr) -> pl.Expr:
    """The mean so far."""
    whole = column.cast(pl.Float64).cum_sum().forward_fill() / column.cum_count()
    return whole.fill_nan(None)


def rolling_total(column: pl.Expr, rows: int, least: int) -> pl.Expr:
    """The exact sum of whole numbers over so many rows; missing with fewer values than `least`, or where 64 bits do not hold it."""
    so_far = column.fill_null(0).cast(pl.Int128).cum_sum()
    whole = so_far - so_far.shift(rows, fill_value=0)
    return pl.when(rolling_count(column, rows) >= least).then(whole.cast(pl.Int64, strict=False))


def rolling_mean(column: pl.Expr, rows: int, least: int) -> pl.Expr:
    """The mean of whole numbers over so many rows."""
    so_far = column.fill_null(0).cast(pl.Int128).cum_sum()
    whole = so_far - so_far.shift(rows, fill_value=0)
    count = rolling_count(column, rows)
    return pl.when(count >= least).then(whole.cast(pl.Float64) / count)


def rolling_count(column: pl.Expr, rows: int) -> pl.Expr:
    """How many values there are in so many rows."""
    return column.is_not_null().cast(pl.Int64).rolling_sum(rows, min_samples=1)


def difference(column: pl.Expr, rows: int) -> pl.Expr:
    """How far whole numbers are from those some rows before; missing where 64 bits do not hold it."""
    wide = column.cast(pl.Int128)
    return (wide - wide.shift(rows)).cast(pl.Int64, strict=False)


def whole(column: pl.Expr) -> pl.Expr:
    """Decimals as whole numbers; missing where they have a fraction."""
    number = column.cast(pl.Int64, strict=False)
    return pl.when(number.cast(pl.Float64) == column).then(number)
