"""What derive by example asks of the engine room, in workers: learn over the rows, compare readings, look at all rows."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from workbench.base.errors import UserError
from workbench.desktop.operations import Progress

if TYPE_CHECKING:
    from workbench.byexample import Conflict, Program
    from workbench.dataprep.engine.views import TableView

Row = tuple[str | None, ...]
Examples = tuple[tuple[Row, str | None], ...]
LANGUAGES = {"english": "English", "python": "Python", "pandas": "pandas", "polars": "Polars", "pyspark": "PySpark", "sql": "SQL"}
_INPUTS = 300
_SHOWN = 40
_COMPARED = 20


@dataclass(frozen=True)
class Inputs:
    """Rows of a view that a program is learned over: one of every shape, then some spread over the table."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    places: tuple[int, ...]
    """The row of the view that holds each."""
    counts: tuple[int, ...]
    """How many rows hold each."""
    whole: bool
    """Whether these are all values of the view."""


@dataclass(frozen=True)
class Reading:
    """Another program that fulfils the examples, and where it differs from the one that is taken."""

    program: "Program"
    words: str
    sentence: str
    differs: str
    """On how many rows, in words."""
    row: int | None = None
    """The first row of the view on which it differs, with both answers."""
    here: str | None = None
    there: str | None = None


@dataclass(frozen=True)
class Lesson:
    """What was learned from the examples over the rows of a view."""

    program: "Program | None"
    sentence: str
    doubtful: tuple[int, ...] = ()
    """Rows of the view that deserve a look, the most doubtful first."""
    conflicts: tuple[int, ...] = ()
    """Examples (by index) that contradict each other."""
    readings: tuple[Reading, ...] = ()


def take_inputs(view: "TableView", columns: tuple[str, ...]) -> Inputs:
    """What programs are learned over: at most 300 rows, quick on a table of any height."""
    from workbench.byexample.synthesis.doubt import sample_rows

    found = view.sample(columns)
    chosen = set(found.rows) if len(found.rows) <= _INPUTS else set(sample_rows(found.rows, _INPUTS))
    kept = [number for number, row in enumerate(found.rows) if row in chosen]
    return Inputs(
        columns,
        tuple(found.rows[number] for number in kept),
        tuple(found.places[number] for number in kept),
        tuple(found.counts[number] for number in kept),
        found.whole and len(kept) == len(found.rows),
    )


def learn_lesson(inputs: Inputs, examples: Examples, progress: Progress) -> Lesson:
    """Learns a program from the examples. Raises Cancelled when `progress` says so."""
    from workbench.byexample import Budget, LearningCancelled, learn

    try:
        learned = learn(examples, inputs.rows, budget=Budget(cancelled=lambda: progress.cancelled))
    except LearningCancelled:
        progress.check()
        raise
    progress.check()
    program = learned.program
    if program is None:
        return Lesson(None, learned.explanation, conflicts=_indices(learned.conflicts))
    others = _apart(inputs, [(other.program, other.differs) for other in learned.alternatives])
    readings = tuple(_reading(inputs, program, other, differs) for other, differs in others)
    places = tuple(inputs.places[number] for number in learned.doubtful)
    return Lesson(program, program.explain(inputs.columns), places, readings=readings)


def take_reading(inputs: Inputs, lesson: Lesson, taken: "Program") -> Lesson:
    """The lesson with another of its programs in the first place; where the rest differ is found anew.

    The rows on which it differs from what was learned come first among those in doubt.
    """
    others = [program for program in (lesson.program, *(reading.program for reading in lesson.readings)) if program is not None]
    answers = [taken.run(row) or "" for row in inputs.rows]
    found = []
    for program in others:
        differs = tuple(number for number, row in enumerate(inputs.rows) if (program.run(row) or "") != answers[number])
        if program != taken and differs:
            found.append((program, differs))
    readings = [_reading(inputs, taken, program, differs) for program, differs in _apart(inputs, found)]
    first = tuple(row for row in (reading.row for reading in readings[:1]) if row is not None)
    doubtful = tuple(dict.fromkeys((*first, *lesson.doubtful)))
    return replace(lesson, program=taken, sentence=taken.explain(inputs.columns), readings=tuple(readings), doubtful=doubtful)


def fits(program: "Program", examples: Examples) -> bool:
    """Whether a program gives all examples their outputs."""
    return all((program.run(row) or "") == (output or "") for row, output in examples)


def with_unanswered(lesson: Lesson, rows: tuple[int, ...]) -> Lesson:
    """The lesson with more rows in doubt: those without an answer come before all others."""
    return replace(lesson, doubtful=tuple(dict.fromkeys((*rows, *lesson.doubtful)))[:_SHOWN])


def code_of(program: "Program", columns: tuple[str, ...], output: str) -> dict[str, str]:
    """The program in each of LANGUAGES; where it has no form in one, the sentence that says why."""
    found = {}
    for language in LANGUAGES:
        try:
            found[language] = program.to_code(language, columns, output)
        except UserError as error:
            found[language] = f"-- {error.message}\n-- {error.hint}".rstrip("- \n")
    return found


def _apart(inputs: Inputs, others: "list[tuple[Program, tuple[int, ...]]]") -> "list[tuple[Program, tuple[int, ...]]]":
    """Of programs that say the same where they differ from the first, only the best."""
    found: dict[object, tuple[Program, tuple[int, ...]]] = {}
    for program, differs in others:
        says = tuple(program.run(inputs.rows[number]) for number in differs[:_COMPARED])
        found.setdefault((differs, says), (program, differs))
    return list(found.values())


def _reading(inputs: Inputs, program: "Program", other: "Program", differs: tuple[int, ...]) -> Reading:
    from workbench.byexample.printing.english import explain_short

    words, sentence = explain_short(other.root, inputs.columns), other.explain(inputs.columns)
    if not differs:
        return Reading(other, words, sentence, "the same on the rows that were looked at")
    rows = sum(inputs.counts[number] for number in differs)
    if inputs.whole:
        shown = f"differs on {rows:,} row{'' if rows == 1 else 's'}"
    else:
        share = rows / max(sum(inputs.counts), 1)
        shown = f"differs on about {share:.0%}" if share >= 0.01 else "differs on few rows"
    row = inputs.rows[differs[0]]
    return Reading(other, words, sentence, shown, inputs.places[differs[0]], program.run(row), other.run(row))


def _indices(conflicts: "tuple[Conflict, ...]") -> tuple[int, ...]:
    return tuple(sorted({number for conflict in conflicts for number in (conflict.first, conflict.second)}))
