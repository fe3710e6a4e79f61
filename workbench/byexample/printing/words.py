"""Small words that every sentence about a program needs: ordinals, marks, quoted texts, kinds of tokens."""

from collections.abc import Sequence

from workbench.byexample.tree.tokens import TOKENS

MARKS = {
    " ": "blank", "\t": "tab", "\n": "line break", "\r\n": "line break", ",": "comma", ";": "semicolon", ":": "colon", ".": "point",
    "-": "hyphen", "_": "underscore", "/": "slash", "\\": "backslash", "|": "vertical bar", "(": "opening bracket",
    ")": "closing bracket", "'": "apostrophe", '"': "quotation mark",
}  # fmt: skip
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def ordinal_word(index: int) -> str:
    """`first`, `second` ... counted from 0; `last`, `second to last` for negative ones."""
    if index == -1:
        return "last"
    place = index if index >= 0 else -index - 1
    word = _ORDINALS[place] if place < len(_ORDINALS) else f"{place + 1}th"
    return word if index >= 0 else f"{word} to last"


def number_word(count: int) -> str:
    """Small numbers as words."""
    return _NUMBERS[count] if 0 <= count < len(_NUMBERS) else str(count)


def count_of(count: int, thing: str) -> str:
    """`one character`, `two characters`."""
    return f"{number_word(count)} {thing}" if count == 1 else f"{number_word(count)} {plural(thing)}"


def plural(thing: str) -> str:
    """`commas` for comma, `slashes` for slash."""
    return thing + ("es" if thing.endswith(("sh", "s", "x")) else "s")


def quoted(text: str) -> str:
    """A text in single quotes (double ones when it has single ones); a lone blank or tab by its name, a long text cut."""
    if text == "":
        return "an empty text"
    if text in {" ", "\t", "\n", "\r\n"}:
        return f"a {MARKS[text]}"
    shown = text if len(text) <= 40 else text[:38] + "…"
    shown = shown.replace("\r\n", "⏎").replace("\n", "⏎").replace("\t", "⇥")
    return f"'{shown}'" if "'" not in shown else f'"{shown}"' if '"' not in shown else f"‘{shown}’"


def mark(text: str) -> str:
    """A delimiter's name: `comma`, `blank`, else the text in quotes."""
    return MARKS.get(text) or quoted(text)


def a_mark(text: str) -> str:
    """`a comma`, `an underscore`, `'@'`."""
    name = MARKS.get(text)
    return quoted(text) if name is None else f"{'an' if name[0] in 'aou' else 'a'} {name}"


def marks(text: str) -> str:
    """`commas`, `blanks`, `'@'`."""
    return plural(MARKS[text]) if text in MARKS else quoted(text)


def token(kind: str, brief: bool = False) -> str:
    """A kind of token in the singular."""
    english = TOKENS[kind].english
    return english.split(" (")[0].replace("group of ", "") if brief else english


def tokens(kind: str) -> str:
    """A kind of token in the plural."""
    return {"letters": "words", "alphanumeric": "groups of letters and digits", "nonblank": "words"}.get(kind, TOKENS[kind].plural)


def listed(items: Sequence[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}"
