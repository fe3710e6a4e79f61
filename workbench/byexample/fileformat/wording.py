"""A format in one English sentence."""

from workbench.byexample.fileformat.model import FileFormat

_CHARACTERS = {
    ",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars (|)", " ": "blanks", ":": "colons", "^": "carets (^)",
    "~": "tildes (~)", "\x01": "control characters (\\x01)", "\x1f": "control characters (\\x1f)",
}  # fmt: skip
_QUOTES = {'"': "double quotes", "'": "single quotes", "`": "backquotes"}
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def explain(format_: FileFormat) -> str:
    """Says the kind, then the header, then what is left out."""
    parts = [_kind(format_)]
    if format_.kind in {"delimited", "fixed_width"} or format_.header_rows:
        parts.append(_header(format_))
    if format_.comment:
        parts.append(f"lines that begin with {format_.comment} are comments")
    left_out = [
        _count(number, where)
        for number, where in ((format_.skip_lines, "line above the table"), (format_.footer_lines, "line below it"))
        if number
    ]
    if left_out:
        parts.append(f"{' and '.join(left_out)} {'is' if format_.skip_lines + format_.footer_lines == 1 else 'are'} left out")
    if format_.decimal == ",":
        parts.append("numbers have a decimal comma")
    if format_.encoding not in {"utf-8", "ascii"}:
        parts.append(f"the encoding is {format_.encoding}")
    return "; ".join(parts) + "."


def _kind(format_: FileFormat) -> str:
    columns = _count(len(format_.names), "column")
    if format_.kind == "delimited":
        delimiter = _CHARACTERS.get(format_.delimiter) or f"“{_visible(format_.delimiter)}”"
        runs = "runs of " if format_.repeated else ""
        text = f"Text of {columns} with {runs}{delimiter} between the cells" if format_.delimiter else f"Text of {columns}"
        if format_.framed:
            text += " and around them"
        if format_.quote:
            text += f", which may stand in {_QUOTES.get(format_.quote, format_.quote)}"
        if format_.escape == "backslash":
            text += ", with a backslash before a quote or delimiter that is meant" if format_.quote else (
                ", with a backslash before a delimiter that is meant"
            )  # fmt: skip
        return text
    if format_.kind == "fixed_width":
        places = ", ".join(str(start + 1) for start in format_.starts[:12]) + (" ..." if len(format_.starts) > 12 else "")
        return f"Text of {columns} of fixed width, which begin at the characters {places}"
    if format_.kind == "json_lines":
        return f"JSON with a record on each line, of {columns}"
    if format_.kind == "json":
        where = f", under {' / '.join(format_.records)}" if format_.records else ""
        return f"One JSON value{where} with records of {columns}"
    return "Plain text, where each line is one value"


def _header(format_: FileFormat) -> str:
    if not format_.header_rows:
        return "there is no header"
    if format_.header_commented:
        return "the names stand in the last comment line above the rows"
    return "the first line has the names" if format_.header_rows == 1 else f"the names take {_NUMBERS[format_.header_rows]} lines"


def _count(number: int, what: str) -> str:
    noun, _, rest = what.partition(" ")
    number_text = _NUMBERS[number] if number < len(_NUMBERS) else f"{number:,}"
    return f"{number_text} {noun}{'' if number == 1 else 's'}{' ' if rest else ''}{rest}"


def _visible(text: str) -> str:
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)
