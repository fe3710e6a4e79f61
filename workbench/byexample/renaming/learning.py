"""Finds the rules that give the examples: every sensible combination is tried, the simplest that fits most columns is best."""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from workbench.byexample.renaming.rules import LONGEST, UNITS, Cut, CutKind, Fold, Order, Rule
from workbench.byexample.renaming.words import CASES, words_of

_JOINERS: tuple[str | None, ...] = (None, "_", " ", "", "-", ".")
_STYLES = tuple((case, joiner) for case in CASES for joiner in _JOINERS if not case.startswith("camel") or joiner == "")
_SEPARATORS = "._-/:|\\ "
_COST_OF_CUT = {
    "": 0.0, "brackets": 1.0, "bracket_marks": 1.2, "unit": 1.4, "leading_number": 1.3, "trailing_number": 1.3, "prefix": 1.5,
    "suffix": 1.5, "after_last": 1.6, "before_first": 1.6, "after_first": 1.7, "before_last": 1.7, "first_word": 2.0,
    "last_word": 2.0, "replace": 2.0,
}  # fmt: skip
_WITH_WORDS = {"", "prefix", "brackets", "unit"}
_PATTERNS: tuple[CutKind, ...] = ("brackets", "bracket_marks", "leading_number", "trailing_number", "first_word", "last_word")
_PARTS: tuple[CutKind, ...] = ("after_last", "before_first", "after_first", "before_last")
_MANY_WORDS = 6
_SAMPLE = 100
"""Columns that are looked at to choose a rule."""
_CUT_WORDS = 6
_MARGIN = 1.6
"""A rule that costs so much more than the best is no other reading any more."""


def rules_for(examples: Mapping[str, str], columns: Sequence[str]) -> list[Rule]:
    """The rules that give all examples, best first; at most one of those that rename all columns alike."""
    pairs = [(old, new) for old, new in examples.items() if len(old) <= LONGEST and len(new) <= LONGEST]
    if len(pairs) < len(examples) or not pairs:
        return []
    others = [column for column in columns if column not in examples and len(column) <= LONGEST]
    columns = [*examples, *others[:: max(1, len(others) // _SAMPLE)]]
    found: dict[tuple[str, ...], tuple[float, Rule]] = {}
    for rule in _candidates(pairs):
        if not all(rule.apply(old)[0] == new for old, new in pairs) or _is_accident(rule, columns, examples):
            continue
        names = tuple(rule.apply(column)[0] for column in columns)
        price = cost(rule) + _misfit(rule, columns, examples, names)
        if names not in found or price < found[names][0]:
            found[names] = (price, rule)
    ranked = sorted(found.values(), key=lambda item: item[0])
    return [rule for price, rule in ranked if price <= ranked[0][0] + _MARGIN]


def _is_accident(rule: Rule, columns: Sequence[str], examples: Mapping[str, str]) -> bool:
    """Whether the rule cuts within a word, and does so for no other column."""
    text, kind = rule.cut.text, rule.cut.kind
    within = (kind == "suffix" and text[:1].islower()) or (kind == "prefix" and text[-1:].isalpha() and not text[-1:].isupper())
    old = next(iter(examples))
    rest = rule.cut.apply(old) or ""
    if kind == "prefix":
        within = within and rest[:1].islower()
    if not within or len(words_of(old)) == len(words_of(rest)) + len(words_of(text)) or len(columns) == len(examples):
        return False
    return not any(rule.cut.apply(column) is not None for column in columns if column not in examples)


def cost(rule: Rule) -> float:
    """What makes a rule less simple."""
    total = _COST_OF_CUT[rule.cut.kind] + 0.05 * len(rule.cut.text) + (0.4 if rule.cut.text == " " else 0.0)
    total += 0.0 if rule.case == "keep" else 1.0 if "_" not in rule.case else 0.95 if rule.case.endswith("_keep") else 1.2
    total += 0.0 if rule.joiner is None else 0.8 if rule.joiner else 0.9
    total += (0.8 if rule.fold else 0) + (0.8 if rule.digits else 0) + (0.6 if rule.apart else 0) + (1.5 if rule.order else 0)
    total += sum(2.0 + 0.05 * (len(old) + len(new)) for old, new in rule.words)
    return total + sum(1.6 + 0.2 * len(text) for text in (rule.before, rule.after) if text)


def _misfit(rule: Rule, columns: Sequence[str], examples: Mapping[str, str], names: Sequence[str]) -> float:
    """Columns that the rule does not fit, and names that it gives twice."""
    others = [column for column in columns if column not in examples]
    if not others:
        return 0.0
    lacking = sum(not rule.apply(column)[1] for column in others) / len(others)
    twice = (len(names) - len({name.lower() for name in names})) / len(names)
    uneven = _uneven(columns, examples, names) if rule.joiner is not None else 0.0
    uneven += _run_together(columns, examples, names) if rule.joiner == "" else 0.0
    return (1.5 if not rule.words else 0.5) * lacking + 3.0 * twice + 4.0 * uneven


def _uneven(columns: Sequence[str], examples: Mapping[str, str], names: Sequence[str]) -> float:
    """The share of names that are not written in the case of an example."""
    styles = [_style(new) for new in examples.values()]
    others = [_style(name) for column, name in zip(columns, names, strict=True) if column not in examples]
    first = {style[0] for style in styles} | {"abbreviation", ""}
    rest = {style[1] for style in styles} | {"abbreviation", ""}
    single = {style[1] for style in styles} == {""}
    return sum(style[0] not in first or (not single and style[1] not in rest) for style in others) / len(others)


def _run_together(columns: Sequence[str], examples: Mapping[str, str], names: Sequence[str]) -> float:
    """The share of names whose words cannot be told apart any more, while those of the examples can."""
    fewer = [len(words_of(name)) < len(words_of(column)) for column, name in zip(columns, names, strict=True)]
    shown = [lost for column, lost in zip(columns, fewer, strict=True) if column in examples]
    return 0.0 if all(shown) else sum(fewer) / len(columns)


def _style(name: str) -> tuple[str, str]:
    """How the first word and the others are written."""
    words = [word.text for word in words_of(name) if any(char.isalpha() for char in word.text)]
    kinds = ["lower" if word.islower() else "abbreviation" if word.isupper() else "title" for word in words]
    if all(kind == "abbreviation" for kind in kinds):
        kinds = ["upper"] * len(kinds)
    others = [kind for kind in kinds[1:] if kind != "abbreviation"]
    return kinds[0] if kinds else "", max(sorted(set(others)), key=others.count) if others else ""


def _candidates(pairs: Sequence[tuple[str, str]]) -> Iterator[Rule]:
    old, new = pairs[0]
    wanted = _letters(new)
    for cut in _cuts(old, new, pairs):
        rest = cut.apply(old)
        if rest is None or not rest.strip():
            continue
        for base in _bases(rest, new, ordered=not cut.kind):
            if _letters(replace(base, case="keep", joiner=None).core(rest)) in wanted:
                for case, joiner in _STYLES:
                    yield from _around(replace(base, cut=cut, case=case, joiner=joiner), rest, old, new)
            if cut.kind in _WITH_WORDS and not base.order and not base.fold:
                for case, joiner in _STYLES:
                    yield from _with_words(replace(base, cut=cut, case=case, joiner=joiner), pairs)


def _letters(text: str) -> str:
    return "".join(char for char in text.lower() if char.isalnum())


def _bases(rest: str, new: str, *, ordered: bool) -> Iterator[Rule]:
    """Ways of rewriting without case, separator and single words."""
    folds: list[Fold] = [""] if rest.isascii() else ["", "plain", "german"]
    numbers = [0]
    if any(char.isdigit() for char in rest):
        numbers = [0, *sorted({len(run) for run in re.findall(r"\d+", new)}), -1]
    orders: list[Order] = [""]
    if ordered and (count := len(words_of(rest))) > 1:
        orders = ["", "last_first"] if count == 2 else ["", "last_first", "first_last", "reversed"]
    aparts = [False, True] if re.search(r"\d[^\W\d_]|[^\W\d_]\d", rest) else [False]
    for fold, digits, apart, order in itertools.product(folds, numbers, aparts, orders):
        yield Rule(fold=fold, digits=digits, apart=apart, order=order)


def _around(rule: Rule, rest: str, old: str, new: str) -> Iterator[Rule]:
    """The rule itself, or with what stands around its result in the new name."""
    core = rule.core(rest)
    if core == new:
        yield rule
    elif core and len(core) < len(new) and not rule.order:
        at = new.find(core)
        before, after = new[:at], new[at + len(core) :]
        around = {word.text.lower() for word in words_of(f"{before} {after}")}
        known = any(word.text.lower() in around for word in words_of(old) if len(word.text) > 1)
        if at >= 0 and not known and (len(core) > 2 or not (before[-1:].isalnum() or after[:1].isalnum())):
            yield replace(rule, before=before, after=after)


def _with_words(rule: Rule, pairs: Sequence[tuple[str, str]]) -> Iterator[Rule]:
    """The rule with single words replaced or left out, when that alone is missing."""
    instead: dict[str, str] = {}
    for old, new in pairs:
        rest = rule.cut.apply(old)
        if rest is None:
            return
        if rule.core(rest) == new:
            continue
        found = _one_word(rule, rest, new)
        if found is None or instead.get(found[0], found[1]) != found[1]:
            return
        instead[found[0]] = found[1]
    if instead:
        yield replace(rule, words=tuple(sorted(instead.items())))


def _one_word(rule: Rule, rest: str, new: str) -> tuple[str, str] | None:
    """The word of the name that must be written otherwise to give the new name, and how."""
    words = words_of(rest, digits=rule.apart)
    if len(words) < 2 or len(words) > _MANY_WORDS:
        return None
    for word in words:
        mark = "\ue000"
        shown = replace(rule, words=((word.text.lower(), mark),)).core(rest)
        before, found, after = shown.partition(mark)
        if found and mark not in after and new.startswith(before) and new.endswith(after) and len(new) >= len(before) + len(after):
            written = new[len(before) : len(new) - len(after)]
            if written and re.fullmatch(r"[^\W_]+(?: [^\W_]+)*", written):
                return word.text.lower(), written
        without = replace(rule, words=((word.text.lower(), ""),)).core(rest)
        if without == new:
            return word.text.lower(), ""
    return None


def _cuts(old: str, new: str, pairs: Sequence[tuple[str, str]]) -> Iterable[Cut]:
    """What may have been taken off the name."""
    yield Cut()
    for kind in _PATTERNS:
        yield Cut(kind)
    words = words_of(old)
    if words and words[-1].text.lower() in UNITS:
        yield Cut("unit")
    for word in words[1 : _CUT_WORDS + 1]:
        yield Cut("prefix", old[: word.start])
    for word in words[:-1][-_CUT_WORDS:]:
        yield Cut("suffix", old[word.end :])
    common = _common(pairs)
    yield from common
    for mark in dict.fromkeys(char for char in old if char in _SEPARATORS):
        for part in _PARTS:
            yield Cut(part, mark)
    for mark in dict.fromkeys(char for char in old if not char.isalnum() and char not in new):
        for by in ("", "_", " ", "-", ".", *(char for char in dict.fromkeys(new) if not char.isalnum() and char not in "_ -.")):
            yield Cut("replace", mark, by)


def _common(pairs: Sequence[tuple[str, str]]) -> Iterator[Cut]:
    """A prefix or suffix within a word: `tOrders` to `Orders`."""
    old, new = pairs[0]
    if new and old.lower().endswith(new.lower()) and len(new) < len(old):
        yield Cut("prefix", old[: len(old) - len(new)])
    if new and old.lower().startswith(new.lower()) and len(new) < len(old):
        yield Cut("suffix", old[len(new) :])
