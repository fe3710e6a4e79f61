"""What holds for any rows and any examples: learning never fails, and what it learns keeps its word."""

import json
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.byexample.splitting import LearnedSplit, Splitter, learn_split

MARKS = [" ", "  ", ",", ", ", ":", "-", "(", ")", "[", "]", '"', "\t", "_", "=", "."]
WORDS = st.sampled_from([*MARKS, "a", "Bc", "12", "3.5", "x@y.org", "2015-01-12", "10:15", "€", "é", "ש"])
ROWS = st.lists(st.one_of(st.none(), st.lists(WORDS, max_size=9).map("".join), st.text(max_size=12)), max_size=7)


def printed(splitter: Splitter) -> Callable[[str | None], tuple[str | None, ...]]:
    names: dict[str, Callable[[str | None], tuple[str | None, ...]]] = {}
    exec(splitter.to_python(), names)
    return names["split_text"]


def check(learned: LearnedSplit, rows: list[str | None]) -> None:
    for splitter in (learned.splitter, *learned.alternatives):
        if splitter is None:
            continue
        again, function = Splitter.from_json(json.loads(json.dumps(splitter.to_json()))), printed(splitter)
        assert again == splitter
        for row in rows:
            parts = splitter.run(row)
            assert len(parts) == splitter.width
            assert again.run(row) == parts
            assert function(row) == parts
            if splitter.keep_delimiters and any(parts):
                assert "".join(part or "" for part in parts) == row


@settings(max_examples=200, deadline=None)
@given(rows=ROWS, keep=st.booleans())
def test_that_whatever_is_learned_from_any_rows_is_consistent(rows: list[str | None], keep: bool) -> None:
    learned = learn_split(rows, keep_delimiters=keep)
    assert all(0 <= row < len(rows) for row in learned.doubtful)
    check(learned, rows)


@settings(max_examples=200, deadline=None)
@given(pieces=st.lists(st.lists(WORDS, min_size=1, max_size=2).map("".join), min_size=1, max_size=6), others=ROWS, data=st.data())
def test_that_any_example_is_given_back_or_refused_in_a_sentence(
    pieces: list[str], others: list[str | None], data: st.DataObject
) -> None:
    source = "".join(pieces)
    shown = pieces if data.draw(st.booleans()) else [piece for i, piece in enumerate(pieces) if i % 2 == 0]
    learned = learn_split([*others, source], [(source, shown)], keep_delimiters=True)
    check(learned, [*others, source])
    if learned.splitter is None:
        assert len(learned.conflicts) == 1
        assert learned.explanation == learned.conflicts[0].message
        assert learned.explanation.endswith(".")
        return
    given_back = [learned.splitter.run(source), Splitter(learned.splitter.plan).run(source)]
    assert [part.strip() for part in shown] in [[(part or "").strip() for part in parts] for parts in given_back]
