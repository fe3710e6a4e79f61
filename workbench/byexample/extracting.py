"""Parts of texts found as marked examples show: fields of semi-structured text, with the place where each stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workbench.base.errors import UserError
from workbench.byexample.spans import Span, span_of
from workbench.byexample.synthesis.learner import Budget, Conflict, learn
from workbench.byexample.tree.program import Program

Marks = Mapping[int, Span | None]
"""For some texts, by index, where the part starts and before which character it stops; None: the text has no such part."""


@dataclass(frozen=True)
class Extraction:
    """A rule that finds a part of a text."""

    program: Program

    def span(self, text: str | None) -> Span | None:
        """Where the part stands; None when the text has none."""
        return None if text is None else span_of(self.program.root, text)

    def run(self, text: str | None) -> str | None:
        """The part itself: always a piece of the text."""
        span = self.span(text)
        return None if text is None or span is None else text[span[0] : span[1]]

    def explain(self, column: str = "") -> str:
        """One English sentence; `column` is the name of the column of texts."""
        return self.program.explain((column,) if column else ())


@dataclass(frozen=True)
class LearnedExtraction:
    """What came of the marks. Without an extraction `explanation` says why."""

    extraction: Extraction | None
    alternatives: tuple[Extraction, ...] = ()
    """Other rules that find every marked part where it was marked."""
    doubtful: tuple[int, ...] = ()
    """Indices of texts worth a look, the most doubtful first."""
    conflicts: tuple[Conflict, ...] = ()
    explanation: str = ""


def learn_extract(texts: Sequence[str | None], marks: Marks, *, budget: Budget | None = None) -> LearnedExtraction:
    """Learns to find a part of each text from the parts that are marked in some; the other texts guide what is likely.

    Only rules are taken that find every marked part at its very place. Raises UserError for a mark outside of its text.
    """
    examples = [((texts[index],), _marked(texts, index, span)) for index, span in marks.items() if _is_there(texts, index)]
    learned = learn(examples, [(text,) for text in texts], budget=budget)
    if learned.program is None:
        return LearnedExtraction(None, conflicts=learned.conflicts, explanation=learned.explanation)
    programs = [learned.program, *(other.program for other in learned.alternatives)]
    fitting = [rule for rule in map(Extraction, programs) if all(rule.span(texts[index]) == span for index, span in marks.items())]
    if not fitting:
        reason = "No rule finds the marked parts where they were marked; mark a part of another text, or longer parts."
        return LearnedExtraction(None, explanation=reason)
    best = fitting[0]
    found_nothing = [index for index, text in enumerate(texts) if text and index not in marks and best.span(text) is None]
    doubtful = tuple(dict.fromkeys((*learned.doubtful, *found_nothing)))
    return LearnedExtraction(best, tuple(fitting[1:]), doubtful, explanation=best.explain())


def learn_extract_fields(
    texts: Sequence[str | None], fields: Mapping[str, Marks], *, budget: Budget | None = None
) -> dict[str, LearnedExtraction]:
    """Learns several named parts of the same texts; each takes its share of the budget's time."""
    whole = budget or Budget()
    share = Budget(whole.seconds / max(len(fields), 1), whole.mebibytes, whole.cancelled)
    return {name: learn_extract(texts, marks, budget=share) for name, marks in fields.items()}


def _is_there(texts: Sequence[str | None], index: int) -> bool:
    if not 0 <= index < len(texts):
        raise UserError(f"Text {index + 1} is marked, but there are {len(texts)} texts.", place=f"text {index + 1}")
    return True


def _marked(texts: Sequence[str | None], index: int, span: Span | None) -> str | None:
    if span is None:
        return None
    text, (start, stop) = texts[index] or "", span
    if not 0 <= start < stop <= len(text):
        message = f"The mark from {start} to {stop} does not lie in text {index + 1}, which has {len(text)} characters."
        raise UserError(message, place=f"text {index + 1}")
    return text[start:stop]
