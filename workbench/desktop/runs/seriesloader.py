"""The curves of all charts of a page in one request, as Arrow, off the GUI thread."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from workbench.desktop.context import AppContext
from workbench.desktop.operations import Progress
from workbench.schema import RunSummary

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from workbench.client.client import Client

T = TypeVar("T")
POINTS = 600
_GATHER_MS = 15
_MOST_RUNS = 400  # of one request: its address must not become too long
_MOST_SERIES = 1000  # what the server answers at once


@dataclass(frozen=True, eq=False)
class Curve:
    """The points of one metric of one run, of equal lengths. Times are seconds since the epoch."""

    run: RunSummary
    steps: "NDArray[np.float64]"
    times: "NDArray[np.float64]"
    values: "NDArray[np.float64]"


Curves = Mapping[str, Sequence[Curve]]


class SeriesLoader(QObject):
    """Charts ask for their metric; what is asked for within a moment is read together. One request at a time."""

    loaded = Signal(object)
    """A metric's curves by its name (`Curves`), of the runs that are shown now; one metric in each round of the event loop."""
    failed = Signal(object)
    """The metrics that could not be read."""

    def __init__(self, context: AppContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._runs: tuple[RunSummary, ...] = ()
        self._wanted: dict[str, None] = {}
        self._busy = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_GATHER_MS)
        self._timer.timeout.connect(self._read)
        self._found: deque[tuple[str, Sequence[Curve]]] = deque()
        self._handing = QTimer(self)
        self._handing.setInterval(0)
        self._handing.timeout.connect(self._hand_out)

    def set_runs(self, runs: Sequence[RunSummary]) -> None:
        """The runs whose curves are shown."""
        others = [run.id for run in runs] != [run.id for run in self._runs]
        self._runs = tuple(runs)
        if others:
            dropped = [key for key, _curves in self._found]
            self._found.clear()
            for key in dropped:
                self.ask(key)

    def ask(self, key: str) -> None:
        """A chart wants this metric's curves; they come with `loaded`."""
        self._wanted[key] = None
        if not self._busy and not self._timer.isActive():
            self._timer.start()

    def _read(self) -> None:
        keys, self._wanted = tuple(self._wanted), {}
        if not keys:
            return
        self._busy = True
        runs = self._runs

        def work(client: "Client", progress: Progress) -> Curves:
            return read_curves(client, runs, keys, POINTS, progress)

        def done(found: Curves) -> None:
            self._free()
            if [run.id for run in runs] == [run.id for run in self._runs]:
                self._found.extend(found.items())
                self._handing.start()
            else:  # others are shown by now
                for key in keys:
                    self.ask(key)

        def failed(_error: Exception) -> None:  # a lost server is told by the banner, and the next event tries again
            self._free()
            self.failed.emit(keys)

        self._context.call("Loading the charts", work, done, failed, quiet=True, owner=self)

    def _hand_out(self) -> None:
        if self._found:
            self.loaded.emit(dict([self._found.popleft()]))
        if not self._found:
            self._handing.stop()

    def _free(self) -> None:
        self._busy = False
        if self._wanted:
            self._timer.start()


def read_curves(client: "Client", runs: Sequence[RunSummary], keys: Sequence[str], pixels: int, progress: Progress) -> Curves:
    """The curves of these metrics, thinned to `pixels` points each (0: all points), in the order of the runs."""
    found: dict[str, list[Curve]] = {key: [] for key in keys}
    for some in _pieces(runs, _MOST_RUNS):
        by_id = {run.id: run for run in some}
        for names in _pieces(keys, max(1, _MOST_SERIES // len(some))):
            asked = [run.id for run in some if not run.metrics.keys().isdisjoint(names)]
            if not asked:
                continue
            progress.check()
            for run_id, key, columns in _split(client.series_table(asked, names, pixels)):
                found[key].append(Curve(by_id[run_id], *columns))
    place = {run.id: number for number, run in enumerate(runs)}
    for curves in found.values():
        curves.sort(key=lambda curve: place[curve.run.id])
    return found


def _split(table: "pa.Table") -> Iterator[tuple[str, str, tuple["NDArray[np.float64]", ...]]]:
    """The table's series: run, metric, and steps, times, values. The rows of one series stand together."""
    import numpy as np

    if not table.num_rows:
        return
    table = table.combine_chunks()
    names, codes = [], []
    for column in ("run_id", "key"):
        coded = table.column(column).chunk(0)
        names.append(coded.dictionary.to_pylist())
        codes.append(coded.indices.to_numpy())
    numbers = tuple(table.column(name).to_numpy().astype(np.float64, copy=False) for name in ("step", "time", "value"))
    edges = np.flatnonzero((np.diff(codes[0]) != 0) | (np.diff(codes[1]) != 0)) + 1
    for begin, end in zip((0, *edges), (*edges, table.num_rows), strict=True):
        run_id, key = names[0][codes[0][begin]], names[1][codes[1][begin]]
        yield run_id, key, tuple(column[begin:end] for column in numbers)


def _pieces(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
