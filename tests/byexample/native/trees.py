"""Random programs over all operators, and rows that are hard to treat: what the native forms are compared on."""

import random
import unicodedata
from collections.abc import Sequence

from hypothesis import strategies as st

from workbench.byexample.tree import conditions, dates, numbers, texts
from workbench.byexample.tree.calendars import LANGUAGES
from workbench.byexample.tree.moments import FIELDS, Moment, days_of_month, show_moment
from workbench.byexample.tree.nodes import Arm, Choose, Column, Concat, Constant, FirstOf, Node
from workbench.byexample.tree.tokens import TOKENS

TEXTS: tuple[str | None, ...] = (
    None, "", " ", " \t\r\n ", "\u00a0", "a", "Z", "0", "-", "--", "---", "a--b---c", "a-b-c", "-a-", "a,b;c", "x=1;y=2",
    "  two  gaps ",
    "Anna Schmidt", "van der Berg, Jan", "O'Neill-Smith", "ANNA", "mcDonald HTTPServer2Go", "snake_case_here", "kebab-case",
    "a.b.c.d",
    "straße", "STRASSE ß", "İstanbul ıI", "ΑΣΤΥΣ ας", "éte e\u0301te\u0301", "Ærø Łódź", "naïve café", "ŉ ǰ ﬁ ᾳ ᾼ և",
    "привет МИР", "日本 語", "한국어",
    "שלום עולם", "مرحبا ١٢٣", "👍🏽 family 👨‍👩‍👧", "①② ½ Ⅷ", "a\nb\r\nc", "line\n", "\n", "tab\tbed",
    "\\1 $1 \\$ [x] (y) {z} ^$ .*+?|", "' \" `", "%d {0}",
    "1", "-1", "+7", "007", "12.5", "12.50", "-0", "-0.00", ".5", "5.", "1,234", "1,234,567.891", "12,34,567", "1.234,56",
    "1'000", "1 000,5",
    "$1,200.00", "-$5", "$-5.25", "€ 3", "45 %", "(12.5)", "( 3 )", "(3", "--3", "1e5", "1.5E-3", "-2.50e+2", "1e99", "1e-99",
    "0e5", "9e17",
    "999999999999999999", "1000000000000000000", "123456789012345678901234", "0.123456789012345678", "0.1234567890123456789",
    "0.5", "1.5", "2.5",
    "-2.5", "0.05", "0.15", "99.995", "-99.995", "999999999999999999.5", "٣", "1_000", "NaN", "inf", "1st", "12/3",
    "3 of 10 apples", "10-9-8-9-10",
    "2020-02-29", "2021-02-29", "2021-2-3", "0001-01-01", "0000-01-01", "9999-12-31", "1999-12-31 23:59:59",
    "2024-03-10T05:06:07.089Z", "1900-02-29",
    "2000-02-29", "12/31/1999", "31/12/1999", "1/2/03", "31.12.2020", "29.2.1900", "March 3, 2021", "3 mar 2021",
    "3rd March 2021", "SEPT 5 1999",
    "Sept. 5, 1999", "12. März 2020", "15 janv 2019", "1 Mayıs 2020", "1 мая 2020", "5:30 PM", "12:00 am", "0:00", "24:00",
    "25:00", "13:05 pm",
    "23:59:60", "7:05:09.123 a.m.", "Friday, 5 Jan 2024", "2024-W01", "2020-366", "2021-366", "2024-001", "Q3 2020",
    "20200229", "991231",
    "10:15-11:45", "user.name+tag@example.co.uk", "https://example.com/a?b=c#d", "192.168.0.1", "+1 (555) 123-4567",
    "555-123-4567",
    "3f2504e0-4f89-11d3-9a0c-0305e82c3301", "aeiou", "x" * 3000, "ab " * 700, "9" * 400,
)  # fmt: skip
"""Missing, empty, blank, foreign, long, number-like and date-like texts."""

PATTERNS = (
    "yyyy-MM-dd", "yyyy-M-d", "d.M.yyyy", "dd.MM.yyyy", "M/d/yyyy", "MM/dd/yyyy", "d/M/yy", "MMMM d, yyyy", "d MMM yyyy",
    "do MMMM yyyy",
    "MMM d, yyyy", "MMM d yyyy", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.SX", "h:mm a", "H:mm", "h:mm:ss.S aaa",
    "H:mm:ss", "EEEE, d MMM yyyy",
    "YYYY-'W'ww", "yyyy-DDD", "'Q'Q yyyy", "yyyyMMdd", "yyMMdd", "MMMM yyyy", "d MMM", "yyyy", "MM-dd", "d. MMMM yyyy",
    "F EEEE MMMM yyyy", "EEE",
)  # fmt: skip


def stable(character: str) -> bool:
    """Characters that every version of Unicode in use knows alike, without those that it keeps for inner purposes."""
    return str(unicodedata.ucd_3_2_0.category(character)) == unicodedata.category(character) not in {"Cn", "Cs"}


def words() -> st.SearchStrategy[str]:
    """Texts of all scripts, mostly short."""
    return st.one_of(
        st.text(st.characters(max_codepoint=0x2FFFF, exclude_categories=("Cs", "Cn")).filter(stable), max_size=12),
        st.text("abcXYZ019 .,-_:/'ßéİ\n\t", max_size=20),
    )


Rows = list[tuple[str | None, str | None]]


def rows() -> st.SearchStrategy[Rows]:
    """Rows of two columns: all of TEXTS beside another one of them, dates in all patterns, numbers, and some random texts."""
    cell = st.one_of(st.none(), words(), st.sampled_from(TEXTS))
    return st.builds(some_rows, st.integers(0, 10**6), st.lists(st.tuples(cell, cell), max_size=8))


def some_rows(seed: int, drawn: Sequence[tuple[str | None, str | None]] = ()) -> Rows:
    """The rows of a seed, and the ones that were drawn."""
    chance = random.Random(seed)
    known = [*TEXTS, *(_date(chance) for _ in range(3 * len(PATTERNS))), *(_number(chance) for _ in range(40))]
    return [*zip(known, chance.sample(known, len(known)), strict=True), *drawn]


def _date(chance: random.Random) -> str | None:
    year = chance.choice([1, 1582, 1900, 1999, 2000, 2020, 2021, 2024, 9999, chance.randint(1, 9999)])
    month = chance.randint(1, 12)
    day = chance.choice([1, days_of_month(year, month), chance.randint(1, days_of_month(year, month))])
    time = chance.choice(
        [(0, 0, 0), (12, 0, 0), (23, 59, 59), (chance.randint(0, 23), chance.randint(0, 59), chance.randint(0, 59))]
    )
    moment = Moment(year, month, day, *time, fraction=str(chance.randint(0, 999)))
    pattern = chance.choice(PATTERNS).replace("X", "'Z'")
    shown = show_moment(moment, pattern, chance.choice(["en", "en", "en", *LANGUAGES])) or ""
    return shown.upper() if chance.random() < 0.3 else shown


def _number(chance: random.Random) -> str:
    shown = str(chance.randint(-(10 ** chance.randint(1, 19)), 10 ** chance.randint(1, 19)))
    return shown + chance.choice(["", "", ".5", ".50", ".25", ".005", ",5", f".{chance.randint(0, 10**18)}", "e-3"])


MARKS = st.sampled_from(["-", " ", ",", "--", ".", "a", "$", "\\", "/", ":", "ß", "an", "'", "|", "\n"])
KINDS = st.sampled_from(sorted(TOKENS))
INDICES = st.integers(-3, 3)
COLUMNS: st.SearchStrategy[Node] = st.sampled_from([Column(0)] * 4 + [Column(1)] * 2 + [Column(2)])
LANGUAGE = st.sampled_from(sorted(LANGUAGES))


def text_nodes(depth: int = 2) -> st.SearchStrategy[Node]:
    """Nodes that are texts."""
    if depth == 0:
        return st.one_of(COLUMNS, COLUMNS, st.sampled_from([Constant("x"), Constant(""), Constant(None)]))
    of = st.deferred(lambda: text_nodes(depth - 1))
    return st.one_of(
        _simple(of), _parts(of), _tokens(of), _put_together(of, depth), format_numbers(depth), shown_moments(depth), COLUMNS,
    )  # fmt: skip


def _simple(of: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    styles = st.sampled_from(["upper", "lower", "title", "sentence", "camel", "pascal", "snake", "kebab"])
    sides = st.sampled_from(["left", "right", "both"])
    return st.one_of(
        st.builds(texts.Case, of, styles),
        st.builds(texts.Trim, of, sides, st.sampled_from([" \t\r\n", "-", "0", "]^-\\", "xé"])),
        st.builds(texts.Squeeze, of),
        st.builds(texts.Pad, of, st.integers(0, 9), st.sampled_from(["0", " ", "*", "é"]), sides),
        st.builds(texts.WithoutAccents, of),
        st.builds(texts.Replace, of, MARKS, st.sampled_from(["", "+", "$1", "\\1"]), st.booleans()),
    )


def _parts(of: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.one_of(
        st.builds(texts.Slice, of, st.integers(-5, 5), st.one_of(st.none(), st.integers(-5, 5))),
        st.builds(texts.Part, of, MARKS, INDICES),
        st.builds(texts.Before, of, MARKS, INDICES),
        st.builds(texts.After, of, MARKS, INDICES),
        st.builds(texts.Between, of, MARKS, MARKS),
    )


def _tokens(of: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    news = st.sampled_from(["", "#", "\\0", "$0"])
    return st.one_of(
        st.builds(texts.Match, of, KINDS, INDICES),
        st.builds(texts.FromToken, of, KINDS, INDICES),
        st.builds(texts.AfterToken, of, KINDS, INDICES),
        st.builds(texts.UpToToken, of, KINDS, INDICES, st.booleans()),
        st.builds(texts.ReplaceTokens, of, KINDS, news),
        st.builds(texts.KeepTokens, of, KINDS, st.sampled_from(["", " ", "$"])),
    )


def _put_together(of: st.SearchStrategy[Node], depth: int) -> st.SearchStrategy[Node]:
    table = st.lists(
        st.tuples(st.sampled_from([text for text in TEXTS[:20] if text is not None]), st.sampled_from(["yes", None])), max_size=4
    )
    item = st.one_of(
        st.none(),
        st.sampled_from([texts.Match(Column(0), "digits", 0), texts.Case(Column(0), "upper"), texts.Slice(Column(0), 0, 1)]),
    )
    orders = st.sampled_from(["", "sorted", "numeric", "descending", "reversed"])
    return st.one_of(
        st.lists(of, max_size=3).map(lambda parts: Concat(tuple(parts))),
        st.lists(of, min_size=1, max_size=3).map(lambda options: FirstOf(tuple(options))),
        st.builds(texts.Lookup, of, table.map(tuple), st.sampled_from([None, "other"])),
        st.builds(texts.Items, of, MARKS, item, orders, st.booleans(), st.sampled_from(["", ", "])),
        choices(of, depth),
    )


def choices(of: st.SearchStrategy[Node], depth: int) -> st.SearchStrategy[Node]:
    """Choices between nodes by conditions."""
    arms = st.lists(st.builds(Arm, condition_nodes(depth - 1), of), min_size=1, max_size=3)
    return st.builds(Choose, arms.map(tuple), of)


def condition_nodes(depth: int) -> st.SearchStrategy[conditions.Condition]:
    """Conditions on texts, numbers and dates."""
    of = text_nodes(depth)
    plain = st.one_of(
        st.sampled_from([conditions.IsMissing, conditions.IsBlank, conditions.IsNumber,
            conditions.Applies]).flatmap(lambda kind: st.builds(kind, of)),
        st.builds(conditions.Applies, moment_nodes(0)),
        st.builds(conditions.Contains, of, MARKS, st.integers(1, 3)),
        st.sampled_from([conditions.StartsWith, conditions.EndsWith, conditions.Equals]).flatmap(lambda kind: st.builds(kind,
            of, MARKS)),
        st.builds(conditions.HasToken, of, KINDS, st.sampled_from(["any", "start", "end", "whole"])),
        st.sampled_from([conditions.LengthIs, conditions.LongerThan, conditions.WordCount]).flatmap(
            lambda kind: st.builds(kind, of, st.integers(0, 12))
        ),
        st.builds(conditions.Compares, st.one_of(of, number_nodes(0)), st.sampled_from(["<", "<=", ">", ">="]),
            st.sampled_from(["0", "-1", "12.5", "1E+5"])),
    )  # fmt: skip
    return st.one_of(plain, plain.map(lambda condition: conditions.Not(condition.of, condition)))


AMOUNTS = st.sampled_from(["1", "0.5", "0.05", "5", "10", "25", "100", "0.3", "1E+2", "7.5", "0.000000000000000001"])


def number_nodes(depth: int = 2) -> st.SearchStrategy[Node]:
    """Nodes that are numbers."""
    read = st.builds(numbers.Number, COLUMNS, st.sampled_from([".", ","]))
    if depth == 0:
        return read
    of = st.deferred(lambda: number_nodes(depth - 1))
    factors = st.sampled_from(["0.01", "100", "1000", "1.609344", "-1", "0.000001", "1E+3", "0", "33.333", "1"])
    return st.one_of(
        read,
        st.builds(numbers.Scale, of, factors, st.sampled_from(["0", "32", "-0.50", "1E+2"])),
        st.builds(numbers.Round, of, AMOUNTS, st.sampled_from(sorted(numbers.ROUNDING)), st.sampled_from(["0", "1", "0.25"])),
        st.builds(numbers.Arithmetic, of, st.sampled_from("+-*"), of),
        st.builds(numbers.Length, COLUMNS),
        st.builds(numbers.CountOf, COLUMNS, KINDS),
        st.builds(dates.MomentNumber, moment_nodes(depth - 1), st.sampled_from(FIELDS)),
        st.builds(
            dates.Duration, moment_nodes(depth - 1), moment_nodes(0), st.sampled_from(["days", "hours", "minutes", "seconds"])
        ),
        st.lists(of, min_size=1, max_size=2).map(lambda options: FirstOf(tuple(options))),
        choices(of, 1),
    )


def forms(of: st.SearchStrategy[Node]) -> st.SearchStrategy[numbers.FormatNumber]:
    """Ways to show a number."""
    return st.builds(
        numbers.FormatNumber, of, st.integers(0, 3), st.sampled_from([None, 0, 1, 2, 5, 18]), st.booleans(),
        st.sampled_from([0, 1, 2, 4, 12]),
        st.sampled_from(["", ",", " ", ".", "'", "$", "\\"]), st.sampled_from([".", ","]), st.sampled_from(["-", "+", "()"]),
        st.sampled_from(sorted(numbers.ROUNDING)), st.sampled_from(["", "indian"]),
    )  # fmt: skip


def format_numbers(depth: int) -> st.SearchStrategy[Node]:
    """Numbers shown as texts."""
    of = number_nodes(depth)
    return st.one_of(
        forms(of),
        st.builds(
            numbers.NumberRange,
            of,
            AMOUNTS,
            st.sampled_from(["0", "1", "0.5"]),
            st.sampled_from(["0", "1", "0.1"]),
            MARKS,
            forms(COLUMNS),
        ),
        st.builds(numbers.Ordinal, of),
    )


def moment_nodes(depth: int = 1) -> st.SearchStrategy[Node]:
    """Nodes that are dates or times."""
    patterns = st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=5).map(tuple)
    read = st.builds(dates.ReadMoment, COLUMNS, patterns, st.one_of(st.just("en"), LANGUAGE), st.sampled_from([0, 30, 50]))
    if depth == 0:
        return read
    of = st.deferred(lambda: moment_nodes(depth - 1))
    steps, origins = st.sampled_from([60, 900, 3600, 7200, 18000]), st.sampled_from([0, 1800, 25200])
    return st.one_of(
        read,
        st.builds(dates.RoundMoment, of, steps, st.sampled_from(["floor", "ceiling", "nearest"]), origins),
        st.builds(
            dates.ShiftMoment,
            of,
            st.sampled_from(["days", "months", "years"]),
            st.sampled_from([0, 1, -1, 30, -400, 100000, 10**9]),
        ),
        st.builds(dates.EdgeMoment, of, st.sampled_from(["week", "month", "quarter", "year"]), st.sampled_from(["start", "end"])),
        st.lists(of, min_size=1, max_size=2).map(lambda options: FirstOf(tuple(options))),
    )


def shown_moments(depth: int) -> st.SearchStrategy[Node]:
    shown = st.one_of(st.sampled_from(PATTERNS), st.lists(st.sampled_from(FIELDS), min_size=1, max_size=2).map("-".join))
    ranges = st.builds(
        dates.MomentRange, moment_nodes(depth - 1), st.sampled_from([900, 7200, 18000]), st.sampled_from([0, 3600]),
        st.sampled_from([0, 60]),
        st.just(" - "), st.sampled_from(["HH:mm", "h a", "h:mm:ss aaa"]),
    )  # fmt: skip
    return st.one_of(st.builds(dates.FormatMoment, moment_nodes(depth), shown, LANGUAGE), ranges)


def run(root: Node, rows: Sequence[tuple[str | None, ...]]) -> list[str | None]:
    """What the interpreter gives."""
    return [root.run(row) for row in rows]
