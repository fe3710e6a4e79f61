"""Texts that are put together from constants and expressions, as f-strings that Python 3.11 reads."""

from __future__ import annotations

from workbench.byexample.printing.literals import literal

Pieces = tuple[tuple[str, str | None], ...]
"""(text, None) for a constant, (expression, "") for a text, (expression, "d") or another format for a whole number."""


def joined(pieces: Pieces) -> str:
    """The pieces as one expression: a literal, an f-string, or a sum where an f-string cannot hold them."""
    merged = _merged(pieces)
    if not merged:
        return '""'
    if all(form is None for _, form in merged):
        return literal("".join(text for text, _ in merged))
    if len(merged) == 1 and merged[0][1] in {"", "d"}:
        return merged[0][0] if merged[0][1] == "" else f"str({merged[0][0]})"
    if any(form is not None and ('"' in text or "\\" in text or text.startswith("{")) for text, form in merged):
        return " + ".join(_term(text, form) for text, form in merged)
    shown = "".join(_inside(text) if form is None else _field(text, form) for text, form in merged)
    return f'f"{shown}"'


def _field(text: str, form: str) -> str:
    return f"{{{text}}}" if form in {"", "d"} else f"{{{text}:{form}}}"


def _term(text: str, form: str | None) -> str:
    if form is None:
        return literal(text)
    if form == "":
        return f"({text})" if " if " in text else text
    if form == "d":
        return f"str({text})"
    return f"format({text}, {literal(form)})" if '"' in text else f'f"{{{text}:{form}}}"'


def _inside(text: str) -> str:
    escaped = "".join('\\"' if c == '"' else "'" if c == "'" else repr(c)[1:-1] for c in text)
    return escaped.replace("{", "{{").replace("}", "}}")


def _merged(pieces: Pieces) -> list[tuple[str, str | None]]:
    """Neighbouring constants as one."""
    found: list[tuple[str, str | None]] = []
    for text, form in pieces:
        if form is None and found and found[-1][1] is None:
            found[-1] = (found[-1][0] + text, None)
        elif text or form is not None:
            found.append((text, form))
    return found
