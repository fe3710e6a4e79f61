"""One metric as a line chart, of one run or several; made when it is first seen, refreshed while runs go on."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QContextMenuEvent, QPaintEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QMenu, QVBoxLayout, QWidget

from workbench.base.errors import EnvironmentError_
from workbench.base.files import write_csv
from workbench.desktop.context import AppContext
from workbench.desktop.icons import icon
from workbench.desktop.operations import Progress
from workbench.desktop.runs.seriesloader import Curve, Curves, SeriesLoader, read_curves
from workbench.desktop.runs.tablecolumns import run_colour
from workbench.desktop.runs.wording import run_title
from workbench.desktop.theme import theme
from workbench.schema import RunSummary

if TYPE_CHECKING:
    from workbench.client.client import Client
    from workbench.desktop.charts import LineChart

CARD_HEIGHT = 250
_PAUSE_MS = 700


class ChartCard(QFrame):
    """Asks the page's loader for its curves; while hidden it only remembers that it is stale."""

    def __init__(self, context: AppContext, key: str, loader: SeriesLoader, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self.setFixedHeight(CARD_HEIGHT)
        self.setAccessibleName(f"Chart of {key}")
        self.key = key
        self.chart: LineChart | None = None
        self._context = context
        self._loader = loader
        loader.loaded.connect(self._on_loaded)
        loader.failed.connect(self._on_failed)
        self._runs: tuple[RunSummary, ...] = ()
        self._look: tuple[str, float, bool] = ("step", 0.0, False)
        self._loading = False
        self._stale = True
        self._found: Sequence[Curve] = ()
        theme().theme_changed.connect(self._draw)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(8, 8, 8, 6)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._load)

    def set_runs(self, runs: Sequence[RunSummary]) -> None:
        """The runs whose series are shown."""
        self._runs = tuple(runs)
        self.refresh()

    def set_look(self, x: str, smoothing: float, log_y: bool) -> None:
        """What the x axis counts, how much is smoothed, and whether y is logarithmic."""
        self._look = (x, smoothing, log_y)
        if self.chart is not None:
            self._apply_look(self.chart)

    def refresh(self) -> None:
        """The series may have grown."""
        self._stale = True
        if self.chart is not None and not self._loading and not self._pause.isActive() and self._is_seen():
            self._load()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.chart is None:
            QTimer.singleShot(0, self, self._make)
        elif self._stale and not self._loading and not self._pause.isActive():
            self._pause.start(0)

    def _make(self) -> None:
        if self.chart is not None:
            return
        from workbench.desktop.charts import LineChart

        self.chart = LineChart(self.key)
        self._layout.addWidget(self.chart)
        self._apply_look(self.chart)
        self._load()

    def _apply_look(self, chart: "LineChart") -> None:
        x, smoothing, log_y = self._look
        chart.set_x(x)
        chart.set_smoothing(smoothing)
        chart.set_log_y(log_y)
        chart.set_legend_visible(len(self._runs) > 1)

    def _is_seen(self) -> bool:
        return self.isVisible() and not self.visibleRegion().isEmpty()

    def _load(self) -> None:
        if self._loading or not self._stale:
            return
        self._loading, self._stale = True, False
        self._loader.ask(self.key)

    def _on_loaded(self, curves: Curves) -> None:
        if (found := curves.get(self.key)) is None:
            return
        self._loading = False
        self._found = found
        self._draw()
        if self._stale:
            self._pause.start(_PAUSE_MS)

    def _draw(self) -> None:
        """Also after a change of theme: the runs' colours are the theme's."""
        from workbench.desktop.charts import Series

        if self.chart is None:
            return
        self.chart.set_legend_visible(len(self._runs) > 1)
        self.chart.set_series(
            [Series(one.run.id, run_title(one.run), one.steps, one.values, one.times, run_colour(one.run)) for one in self._found]
        )

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.chart is None or not self._found:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(icon("image"), "Save as picture …", partial(self._ask_where, "png"))
        menu.addAction(icon("table"), "Save the points as CSV …", partial(self._ask_where, "csv"))
        menu.popup(event.globalPos())

    def _ask_where(self, ending: str) -> None:
        name = f"{self.key.replace('/', '-')}.{ending}"
        dialog = QFileDialog(self.window(), "Save the chart", str(Path.home() / name), f"*.{ending}")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(ending)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda chosen: self.save(Path(chosen)))
        dialog.open()

    def save(self, path: Path) -> None:
        """Saves the chart as it is seen, or, into a `.csv` file, every point of its runs."""
        runs, key = self._runs, self.key

        def fetch(client: "Client", progress: Progress) -> Path:
            lines: list[tuple[str | int | float, ...]] = []
            for one in read_curves(client, runs, (key,), 0, progress)[key]:
                points = zip(one.steps.astype(int).tolist(), one.times.tolist(), one.values.tolist(), strict=True)
                lines += [(run_title(one.run), *point) for point in points]
            write_csv(path, ("run", "step", "time", key), lines)
            return path

        if path.suffix == ".csv":
            self._context.call(f"Saving {path.name}", fetch, self._on_saved)
        elif self.chart is not None:
            try:
                self.chart.export_png(path)
            except EnvironmentError_ as error:
                self._context.notifications.error(error, "Saving the chart")
            else:
                self._on_saved(path)

    def _on_saved(self, path: Path) -> None:
        self._context.notifications.toast(f"Saved {path.name}")

    def _on_failed(self, keys: Sequence[str]) -> None:
        if self.key in keys:
            self._loading = False  # the next event tries again
