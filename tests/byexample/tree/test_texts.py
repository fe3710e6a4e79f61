"""What each operator over texts gives."""

import pytest

from workbench.byexample.tree.nodes import Choose, Column, Concat, Constant, FirstOf, Node
from workbench.byexample.tree.texts import (
    After,
    AfterToken,
    Before,
    Between,
    Case,
    FromToken,
    Items,
    KeepTokens,
    Lookup,
    Match,
    Pad,
    Part,
    Replace,
    ReplaceTokens,
    Slice,
    Squeeze,
    Trim,
    UpToToken,
    WithoutAccents,
)

A = Column(0)

CASES: list[tuple[Node, str, str | None]] = [
    (Case(A, "upper"), "straße é", "STRASSE É"),
    (Case(A, "upper"), "ŉﬁ", "ŉﬁ"),  # no single capital
    (Case(A, "lower"), "İSTANBUL ΣΑΣ", "istanbul σασ"),
    (Case(A, "title"), "o'NEIL mc-donald 3RD élan", "O'Neil Mc-Donald 3Rd Élan"),
    (Case(A, "sentence"), "hELLO World", "Hello world"),
    (Case(A, "camel"), "Order date_ID", "orderDateId"),
    (Case(A, "pascal"), "orderDate id", "OrderDateId"),
    (Case(A, "snake"), "HTTPServer orderDate2", "http_server_order_date_2"),
    (Case(A, "kebab"), "About us", "about-us"),
    (Trim(A), " \t\r\n a b\u00a0 ", "a b\u00a0"),
    (Trim(A, "left", "0"), "0070", "70"),
    (Trim(A, "right", ",."), "a.,.", "a"),
    (Squeeze(A), "  a \t\n b  ", "a b"),
    (Pad(A, 5, "0", "left"), "42", "00042"),
    (Pad(A, 5, "-", "right"), "42", "42---"),
    (Pad(A, 5, "*", "both"), "42", "*42**"),
    (Pad(A, 2, "0", "left"), "12345", "12345"),
    (WithoutAccents(A), "Ångström naïve Łódź ß Œ Ώρα é e\u0301", "Angstrom naive Lodz ss OE Ωρα e e"),
    (Replace(A, "-", "/"), "a-b-c", "a/b/c"),
    (Replace(A, "-", "/", True), "abc", None),
    (ReplaceTokens(A, "digits", "#"), "a12b3", "a#b#"),
    (ReplaceTokens(A, "punctuation", "\\1"), "a-b", "a\\1b"),
    (KeepTokens(A, "digits"), "(555) 12-34", "5551234"),
    (KeepTokens(A, "capitalized", " "), "the Big Bad wolf", "Big Bad"),
    (KeepTokens(A, "digits"), "none", None),
    (Slice(A, 0, 3), "abcdef", "abc"),
    (Slice(A, -2, None), "abcdef", "ef"),
    (Slice(A, 3, None), "abc", None),
    (Slice(A, 3, None), "", ""),
    (Part(A, " ", -1), "Ada Lovelace", "Lovelace"),
    (Part(A, ",", 0), "no comma", None),
    (Part(A, ",", 2), "a,b", None),
    (Part(A, ",", -2), "a,b", "a"),
    (Match(A, "digits", 0), "a12b34", "12"),
    (Match(A, "digits", -1), "a12b34", "34"),
    (Match(A, "digits", 2), "a12b34", None),
    (Match(A, "email", 0), "write to ada@x.org.", "ada@x.org"),
    (Match(A, "word", 1), "van O'Brien-Smith", "O'Brien-Smith"),
    (Match(A, "letters", 0), "1été", "été"),
    (Before(A, "@"), "a@b@c", "a"),
    (Before(A, "@", -1), "a@b@c", "a@b"),
    (Before(A, "@", 1), "a@b@c", "a@b"),
    (Before(A, "@"), "none", None),
    (After(A, "@"), "a@b@c", "b@c"),
    (After(A, "@", -1), "a@b@c", "c"),
    (After(A, "--", -1), "a---b", "-b"),  # marks are told apart from the left
    (Between(A, "(", ")"), "a) (b) (c)", "b"),
    (Between(A, "'", "'"), "it's", None),
    (FromToken(A, "digits", 0), "ab12cd3", "12cd3"),
    (FromToken(A, "digits", -1), "ab12cd3", "3"),
    (UpToToken(A, "digits", 0, True), "ab12cd3", "ab12"),
    (UpToToken(A, "digits", 0, False), "ab12cd3", "ab"),
    (UpToToken(A, "digits", 0, False), "12cd3", None),
    (AfterToken(A, "digits", 0), "ab12cd3", "cd3"),
    (AfterToken(A, "digits", -1), "ab12cd3", None),
    (Lookup(A, (("DE", "Germany"), ("DE", "again")), "?"), "DE", "Germany"),
    (Lookup(A, (("DE", "Germany"),), "?"), "FR", "?"),
    (Lookup(A, (("DE", "Germany"),)), "FR", None),
    (Items(A, ",", Trim(A), "sorted", True, "; "), "b, a,b", "a; b"),
    (Items(A, " ", None, "numeric", False, " "), "10 x 9 8.5", "8.5 9 10 x"),
    (Items(A, ",", None, "reversed", False, ","), "a,b,c", "c,b,a"),
    (Items(A, ",", None, "descending", False, ","), "a,c,b", "c,b,a"),
    (Items(A, ",", Part(A, "=", 1), "", False, "+"), "a=1,b,c=3", "1+3"),  # what does not apply is dropped
    (Concat((A, Constant("!"))), "a", "a!"),
    (FirstOf((Part(A, ",", 1), Constant("-"))), "a", "-"),
    (Choose((), A), "a", "a"),
]


@pytest.mark.parametrize(("root", "text", "wanted"), CASES)
def test_that_an_operator_gives_what_it_says(root: Node, text: str, wanted: str | None) -> None:
    assert root.run((text,)) == wanted


@pytest.mark.parametrize("root", [root for root, _, _ in CASES if not isinstance(root, FirstOf)])
def test_that_missing_stays_missing(root: Node) -> None:
    assert root.run((None,)) is None
    assert root.run(()) is None


@pytest.mark.timeout(20)
@pytest.mark.parametrize("text", ["a1 " * 5000, "-" * 10_000])
def test_that_a_long_text_takes_no_time(text: str) -> None:
    for root, _, _ in CASES:
        assert isinstance(root.run((text,)), str | None)
