"""What a learnt rule does to a name: cut, rewrite, put something before or after."""

import re
from dataclasses import dataclass
from typing import Literal

from workbench.byexample.renaming.words import CASES, Case, Word, cased, folded, words_of

CutKind = Literal[
    "", "prefix", "suffix", "brackets", "bracket_marks", "after_last", "after_first", "before_first", "before_last",
    "leading_number", "trailing_number", "unit", "first_word", "last_word", "replace",
]  # fmt: skip
Order = Literal["", "last_first", "first_last", "reversed"]
Fold = Literal["", "plain", "german"]

_UNITS = """
kg g mg t lb lbs oz km m cm mm mi ft in inch inches miles s sec secs seconds ms us min mins minutes h hr hrs hours d
days usd eur gbp chf jpy dollars euros pct percent c f k celsius deg degc degf pa hpa kpa bar psi kmh kph mph w kw kwh
mwh v a hz khz mhz ghz kb mb gb tb b l ml pcs pc ha sqm sqft ppm
"""
LONGEST = 300
"""Longer names are no names; no rule fits them."""
UNITS = frozenset(_UNITS.split())
_BRACKETS = re.compile(r"[ _]?(\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}|<[^<>]*>)")
_MARKS = re.compile(r"[()\[\]{}<>]")
_LEADING = re.compile(r"\s*#?\d+[\s._:)-]*")
_TRAILING = re.compile(r"[\s._:(-]*\d+\)?\s*")


@dataclass(frozen=True)
class Cut:
    """What is taken off. `text` is the literal prefix, suffix, separator or what is replaced (by `by`)."""

    kind: CutKind = ""
    text: str = ""
    by: str = ""

    def apply(self, name: str) -> str | None:
        """The rest; None when there is nothing to take off."""
        text = self.text
        if self.kind == "":
            return name
        if self.kind == "prefix":
            return name[len(text) :] if name.startswith(text) else None
        if self.kind == "suffix":
            return name[: -len(text)] if name.endswith(text) else None
        if self.kind == "replace":
            return name.replace(text, self.by) if text in name else None
        if self.kind in {"after_last", "after_first", "before_first", "before_last"}:
            return self._part(name)
        return self._patterned(name)

    def _part(self, name: str) -> str | None:
        if self.text not in name:
            return None
        last = self.kind.endswith("last")
        before, _, after = name.rpartition(self.text) if last else name.partition(self.text)
        return after if self.kind.startswith("after") else before

    def _patterned(self, name: str) -> str | None:
        if self.kind == "brackets":
            rest = _BRACKETS.sub("", name).strip()
        elif self.kind == "bracket_marks":
            rest = _MARKS.sub("", name)
        elif self.kind == "leading_number":
            found = _LEADING.match(name)
            rest = name[found.end() :] if found else name
        elif self.kind == "trailing_number":
            end = len(name.rstrip().rstrip(")").rstrip("0123456789"))
            rest = name[:end].rstrip(" ._:(-") if end < len(name.rstrip().rstrip(")")) else name
        else:
            rest = self._without_word(name)
        return rest if rest != name and rest.strip() else None

    def _without_word(self, name: str) -> str:
        words = words_of(name)
        if len(words) < 2 or (self.kind == "unit" and words[-1].text.lower() not in UNITS):
            return name
        return name[words[1].start :] if self.kind == "first_word" else name[: words[-2].end]

    def describe(self) -> str:
        """A few words for the sentence."""
        told = {
            "prefix": f"without {_mark(self.text)} at the start",
            "suffix": f"without {_mark(self.text)} at the end",
            "brackets": "without what stands in brackets",
            "bracket_marks": "without brackets",
            "after_last": f"only the part after the last {_mark(self.text)}",
            "after_first": f"only the part after the first {_mark(self.text)}",
            "before_first": f"only the part before the first {_mark(self.text)}",
            "before_last": f"only the part before the last {_mark(self.text)}",
            "leading_number": "without the number at the start",
            "trailing_number": "without the number at the end",
            "unit": "without the unit at the end",
            "first_word": "without the first word",
            "last_word": "without the last word",
            "replace": f"with {_mark(self.by)} for {_mark(self.text)}" if self.by else f"without {_mark(self.text)}",
        }
        return told.get(self.kind, "")


@dataclass(frozen=True)
class Rule:
    """Cut, letters without accents, numbers, order of words, case and separator, single words, and what is put around."""

    cut: Cut = Cut()
    fold: Fold = ""
    digits: int = 0
    """Numbers get so many digits; -1 takes leading zeros off."""
    apart: bool = False
    """Numbers are words of their own."""
    order: Order = ""
    case: Case = "keep"
    joiner: str | None = None
    """None keeps the separators."""
    words: tuple[tuple[str, str], ...] = ()
    """Single words, in lower case, and what is written for them."""
    before: str = ""
    after: str = ""

    @property
    def rewrites(self) -> bool:
        """Whether it does something to every name, whatever is cut."""
        return self.case != "keep" or self.joiner is not None or bool(self.fold)

    def apply(self, name: str) -> tuple[str, bool]:
        """The new name, and whether the whole rule fits; a name that it does not fit is left as it is, or only rewritten."""
        if len(name) > LONGEST:
            return name, False
        rest = self.cut.apply(name)
        fits = rest is not None
        if rest is None:
            if not self.rewrites or self.before or self.after:
                return name, False
            rest = name
        core = self.core(rest)
        if not core.strip():
            return name, False
        needed = fits and not (self._words_missing(rest) or (self.digits and not any(char.isdigit() for char in rest)))
        if not needed and not self.rewrites and not (self.before or self.after) and self.cut.kind == "":
            return (core, False) if core != name else (name, False)
        return self.before + core + self.after, needed

    def _words_missing(self, name: str) -> bool:
        if not self.words:
            return False
        known = {word for word, _ in self.words}
        return not any(word.text.lower() in known for word in words_of(name, digits=self.apart))

    def core(self, name: str) -> str:
        """The name rewritten, without what is put around it."""
        if self.fold:
            name = folded(name, german=self.fold == "german")
        if self.digits:
            name = renumbered(name, self.digits)
        return styled(name, self)

    def describe(self) -> str:
        """The parts of the sentence."""
        parts = [self.cut.describe(), _style(self)]
        if self.fold:
            parts.append("without accents")
        if self.digits:
            parts.append(f"with numbers of {self.digits} digits" if self.digits > 0 else "with numbers without leading zeros")
        if self.order:
            parts.append({"last_first": "with the last word first", "first_last": "with the first word last"}.get(
                self.order, "with the words in reverse order"))  # fmt: skip
        parts += [f"with “{new}” for “{old}”" if new else f"without the word “{old}”" for old, new in self.words]
        parts += [f"with “{self.before}” before"] if self.before else []
        parts += [f"with “{self.after}” after"] if self.after else []
        return ", ".join(part for part in parts if part)


def renumbered(name: str, digits: int) -> str:
    """The numbers in the name with so many digits, or without leading zeros."""
    return re.sub(r"\d+", lambda run: run[0].zfill(digits) if digits > 0 else run[0].lstrip("0") or "0", name)


def styled(name: str, rule: Rule) -> str:
    """The words in their order, case and separator."""
    words = words_of(name, digits=rule.apart)
    if not words:
        return name
    if rule.order == "last_first":
        words = [words[-1], *words[:-1]]
    elif rule.order == "first_last":
        words = [*words[1:], words[0]]
    elif rule.order == "reversed":
        words = words[::-1]
    texts = cased([word.text for word in words], rule.case)
    if rule.words:
        instead = dict(rule.words)
        texts = [instead.get(word.text.lower(), text) for word, text in zip(words, texts, strict=True)]
    if rule.joiner is not None:
        marks = "'’" if rule.joiner != " " else ""
        return rule.joiner.join("".join(char for char in text if char not in marks) for text in texts if text)
    return _in_place(name, words, texts) if not rule.order else _between(name, texts)


def _in_place(name: str, words: list[Word], texts: list[str]) -> str:
    out: list[str] = []
    at = 0
    for word, text in zip(words, texts, strict=True):
        gap = name[at : word.start]
        if not text and not out:
            gap = ""
        out.append(gap + text if text or not out else text)
        at = word.end
    return "".join(out) + name[at:]


def _between(name: str, texts: list[str]) -> str:
    """The words in a new order with the old separators between them."""
    places = words_of(name)
    if len(places) != len(texts):
        return name
    return _in_place(name, places, texts)


def _style(rule: Rule) -> str:
    usual = {
        ("lower", "_"): "in snake_case",
        ("upper", "_"): "in UPPER_CASE",
        ("lower", "-"): "in kebab-case",
        ("camel", ""): "in camelCase",
        ("title", ""): "in PascalCase",
        ("title", " "): "in Title Case",
        ("sentence", " "): "as a sentence",
    }
    case, _, kept = rule.case.partition("_")
    kept = {"keep": ", abbreviations left", "short": ", short words left"}.get(kept, "")
    if rule.joiner is not None and (case, rule.joiner) in usual:
        return usual[case, rule.joiner] + kept
    told = {"lower": "in lower case", "upper": "in capitals", "title": "with capital first letters", "camel": "in camel case",
            "sentence": "with a capital first letter"}.get(case, "")  # fmt: skip
    joined = (
        ""
        if rule.joiner is None
        else "with nothing between the words"
        if not rule.joiner
        else f"with {_joined(rule.joiner)} between the words"
    )
    return ", ".join(part for part in (told + kept, joined) if part)


def _joined(text: str) -> str:
    return "blanks" if text == " " else f"“{text}”"


def _mark(text: str) -> str:
    return "blank" if text == " " else f"“{text}”"


__all__ = ["CASES", "LONGEST", "UNITS", "Cut", "Rule", "renumbered", "styled"]
