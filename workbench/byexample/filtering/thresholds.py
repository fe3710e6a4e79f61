"""Round numbers and dates between values that are kept and values that are dropped."""

from decimal import Decimal

from workbench.byexample.tree.moments import Moment, days_of_month

DATE_PATTERNS = (
    "yyyy-MM-dd", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy/MM/dd",
    "M/d/yyyy", "d/M/yyyy", "M/d/yyyy H:mm", "d/M/yyyy H:mm", "M/d/yyyy h:mm a", "d.M.yyyy", "d.M.yyyy H:mm", "d-M-yyyy",
    "d MMM yyyy", "d MMMM yyyy", "d-MMM-yyyy", "dd-MMM-yyyy HH:mm:ss", "MMM d, yyyy", "MMMM d, yyyy",
)  # fmt: skip
DAY = "yyyyMMdd"
"""Dates are compared as numbers in this pattern."""


def round_between(low: Decimal, high: Decimal) -> Decimal:
    """The number of the fewest digits in (low, high], of several the one nearest to the middle. `low` < `high`."""
    middle = (low + high) / 2
    gap = high - low
    exponent = max(abs(low), abs(high), gap).adjusted() + 1
    while True:
        step = Decimal(1).scaleb(exponent)
        for size in (step * 5, step):
            nearest = (middle / size).to_integral_value() * size
            found = [value for value in (nearest, nearest + size, nearest - size) if low < value <= high]
            if found:
                return min(found, key=lambda value: abs(value - middle))
        exponent -= 1


def digits_of(number: Decimal) -> int:
    """How many digits the number has without zeros at its ends: how round it is not."""
    return max(len(number.normalize().as_tuple().digits), 1)


def plain(number: Decimal) -> str:
    """The number without an exponent and without zeros after the point."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def round_day_between(first: int, last: int) -> int:
    """The roundest date after `first`, up to `last`, all as yyyymmdd: a first of January, of a month, else `last`."""
    years = [year * 10000 + 101 for year in range(first // 10000, last // 10000 + 1)]
    if fitting := [day for day in years if first < day <= last]:
        tens = [day for day in fitting if day // 10000 % 10 == 0]
        return min(tens or fitting, key=lambda day: abs(2 * day - first - last))
    months = [first // 100 * 100 + 1, last // 100 * 100 + 1]
    return next((day for day in reversed(months) if first < day <= last), last)


def as_number(moment: Moment) -> int:
    """The date as yyyymmdd."""
    return (moment.year or 0) * 10000 + (moment.month or 0) * 100 + (moment.day or 0)


def is_whole_date(moment: Moment | None) -> bool:
    """Whether year, month and day are known and there is such a day."""
    if moment is None or moment.year is None or moment.month is None or moment.day is None:
        return False
    return 1 <= moment.month <= 12 and 1 <= moment.day <= days_of_month(moment.year, moment.month)
