"""What holds for every column, whatever it has."""

from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.byexample.profiling import likely_type, profile

PIECES = [
    "1",
    "12",
    "2017",
    "03",
    "/",
    "-",
    ".",
    ",",
    ":",
    " ",
    "T",
    "Z",
    "+",
    "Jan",
    "März",
    "Mon",
    "am",
    "$",
    "€",
    "%",
    "kg",
    "(",
    ")",
    "e5",
    "@",
    "°",
    "{",
    "}",
    "x",
    "O",
]
texts = st.one_of(st.lists(st.sampled_from(PIECES), max_size=8).map("".join), st.text(max_size=12))
columns = st.lists(st.one_of(st.none(), texts), max_size=25)


@settings(max_examples=250, deadline=None)
@given(columns)
def test_that_types_are_shares_of_the_present_values_with_the_rest_as_misfits(values: list[str | None]) -> None:
    present = [value for value in values if value and not value.isspace()]
    types = likely_type(values)
    assert bool(types) == bool(present)
    for found in types:
        assert 0 < found.share <= 1
        assert found.count == round(found.share * len(present))
        assert set(found.misfits) <= set(present)
        assert (found.share == 1) == (not found.misfits)
    assert len({(found.kind, found.formats) for found in types}) == len(types)


@settings(max_examples=100, deadline=None)
@given(columns)
def test_that_counts_add_up_and_outliers_are_rows_of_the_column(values: list[str | None]) -> None:
    found = profile(values)
    assert found.count == len(values)
    assert found.missing + found.blank + sum(pattern.count for pattern in found.patterns) == len(values)
    for outlier in found.outliers:
        assert values[outlier.index] == outlier.value
        assert values.index(outlier.value) == outlier.index
        assert outlier.reason.endswith(".")
