"""Programs as people teach them, with the names of their inputs."""

from workbench.byexample.tree.conditions import Contains, IsBlank
from workbench.byexample.tree.dates import EdgeMoment, FormatMoment, MomentRange, ReadMoment, RoundMoment
from workbench.byexample.tree.nodes import Arm, Choose, Column, Concat, Constant, FirstOf, Node
from workbench.byexample.tree.numbers import FormatNumber, Length, Number, NumberRange, Round
from workbench.byexample.tree.texts import Between, Case, Items, KeepTokens, Lookup, Match, Part, Slice, Trim

A, B = Column(0), Column(1)
DAY_FIRST = ReadMoment(A, ("d/M/yyyy",))
SHORT_MONTH = ReadMoment(A, ("d MMM yyyy",))
STAMP = ReadMoment(A, ("M/d/yyyy H:mm",))

TYPICAL: dict[str, tuple[Node, tuple[str, ...]]] = {
    "initials": (
        Concat((Case(Part(A, " ", -1), "upper"), Constant(", "), Slice(Part(A, " ", 0), 0, 1), Constant("."))),
        ("Full Name",),
    ),
    "joined": (Concat((A, Constant(" "), B)), ("First Name", "Last Name")),
    "digits": (KeepTokens(A, "digits"), ("Phone",)),
    "brackets": (Between(A, "(", ")"), ("Title",)),
    "word": (Case(Match(A, "letters", -1), "title"), ("City",)),
    "blank": (Choose((Arm(IsBlank(A), Constant(None)),), Case(Trim(A), "upper")), ("Status",)),
    "comma": (Choose((Arm(Contains(A, ", "), Concat((Part(A, ", ", 1), Constant(" "), Part(A, ", ", 0)))),), A), ("Name",)),
    "default": (FirstOf((Match(A, "digits", 0), Constant("0"))), ("Code",)),
    "table": (Lookup(A, (("DE", "Germany"), ("FR", "France"))), ("Country",)),
    "list": (Items(A, ",", Trim(A), "sorted", True, "; "), ("Tags",)),
    "length": (Concat((FormatNumber(Length(A), width=3), Constant(" characters"))), ("Comment",)),
    "rounded": (FormatNumber(Round(Number(A), "5", "floor"), 2, 2), ("Price",)),
    "bin": (NumberRange(Number(A), "10", "0", "1", "-", FormatNumber(Constant(""))), ("Age",)),
    "date": (FormatMoment(DAY_FIRST, "yyyy-MM-dd"), ("Start",)),
    "weekday": (FormatMoment(SHORT_MONTH, "EEEE, MMMM d"), ("Start",)),
    "month's end": (FormatMoment(EdgeMoment(DAY_FIRST, "month", "end"), "d.M.yyyy"), ("Start",)),
    "hours": (MomentRange(STAMP, 7200, 0, 0, "-", "ha"), ("Start Time",)),
    "half hours": (FormatMoment(RoundMoment(ReadMoment(A, ("HH:mm",)), 1800, "nearest"), "h:mm a"), ("At",)),
}
