"""The filter language: what it finds, what it refuses and where, in which order, on which page."""

import contextlib
import math
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.runs.making import NOW, made, plans, points
from workbench.base.errors import UserError
from workbench.runs import search
from workbench.runs.conditions import artifact_uri
from workbench.runs.database import Database
from workbench.runs.store import RunStore
from workbench.schema import DataInput, LogBatch, RunPatch, RunStatus


@pytest.fixture
def filled(store: RunStore) -> RunStore:
    """Four runs: `one` to `four`."""
    rows = [
        ("one", "flights", 0.9, {"model": "Tree", "depth": "9"}, {"team": "blue", "mlflow.note": "a"}),
        ("two", "flights", 0.5, {"model": "forest", "depth": "10"}, {"team": "red"}),
        ("three", "weather", math.nan, {"model": "it's 100%", "a key": "x"}, {}),
        ("four", "weather", None, {}, {"team": "blue"}),
    ]
    for at, (name, experiment, acc, params, tags) in enumerate(rows):
        started: datetime | None = NOW + timedelta(hours=at) if at < 3 else None
        run = made(store, experiment, name=name, user=f"user{at}", created=NOW + timedelta(hours=at), started=started, tags=tags)
        metrics = points("val/acc", [acc]).metrics if acc is not None else ()
        store.log_batch(run.id, LogBatch(params=params, metrics=metrics))
    one, two, three, four = (store.resolve(text) for text in ("flights/1", "flights/2", "weather/1", "weather/2"))
    store.set_status(one, RunStatus.FINISHED, ended=NOW + timedelta(seconds=90))
    store.set_status(two, RunStatus.LOST, ended=NOW + timedelta(hours=1, seconds=30))
    store.set_status(three, RunStatus.CANCELLED, ended=NOW + timedelta(hours=3))
    store.patch(two, RunPatch(archived=True))
    given = DataInput(kind="prep", name="flights", path="data/flights.wbprep", digest="sha256:abc")
    store.log_batch(four, LogBatch(inputs=(given, given.model_copy(update={"name": "w", "digest": "sha256:d"}))))
    return store


def names(store: RunStore, filter: str, **more: object) -> list[str]:  # noqa: A002 (the language's name)
    return sorted(run.name for run in store.search(filter, **more).runs)  # type: ignore[arg-type]


FOUND = {
    "": ["four", "one", "three", "two"],
    "metrics.`val/acc` > 0.6": ["one"],
    'metric."val/acc" >= 0.5': ["one", "two"],
    "metrics.val/acc < 1e0 AND metrics.val/acc != 0.9": ["two"],
    "metrics.val/acc != 0.9": ["three", "two"],
    "metrics.val/acc = nan": ["three"],
    "metrics.val/acc != NaN": ["one", "two"],
    "metrics.val/acc > -inf": ["one", "two"],
    "metrics.val/acc > 0.4 and metrics.val/acc < 0.6": ["two"],
    "metrics.val/acc > 0.4 and metrics.val/acc is not null and metrics.val/acc < 0.95 and number = 1": ["one"],
    "metrics.val/acc > 0.4 and metrics.val/acc = nan": [],
    "metrics.val/acc > 0.4 and metrics.val/acc is null": [],
    "not (metrics.val/acc > 0.4 and metrics.val/acc < 0.6)": ["four", "one", "three"],
    "metrics.val/acc IS NULL": ["four"],
    "metrics.val/acc is not null": ["one", "three", "two"],
    "params.model = 'Tree'": ["one"],
    'params.model = "Tree"': ["one"],
    "params.model = 'tree'": [],
    "param.model != 'Tree'": ["three", "two"],
    "parameters.model LIKE '%ree'": ["one"],
    "params.model LIKE 'tree'": [],
    "params.model ILIKE 'TREE'": ["one"],
    "params.model like 'f_rest'": ["two"],
    "params.model = 'it''s 100%'": ["three"],
    "params.model LIKE 'it''s 100_'": ["three"],
    "params.model LIKE '%*%'": [],
    "params.model LIKE '%[tT]ree%'": [],
    "params.`a key` = 'x'": ["three"],
    "params.'a key' = 'x'": ["three"],
    "params.model IN ('Tree', 'forest')": ["one", "two"],
    "params.model NOT IN ('Tree')": ["three", "two"],
    f"params.model IN {('forest',)}": ["two"],
    "params.depth > 9": ["two"],
    "params.depth = 9.0": ["one"],
    "params.depth > '9'": [],
    "params.depth IS NULL": ["four", "three"],
    "tags.team = 'blue'": ["four", "one"],
    "tags.mlflow.note = 'a'": ["one"],
    "tag.`mlflow.note` is not null": ["one"],
    "tags.team IS NOT NULL and not tags.team = 'red'": ["four", "one"],
    "not params.model = 'Tree'": ["four", "three", "two"],
    "not not params.model = 'Tree'": ["one"],
    "tags.team = 'red' or params.model = 'Tree' and metrics.val/acc > 0.95": ["two"],
    "(tags.team = 'red' or params.model = 'Tree') and metrics.val/acc > 0.6": ["one"],
    "attributes.status = 'FINISHED'": ["one"],
    "status = 'finished'": ["one"],
    "status = 'FAILED'": ["two"],
    "status = 'lost'": ["two"],
    "status = 'KILLED' or status = 'SCHEDULED'": ["four", "three"],
    "status != 'FINISHED' and status LIKE '%ED'": ["four", "three", "two"],
    "status IN ('FINISHED', 'KILLED')": ["one", "three"],
    "attr.run_name = 'one'": ["one"],
    "run.`Run name` LIKE 't%'": ["three", "two"],
    "`run name` = 'two'": ["two"],
    "user_id = 'user3'": ["four"],
    "experiment_name = 'weather'": ["four", "three"],
    "number = 2": ["four", "two"],
    "number > 1.5": ["four", "two"],
    "number < 99999999999999999999": ["four", "one", "three", "two"],
    "archived = true": ["two"],
    "archived != 'true'": ["four", "one", "three"],
    "duration >= 90": ["one", "three"],
    "duration < 31.5": ["two"],
    "end_time IS NULL": ["four"],
    f"start_time = {int(NOW.timestamp() * 1000)}": ["one"],
    f"start_time > {int(NOW.timestamp() * 1000)}": ["four", "three", "two"],
    "created >= '2026-03-01 14:00'": ["four", "three"],
    "created < '2026-03-01T15:00:00+02:00'": ["one"],
    "datasets.name = 'flights'": ["four"],
    "dataset.digest LIKE 'sha256:%'": ["four"],
    "datasets.digest IN ('sha256:d') and datasets.name = 'w'": ["four"],
    "kind = ''": ["four", "one", "three", "two"],
}


def test_that_a_filter_finds_its_runs(filled: RunStore) -> None:
    assert {text: names(filled, text) for text in FOUND} == FOUND


@pytest.mark.parametrize("few", [0, 1, 3])
def test_that_long_lists_find_the_same_as_short_ones(filled: RunStore, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    words = ("tree", "TEAM blue", "weather", "user2", "%", "_", "/", "100%", "depth 1", "finished", "nothing like it", "#2")
    short = {word: names(filled, "", text=word) for word in words}
    monkeypatch.setattr(search, "_FEW", few)
    assert {text: names(filled, text) for text in FOUND} == FOUND
    assert {word: names(filled, "", text=word) for word in words} == short
    assert (short["%"], short["_"], short["nothing like it"]) == (["three"], [], [])


def test_that_runs_are_found_by_what_mlflow_calls_them(filled: RunStore) -> None:
    run = filled.get(filled.resolve("weather/2"))
    assert names(filled, f"run_id IN ('{run.id}', 'x')") == ["four"]
    assert names(filled, f"artifact_uri = '{artifact_uri(run.experiment_id, run.id)}'") == ["four"]
    assert names(filled, f"experiment_id = '{run.experiment_id}' and lifecycle_stage = 'active'") == ["four", "three"]


WRONG = {
    "metrics.acc > 'high'": ("column 15", "compared with numbers"),
    "metrics.acc LIKE 'x'": ("column 18", "not with LIKE"),
    "params.model": ("column 13", "expected an operator"),
    "params.model = tree": ("column 16", "a text in quotes, not tree"),
    "params.model = 'tree": ("column 16", "the quote ' is never closed"),
    "params.model = 'a' params.b = 'c'": ("column 20", "expected `and`, `or` or the end, not params"),
    "params.model = 'a' and": ("column 23", "it ends here"),
    "(params.model = 'a'": ("column 20", "closing parenthesis"),
    "params.model = 'a')": ("column 19", "not )"),
    "params. = 'a'": ("column 9", "a name after the dot"),
    "columns.model = 'a'": ("column 1", "'columns' is none of metrics, params"),
    "attributes.beauty = 'a'": ("column 1", "no attribute 'beauty'"),
    "params.model IN 'a'": ("column 17", "a list in parentheses"),
    "params.model IN ('a' 'b')": ("column 22", "a comma"),
    "params.model IN (3)": ("column 18", "a text in quotes"),
    "params.model NOT 'a'": ("column 18", "expected IN after NOT"),
    "params.model IS 'a'": ("column 17", "expected NULL"),
    "params.model ILIKE 3": ("column 20", "takes a text"),
    "status > 'FINISHED'": ("column 10", "status is compared with"),
    "start_time > 'soon'": ("column 14", "'soon' is no date"),
    "start_time LIKE '2026%'": ("column 17", "compared with"),
    "number = 'one'": ("column 10", "compared with a number"),
    "archived > true": ("column 12", "true or false"),
    "user = 3": ("column 8", "a text in quotes"),
    "datasets.size > 3": ("column 1", "name, digest"),
    "metrics.a > 1; DROP TABLE runs": ("column 14", "';' means nothing here"),
    "(" * 500 + "number = 1": ("column", "within each other"),
    "= 3": ("column 1", "expected a field"),
}


def test_that_what_is_wrong_in_a_filter_is_said_with_its_place(store: RunStore) -> None:
    for text, (where, what) in WRONG.items():
        with pytest.raises(UserError) as refused:
            store.search(text)
        assert where in refused.value.message, text
        assert what in refused.value.message, text


def test_that_more_than_a_database_takes_is_refused_in_a_sentence_and_less_is_not(filled: RunStore) -> None:
    many: list[dict[str, Any]] = [
        {"filter": " and ".join(["params.a = 'x'"] * 2000)},
        {"filter": " or ".join(f"metrics.m{at} > 1" for at in range(101))},
        {"filter": "not " * 90 + "number = 1"},
        {"filter": f"params.a LIKE '{'x' * 60_000}'"},
        {"filter": f"params.a IN ({','.join(repr(str(at)) for at in range(40_000))})"},
        {"text": "word " * 2000},
        {"text": "x" * 60_000},
        {"text": "half \ud800 a letter"},
        {"filter": "params.a = '\udcff'"},
        {"order_by": [f"metrics.m{at}" for at in range(100)]},
        {"experiments": [str(at) for at in range(40_000)]},
    ]
    for search_for in many:
        with pytest.raises(UserError):
            filled.search(**search_for)
    enough: list[dict[str, Any]] = [
        {"filter": " and ".join(f"metrics.m{at} > 1" for at in range(100))},
        {"filter": " or ".join(f"params.p{at} = 'x'" for at in range(100))},
        {"filter": "not (number = 1 or " * 14 + "number = 1" + ")" * 14},
        {"filter": "number > 999999999999999999 or number < -999999999999999999"},
        {"filter": f"params.a IN ({','.join(repr(str(at)) for at in range(10_000))})"},
        {"text": " ".join(f"word{at}" for at in range(50))},
        {"order_by": [f"metrics.m{at}" for at in range(20)]},
        {"experiments": [str(at) for at in range(10_000)]},
    ]
    for search_for in enough:
        assert filled.search(**search_for).next == ""


def test_that_a_cursor_that_was_changed_is_refused(filled: RunStore) -> None:
    cursor = filled.search(limit=1, order_by=["metrics.`val/acc`"]).next
    for at in range(0, len(cursor), 5):
        changed = cursor[:at] + ("A" if cursor[at] != "A" else "B") + cursor[at + 1 :]
        with pytest.raises(UserError, match="cursor"):
            filled.search(limit=1, order_by=["metrics.`val/acc`"], cursor=changed)
    assert len(filled.search(limit=1, order_by=["metrics.`val/acc`"], cursor=cursor).runs) == 1


def test_that_no_filter_however_odd_is_our_bug(filled: RunStore) -> None:
    chance = random.Random(7)
    keys = ["metrics.a", "params.`b`", "tags.c", "status", "created", "duration", "archived", "datasets.name", "run_id", "number"]
    signs = ["=", "!=", "<", ">=", "LIKE", "ILIKE", "NOT LIKE", "IN", "NOT IN", "IS NULL", "IS NOT NULL"]
    values = ["'x'", '"y"', "3", "-1e400", "nan", "true", "('a', 'b')", "(1)", "'%'", "NULL", ""]
    words = [*keys, *signs, *values, "and", "or", "not", "(", ")", ",", ".", "%", "tags"]
    answered = 0
    for _ in range(1200):
        written: list[str] = []
        for _clause in range(chance.randint(1, 2)):
            written += [chance.choice(keys), chance.choice(signs), chance.choice(values), chance.choice(["and", "or", "and not"])]
        if chance.random() < 0.5:
            written[chance.randrange(len(written))] = chance.choice(words)
        with contextlib.suppress(UserError):
            filled.search(" ".join(written[:-1]), order_by=[chance.choice(words)] if chance.random() < 0.2 else [])
            answered += 1
    assert 20 < answered < 700


ORDERS: list[Sequence[str]] = [
    (),
    ("metrics.acc",),
    ("metrics.acc DESC", "params.depth ASC"),
    ("params.depth", "attributes.start_time DESC"),
    ("tags.`team` desc", "number"),
    ("run_name DESC",),
    ("status", "duration DESC"),
    ("created",),
    ("archived", "end_time"),
    ("attributes.experiment_id", "artifact_uri desc"),
]


def test_that_the_pages_of_a_long_list_by_a_metric_are_those_of_a_short_one(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.database.write() as write:
        for at in range(40):
            run = made(store, f"e{at % 3}", connection=write)
            values = ([math.nan], [float(at % 4)], [math.inf], [], [-math.inf], [0.0], [-0.0])[at % 7]
            if values:
                store.log_batch(run.id, points("acc", values), connection=write)
            if at % 2:
                store.log_batch(run.id, points("loss", [at % 5]), connection=write)
    for order in (["metrics.acc"], ["metrics.acc DESC"], ["metrics.acc DESC", "metrics.loss"], ["metrics.loss DESC", "number"]):
        for experiments in (None, ["e1", "e2"]):
            with monkeypatch.context() as patched:
                whole = [run.id for run in store.search(order_by=order, experiments=experiments, limit=100).runs]
                patched.setattr(search, "_FEW", 0)
                seen: list[str] = []
                page = store.search(order_by=order, experiments=experiments, limit=3)
                while page.next:
                    seen += [run.id for run in page.runs]
                    page = store.search(order_by=order, experiments=experiments, limit=3, cursor=page.next)
                    assert page.total == len(whole)
                assert [*seen, *(run.id for run in page.runs)] == whole, order


def test_that_a_long_list_by_a_metric_is_read_from_the_index_of_that_metric(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = RunStore(sqlite_database)
    for _ in range(3):
        store.log_batch(made(store).id, points("acc", [1.0]))
    monkeypatch.setattr(search, "_FEW", 0)
    with sqlite_database.write() as write:
        # Statistics by which runs would come first: they are not asked.
        write.exec_driver_sql("ANALYZE")
        write.exec_driver_sql("DELETE FROM sqlite_stat1")
        write.exec_driver_sql(
            "INSERT INTO sqlite_stat1 VALUES ('metric_latest', 'ix_metric_latest_key_last', '9000000 9000000 9 1')"
        )
        write.exec_driver_sql("INSERT INTO sqlite_stat1 VALUES ('runs', 'ix_runs_listed', '9 9 1 1 1')")
        write.exec_driver_sql("ANALYZE sqlite_schema")
    with plans(sqlite_database) as found:
        store.search(order_by=["metrics.acc"], limit=1)
    assert any("by0 USING COVERING INDEX ix_metric_latest_key_last" in plan for plan in found), found


@pytest.mark.parametrize("order", ORDERS, ids=" ".join)
def test_that_pages_of_a_search_have_every_run_once_in_one_order(store: RunStore, order: Sequence[str]) -> None:
    with store.database.write() as write:
        for at in range(40):
            run = made(store, f"e{at % 3}", name=f"run {at % 3}", connection=write, tags={"team": "ab"[at % 2]} if at % 3 else {})
            values = ([math.nan], [float(at % 4)], [math.inf], [], [-math.inf])[at % 5]
            batch = LogBatch(params={"depth": str(at % 6) if at % 4 else "deep"} if at % 7 else {})
            store.log_batch(run.id, batch, connection=write)
            if values:
                store.log_batch(run.id, points("acc", values), connection=write)
    whole = store.search("number > 1", order_by=order, limit=100)
    seen: list[str] = []
    cursor = ""
    while True:
        page = store.search("number > 1", order_by=order, limit=7, cursor=cursor)
        assert page.total == 37
        seen += [run.id for run in page.runs]
        if not (cursor := page.next):
            break
        made(store, "e0", name="a run that comes in between")
    assert [run.id for run in whole.runs] == [run_id for run_id in seen if run_id in {run.id for run in whole.runs}]
    assert len(seen) == len(set(seen)) >= 37


def test_that_metrics_come_in_the_order_of_numbers_then_nan_then_none(store: RunStore) -> None:
    for name, value in (("none", None), ("nan", math.nan), ("big", 3.0), ("infinite", math.inf), ("small", -1.0)):
        run = made(store, name=name)
        store.log_batch(run.id, LogBatch() if value is None else points("acc", [value]))
    found = [run.name for run in store.search(order_by=["metrics.acc ASC"]).runs]
    assert found == ["small", "big", "infinite", "nan", "none"]
    found = [run.name for run in store.search(order_by=["metrics.acc DESC"]).runs]
    assert found == ["infinite", "big", "small", "nan", "none"]


def test_that_a_cursor_belongs_to_one_search(filled: RunStore) -> None:
    cursor = filled.search("number > 0", limit=1).next
    for more in ({"filter": "number > 1"}, {"filter": "number > 0", "text": "x"}, {"filter": "number > 0", "view": "all"}):
        with pytest.raises(UserError, match="cursor"):
            filled.search(cursor=cursor, **more)  # type: ignore[arg-type]


def test_that_an_order_that_is_wrong_is_refused(store: RunStore) -> None:
    for order in (["beauty"], ["metrics.a b"], ["metrics.a DESC ASC"], ["datasets.name"], ["metrics.a", "metrics.a DESC"], [""]):
        with pytest.raises(UserError):
            store.search(order_by=order)


def test_that_experiments_words_and_the_trash_narrow_a_search(filled: RunStore) -> None:
    assert names(filled, "", experiments=["weather"]) == ["four", "three"]
    assert names(filled, "", experiments=[]) == []
    assert names(filled, "number = 2", text="FOREST user1") == ["two"]
    filled.trash(filled.resolve("flights/1"))
    assert names(filled, "metrics.val/acc > 0") == ["two"]
    assert names(filled, "metrics.val/acc > 0", view="deleted") == ["one"]
    assert names(filled, "metrics.val/acc > 0", view="all") == ["one", "two"]


def test_that_words_are_found_in_any_case_and_any_alphabet(store: RunStore) -> None:
    for name in ("Äpfel", "ÄPFEL 2", "äpfel_3", "Яблоко", "apples", "APPLES 2"):
        made(store, name=name)
    assert names(store, "", text="äpfel") == names(store, "", text="ÄPFEL") == ["ÄPFEL 2", "Äpfel", "äpfel_3"]
    assert names(store, "", text="яблоко") == ["Яблоко"]
    assert names(store, "", text="ApPles") == ["APPLES 2", "apples"]
    assert names(store, "", text="l_") == ["äpfel_3"]


def test_that_ilike_takes_any_letter_case_of_any_alphabet(store: RunStore) -> None:
    for at, word in enumerate(("\u00dcBER*[a]", "\u00fcber?[b]", "uber", "\u041c\u0418\u0420", "gro\u00df")):
        made(store, name=f"{at} {word}")
    wanted = {
        "% \u00dcB%": ["0", "1"], "%\u00fcber__a]": ["0"], "%?[B]": ["1"], "%[ab]": [], "% \u043c\u0438\u0440": ["3"], "% M%": [],
        "% _B%": ["0", "1", "2"], "%GRO\u00df": ["4"],
    }  # fmt: skip
    assert {text: [name[0] for name in names(store, f"name ILIKE '{text}'")] for text in wanted} == wanted


def test_that_the_total_is_counted_only_when_asked_for(filled: RunStore) -> None:
    assert filled.search(limit=1, count=False).total == -1
    assert filled.search(limit=1).total == 4
    assert filled.search("number = 2", limit=1).total == 2
    assert filled.search(count=False).total == 4, "all are on the page: there is nothing to count"
