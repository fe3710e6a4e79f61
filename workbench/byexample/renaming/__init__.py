"""Renaming many columns after one or two examples."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workbench.base.errors import UserError
from workbench.byexample.renaming.learning import rules_for
from workbench.byexample.renaming.rules import Rule

__all__ = ["Renaming", "Rule", "rename"]

_MOST = 4
"""Other rules that are kept as alternatives."""


@dataclass(frozen=True)
class Renaming:
    """New names for all columns.

    `names` are as many and in the same order as `columns`, all different. The other fields name old columns: `changed` get a new
    name, `kept` are those the rule does not fit (their name stays), `doubtful` are worth a look (another good rule names them
    otherwise, only a part of the rule fits, or the name had to get a number because another column has it: `clashes`).
    """

    columns: tuple[str, ...]
    names: tuple[str, ...]
    rule: Rule | None
    kept: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()
    clashes: tuple[str, ...] = ()
    alternatives: tuple["Renaming", ...] = ()

    @property
    def changed(self) -> tuple[str, ...]:
        """The columns that get a new name."""
        return tuple(old for old, new in zip(self.columns, self.names, strict=True) if old != new)

    @property
    def mapping(self) -> dict[str, str]:
        """Old and new names of the columns that change."""
        return {old: new for old, new in zip(self.columns, self.names, strict=True) if old != new}

    def explain(self) -> str:
        """One English sentence."""
        if self.rule is None:
            return "No rule gives these names, so only the columns of the examples are renamed."
        told = self.rule.describe()
        parts = [f"Names are {'' if told.startswith('only') else 'written '}{told}" if told else "Names stay as they are"]
        if self.kept:
            parts.append(f"{_listed(self.kept)} {'stays' if len(self.kept) == 1 else 'stay'}, as the rule does not fit")
        if self.clashes:
            parts.append(f"{_listed(self.clashes)} {'gets' if len(self.clashes) == 1 else 'get'} a number, as the name is taken")
        return "; ".join(parts) + "."


def rename(columns: Sequence[str], examples: Mapping[str, str]) -> Renaming:
    """Learns from the examples (old name: new name) how to rename all columns.

    Raises UserError for no examples, an example of no column, an empty or doubled new name, or columns of the same name.
    """
    _check(columns, examples)
    rules = rules_for(examples, columns)
    if not rules and len(examples) > 1:  # one of the names may be an exception
        for left_out in examples:
            rest = {old: new for old, new in examples.items() if old != left_out}
            if rules := rules_for(rest, columns):
                break
    if not rules:
        names = _unique([examples.get(column, column) for column in columns], columns, examples, "_")[0]
        return Renaming(tuple(columns), names, None, kept=tuple(column for column in columns if column not in examples))
    found = [_renaming(rule, columns, examples) for rule in rules[: _MOST + 1]]
    best, others = found[0], tuple(found[1:])
    differing = {
        column
        for other in others
        for column, one, two in zip(columns, best.names, other.names, strict=True)
        if one != two and column not in best.kept
    }
    doubtful = tuple(column for column in columns if column in differing or column in best.doubtful or column in best.clashes)
    return Renaming(best.columns, best.names, best.rule, best.kept, doubtful, best.clashes, others)


def _check(columns: Sequence[str], examples: Mapping[str, str]) -> None:
    if not examples:
        raise UserError("Renaming by example needs at least one example.", hint="Give a column and its new name.")
    twice = [column for column, count in Counter(columns).items() if count > 1]
    if twice:
        raise UserError(f"There are two columns of the name {twice[0]}.", place=twice[0])
    for old, new in examples.items():
        if old not in set(columns):
            raise UserError(f"There is no column {old}.", hint=f"The columns are {_listed(tuple(columns))}.", place=old)
        if not new.strip():
            raise UserError(f"The new name of {old} is empty.", place=old)
    same = [new for new, count in Counter(examples.values()).items() if count > 1]
    if same:
        raise UserError(f"Two columns cannot both get the name {same[0]}.", place=same[0])


def _renaming(rule: Rule, columns: Sequence[str], examples: Mapping[str, str]) -> Renaming:
    results = {column: rule.apply(column) for column in columns}
    wanted = [examples.get(column, results[column][0]) for column in columns]
    names, clashes = _unique(wanted, columns, examples, rule.joiner if rule.joiner is not None else "_")
    misfits = [column for column in columns if column not in examples and not results[column][1]]
    kept = tuple(column for column in misfits if results[column][0] == column)
    partly = tuple(column for column in misfits if results[column][0] != column)
    return Renaming(tuple(columns), names, rule, kept, partly, clashes)


def _unique(
    wanted: Sequence[str], columns: Sequence[str], examples: Mapping[str, str], joiner: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names with a number where one is taken: examples and unchanged names come first; case does not matter."""
    taken: set[str] = set()
    names: dict[int, str] = {}
    clashes = []
    first = sorted(range(len(columns)), key=lambda place: (columns[place] not in examples, wanted[place] != columns[place], place))
    for place in first:
        name, number = wanted[place], 2
        while name.lower() in taken and columns[place] not in examples:
            name, number = f"{wanted[place]}{joiner}{number}", number + 1
        if name != wanted[place]:
            clashes.append(columns[place])
        taken.add(name.lower())
        names[place] = name
    return tuple(names[place] for place in range(len(columns))), tuple(column for column in columns if column in clashes)


def _listed(names: Sequence[str], limit: int = 6) -> str:
    shown = list(names[:limit])
    if len(names) > limit:
        return ", ".join(shown) + f" and {len(names) - limit} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
