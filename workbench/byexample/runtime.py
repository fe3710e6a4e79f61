"""The functions that learned programs are made of: pure, standard library only, printed into generated code as they stand here.

Each takes a text first and returns a text, or None when it does not apply to that text.
"""

import datetime as dt
import re
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal, InvalidOperation


def trim(text: str) -> str | None:
    """The text without white space at its ends."""
    return text.strip()


def upper(text: str) -> str | None:
    """The text in capitals."""
    return text.upper()


def lower(text: str) -> str | None:
    """The text in small letters."""
    return text.lower()


def title(text: str) -> str | None:
    """Each word with a capital first letter."""
    return re.sub(r"[^\W\d_]+", lambda word: word[0][0].upper() + word[0][1:].lower(), text)


def capitalize(text: str) -> str | None:
    """A capital first letter, the rest small."""
    return text[:1].upper() + text[1:].lower()


def token(text: str, pattern: str, index: int) -> str | None:
    """The match number `index` (from 0; negative from the end) of a regular expression."""
    found = [match.group() for match in re.finditer(pattern, text)]
    return found[index] if -len(found) <= index < len(found) else None


def part(text: str, delimiter: str, index: int) -> str | None:
    """Piece number `index` (from 0; negative from the end) between delimiters."""
    pieces = text.split(delimiter)
    return pieces[index] if len(pieces) > 1 and -len(pieces) <= index < len(pieces) else None


def before(text: str, delimiter: str, from_end: bool) -> str | None:
    """What stands before the first (or last) delimiter."""
    at = text.rfind(delimiter) if from_end else text.find(delimiter)
    return text[:at] if at >= 0 else None


def after(text: str, delimiter: str, from_end: bool) -> str | None:
    """What stands after the first (or last) delimiter."""
    at = text.rfind(delimiter) if from_end else text.find(delimiter)
    return text[at + len(delimiter) :] if at >= 0 else None


def between(text: str, left: str, right: str) -> str | None:
    """What stands between the first `left` and the next `right`."""
    start = text.find(left)
    end = text.find(right, start + len(left)) if start >= 0 else -1
    return text[start + len(left) : end] if end >= 0 else None


def characters(text: str, start: int, stop: int | None) -> str | None:
    """The characters from `start` to before `stop`; negative positions count from the end."""
    return text[start:stop] or None


def remove(text: str, pattern: str) -> str | None:
    """The text without what matches a regular expression."""
    return re.sub(pattern, "", text)


def substitute(text: str, old: str, new: str) -> str | None:
    """The text with every `old` replaced by `new`."""
    return text.replace(old, new) if old in text else None


def lookup(text: str, table: dict[str, str | None]) -> str | None:
    """The value listed for this text."""
    return table.get(text)


def parse_number(text: str) -> Decimal | None:
    """The number that a text means: thousands separators, a currency sign and parentheses are understood."""
    plain = text.strip()
    negative = plain.startswith("(") and plain.endswith(")")
    plain = plain.strip("()").strip("$€£¥ \u00a0")
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", plain):
        plain = plain.replace(",", "")
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", plain):
        return None
    try:
        value = Decimal(plain)
    except InvalidOperation:
        return None
    return -value if negative else value


def show_number(value: Decimal, decimals: int | None, pad: int, grouping: bool) -> str:
    """A number as text: fixed decimals (None: as many as it has), zeros in front up to `pad` digits, thousands separators."""
    if decimals is not None:
        value = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    text = format(abs(value), "f")
    if decimals is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    whole, dot, rest = text.partition(".")
    whole = whole.zfill(pad)
    if grouping:
        whole = re.sub(r"(?<=\d)(?=(\d{3})+$)", ",", whole)
    return ("-" if value < 0 else "") + whole + dot + rest


def round_number(value: Decimal, step: str, mode: str) -> Decimal:
    """The multiple of `step` that is nearest, at most (`floor`) or at least (`ceiling`) the value; `step` "" keeps the value."""
    if not step:
        return value
    rounding = {"nearest": ROUND_HALF_UP, "floor": ROUND_FLOOR, "ceiling": ROUND_CEILING}[mode]
    size = Decimal(step)
    return (value / size).quantize(Decimal(1), rounding=rounding) * size


def number(text: str, scale: int, step: str, mode: str, decimals: int | None, pad: int, grouping: bool) -> str | None:
    """The number in a text, times ten to the power `scale`, rounded, and shown."""
    value = parse_number(text)
    if value is None or value.adjusted() > 20:
        return None
    return show_number(round_number(value.scaleb(scale), step, mode), decimals, pad, grouping)


def number_range(text: str, step: str, origin: str, separator: str, decimals: int | None, pad: int) -> str | None:
    """The bin of width `step` (bins start at `origin`) that holds the number in a text, as `low-high`."""
    value = parse_number(text)
    if value is None:
        return None
    size, start = Decimal(step), Decimal(origin)
    low = ((value - start) / size).quantize(Decimal(1), rounding=ROUND_FLOOR) * size + start
    return show_number(low, decimals, pad, False) + separator + show_number(low + size, decimals, pad, False)


MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"]
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
MONTH = "(?P<mon>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\\.?"
DATE_FORMS = [
    r"(?P<y>\d{4})(?P<s>[-/. ])(?P<a>\d{1,2})(?P=s)(?P<b>\d{1,2})",
    r"(?P<a>\d{1,2})(?P<s>[-/. ])(?P<b>\d{1,2})(?P=s)(?P<y>\d{4}|\d{2})",
    r"(?P<y>\d{4})(?P<a>\d{2})(?P<b>\d{2})",
    r"(?P<day>\d{1,2})(?:st|nd|rd|th)?[-/ .]*(?:of )?" + MONTH + r"(?:[-/ .,]*(?P<y>\d{4}|\d{2}))?",
    MONTH + r"[- ./]*(?P<day>\d{1,2})(?:st|nd|rd|th)?(?:[-/ ,]+(?P<y>\d{4}))?",
    MONTH + r"[- ./,]+(?P<y>\d{4})",
    r"(?P<y>\d{4})[- ./]" + MONTH + r"[- ./](?P<day>\d{1,2})",
]
TIME_FORM = (
    r"(?P<hour>\d{1,2})(?::(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?\s*(?P<half>[ap]\.?m\.?)?|\s*(?P<half2>[ap]\.?m\.?))"
)
WEEKDAY_FORM = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+)?"
ZONE_FORM = r"(?:\s*(?:z|utc|gmt|[+-]\d{2}:?\d{2}))?"
MOMENT_FORMS = [
    re.compile(WEEKDAY_FORM + form + r"(?:(?:\s*[t@,|]\s*|\s+)" + TIME_FORM + ")?" + ZONE_FORM, re.IGNORECASE)
    for form in DATE_FORMS
] + [re.compile(TIME_FORM, re.IGNORECASE)]


def parse_moment(text: str, order: str) -> dict[str, int] | None:
    """The date and time in a text as a dictionary of those of year, month, day, hour, minute, second that it tells.

    `order` says how all-number dates are read (`dmy`, `mdy`; with the year first `ymd` or `ydm`); `hhmm` reads 517 as 5:17.
    """
    text = text.strip()
    if order == "hhmm":
        if not re.fullmatch(r"\d{1,4}", text) or int(text) // 100 > 24 or int(text) % 100 > 59:
            return None
        return {"hour": int(text) // 100 % 24, "minute": int(text) % 100}
    for form in MOMENT_FORMS:
        match = form.fullmatch(text)
        if match:
            found = read_moment(match.groupdict(), order)
            if found:
                return found
    return None


def read_moment(group: dict[str, str | None], order: str) -> dict[str, int] | None:
    """The parts of a matched date and time, or None when they are no real date."""
    found: dict[str, int] = {}
    if group.get("y"):
        year = int(group["y"] or 0)
        found["year"] = year if len(group["y"] or "") == 4 else year + (2000 if year < 50 else 1900)
    if group.get("mon"):
        found["month"] = next(i for i, name in enumerate(MONTHS, 1) if name.startswith((group["mon"] or "").lower()))
        if group.get("day"):
            found["day"] = int(group["day"] or 0)
    elif group.get("a"):
        first, second = int(group["a"] or 0), int(group["b"] or 0)
        day_first = order in {"dmy", "ydm"}
        found["month"], found["day"] = (second, first) if day_first else (first, second)
    if group.get("hour"):
        hour = int(group["hour"] or 0)
        half = (group.get("half") or group.get("half2") or "").lower()
        if half and not 1 <= hour <= 12:
            return None
        found["hour"] = (hour % 12 + (12 if half.startswith("p") else 0) if half else hour) % 24
        found["minute"] = int(group.get("minute") or 0)
        if group.get("second"):
            found["second"] = int(group["second"] or 0)
        if hour > 24 or found["minute"] > 59 or found.get("second", 0) > 59:
            return None
    if not 1 <= found.get("month", 1) <= 12:
        return None
    if "day" in found:
        try:
            dt.date(found.get("year", 2000), found["month"], found["day"])
        except ValueError:
            return None
    return found


def moment_part(text: str, order: str, name: str) -> str | None:
    """One part of the date or time in a text, shown as `name` says (`mm`: the month with two digits, `Mon`, `h12`, `AM`...)."""
    found = parse_moment(text, order)
    return show_part(found, name) if found else None


def show_part(found: dict[str, int], name: str) -> str | None:
    """A part of a date and time as text; None when the date does not tell it."""
    kind, style = name.split(".")
    if kind in {"weekday", "quarter", "week", "yearday"}:
        return show_calendar(found, kind, style)
    if kind == "half":
        if "hour" not in found:
            return None
        text = "AM" if found["hour"] < 12 else "PM"
        return text if style == "upper" else text.lower()
    unit = "hour" if kind == "hour12" else kind
    if unit not in found:
        return None
    value = (found["hour"] % 12 or 12) if kind == "hour12" else found[unit]
    if style == "name":
        return MONTHS[value - 1].capitalize()
    if style == "short":
        return MONTHS[value - 1][:3].capitalize() if kind == "month" else f"{value % 100:02d}"
    if style == "ordinal":
        ending = "th" if 10 <= value % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
        return f"{value}{ending}"
    return f"{value:02d}" if style == "two" else str(value)


def show_calendar(found: dict[str, int], kind: str, style: str) -> str | None:
    """What only the calendar knows: weekday, quarter, ISO week, day of the year."""
    if kind == "quarter":
        return str((found["month"] + 2) // 3) if "month" in found else None
    if not {"year", "month", "day"} <= found.keys():
        return None
    date = dt.date(found["year"], found["month"], found["day"])
    if kind == "weekday":
        return DAYS[date.weekday()] if style == "name" else DAYS[date.weekday()][:3]
    value = date.isocalendar()[1] if kind == "week" else date.timetuple().tm_yday
    return f"{value:02d}" if style == "two" else str(value)


def moment_range(text: str, order: str, step: int, origin: int, separator: str, style: str) -> str | None:
    """The bin of `step` minutes (bins start `origin` minutes after midnight) that holds the time in a text, as `low-high`.

    `style` shows one end: `{hour12.plain}{half.upper}` gives 5AM.
    """
    found = parse_moment(text, order)
    if not found or "hour" not in found:
        return None
    minutes = found["hour"] * 60 + found["minute"]
    low = (minutes - origin) // step * step + origin
    return show_clock(low, style) + separator + show_clock(low + step, style)


def show_clock(minutes: int, style: str) -> str:
    """Minutes since midnight as a time."""
    found = {"hour": minutes // 60 % 24, "minute": minutes % 60}
    return re.sub(r"\{([\w.]+)\}", lambda name: show_part(found, name[1]) or "", style)
