"""A program as a short Python function that a colleague could have written, and that needs nothing but the standard library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workbench.byexample.printing.english import explain
from workbench.byexample.printing.helpers import HELPER_NAMES
from workbench.byexample.printing.literals import WIDTH, fresh, identifier
from workbench.byexample.printing.modules import Module
from workbench.byexample.printing.python_blocks import Blocks, tail
from workbench.byexample.printing.scope import Scope
from workbench.byexample.printing.told import told
from workbench.byexample.printing.walking import columns_read
from workbench.byexample.tree.dates import ReadMoment
from workbench.byexample.tree.nodes import Choose, FirstOf, Node
from workbench.byexample.tree.program import walk


@dataclass(frozen=True)
class Function:
    """A module with a function `derive`, and the input columns that it takes, in the order of its parameters."""

    source: str
    columns: tuple[int, ...]


def to_python(root: Node, columns: Sequence[str] = ()) -> str:
    """A module with one function `derive`, whose parameters are the columns that the program reads, in their order.

    It gives what `root.run` gives for texts and None. Only its capitals and small letters are Python's own (`upper`, `lower`): they
    make several letters of a few (ﬁ, ŉ), and ς of a Σ that ends a word, where programs and databases keep letter for letter.
    """
    return function(root, columns).source


def function(root: Node, columns: Sequence[str] = ()) -> Function:
    """The function, and which columns it takes."""
    read = columns_read(root)
    names = _parameters(read, columns)
    module = Module({"derive", "Moment", *HELPER_NAMES, *names.values()})
    if _mixed(root, module):
        module.made["moments"] = True
    scope = Scope(module, names, root, Blocks())
    tail(root, scope)
    arguments = ", ".join(f"{names[index]}: str | None" for index in read)
    head = f"def derive({arguments}) -> str | None:"
    if len(head) > WIDTH:
        head = "def derive(\n" + "".join(f"    {names[index]}: str | None,\n" for index in read) + ") -> str | None:"
    module.functions.append("\n".join([head, *_docstring(explain(root, columns)), *scope.lines]))
    return Function(module.text(), tuple(read))


def _parameters(read: Sequence[int], columns: Sequence[str]) -> dict[int, str]:
    """Parameter names of the columns that are read."""
    found: dict[int, str] = {}
    for index in read:
        plain = identifier(columns[index]) if index < len(columns) else ""
        hint = plain or ("text" if read == [0] and len(columns) <= 1 else f"column_{index + 1}")
        found[index] = fresh(hint, [*found.values(), "derive", *HELPER_NAMES])
    return found


def _mixed(root: Node, module: Module) -> bool:
    """Whether dates of several forms meet in one value, or a date's fraction of a second is wanted."""
    for node in walk(root):
        if isinstance(node, FirstOf | Choose):
            options = node.options if isinstance(node, FirstOf) else (*(arm.then for arm in node.arms), node.otherwise)
            forms = {(told(option, module).form, told(option, module).ever) for option in options if _is_date(option)}
            if len(forms) > 1:
                return True
    return False


def _is_date(node: Node) -> bool:
    return any(isinstance(found, ReadMoment) for found in walk(node))


def _docstring(sentence: str) -> list[str]:
    """The sentence as a docstring, wrapped."""
    sentence = "".join(c if c.isprintable() else repr(c)[1:-1] for c in sentence).replace("\\", "\\\\").replace('"""', "'''")
    if sentence.endswith('"'):
        sentence += " "
    lines, line = [], '    """'
    for word in sentence.split(" "):
        if len(line) + len(word) + 1 > WIDTH - 3 and line.strip():
            lines.append(line.rstrip())
            line = "   "
        line += word if line.endswith('"""') and not lines else f" {word}"
    lines.append(line)
    if len(lines) == 1:
        return [f'{lines[0]}"""']
    return [*lines, '    """']
