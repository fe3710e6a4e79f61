"""At least one program with each operator and condition."""

from workbench.byexample.tree import conditions, dates, numbers, texts
from workbench.byexample.tree.nodes import Arm, Choose, Column, Concat, Constant, FirstOf, Node
from workbench.byexample.tree.tokens import TOKENS

C = Column(0)
NUMBER = numbers.Number(C)
DATES = (
    "yyyy-MM-dd", "d.M.yyyy", "M/d/yyyy", "MMMM d, yyyy", "d MMM yyyy", "do MMMM yyyy", "yyyy-MM-dd HH:mm:ss",
    "yyyy-MM-dd'T'HH:mm:ss.SX",
    "EEEE, d MMM yyyy", "YYYY-'W'ww", "yyyy-DDD", "'Q'Q yyyy", "yyMMdd", "F EEEE MMMM yyyy", "MMMM yyyy",
)  # fmt: skip
DATE = dates.ReadMoment(C, ("yyyy-MM-dd", "d.M.yyyy", "MMMM d, yyyy"))
TIME = dates.ReadMoment(C, ("h:mm a", "H:mm", "h:mm:ss.S aaa", "yyyy-MM-dd HH:mm:ss"))


def _if(condition: conditions.Condition) -> Node:
    return Choose((Arm(condition, Constant("yes")),), Constant("no"))


def _shown(moment: Node, pattern: str = "yyyy-MM-dd") -> Node:
    return dates.FormatMoment(moment, pattern)


PROGRAMS: tuple[Node, ...] = (
    Concat((C, Constant(" "), Column(1))), FirstOf((texts.Part(C, "-", 1), Column(1))), Constant(None), Column(7),
    *(texts.Case(C, style) for style in ("upper", "lower", "title", "sentence", "camel", "pascal", "snake", "kebab")),
    *(texts.Trim(C, side, "- ^]\\") for side in ("left", "right", "both")), texts.Squeeze(C), texts.WithoutAccents(C),
    *(texts.Pad(C, 9, "é", side) for side in ("left", "right", "both")), texts.Replace(C, "-", "\\1$1"),
    texts.Replace(C, " ", "", must=True),
    texts.ReplaceTokens(C, "digits", "$0\\0"), texts.KeepTokens(C, "letters", " "),
    texts.Slice(C, 1, 4), texts.Slice(C, -3, None), texts.Slice(C, 2, -2), texts.Slice(C, -5, 3),
    *(texts.Part(C, "-", index) for index in (0, 1, -1, -2)), *(texts.Before(C, "--", index) for index in (0, 1, -1)),
    *(texts.After(C, " ", index) for index in (0, 1, -1)), texts.Between(C, "-", "-"),
    *(texts.Match(C, kind, 0) for kind in TOKENS),
    texts.Match(C, "word", 1), texts.Match(C, "word", -1), texts.FromToken(C, "number", 1), texts.AfterToken(C, "letters", -1),
    texts.UpToToken(C, "word", 0, included=True), texts.UpToToken(C, "digits", -1, included=False),
    texts.Lookup(C, (("a", "b"), ("", None)), "other"),
    *(texts.Items(C, "-", None, order, unique, "|") for order in ("", "sorted", "numeric", "descending",
        "reversed") for unique in (True, False)),
    texts.Items(C, " ", texts.Match(Column(0), "digits", 0), "numeric", True, ","),
    numbers.FormatNumber(NUMBER), numbers.FormatNumber(NUMBER, keep_zeros=True), numbers.FormatNumber(numbers.Number(C, ",")),
    numbers.FormatNumber(NUMBER, 2, 2, group=",", sign="()"),
    numbers.FormatNumber(NUMBER, 0, 1, width=0, group=" ", style="indian", sign="+"),
    numbers.FormatNumber(numbers.Scale(NUMBER, "0.01"), keep_zeros=True),
    numbers.FormatNumber(numbers.Scale(NUMBER, "1.8", "32"), most=3),
    *(numbers.FormatNumber(numbers.Round(NUMBER, "0.25", mode, "0.1")) for mode in numbers.ROUNDING),
    *(numbers.FormatNumber(numbers.Arithmetic(NUMBER, sign, numbers.Number(Column(1)))) for sign in "+-*"),
    numbers.NumberRange(NUMBER, "5", "0", "1", "-", numbers.FormatNumber(C)), numbers.Ordinal(NUMBER),
    numbers.FormatNumber(numbers.Length(C)), numbers.FormatNumber(numbers.CountOf(C, "letters")),
    *(_shown(dates.ReadMoment(C, (pattern,))) for pattern in DATES),
    _shown(dates.ReadMoment(C, DATES[3:8]), "EEEE MMM do, YYYY 'w'w DDD F Q yy"), _shown(TIME, "hh:mm:ss.S a"),
    _shown(TIME, "H 'h'"),
    *(_shown(dates.ShiftMoment(DATE, unit, amount)) for unit in ("days", "months", "years") for amount in (-40, 500_000)),
    *(_shown(dates.EdgeMoment(DATE, unit, side)) for unit in ("week", "month", "quarter", "year") for side in ("start", "end")),
    *(_shown(dates.RoundMoment(TIME, 900, mode, 300), "HH:mm:ss") for mode in ("floor", "ceiling", "nearest")),
    dates.MomentRange(TIME, 7200, 3600, 60, "-", "h:mm aaa"),
    *(numbers.FormatNumber(dates.Duration(DATE, dates.ReadMoment(Column(1), DATES[:3]), unit)) for unit in ("days", "seconds")),
    numbers.FormatNumber(dates.MomentNumber(DATE, "D")),
    _shown(dates.ReadMoment(C, ("d MMMM yyyy", "d. MMMM yyyy"), "de"), "d MMM EEE"),
    *(_if(kind(C)) for kind in (conditions.IsMissing, conditions.IsBlank, conditions.IsNumber)), _if(conditions.Applies(DATE)),
    _if(conditions.Contains(C, "-", 2)), _if(conditions.StartsWith(C, "a")), _if(conditions.EndsWith(C, "\n")),
    _if(conditions.Equals(C, "a")),
    *(_if(conditions.HasToken(C, "word", at)) for at in ("any", "start", "end", "whole")), _if(conditions.LengthIs(C, 3)),
    _if(conditions.LongerThan(C, 10)), _if(conditions.WordCount(C, 2)),
    *(_if(conditions.Compares(C, sign, "12.5")) for sign in ("<", "<=", ">", ">=")),
    _if(conditions.Not(C, conditions.Contains(C, "-"))),
    numbers.FormatNumber(Choose((Arm(conditions.Contains(C, "-"), NUMBER),), Constant(None))),
    _shown(Choose((Arm(conditions.Contains(C, "-"), DATE),), TIME), "mm dd"),
    numbers.FormatNumber(FirstOf((NUMBER, numbers.Length(C))), keep_zeros=True),
)  # fmt: skip
