"""Examples that are of one kind, but written in two ways."""

import re
from collections.abc import Sequence
from typing import Any

from workbench.byexample.synthesis.branches import Example
from workbench.byexample.synthesis.doubt import shape
from workbench.byexample.tree.conditions import Equals, LengthIs
from workbench.byexample.tree.dates import FormatMoment
from workbench.byexample.tree.moments import elements
from workbench.byexample.tree.nodes import Choose, Concat, Constant, Node

_INCIDENTAL = (Equals, LengthIs)


def style_conflict(root: Node, examples: Sequence[Example]) -> tuple[int, int, str] | None:
    """Two examples (by index) that only a chance condition tells apart, and whose cases differ in nothing but constant text.

    With them what differs: a slip of the user, who wrote one of them in another style.
    """
    if not isinstance(root, Choose) or not all(isinstance(arm.condition, _INCIDENTAL) for arm in root.arms):
        return None
    cases = [*(arm.then for arm in root.arms), root.otherwise]
    of_case: list[list[int]] = [[] for _ in cases]
    for number, (row, output) in enumerate(examples):
        if output:
            place = next((i for i, arm in enumerate(root.arms) if arm.condition.holds(row)), len(root.arms))
            of_case[place].append(number)
    for first, mine in enumerate(of_case):
        for second, theirs in enumerate(of_case[first + 1 :], first + 1):
            texts = _constants(cases[first]), _constants(cases[second])
            if not mine or not theirs or texts[0] == texts[1] or _bare(cases[first]) != _bare(cases[second]):
                continue
            if (
                isinstance(cases[first], Constant)
                or len(examples[0][0]) > 1
                or not {shape(examples[i][0]) for i in mine} & {shape(examples[i][0]) for i in theirs}
            ):
                continue
            differing = [pair for pair in zip(*texts, strict=False) if pair[0] != pair[1]]
            if len(texts[0]) != len(texts[1]) or any(
                character.isalnum() for pair in differing for text in pair for character in text
            ):
                continue
            few, many = sorted((mine, theirs), key=len)
            shown = f"'{differing[0][0]}' and '{differing[0][1]}'"
            return min(many[0], few[-1]), max(many[0], few[-1]), shown
    return None


def _bare(node: Any) -> str:
    """The program without its constant texts."""
    if isinstance(node, Concat):
        parts = [_bare(part) for part in node.parts if not isinstance(part, Constant)]
        return "+".join(parts)
    if isinstance(node, FormatMoment):
        fields = "".join(text for text, is_field in elements(node.pattern) if is_field)
        return f"{node.of!r} {fields}"
    return re.sub(r"separator='[^']*'", "", repr(node))


def _constants(node: Any) -> list[str]:
    if isinstance(node, Concat):
        return [text for part in node.parts for text in _constants(part)]
    if isinstance(node, Constant):
        return [node.text or ""]
    if isinstance(node, FormatMoment):
        return [text for text, is_field in elements(node.pattern) if not is_field]
    return re.findall(r"separator='([^']*)'", repr(node))
