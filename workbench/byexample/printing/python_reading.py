"""Python functions that read dates and times in given patterns."""

from __future__ import annotations

from workbench.byexample.printing import helpers
from workbench.byexample.printing.literals import WIDTH, broken_sum, fitted, literal, raw, word_list
from workbench.byexample.printing.modules import Module
from workbench.byexample.tree.calendars import month_numbers, weekday_numbers
from workbench.byexample.tree.dates import ReadMoment
from workbench.byexample.tree.moments import Moment, elements, pattern_expression, quote, show_moment

_TARGETS = {
    "yyyy": "year", "yy": "year", "YYYY": "year", "MMM": "month", "MMMM": "month", "M": "month", "MM": "month", "Q": "month",
    "d": "day",    "dd": "day", "do": "day", "w": "week", "ww": "week", "D": "yearday", "DDD": "yearday", "H": "hour",
    "HH": "hour", "h": "hour",
    "hh": "hour", "m": "minute", "mm": "minute", "s": "second", "ss": "second", "S": "fraction", "a": "half", "aaa": "half",
    "EEE": "weekday", "EEEE": "weekday", "F": "nth",
}  # fmt: skip
SAMPLE = Moment(2031, 1, 31, 17, 4, 8, "25")


def reader(node: ReadMoment, form: str, module: Module) -> str:
    """The name of a function that reads what `node` reads, as a datetime, a time or a Moment."""
    key = ("reader", node.patterns, node.language, node.pivot, form)
    if key not in module.made:
        module.imports |= {"import re", "import datetime as dt"}
        runs: list[list[str]] = []
        for pattern in node.patterns:
            if runs and _signature(runs[-1][0]) == _signature(pattern):
                runs[-1].append(pattern)
            else:
                runs.append([pattern])
        if form == "Moment":
            module.imports.add("from typing import NamedTuple")
            module.names.add("Moment")
            module.helpers.setdefault("Moment", helpers.MOMENT)
        hint = "read_time" if form == "time" else "read_date"
        if len(runs) == 1:
            module.made[key] = _reader(runs[0], node, form, hint, module)
        else:
            names = [_reader(run, node, form, "read_form", module) for run in runs]
            name = module.made[key] = module.name(hint)
            shown = {"datetime": "dt.datetime", "time": "dt.time"}.get(form, form)
            module.helpers[name] = (
                f'def {name}(text: str) -> {shown} | None:\n    """The date in one of several forms; None when it is none."""\n'
                f"    return {' or '.join(f'{reading}(text)' for reading in names)}"
            )
    return str(module.made[key])


def _signature(pattern: str) -> list[str]:
    """Patterns of the same signature are read by the same lines: the same things are told in the same way."""
    return sorted(
        f"{target} {field if field in {'yy', 'MMM', 'MMMM', 'Q', 'EEE', 'EEEE'} else ''}" for field, target in _winners(pattern)
    )


def _winners(pattern: str) -> list[tuple[str, str]]:
    """The fields that count, with what they tell: of two that tell the same, the later one."""
    fields = [text for text, is_field in elements(pattern) if is_field]
    distinct = list(dict.fromkeys(fields))
    last = {_TARGETS[field]: field for field in distinct if field in _TARGETS}
    by_weekday = "year" in last and ("week" in last or ("nth" in last and "weekday" in last and "month" in last))
    if not by_weekday:
        last = {target: field for target, field in last.items() if target not in {"weekday", "nth"}}
    counting = [field for number, field in enumerate(fields) if field not in fields[number + 1 :]]
    return [(field, _TARGETS[field]) for field in counting if field in _TARGETS and last.get(_TARGETS[field]) == field]


def _reader(patterns: list[str], node: ReadMoment, form: str, hint: str, module: Module) -> str:
    name = module.name(hint)
    shown = {"datetime": "dt.datetime", "time": "dt.time"}.get(form, form)
    samples = [show_moment(SAMPLE, pattern, node.language) or pattern for pattern in patterns]
    lines = [f"def {name}(text: str) -> {shown} | None:"]
    note = f"The {'time' if form == 'time' else 'date'} in a text like {' or '.join(samples)}; None when it is none."
    lines.append(
        f'    """{note}"""'
        if len(note) < 88 and '"' not in note and "\\" not in note
        else '    """The date in a text; None when it is none."""'
    )
    named = len({tuple(target for _, target in _winners(pattern)) for pattern in patterns}) > 1
    expressions = [_expression(pattern, node.language, named, module) for pattern in patterns]
    flags = any(_has_letters(pattern) for pattern in patterns)
    ending = ".lower()" if flags else ""
    ending = f'.replace("İ", "i"){ending}' if flags and node.language == "tr" else ending
    if len(patterns) == 1:
        lines += _match(expressions[0], ending)
        lines += ["    if found is None:", "        return None"]
        lines += ["    " + line for line in _body(patterns[0], node, form, named, module)]
    else:
        lines += ["    for pattern in (", *(_listed(expression) for expression in expressions), "    ):"]
        lines.append(f'        found = re.fullmatch(pattern, text.strip(" \\t\\r\\n"){ending})')
        lines += ["        if found is None:", "            continue"]
        lines += ["        " + line.replace("return None", "continue") for line in _body(patterns[0], node, form, named, module)]
        lines.append("    return None")
    module.helpers[name] = "\n".join(lines)
    return name


def _listed(expression: str) -> str:
    """One of several expressions, with its comma."""
    line = f"        {expression},"
    return line if len(line) <= WIDTH else f"        {broken_sum(expression, ' ' * 8)},"


def _match(expression: str, ending: str) -> list[str]:
    call = f'    found = re.fullmatch({expression}, text.strip(" \\t\\r\\n"){ending})'
    if len(call) <= 100:
        return [call]
    line = f"    pattern = {expression}"
    if len(line) > WIDTH and (len(expression) + 8 <= WIDTH or " + " in expression):
        shown = expression if len(expression) + 8 <= WIDTH else broken_sum(expression, " " * 8)
        line = f"    pattern = (\n        {shown}\n    )"
    second = f'    found = re.fullmatch(pattern, text.strip(" \\t\\r\\n"){ending})'
    return [line, second]


def _has_letters(pattern: str) -> bool:
    """Whether letters are read, which may be small or capital."""
    return any(text in {"MMM", "MMMM", "EEE", "EEEE", "a", "aaa", "do", "X"} if is_field else any(c.isalpha() for c in text)
               for text, is_field in elements(pattern))  # fmt: skip


def _expression(pattern: str, language: str, named: bool, module: Module) -> str:
    """The regular expression of a pattern, as code; its groups have names when `named`."""
    winners = dict(_winners(pattern))
    fields = [text for text, is_field in elements(pattern) if is_field]
    parts: list[str] = [""]
    seen = 0
    for text, is_field in elements(pattern):
        if not is_field:
            parts[-1] += pattern_expression(quote(text))[0].replace("\\-", "-")
            continue
        seen += 1
        counts = text in winners and text not in fields[seen:]
        if text in {"MMM", "MMMM", "EEE", "EEEE"}:
            hint, numbers = ("month", month_numbers(language)) if text[0] == "M" else ("weekday", weekday_numbers(language))
            name = _numbered(hint, numbers, module)[1]
            parts[-1] += (f"(?P<{winners[text]}>" if named else "(") if counts else "(?:"
            parts += [name, ")" if text == "MMMM" else r")\.?"]
        else:
            shown = pattern_expression(text, language)[0]
            group = (f"(?P<{winners[text]}>" if named else "(") if counts else "(?:"
            parts[-1] += shown.replace("(", group, 1)
    return " + ".join(raw(part) if number % 2 == 0 else part for number, part in enumerate(parts) if part)


def _numbered(hint: str, numbers: dict[str, int], module: Module) -> tuple[str, str]:
    """The names of the function that numbers the months (weekdays), and of the expression that finds one."""
    forms: dict[int, list[str]] = {}
    for name, number in numbers.items():
        forms.setdefault(number, []).append(name)
    words = ["|".join(sorted(forms[number], key=len, reverse=True)) for number in sorted(forms)]
    names = module.constant(f"{hint.upper()}_NAMES", lambda name: word_list(name, words))
    pattern = module.constant(hint.upper(), lambda name: f'{name} = "|".join({names})')
    return names, pattern


def _number(hint: str, numbers: dict[str, int], module: Module) -> str:
    """The name of the function that numbers the months (weekdays)."""
    names, _ = _numbered(hint, numbers, module)
    key = ("number", names)
    if key not in module.made:
        function = module.made[key] = module.name(f"{hint}_number")
        module.helpers[function] = (
            helpers.MONTH_NUMBER.replace("NAMES", names).replace("month_number", function).replace("month", hint)
        )
    return str(module.made[key])


def _body(pattern: str, node: ReadMoment, form: str, named: bool, module: Module) -> list[str]:
    """The lines that make a date and time of the match `found`."""
    winners = _winners(pattern)
    told = {target: field for field, target in winners}
    names = [target for _, target in winners]
    if not names:
        return ["return Moment()"]
    groups = (
        f"found.group({', '.join(map(literal, names))})" if named else "found.group(1)" if len(names) == 1 else "found.groups()"
    )
    lines = [f"{', '.join(names)} = {groups}"]
    if "half" in told and "hour" in told:
        lines += ["if int(hour) > 12:", "    return None"]
        hour = 'int(hour) % 12 + (12 if half[0] == "p" else 0)'
        lines.append(f"hour = {hour}")
    elif "hour" in told:
        lines.append('hour = 0 if hour == "24" else int(hour)')
    year = "int(year)"
    if told.get("year") == "yy":
        lines.append(f"year = int(year) + (2000 if int(year) < {node.pivot} else 1900)")
        year = "year"
    month = "int(month)"
    if told.get("month") in {"MMM", "MMMM"}:
        month = f"{_number('month', month_numbers(node.language), module)}(month)"
    elif told.get("month") == "Q":
        month = "3 * int(month) - 2"
    clock = [
        "hour" if "hour" in told else "0",
        "int(minute)" if "minute" in told else "0",
        "int(second)" if "second" in told else "0",
    ]
    while clock and clock[-1] == "0":
        clock.pop()
    if form == "time":
        return [*lines, "try:", f"    return dt.time({', '.join(clock)})", "except ValueError:", "    return None"]
    date = [year if "year" in told else "2000", month if "month" in told else "1", "int(day)" if "day" in told else "1"]
    calendar = _calendar(told, year, node.language, module)
    lines += [
        "try:",
        f"    {'return' if form == 'datetime' and not calendar else 'when ='} dt.datetime({', '.join([*date, *clock])})",
    ]
    lines += [f"    {line}" for line in calendar]
    if form == "datetime" and calendar:
        lines.append("    return when")
    lines += ["except (ValueError, OverflowError):" if calendar else "except ValueError:", "    return None"]
    if form == "Moment":
        known = [
            field
            for field in ("year", "month", "day", "hour", "minute", "second")
            if field in told or (calendar and field in {"month", "day"})
        ]
        arguments = [f"{field}=when.{field}" for field in known] + (["fraction=fraction"] if "fraction" in told else [])
        whole = fitted(f"    return Moment({', '.join(arguments)})")
        lines += [part.removeprefix("    ") for part in whole.split("\n")]
    return lines


def _calendar(told: dict[str, str], year: str, language: str, module: Module) -> list[str]:
    """The lines that move a date to its day of the year, of its week, or to the nth weekday of its month."""
    lines: list[str] = []
    if "year" not in told:
        return lines
    if "yearday" in told:
        lines.append(f"start = dt.datetime({year}, 1, 1, when.hour, when.minute, when.second)")
        lines += ["when = start + dt.timedelta(days=int(yearday) - 1)", f"if when.year != {year}:", "    return None"]
    weekday = f"{_number('weekday', weekday_numbers(language), module)}(weekday)" if "weekday" in told else "1"
    if "week" in told:
        lines.append(f"date = dt.date.fromisocalendar({year}, int(week), {weekday})")
        lines.append("when = when.replace(year=date.year, month=date.month, day=date.day)")
    if "nth" in told:
        lines += [
            "first = when.replace(day=1).isoweekday()",
            f"day = ({weekday} - first) % 7 + 7 * int(nth) - 6",
            "when = when.replace(day=day)",
        ]
    return lines
