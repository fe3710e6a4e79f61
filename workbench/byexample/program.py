"""A learned program: an immutable expression that runs, explains itself, and prints itself as Python."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.base.errors import UserError
from workbench.byexample import runtime
from workbench.byexample.wording import word

if TYPE_CHECKING:
    import ibis.expr.types as ir

VERSION = 1
Row = Sequence[str | None]

FUNCTIONS: dict[str, Callable[..., str | None]] = {
    name: getattr(runtime, name)
    for name in (
        "trim", "upper", "lower", "title", "capitalize", "token", "part", "before", "after", "between", "characters", "remove",
        "substitute", "lookup", "number", "number_range", "moment_part", "moment_range",
    )
}  # fmt: skip
"""What a `Call` may call; the names are part of the file format."""


@dataclass(frozen=True)
class Column:
    """The text of an input column."""

    index: int

    def run(self, row: Row) -> str | None:
        return row[self.index] if self.index < len(row) else None


@dataclass(frozen=True)
class Constant:
    """The same text for every row; None is a missing value."""

    text: str | None

    def run(self, row: Row) -> str | None:  # noqa: ARG002 (the nodes' common form)
        return self.text


@dataclass(frozen=True)
class Call:
    """A function of `runtime` applied to what another node gives."""

    name: str
    of: Node
    arguments: tuple[Any, ...] = ()

    def run(self, row: Row) -> str | None:
        text = self.of.run(row)
        if text is None:
            return None
        arguments = (dict(self.arguments),) if self.name == "lookup" else self.arguments
        return FUNCTIONS[self.name](text, *arguments)


@dataclass(frozen=True)
class Concat:
    """The parts one after the other; missing when one of them is."""

    parts: tuple[Node, ...]

    def run(self, row: Row) -> str | None:
        texts = []
        for node in self.parts:
            if (text := node.run(row)) is None:
                return None
            texts.append(text)
        return "".join(texts)


@dataclass(frozen=True)
class Test:
    """A condition on an input column: `missing`, `number`, or `matches` with a regular expression that must be found in it."""

    column: int
    kind: str
    pattern: str = ""

    def holds(self, row: Row) -> bool:
        """Whether the row fulfils it."""
        text = row[self.column] if self.column < len(row) else None
        if self.kind == "missing":
            return not (text or "").strip()
        if text is None:
            return False
        if self.kind == "number":
            return runtime.parse_number(text) is not None
        return re.search(self.pattern, text) is not None


@dataclass(frozen=True)
class Choose:
    """The first arm whose test holds; else the default."""

    arms: tuple[tuple[Test, Node], ...]
    default: Node

    def run(self, row: Row) -> str | None:
        return next((node.run(row) for test, node in self.arms if test.holds(row)), self.default.run(row))


Node = Column | Constant | Call | Concat | Choose


@dataclass(frozen=True)
class Program:
    """What was learned. `run` takes the texts of the input columns and returns a text, or None for a missing value."""

    root: Node

    def run(self, row: Row) -> str | None:
        """The output for one row."""
        return self.root.run(row)

    def explain(self, columns: Sequence[str] = ()) -> str:
        """One English sentence; `columns` are the names of the inputs."""
        sentence = _explain(self.root, columns or (("the input",) if _width(self.root) == 1 else ()))
        return sentence[0].upper() + sentence[1:] + "."

    def to_json(self) -> dict[str, Any]:
        """The program as JSON, with a version."""
        return {"version": VERSION, "program": _to_json(self.root)}

    @staticmethod
    def from_json(value: dict[str, Any]) -> Program:
        """Reads `to_json`'s result. Raises UserError for anything else."""
        if value.get("version") != VERSION:
            raise UserError(
                f"The learned program has version {value.get('version')}, which this Workbench cannot read.",
                hint="Update Workbench.",
            )
        try:
            return Program(_from_json(value["program"]))
        except (KeyError, TypeError, ValueError, AttributeError, re.error) as error:
            raise UserError("The learned program is damaged.", hint="Give its examples again.") from error

    def to_python(self, columns: Sequence[str] = ()) -> str:
        """A Python module with one function `derive(...)` and the helpers that it needs; it depends on nothing of ours."""
        names = [_identifier(name, i) for i, name in enumerate(columns)] if columns else []
        count = max(len(names), _width(self.root))
        names += [f"column_{i + 1}" if count > 1 else "text" for i in range(len(names), count)]
        body: list[str] = []
        result = _python(self.root, names, body)
        helpers = _helpers("\n".join([*body, result]))
        signature = ", ".join(f"{name}: str | None" for name in names)
        lines = [f"def derive({signature}) -> str | None:", f'    """{self.explain(columns)}"""'.replace("\\", "\\\\")]
        lines += [f"    {line}" for line in body] + [f"    return {result}"]
        return helpers + "\n".join(lines) + "\n"

    def to_ibis(self, columns: Sequence[Any]) -> ir.Value | None:
        """The program as an Ibis expression over text columns, when that gives the very same; else None."""
        return _to_ibis(self.root, columns)


def _explain(node: Node, columns: Sequence[str]) -> str:
    match node:
        case Column(index):
            return columns[index] if index < len(columns) else f"column {index + 1}"
        case Constant(text):
            return "a missing value" if text is None else f"'{text}'"
        case Concat(parts):
            return ", then ".join(_explain(part, columns) for part in parts)
        case Choose(arms, default):
            cases = [f"if {_explain_test(test, columns)}: {_explain(arm, columns)}" for test, arm in arms]
            return "; ".join([*cases, f"otherwise: {_explain(default, columns)}"])
        case Call(name, of, arguments):
            return word(name, _explain(of, columns), arguments)


def _explain_test(test: Test, columns: Sequence[str]) -> str:
    name = columns[test.column] if test.column < len(columns) else f"column {test.column + 1}"
    return {"missing": f"{name} is empty", "number": f"{name} is a number"}.get(test.kind, f"{name} contains {test.pattern}")


def _to_json(node: Node) -> Any:
    match node:
        case Column(index):
            return {"column": index}
        case Constant(text):
            return {"constant": text}
        case Call(name, of, arguments):
            return {"call": name, "of": _to_json(of), "arguments": [list(a) if isinstance(a, tuple) else a for a in arguments]}
        case Concat(parts):
            return {"concat": [_to_json(part) for part in parts]}
        case Choose(arms, default):
            return {
                "choose": [
                    {"column": test.column, "test": test.kind, "pattern": test.pattern, "then": _to_json(arm)} for test, arm in arms
                ],
                "otherwise": _to_json(default),
            }


def _from_json(value: Any) -> Node:
    if "column" in value:
        return Column(int(value["column"]))
    if "constant" in value:
        return Constant(value["constant"])
    if "concat" in value:
        return Concat(tuple(_from_json(part) for part in value["concat"]))
    if "choose" in value:
        arms = []
        for arm in value["choose"]:
            re.compile(arm["pattern"])
            arms.append((Test(int(arm["column"]), str(arm["test"]), str(arm["pattern"])), _from_json(arm["then"])))
        return Choose(tuple(arms), _from_json(value["otherwise"]))
    if value["call"] not in FUNCTIONS:
        raise ValueError(value["call"])
    arguments = tuple(tuple(a) if isinstance(a, list) else a for a in value["arguments"])
    return Call(value["call"], _from_json(value["of"]), arguments)


def _width(node: Node) -> int:
    match node:
        case Column(index):
            return index + 1
        case Call(_, of, _):
            return _width(of)
        case Concat(parts):
            return max(map(_width, parts), default=1)
        case Choose(arms, default):
            return max([_width(default), *(max(test.column + 1, _width(arm)) for test, arm in arms)])
        case _:
            return 1


def _identifier(name: str, index: int) -> str:
    import keyword

    plain = re.sub(r"\W+", "_", name).strip("_").lower()
    return plain if plain.isidentifier() and not keyword.iskeyword(plain) else f"column_{index + 1}"


def _python(node: Node, names: Sequence[str], body: list[str]) -> str:
    """Appends statements to `body` and returns the expression of the node's value."""
    match node:
        case Column(index):
            return names[index]
        case Constant(text):
            return repr(text)
        case Call(name, of, arguments):
            source = _python(of, names, body)
            shown = ", ".join(map(repr, (dict(arguments),) if name == "lookup" else arguments))
            variable = f"{name}_{len(body) + 1}"
            call = f"{name}({source}, {shown})" if shown else f"{name}({source})"
            body.append(f"{variable} = None if {source} is None else {call}")
            return variable
        case Concat(parts):
            pieces = [_python(part, names, body) for part in parts]
            checked = [piece for part, piece in zip(parts, pieces, strict=True) if not isinstance(part, Constant)]
            if not checked:
                return "".join(repr(part.text) for part in parts if isinstance(part, Constant)) or "''"
            variable = f"joined_{len(body) + 1}"
            condition = " or ".join(f"{piece} is None" for piece in dict.fromkeys(checked))
            body.append(f"{variable} = None if {condition} else {' + '.join(pieces)}")
            return variable
        case Choose(arms, default):
            result = _python(default, names, body)
            for test, arm in reversed(arms):
                value = _python(arm, names, body)
                result = f"({value} if {_python_test(test, names)} else {result})"
            return result


def _python_test(test: Test, names: Sequence[str]) -> str:
    name = names[test.column]
    if test.kind == "missing":
        return f"not ({name} or '').strip()"
    if test.kind == "number":
        return f"({name} is not None and parse_number({name}) is not None)"
    return f"({name} is not None and re.search({test.pattern!r}, {name}) is not None)"


def _helpers(text: str) -> str:
    """The source of the runtime functions and constants that `text` needs, with their imports."""
    source = inspect.getsource(runtime)
    imports, rest = source.split("\n\n\n", 1)
    chunks = re.split(r"\n\n\n|\n(?=[A-Z_]+ = )", rest)
    by_name: dict[str, str] = {}
    for chunk in chunks:
        if found := re.match(r"(?:def )?(\w+)", chunk):
            by_name[found[1]] = chunk.strip("\n")
    needed: set[str] = set()
    waiting = [name for name in by_name if _uses(text, name)]
    while waiting:
        name = waiting.pop()
        if name in needed:
            continue
        needed.add(name)
        waiting += [other for other in by_name if other not in needed and _uses(by_name[name], other)]
    used = ""
    for name in (name for name in by_name if name in needed):
        used += ("\n" if name.isupper() and used else "\n\n\n" if used else "") + by_name[name]
    everything = used + text
    wanted = [
        line for line in imports.split("\n") if line.startswith("import ") and re.search(rf"\b{line.split()[-1]}\.", everything)
    ]
    wanted += [line for line in imports.split("\n") if line.startswith("from ") and "Decimal" in everything]
    return "\n".join(wanted) + ("\n\n\n" if wanted else "") + used + ("\n\n\n" if used else "")


def _uses(text: str, name: str) -> bool:
    """Whether the code names a constant or calls a function."""
    return re.search(rf"(?<![.\w]){name}\b" if name.isupper() else rf"(?<![.\w]){name}\(", text) is not None


def _to_ibis(node: Node, columns: Sequence[Any]) -> Any:
    import ibis

    match node:
        case Column(index):
            return columns[index]
        case Constant(text):
            return ibis.literal(text, type="string")
        case Concat(parts):
            pieces = [_to_ibis(part, columns) for part in parts]
            if any(piece is None for piece in pieces):
                return None
            joined = pieces[0]
            for piece in pieces[1:]:
                joined = joined.concat(piece)
            return joined
        case _:
            return None
