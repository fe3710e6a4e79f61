"""Ways through the nodes of a program; the insides of lists, which see one item instead of the row, are left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import fields

from workbench.byexample.tree.conditions import Not
from workbench.byexample.tree.nodes import Arm, Choose, Column, FirstOf, Node
from workbench.byexample.tree.texts import Items


def columns_read(root: Node) -> list[int]:
    """The columns that a program reads, in ascending order."""
    return sorted({node.index for node in uses_of(root) if isinstance(node, Column)})


def uses_of(node: Node) -> Counter[Node]:
    """How often each node occurs in a block, not counting what stands inside another node that occurs again."""
    found: Counter[Node] = Counter()
    waiting = [node]
    while waiting:
        current = waiting.pop()
        found[current] += 1
        if found[current] == 1:
            waiting.extend(parts_of(current))
    return found


def parts_of(node: Node) -> Iterator[Node]:
    """The nodes that a node is made of, those of its conditions too."""
    if isinstance(node, Items):
        yield node.of
        return
    for field in fields(node):
        value = getattr(node, field.name)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, Arm):
                yield item.then
                condition = item.condition
                while isinstance(condition, Not):
                    condition = condition.condition
                yield condition.of
            elif isinstance(item, Node) and field.name != "form":
                yield item


def strict_nodes(node: Node) -> list[Node]:
    """The nodes without whose value the node has none."""
    waiting, found = [node], []
    while waiting:
        current = waiting.pop()
        found.append(current)
        if not isinstance(current, FirstOf | Choose):
            waiting.extend(parts_of(current))
    return found
