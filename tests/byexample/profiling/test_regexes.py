"""The regular expressions hold for their values, whatever these are, and mean the same in Python and in DuckDB (RE2)."""

import re
import warnings

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.byexample.profiling import profile
from workbench.byexample.profiling.clustering import clusters_of

anything = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30).filter(lambda text: not text.isspace())
words = st.lists(
    st.sampled_from(["Anna", "the", "USA", "17", "2017", "-", ".", " ", "é", "Ünal", "ДА", "東京", "x9", "\t", "+", "[", "²"]),
    min_size=1,
)
wordy = words.map("".join).filter(lambda text: not text.isspace())
columns = st.one_of(st.lists(wordy, min_size=1, max_size=60), st.lists(anything, min_size=1, max_size=30))


@settings(max_examples=150, deadline=None)
@given(columns, st.integers(1, 8))
def test_that_every_value_matches_the_pattern_of_its_cluster(values: list[str], most: int) -> None:
    found = clusters_of(list(dict.fromkeys(values)), most).clusters
    assert len(found) <= most
    assert {value for cluster in found for value in cluster.values} == set(values)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for cluster in found:
            assert all(re.fullmatch(cluster.template.regex, value) for value in cluster.values), cluster


@settings(max_examples=60, deadline=None)
@given(columns, st.integers(1, 8), st.integers(1, 20))
def test_that_the_patterns_cover_all_values_even_of_a_small_sample(values: list[str], most: int, sample: int) -> None:
    found = profile(values, most_patterns=most, sample=sample)
    assert len(found.patterns) <= most
    assert all(any(re.fullmatch(pattern.regex, value) for pattern in found.patterns) for value in values)
    assert sum(pattern.count for pattern in found.patterns) == len(values)
    assert abs(sum(pattern.coverage for pattern in found.patterns) - 1) < 1e-9


@settings(max_examples=60, deadline=None)
@given(columns, columns)
def test_that_duckdb_understands_the_patterns_as_python_does(values: list[str], others: list[str]) -> None:
    texts = [text for text in dict.fromkeys(values + others) if "\0" not in text]
    with duckdb.connect() as connection:
        for pattern in profile(values).patterns:
            here = [bool(re.fullmatch(pattern.regex, text)) for text in texts]
            there = connection.execute(
                "SELECT list_transform($1, lambda text: regexp_full_match(text, $2))", [texts, pattern.regex]
            )
            assert there.fetchone() == (here,), pattern.regex


def test_that_nothing_is_slow_on_a_very_long_value() -> None:
    long = ["ab " * 5000, "a1-" * 4000, "1" * 10_000, "x" * 12_000 + "!", "Anna Smith", "Bob Brown"]
    found = profile(long * 3)
    assert sum(pattern.count for pattern in found.patterns) == 18


def test_that_repeats_stay_within_what_re2_allows() -> None:
    found = profile(["1" * 1500, "2" * 1500, "3" * 1500, "4" * 1500, "5" * 1500, "6" * 1500])
    assert [pattern.regex for pattern in found.patterns] == ["[0-9]+"]
