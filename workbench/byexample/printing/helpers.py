"""Small functions that printed programs bring along for the operators that need more than an expression."""

TITLE_CASE = '''\
def title_case(text: str) -> str:
    """Each word with a capital first letter."""
    small = text.replace("İ", "i").replace("Σ", "σ").lower()  # each letter by itself
    return re.sub(LETTERS, lambda word: text[word.start()].upper() + word[0][1:], small)'''

SENTENCE_CASE = '''\
def sentence_case(text: str) -> str:
    """A capital at the start, the rest in small letters."""
    return text[:1].upper() + text[1:].lower()'''

WORDS_OF = '''\
def words_of(text: str) -> list[str]:
    """The words of a text or a name such as orderDate, in small letters."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\\W_A-Za-z0-9]+", text)
    return [word.lower() for word in words]'''

PASCAL_CASE = '''\
def pascal_case(text: str) -> str:
    """The words of a text joined LikeThis."""
    return "".join(word[:1].upper() + word[1:] for word in words_of(text))'''

CAMEL_CASE = '''\
def camel_case(text: str) -> str:
    """The words of a text joined likeThis."""
    first, *others = words_of(text) or [""]
    return first + "".join(word[:1].upper() + word[1:] for word in others)'''

PADDED = '''\
def padded(text: str, width: int, fill: str, side: str) -> str:
    """Filled up to a width at the left, the right or both sides."""
    missing = max(width - len(text), 0)
    left = {"left": missing, "right": 0, "both": missing // 2}[side]
    return fill * left + text + fill * (missing - left)'''

WITHOUT_ACCENTS = '''\
def without_accents(text: str) -> str:
    """Latin, Greek and Cyrillic letters without their accents."""
    return ACCENTS.sub("", "".join(without_accent(letter) for letter in text))'''

WITHOUT_ACCENT = '''\
def without_accent(letter: str) -> str:
    """The letter below an accent."""
    if letter in SPELLED:
        return SPELLED[letter]
    plain = ACCENTS.sub("", unicodedata.normalize("NFD", letter))
    known = any(first <= letter <= last for first, last in ("Àɏ", "Άώ", "Ѐџ", "Ḁῼ"))
    return plain if known and len(plain) == 1 and plain.isalpha() else letter'''

ACCENT_CONSTANTS = {
    "ACCENTS": 'ACCENTS = re.compile("[\\u0300-\\u036f]+")',
    "SPELLED": """SPELLED = {"ß": "ss", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "AE", "đ": "d", "Đ": "D"}
SPELLED |= {"ł": "l", "Ł": "L", "œ": "oe", "Œ": "OE", "ı": "i"}""",
}

BETWEEN = '''\
def between(text: str, left: str, right: str) -> str | None:
    """What stands between the first left mark and the next right one."""
    start = text.find(left)
    end = text.find(right, start + len(left)) if start >= 0 else -1
    return text[start + len(left) : end] if end >= 0 else None'''

AS_NUMBER = '''\
def as_number(text: str) -> tuple[Decimal, str]:
    """Numbers by their value, other texts after them."""
    plain = re.fullmatch(r"[+-]?[0-9]{1,18}(?:\\.[0-9]{1,18})?", text)
    return Decimal(text if plain else "Infinity"), text'''

NUMBER_PATTERN = r"""NUMBER_DIGITS = (
    r"(?:(?:[0-9]{1,3}(?:[,' \u00a0\u202f][0-9]{3})+"  # 1,234,567
    r"|[0-9]{1,2}(?:[,' \u00a0\u202f][0-9]{2})*[,' \u00a0\u202f][0-9]{3}|[0-9]+)"  # 12,34,567
    r"(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?"
)
SIGNED = r"(?:[+-]?[ \t]*[$€£¥₹]?|[$€£¥₹]?[ \t]*[+-])[ \t]*" + NUMBER_DIGITS
SIGNED += r"[ \t]*[%$€£¥₹]?[ \t]*"
NUMBER = re.compile(r"[ \t]*(?:" + SIGNED + r"|\([ \t]*" + SIGNED + r"\)[ \t]*)")"""

READ_NUMBER = '''\
def read_number(text: str) -> Decimal | None:
    """The number in a text such as 1,234.5, $5, 12% or (3); None when it is none."""
    if NUMBER.fullmatch(text) is None:
        return None
    digits, _, exponent = text.upper().partition("E")
    digits = re.sub(r"[^0-9.]", "", digits)
    exponent = re.sub(r"[^0-9+-]", "", exponent) or "0"
    value = Decimal(f"{digits}e{exponent}")
    if value.copy_abs() >= 10**18 or value.as_tuple().exponent < -18:
        return None
    if value.as_tuple().exponent > 0:
        value = value.quantize(Decimal(1))
    return value.copy_negate() if re.match(r"[^0-9.,]*[(-]", text) else value'''

LIMITED = '''\
def limited(value: Decimal) -> Decimal | None:
    """The number with at most 18 decimals; None when it has more than 18 digits before them."""
    if value.as_tuple().exponent < -18:
        value = value.quantize(Decimal("1e-18"), ROUND_HALF_UP, EXACT)
    return value if value.copy_abs() < 10**18 else None'''


def with_comma(source: str) -> str:
    """The same helper for numbers with a decimal comma."""
    source = source.replace("[,' ", "[.' ").replace(r"(?:\.[0-9]*)?|\.[0-9]+)", "(?:,[0-9]*)?|,[0-9]+)")
    source = (
        source.replace("1,234,567", "1.234.567")
        .replace("12,34,567", "12.34.567")
        .replace("1,234.5, $5, 12% or (3)", "1.234,5, 5 € or 12,5%")
    )
    source = source.replace('re.sub(r"[^0-9.]", "", digits)', 're.sub(r"[^0-9,]", "", digits).replace(",", ".")')
    for name in ("NUMBER_DIGITS", "SIGNED", "NUMBER =", "NUMBER."):
        source = source.replace(name, f"COMMA_{name}")
    return source.replace("def read_number", "def read_number_with_comma")


ROUND_TO = '''\
def round_to(value: Decimal, step: Decimal, rounding: str, origin: Decimal = Decimal(0)) -> Decimal:
    """The multiple of a step, counted from an origin."""
    count = EXACT.divide(EXACT.subtract(value, origin), step)
    whole = count.quantize(Decimal(1), rounding, EXACT)
    return EXACT.add(EXACT.multiply(whole, step), origin)'''

QUOTIENT = '''\
def quotient(left: Decimal, right: Decimal) -> Decimal | None:
    """left / right with at most 12 decimals; None by zero."""
    if not right:
        return None
    value = EXACT.divide(left, right).quantize(Decimal("1e-12"), ROUND_HALF_UP, EXACT)
    value = value.normalize(EXACT)
    return limited(value.quantize(Decimal(1)) if value.as_tuple().exponent >= 0 else value)'''

ORDINAL = '''\
def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th, 21st..."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(abs(number) % 10, "th")
    return f"{number}th" if 10 <= abs(number) % 100 <= 20 else f"{number}{ending}"'''

SHIFT_DAYS = '''\
def shift_days(when: dt.datetime, days: int) -> dt.datetime | None:
    """The date so many days later; None beyond the calendar's end."""
    try:
        return when + dt.timedelta(days=days)
    except OverflowError:
        return None'''

SHIFT_MONTHS = '''\
def shift_months(when: dt.datetime, months: int) -> dt.datetime | None:
    """The date so many months later, at most on the month's last day."""
    count = when.year * 12 + when.month - 1 + months
    year, month = count // 12, count % 12 + 1
    if not 1 <= year <= 9999:
        return None
    day = min(when.day, calendar.monthrange(year, month)[1])
    return when.replace(year=year, month=month, day=day)'''

MOMENT = '''\
class Moment(NamedTuple):
    """A date and time, as far as it is known."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    hour: int | None = None
    minute: int | None = None
    second: int | None = None
    fraction: str = ""'''

MOMENT_SHIFT_DAYS = '''\
def shift_days(when: Moment, days: int) -> Moment | None:
    """The date so many days later; None beyond the calendar's end."""
    try:
        date = dt.date(when.year, when.month, when.day) + dt.timedelta(days=days)
    except OverflowError:
        return None
    return when._replace(year=date.year, month=date.month, day=date.day)'''

MOMENT_SHIFT_MONTHS = SHIFT_MONTHS.replace("dt.datetime", "Moment").replace("when.replace", "when._replace")

MONTH_NUMBER = '''\
def month_number(name: str) -> int:
    """1 for January; 0 for no month."""
    months = enumerate(NAMES, 1)
    return next((number for number, forms in months if name in forms.split("|")), 0)'''

SECONDS_BETWEEN = '''\
def seconds_between(start: Moment, end: Moment) -> int:
    """Whole seconds; of the times of day alone when one of the dates is not complete."""
    seconds = 0
    if None not in (*start[:3], *end[:3]):
        seconds = (dt.date(*end[:3]) - dt.date(*start[:3])).days * 86400
    for sign, when in ((1, end), (-1, start)):
        seconds += sign * ((when.hour or 0) * 3600 + (when.minute or 0) * 60 + (when.second or 0))
    return seconds'''

HELPER_NAMES = frozenset({
    "title_case", "sentence_case", "words_of", "pascal_case", "camel_case", "padded", "without_accents", "without_accent",
    "between", "as_number", "read_number", "read_number_with_comma", "limited", "round_to", "quotient", "ordinal", "shift_days",
    "shift_months", "seconds_between", "NUMBER_DIGITS", "SIGNED", "NUMBER", "COMMA_NUMBER_DIGITS", "COMMA_SIGNED",
    "COMMA_NUMBER", "EXACT", "ACCENTS", "SPELLED",
})  # fmt: skip
"""The names of the functions and constants that always have the same name."""
