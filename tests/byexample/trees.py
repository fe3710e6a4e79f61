"""Random programs and nasty rows, for tests that two ways to run a program agree."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from hypothesis import strategies as st

from workbench.byexample.tree import conditions as c
from workbench.byexample.tree import dates as d
from workbench.byexample.tree import numbers as n
from workbench.byexample.tree import texts as t
from workbench.byexample.tree.moments import Moment, show_moment
from workbench.byexample.tree.nodes import Arm, Choose, Column, Concat, Constant, FirstOf, Node
from workbench.byexample.tree.program import walk
from workbench.byexample.tree.tokens import TOKENS

KINDS = st.sampled_from(sorted(TOKENS))
MARKS = st.sampled_from([" ", ",", "-", "/", "@", ".", ", ", "--", "(", "'", '"', "\\", "{", "a", "\t", "é"])
INDICES = st.sampled_from([0, 0, 0, 1, 2, -1, -1, -2])
PATTERNS = st.sampled_from([
    "d/M/yyyy", "dd/MM/yyyy", "M/d/yy", "yyyy-MM-dd", "yyyy-MM-dd HH:mm:ss", "d MMM yyyy", "EEEE, MMMM d, yyyy h:mm a",
    "MMM yyyy",
    "HH:mm", "h:mm aaa", "H:mm:ss.S", "yyyy D", "yyyy-'W'ww", "yyyy 'Q'Q", "do 'of' MMMM", "d.M.yyyy H:mm X", "yyyyMMdd", "mm:ss",
    "M/d/yyyy H:mm", "YYYY-'W'ww", "'W'w", "yyyy",
])  # fmt: skip
SHOWN = st.sampled_from([
    "yyyy-MM-dd", "d MMM yyyy", "EEEE", "EEE d", "MMMM", "h:mm a", "HH:mm", "'W'ww/YYYY", "DDD", "do", "'Q'Q yy", "hhaaa", "H",
    "ss", "S", "F",
    "MM", "d", "'\"{'d'}\\'",
])  # fmt: skip
LANGUAGES = st.sampled_from(["en", "en", "en", "de", "fr", "tr", "pt"])
STEPS = st.sampled_from(["1", "5", "10", "0.5", "0.01", "25", "1000", "7"])


T = TypeVar("T")


class Trees:
    """Draws programs, one operator after the other."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        self.draw = draw

    def one(self, *choices: T) -> T:
        """One of several values."""
        return cast("T", self.draw(st.sampled_from(choices)))

    def kind(self) -> str:
        """A kind of token."""
        return str(self.draw(KINDS))

    def text(self, depth: int) -> Node:
        """A program that gives a text."""
        if depth == 0:
            return self.one(Column(0), Column(0), Column(1), Column(2), Constant("x"), Constant("\"{'}\\\n"))
        make = self.one(
            self.piece,
            self.piece,
            self.piece,
            self.change,
            self.change,
            self.shown_number,
            self.shown_date,
            self.shown_date,
            self.choice,
            self.concat,
            self.first,
        )
        return make(depth - 1)

    def concat(self, depth: int) -> Node:
        """Texts one after the other."""
        return Concat(tuple(self.text(self.one(0, depth)) for _ in range(self.one(1, 2, 3, 4))))

    def first(self, depth: int) -> Node:
        """Several readings."""
        return FirstOf(tuple(self.text(self.one(depth, depth, 0)) for _ in range(self.one(2, 2, 3))))

    def choice(self, depth: int) -> Node:
        """Several cases."""
        arms = tuple(
            Arm(self.condition(depth), self.one(self.text, self.text, lambda _: Constant(None))(depth))
            for _ in range(self.one(1, 2))
        )
        return Choose(arms, self.text(depth))

    def piece(self, depth: int) -> Node:
        """A piece of a text."""
        of, mark, kind, index = self.text(depth), self.draw(MARKS), self.kind(), self.draw(INDICES)
        return self.one(
            t.Part(of, mark, index), t.Part(of, mark, index), t.Match(of, kind, index), t.Match(of, kind, index), t.Before(of,
            mark, index),
            t.After(of, mark, index), t.Between(of, mark, self.draw(MARKS)), t.FromToken(of, kind, index),
            t.UpToToken(of, kind, index, self.one(True, False)), t.AfterToken(of, kind, index), t.KeepTokens(of, kind,
            self.one("", "-")),
            t.Slice(of, self.one(0, 0, 1, 3, -2), self.one(None, 1, 3, 5, -1)),
        )  # fmt: skip

    def change(self, depth: int) -> Node:
        """A text turned into another one."""
        of = self.text(depth)
        table = tuple((key, self.one("x", "Germany", "", None)) for key in ("a", "DE", "", "a")[: self.one(0, 2, 4)])
        each = self.one(
            None, t.Trim(Column(0)), t.Part(Column(0), self.draw(MARKS), self.draw(INDICES)), t.Match(Column(0), self.kind(), 0)
        )
        style = self.one("upper", "lower", "title", "sentence", "camel", "pascal", "snake", "kebab")
        return self.one(
            t.Case(of, style), t.Case(of, style), t.Trim(of, self.one("both", "left", "right"), self.one(t.BLANKS, ",.", "0")),
            t.Squeeze(of),
            t.Pad(of, self.one(0, 5), self.one("0", " "), self.one("left", "right", "both")), t.WithoutAccents(of),
            t.Replace(of, self.draw(MARKS), self.one("", "_", "\\1"), self.one(True, False)),
            t.ReplaceTokens(of, self.kind(), self.one("", "#", "\\1")), t.Lookup(of, table, self.one(None, "other")),
            t.Items(of, self.draw(MARKS), each, self.one("", "sorted", "numeric", "descending", "reversed"), self.one(True,
            False),
                    self.one(",", "; ", "")),
        )  # fmt: skip

    def format(self, of: Node) -> n.FormatNumber:
        """A way to show a number."""
        least, most = self.one((0, None), (2, 2), (0, 0), (0, 2), (1, 3), (3, None))
        return n.FormatNumber(
            of, least, most, self.one(False, True), self.one(1, 1, 0, 5), self.one("", "", ",", "."), ".",
            self.one("-", "-", "+", "()"), self.one(*sorted(n.ROUNDING)), self.one("", "", "indian"),
        )  # fmt: skip

    def shown_number(self, depth: int) -> Node:
        """A number as text."""
        number, step = self.number(depth), self.draw(STEPS)
        bins = n.NumberRange(number, step, self.one("0", "3"), self.one("0", "1"), self.one("-", " to "), self.format(Constant("")))
        return self.one(self.format(number), self.format(number), n.Ordinal(number), bins)

    def number(self, depth: int) -> Node:
        """A number."""
        text = self.text(self.one(0, 0, depth))
        base = self.one(n.Number(text, self.one(".", ".", ",")), n.Number(text), n.Length(text), n.CountOf(text, self.kind()))
        field = self.one("yyyy", "M", "d", "H", "h", "m", "D", "w", "Q", "S", "MMM", "yy")
        return self.one(
            base, base, n.Scale(base, self.one("10", "0.01", "1.8", "-3", "1", "1000000"), self.one("0", "0", "32", "-0.5")),
            n.Round(base, self.draw(STEPS), self.one(*sorted(n.ROUNDING)), self.one("0", "0", "3")),
            n.Arithmetic(base, self.one("+", "-", "*", "/"), n.Number(self.text(0))), d.MomentNumber(self.moment(depth), field),
            d.Duration(self.moment(depth), self.moment(depth), self.one("days", "hours", "minutes", "seconds")),
        )  # fmt: skip

    def reading(self, depth: int) -> Node:
        """A date and time as it is read."""
        patterns = self.draw(st.lists(PATTERNS, min_size=1, max_size=3, unique=True))
        return d.ReadMoment(self.text(self.one(0, 0, 0, depth)), tuple(patterns), self.draw(LANGUAGES), self.one(50, 30))

    def moment(self, depth: int) -> Node:
        """A date and time."""
        of = self.reading(depth)
        return self.one(
            of, of, d.RoundMoment(of, self.one(1800, 7200, 60, 10), self.one("floor", "ceiling", "nearest"), self.one(0, 0, 900)),
            d.ShiftMoment(of, self.one("days", "months", "years"), self.one(1, -1, 40)),
            d.EdgeMoment(of, self.one("week", "month", "quarter", "year"), self.one("start", "end")), FirstOf((of,
            self.reading(depth))),
        )  # fmt: skip

    def shown_date(self, depth: int) -> Node:
        """A date and time as text."""
        of = self.moment(depth)
        bins = d.MomentRange(of, self.one(7200, 3600, 1800, 10), self.one(0, 900), self.one(0, 60, 1), self.one("-", " to "),
                             self.one("ha", "HH:mm", "h:mm:ss aaa"))  # fmt: skip
        return self.one(d.FormatMoment(of, self.draw(SHOWN), self.draw(LANGUAGES)), d.FormatMoment(of, self.draw(SHOWN)), bins)

    def condition(self, depth: int) -> c.Condition:
        """A condition on a column, or on something near it."""
        of, mark, count = self.text(self.one(0, 0, depth)), self.draw(MARKS), self.one(0, 1, 2, 5)
        sign = self.one("<", "<=", ">", ">=")
        plain = self.one(
            c.IsMissing(of), c.IsBlank(of), c.IsNumber(of), c.Contains(of, mark, self.one(1, 1, 2)), c.Contains(of, mark),
            c.StartsWith(of, mark),
            c.EndsWith(of, mark), c.Equals(of, self.one("", "a", "12")), c.HasToken(of, self.kind(), self.one("any", "start",
            "end", "whole")),
            c.LengthIs(of, count), c.LongerThan(of, count), c.WordCount(of, count), c.Compares(of, sign, self.one("0", "10",
            "-0.5")),
            c.Compares(n.Number(of), sign, self.one("0", "10.5")), c.Applies(self.moment(0)), c.Applies(self.piece(0)),
        )  # fmt: skip
        return self.one(plain, plain, c.Not(plain.of, plain))


@st.composite
def texts(draw: Callable[[st.SearchStrategy[Any]], Any], depth: int = 2) -> Node:
    """A program that gives a text."""
    return Trees(draw).text(depth)


CELLS = st.sampled_from([
    None, "", " ", "a", "DE", "12", "  two  words ", "Ada Lovelace", "Lovelace, Ada", "van der Berg, Ann-Marie (Dr.)",
    "o'Brien \"Bob\"", "a@b.org x@y.de",
    "1,234.50", "-3.5", "(12)", "$5.25", "1.234,5", "7e3", "007", "99999999999999999999",
    "-123456789012345678.123456789012345678", "999999999999999999.9999999999999", "0.5%", "12,34,567.891", "5", "-0.004",
    "1e-9", ".5",
    "31/12/2031", "1/2/03", "12/31/2031 17:45", "2031-02-28", "2000-02-29 23:59:59", "30 Feb 2000", "7 Jan 2031", "7 OCT. 1999",
    "5 Mai 2020", "3 mars 2001",
    "Friday, January 31, 2031 5:04 PM", "Jan 2031", "17:30", "24:00", "12:05 am", "13:00 pm", "5:06:07.250", "2031 60",
    "2031-W05", "2031 Q3",
    "1st of May", "31.12.2031 9:05 +01:00", "20310131", "9999-12-31", "0000-01-01", "W7", "59:59", "2031", "1.5.2020 7:00 Z",
    "a,b;c", "a--b---c", "x-y-z", "key=value; k2 = v2", "C:\\temp\\x.txt", "naïve café ÅØß", "ΑΒΓ δεζ", "Привет мир", "你好 世界",
    "שלום", "a\tb\nc",
    "{x}", "b, a,a , c", "10 9 8", "orderDateID", "http://x.org/a?b=1", "2031-1-5", "\u00a01\u00a0000", "ABC-123/45", "😀 smile",
    "a" * 60,
])  # fmt: skip
"""Cells that things go wrong with."""

Cells = tuple[str | None, ...]
_MOMENTS = (
    Moment(2031, 1, 31, 17, 4, 8, "25"),
    Moment(2024, 2, 29, 0, 0, 0, "5"),
    Moment(1999, 12, 31, 12, 59, 59, "001"),
    Moment(1, 1, 1, 23, 5, 0, "0"),
)


@st.composite
def programs(draw: Callable[[st.SearchStrategy[Any]], Any], depth: int = 2) -> tuple[Node, list[Cells]]:
    """A program, and rows of three cells; some are dates as the program reads them."""
    root = Trees(draw).text(depth)
    cells: list[str | None] = []
    for node in walk(root):
        if isinstance(node, d.ReadMoment):
            cells += [show_moment(moment, pattern, node.language) for pattern in node.patterns for moment in _MOMENTS]
    cell = st.one_of(CELLS, st.sampled_from([*cells, *(text.upper() for text in cells if text)])) if cells else CELLS
    return root, draw(st.lists(st.tuples(cell, cell, cell), min_size=1, max_size=6))
