"""Numbers: rounding to a step or to decimals, formats, scales, ranges, arithmetic between columns."""

from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, ROUND_UP, Decimal

from tests.benchmarks.byexample.taskset.draw import Draw
from tests.benchmarks.byexample.taskset.registry import Made, task, written


def plain(number: Decimal) -> str:
    """The number without zeros at its end and without an exponent; never -0."""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text


def to_step(number: Decimal, step: str, mode: str) -> Decimal:
    return (number / Decimal(step)).quantize(Decimal(1), rounding=mode) * Decimal(step)


# (rows, low, high, most decimals, step, mode, decimals of the output or None for no zeros at the end)
ROUNDINGS: Sequence[tuple[int, float, float, int, str, str, int | None]] = [
    (12, 100, 9999, 0, "10", ROUND_HALF_UP, None),
    (12, 100, 9999, 0, "10", ROUND_FLOOR, None),
    (12, 100, 2000, 0, "5", ROUND_CEILING, None),
    (12, 100, 2000, 0, "25", ROUND_HALF_UP, None),
    (10, 20, 9000, 0, "100", ROUND_HALF_UP, None),
    (10, 20, 9000, 0, "1000", ROUND_HALF_UP, None),
    (8, 100000, 900000, 0, "100000", ROUND_HALF_UP, None),
    (12, 5, 3000, 3, "10", ROUND_HALF_UP, None),
    (12, 5, 3000, 3, "5", ROUND_HALF_UP, None),
    (10, 1, 50, 2, "0.5", ROUND_HALF_UP, 1),
    (10, 1, 50, 2, "0.5", ROUND_CEILING, 1),
    (10, 1, 2500, 2, "0.5", ROUND_CEILING, 2),
    (10, 1, 2500, 2, "2.5", ROUND_HALF_UP, 2),
    (12, 1, 60, 2, "0.05", ROUND_HALF_UP, 2),
    (20, 1, 60, 2, "0.05", ROUND_HALF_UP, None),
    (12, 0, 1, 2, "0.05", ROUND_HALF_UP, None),
    (12, 0, 2, 4, "0.1", ROUND_FLOOR, 1),
    (40, -0.1, 0.1, 5, "0.01", ROUND_UP, 2),
    (12, -20000, 20000, 4, "0.1", ROUND_HALF_UP, 1),
    (12, -20000, 20000, 4, "0.1", ROUND_HALF_UP, 2),
    (12, -90, 90, 6, "0.05", ROUND_HALF_UP, 2),
    (12, -900, 900, 2, "1", ROUND_DOWN, None),
    (12, -900, 900, 2, "1", ROUND_FLOOR, None),
    (10, 1, 4000, 5, "0.001", ROUND_HALF_UP, 3),
    (10, 1, 4000, 5, "0.01", ROUND_HALF_UP, 2),
    (10, 1, 300, 2, "20", ROUND_FLOOR, 0),
    (10, 1, 40, 4, "0.1", ROUND_HALF_UP, 4),
]  # fmt: skip
for rows, low, high, most, step, mode, decimals in ROUNDINGS:
    draw = Draw(f"number.round/{rows}/{low}/{high}/{step}/{mode}/{decimals}")
    made: list[Made] = []
    while len(made) < rows:
        given = draw.number(low, high, most)
        rounded = to_step(Decimal(given), step, mode)
        if (Decimal(given) and rounded) or most == 0:  # what -0.00 should be is a matter of taste
            made.append((given, plain(rounded) if decimals is None else f"{rounded:.{decimals}f}"))
    written("number.round", made)


@task("number.round", 12)
def missing_stays_missing(r: Draw) -> Made:
    if r.often(0.2):
        return None, None
    given = r.number(-9000, 9000, 4)
    return given, f"{to_step(Decimal(given), '0.1', ROUND_HALF_UP):.2f}"


@task("number.round", 10)
def two_columns_rounded(r: Draw) -> Made:
    width, height = r.number(1, 99, 3), r.number(1, 99, 3)
    return (width, height), " x ".join(f"{to_step(Decimal(x), '0.1', ROUND_HALF_UP):.1f}" for x in (width, height))


# Formats --------------------------------------------------------------------------------------------------------------------


@task("number.format", 12)
def postcode(r: Draw) -> Made:
    number = r.digits(r.choice([4, 5, 5]))
    return number, number.zfill(5)


@task("number.format", 10)
def eight_places(r: Draw) -> Made:
    number = r.digits(r.randint(3, 8))
    return number, number.zfill(8)


@task("number.format", 12)
def thousands(r: Draw) -> Made:
    number = r.randint(1, 10 ** r.randint(3, 8))
    return str(number), f"{number:,}"


@task("number.format", 12)
def thousands_with_cents(r: Draw) -> Made:
    number = Decimal(r.randint(100, 10 ** r.randint(3, 8))) / 100
    return str(number), f"{number:,.2f}"


@task("number.format", 12)
def no_thousands(r: Draw) -> Made:
    number = r.randint(1, 10 ** r.randint(3, 8))
    return f"{number:,}", str(number)


@task("number.format", 10)
def dollars(r: Draw) -> Made:
    number = Decimal(r.randint(100, 10 ** r.randint(3, 7))) / 100
    return plain(number), f"${number:,.2f}"


@task("number.format", 12)
def without_currency(r: Draw) -> Made:
    number = f"{r.uniform(1, 90):.2f}"
    return f"{r.choice(['$', '£', '€'])}{number}", number


@task("number.format", 10)
def brackets_for_negative(r: Draw) -> Made:
    number = Decimal(r.randint(-900000, 900000)) / 100
    return f"({-number:,.2f})" if number < 0 else f"{number:,.2f}", f"{number:.2f}"


@task("number.format", 10)
def three_decimals(r: Draw) -> Made:
    number = r.number(1, 3000, 2)
    return number, f"{Decimal(number):.3f}"


@task("number.format", 10)
def zero_padded_decimals(r: Draw) -> Made:
    number = r.number(1, 400, 4)
    return number, f"{to_step(Decimal(number), '0.01', ROUND_HALF_UP):05.2f}"


@task("number.format", 12)
def with_sign(r: Draw) -> Made:
    number = r.choice([-1, 1]) * r.randint(1, 900)
    return str(number), f"{number:+}"


@task("number.format", 10)
def dial_code(r: Draw) -> Made:
    code = r.digits(r.randint(1, 4))
    return f"+{code}", f"+{code.zfill(4)}"


@task("number.format", 12)
def plain_from_scientific(r: Draw) -> Made:
    number = Decimal(r.randint(11, 9999)) * (Decimal(10) ** r.randint(-6, 3))
    mantissa, _, exponent = f"{number:.3e}".partition("e")
    return f"{mantissa}E{exponent}", plain(Decimal(f"{mantissa}e{exponent}"))


@task("number.format", 10)
def percent(r: Draw) -> Made:
    number = r.randint(1, 100)
    return f"{number / 100:.2f}", f"{number}%"


@task("number.format", 10)
def points(r: Draw) -> Made:
    number = f"{r.uniform(1, 300):.{r.randint(1, 4)}f}"
    return number, f"{to_step(Decimal(number), '0.1', ROUND_HALF_UP):.1f} pts"


@task("number.format", 12)
def groups_of_digits(r: Draw) -> Made:
    number = r.digits(10)
    return number, f"({number[:3]}) {number[3:6]}-{number[6:]}"


@task("number.format", 8)
def comma_to_point(r: Draw) -> Made:
    number = f"{r.uniform(1, 99):.2f}"
    return number.replace(".", ","), number


@task("number.format", 10)
def continental_to_english(r: Draw) -> Made:
    number = f"{r.randint(1000, 99999999) / 100:,.2f}"
    return number.translate(str.maketrans(",.", ".,")), number


@task("number.format", 10)
def clock_of_numbers(r: Draw) -> Made:
    hour, minute = r.randint(0, 23), r.randint(0, 59)
    return (str(hour), str(minute)), f"{hour:02}:{minute:02}"


@task("number.format", 10)
def dotted_with_zeros(r: Draw) -> Made:
    numbers = [r.digits(r.randint(1, 3)), r.digits(r.randint(1, 3)), r.digits(r.randint(2, 4))]
    return tuple(numbers), "-".join([numbers[0].zfill(3), numbers[1].zfill(3), numbers[2].zfill(4)])


@task("number.format", 12)
def zeros_dropped(r: Draw) -> Made:
    number = str(r.randint(1, 99999))
    return number.zfill(7), number


@task("number.format", 10)
def minutes_and_seconds(r: Draw) -> Made:
    minutes, seconds = r.randint(0, 59), r.randint(0, 59)
    return f"{minutes}:{seconds}", f"{minutes:02}m {seconds:02}s"


# Aligned with blanks --------------------------------------------------------------------------------------------------------


@task("number.align", 10)
def right_aligned(r: Draw) -> Made:
    number = r.digits(r.randint(1, 6))
    return number, number.rjust(6)


@task("number.align", 10)
def left_aligned(r: Draw) -> Made:
    code = r.word()[: r.randint(2, 8)]
    return code, code.ljust(8)


@task("number.align", 8)
def decimals_aligned(r: Draw) -> Made:
    number = r.number(1, 99, 2)
    whole, _, rest = number.partition(".")
    return number, f"{whole}.{rest.ljust(2)}"


# Scales ---------------------------------------------------------------------------------------------------------------------
for factor in ("1000", "0.01", "100", "0.001", "1000000"):
    draw = Draw(f"number.scale/{factor}")
    low = -3000.0 if factor in {"1000", "0.001"} else 1.0
    numbers = [draw.number(low, 9000, 4) for _ in range(10)]
    written("number.scale", [(number, plain(Decimal(number) * Decimal(factor))) for number in numbers])


@task("number.scale", 60)
def cents(r: Draw) -> Made:
    number = r.randint(1000, 9999)
    return str(number), f"{number / 100:.2f}"


@task("number.scale", 10)
def thousands_to_one_decimal(r: Draw) -> Made:
    number = r.number(1000, 90000, 3)
    return number, f"{to_step(Decimal(number) / 1000, '0.1', ROUND_HALF_UP):.1f}"


@task("number.scale", 10)
def kilograms(r: Draw) -> Made:
    number = r.digits(r.randint(3, 5))
    return number, f"{plain(Decimal(number) / 1000)} kg"


# Ranges ---------------------------------------------------------------------------------------------------------------------
# (rows, highest, decimals, width, first, how much short the end is, separator)
RANGES: Sequence[tuple[int, int, int, int, int, int, str]] = [
    (20, 250, 0, 10, 0, 1, "-"),
    (15, 100, 0, 25, 1, 1, "-"),
    (50, 60, 2, 5, 0, 0, "-"),
    (12, 99, 0, 20, 0, 1, " to "),
    (12, 9000, 0, 1000, 0, 0, "-"),
    (15, 90, 1, 10, 0, 0, " - "),
    (15, 900, 0, 100, 0, 1, "-"),
    (12, 99, 0, 5, 0, 1, "–"),
]  # fmt: skip
for rows, highest, places, width, start, short, separator in RANGES:
    draw = Draw(f"number.range/{rows}/{highest}/{width}/{start}/{separator}")
    made = []
    for _ in range(rows):
        given = f"{draw.uniform(start, highest):.{draw.randint(0, places)}f}"
        low_end = (int(Decimal(given)) - start) // width * width + start
        made.append((given, f"{low_end}{separator}{low_end + width - short}"))
    written("number.range", made)


@task("number.range", 8)
def first_of_a_pair(r: Draw) -> Made:
    first, second = r.randint(10, 99), r.randint(10, 99)
    return f"{first}/{second}", f"{first // 10 * 10}-{first // 10 * 10 + 10}"


# Between columns ------------------------------------------------------------------------------------------------------------


@task("arithmetic", 12)
def total(r: Draw) -> Made:
    first, second = r.randint(1, 500), r.randint(1, 500)
    return (str(first), str(second)), str(first + second)


@task("arithmetic", 12)
def price_of_all(r: Draw) -> Made:
    count, price = r.randint(2, 40), Decimal(r.randint(100, 9999)) / 100
    return (str(count), f"{price:.2f}"), f"{count * price:.2f}"


@task("arithmetic", 12)
def what_is_left(r: Draw) -> Made:
    stock, sold = r.randint(100, 900), r.randint(1, 99)
    return (r.word(), str(stock), str(sold)), str(stock - sold)


@task("arithmetic", 12)
def fahrenheit(r: Draw) -> Made:
    celsius = r.randint(-20, 40) * 5
    return str(celsius), str(celsius * 9 // 5 + 32)
