"""What the steps on values do, exactly."""

# ruff: noqa: E501 (tables of values; dates and times without a zone)
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from workbench.base.errors import Cancelled, UserError
from workbench.dataprep.columns import ColumnInfo
from workbench.dataprep.engine import Engine
from workbench.dataprep.package import Dataflow, FileRef, Package
from workbench.dataprep.steps import (
    Assert,
    ChangeCase,
    Clip,
    Cluster,
    ClusterText,
    Condition,
    Convert,
    Fill,
    FillMissing,
    MakeMissing,
    MapValues,
    Member,
    Pair,
    RemoveAccents,
    Replace,
    ReplaceErrors,
    ReplaceNA,
    RestoreOriginals,
    Round,
    StepBase,
    Trim,
)
from workbench.dataprep.steps.values.clustering import make_clusters
from workbench.dataprep.steps.values.clustering.keys import cologne, fingerprint, metaphone, ngram_fingerprint

Made = dict[str, list[Any]]
Over = Callable[..., Made]


@pytest.fixture
def over(project: Path, engine: Engine) -> Over:
    """`over(columns, step, ...)`: the columns after the steps; error cells as `!code` and `!code:original`."""

    def run(columns: dict[str, Any], *steps: StepBase) -> Made:
        pq.write_table(pa.table(columns), project / "data.parquet")
        flow = Dataflow(name="data", source=FileRef(path="data.parquet"), steps=steps)
        with engine.view(Package(flows=(flow,)), "data") as view:
            made: dict[str, list[Any]] = view.arrow(with_errors=True).to_pydict()
        for name in [name for name in made if name.startswith("__error__")]:
            column = name.removeprefix("__error__")
            shown = [None if text is None else "!" + text.replace("\x1f", ":") for text in made.pop(name)]
            made[column] = [value if text is None else text for value, text in zip(made[column], shown, strict=True)]
        return made

    return run


@pytest.fixture
def learned(project: Path, engine: Engine) -> Callable[[dict[str, Any], StepBase], Any]:
    """`learned(columns, step)`: the step after it has looked at the columns."""

    def run(columns: dict[str, Any], step: StepBase) -> Any:
        pq.write_table(pa.table(columns), project / "data.parquet")
        flow = Dataflow(name="data", source=FileRef(path="data.parquet"), steps=(step,))
        return engine.learn(Package(flows=(flow,)), "data", 0)

    return run


def whole(*values: int | None) -> Any:
    return pa.array(values, pa.int64())


def schema(**kinds: Any) -> tuple[ColumnInfo, ...]:
    return tuple(ColumnInfo(name, kind) for name, kind in kinds.items())


# replacing


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (Replace(columns=("s",), find="a.c", replacement="X"), ["X", "abc", "A.C a.c", None]),
        (Replace(columns=("s",), find="a.c", replacement="X", whole=False), ["X", "abc", "A.C X", None]),
        (Replace(columns=("s",), find="a.c", replacement="X", whole=False, ignore_case=True), ["X", "abc", "X X", None]),
        (Replace(columns=("s",), find="a.c", replacement="X", whole=False, regex=True), ["X", "X", "A.C X", None]),
        (Replace(columns=("s",), find="(a)(.)c", replacement=r"\2\1", regex=True), [".a", "ba", "A.C a.c", None]),
        (Replace(columns=("s",), find="abc", replacement=None), ["a.c", None, "A.C a.c", None]),
        (Replace(columns=("s",), find=None, replacement="none"), ["a.c", "abc", "A.C a.c", "none"]),
        (
            Replace(columns=("s",), find="c", replacement=r"\t\u00e9", whole=False, special=True),
            ["a.\té", "ab\té", "A.C a.\té", None],
        ),
    ],
)
def test_that_texts_are_replaced_as_the_options_say(over: Over, step: Replace, expected: list[str | None]) -> None:
    assert over({"s": ["a.c", "abc", "A.C a.c", None]}, step)["s"] == expected


def test_that_numbers_and_dates_are_replaced_by_their_value(over: Over) -> None:
    made = over({"n": whole(1, 2, None), "d": [1.0, math.nan, 0.1]}, Replace(columns=("n", "d"), find="1", replacement="7"))
    assert made["n"] == [7, 2, None]
    assert made["d"][0] == 7.0
    assert over({"d": [1.5, math.nan, None]}, Replace(columns=("d",), find=None, replacement="0"))["d"] == [1.5, 0.0, 0.0]


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        (Replace(columns=("n",), find="x"), "'x' is not a value that n can have"),
        (Replace(columns=("n",), find="1", whole=False), "n holds no text"),
        (Replace(columns=("s",), find="", whole=False), "empty"),
        (Replace(columns=("s",), find="(", regex=True), "not a regular expression"),
        (Replace(columns=("s",), find="x*", regex=True, whole=False), "also matches where there is no text"),
        (Replace(columns=("s",), find="x", replacement=None, whole=False), "cannot become missing"),
        (Replace(columns=("t",), find="x"), "There is no column t"),
    ],
)
def test_that_replacing_says_what_is_wrong(step: Replace, sentence: str) -> None:
    assert sentence in step.check(schema(n="integer", s="string"))[0].message


def test_that_values_are_mapped_and_the_first_pair_counts(over: Over) -> None:
    pairs = (Pair(old="a", new="1"), Pair(old="a", new="2"), Pair(old="b", new=None), Pair(old=None, new="0"))
    assert over({"s": ["a", "b", "c", None]}, MapValues(columns=("s",), pairs=pairs))["s"] == ["1", None, "c", "0"]
    missing = MapValues(columns=("s",), pairs=pairs, otherwise="missing")
    assert over({"s": ["a", "b", "c", None]}, missing)["s"] == ["1", None, None, "0"]


def test_that_mapped_numbers_stay_numbers_where_they_can(over: Over) -> None:
    columns = {"n": whole(1, 2, None), "z": whole(1, 2, 3)}
    assert over(columns, MapValues(columns=("n",), pairs=(Pair(old="1", new="10"),)))["n"] == [10, 2, None]
    words = MapValues(columns=("n",), pairs=(Pair(old="1", new="one"),), new_column="word")
    made = over(columns, words)
    assert list(made) == ["n", "word", "z"]
    assert made["word"] == ["one", "2", None]


def test_that_a_long_list_of_pairs_keeps_the_order_of_rows(over: Over) -> None:
    pairs = tuple(Pair(old=f"v{n}", new=f"w{n}") for n in range(500))
    texts = [f"v{n * 7 % 600}" for n in range(5000)]
    expected = [text.replace("v", "w") if int(text[1:]) < 500 else text for text in texts]
    assert over({"s": texts}, MapValues(columns=("s",), pairs=pairs))["s"] == expected


# missing values


def test_that_texts_that_mean_missing_become_missing(over: Over) -> None:
    columns = {"s": ["NA", " n/a ", "null", "", "  ", "a", "-", None], "d": [math.nan, *[1.0] * 7], "n": whole(*range(8))}
    made = over(columns, ReplaceNA())
    assert made == {"s": [None, None, None, None, None, "a", "-", None], "d": [None, *[1.0] * 7], "n": list(range(8))}
    own = ReplaceNA(columns=("s",), default_list=False, empty=False, nan=False, custom=("-", "A"), ignore_case=True)
    assert over(columns, own)["s"] == ["NA", " n/a ", "null", "", "  ", None, None, None]


def test_that_the_next_values_fill_missing_ones_in_the_order_of_rows(over: Over) -> None:
    columns = {
        "g": ["x", "y", "x", "x", "y", None],
        "n": whole(None, 1, 2, None, None, None),
        "s": [None, "a", None, "b", None, None],
    }
    forward = over(columns, FillMissing(columns=("n", "s"), method="forward"))
    assert forward == {"g": columns["g"], "n": [None, 1, 2, 2, 2, 2], "s": [None, "a", "a", "b", "b", "b"]}
    backward = over(columns, FillMissing(columns=("n", "s"), method="backward", by=("g",)))
    assert backward["n"] == [2, 1, 2, None, None, None]
    assert backward["s"] == ["b", "a", "b", "b", None, None]


def test_that_filling_forward_is_exact_over_many_rows(over: Over) -> None:
    values = [n if n % 13 == 0 else None for n in range(50_000)]
    assert over({"n": whole(*values)}, FillMissing(columns=("n",), method="forward"))["n"] == [n - n % 13 for n in range(50_000)]


def test_that_learned_fill_values_are_kept_and_used(over: Over, learned: Callable[..., Any]) -> None:
    columns = {
        "g": ["x", "x", "x", "y", "y", None],
        "n": whole(1, 2, None, 10, None, None),
        "d": [1.0, math.nan, 2.0, 8.0, None, None],
    }
    step = learned(columns, FillMissing(columns=("n", "d"), method="mean"))
    assert step.fills == (Fill(column="n", value="4"), Fill(column="d", value="3.6666666666666665"))
    made = over(columns, step)
    assert made["n"] == [1, 2, 4, 10, 4, 4]
    assert made["d"] == [1.0, 11 / 3, 2.0, 8.0, 11 / 3, 11 / 3]
    by_group = learned(columns, FillMissing(columns=("n",), method="median", by=("g",)))
    assert {fill.group: fill.value for fill in by_group.fills} == {(): "2", ("x",): "2", ("y",): "10"}
    new = {"g": ["y", "z", None, "x"], "n": whole(None, None, None, None), "d": [None, None, None, 1.0]}
    assert over(new, by_group)["n"] == [10, 2, 2, 2]


def test_that_of_equally_frequent_values_the_least_is_filled_in(learned: Callable[..., Any]) -> None:
    step = learned({"s": ["b", "a", "b", "a", "c", None]}, FillMissing(columns=("s",), method="mode"))
    assert step.fills == (Fill(column="s", value="a"),)
    empty = learned({"s": pa.array([None, None], pa.string())}, FillMissing(columns=("s",), method="mode"))
    assert empty.learned
    assert empty.fills == ()


def test_that_a_fill_that_has_not_looked_says_so() -> None:
    (problem,) = FillMissing(columns=("n",), method="mean").check(schema(n="integer"))
    assert "has not looked" in problem.message
    (problem,) = FillMissing(columns=("s",), method="median", looked=True).check(schema(s="string"))
    assert "holds no numbers" in problem.message


def test_that_cells_become_missing_by_a_condition(over: Over) -> None:
    step = MakeMissing(columns=("n",), conditions=(Condition(column="s", operator="equals", value="x"),))
    assert over({"n": whole(1, 2, 3), "s": ["x", None, "y"]}, step)["n"] == [None, 2, 3]


# texts


def test_that_texts_are_trimmed_at_the_chosen_side(over: Over) -> None:
    texts = {"s": ["  a \u00a0 b\u3000", "-a-", None]}
    assert over(texts, Trim(columns=("s",)))["s"] == ["a \u00a0 b", "-a-", None]
    assert over(texts, Trim(columns=("s",), collapse=True))["s"] == ["a b", "-a-", None]
    assert over(texts, Trim(columns=("s",), side="right", characters="-"))["s"] == ["  a \u00a0 b\u3000", "-a", None]


def test_that_texts_change_case_and_lose_accents(over: Over) -> None:
    texts = {"s": ["straße ÉCOLE", "o'neil mc-donald", None]}
    assert over(texts, ChangeCase(columns=("s",), style="upper"))["s"] == ["STRASSE ÉCOLE", "O'NEIL MC-DONALD", None]
    assert over(texts, ChangeCase(columns=("s",), style="title"))["s"] == ["Straße École", "O'Neil Mc-Donald", None]
    assert over(texts, ChangeCase(columns=("s",), style="sentence"))["s"] == ["Straße école", "O'neil mc-donald", None]
    assert over({"s": ["Ñandú Łódź", "e\u0301"]}, RemoveAccents(columns=("s",)))["s"] == ["Nandu Lodz", "e"]


# errors


def test_that_errors_are_replaced_and_restored(over: Over) -> None:
    columns = {"a": ["1", "x", None, "3.5"]}
    convert = Convert(columns=("a",), to="integer")
    assert over(columns, convert)["a"] == [1, "!no whole number:x", None, "!no whole number:3.5"]
    assert over(columns, convert, ReplaceErrors(columns=("a",), value="-1"))["a"] == [1, -1, None, -1]
    assert over(columns, convert, ReplaceErrors())["a"] == [1, None, None, None]
    assert over(columns, convert, RestoreOriginals())["a"] == columns["a"]
    other = ReplaceErrors(columns=("a",), code="another", value="0")
    assert over(columns, convert, other)["a"] == [1, "!no whole number:x", None, "!no whole number:3.5"]


def test_that_repairs_leave_errors_as_they_are(over: Over) -> None:
    convert = Convert(columns=("a",), to="integer")
    filled = over({"a": ["1", "x", None]}, convert, FillMissing(columns=("a",), method="forward"))
    assert filled["a"] == [1, "!no whole number:x", 1]
    assert over({"a": ["5", "x", None]}, convert, Clip(columns=("a",), upper="3"))["a"] == [3, "!no whole number:x", None]


# numbers


@pytest.mark.parametrize(
    ("method", "decimals", "expected"),
    [
        ("half_away", 2, [2.68, -2.68, 1.01, 0.13, 42.36]),
        ("half_even", 2, [2.68, -2.68, 1.0, 0.12, 42.36]),
        ("down", 2, [2.67, -2.68, 1.0, 0.12, 42.36]),
        ("up", 2, [2.68, -2.67, 1.01, 0.13, 42.37]),
        ("toward_zero", 2, [2.67, -2.67, 1.0, 0.12, 42.36]),
        ("half_away", 3, [2.675, -2.675, 1.005, 0.125, 42.363]),
        ("half_away", -1, [0.0, 0.0, 0.0, 0.0, 40.0]),
    ],
)
def test_that_numbers_are_rounded_as_they_are_written(over: Over, method: str, decimals: int, expected: list[float]) -> None:
    step = Round.model_validate({"columns": ["d"], "decimals": decimals, "method": method})
    assert over({"d": [2.675, -2.675, 1.005, 0.125, 42.3625]}, step)["d"] == expected


def test_that_any_number_of_so_many_digits_is_rounded_like_its_decimal_form(over: Over) -> None:
    import random
    from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

    chance = random.Random(4)
    numbers = [chance.uniform(-10, 10) * 10 ** chance.randint(-6, 10) for _ in range(2000)]
    numbers += [chance.randint(-99999, 99999) / 1000 for _ in range(2000)]
    for method, rounding in (("half_away", ROUND_HALF_UP), ("half_even", ROUND_HALF_EVEN)):
        step = Round.model_validate({"columns": ["d"], "decimals": 2, "method": method})
        expected = [float(Decimal(repr(number)).quantize(Decimal("0.01"), rounding)) for number in numbers]
        assert over({"d": numbers}, step)["d"] == expected


def test_that_whole_numbers_are_rounded_exactly(over: Over) -> None:
    step = Round(columns=("n",), decimals=-1)
    assert over({"n": whole(2**60 + 5, 15, -15, 14, None)}, step)["n"] == [1152921504606846980, 20, -20, 10, None]


def test_that_values_are_clipped_to_the_bounds_or_away(over: Over) -> None:
    columns = {"d": [0.5, 2.0, 9.0, math.nan, None]}
    assert over(columns, Clip(columns=("d",), lower="1", upper="3"))["d"] == [1.0, 2.0, 3.0, None, None]
    assert over(columns, Clip(columns=("d",), lower="1", upper="3", use_values=False))["d"] == [None, 2.0, None, None, None]
    (problem,) = Clip(columns=("d",), lower="3", upper="1").check(schema(d="decimal"))
    assert "above" in problem.message


# rules


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (Assert(columns=("n",), rule="range", lower="2"), ["!not at least 2:1", 2, 2, "!not at least 2"]),
        (Assert(columns=("n",), rule="range", upper="1", code="big"), [1, "!big:2", "!big:2", "!big"]),
        (Assert(columns=("n",), rule="unique"), [1, "!not unique:2", "!not unique:2", None]),
        (Assert(columns=("n",), rule="not_null"), [1, 2, 2, "!missing"]),
        (Assert(columns=("n",), rule="set", values=("1",)), [1, "!not one of 1:2", "!not one of 1:2", None]),
        (Assert(columns=("n",), rule="expression", sql="n < 2 OR s = 'c'"), [1, "!not true: n < 2 OR s = 'c':2", 2, "!not true: n < 2 OR s = 'c'"]),
    ],
)  # fmt: skip
def test_that_values_that_break_a_rule_are_errors(over: Over, step: Assert, expected: list[Any]) -> None:
    assert over({"n": whole(1, 2, 2, None), "s": ["a", "b", "c", "d"]}, step)["n"] == expected


def test_that_a_pattern_must_match_the_whole_text(over: Over) -> None:
    step = Assert(columns=("s",), rule="pattern", pattern="[a-z]+|x1")
    assert over({"s": ["ab", "x1", "a1", None, ""]}, step)["s"] == [
        "ab",
        "x1",
        "!not like [a-z]+|x1:a1",
        None,
        "!not like [a-z]+|x1:",
    ]


# clusters

NAMES = {
    "New York": 10,
    "new york": 3,
    "NEW  YORK": 1,
    "York, New": 1,
    "New Yrok": 1,
    "Boston": 5,
    "Bostn": 1,
    "Bos ton": 1,
    "Denver": 2,
}


def members(counts: dict[str, int], method: Any, threshold: float = 0.8) -> dict[str, list[str]]:
    found = make_clusters(counts, method, threshold).clusters
    return {cluster.canonical: [member.value for member in cluster.members] for cluster in found}


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("fingerprint", {"New York": ["New York", "new york", "NEW  YORK", "York, New"]}),
        ("ngram_fingerprint", {"New York": ["New York", "new york", "NEW  YORK"], "Boston": ["Boston", "Bos ton"]}),
        ("metaphone", {"New York": ["New York", "new york", "NEW  YORK"], "Boston": ["Boston", "Bostn"]}),
        ("levenshtein", {"New York": ["New York", "new york", "NEW  YORK"], "Boston": ["Boston", "Bos ton", "Bostn"]}),
        ("words", {"New York": ["New York", "new york", "NEW  YORK", "York, New"], "Boston": ["Boston", "Bos ton", "Bostn"]}),
        ("jaro_winkler", {"New York": ["New York", "new york", "NEW  YORK", "New Yrok"], "Boston": ["Boston", "Bos ton", "Bostn"]}),
    ],
)
def test_that_each_method_finds_its_clusters(method: str, expected: dict[str, list[str]]) -> None:
    assert members(NAMES, method) == expected


def test_that_keys_are_those_of_their_definitions() -> None:
    assert fingerprint("  Éclair, Joe;  the JOE ") == "eclair joe the"
    assert ngram_fingerprint("Paris") == "arispari"
    assert ngram_fingerprint("p") == "p"
    assert metaphone("Knight Thompson") == "NT 0MPSN"
    assert [cologne(name) for name in ("Müller", "Lüdenscheidt", "Wikipedia", "Breschnew", "Meyer", "Maier")] == [
        "657", "52682", "3412", "17863", "67", "67",
    ]  # fmt: skip


def test_that_texts_without_a_letter_make_no_cluster() -> None:
    assert members({"?": 1, "!": 1, "...": 2}, "fingerprint") == {}


def test_that_small_steps_do_not_chain_far_texts() -> None:
    chain = ["aaaaaaaaaa", "aaaaaaaabb", "aaaaaabbbb", "aaaabbbbbb"]
    assert members(dict.fromkeys(chain, 1), "levenshtein", 0.8) == {
        "aaaaaaaaaa": ["aaaaaaaaaa", "aaaaaaaabb"],
        "aaaaaabbbb": ["aaaaaabbbb", "aaaabbbbbb"],
    }


def test_that_all_similar_pairs_are_found() -> None:
    import random

    from rapidfuzz.distance import Levenshtein

    from workbench.dataprep.steps.values.clustering.nearest import levenshtein_neighbours

    chance = random.Random(7)
    texts = sorted({"".join(chance.choices("abc", k=chance.randint(1, 14))) for _ in range(700)})
    for threshold in (0.6, 0.75, 0.8, 0.9, 1.0):
        near = levenshtein_neighbours(texts, threshold).near
        found = {tuple(sorted((one, other))) for one, pairs in near.items() for other, _ in pairs}
        expected = {
            (one, other)
            for one in range(len(texts))
            for other in range(one + 1, len(texts))
            if Levenshtein.normalized_similarity(texts[one], texts[other]) >= threshold
        }
        assert found == expected


def test_that_clusters_are_learned_edited_and_used(over: Over, learned: Callable[..., Any]) -> None:
    texts = [name for name, count in NAMES.items() for _ in range(count)] + [None]
    step: ClusterText = learned({"s": texts}, ClusterText(column="s", method="levenshtein", new_column="c", score_column="score"))
    assert [cluster.canonical for cluster in step.clusters] == ["New York", "Boston"]
    edited = step.with_canonical("New York", "NYC").without("Boston", "Bostn")
    columns: dict[str, Sequence[Any]] = {"s": ["new york", "Bostn", "Bos ton", "Denver", None], "z": [1, 2, 3, 4, 5]}
    made = over(columns, edited)
    assert list(made) == ["s", "c", "score", "z"]
    assert made["c"] == ["NYC", "Bostn", "Boston", "Denver", None]
    assert made["score"] == [1.0, 1.0, 0.8571, 1.0, None]
    assert [cluster.canonical for cluster in edited.without("NYC").clusters] == ["Boston"]
    with pytest.raises(UserError, match="no cluster"):
        edited.without("Paris")


def test_that_clusters_say_what_is_wrong() -> None:
    columns = schema(s="string", n="integer")
    assert "has not looked" in ClusterText(column="s").check(columns)[0].message
    assert "holds no texts" in ClusterText(column="n", looked=True).check(columns)[0].message
    twice = tuple(Cluster(canonical=name, members=(Member(value="x"),)) for name in "ab")
    assert "more than one cluster" in ClusterText(column="s", clusters=twice).check(columns)[0].message
    assert "a column n already" in ClusterText(column="s", looked=True, new_column="N").check(columns)[0].message.replace("N", "n")


def test_that_clustering_can_be_cancelled() -> None:
    def stop(done: float) -> None:
        if done > 0:
            raise Cancelled

    counts = {f"name {number} {number * 7919}": 1 for number in range(5000)}
    with pytest.raises(Cancelled):
        make_clusters(counts, "levenshtein", 0.8, stop)


def test_that_a_hundred_thousand_texts_are_clustered_in_short_time() -> None:
    import random
    import time

    chance = random.Random(2)
    syllables = [a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "er", "in")]
    words = ["".join(chance.choices(syllables, k=chance.randint(2, 4))).title() for _ in range(20_000)]
    names = list(dict.fromkeys(" ".join(chance.choices(words, k=2)) for _ in range(95_000)))
    names += [name[:4] + "x" + name[4:] for name in names[:5000]]
    began = time.monotonic()
    found = make_clusters(dict.fromkeys(names, 1), "levenshtein", 0.9)
    assert time.monotonic() - began < 120
    together = {member.value: cluster.canonical for cluster in found.clusters for member in cluster.members}
    assert sum(together.get(name) == together.get(name[:4] + "x" + name[4:]) is not None for name in names[:5000]) > 4900
