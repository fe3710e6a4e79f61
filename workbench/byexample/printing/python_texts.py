"""Python for the operators that turn a text into a text."""

from __future__ import annotations

from functools import partial

from workbench.byexample.printing import helpers
from workbench.byexample.printing.literals import literal, mapping, raw
from workbench.byexample.printing.python_tokens import named, pattern, token_value
from workbench.byexample.printing.scope import Scope, Value
from workbench.byexample.printing.words import MARKS
from workbench.byexample.tree.nodes import Column, Node, Unary
from workbench.byexample.tree.texts import (
    After,
    AfterToken,
    Before,
    Between,
    Case,
    FromToken,
    Items,
    KeepTokens,
    Lookup,
    Match,
    Pad,
    Part,
    Replace,
    ReplaceTokens,
    Slice,
    Squeeze,
    Trim,
    UpToToken,
    WithoutAccents,
    overlaps_itself,
)
from workbench.byexample.tree.tokens import LETTER


def text_value(node: Node, scope: Scope) -> Value | None:
    """The expression of an operator over texts; None for other nodes."""
    match node:
        case Case(of, style):
            return _case(scope.need(of), style, scope)
        case Trim(of, side, characters):
            method = {"both": "strip", "left": "lstrip", "right": "rstrip"}[side]
            return Value(f"{scope.need(of).atom}.{method}({literal(characters)})")
        case Squeeze(of):
            scope.module.imports.add("import re")
            return Value(f'" ".join(re.findall(r"[^ \\t\\r\\n]+", {scope.need(of).code}))')
        case Pad(of, width, fill, side):
            value = scope.need(of)
            if len(fill) == 1 and side != "both":
                return Value(f"{value.atom}.{'rjust' if side == 'left' else 'ljust'}({width}, {literal(fill)})", filled=width > 0)
            scope.module.helper(helpers.PADDED)
            return Value(f"padded({value.code}, {width}, {literal(fill)}, {literal(side)})")
        case WithoutAccents(of):
            for name, source in helpers.ACCENT_CONSTANTS.items():
                scope.module.constants.setdefault(name, source)
            scope.module.helper(helpers.WITHOUT_ACCENT, "import re", "import unicodedata")
            scope.module.helper(helpers.WITHOUT_ACCENTS)
            return Value(f"without_accents({scope.need(of).code})")
        case Replace(of, old, new, must):
            value = scope.need(of)
            if must:
                value = named(value, scope, of)
                scope.guard(f"{literal(old)} not in {value.text}", f"{literal(old)} in {value.text}")
            return Value(f"{value.atom}.replace({literal(old)}, {literal(new)})")
        case ReplaceTokens(of, kind, new):
            return Value(f"re.sub({pattern(kind, scope)}, {literal(new.replace(chr(92), chr(92) * 2))}, {scope.need(of).code})")
        case Lookup(of, table, otherwise):
            return _lookup(scope.need(of), table, otherwise, scope)
        case Items():
            return _items(node, scope)
        case Slice(of, start, stop):
            return _slice(of, start, stop, scope)
        case Part(of, delimiter, index):
            return Value(f"{_pieces(of, delimiter, scope)}[{index}]")
        case Match() | KeepTokens() | FromToken() | UpToToken() | AfterToken():
            return token_value(node, scope)
        case Before() | After() | Between():
            return _around(node, scope)
    return None


def _case(value: Value, style: str, scope: Scope) -> Value:
    match style:
        case "upper" | "lower":
            return Value(f"{value.atom}.{style}()", filled=value.filled)
        case "title":
            scope.module.helper(helpers.TITLE_CASE.replace("LETTERS", raw(LETTER + "+")), "import re")
            return Value(f"title_case({value.code})", filled=value.filled)
        case "sentence":
            if value.code.isidentifier():
                return Value("", pieces=((f"{value.text}[:1].upper()", ""), (f"{value.text}[1:].lower()", "")))
            scope.module.helper(helpers.SENTENCE_CASE)
            return Value(f"sentence_case({value.code})", filled=value.filled)
    scope.module.helper(helpers.WORDS_OF, "import re")
    if style in {"snake", "kebab"}:
        return Value(f'"{"_" if style == "snake" else "-"}".join(words_of({value.code}))')
    scope.module.helper(helpers.PASCAL_CASE if style == "pascal" else helpers.CAMEL_CASE)
    return Value(f"{style}_case({value.code})")


def _lookup(value: Value, table: tuple[tuple[str, str | None], ...], otherwise: str | None, scope: Scope) -> Value:
    pairs: dict[str, str | None] = {}
    for given, to in table:
        pairs.setdefault(given, to)
    name = scope.module.constant("VALUES", partial(mapping, pairs=pairs.items()))
    rest = "" if otherwise is None else f", {literal(otherwise)}"
    return Value(f"{name}.get({value.code}{rest})", nullable=otherwise is None or None in pairs.values())


def _slice(of: Node, start: int, stop: int | None, scope: Scope) -> Value:
    value = scope.need(of)
    shown = f"[{start if start else ''}:{'' if stop is None else stop}]"
    if start == 0 and stop is None:
        return value
    if (start == 0 and stop is not None and stop > 0) or (stop is None and start < 0):
        if value.filled and (start, stop) in {(0, 1), (-1, None)}:
            return Value(f"{value.atom}[{start}]", filled=True)
        return Value(f"{value.atom}{shown}", filled=value.filled)
    if value.filled:
        return Value(f"{value.atom}{shown} or None", nullable=True, filled=True)
    value = named(value, scope, of)
    rest = scope.assign("rest" if stop is None else "start" if start == 0 else "middle", Value(f"{value.text}{shown}"))
    scope.guard(f"{value.text} and not {rest.text}", f"{rest.text} or not {value.text}")
    return Value(rest.text)


def _pieces(of: Node, delimiter: str, scope: Scope) -> str:
    """The name of the list of a text's pieces, which is long enough for all that the block wants of it."""
    key, guarded = ("pieces", of, delimiter), ("pieces there", of, delimiter)
    wanted = [node.index for node in scope.wanted() if isinstance(node, Part) and (node.of, node.delimiter) == (of, delimiter)]
    least = max([2, *(index + 1 if index >= 0 else -index for index in wanted)])
    if (name := scope.recall(key)) is None:
        value = scope.need(of)
        there = scope.recall(guarded)
        if len(wanted) == 1 and there is not None and int(there.text) >= least:
            return f"{value.atom}.split({literal(delimiter)})"
        name = scope.assign("words" if delimiter == " " else "parts", Value(f"{value.atom}.split({literal(delimiter)})"), key)
    if (there := scope.recall(guarded)) is None or int(there.text) < least:
        scope.guard(f"len({name.text}) < {least}", f"len({name.text}) >= {least}")
        scope.remember(guarded, Value(str(least)))
    return name.text


def _around(node: Before | After | Between, scope: Scope) -> Value:
    """What stands before, after or between marks."""
    value = scope.need(node.of)
    if isinstance(node, Between):
        if not node.left or not node.right:
            scope.module.helper(helpers.BETWEEN)
            return Value(f"between({value.code}, {literal(node.left)}, {literal(node.right)})", nullable=True)
        inside, found = scope.fresh("inside"), scope.fresh("found")
        scope.line(f"{inside}, {found}, _ = {value.atom}.partition({literal(node.left)})[2].partition({literal(node.right)})")
        scope.guard(f"not {found}", found)
        return Value(inside)
    mark, index, before = literal(node.mark), node.index, isinstance(node, Before)
    if not node.mark:
        return value if before == (index < 0) else Value('""')
    value = named(value, scope, node.of)
    count = index + 1 if index >= 0 else -index
    key = ("marks", node.of, node.mark)
    if (known := scope.recall(key)) is None or int(known.text) < count:
        bad = f"{mark} not in {value.text}" if count == 1 else f"{value.text}.count({mark}) < {count}"
        scope.guard(bad, f"{mark} in {value.text}" if count == 1 else f"{value.text}.count({mark}) >= {count}")
        scope.remember(key, Value(str(count)))
    if index >= 0:
        if before:
            return Value(f"{value.text}.split({mark})[0]" if index == 0 else f"{mark}.join({value.text}.split({mark})[:{count}])")
        return Value(f"{value.text}.split({mark}, {count})[{count}]")
    if before and not overlaps_itself(node.mark):
        return Value(f"{value.text}.rsplit({mark}, {count})[0]")
    if before or count > 1:
        return Value(f"{mark}.join({value.text}.split({mark})[{f':-{count}' if before else f'-{count}:'}])")
    return Value(f"{value.text}.split({mark})[-1]")


def _items(node: Items, scope: Scope) -> Value:
    value = scope.need(node.of)
    items = f"{value.atom}.split({literal(node.separator)})"
    loop = f"item for item in {items}"
    if node.each is not None and not isinstance(node.each, Column):
        turned = scope.of_text(node.each, "item")
        loop = f"{turned.code} for item in {items}"
        if turned.nullable:
            items = scope.assign("items", Value(f"[{loop}]")).text
            loop = f"item for item in {items} if item is not None"
    plain = loop == f"item for item in {items}"
    if node.unique and node.order in {"sorted", "descending", "numeric"}:
        items = f"set({items})" if plain else f"{{{loop}}}"
    elif node.unique:
        items = f"dict.fromkeys({items if plain else loop})"
    elif not plain:
        items = f"[{loop}]" if node.order else loop
    match node.order:
        case "sorted":
            items = f"sorted({items})"
        case "descending":
            items = f"sorted({items}, reverse=True)"
        case "numeric":
            scope.module.helper(helpers.AS_NUMBER, "import re", "from decimal import Decimal")
            items = f"sorted({items}, key=as_number)"
        case "reversed":
            items = f"reversed({items})"
    if len(items) > 70:
        items = scope.assign("items", Value(items if items != loop else f"[{items}]")).text
    return Value(f"{literal(node.joiner)}.join({items})")


def hint_of_text(node: Node) -> str:
    """A good name for what an operator over texts gives."""
    match node:
        case Part(_, delimiter, index) | Before(_, delimiter, index) | After(_, delimiter, index) if delimiter in MARKS:
            where = {0: "first", -1: "last", 1: "second", 2: "third"}.get(index, "")
            mark = MARKS[delimiter].split()[-1]
            if isinstance(node, Part):
                return f"{where}_{'word' if delimiter == ' ' else 'part'}".strip("_")
            return f"{'before' if isinstance(node, Before) else 'after'}_{mark}"
        case Match(_, kind, _) if kind in {"email", "url", "ip", "phone", "guid", "date", "time", "code", "number", "digits"}:
            return kind
        case Match():
            return "word"
        case Lookup():
            return "value"
        case Unary():
            return {"Between": "inside", "Case": "text", "KeepTokens": "kept", "Items": "items"}.get(type(node).__name__, "text")
    return "value"
