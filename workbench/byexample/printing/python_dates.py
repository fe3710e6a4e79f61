"""Python for the operators over dates and times: `datetime` where a date is complete, `time` for times, else a `Moment`."""

from __future__ import annotations

from workbench.byexample.printing import helpers
from workbench.byexample.printing.literals import word_list
from workbench.byexample.printing.python_reading import reader
from workbench.byexample.printing.scope import NEVER, Scope, Value
from workbench.byexample.printing.told import DATE, TIME, told
from workbench.byexample.tree.calendars import months, weekdays
from workbench.byexample.tree.dates import (
    Duration,
    EdgeMoment,
    FormatMoment,
    MomentNumber,
    MomentRange,
    ReadMoment,
    RoundMoment,
    ShiftMoment,
)
from workbench.byexample.tree.moments import elements
from workbench.byexample.tree.nodes import Constant, Node


def date_value(node: Node, scope: Scope) -> Value | None:
    """The expression of an operator over dates and times; None for other nodes."""
    match node:
        case ReadMoment(of):
            name = reader(node, told(node, scope.module).form, scope.module)
            return Value(f"{name}({scope.need(of).code})", nullable=True, kind="moment")
        case FormatMoment(of, pattern, language):
            return shown(pattern, language, of, scope)
        case RoundMoment():
            return _rounded(node, scope)
        case MomentRange():
            return _range(node, scope)
        case MomentNumber(of, field):
            return _number(of, field, scope)
        case ShiftMoment(of, unit, amount):
            if (value := _with(of, {"year", "month", "day"}, scope)) is None:
                return NEVER
            plain = told(of, scope.module).form == "datetime"
            if unit == "days":
                scope.module.helper(helpers.SHIFT_DAYS if plain else helpers.MOMENT_SHIFT_DAYS, "import datetime as dt")
                return Value(f"shift_days({value}, {amount})", nullable=True, kind="moment")
            scope.module.helper(
                helpers.SHIFT_MONTHS if plain else helpers.MOMENT_SHIFT_MONTHS, "import calendar", "import datetime as dt"
            )
            count = amount * (12 if unit == "years" else 1)
            return Value(f"shift_months({value}, {count})", nullable=True, kind="moment")
        case EdgeMoment():
            return _edge(node, scope)
        case Duration():
            return _duration(node, scope)
    return None


def _with(of: Node, fields: set[str], scope: Scope) -> str | None:
    """The name of a date and time that has the fields; None when none ever has."""
    facts = told(of, scope.module)
    value = scope.need(of)
    if fields - facts.ever:
        return None
    if not value.code.isidentifier():
        value = scope.assign(scope.writer.hint(of, scope), value, of)
    name = value.text
    missing = [field for field in (*sorted(DATE, reverse=True), *TIME, "fraction") if field in fields - facts.always]
    missing = [field for field in missing if scope.recall(("told", name, field)) is None]
    if missing:
        absent = [f"not {name}.fraction" if field == "fraction" else f"{name}.{field} is None" for field in missing]
        there = [f"{name}.fraction" if field == "fraction" else f"{name}.{field} is not None" for field in missing]
        scope.guard(" or ".join(absent), " and ".join(there))
        for field in missing:
            scope.remember(("told", name, field), Value(""))
    return name


_NEEDS = {
    "y": {"year"}, "M": {"month"}, "Q": {"month"}, "d": {"day"}, "H": {"hour"}, "h": {"hour"}, "a": {"hour"}, "m": {"minute"},
    "s": {"second"}, "S": {"fraction"}, "X": {"zone"},
}  # fmt: skip


def shown(pattern: str, language: str, of: Node, scope: Scope) -> Value:
    """The date and time of a node in a pattern."""
    fields = {text for text, is_field in elements(pattern) if is_field}
    needed: set[str] = set().union(*(_NEEDS.get(field[0], DATE) for field in fields))
    if (name := _with(of, needed, scope)) is None:
        return NEVER
    plain = told(of, scope.module).form == "datetime"
    pieces = [field_piece(text, name, language, plain, scope) if is_field else (text, None) for text, is_field in elements(pattern)]
    return Value("", filled=bool(pieces), pieces=tuple(pieces))


def field_piece(field: str, name: str, language: str, plain: bool, scope: Scope) -> tuple[str, str]:
    """One field of a date and time as an expression and its format; `plain`: it is a datetime."""
    date = name if plain or field[0] not in "EDYw" else f"dt.date({name}.year, {name}.month, {name}.day)"
    if date != name:
        scope.module.imports.add("import datetime as dt")
    two = "02d" if len(field) == 2 else "d"
    match field:
        case "yyyy":
            return f"{name}.year", "04d"
        case "yy":
            return f"{name}.year % 100", "02d"
        case "Q":
            return f"({name}.month + 2) // 3", "d"
        case "MMM" | "MMMM":
            return f"{_names('MONTHS', months(language, field == 'MMM'), field == 'MMM', scope)}[{name}.month - 1]", ""
        case "EEE" | "EEEE":
            return f"{_names('WEEKDAYS', weekdays(language, field == 'EEE'), field == 'EEE', scope)}[{date}.weekday()]", ""
        case "do":
            scope.module.helper(helpers.ORDINAL)
            return f"ordinal({name}.day)", ""
        case "h" | "hh":
            return f"{name}.hour % 12 or 12", two
        case "a" | "aaa":
            return f"{'AM' if field == 'a' else 'am'!r} if {name}.hour < 12 else {'PM' if field == 'a' else 'pm'!r}", ""
        case "S":
            return f"{name}.fraction", ""
        case "D" | "DDD":
            return f"{date}.timetuple().tm_yday", "03d" if field == "DDD" else "d"
        case "F":
            return f"({name}.day + 6) // 7", "d"
        case "YYYY":
            return f"{date}.isocalendar()[0]", "04d"
        case "w" | "ww":
            return f"{date}.isocalendar()[1]", two
    attribute = {"M": "month", "d": "day", "H": "hour", "m": "minute", "s": "second"}[field[0]]
    return f"{name}.{attribute}", two


def _names(hint: str, names: tuple[str, ...], short: bool, scope: Scope) -> str:
    return scope.module.constant(f"SHORT_{hint}" if short else hint, lambda name: word_list(name, names))


def _number(of: Node, field: str, scope: Scope) -> Value:
    if field in {"MMM", "MMMM", "EEE", "EEEE", "do", "a", "aaa", "X"}:
        return NEVER
    needed = _NEEDS.get(field[0], DATE)
    if (name := _with(of, set(needed), scope)) is None:
        return NEVER
    expression, _ = field_piece(field, name, "en", told(of, scope.module).form == "datetime", scope)
    if field == "S":
        scope.module.imports.add("from decimal import Decimal")
        return Value(f"Decimal({expression})", kind="decimal")
    return Value(expression, kind="integer", loose=" " in expression)


def clock(name: str, fields: frozenset[str], form: str, unit: int) -> str:
    """The time of day in whole units of so many seconds (1, 60 or 3600)."""
    if unit == 3600:
        return f"{name}.hour"
    parts = [(f"{name}.hour", 3600 // unit)]
    for field, size in (("minute", 60), ("second", 1)):
        if field in fields and size >= unit:
            parts.append((f"{name}.{field}" if form != "Moment" else f"({name}.{field} or 0)", size // unit))
    return " + ".join(text if size == 1 else f"{text} * {size}" for text, size in parts)


def unit_of(*seconds: int) -> int:
    """The largest of 3600, 60 and 1 that divides all of them."""
    return next(size for size in (3600, 60, 1) if all(number % size == 0 for number in seconds))


def _multiple(total: str, step: int, origin: int, mode: str) -> str:
    """The multiple of a step below (nearest to, above) a total."""
    move = {"floor": 0, "nearest": step // 2, "ceiling": step - 1}[mode] - origin
    moved = f"({total}{f' + {move}' if move > 0 else f' - {-move}' if move else ''})" if move or " " in total else total
    text = f"{moved} // {step} * {step}" if step > 1 else moved.removeprefix("(").removesuffix(")")
    return f"{text} + {origin}" if origin > 0 else f"{text} - {-origin}" if origin else text


def _rounded(node: RoundMoment, scope: Scope) -> Value:
    facts = told(node.of, scope.module)
    if (name := _with(node.of, {"hour"}, scope)) is None:
        return NEVER
    unit = unit_of(node.step, node.origin) if node.mode == "floor" else 1
    if node.mode != "floor" and "second" not in facts.ever and node.step % 60 == 0 and node.origin % 60 == 0:
        unit = 60
    total = clock(name, facts.ever, facts.form, unit)
    start = node.origin // unit
    way = "seconds" if unit == 1 else "minutes" if unit == 60 else "hours"
    if node.step // unit == 1 and unit > 1 and start == 0 and node.mode == "floor":
        rounded = scope.assign(way, Value(total)).text
    else:
        rounded = scope.assign(way, Value(_multiple(total, node.step // unit, start, node.mode))).text
    method = "_replace" if facts.form == "Moment" else "replace"
    fields = {
        3600: (f"{rounded} % 24", "0", "0"),
        60: (f"{rounded} // 60 % 24", f"{rounded} % 60", "0"),
        1: (f"{rounded} // 3600 % 24", f"{rounded} // 60 % 60", f"{rounded} % 60"),
    }[unit]
    fraction = ', fraction=""' if facts.form == "Moment" else ""
    return Value(f"{name}.{method}(hour={fields[0]}, minute={fields[1]}, second={fields[2]}{fraction})", kind="moment")


def _range(node: MomentRange, scope: Scope) -> Value:
    facts = told(node.of, scope.module)
    fields = {text for text, is_field in elements(node.pattern) if is_field}
    if any(field[0] not in "Hhams" for field in fields):
        scope.need(node.of)
        return NEVER
    if (name := _with(node.of, {"hour"}, scope)) is None:
        return NEVER
    unit = unit_of(node.step, node.origin, node.gap)
    if unit == 3600 and any(field[0] in "ms" for field in fields):
        unit = 60
    low = scope.assign(
        "low", Value(_multiple(clock(name, facts.ever, facts.form, unit), node.step // unit, node.origin // unit, "floor"))
    )
    function = _show_time(node.pattern, unit, scope)
    high = f"{low.text} + {(node.step - node.gap) // unit}"
    return Value("", filled=True, pieces=((f"{function}({low.text})", ""), (node.separator, None), (f"{function}({high})", "")))


def _show_time(pattern: str, unit: int, scope: Scope) -> str:
    """The name of a function that shows a time of day, which is given in hours, minutes or seconds."""
    module = scope.module
    key = ("show time", pattern, unit)
    if key not in module.made:
        name = module.made[key] = module.name("show_time")
        given = {1: "seconds", 60: "minutes", 3600: "hours"}[unit]
        inner = Scope(module, {}, Constant(""), scope.writer)
        letters = {text[0] for text, is_field in elements(pattern) if is_field}
        if letters & set("Hha"):
            inner.line(f"hour = {given}{'' if unit == 3600 else f' // {3600 // unit}'} % 24")
        if "m" in letters:
            inner.line("minute = minutes % 60" if unit == 60 else "minute = seconds // 60 % 60")
        if "s" in letters:
            inner.line("second = seconds % 60" if unit == 1 else "second = 0")
        pieces = [field_piece(text, "T", "en", True, inner) if is_field else (text, None) for text, is_field in elements(pattern)]
        inner.give(
            Value("", pieces=tuple((text.replace("T.", ""), form) if form is not None else (text, form) for text, form in pieces))
        )
        note = f'    """The time of day that is so many {given} after midnight."""'
        module.helpers[name] = "\n".join([f"def {name}({given}: int) -> str:", note, *inner.lines])
    return str(module.made[key])


def _edge(node: EdgeMoment, scope: Scope) -> Value:
    facts = told(node.of, scope.module)
    needed = {"year", "month", "day"} if node.unit == "week" else {"year", "month"}
    if (name := _with(node.of, needed, scope)) is None:
        return NEVER
    plain, module = facts.form == "datetime", scope.module
    if node.unit == "week":
        module.helper(helpers.SHIFT_DAYS if plain else helpers.MOMENT_SHIFT_DAYS, "import datetime as dt")
        weekday = f"{name}.weekday()" if plain else f"dt.date({name}.year, {name}.month, {name}.day).weekday()"
        return Value(f"shift_days({name}, {'-' if node.side == 'start' else '6 - '}{weekday})", nullable=True, kind="moment")
    method = "replace" if plain else "_replace"
    if node.unit == "year":
        return Value(f"{name}.{method}({'month=1, day=1' if node.side == 'start' else 'month=12, day=31'})", kind="moment")
    if node.unit == "month" and node.side == "start":
        return Value(f"{name}.{method}(day=1)", kind="moment")
    month = f"{name}.month"
    if node.unit == "quarter":
        first = f"({name}.month - 1) // 3 * 3 + 1"
        if node.side == "start":
            return Value(f"{name}.{method}(month={first}, day=1)", kind="moment")
        month = scope.assign("month", Value(f"({name}.month + 2) // 3 * 3")).text
    module.imports.add("import calendar")
    last = scope.assign("last_day", Value(f"calendar.monthrange({name}.year, {month})[1]")).text
    moved = f"month={month}, " if node.unit == "quarter" else ""
    return Value(f"{name}.{method}({moved}day={last})", kind="moment")


def _duration(node: Duration, scope: Scope) -> Value:
    start, end = told(node.start, scope.module), told(node.end, scope.module)
    first, last = scope.need(node.start), scope.need(node.end)
    size = {"days": 86400, "hours": 3600, "minutes": 60, "seconds": 1}[node.unit]
    scope.module.imports.add("import datetime as dt")
    if start.form == end.form == "datetime" and node.unit == "days" and start.ever == end.ever == DATE:
        return Value(f"({last.code} - {first.code}).days", kind="integer")
    if start.form == end.form == "datetime":
        text = f"({last.code} - {first.code}) // dt.timedelta(seconds=1)"
    elif start.form == end.form == "Moment":
        scope.module.helper(helpers.SECONDS_BETWEEN)
        text = f"seconds_between({first.code}, {last.code})"
    else:
        names = [value if value.code.isidentifier() else scope.assign("when", value) for value in (first, last)]
        clocks = [clock(name.text, facts.ever, facts.form, 1) if "hour" in facts.ever else "0"
                  for name, facts in zip(names, (start, end), strict=True)]  # fmt: skip
        text = f"{clocks[1]} - ({clocks[0]})"
    if size == 1:
        return Value(text, kind="integer", loose=True)
    seconds = scope.assign("seconds", Value(text)).text
    return Value(f"abs({seconds}) // {size} * (1 if {seconds} >= 0 else -1)", kind="integer", loose=True)
