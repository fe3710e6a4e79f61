"""Runs of a CSV file: a row is a run, or a step of a run. Which of the two, and what each column is, is detected and said."""

import codecs
import csv
import io
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from workbench.base.errors import UserError
from workbench.base.files import file_digest
from workbench.runs.chunks import Points
from workbench.runs.transfer.found import FoundExperiment, FoundRun, LeftOut
from workbench.runs.transfer.values import digest_of, moment, points_of, run_id_of
from workbench.schema import RunStatus

_ROLES = {
    "step": {"step", "epoch", "iteration", "iter", "globalstep", "trainstep", "round"},
    "name": {"name", "runname", "run", "trial", "experimentname"},
    "id": {"runid", "id", "runuuid"},
    "time": {"time", "timestamp", "walltime", "date", "datetime", "created", "starttime", "started"},
    "ended": {"endtime", "ended", "finished"},
    "status": {"status", "state"},
    "user": {"user", "username", "userid"},
}
_STATUSES = {
    "finished": RunStatus.FINISHED, "completed": RunStatus.FINISHED, "success": RunStatus.FINISHED, "failed": RunStatus.FAILED,
    "crashed": RunStatus.FAILED, "killed": RunStatus.CANCELLED, "cancelled": RunStatus.CANCELLED, "canceled": RunStatus.CANCELLED,
    "running": RunStatus.LOST, "lost": RunStatus.LOST,
}  # fmt: skip
_RESULT = re.compile(
    r"loss|acc|auc|f1|rmse|mae|mse|r2|score|precision|recall|error|perplex|bleu|rouge|iou|reward|metric|(^|_)(val|valid|test|eval)_",
    re.I,
)
_SETTING = re.compile(
    r"(^|_)(lr|rate|alpha|beta\d*|gamma|lambda|decay|dropout|momentum|eps|epsilon|l1|l2|c|tol|ratio|fraction|subsample|colsample|seed|"
    r"depth|layers?|units|size|batch|hidden|epochs?|width|estimators|neighbors)($|_)", re.I
)  # fmt: skip


@dataclass(frozen=True)
class _Column:
    at: int
    name: str
    role: str
    """step, name, id, time, ended, status, user, metric, param or tag."""


class CsvReader:
    """Reads a whole file of at most a few million cells. `metrics` and `params` name columns that are just that."""

    def __init__(self, path: Path, experiment: str = "", metrics: Sequence[str] = (), params: Sequence[str] = ()) -> None:
        self._path = path
        self._experiment = experiment or path.stem or "CSV"
        self.left_out = LeftOut()
        header, table, self._decimal = _read(path)
        self._rows = [(row + [""] * (len(header) - len(row)))[: len(header)] for row in table]
        for row in table:
            if beyond := [cell for cell in row[len(header) :] if cell.strip()]:
                self.left_out.add("cells beyond the last column", beyond[0], len(beyond))
        for wanted in (*metrics, *params):
            if wanted not in header:
                raise UserError(f"{path} has no column {wanted}.", hint=f"It has: {', '.join(header[:20])}", place=str(path))
        self._by_step = any(_plain(name) in _ROLES["step"] for name in header)
        self._columns = self._detect(header, set(metrics), set(params))
        self._digest = file_digest(path)
        self._written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        self._groups = self._group()
        self.said = self._sentence()

    def count(self) -> int:
        return len(self._groups)

    def experiments(self) -> Iterable[FoundExperiment]:
        return ()

    def runs(self) -> Iterator[FoundRun]:
        for label, rows in self._groups.items():
            yield self._run(label, rows)

    def _run(self, label: str, rows: list[list[str]]) -> FoundRun:
        first = rows[0]
        digest = digest_of(["csv", self._digest, self._experiment, label])
        times = [time for row in rows if (time := self._time(row, "time")) is not None]
        began = min(times, default=self._written)
        ended = self._time(first, "ended") or max(times, default=began)
        status = _STATUSES.get(self._text(first, "status").lower(), RunStatus.FINISHED)
        given_id = self._text(first, "id")
        return FoundRun(
            id=run_id_of(given_id) if re.fullmatch("[0-9a-f]{32}", given_id) else digest[:32],
            experiment=self._experiment,
            digest=digest,
            created=began,
            started=began,
            ended=ended,
            status=status,
            reason="It was still running when the file was written." if status is RunStatus.LOST else "",
            name=self._text(first, "name") or given_id or ("" if not self._by_step else self._path.stem),
            user=self._text(first, "user"),
            params=dict(self._pairs("param", rows)),
            tags=dict(self._pairs("tag", rows)),
            series=partial(self._series, rows, began),
        )

    def _pairs(self, role: str, rows: list[list[str]]) -> Iterator[tuple[str, str]]:
        """What has one value for the whole run."""
        for column in self._of(role):
            values = {row[column.at] for row in rows} - {""}
            if len(values) == 1:
                yield column.name, values.pop()
            elif values:
                self.left_out.add("columns of text that changes within a run", column.name)

    def _series(self, rows: list[list[str]], began: datetime) -> Iterator[tuple[str, Points]]:
        step_column = next(iter(self._of("step")), None)
        for column in self._of("metric"):
            steps: list[int] = []
            times: list[float] = []
            values: list[float] = []
            for at, row in enumerate(rows):
                value = self._number(row[column.at])
                if value is None:
                    if row[column.at].strip():
                        self.left_out.add("cells that are no numbers", f"{column.name}: {row[column.at]}")
                    continue
                step = self._number(row[step_column.at]) if step_column else None
                steps.append(int(step) if step is not None and math.isfinite(step) and abs(step) < 2**62 else at)
                times.append((self._time(row, "time") or began).timestamp())
                values.append(value)
            if steps:
                yield column.name, points_of(steps, times, values)

    def _group(self) -> dict[str, list[list[str]]]:
        """The rows of each run; a name stands for the run where rows are steps, else the row's number."""
        if not self._by_step:
            return {str(at): [row] for at, row in enumerate(self._rows)}
        groups: dict[str, list[list[str]]] = {}
        for row in self._rows:
            groups.setdefault(self._text(row, "id") or self._text(row, "name"), []).append(row)
        return groups

    def _detect(self, header: list[str], metrics: set[str], params: set[str]) -> list[_Column]:
        columns: list[_Column] = []
        taken: set[str] = set()
        for at, name in enumerate(header):
            role = next((role for role, names in _ROLES.items() if _plain(name) in names and role not in taken), "")
            if name in metrics or name in params or (role == "step" and not self._by_step):
                role = ""
            if role in {"time", "ended"} and not self._mostly_times(at):
                role = ""
            if role:
                taken.add(role)
                columns.append(_Column(at, name, role))
                continue
            kind, dot, rest = name.partition(".")
            if dot and rest and kind.lower() in {"metrics", "params", "tags", "metric", "param", "tag"}:
                columns.append(_Column(at, rest, kind.lower().removesuffix("s")))
            elif name:
                told = "metric" if name in metrics else "param" if name in params else ""
                columns.append(_Column(at, name, told or self._guess(at, name)))
        return columns

    def _guess(self, at: int, name: str) -> str:
        cells = [row[at].strip() for row in self._rows if row[at].strip()]
        numbers = [self._number(cell) for cell in cells]
        if not cells or any(value is None for value in numbers):
            return "param"
        if self._by_step:
            return "metric"
        if _RESULT.search(name):
            return "metric"
        broken = any(value is not None and (not math.isfinite(value) or not value.is_integer()) for value in numbers)
        return "metric" if broken and not _SETTING.search(name) else "param"

    def _mostly_times(self, at: int) -> bool:
        cells = [row[at] for row in self._rows[:100] if row[at].strip()]
        return bool(cells) and all(self._moment(cell) is not None for cell in cells)

    def _sentence(self) -> str:
        def names(role: str) -> str:
            found = [column.name for column in self._of(role)]
            return ", ".join(found[:12]) + (" ..." if len(found) > 12 else "") or "none"

        form = "a step of a run" if self._by_step else "a run"
        counted = f"{len(self._groups)} run{'' if len(self._groups) == 1 else 's'}"
        columns = f"Metrics: {names('metric')}. Parameters: {names('param')}."
        return f"{self._path} is a table in which a row is {form} ({counted}). {columns}"

    def _of(self, role: str) -> list[_Column]:
        return [column for column in self._columns if column.role == role]

    def _text(self, row: list[str], role: str) -> str:
        return next((row[column.at].strip() for column in self._of(role)), "")

    def _time(self, row: list[str], role: str) -> datetime | None:
        text = self._text(row, role)
        return self._moment(text) if text else None

    def _moment(self, text: str) -> datetime | None:
        number = self._number(text)
        if number is not None:
            if not 1e8 < number < 1e14:
                return None
            return moment(number if number > 1e11 else number * 1000)
        try:
            found = datetime.fromisoformat(text.strip())
        except ValueError:
            return None
        return found if found.tzinfo else found.replace(tzinfo=UTC)

    def _number(self, text: str) -> float | None:
        plain = text.strip()
        try:
            return float(plain.replace(",", ".") if self._decimal == "," else plain) if "_" not in plain else None
        except ValueError:
            return None


def _plain(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())


def _read(path: Path) -> tuple[list[str], list[list[str]], str]:
    """Header, rows as long as they are, and the decimal sign. Raises UserError."""
    text = _text_of(path)
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        table = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if any(map(str.strip, row))]
    except csv.Error as error:
        raise UserError(f"{path} is no CSV file: {error}.", place=str(path)) from error
    if len(table) < 2:
        raise UserError(f"{path} has no rows below its header.", place=str(path))
    header = [name.strip() for name in table[0]]
    if twice := next((name for name, count in Counter(filter(None, header)).items() if count > 1), None):
        raise UserError(f"{path} has two columns named {twice}.", hint="Give each a name of its own.", place=str(path))
    return header, table[1:], "," if delimiter == ";" else "."


def _text_of(path: Path) -> str:
    """UTF-8, UTF-16 where the file says so, or what Windows wrote before. Raises UserError for what is no text."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror or error}.", place=str(path)) from error
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if "\0" in text:
        raise UserError(f"{path} is no CSV file: it is not text.", place=str(path))
    return text
