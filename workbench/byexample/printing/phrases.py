"""Noun phrases about operators: a head that can stand inside another phrase, and remarks that follow it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from workbench.byexample.tree.nodes import Node


@dataclass(frozen=True)
class Phrase:
    """`head`: what it is ("the first word of Name"); `remarks`: what was done to it ("in capitals")."""

    head: str
    remarks: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Inside another phrase: the first word of Name in capitals."""
        notes = [remark for remark in self.remarks if remark.startswith("(")]
        others = [remark for remark in self.remarks if not remark.startswith("(")]
        return " ".join([self.head, *notes, " and ".join(others)]).rstrip()

    def full(self) -> str:
        """On its own: the first word of Name, in capitals, shown with two decimals."""
        text = self.head
        simple = " of " not in text and " times " not in text
        for remark in self.remarks:
            text += f" {remark}" if simple or remark.startswith("(") else f", {remark}"
            simple = remark.startswith("(") and simple
        return text

    def and_then(self, remark: str) -> Phrase:
        """With one more remark."""
        return replace(self, remarks=(*self.remarks, remark))


@dataclass(frozen=True)
class Wording:
    """How a sentence names its inputs, and how it words the nodes inside others; `brief`: for short texts."""

    columns: tuple[str, ...]
    many: bool
    words: Callable[[Node, Wording], Phrase]
    brief: bool = False

    def column(self, index: int) -> str:
        """The column's name; `the input`, `column 2` without one."""
        name = " ".join(self.columns[index].split()) if index < len(self.columns) else ""
        return name or ("the input" if not self.many and len(self.columns) < 2 else f"column {index + 1}")

    def phrase(self, node: Node) -> Phrase:
        """The node as a noun phrase."""
        return self.words(node, self)
