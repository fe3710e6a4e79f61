"""Random small tasks: rows of all kinds of cells, and outputs that have something to do with them, or nothing."""

from typing import Any

from hypothesis import strategies as st

from tests.byexample.synthesis.tables import Cell, Row

Examples = list[tuple[Row, Cell]]

_WORDS = st.sampled_from([
    "Ada Lovelace", "Turing, Alan", "a-b_c/d", "x", "  two  gaps ", "id=7;n=ada", "O'Neil (Sr.)", "first\nsecond", "\t", "ß straße",
    "שלום עולם", "القاهرة، مصر", "东京", "👍🏽 ok", "e\u0301te\u0301", "Ǆ İ ı", "a,b,a", "\u00a0", "N/A", "()", "{x}", "\\d",
])  # fmt: skip
_NUMBERS = st.one_of(
    st.integers(-2000, 20000).map(str),
    st.decimals(-1000, 1000, places=2).map(str),
    st.sampled_from(["1,234.50", "(12.5)", "$3.00", "1e3", "007", "12 kg", "50%", "1.234,5", "9" * 25, ".5", "+4", "-0", "٣٤"]),
)
_MOMENTS = st.one_of(
    st.dates().map(str),
    st.dates().map(lambda date: f"{date.month}/{date.day}/{date.year}"),
    st.datetimes().map(lambda moment: moment.strftime("%d-%b-%Y %H:%M:%S")),
    st.times().map(lambda time: time.strftime("%H:%M")),
    st.sampled_from(["29 février 2020", "1. März 99", "31/02/2020", "24:00", "12:60", "Q3 2020", "2020-W53", "0001-01-01", "517"]),
)
_CELLS = st.one_of(st.none(), st.just(""), _WORDS, _WORDS, _NUMBERS, _NUMBERS, _MOMENTS, _MOMENTS, st.text(max_size=10))


def _related(row: Row) -> st.SearchStrategy[Cell]:
    """Outputs that use the row."""
    texts = [cell for cell in row if cell] or ["x"]
    piece = st.sampled_from(texts)
    return st.one_of(
        _CELLS,
        piece,
        piece.map(str.upper),
        piece.map(lambda text: text[:3]),
        piece.map(lambda text: text.split(" ")[-1]),
        piece.map(lambda text: f"<{text}>"),
        st.just("-".join(texts)),
    )


@st.composite
def tasks(draw: Any) -> tuple[Examples, list[Row]]:
    """One to three examples with different inputs, and up to four rows without an answer, some of them examples too."""
    width = draw(st.integers(1, 3))
    row: st.SearchStrategy[Row] = st.tuples(*[_CELLS] * width)
    given = draw(st.lists(row, min_size=1, max_size=3, unique=True))
    examples = [(one, draw(_related(one))) for one in given]
    return examples, draw(st.lists(st.one_of(row, st.sampled_from(given)), max_size=4))
