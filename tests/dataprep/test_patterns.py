"""Regular expressions that DuckDB and Spark read the same."""

import duckdb
import pytest

from workbench.base.errors import UserError
from workbench.dataprep.patterns import for_engine, for_java, group_names, pattern_problem, replacement_for


@pytest.mark.parametrize(
    ("pattern", "java"),
    [
        (r"(?P<a>\d+)-(\w*)$", r"(?d)(\d+)-(\w*)\z"),
        (r"[[:alpha:]\s&]", r"(?d)[A-Za-z\t\n\f\r\x20\&]"),
        (r"(?i)x{2}{", r"(?d)(?iu)x{2}\{"),
        (r"(?m)a$", r"(?d)(?m)a$"),
        (r"\pL\p{Greek}\P{^Lu}", r"(?d)\p{L}\p{IsGreek}\p{Lu}"),
        (r"[]a]\S\v", r"(?d)[\]a][^\t\n\f\r\x20]\x0B"),
        (r"a\Q.(\E(b)", r"(?d)a\Q.(\E(b)"),
    ],
)
def test_that_a_pattern_becomes_one_of_java(pattern: str, java: str) -> None:
    assert pattern_problem(pattern) == ""
    assert for_java(pattern) == java
    assert for_engine(pattern, "pyspark") == java
    assert for_engine(pattern, "duckdb") == pattern


@pytest.mark.parametrize("pattern", ["(", "a**", r"\1", r"(a)\1", "(?U)a", r"\012", r"\C", "(?=a)"])
def test_that_what_is_not_read_the_same_is_refused(pattern: str) -> None:
    assert pattern_problem(pattern)
    with pytest.raises(UserError):
        for_engine(pattern, "pyspark")


def test_that_groups_have_their_names() -> None:
    assert group_names(r"(?P<year>\d+)-(\d)[(](?:x)\((a)") == ("year", "", "")
    assert group_names(r"\d[()]") == ()


def test_that_replacements_name_groups() -> None:
    assert replacement_for(r"\1-\2 $ \\", "pyspark") == r"$1-$2 \$ \\"
    assert replacement_for(r"\1", "duckdb") == r"\1"


def test_that_duckdb_takes_what_passes() -> None:
    for pattern in (r"(?P<a>\d+)", r"[[:^alpha:]]", r"(?is)a.b", r"\x{1F642}"):
        assert pattern_problem(pattern) == ""
        duckdb.execute(f"SELECT regexp_matches('', '{pattern}')").fetchall()
