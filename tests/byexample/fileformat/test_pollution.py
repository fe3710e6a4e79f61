"""One table spoilt in the ways that real files are: the kinds are those of Pollock (Vitagliano et al., VLDB 2023)."""

import pytest

from workbench.byexample.fileformat import detect

NAMES = ["DATE", "TIME", "CODE", "Price", "Qty", "Name", "Text", "New"]
_THINGS = ["Men's coat", "Lamp, small", 'Pan 12"', "Rope", "Kids' boots, red"]
_TEXTS = [
    "A warm coat for cold, wet days.",
    'The "best" one: light and quick.',
    "Made of wool; keeps you dry, even when wet.",
    "It's small",
    "Two-piece set, with 3 lids (blue).",
]


def _row(n: int) -> list[str]:
    what = [_THINGS[n % 5], _TEXTS[(n * 3 + n // 5) % 5], "01"[n % 2]]
    when = [f"{1 + n % 28:02}/{1 + n % 12:02}/2018", f"{n % 24:02}:15"]
    return [*when, f"{'ABX'[n % 3]}K-{1000 + 37 * n}", f"{0.91 + 2.37 * n:.2f}", str(n % 7), *what]


ROWS = [_row(number) for number in range(40)]
QUOTING = pytest.mark.parametrize("everything", [True, False], ids=["all quoted", "quoted where needed"])


def lines(
    rows: list[list[str]] = ROWS, *, everything: bool, delimiter: str = ",", quote: str = '"', escape: str = "", names: bool = True
) -> list[str]:
    """The table as lines of text."""

    def cell(text: str) -> str:
        if not everything and delimiter not in text and quote not in text:
            return text
        return quote + text.replace(quote, (escape or quote) + quote) + quote

    return [delimiter.join(cell(text) for text in row) for row in ([NAMES, *rows] if names else rows)]


def text_of(*parts: list[str], end: str = "\r\n") -> str:
    return "".join(line + end for part in parts for line in part)


@QUOTING
@pytest.mark.parametrize("delimiter", [",", ";", "|", " ", "\t", "\t\t", ":", ", ", "\\t"])
def test_that_delimiters_are_found(delimiter: str, everything: bool) -> None:
    text = text_of(lines(delimiter=delimiter, everything=everything))
    found = detect(text, complete=True)
    assert found.delimiter == {"\t\t": "\t", ", ": ","}.get(delimiter, delimiter)
    assert (found.repeated, found.trim) == (delimiter == "\t\t", delimiter in {"\t\t", ", "})
    assert [list(row) for row in found.read(text)[1]] == ROWS


@QUOTING
@pytest.mark.parametrize(("quote", "escape"), [('"', ""), ("'", ""), ('"', "\\")])
def test_that_quotes_and_escapes_are_found(quote: str, escape: str, everything: bool) -> None:
    text = text_of(lines(quote=quote, escape=escape, everything=everything))
    found = detect(text, complete=True)
    assert (found.quote, found.escape) == (quote, "backslash" if escape else "doubled")
    assert [list(row) for row in found.read(text)[1]] == ROWS


@QUOTING
@pytest.mark.parametrize("count", [5, 40])
@pytest.mark.parametrize(
    "above", [["TABLE", "of goods", "2018"], ["TABLE", "of goods", "2018", ""], ["TABLE,,,,,,,", "of goods,,,,,,,", ",,,,,,,"]]
)
def test_that_lines_above_are_left_out(above: list[str], count: int, everything: bool) -> None:
    text = text_of(above, lines(ROWS[:count], everything=everything))
    found = detect(text, complete=True)
    assert (found.skip_lines, found.header_rows, found.footer_lines) == (len(above), 1, 0)
    assert [list(row) for row in found.read(text)[1]] == ROWS[:count]


@QUOTING
@pytest.mark.parametrize("count", [5, 40])
@pytest.mark.parametrize(
    "below", [["All prices", "in euro"], ["", "All prices", "in euro"], ["All prices,,,,,,,", "in euro,,,,,,,"]]
)
def test_that_lines_below_are_left_out(below: list[str], count: int, everything: bool) -> None:
    text = text_of(lines(ROWS[:count], everything=everything), below)
    found = detect(text, complete=True)
    assert (found.skip_lines, found.header_rows, found.footer_lines) == (0, 1, len(below))
    assert [list(row) for row in found.read(text)[1]] == ROWS[:count]


@QUOTING
@pytest.mark.parametrize("place", [1, 2, 20, 39])
@pytest.mark.parametrize(
    "spoilt", ["", ",".join("x" * 15), ",".join(ROWS[7][:5]), ";".join(ROWS[7]), "'" + "','".join(ROWS[7]) + "'"]
)
def test_that_one_odd_row_changes_nothing(spoilt: str, place: int, everything: bool) -> None:
    rows = lines(everything=everything)
    rows[place] = spoilt
    found = detect(text_of(rows), complete=True)
    assert (found.delimiter, found.header_rows, found.skip_lines, found.footer_lines) == (",", 1, 0, 0)
    assert list(found.names[:8]) == NAMES


@QUOTING
@pytest.mark.parametrize("width", [6, 8, 12])
def test_that_the_larger_of_two_tables_is_read(width: int, everything: bool) -> None:
    other = [",".join(f"h{number}" for number in range(width)), *(",".join([str(n)] * width) for n in range(10))]
    text = text_of(lines(everything=everything), [""], other)
    found = detect(text, complete=True)
    assert (found.skip_lines, found.footer_lines) == (0, 12)
    assert [list(row) for row in found.read(text)[1]] == ROWS
    turned = text_of(other, [""], lines(everything=everything))
    assert detect(turned, complete=True).skip_lines == 12


@QUOTING
def test_that_headers_may_lack_or_be_long(everything: bool) -> None:
    assert detect(text_of(lines(names=False, everything=everything)), complete=True).header_rows == 0
    for place in (0, 3, 7):
        for name in ("", "HEADER" * 5000):
            names = [name if number == place else old for number, old in enumerate(NAMES)]
            found = detect(text_of([",".join(names)], lines(names=False, everything=everything)), complete=True)
            assert (found.header_rows, found.names[place]) == (1, name or f"Column{place + 1}")
