"""What is told of a package whose sources have changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from workbench.base.errors import UserError
from workbench.dataprep.columns import listed
from workbench.dataprep.reports import Note

if TYPE_CHECKING:
    from workbench.dataprep.package import Package
    from workbench.dataprep.sources import DataSource

Mode = Literal["strict", "warn", "adapt"]
"""`strict`: any change keeps the flow from running; `warn`: it is told; `adapt`: the flow is fitted to it, and that is told."""

ChangeKind = Literal["gone", "new", "renamed", "type", "format", "marks", "missing", "layout"]


@dataclass(frozen=True)
class SourceChange:
    """How a source differs from what its definition says: one column, or the way that all are written (`column` is empty).

    `to`: the new name, type or format. `certain`: between 0 and 1, for what is only likely, such as that a column was renamed.
    """

    source: str
    kind: ChangeKind
    column: str
    to: str
    sentence: str
    certain: float = 1.0


@dataclass(frozen=True)
class StepVerdict:
    """What becomes of a step: as intended, adapted (`how`), or it cannot run (`how` says why). `notes`: what else is to know."""

    step: str
    number: int
    says: str
    status: Literal["as_intended", "adapted", "cannot_run"]
    how: str = ""
    notes: tuple[str, ...] = ()

    def sentence(self) -> str:
        """One line for people."""
        head = f"Step {self.number} ({self.says})"
        rest = {"as_intended": "runs as intended", "adapted": f"is adapted: {self.how}", "cannot_run": f"cannot run: {self.how}"}
        notes = f" {' '.join(self.notes)}" if self.notes else ""
        return f"{head} {rest[self.status].rstrip('.')}.{notes}"


@dataclass(frozen=True)
class DriftReport:
    """The changes of a flow's sources, and what becomes of each of its steps."""

    flow: str
    mode: Mode
    changes: tuple[SourceChange, ...]
    verdicts: tuple[StepVerdict, ...]
    package: Package
    """With the flow as it was adapted; else as it was given. No file is touched."""
    inputs: Mapping[str, DataSource] = field(default_factory=dict)
    """Sources as they are to be read now, by the references of the flow, for an engine's `inputs`; empty unless adapted."""

    @property
    def drifted(self) -> bool:
        """Whether anything is otherwise than when the flow was made."""
        return bool(self.changes) or any(verdict.notes or verdict.status != "as_intended" for verdict in self.verdicts)

    @property
    def may_run(self) -> bool:
        """Whether the mode lets the flow run."""
        if self.mode == "strict":
            return not self.drifted
        return all(verdict.status != "cannot_run" for verdict in self.verdicts)

    def sentences(self) -> tuple[str, ...]:
        """All changes, then every step that they concern."""
        told = [verdict.sentence() for verdict in self.verdicts if verdict.notes or verdict.status != "as_intended"]
        return (*(change.sentence for change in self.changes), *told)

    def notes(self) -> tuple[Note, ...]:
        """The same for the report of a run."""
        steps = [verdict for verdict in self.verdicts if verdict.notes or verdict.status != "as_intended"]
        return (*(Note(change.sentence) for change in self.changes), *(Note(each.sentence(), each.step) for each in steps))

    def refuse(self) -> None:
        """Raises UserError when the mode does not let the flow run."""
        if self.may_run:
            return
        broken = [verdict.sentence() for verdict in self.verdicts if verdict.status == "cannot_run"]
        if self.mode != "strict":
            hint = "Edit the step, or give the flow the data that it was made for."
            if self.mode == "warn":
                hint = "Run it with drift adapt, edit the step, or give the flow the data that it was made for."
            raise UserError(f"The data of {self.flow} have changed: {broken[0]}", hint=hint, place=f"flow {self.flow}")
        what = listed((sentence.rstrip(".") for sentence in self.sentences()), 3)
        raise UserError(
            f"The data of {self.flow} have changed: {what}.",
            hint="Look at the changes, then run it with drift warn or adapt.",
            place=f"flow {self.flow}",
        )
