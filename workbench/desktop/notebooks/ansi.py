"""Text with ANSI colour codes, as kernels and tools print it, into plain pieces with a style."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

_CODE = re.compile(r"\x1b\[([0-9;]*)m")
_OTHER = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-ln-z]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][A-Z0-9]|[=>78])")


@dataclass(frozen=True)
class AnsiStyle:
    """`colour`: 0-7 of the basic palette, None for the text's own."""

    colour: int | None = None
    bold: bool = False
    italic: bool = False
    underline: bool = False


def plain(text: str) -> str:
    """The text without any code."""
    return _OTHER.sub("", _CODE.sub("", text))


def pieces(text: str) -> Iterator[tuple[str, AnsiStyle]]:
    """The runs of text of one style, in order; other terminal codes are dropped."""
    text = _OTHER.sub("", text)
    style, start = AnsiStyle(), 0
    for code in _CODE.finditer(text):
        if code.start() > start:
            yield text[start : code.start()], style
        style, start = _apply(style, code.group(1)), code.end()
    if start < len(text):
        yield text[start:], style


def _apply(style: AnsiStyle, codes: str) -> AnsiStyle:
    numbers = [int(part) if part else 0 for part in codes.split(";")]
    while numbers:
        number = numbers.pop(0)
        if number == 0:
            style = AnsiStyle()
        elif number == 1:
            style = replace(style, bold=True)
        elif number == 3:
            style = replace(style, italic=True)
        elif number == 4:
            style = replace(style, underline=True)
        elif number == 22:
            style = replace(style, bold=False)
        elif 30 <= number <= 37:
            style = replace(style, colour=number - 30)
        elif 90 <= number <= 97:
            style = replace(style, colour=number - 90)
        elif number == 39:
            style = replace(style, colour=None)
        elif number in {38, 48}:  # 256 colours and true colour: the nearest basic one is all we show
            kind = numbers.pop(0) if numbers else 0
            value = numbers[:1] if kind == 5 else numbers[:3]
            numbers = numbers[len(value) :]
            if number == 38 and kind == 5 and value:
                style = replace(style, colour=_of_256(value[0]))
    return style


def _of_256(number: int) -> int | None:
    if number < 16:
        return number % 8
    if number >= 232:
        return None
    red, green, blue = (number - 16) // 36, (number - 16) // 6 % 6, (number - 16) % 6
    return (red > 2) | (green > 2) << 1 | (blue > 2) << 2


def overwrite(text: str) -> str:
    """What a terminal shows of text with carriage returns: a progress bar's last state only.

    A return at the very end is kept: what comes next overwrites the last line.
    """
    if "\r" not in text:
        return text
    lines = text.replace("\r\n", "\n").split("\n")
    waiting = lines[-1].endswith("\r")
    shown = [next((part for part in reversed(line.split("\r")) if part), "") for line in lines]
    return "\n".join(shown) + ("\r" if waiting else "")
