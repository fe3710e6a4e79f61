"""Patterns as a person would write them, their coverage, and wishes about them."""

import pytest

from workbench.base.errors import UserError
from workbench.byexample.profiling import Profile, profile


def shown(found: Profile) -> dict[str, int]:
    return {pattern.regex: pattern.count for pattern in found.patterns}


REFERENCES = [
    *(f"PMC{number}" for number in range(3_905_000, 9_500_000, 100_000)),
    *(f"ISBN: {number}-{number * 7}-{number * 1234}-X" for number in range(20, 90, 3)),
    *(f"doi: 10.{number}/{number * 1003}" for number in range(1010, 1250, 20)),
    "not_available",
    "not_available",
]


def test_that_each_kind_of_reference_has_its_pattern() -> None:
    assert shown(profile(REFERENCES)) == {
        "not_available": 2,
        "PMC[0-9]{7}": 56,
        "doi: 10\\.[0-9]{4}/[0-9]{7}": 12,
        "ISBN: [0-9]{2}-[0-9]{3}-[0-9]{5,6}-X": 24,
    }


def test_that_a_pattern_comes_with_words_coverage_and_examples() -> None:
    first = next(pattern for pattern in profile(REFERENCES).patterns if pattern.regex.startswith("PMC"))
    assert first.description == "'PMC', then 7 digits"
    assert first.coverage == pytest.approx(56 / 94)
    assert first.examples[0] == "PMC3905000"


@pytest.mark.parametrize(
    ("values", "regexes"),
    [
        (["John Smith", "Mary Brown", "Li Ivanova", "Alexander Lee", "Zoe Tan"], ["[A-Z][a-z]+ [A-Z][a-z]+"]),
        (["Müller", "Jürgens", "Weiß", "Schmidt"], ["[A-Z][a-zß-öø-ÿ]+"]),
        (["Иван", "Анна", "Лев", "Ольга"], ["[Ѐ-Я][а-џ]+"]),
        (["東京都", "大阪市北区", "京都", "名古屋"], ["[一-鿿]+"]),
        (["9:31 AM", "10:39 AM", "7:56 PM", "11:02 PM", "1:15 AM", "8:30 PM"], ["[0-9]{1,2}:[0-9]{2} (?:AM|PM)"]),
        (["a [x]", "b [y]", "c [z]"], ["[a-z] \\[[a-z]\\]"]),
    ],
)
def test_that_a_column_of_one_kind_has_one_pattern(values: list[str], regexes: list[str]) -> None:
    assert [pattern.regex for pattern in profile(values).patterns] == regexes


def test_that_hashes_are_hexadecimal_digits() -> None:
    values = [f"{number * 2654435761 % 2**32:08x}-{number * 40503 % 2**16:04x}" for number in range(1, 60)]
    assert [pattern.regex for pattern in profile(values).patterns] == ["[0-9a-f]{8}-[0-9a-f]{4}"]


def test_that_post_codes_of_two_lengths_are_two_patterns_with_the_specific_one_first() -> None:
    values = [f"{number:05}" for number in range(10, 90_000, 500)] + [
        f"{number:05}-{number % 9999:04}" for number in range(7, 80_000, 4000)
    ]
    assert shown(profile(values)) == {"[0-9]{5}": 180, "[0-9]{5}-[0-9]{4}": 20}


def test_that_a_rare_length_has_a_pattern_of_its_own() -> None:
    values = [f"AB-{number}" for number in range(1000, 1100)] + ["AB-12"]
    assert shown(profile(values)) == {"AB-12": 1, "AB-[0-9]{4}": 100}


def test_that_prose_is_one_pattern() -> None:
    parts = [
        "It rained",
        "the sun (late) came out",
        "we left; nobody cared",
        "nothing happened, again",
        "he said: no",
        "see page 12",
    ]
    values = [f"{one}. {two}! {three}?" for one in parts for two in parts for three in parts]
    assert len(profile(values).patterns) == 1


def test_that_missing_and_blank_values_are_counted_apart() -> None:
    found = profile([None, "", "  ", "a1", "b2", "a1", None])
    assert (found.count, found.missing, found.blank, found.distinct) == (7, 2, 2, 4)
    assert shown(found) == {"[a-z][0-9]": 3}


@pytest.mark.parametrize("values", [[], [None, None], ["", " "]])
def test_that_a_column_of_nothing_has_no_patterns(values: list[str | None]) -> None:
    found = profile(values)
    assert (found.patterns, found.types, found.outliers) == ((), (), ())


def test_that_as_many_patterns_as_allowed_cover_everything() -> None:
    found = profile(REFERENCES, most_patterns=2)
    assert len(found.patterns) == 2
    assert sum(pattern.count for pattern in found.patterns) == len(REFERENCES)


def test_that_values_beyond_the_sample_are_counted_exactly() -> None:
    values = [f"{number}" for number in range(100_000, 130_000)] + ["n/a"] * 40 + [f"X{number}" for number in range(30)]
    found = profile(values, sample=200)
    assert shown(found) == {"n/a": 40, "X[0-9]{1,2}": 30, "[0-9]{6}": 30_000}


def test_that_values_wished_together_share_a_pattern() -> None:
    values = [f"{number:05}" for number in range(100, 200)] + [f"{number:05}-{number:04}" for number in range(100, 150)]
    assert len(profile(values).patterns) == 2
    found = profile(values, same=[["00100", "00100-0100"]])
    assert shown(found) == {"[0-9]{5}(?:-[0-9]{4})?": 150}


def test_that_values_wished_apart_have_different_patterns() -> None:
    values = ["10 kg", "12 kg", "17 kg", "11 lb", "15 lb", "19 lb"]
    assert len(profile(values).patterns) == 1
    found = profile(values, different=[["10 kg", "11 lb"]])
    homes = [next(p.regex for p in found.patterns if value in p.examples) for value in ("10 kg", "11 lb")]
    assert len(set(homes)) == 2


def test_that_values_wished_apart_may_differ_in_length_alone() -> None:
    found = profile(["1", "22", "3", "44", "5"], different=[["1", "22"]])
    assert shown(found) == {"[0-9]": 3, "[0-9]{2}": 2}


@pytest.mark.parametrize(
    ("same", "different", "most", "sentence"),
    [
        ([["a", "1"]], [["a", "1"]], 8, "both in the same pattern and in different ones"),
        ([], [["a", "a"]], 8, "two different patterns"),
        ([["a", "zebra"]], [], 8, "'zebra' is not a value of the column"),
        ([], [["a", "1", "-"]], 2, "at most 2 are allowed"),
        ([], [], 0, "at least one pattern"),
    ],
)
def test_that_wishes_that_cannot_be_met_are_refused(
    same: list[list[str]], different: list[list[str]], most: int, sentence: str
) -> None:
    with pytest.raises(UserError, match=sentence):
        profile(["a", "b", "1", "2", "-"], same=same, different=different, most_patterns=most)


def test_that_the_same_column_gives_the_same_profile() -> None:
    assert profile(REFERENCES) == profile(REFERENCES)


def test_that_a_profile_is_plain_json() -> None:
    import json

    told = json.loads(json.dumps(profile(["1.5", "2.5", "3.25", "4.0", None]).to_json()))
    assert told["count"] == 5
    assert told["missing"] == 1
    assert told["patterns"][0].keys() == {"regex", "description", "coverage", "count", "examples"}
    assert told["types"][0]["kind"] == "decimal"
