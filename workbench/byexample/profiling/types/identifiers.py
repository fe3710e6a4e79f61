"""Texts with a shape of their own: addresses, telephone numbers, post codes, GUIDs, JSON, paths, codes."""

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from workbench.byexample.profiling.characters import DIGIT
from workbench.byexample.profiling.grouping import groups_of
from workbench.byexample.profiling.templates import Template
from workbench.byexample.profiling.types.kinds import Counts, Reading

_HEX = "[0-9A-Fa-f]"
_GUID = f"{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}"
_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_EMAIL = r"[^\s@<>(),;:\"\[\]]+@(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,24}"
_URL = r"(?:[a-z][a-z0-9+.-]{1,15}://[^\s/?#][^\s]*|www\.[^\s/]+\.[^\s]+)"
_DEGREES = r"[0-9]{1,3}(?:\.[0-9]+)? ?°(?: ?[0-9]{1,2}(?:\.[0-9]+)? ?['′](?: ?[0-9]{1,2}(?:\.[0-9]+)? ?[\"″])?)?"
_NAMED: tuple[tuple[str, float, tuple[tuple[str, str], ...]], ...] = (
    (
        "guid",
        0.5,
        (
            ("00000000-0000-0000-0000-000000000000", _GUID),
            ("{00000000-0000-0000-0000-000000000000}", rf"\{{{_GUID}\}}"),
            ("(00000000-0000-0000-0000-000000000000)", rf"\({_GUID}\)"),
        ),
    ),
    ("email", 0.5, (("name@host", _EMAIL),)),
    ("url", 0.5, (("scheme://host/path", _URL),)),
    (
        "coordinates",
        0.5,
        (
            ("latitude, longitude", r"[-+]?[0-9]{1,2}\.[0-9]+ ?[,;] ?[-+]?[0-9]{1,3}\.[0-9]+"),
            ("degrees, minutes, seconds", rf"{_DEGREES} ?[NS],? ?{_DEGREES} ?[EWO]"),
        ),
    ),
    ("ip", 0.5, (("IPv4", rf"{_OCTET}(?:\.{_OCTET}){{3}}"),)),
    (
        "path",
        0.3,
        (
            ("Windows", r"(?:[A-Za-z]:[\\/]|\\\\[^\\/:*?\"<>|]+\\)[^:*?\"<>|\n]*"),
            ("POSIX", r"~?(?:/[^/\0\n]+)+/?|(?:\.{1,2}/)(?:[^/\0\n]+/?)+"),
            ("relative", r"(?:[\w.@+-][\w .@+-]*/)+[\w .@+-]*\.[A-Za-z][A-Za-z0-9]{0,5}"),
        ),
    ),
)
_ZIP = (
    ("US ZIP+4", r"[0-9]{5}-[0-9]{4}"),
    ("5 digits", r"[0-9]{5}"),
    ("UK", r"[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}"),
    ("Canada", r"[A-Z][0-9][A-Z] ?[0-9][A-Z][0-9]"),
    ("Netherlands", r"[1-9][0-9]{3} ?[A-Z]{2}"),
    ("Poland", r"[0-9]{2}-[0-9]{3}"),
    ("Sweden, Czechia, Greece", r"[0-9]{3} [0-9]{2}"),
    ("Brazil", r"[0-9]{5}-[0-9]{3}"),
    ("Portugal", r"[0-9]{4}-[0-9]{3}"),
    ("Japan", r"[0-9]{3}-[0-9]{4}"),
    ("with the country", r"(?:D|DE|A|AT|CH|F|FR|B|BE|L|DK|NL|CZ|SK|PL)-[0-9]{4,5}"),
)
_BARE_ZIPS = {"Poland", "Sweden, Czechia, Greece", "Brazil", "Portugal", "Japan"}  # digits that may be anything else
_PHONE = re.compile(
    r"(?:(?:Tel|Fax|Phone)[.:]* ?)?(?P<plus>\+|00)?(?P<number>[0-9(][0-9 ()./\u2011-]{4,22}[0-9])(?: ?(?:x|ext\.?|#) ?[0-9]{1,6})?",
    re.IGNORECASE,
)
_GROUPS = re.compile("[0-9]+")


def read_identifiers(sample: Counts) -> list[Reading]:
    """The readings of a column as one of these; those that no value fits are left out."""
    found = [reading for kind, rank, forms in _NAMED if (reading := _by_forms(kind, rank, forms, sample))]
    for reader in (_zip, _ipv6, _phone, _json, _code):
        reading = reader(sample)
        if reading:
            found.append(reading)
    return found


def _by_forms(kind: str, rank: float, forms: tuple[tuple[str, str], ...], sample: Counts) -> Reading | None:
    tests = [(name, re.compile(regex).fullmatch) for name, regex in forms]
    votes = Counter[str]()
    for value, count in sample.items():
        if name := next((name for name, test in tests if len(value) <= 2000 and test(value)), ""):
            votes[name] += count
    if not votes:
        return None
    votes = Counter({name: count for name, count in votes.items() if count * 50 >= sum(votes.values())})
    chosen = [test for name, test in tests if name in votes]
    return Reading(
        kind,
        lambda text: len(text) <= 2000 and any(test(text) for test in chosen),
        rank,
        tuple(name for name, _ in votes.most_common()),
    )


def _zip(sample: Counts) -> Reading | None:
    reading = _by_forms("zip", 0.4, _ZIP, sample)
    if not reading:
        return None
    if "5 digits" not in reading.formats:
        return replace(reading, rank=0.3) if set(reading.formats) <= _BARE_ZIPS else reading
    fitting = [value for value in sample if reading.fits(value)]
    zeros = any(value[0] == "0" for value in fitting)
    plain = reading.formats == ("5 digits",)
    spread = len(fitting) >= 20 and len({value[0] for value in fitting}) >= 6  # numbers would not all have five digits
    doubt = "Five digits may be a US ZIP code, a post code of Germany, France, Italy or Spain, or any number." if plain else ""
    return Reading("zip", reading.fits, 0.4 if zeros or not plain else 0.25 if spread else 0.1, reading.formats, doubt)


def _ipv6(sample: Counts) -> Reading | None:
    from ipaddress import IPv6Address

    def fits(text: str) -> bool:
        if text.count(":") < 2 or len(text) > 60:
            return False
        try:
            IPv6Address(text)
        except ValueError:
            return False
        return True

    return Reading("ip", fits, 0.5, ("IPv6",)) if any(map(fits, sample)) else None


def _phone(sample: Counts) -> Reading | None:
    found = [value for value in sample if _is_phone(value)]
    forms = Counter(re.sub("[0-9]", "0", value) for value in found)
    return Reading("phone", _is_phone, 0.3, tuple(form for form, _ in forms.most_common(5))) if found else None


def _is_phone(text: str) -> bool:
    match = _PHONE.fullmatch(text) if len(text) <= 40 else None
    if not match:
        return False
    groups = _GROUPS.findall(match["number"])
    digits = sum(map(len, groups))
    grouped = len(groups) > 1 and all(len(group) >= 2 for group in groups[1:]) and [len(group) for group in groups] != [3, 2, 4]
    return 7 <= digits <= 15 and (bool(match["plus"]) or (grouped and text.count("(") == text.count(")") and text.count(".") != 1))


def _json(sample: Counts) -> Reading | None:
    return Reading("json", _is_json, 0.5, ("JSON",)) if any(map(_is_json, sample)) else None


def _is_json(text: str) -> bool:
    if text.lstrip()[:1] not in {"{", "["} or text.rstrip()[-1:] not in {"}", "]"}:
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _code(sample: Counts) -> Reading | None:
    """Identifiers: no blanks, some digits, and one tight pattern."""
    values = [value for value in sample if len(value) <= 64 and not re.search(r"\s", value) and re.search("[0-9]", value)]
    if len(values) < 3 or len(values) * 10 < len(sample) * 8:
        return None
    if all(value.isdecimal() and value[0] != "0" for value in values):
        return None
    group = groups_of(values)[0]
    if len(group.values) * 10 < len(values) * 9:
        return None
    slots = group.slots(1)
    loose = [slot for slot in slots if not slot.fixed and not slot.constants]
    if len(loose) > 1 or any(not slot.characters <= {DIGIT} for slot in loose) or (loose and len(slots) == 1):
        return None
    if len(slots) == 1 and slots[0].characters <= {DIGIT} and all(value[0] != "0" for value in group.values):
        return None
    regex = Template(slots, 1, len(group.values), len(group.values)).regex
    test: Callable[[str], object] = re.compile(regex).fullmatch
    return Reading("code", lambda text: bool(test(text)), 0.15, (regex,))
