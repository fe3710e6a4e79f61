"""Tables of what is to be learned: rows with the wanted outputs, of which the first few are the examples."""

from collections.abc import Sequence

from workbench.byexample import learn

Cell = str | None
Row = tuple[Cell, ...]
Table = tuple[int, Sequence[tuple[Cell | Row, Cell]]]
"""How many rows, from the first, are examples; then all rows. A text stands for a row of one column."""


def rows_of(table: Table) -> list[tuple[Row, Cell]]:
    """The rows, each input a tuple."""
    return [(given if isinstance(given, tuple) else (given,), wanted) for given, wanted in table[1]]


def check(table: Table) -> None:
    """Learns from the examples with all inputs at hand; every row must come out right, null and "" being equal."""
    rows = rows_of(table)
    learned = learn(rows[: table[0]], [given for given, _ in rows])
    assert learned.program, learned.explanation
    derived = [learned.program.run(given) or "" for given, _ in rows]
    assert derived == [wanted or "" for _, wanted in rows], learned.explanation
