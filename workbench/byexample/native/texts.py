"""Operators from text to text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ibis

from workbench.byexample.native.binding import bind, each, missing
from workbench.byexample.native.compiler import NODES, Compiler
from workbench.byexample.native.functions import LETTERS, literal, token
from workbench.byexample.native.values import NUMBER, NotNative, Text
from workbench.byexample.tree import texts


def _case(compiler: Compiler, node: texts.Case) -> Any:
    text, engine = compiler.text(node.of), compiler.engine
    match node.style:
        case "upper":
            return engine.upper(text)
        case "lower":
            return engine.lower(text)
        case "sentence":
            return bind(text, lambda value: _raised(compiler, value, lower=True))
        case "title":

            def piece(value: Any) -> Any:
                return ibis.ifelse(engine.matches(value, rf"\A{LETTERS}"), _raised(compiler, value, lower=True), value)

            pieces = engine.all_matches(text, f"{LETTERS}+|[^{LETTERS[1:-1]}]+")
            return engine.joined(each(pieces, piece), "")
    return _joined_words(compiler, text, node.style)


def _raised(compiler: Compiler, text: Any, *, lower: bool) -> Any:
    """The first letter as a capital, the others in small letters or as they are."""
    engine = compiler.engine
    rest = engine.from_(text, 1)
    return engine.upper(engine.from_(text, 0, 1)) + (engine.lower(rest) if lower else rest)


def _joined_words(compiler: Compiler, text: Any, style: str) -> Any:
    """The words of a text in camelCase, PascalCase, snake_case or kebab-case."""
    engine = compiler.engine
    plain = engine.replaced(text, r"[^\p{L}\p{N}]", " ")
    # A run of capitals ends before a capitalized word. RE2 cannot look ahead, so that a blank is put between them.
    parted = engine.replaced(plain, "([A-Z])([A-Z][a-z])", f"{engine.group(1)} {engine.group(2)}")
    words = engine.all_matches(parted, "[A-Z]?[a-z]+|[A-Z]+|[0-9]+|[^ A-Za-z0-9]+")
    if style in {"snake", "kebab"}:
        return engine.joined(each(words, engine.lower), "_" if style == "snake" else "-")

    def raised(items: Any) -> Any:
        return engine.joined(each(each(items, engine.lower), lambda word: _raised(compiler, word, lower=False)), "")

    if style == "pascal":
        return raised(words)
    return bind(words, lambda items: engine.joined(each(engine.run(items, 0, 1), engine.lower), "") + raised(engine.run(items, 1)))


def _trim(compiler: Compiler, node: texts.Trim) -> Any:
    return compiler.engine.stripped(compiler.text(node.of), node.characters, node.side)


def _squeeze(compiler: Compiler, node: texts.Squeeze) -> Any:
    engine = compiler.engine
    return engine.stripped(engine.replaced(compiler.text(node.of), r"[ \t\r\n]+", " "), " ", "both")


def _pad(compiler: Compiler, node: texts.Pad) -> Any:
    engine = compiler.engine

    def padded(value: Any) -> Any:
        missing = node.width - value.length()
        if node.side == "both":
            half = ibis.greatest(missing, 0) // 2
            return engine.repeated(node.fill, half) + value + engine.repeated(node.fill, missing - half)
        filling = engine.repeated(node.fill, missing)
        return filling + value if node.side == "left" else value + filling

    return bind(compiler.text(node.of), padded)


def _without_accents(compiler: Compiler, node: texts.WithoutAccents) -> Any:
    table = texts.plain_letters()
    text = compiler.text(node.of)
    for code, plain in table.items():
        if len(plain) > 1:
            text = text.replace(chr(code), plain)
    single = [code for code, plain in table.items() if len(plain) == 1]
    text = text.translate("".join(map(chr, single)), "".join(table[code] for code in single))
    return compiler.engine.replaced(text, texts.ACCENTS.pattern, "")


def _replace(compiler: Compiler, node: texts.Replace) -> Any:
    if not node.old:
        raise NotNative("Replacing an empty text has no native form.")
    text = compiler.text(node.of)
    if not node.must:
        return text.replace(node.old, node.new)
    return bind(text, lambda value: compiler.engine.contains(value, node.old).ifelse(value.replace(node.old, node.new), None))


def _replace_tokens(compiler: Compiler, node: texts.ReplaceTokens) -> Any:
    engine = compiler.engine
    return engine.replaced(compiler.text(node.of), token(node.kind), engine.plain(node.new))


def _keep_tokens(compiler: Compiler, node: texts.KeepTokens) -> Any:
    engine = compiler.engine
    return engine.joined(engine.all_matches(compiler.text(node.of), token(node.kind)), node.joiner).nullif("")


def _slice(compiler: Compiler, node: texts.Slice) -> Any:
    engine = compiler.engine

    def sliced(value: Any) -> Any:
        length = value.length()
        start = ibis.literal(node.start) if node.start >= 0 else ibis.greatest(length + node.start, 0)
        if node.stop is None:
            part = engine.from_(value, start)
        else:
            stop = ibis.literal(node.stop) if node.stop >= 0 else length + node.stop
            part = engine.from_(value, start, ibis.greatest(stop - start, 0))
        return ibis.ifelse(value == "", value, part.nullif(""))

    return bind(compiler.text(node.of), sliced)


def _part(compiler: Compiler, node: texts.Part) -> Any:
    engine = compiler.engine
    _must_be_something(node.delimiter)
    text = compiler.text(node.of)
    if node.index not in {0, -1}:  # there is no such piece without the delimiter
        return engine.item(engine.split(text, node.delimiter), node.index)

    def piece(value: Any) -> Any:
        found = (
            engine.first_piece(value, node.delimiter) if node.index == 0 else engine.item(engine.split(value, node.delimiter), -1)
        )
        return engine.contains(value, node.delimiter).ifelse(found, None)

    return bind(text, piece)


def _match(compiler: Compiler, node: texts.Match) -> Any:
    engine, text = compiler.engine, compiler.text(node.of)
    if node.index == 0:
        return engine.first_match(text, token(node.kind))
    return engine.item(engine.all_matches(text, token(node.kind)), node.index)


def _before(compiler: Compiler, node: texts.Before) -> Any:
    return _around_mark(compiler, node, lambda pieces, at: compiler.engine.run(pieces, 0, at))


def _after(compiler: Compiler, node: texts.After) -> Any:
    return _around_mark(compiler, node, compiler.engine.run)


def _around_mark(compiler: Compiler, node: texts.Before | texts.After, kept: Callable[[Any, Any], Any]) -> Any:
    """The pieces before or after an occurrence of a mark, put together again."""
    engine = compiler.engine
    _must_be_something(node.mark)

    def around(pieces: Any) -> Any:
        count = pieces.length()
        at = ibis.literal(node.index + 1) if node.index >= 0 else count + node.index
        there = count > (node.index + 1 if node.index >= 0 else -node.index)
        return ibis.ifelse(there, engine.joined(kept(pieces, at), node.mark), None)

    return bind(engine.split(compiler.text(node.of), node.mark), around)


def _between(compiler: Compiler, node: texts.Between) -> Any:
    engine = compiler.engine
    _must_be_something(node.left + node.right)
    whole = engine.first_match(compiler.text(node.of), f"(?s){literal(node.left)}.*?{literal(node.right)}")
    inside = len(node.left), len(node.left) + len(node.right)
    return bind(whole, lambda value: engine.from_(value, inside[0], value.length() - inside[1]))


def _must_be_something(text: str) -> None:
    if not text:
        raise NotNative("Looking for an empty text has no native form.")


_MARK = "\ufdd0"
"""Stands around tokens while a text is cut at them: Unicode keeps this character for such purposes, so that no text has it."""


def _from_token(compiler: Compiler, node: texts.FromToken) -> Any:
    return _around_token(compiler, node, compiler.engine.run)


def _after_token(compiler: Compiler, node: texts.AfterToken) -> Any:
    return _around_token(compiler, node, lambda pieces, at: compiler.engine.run(pieces, at + 1)).nullif("")


def _up_to_token(compiler: Compiler, node: texts.UpToToken) -> Any:
    return _around_token(compiler, node, lambda pieces, at: compiler.engine.run(pieces, 0, at + 1 if node.included else at)).nullif(
        ""
    )


def _around_token(compiler: Compiler, node: Any, kept: Callable[[Any, Any], Any]) -> Any:
    """The pieces that are kept when the text is cut around its tokens: gap, token, gap, token, gap."""
    engine = compiler.engine
    parted = engine.replaced(compiler.text(node.of), f"({token(node.kind)})", _MARK + engine.group(1) + _MARK)

    def around(pieces: Any) -> Any:
        count = pieces.length() - 1
        index = ibis.literal(2 * node.index + 1) if node.index >= 0 else count + (2 * node.index + 1)
        there = index < count if node.index >= 0 else index > 0
        return ibis.ifelse(there, engine.joined(kept(pieces, index), ""), None)

    return bind(engine.split(parted, _MARK), around)


def _lookup(compiler: Compiler, node: texts.Lookup) -> Any:
    otherwise = missing("string") if node.otherwise is None else ibis.literal(node.otherwise)
    listed = dict(reversed(node.table))  # the first of equal ones counts

    def found(value: Any) -> Any:
        arms = [(value == given, missing("string") if to is None else ibis.literal(to)) for given, to in listed.items()]
        return ibis.cases((value.isnull(), missing("string")), *arms, else_=otherwise)

    return bind(compiler.text(node.of), found)


def _items(compiler: Compiler, node: texts.Items) -> Any:
    engine = compiler.engine
    _must_be_something(node.separator)
    pieces = engine.split(compiler.text(node.of), node.separator)
    if node.each is not None:
        turned = node.each
        pieces = engine.present(each(pieces, lambda piece: compiler.over(piece).text(turned)))
    if node.unique:
        pieces = bind(pieces, engine.distinct)
    match node.order:
        case "sorted" | "descending":
            pieces = engine.sorted(pieces, descending=node.order == "descending")
        case "numeric":
            pieces = _by_number(compiler, pieces)
        case "reversed":
            pieces = engine.reversed(pieces)
    return engine.joined(pieces, node.joiner)


def _by_number(compiler: Compiler, pieces: Any) -> Any:
    """The pieces sorted by the plain numbers that they are, then those that are none."""
    engine = compiler.engine

    def keyed(piece: Any) -> Any:
        plain = engine.matches(piece, rf"\A(?:{texts.PLAIN_NUMBER.pattern})\z")
        number = ibis.ifelse(plain, piece.try_cast(NUMBER), None)
        return ibis.struct({"other": number.isnull(), "number": number, "text": piece})

    pairs = engine.sorted(each(pieces, lambda piece: bind(piece, keyed)), descending=False)
    return each(pairs, lambda pair: pair["text"])


def _text(compiled: Callable[[Compiler, Any], Any]) -> Callable[[Compiler, Any], Text]:
    return lambda compiler, node: Text(compiled(compiler, node))


_COMPILED: dict[Any, Callable[[Compiler, Any], Any]] = {
            texts.Case: _case, texts.Trim: _trim, texts.Squeeze: _squeeze, texts.Pad: _pad, texts.WithoutAccents: _without_accents,
            texts.Replace: _replace, texts.ReplaceTokens: _replace_tokens, texts.KeepTokens: _keep_tokens, texts.Slice: _slice,
            texts.Part: _part, texts.Match: _match, texts.Before: _before, texts.After: _after, texts.Between: _between,
            texts.FromToken: _from_token, texts.AfterToken: _after_token, texts.UpToToken: _up_to_token, texts.Lookup: _lookup,
            texts.Items: _items,
}  # fmt: skip
NODES.update({kind: _text(compiled) for kind, compiled in _COMPILED.items()})
