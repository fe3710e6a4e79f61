"""The patterns in which the outputs show dates and times."""

import itertools
import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from workbench.byexample.synthesis import ranking
from workbench.byexample.synthesis.workshop import Workshop
from workbench.byexample.tree.moments import Moment, quote, show_field

DATE_FIELDS = ("yyyy", "yy", "MMMM", "MMM", "MM", "M", "dd", "d", "do", "EEEE", "EEE", "Q", "ww", "w", "DDD", "D")
TIME_FIELDS = ("HH", "H", "hh", "h", "mm", "m", "ss", "s", "S", "a", "aaa")
_KIND = {field: {"h": "H", "E": "E"}.get(field[0], field[0]) for field in (*DATE_FIELDS, *TIME_FIELDS)}
"""What each field tells; both clocks tell the hour."""
_GLUE = re.compile(
    r"[^\w]?[QW](?=[0-9])|[^\w]{1,3}|_|T(?=[0-9])|[Qh](?=[0-9 ])|[hms](?: |$)| (?:of|at|de|the|on|um) |(?:st|nd|rd|th)\b[^\w]{0,2}"
)
_MOST_PATTERNS = 60


def shown_patterns(shop: Workshop, values: list[Moment], fields: tuple[str, ...], language: str) -> list[tuple[str, float]]:
    """Patterns that show the moments somewhere in the outputs, with their costs; worked out once."""
    key = (tuple(values), fields, language)
    if key not in shop.known:
        shop.known[key] = _find_patterns(shop, values, fields, language)
    found: list[tuple[str, float]] = shop.known[key]
    return found


def _find_patterns(shop: Workshop, values: list[Moment], fields: tuple[str, ...], language: str) -> list[tuple[str, float]]:
    """Patterns that show the moments somewhere in the outputs, with their costs.

    Fields of one kind that look alike in all examples (12 with and without padding) are one choice while patterns are put together;
    which of them is meant is settled for the whole pattern.
    """
    groups: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for field in fields:
        texts = tuple(show_field(value, field, language) or "" for value in values)
        if all(text and text in output for text, output in zip(texts, shop.outputs, strict=True)):
            groups.setdefault((_KIND[field], texts), []).append(field)
    if not groups:
        return []
    outputs = shop.outputs
    found: dict[str, float] = {}
    reached: deque[tuple[tuple[int, ...], tuple[_Group | str, ...]]] = deque()
    for (kind, texts), names in groups.items():
        for at in _places(outputs[0], texts[0]):
            reached.append(((at + len(texts[0]),), (_Group(kind, texts, tuple(names)),)))
    looked = 0
    while reached and looked < 1200:
        looked += 1
        (end,), parts = reached.popleft()
        if len(outputs) > 1 and not _holds(outputs, parts):
            continue
        for pattern, cost in _settled(parts):
            if cost < found.get(pattern, 99.0):
                found[pattern] = cost
        kinds = {part.kind for part in parts if isinstance(part, _Group)}
        glues = [""]
        if match := _GLUE.match(outputs[0], end):
            glues.append(match.group())
        for glue in glues:
            for (kind, texts), names in groups.items():
                if kind not in kinds and outputs[0].startswith(texts[0], end + len(glue)):
                    group = _Group(kind, texts, tuple(names))
                    reached.append(((end + len(glue) + len(texts[0]),), (*parts, glue, group) if glue else (*parts, group)))
    return sorted(found.items(), key=lambda item: item[1])[:_MOST_PATTERNS]


@dataclass(frozen=True)
class _Group:
    """Fields of one kind that look alike on the examples."""

    kind: str
    texts: tuple[str, ...]
    names: tuple[str, ...]


def _places(text: str, part: str) -> list[int]:
    found, at = [], text.find(part)
    while at >= 0:
        found.append(at)
        at = text.find(part, at + 1)
    return found


def _holds(outputs: Sequence[str], parts: tuple["_Group | str", ...]) -> bool:
    return all(
        "".join(part if isinstance(part, str) else part.texts[row] for part in parts) in outputs[row]
        for row in range(1, len(outputs))
    )


def _settled(parts: tuple["_Group | str", ...]) -> list[tuple[str, float]]:
    """The patterns that the groups may stand for, with their costs: padded as the others are, and the other way."""
    groups = [part for part in parts if isinstance(part, _Group)]
    halves = any(group.kind == "a" for group in groups)
    wide = {"date": _wide(groups, "MdDw"), "time": _wide(groups, "H")}
    iso = groups[0].kind == "y" and len(groups) > 1
    if wide["date"] is None:
        wide["date"] = bool(wide["time"]) or iso
    if wide["time"] is None:
        wide["time"] = bool(wide["date"]) and (iso or _wide(groups, "MdDw") is True)
    base = ranking.MOMENT + ranking.MOMENT_FIELD * (len(groups) - 1) + _order_cost(parts)
    found = []
    for flipped, more in ((False, 0.0), (True, ranking.ODD_PADDING)):
        pattern, cost, free = "", base, False
        for place, part in enumerate(parts):
            if isinstance(part, str):
                pattern += quote(part)
                continue
            before = parts[place - 1] if place else ""
            after = parts[place + 1] if place + 1 < len(parts) else ""
            touching = any(isinstance(other, _Group) and other.kind not in "aE" for other in (before, after))
            wished = bool(wide["time" if part.kind == "H" else "date"]) != flipped
            name, choice = _named(part, halves, (not flipped) if touching else wished, before if isinstance(before, str) else "")
            free = free or choice
            pattern += name
            cost += ranking.ODD_FIELD.get(name, 0.0)
            if isinstance(before, str) and before.endswith("W"):
                cost += -0.2 if part.kind == "w" else 0.3
            if isinstance(before, str) and before.endswith("Q"):
                cost += -0.7 if part.kind == "Q" else 0.3
        if not flipped:
            found.append((pattern, cost))
        elif free:
            found.append((pattern, cost + more))
    if "a" in _kinds_of(groups) and "H" not in _kinds_of(groups):
        return [(pattern, cost + 0.4) for pattern, cost in found]
    twelve = any(group.kind == "H" and set(group.names) <= {"h", "hh"} for group in groups)
    if twelve and not halves:
        return [(pattern, cost + 0.25) for pattern, cost in found]
    if halves and any(group.kind == "H" and set(group.names) <= {"H", "HH"} for group in groups):
        return [(pattern, cost + 0.3) for pattern, cost in found]
    return found


def _kinds_of(groups: Sequence[_Group]) -> set[str]:
    """What the groups tell."""
    return {group.kind for group in groups}


def _wide(groups: list[_Group], kinds: str) -> bool | None:
    """Whether numbers of these kinds are seen to be padded with zeros, or not to be; None when nothing tells."""
    texts = [text for group in groups if group.kind in kinds for text in group.texts if text.isdecimal()]
    if any(len(text) == 1 for text in texts):
        return False
    return True if any(text.startswith("0") for text in texts) else None


def _named(group: _Group, halves: bool, wide: bool, before: str) -> tuple[str, bool]:
    """The field that a group stands for, and whether the padding was a free choice."""
    names = list(group.names)
    if group.kind == "H":
        clock = [name for name in names if name.startswith("h" if halves else "H")]
        names = clock or names
    if group.kind in "ms":
        return names[0], False
    if group.kind == "w" and before.endswith("W"):
        return names[0], len(names) > 1
    if group.kind in "MdHDw" and len(names) > 1:
        long = [name for name in names if len(name) > 1 and name not in {"do", "MMM", "MMMM"}]
        short = [name for name in names if len(name) == 1]
        if long and short:
            return (long[0] if wide else short[0]), True
    return names[0], False


def _order_cost(parts: tuple["_Group | str", ...]) -> float:
    """Times stand beside times, dates beside dates, each in its order."""
    cost = 0.0
    groups = [part for part in parts if isinstance(part, _Group)]
    for left, glue, right in zip(parts, parts[1:], parts[2:], strict=False):
        if isinstance(left, _Group) and isinstance(glue, str) and isinstance(right, _Group):
            both = left.kind in "Hms" and right.kind in "Hms"
            dates = left.kind in "yMdE" and right.kind in "yMdE"
            if (glue == ":" and not both) or (glue in {"/", "-", "."} and not dates):
                cost += ranking.ODD_NEIGHBOURS
    kinds = "".join(group.kind for group in groups)
    for wrong in ("mH", "sm", "sH", "my", "Md:", "dm", "Mm", "ym", "Hs"):
        cost += ranking.ODD_NEIGHBOURS * (wrong in kinds)
    changes = sum(1 for left, right in itertools.pairwise(kinds) if (left in "Hmsa") != (right in "Hmsa"))
    cost += ranking.ODD_NEIGHBOURS * max(changes - 1, 0)
    words = any(group.names[0] in {"MMM", "MMMM"} for group in groups)
    return cost + 0.03 * ("dM" in kinds and not words)
