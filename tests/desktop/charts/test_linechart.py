"""The line chart and its numbers."""

import math
from pathlib import Path

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from workbench.desktop.charts import LineChart, Series
from workbench.desktop.charts.series import decimate, smooth


def test_that_decimation_keeps_the_extremes() -> None:
    y = np.zeros(10_000)
    y[1234], y[7777] = 5.0, -5.0
    x, kept = decimate(np.arange(10_000.0), y, 400)
    assert len(kept) <= 420
    assert (kept.max(), kept.min()) == (5.0, -5.0)
    assert (np.diff(x) > 0).all()


def test_that_smoothing_starts_without_bias_and_keeps_gaps() -> None:
    smoothed = smooth(np.array([2.0, 2.0, np.nan, 2.0]), 0.9)
    assert np.allclose(smoothed[[0, 1, 3]], 2.0)
    assert np.isnan(smoothed[2])


def test_that_a_chart_draws_changes_and_exports(themed: object, qtbot: QtBot, tmp_path: Path) -> None:
    chart = LineChart("accuracy")
    qtbot.addWidget(chart)
    chart.resize(600, 300)
    chart.show()
    qtbot.waitUntil(lambda: chart._plot is not None, timeout=10_000)
    values = [0.1, float("nan"), 0.4, float("inf"), 0.6]
    chart.set_series(
        [Series("r1", "run 1", range(5), values, times=[1e9 + i for i in range(5)]), Series("r2", "run 2", range(3), [3, 2, 1])]
    )
    first = chart._curves["r1"]
    for mode in ("time", "relative", "step"):
        chart.set_x(mode)
    chart.set_log_y(True)
    chart.set_smoothing(0.5)
    chart.highlight("r2")
    assert chart._curves["r1"] is first
    chart.export_png(tmp_path / "chart.png")
    assert (tmp_path / "chart.png").stat().st_size > 1000
    chart.set_series([])
    assert not chart._curves


def test_that_what_is_no_number_has_a_sign_at_the_level_of_the_last_number(themed: object, qtbot: QtBot) -> None:
    chart = LineChart("loss")
    qtbot.addWidget(chart)
    chart.resize(600, 300)
    chart.show()
    qtbot.waitUntil(lambda: chart._plot is not None, timeout=10_000)
    values = [math.nan, 4.0, math.inf, 2.0, math.nan, -math.inf]
    chart.set_series([Series("r1", "run 1", range(6), values), Series("r2", "run 2", range(2), [3, 2])])
    signs = chart._curves["r1"].signs
    assert chart._curves["r2"].signs is None
    assert [signs.xData.tolist(), signs.yData.tolist()] == [[0, 2, 4, 5], [4, 4, 2, 2]]
    assert signs.opts["symbol"] == ["x", "t1", "x", "t"]
    chart.set_log_y(True)

    def tells() -> bool:
        chart._on_mouse(chart._plot.getViewBox().mapViewToScene(QPointF(4.0, math.log10(2.0))))  # the plot finds its range later
        return chart._readout.full_text.endswith("NaN")

    qtbot.waitUntil(tells, timeout=10_000)
    chart.set_series([Series("r1", "run 1", range(2), [1.0, 2.0])])
    assert signs.xData is None
    chart.set_series([Series("r1", "run 1", range(2), [math.nan, math.nan])])
    assert signs.yData.tolist() == [1, 1]


def test_that_a_series_keeps_its_colour_in_every_chart(themed: object) -> None:
    from workbench.desktop.theme import theme

    assert theme().series_colour("run-a") == theme().series_colour("run-a")
    assert theme().series_colour("run-a") != theme().series_colour("run-b")


def test_that_charts_that_were_hidden_are_drawn_when_they_are_shown(themed: object, qtbot: QtBot) -> None:
    page = QWidget()
    column = QVBoxLayout(page)
    charts = [LineChart(f"metric {number}") for number in range(4)]
    for chart in charts:
        column.addWidget(chart)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(lambda: all(chart._plot is not None for chart in charts), timeout=20_000)
    page.hide()
    for chart in charts:
        chart.set_series([Series("one", "Run 1", [0, 1, 2], [0.0, 1.0, 4.0])])
    charts.pop().deleteLater()
    page.show()
    qtbot.waitUntil(lambda: all(chart._curves for chart in charts), timeout=10_000)
