"""A source as it is now against its definition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.dataprep.columns import NUMERIC, TEXT, TYPE_WORDS, ColumnType
from workbench.dataprep.drift.matching import renamed
from workbench.dataprep.drift.report import ChangeKind, SourceChange
from workbench.dataprep.sources import DelimitedSpec, FixedWidthSpec, SourceColumn, SourceSpec, detect
from workbench.dataprep.sources.detection import texts_now
from workbench.dataprep.sources.guessing import MISSING_CANDIDATES, Guess, guess_columns

_WRITTEN = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars", " ": "blanks"}


@dataclass(frozen=True)
class Compared:
    """The changes, the names of columns that were renamed (old: new), and how the file is read so that it fits again."""

    changes: tuple[SourceChange, ...]
    renames: dict[str, str]
    spec: SourceSpec


def compare(name: str, declared: SourceSpec, path: Path) -> Compared:
    """What a local file has now against what its specification says. Raises what detection raises."""
    if isinstance(declared, DelimitedSpec | FixedWidthSpec):
        return _text(name, declared, path)
    now = detect(path)
    if now.kind != declared.kind:
        return _Comparison(name, declared).result(_layout(name, declared, now), now)
    comparison = _Comparison(name, declared)
    comparison.columns(now.columns)
    for column in declared.columns:
        found = next((each for each in now.columns if each.name == comparison.renames.get(column.name, column.name)), None)
        if found is not None and found.type != column.type and column.type not in TEXT:
            comparison.add("type", column.name, found.type, _other_type(column, found.type, ""))
    return comparison.result([], comparison.arranged(now.columns, {}))


def _text(name: str, declared: DelimitedSpec | FixedWidthSpec, path: Path) -> Compared:
    comparison = _Comparison(name, declared)
    spec: DelimitedSpec | FixedWidthSpec = declared
    names, texts = texts_now(path, spec)
    layout: list[SourceChange] = []
    known = {column.name for column in declared.columns}
    if declared.header and len(known & set(names)) * 2 < len(known):
        fresh = detect(path)
        if isinstance(fresh, DelimitedSpec | FixedWidthSpec) and len(known & {c.name for c in fresh.columns}) > len(
            known & set(names)
        ):
            layout, spec = _layout(name, declared, fresh), fresh
            names, texts = texts_now(path, spec)
    free, marks = guess_columns(texts)
    as_declared, _ = guess_columns(texts, (declared.decimal, declared.thousands))
    now = [SourceColumn(name=n, type=g.type, format=g.format) for n, g in zip(names, as_declared, strict=True)]
    comparison.columns(now)
    by_name = {n: (t, g, f) for n, t, g, f in zip(names, texts, as_declared, free, strict=True)}
    changed: dict[str, SourceColumn] = {}
    markers: set[str] = set()
    other_marks = False
    for column in declared.columns:
        found = by_name.get(comparison.renames.get(column.name, column.name))
        if found is None or column.type in TEXT:
            continue
        values, guess, freely = found
        markers |= {marker for marker in guess.markers if guess.type != "string"} - set(declared.missing)
        if column.type in NUMERIC and guess.type not in NUMERIC and freely.type in NUMERIC and marks != (".", ""):
            other_marks = True
            guess = freely
        new = _column(column, guess)
        kept = [text.strip() for text in values if text.strip() and text.strip() not in declared.missing]
        if not kept or new is None:
            continue
        kind, fitted = new
        example = next((text for text in kept if text), "")
        if kind == "format":
            comparison.add("format", column.name, guess.format or _rivals(guess), _other_format(column, guess, example))
        else:
            comparison.add("type", column.name, guess.type, _other_type(column, guess.type, example))
        if fitted is not None:
            changed[column.name] = fitted
    update: dict[str, object] = {"columns": comparison.arranged(now, changed).columns, "notes": (), "questions": ()}
    if other_marks:
        words = {".": "point", ",": "comma"}[marks[0]]
        groups = f" and {marks[1]!r} between thousands" if marks[1] else ""
        comparison.add("marks", "", "".join(marks), f"Numbers in {name} are now written with a decimal {words}{groups}.")
        update |= {"decimal": marks[0], "thousands": marks[1]}
    if markers:
        wanted = [marker for marker in MISSING_CANDIDATES if marker in markers]
        comparison.add("missing", "", " ".join(wanted), f"Missing values in {name} are now also written {' or '.join(wanted)}.")
        update["missing"] = (*declared.missing, *wanted)
    return comparison.result(layout, spec.model_copy(update=update))


class _Comparison:
    """Collects changes of one source."""

    def __init__(self, name: str, declared: SourceSpec) -> None:
        self._name = name
        self._declared = declared
        self._changes: list[SourceChange] = []
        self.renames: dict[str, str] = {}

    def add(self, kind: ChangeKind, column: str, to: str, sentence: str, certain: float = 1.0) -> None:
        """One more change."""
        self._changes.append(SourceChange(self._name, kind, column, to, sentence, certain))

    def columns(self, now: Sequence[SourceColumn]) -> None:
        """Which columns are gone, new or renamed."""
        before, after = [c.name for c in self._declared.columns], [c.name for c in now]
        gone, new = [n for n in before if n not in after], [n for n in after if n not in before]
        places = {n: i for i, n in reversed([*enumerate(after), *enumerate(before)])}
        types: dict[str, ColumnType] = {c.name: c.type for c in (*now, *self._declared.columns)}
        for old, name, certain in renamed(gone, new, places, types):
            self.renames[old] = name
            self.add("renamed", old, name, f"The column {old} of {self._name} is probably called {name} now.", certain)
        for old in gone:
            if old not in self.renames:
                self.add("gone", old, "", f"The column {old} of {self._name} is gone.")
        for name in new:
            if name not in self.renames.values():
                self.add("new", name, "", f"The column {name} of {self._name} is new.")

    def arranged(self, now: Sequence[SourceColumn], changed: dict[str, SourceColumn]) -> SourceSpec:
        """The specification with the columns that are there now: known ones as declared, or as `changed` says by the old name."""
        old = {new: name for name, new in self.renames.items()}
        known = {column.name: column for column in self._declared.columns}
        columns = []
        for column in now:
            name = old.get(column.name, column.name)
            fitted = changed.get(name) or known.get(name) or column
            columns.append(fitted.model_copy(update={"name": column.name}))
        return self._declared.model_copy(update={"columns": tuple(columns), "notes": (), "questions": ()})

    def result(self, layout: list[SourceChange], spec: SourceSpec) -> Compared:
        """All that was found."""
        return Compared((*layout, *self._changes), self.renames, spec)


def _column(column: SourceColumn, guess: Guess) -> tuple[ChangeKind, SourceColumn | None] | None:
    """What changed about a column's values, and how it is read so that they fit; None: they still fit, or nothing fits better."""
    dated = {"date", "timestamp", "time", "timestamp_tz"}
    if guess.rivals:
        return None if column.format in guess.rivals else ("format", None)
    if guess.type == column.type:
        if guess.type not in dated or guess.format == column.format:
            return None
        return "format", column.model_copy(update={"format": guess.format})
    if (column.type, guess.type) in {("decimal", "integer"), ("timestamp", "date")} and not column.format:
        return None
    if (column.type, guess.type) == ("integer", "decimal"):
        return "type", column.model_copy(update={"type": "decimal"})
    return "type", None


def _rivals(guess: Guess) -> str:
    return " or ".join(guess.rivals or ())


def _other_format(column: SourceColumn, guess: Guess, example: str) -> str:
    before = f"as {column.format}" if column.format else "in the ISO form"
    if guess.rivals:
        return (
            f"Values of {column.name} were written {before} and are now written otherwise, such as {example}; the order is unclear."
        )
    after = f"as {guess.format}" if guess.format else "in the ISO form"
    return f"Values of {column.name} were written {before} and are now written {after}, such as {example}."


def _other_type(column: SourceColumn, now: ColumnType, example: str) -> str:
    such = f", such as {example}" if example else ""
    kind = TYPE_WORDS[now] if now not in TEXT else "text"
    was = TYPE_WORDS[column.type]
    if now in TEXT:
        return f"Not all values of {column.name} are a {was} any more: those that are not become errors."
    return f"Values of {column.name} were a {was} and are now a {kind}{such}."


def _layout(name: str, declared: SourceSpec, now: SourceSpec) -> list[SourceChange]:
    if isinstance(declared, DelimitedSpec) and isinstance(now, DelimitedSpec) and declared.delimiter != now.delimiter:
        before, after = (_WRITTEN.get(spec.delimiter, repr(spec.delimiter)) for spec in (declared, now))
        sentence = f"{name} has {after} between its fields now, not {before}."
        return [SourceChange(name, "layout", "", now.delimiter, sentence)]
    words = {"delimited": "delimited text", "fixed_width": "text of fixed width", "lines": "plain text"}
    before, after = (words.get(spec.kind, spec.kind) for spec in (declared, now))
    sentence = f"{name} is {after} now, not {before}." if before != after else f"The lines of {name} are laid out otherwise now."
    return [SourceChange(name, "layout", "", now.kind, sentence)]
