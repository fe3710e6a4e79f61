"""Parts of texts are found as marked examples show."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.base.errors import UserError
from workbench.byexample.extracting import learn_extract, learn_extract_fields
from workbench.byexample.spans import Span, span_of
from workbench.byexample.tree.nodes import Column, Concat, Constant, FirstOf, Node
from workbench.byexample.tree.texts import After, Before, Between, Match, Part, Slice, Trim, UpToToken

LOG = [
    "2019-04-03 12:01:07 [ERROR] db01: disk /dev/sda1 is 97% full (took 12 ms)",
    "2019-04-03 12:04:41 [INFO] web2: 31 requests (took 4 ms)",
    "2019-04-04 00:00:00 [WARN] db01: slow query, 12 rows (took 1812 ms)",
    "2019-04-05 07:59:12 [ERROR] mail: no route (took 30000 ms)",
    "-- log rotated --",
    None,
]


def where(text: str | None, part: str, last: bool = False) -> Span:
    start = (text or "").rfind(part) if last else (text or "").index(part)
    return start, start + len(part)


def test_that_a_field_of_a_log_is_found_from_one_mark() -> None:
    learned = learn_extract(LOG, {0: where(LOG[0], "ERROR")})
    assert learned.extraction, learned.explanation
    assert [learned.extraction.run(text) for text in LOG[:4]] == ["ERROR", "INFO", "WARN", "ERROR"]
    assert learned.extraction.span(LOG[1]) == where(LOG[1], "INFO")
    assert learned.extraction.span(None) is None
    assert 4 in learned.doubtful


def test_that_a_line_of_another_kind_may_be_marked_to_have_none() -> None:
    learned = learn_extract(LOG, {0: where(LOG[0], "ERROR"), 4: None})
    assert learned.extraction, learned.explanation
    assert [learned.extraction.run(text) for text in LOG] == ["ERROR", "INFO", "WARN", "ERROR", None, None]


def test_that_a_part_is_found_where_it_was_marked_and_not_where_the_same_text_stands_again() -> None:
    texts = ["7 of 7 done", "3 of 9 done", "12 of 40 done", "5 of 5 done"]
    learned = learn_extract(texts, {0: where(texts[0], "7", last=True), 1: where(texts[1], "9")})
    assert learned.extraction
    assert learned.extraction.span(texts[3]) == (5, 6)
    assert learned.extraction.run(texts[2]) == "40"
    for other in learned.alternatives:
        assert other.span(texts[0]) == (5, 6)


def test_that_a_text_may_be_marked_to_have_no_such_part() -> None:
    texts = ["call 555-0199 x12", "call 555-0134", "call 555-0170 x7", "call 555-0111", "call 555-0188 x345"]
    learned = learn_extract(texts, {0: where(texts[0], "12"), 1: None})
    assert learned.extraction, learned.explanation
    assert [learned.extraction.run(text) for text in texts] == ["12", None, "7", None, "345"]


def test_that_several_fields_are_found() -> None:
    fields = {
        "level": {0: where(LOG[0], "ERROR")},
        "host": {0: where(LOG[0], "db01")},
        "took": {0: where(LOG[0], "12", last=True), 1: where(LOG[1], "4", last=True)},
    }
    learned = learn_extract_fields(LOG, fields)
    assert list(learned) == ["level", "host", "took"]
    found = {name: one.extraction.run(LOG[2]) if one.extraction else None for name, one in learned.items()}
    assert found == {"level": "WARN", "host": "db01", "took": "1812"}


def test_that_marks_outside_of_their_text_are_refused() -> None:
    with pytest.raises(UserError, match="from 2 to 9 does not lie in text 1, which has 3 characters"):
        learn_extract(["abc"], {0: (2, 9)})
    with pytest.raises(UserError, match="Text 4 is marked, but there are 1 texts"):
        learn_extract(["abc"], {3: (0, 1)})


def test_that_without_a_mark_nothing_is_learned() -> None:
    assert learn_extract(["abc"], {}).extraction is None


TEXT = Column(0)
PIECES: list[Node] = [
    TEXT,
    Slice(TEXT, 1, -1),
    Part(TEXT, ",", -1),
    Part(TEXT, ",", 1),
    Match(TEXT, "digits", -1),
    Before(TEXT, ",", -1),
    After(TEXT, "a"),
    Between(TEXT, "a", ","),
    UpToToken(TEXT, "digits", 0, True),
    Trim(Part(TEXT, ",", 0)),
    FirstOf((Between(TEXT, "(", ")"), Before(TEXT, ","))),
    Concat((Before(TEXT, ","), Constant(","), After(TEXT, ","))),
]


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(PIECES), st.text(alphabet="a1, ()é", max_size=14))
def test_that_a_span_holds_what_the_program_gives(root: Node, text: str) -> None:
    given = root.run((text,))
    span = span_of(root, text)
    assert (span is None) == (not given)
    if span:
        assert text[span[0] : span[1]] == given
