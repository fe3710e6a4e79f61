"""Numbers as people write them: marks for decimals and groups, signs, brackets, currencies, percent, units, powers of ten."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from workbench.byexample.profiling.types.kinds import Counts, Marks, Reading

_BLANKS = " \u00a0\u2009\u202f"
_SYMBOLS = "$€£¥₹₽₩₺₪₫฿₴₦₱¢₡₲₵₸₼₾₿"
_CODE_NAMES = """
    AED ARS AUD BGN BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HRK HUF IDR ILS INR ISK JPY KRW MAD MXN MYR
    NOK NZD PEN PHP PKR PLN RON RSD RUB SAR SEK SGD THB TRY TWD UAH USD VND ZAR
"""
_CODES = frozenset(_CODE_NAMES.split())
_LOCAL = ("US$", "R$", "A$", "C$", "HK$", "NZ$", "kr.", "kr", "zł", "Kč", "Ft", "lei", "Fr.", "Rs.", "Rs")
_UNIT_NAMES = """
    kg g mg µg μg t lb lbs oz st m km cm mm µm μm nm in ft yd mi nmi l ml cl dl L mL gal s sec ms µs ns min mins h
    hr hrs d day days week weeks month months year years yr yrs W kW MW GW Wh kWh MWh V kV mV A mA Ah mAh Ω kΩ F
    Hz kHz MHz GHz B kB KB MB GB TB PB KiB MiB GiB bit kbit Mbit Mbps kbps °C °F C K ° deg rad px pt em mph kph
    km/h m/s kn m² m2 m³ m3 cm² cm3 km² ha ac acres sqft sqm ppm ppb bar mbar Pa kPa hPa MPa psi atm cal kcal J kJ
    MJ eV N kN Nm rpm dB dBm mol mmol lm lx cd pcs Stk x ‰ bp bps
"""
_UNITS = frozenset(_UNIT_NAMES.split())
_NUMBER = re.compile(
    rf"(?P<open>\()?(?P<sign>[-+−–])?(?P<before>(?:US|HK|NZ|[RAC])?[{_SYMBOLS}]|[A-Z]{{3}}|kr\.?|Fr\.|Rs\.?)?(?P<gap>[{_BLANKS}]?)(?P<inner>[-+−–])?"
    rf"(?P<core>[0-9]+(?:[.,'’{_BLANKS}][0-9]+)*|\.[0-9]+)(?P<power>[eE][-+]?[0-9]{{1,3}})?"
    rf"(?P<space>[{_BLANKS}]?)(?P<after>%|[{_SYMBOLS}]|[^\W\d_]{{1,8}}\.?|[a-z°µμm²³/‰0-9A-Z]{{1,5}})?(?P<end>[-−])?(?P<close>\))?"
)
_PLAIN = re.compile(r"[+-]?[0-9]+")


@dataclass(frozen=True)
class Style:
    """A way to write a number. `sizes`: "3", or "2" for Indian groups (12,34,567)."""

    decimal: str
    group: str = ""
    sizes: str = "3"

    @property
    def regex(self) -> str:
        """Of a number without sign."""
        fraction = f"(?:{re.escape(self.decimal)}[0-9]+)?"
        plain = f"[0-9]+{fraction}|{re.escape(self.decimal)}[0-9]+"
        if not self.group:
            return plain
        mark = f"[{re.escape(self.group)}]"
        if self.sizes == "2":
            return f"{plain}|[0-9]{{1,2}}(?:{mark}[0-9]{{2}})*{mark}[0-9]{{3}}{fraction}"
        return f"{plain}|[0-9]{{1,3}}(?:{mark}[0-9]{{3}})+{fraction}"

    def value(self, core: str) -> str:
        """The number with a point, for comparing readings."""
        for mark in self.group:
            core = core.replace(mark, "")
        return core.replace(self.decimal, ".")


_STYLES = (
    Style(".", ","),
    Style(",", "."),
    Style(",", _BLANKS),
    Style(".", _BLANKS),
    Style(".", "'’"),
    Style(",", "'’"),
    Style(".", ",", "2"),
)
_CORES = {style: re.compile(style.regex) for style in _STYLES}


@dataclass(frozen=True)
class _Parts:
    core: str
    unit: str
    sort: str
    """plain, percent, currency or measure."""
    before: bool
    space: bool
    power: bool
    brackets: bool


def _parts(text: str) -> _Parts | None:
    match = _NUMBER.fullmatch(text) if len(text) <= 60 else None
    if not match:
        return None
    groups = match.groupdict()
    before, after = groups["before"] or "", groups["after"] or ""
    if (
        (bool(groups["open"]) != bool(groups["close"]))
        or (before and after)
        or (groups["gap"] and not before and not groups["sign"])
    ):
        return None
    if sum(bool(groups[name]) for name in ("sign", "inner", "end", "open")) > 1:
        return None
    unit = before or after
    sort = _sort(unit)
    if (before and sort != "currency") or (groups["space"] and not after):
        return None
    return _Parts(
        core=groups["core"],
        unit=unit,
        sort=sort,
        before=bool(before),
        space=bool(groups["space"] or (before and groups["gap"])),
        power=bool(groups["power"]),
        brackets=bool(groups["open"]),
    )


def _sort(unit: str) -> str:
    if not unit:
        return "plain"
    if unit == "%":
        return "percent"
    currency = unit[-1] in _SYMBOLS or unit in _CODES or unit in _LOCAL
    return "currency" if currency else "measure"


def read_numbers(counts: Counts) -> list[Reading]:
    """The readings of values (a sample will do) as numbers: none, one, or two where a mark may mean decimals or groups."""
    parts = {value: found for value in counts if (found := _parts(value))}
    by_sort: Counter[str] = Counter()
    for value, found in parts.items():
        by_sort[found.sort] += counts[value]
    if not by_sort:
        return []
    sort = by_sort.most_common(1)[0][0]
    chosen = {value: found for value, found in parts.items() if found.sort == sort}
    units = Counter[str]()
    for value, found in chosen.items():
        units[found.unit] += counts[value]
    if sort == "measure" and not _measures(units, chosen):
        return []
    scores = {
        style: sum(counts[value] for value, found in chosen.items() if _CORES[style].fullmatch(found.core)) for style in _STYLES
    }
    best = max(scores.values())
    if not best:
        return []
    tied = [style for style, score in scores.items() if score == best]
    style = _preferred(tied, chosen.values())
    rival, witness = _rival(style, tied, chosen)
    doubt = ""
    if rival:
        first, second = style.value(chosen[witness].core), rival.value(chosen[witness].core)
        doubt = f"The mark in '{witness}' may part thousands or decimals: it is {first} or {second}."
    return [_reading(one, sort, chosen, units, doubt) for one in ([style, rival] if rival else [style])]


def _measures(units: Counter[str], chosen: dict[str, _Parts]) -> bool:
    glued = {found.unit for found in chosen.values() if not found.space and len(found.unit) == 1}  # 12A is rather a code
    known = sum(count for unit, count in units.items() if unit in _UNITS and (unit not in glued or len(units) == 1))
    if known * 10 >= sum(units.values()) * 9:
        return True
    single = len(units) == 1 and len(chosen) >= 3
    return single and all(found.space for found in chosen.values()) and next(iter(units)).isalpha()


def _preferred(tied: list[Style], chosen: Iterable[_Parts]) -> Style:
    """Of styles that fit equally many values, the one that explains the marks most plainly: a mark before three digits parts
    groups.
    """
    cores = [found.core for found in chosen]

    def plain(style: Style) -> int:
        grouped = sum(any(mark in core for mark in style.group) and bool(_CORES[style].fullmatch(core)) for core in cores)
        foreign = sum(style.decimal in core for core in cores)
        return grouped * (1 if style.group == "," else 0) + foreign * (1 if style.decimal == "." else 0)

    return max(tied, key=lambda style: (plain(style), -_STYLES.index(style)))


def _rival(style: Style, tied: list[Style], chosen: dict[str, _Parts]) -> tuple[Style | None, str]:
    marked = {value: found for value, found in chosen.items() if not found.core.isdecimal()}
    for other in tied:
        for value, found in marked.items():
            if _CORES[style].fullmatch(found.core) and style.value(found.core) != other.value(found.core):
                return other, value
    return None, ""


def _reading(style: Style, sort: str, chosen: dict[str, _Parts], units: Counter[str], doubt: str) -> Reading:
    fitting = [found for found in chosen.values() if _CORES[style].fullmatch(found.core)]
    cores = [found.core for found in fitting]
    fractions = [len(core) - core.rindex(style.decimal) - 1 if style.decimal in core else 0 for core in cores]
    group = next((mark for core in cores for mark in style.group if mark in core), "")
    power = sum(found.power for found in fitting) * 2 > len(fitting)
    padded = sum(core.isdecimal() and len(core) > 1 and core[0] == "0" for core in cores)
    if padded and not doubt:
        doubt = "As numbers, the values would lose their leading zeros."
    kind = sort if sort != "plain" else "decimal" if any(fractions) or any(found.power for found in fitting) else "integer"
    core_regex, unit_set = _CORES[style], set(units)
    quick = _quick(style, kind, units)

    def fits(text: str) -> bool:
        if quick.fullmatch(text):
            return True
        found = _parts(text)
        if not found or found.sort != sort or (sort == "measure" and found.unit not in unit_set and found.unit not in _UNITS):
            return False
        return bool(core_regex.fullmatch(found.core)) and (kind != "integer" or style.decimal not in found.core)

    body = _pattern(style, group, fractions, power)
    formats = []
    for unit, _ in units.most_common(5):
        some = next(found for found in fitting + list(chosen.values()) if found.unit == unit)
        formats.append(_affixed(body, some))
    if any(found.brackets for found in fitting):
        formats = [f"{text};({text})" for text in formats]
    marks = Marks(decimal=style.decimal if any(fractions) else "", group=group, unit=units.most_common(1)[0][0])
    rank = {"integer": 0.2, "decimal": 0.2, "percent": 0.3, "currency": 0.3, "measure": 0.2}[kind] - (0.15 if padded else 0.0)
    return Reading(kind, fits, rank, tuple(formats), doubt, marks=marks)


def _quick(style: Style, kind: str, units: Counter[str]) -> re.Pattern[str]:
    """What most of the numbers match; the others are read with more care."""
    if kind == "integer":
        return _PLAIN
    if kind == "decimal":
        return re.compile(f"[+-]?(?:{style.regex})")
    unit = "|".join(re.escape(name) for name, _ in units.most_common(5))
    before = f"[+-]?(?:{unit})[{_BLANKS}]?(?:{style.regex})|" if kind == "currency" else ""
    return re.compile(f"{before}[+-]?(?:{style.regex})[{_BLANKS}]?(?:{unit})")


def _pattern(style: Style, group: str, fractions: list[int], power: bool) -> str:
    whole = "0" if not group else f"#{group}##{group}##0" if style.sizes == "2" else f"#{group}##0"
    least, most = (min(fractions), min(max(fractions), 12)) if fractions else (0, 0)
    fraction = style.decimal + "0" * min(least, most) + "#" * (most - min(least, most)) if most else ""
    return whole + fraction + ("E0" if power else "")


def _affixed(body: str, some: _Parts) -> str:
    if not some.unit:
        return body
    unit = f"'{some.unit}'" if any(char.isalpha() for char in some.unit) else some.unit
    blank = " " if some.space else ""
    return unit + blank + body if some.before else body + blank + unit
