"""The secrets in a project's run configurations: blacked out in what is kept of them, and put back from the file that is there.

The text is changed where the values stand, so that comments, order and quotes stay as they are.
"""

import json
import re
import tomllib
from collections.abc import Callable, Iterator

from workbench.base.masking import MASK, masked_value

_CONFIG = re.compile(r"runconfig/[^/]+\.toml")
_PAIR = re.compile(
    r"(?P<key>\"[^\"\n]*\"|'[^'\n]*'|[A-Za-z0-9_-]+)(?P<equals>[ \t]*=[ \t]*)"
    r"(?P<value>\"{3}(?:\\.|[^\\])*?\"{3}|'{3}.*?'{3}|\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*')",
    re.DOTALL,
)
_HEADER = re.compile(r"^[ \t]*\[+[ \t]*([^\]\n]+?)[ \t]*\]+[ \t]*(?:#.*)?$", re.MULTILINE)
_INLINE = re.compile(r"^[ \t]*variables[ \t]*[.=].*$", re.MULTILINE)

Replace = Callable[[re.Match[str]], str]


def is_config(path: str) -> bool:
    """Whether a path of a project, with forward slashes, is that of a run configuration."""
    return _CONFIG.fullmatch(path) is not None


def without_secrets(content: bytes) -> bytes | None:
    """A run configuration with the values of its secret variables blacked out; None where it holds none."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    changed = _in_variables(text, _blacked_out)
    if not _is_clean(changed):
        changed = _PAIR.sub(_blacked_out, changed)
    return None if changed == text else changed.encode("utf-8")


def with_secrets_of(kept: bytes, present: bytes) -> bytes:
    """A configuration as it was kept, with what was blacked out taken from the file that is there, as far as that has it."""
    if MASK.encode() not in kept:
        return kept
    try:
        known = {_name(pair): pair["value"] for pair in _pairs(present.decode("utf-8"))}
        return _in_variables(
            kept.decode("utf-8"),
            lambda pair: (
                pair["key"] + pair["equals"] + (known.get(_name(pair), pair["value"]) if MASK in pair["value"] else pair["value"])
            ),
        ).encode("utf-8")
    except UnicodeDecodeError:
        return kept


def diff_without_secrets(diff: str) -> str:
    """A difference as git writes it, with the secrets of run configurations blacked out."""
    parts = re.split(r"(?m)^(?=diff --git )", diff)
    return "".join(_PAIR.sub(_blacked_out, part) if _is_about_config(part) else part for part in parts)


def _is_about_config(part: str) -> bool:
    return re.match(r"diff --git .*runconfig/[^/\n]+\.toml\"?$", part, re.MULTILINE) is not None


def _blacked_out(pair: re.Match[str]) -> str:
    value = _text(pair["value"])
    shown = masked_value(_name(pair), value)
    return pair[0] if shown == value else pair["key"] + pair["equals"] + json.dumps(shown, ensure_ascii=False)


def _is_clean(text: str) -> bool:
    """Whether the configuration is readable, and none of its variables shows a secret."""
    try:
        variables = tomllib.loads(text).get("variables", {})
    except tomllib.TOMLDecodeError:
        return False
    if not isinstance(variables, dict):
        return True
    return all(masked_value(name, value) == value for name, value in variables.items() if isinstance(value, str))


def _in_variables(text: str, replace: Replace) -> str:
    """The text with each `name = "value"` replaced that stands in the table of variables."""
    done, at = "", 0
    for start, end in _spans(text):
        done += text[at:start] + _PAIR.sub(replace, text[start:end])
        at = end
    return done + text[at:]


def _pairs(text: str) -> Iterator[re.Match[str]]:
    for start, end in _spans(text):
        yield from _PAIR.finditer(text[start:end])


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Where variables stand: lines `variables = {...}` and `variables.NAME = ...` before the first table, and the table itself."""
    headers = list(_HEADER.finditer(text))
    first = headers[0].start() if headers else len(text)
    for line in _INLINE.finditer(text, 0, first):
        yield line.span()
    for at, header in enumerate(headers):
        if header[1].strip("\"' ") == "variables":
            yield header.end(), headers[at + 1].start() if at + 1 < len(headers) else len(text)


def _name(pair: re.Match[str]) -> str:
    return pair["key"].strip("\"'")


def _text(literal: str) -> str:
    """The string that a TOML literal stands for."""
    return str(tomllib.loads(f"x = {literal}")["x"]) if _readable(literal) else literal


def _readable(literal: str) -> bool:
    try:
        tomllib.loads(f"x = {literal}")
    except tomllib.TOMLDecodeError:
        return False
    return True
