"""Reads what a script logged: the lines that the SDK appends to `events.jsonl`. The store knows nothing of this format."""

import json
import logging
import math
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from workbench.base.clock import utc_now
from workbench.base.masking import Masker
from workbench.base.texts import storable
from workbench.runs.metrics import Logged
from workbench.schema import DataInput, LogBatch, SourceInput, StepInput

_log = logging.getLogger(__name__)
_BYTES_AT_ONCE = 1_000_000
_LARGEST_STEP = 2**63 - 1
_LONGEST_NAME = 500


@dataclass
class EventReader:
    """Reads one run's events from `offset` on. `counts` are the points of each key so far: steps of values logged without one.

    `take` changes nothing of the reader; `commit` moves it on when what was taken is in the store. A torn last line is left.
    """

    path: Path
    offset: int = 0
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    hidden: Masker = field(default_factory=lambda: Masker(()))
    """Blacks out the secrets of the run's variables, which a script may log as a parameter or tag."""

    def take(self, *, final: bool = False) -> "Taken | None":
        """The next batch; None when there is nothing new. `final`: the writer has ended, so a torn line will not be completed."""
        try:
            if self.path.stat().st_size <= self.offset:
                return None
            with self.path.open("rb") as file:
                file.seek(self.offset)
                data = file.read(_BYTES_AT_ONCE)
                while b"\n" not in data and (more := file.read(_BYTES_AT_ONCE)):
                    data += more
        except FileNotFoundError:
            return None
        end = data.rfind(b"\n") + 1
        if end == 0:
            if not final:
                return None
            end = len(data)
        taken = Taken(self.offset + end, dict(self.counts), more=len(data) >= _BYTES_AT_ONCE)
        for line in data[:end].split(b"\n"):
            if line.strip():
                taken.add(line, self.path, self.hidden)
        return taken

    def commit(self, taken: "Taken") -> None:
        self.offset = taken.offset
        self.counts = taken.counts


@dataclass
class Taken:
    """A batch, and where the reader stands after it."""

    offset: int
    counts: dict[str, int]
    more: bool = False
    """Whether there is probably another batch behind it."""
    points: dict[str, Logged] = field(default_factory=lambda: defaultdict(Logged))
    """By metric."""
    params: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    inputs: list[DataInput] = field(default_factory=list)

    @property
    def batch(self) -> LogBatch:
        """All but the points."""
        return LogBatch(params=self.params, tags=self.tags, inputs=tuple(self.inputs))

    def add(self, line: bytes, path: Path, hidden: Masker) -> None:
        """A line that is none of ours is left out, and noted: one bad line must not hold up the rest."""
        try:
            event = json.loads(line)
            if b"\\u" in line or not line.isascii():
                event = storable(event)
            kind = event.pop("kind")
            event = hidden.inside(event)
            if kind == "metric":
                self._add_metric(event)
            elif kind == "param":
                self.params[_name(event["key"])] = str(event["value"])
            elif kind == "tag":
                self.tags[_name(event["key"])] = str(event["value"])
            elif kind == "input":
                self.inputs.append(_input(event))
            else:
                _log.warning("An event of an unknown kind %r in %s", kind, path)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError, ValidationError) as error:
            _log.warning("An event that is not readable in %s: %s", path, error)

    def _add_metric(self, event: dict[str, Any]) -> None:
        key = _name(event["key"])
        step = event.get("step")
        count = self.counts.get(key, 0)
        step = count if step is None else max(-_LARGEST_STEP, min(_LARGEST_STEP, int(step)))
        time, value = _time(event.get("time")), float(event["value"])  # before anything is added: a bad line adds nothing
        self.points[key].add(step, time, value)
        self.counts[key] = count + 1


def _name(key: Any) -> str:
    """A key; one that is longer than a database's index takes is cut."""
    name = str(key)
    if not name:
        raise ValueError("it has no name")
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


def _input(event: dict[str, Any]) -> DataInput:
    """What was read; a report that says more than we keep loses nothing of what we do."""
    parts = {
        name: [{key: value for key, value in one.items() if key in kind.model_fields} for one in event.get(name, ())]
        for name, kind in (("sources", SourceInput), ("steps", StepInput), ("written", SourceInput))
    }
    known = {key: value for key, value in event.items() if key in DataInput.model_fields}
    # The line's kind is "input"; what kind of input it is stands beside it.
    kind = "file" if event.get("data_kind") == "file" else "prep"
    return DataInput.model_validate({**known, **parts, "kind": kind})


def _time(seconds: Any) -> float:
    if isinstance(seconds, int | float) and math.isfinite(seconds) and 0 <= seconds < 2**35:
        return float(seconds)
    return utc_now().timestamp()
