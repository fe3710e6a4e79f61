"""Runs of every kind on the screens: sweeps and their trials, runs of other programs, skipped ones, those in the trash."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from tests.conftest import end_workspace
from tests.screens.allkinds import ODD_NAME, furnish_kinds
from workbench.client.runs import RunCalls
from workbench.desktop.context import AppContext
from workbench.desktop.dashboard.facts import read_workspace
from workbench.desktop.operations import Progress
from workbench.desktop.runs import loading
from workbench.desktop.runs.activity import RunsActivity
from workbench.desktop.runs.briefs import is_brief
from workbench.desktop.runs.columns import RunColumn, words_of
from workbench.desktop.widgets.basics import ElidedLabel
from workbench.desktop.widgets.dialogs import Sheet
from workbench.projects.project import Project
from workbench.schema import RunEnd, RunOpen, RunStatus, RunSummary

LEFT = Qt.MouseButton.LeftButton
TRIALS = 6


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
    """A workspace with all of them, and its project."""
    home = tmp_path_factory.mktemp("kinds") / "workspace"
    try:
        yield home, furnish_kinds(home, home.parent / "every-kind", trials=TRIALS)
    finally:
        end_workspace(home)


@pytest.fixture
def runs(themed: Any, furnished: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> Iterator[RunsActivity]:
    home, folder = furnished
    monkeypatch.setenv("WORKBENCH_HOME", str(home))
    context = AppContext(themed, home=home)
    with qtbot.waitSignal(context.events.connected, timeout=60_000):
        context.events.start()
    activity = RunsActivity(context)
    context.set_project(Project.open(folder))
    context.part_requested.connect(activity.open)
    activity.resize(1300, 800)
    activity.show()
    activity.activate()
    qtbot.waitUntil(lambda: activity.store.loaded and bool(activity.store.runs), timeout=20_000)
    qtbot.waitUntil(lambda: context.operations.inflight == 0, timeout=20_000)
    yield activity
    activity.hide()
    context.window = None
    qtbot.waitUntil(lambda: context.operations.inflight == 0, timeout=20_000)
    context.close()
    activity.deleteLater()
    context.deleteLater()


def one(runs: RunsActivity, **values: object) -> RunSummary:
    everything = (*runs.store.runs, *runs.store.trash)
    return next(run for run in everything if all(getattr(run, name) == value for name, value in values.items()))


def shown(runs: RunsActivity, run: RunSummary, qtbot: QtBot) -> RunSummary:
    runs.show_run(run.id)
    qtbot.waitUntil(lambda: runs.details.run is not None and runs.details.run.id == run.id, timeout=20_000)
    return run


def names(runs: RunsActivity) -> list[str]:
    return [run.name for run in runs.list.table.model.shown]


def link(runs: RunsActivity, text: str) -> QPushButton:
    found = runs.details.inspector.properties.findChildren(QPushButton)
    return next(made for made in found if made.accessibleName() == text)


def test_that_trials_stand_below_their_sweep_until_they_are_asked_for(runs: RunsActivity, qtbot: QtBot) -> None:
    sweep = one(runs, kind="sweep")
    name = next(column for column in runs.list.table.model.columns if column.title == "Name")
    assert name.text(sweep) == f"depth and rate · {TRIALS} trials"
    assert "trial 3" not in names(runs)
    qtbot.keyClicks(runs.list.search, "trial 3")
    qtbot.waitUntil(lambda: "trial 3" in names(runs), timeout=10_000)
    runs.list.search.clear()
    qtbot.waitUntil(lambda: "trial 3" not in names(runs), timeout=10_000)
    runs.list.nested.click()
    assert names(runs).count("trial 3") == 1


def test_that_a_sweep_shows_its_trials_the_best_first_and_leads_to_them_and_back(runs: RunsActivity, qtbot: QtBot) -> None:
    sweep = shown(runs, one(runs, kind="sweep"), qtbot)
    page = runs.details
    assert page.tabs.tabText(page.tabs.currentIndex()) == f"{TRIALS} trials"
    trials = page.nested.table.model.shown
    scores = [run.metrics["valid/auc"].last for run in trials]
    assert len(scores) == TRIALS
    assert scores == sorted(scores, reverse=True)
    assert {"depth", "rate", "valid/auc"} <= {column.title for column in page.nested.table.model.columns}
    page.nested.table.view.setFocus()
    page.nested.table.view.selectRow(0)
    qtbot.keyClick(page.nested.table.view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.run is not None and page.run.id == trials[0].id, timeout=20_000)
    assert not page.tabs.isTabVisible(1)
    qtbot.mouseClick(link(runs, f"#{sweep.number} depth and rate"), LEFT)
    qtbot.waitUntil(lambda: page.run is not None and page.run.id == sweep.id, timeout=20_000)


def test_that_a_run_of_another_program_claims_no_target_environment_or_log(runs: RunsActivity, qtbot: QtBot) -> None:
    shown(runs, one(runs, kind="external"), qtbot)
    page = runs.details
    rows = dict(page.inspector.properties.rows)
    assert rows["Kind"] == "Logged by another program"
    assert not {"Target", "Configuration"} & rows.keys()
    page.show_tab("Log")
    assert not page.log.view.isVisible()
    page.show_tab("Environment")
    assert "requirements.txt" not in page.environment.text.toPlainText() + page.environment._summary.text()


def test_that_a_skipped_run_says_whose_result_it_has_and_leads_there(runs: RunsActivity, qtbot: QtBot) -> None:
    skipped = shown(runs, next(run for run in runs.store.runs if run.result_of), qtbot)
    banner = runs.details._banner
    assert banner is not None
    assert "Nothing has changed" in banner.accessibleName()
    assert banner.action is not None
    qtbot.mouseClick(banner.action, LEFT)
    qtbot.waitUntil(lambda: runs.details.run is not None and runs.details.run.id == skipped.result_of, timeout=20_000)


def test_that_the_dashboard_tells_of_sweeps_and_of_all_that_goes_on(runs: RunsActivity, furnished: tuple[Path, Path]) -> None:
    known = read_workspace(runs._context.connection.get(), str(furnished[1]))
    assert "trial" not in {run.kind for run in known.runs}
    assert known.run_count == sum(run.kind != "trial" and not run.archived for run in runs.store.runs)
    assert known.running == 3


def test_that_all_charts_in_view_are_read_in_one_request(runs: RunsActivity, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []
    really = RunCalls.series_table

    def counted(self: RunCalls, ids: Any, keys: Any, pixels: int = 1000) -> Any:
        asked.append((len(ids), len(keys)))
        return really(self, ids, keys, pixels)

    monkeypatch.setattr(RunCalls, "series_table", counted)
    shown(runs, one(runs, script="train_everything.py"), qtbot)
    cards = runs.details.charts.cards
    assert len(runs.details.charts.keys) == 100
    drawn = lambda: [card for card in cards.values() if card.chart is not None and card.chart.series]  # noqa: E731
    qtbot.waitUntil(lambda: len(drawn()) >= 6, timeout=20_000)
    assert asked[0][1] >= 6
    assert sum(keys for _runs, keys in asked) < 40  # those below are read when they are scrolled to
    assert len(cards) < 40
    last = runs.details.charts.keys[-1]
    runs.details.charts.verticalScrollBar().setValue(runs.details.charts.verticalScrollBar().maximum())
    qtbot.waitUntil(lambda: last in {card.key for card in drawn()}, timeout=20_000)
    assert len(cards) < 60
    runs.details.charts.search.insert("layer_50")
    qtbot.waitUntil(lambda: "layer_50/weight_norm" in {card.key for card in drawn() if card.isVisible()}, timeout=20_000)
    huge = next(card for card in drawn() if card.key == "huge").chart
    assert huge is not None
    assert len(huge.series[0].values) == 51


def test_that_a_comparison_draws_the_curves_of_each_run(runs: RunsActivity, qtbot: QtBot) -> None:
    wanted = [one(runs, name=name) for name in ("trial 1", "diverges", "trial 2")]
    runs.show_comparison([run.id for run in wanted])
    qtbot.waitUntil(lambda: "valid/auc" in runs.compare.charts.cards, timeout=20_000)
    card = runs.compare.charts.cards["valid/auc"]
    qtbot.waitUntil(lambda: card.chart is not None and len(card.chart.series) == 3, timeout=20_000)
    assert card.chart is not None
    for series, run in zip(card.chart.series, wanted, strict=True):
        assert series.id == run.id
        assert series.values[-1] == run.metrics["valid/auc"].last


def test_that_the_curves_are_those_of_the_runs_that_were_chosen_last(runs: RunsActivity, qtbot: QtBot) -> None:
    first, last = ([one(runs, name=name) for name in names] for names in (("trial 1", "trial 2"), ("trial 3", "diverges")))
    runs.show_comparison([run.id for run in first])
    panel = runs.compare.charts
    qtbot.waitUntil(lambda: "loss" in panel.cards and panel.cards["loss"].chart is not None, timeout=20_000)
    panel.set_runs(first, ["loss", "valid/auc"])
    panel.set_runs(last, ["loss", "valid/auc"])
    for key in ("loss", "valid/auc"):
        card = panel.cards[key]
        qtbot.waitUntil(lambda card=card: [one.run.id for one in card._found] == [run.id for run in last], timeout=20_000)  # type: ignore[misc]
        assert not card._loading


def test_that_two_hundred_parameters_are_shown_when_one_asks_for_them(runs: RunsActivity, qtbot: QtBot) -> None:
    shown(runs, one(runs, script="train_everything.py"), qtbot)
    params = runs.details.inspector.params
    assert 30 < len(params.rows) < 60
    qtbot.mouseClick(next(made for made in params.findChildren(QPushButton) if "Show all" in made.text()), LEFT)
    assert len(params.rows) == 200


def test_that_long_notes_have_room(runs: RunsActivity, qtbot: QtBot) -> None:
    notes = runs.details.inspector.notes
    shown(runs, one(runs, name="diverges"), qtbot)
    short = notes.height()
    shown(runs, one(runs, script="train_everything.py"), qtbot)
    assert len(notes.toPlainText()) > 5_000
    assert 2 * short < notes.height() < 400


def test_that_deleted_runs_are_brought_back_and_deleted_for_good_from_the_trash(runs: RunsActivity, qtbot: QtBot) -> None:
    page, table = runs.list, runs.list.table
    table.select_id(one(runs, name="on docker").id)
    table.setFocus()
    qtbot.keyClick(table.view, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: "on docker" not in names(runs) and len(runs.store.trash) == 2, timeout=20_000)
    page.show_trash()
    assert names(runs) == ["on docker", "in the trash"]
    assert not page.bring_back_button.isEnabled()
    table.select_id(one(runs, name="on docker").id)
    qtbot.mouseClick(page.bring_back_button, LEFT)
    qtbot.waitUntil(lambda: names(runs) == ["in the trash"], timeout=20_000)
    thrown = shown(runs, one(runs, name="in the trash"), qtbot)
    banner = runs.details._banner
    assert banner is not None
    assert "In the trash since" in banner.accessibleName()
    runs.show_list()
    qtbot.mouseClick(page.empty_button, LEFT)
    asks = next(widget for widget in QApplication.topLevelWidgets() if isinstance(widget, Sheet) and widget.isVisible())
    assert runs._context.connection.get().trashed_runs()
    qtbot.mouseClick(next(made for made in asks.findChildren(QPushButton) if made.text() == "Empty the trash"), LEFT)
    qtbot.waitUntil(lambda: not runs.store.trash and page.group == "all", timeout=20_000)
    assert "on docker" in names(runs)
    assert runs.store.get(thrown.id) is None


def test_that_a_run_of_a_deleted_experiment_comes_back_with_the_experiment(
    runs: RunsActivity, furnished: tuple[Path, Path], qtbot: QtBot
) -> None:
    client = runs._context.connection.get()
    asked = RunOpen(pid=os.getpid(), name="elsewhere", experiment="other flights", project=str(furnished[1]))
    opened = client.open_run(asked)
    client.end_run(opened.id, RunEnd())
    client.patch_experiment("other flights", deleted=True)
    runs.store.reload()
    qtbot.waitUntil(lambda: opened.id in {run.id for run in runs.store.trash}, timeout=20_000)
    runs.list.show_trash()
    runs.list.table.select_id(opened.id)
    qtbot.mouseClick(runs.list.bring_back_button, LEFT)
    qtbot.waitUntil(lambda: opened.id in {run.id for run in runs.store.runs}, timeout=20_000)
    assert client.experiment("other flights").deleted is None


def lasts(run: RunSummary) -> dict[str, str]:
    return {key: repr(metric.last) for key, metric in run.metrics.items()}  # of NaN too


def test_that_older_runs_come_as_a_table_that_says_what_the_list_says(
    runs: RunsActivity, furnished: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, folder = runs._context.connection.get(), str(furnished[1])
    full = client.runs(project=folder, archived=True, limit=1000).runs
    monkeypatch.setattr(loading, "_FIRST", 2)
    monkeypatch.setattr(loading, "_PIECE", 4)
    found = loading.load_runs(client, Progress(), folder)
    assert list(found.runs) == [run.id for run in full]
    assert found.total == len(full)
    assert [is_brief(run) for run in found.runs.values()] == [False, False, *(bool(run.metrics) for run in full[2:])]
    for brief, run in zip(found.runs.values(), full, strict=True):
        told = {name: value for name, value in vars(brief).items() if name != "metrics"}
        assert told == {name: value for name, value in vars(run).items() if name != "metrics"}
        assert {key: repr(one.last) for key, one in brief.metrics.items()} == {
            key: repr(one.last) for key, one in run.metrics.items()
        }
        assert found.words[run.id] == words_of(run)
    assert {run.id for run in found.trash.values()} == {run.id for run in client.trashed_runs()}
    assert loading.load_runs(client, Progress(), "/where/it's not").runs == {}


def test_that_the_rest_of_an_older_run_is_asked_for_when_the_mouse_comes_over_it(
    runs: RunsActivity, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "_FIRST", 1)
    runs.store.reload()
    qtbot.waitUntil(lambda: is_brief(one(runs, name="baseline")), timeout=20_000)
    table, column = runs.list.table, RunColumn("metric:valid/auc")
    assert "min" not in column.tooltip(one(runs, name="baseline"))
    place = [run.name for run in table.model.shown].index("baseline")
    table.view.scrollTo(table.model.index(place, 3))
    qtbot.mouseMove(table.view.viewport(), table.view.visualRect(table.model.index(place, 3)).center())
    qtbot.waitUntil(lambda: not is_brief(one(runs, name="baseline")), timeout=20_000)
    assert "at step" in column.tooltip(one(runs, name="baseline"))
    assert sum(is_brief(run) for run in table.model.shown) > 3


def test_that_a_waiting_run_says_why_and_counts_no_time(runs: RunsActivity, qtbot: QtBot) -> None:
    waits = one(runs, status=RunStatus.QUEUED)
    assert RunColumn("status").tooltip(waits).startswith("Number 2 in the queue.")
    assert RunColumn("duration").text(waits) == ""
    shown(runs, waits, qtbot)
    banner = runs.details._banner
    assert banner is not None
    assert "Waits for one of the 2 jobs" in banner.accessibleName()
    assert runs.details.pill.status == "queued"
    assert "Duration" not in dict(runs.details.inspector.properties.rows)


def test_that_odd_names_are_shown_as_they_are_everywhere(runs: RunsActivity, qtbot: QtBot) -> None:
    odd = one(runs, name=ODD_NAME)
    runs.list.search.insert("größer <b>not 日本")
    qtbot.waitUntil(lambda: names(runs) == [ODD_NAME], timeout=10_000)
    table = runs.list.table
    heights = {table.view.rowHeight(row) for row in range(len(table.model.shown))}
    assert len(heights) == 1
    shown(runs, odd, qtbot)
    inspector = runs.details.inspector
    assert inspector.params.rows == [(ODD_NAME, "µ=½, 日本")]
    assert inspector.tags.rows == [("<b>", "<i>no markup</i>")]
    for part in runs.details.findChildren(QLabel):
        if "not bold" in part.text() or "no markup" in part.text():
            assert part.textFormat() == Qt.TextFormat.PlainText, part.text()
    runs.show_comparison([odd.id, one(runs, name="diverges").id])
    qtbot.waitUntil(lambda: "naïve 🚀 score" in runs.compare.charts.cards, timeout=20_000)
    assert ODD_NAME in {row.name for row in runs.compare.table.records}


def test_that_a_filter_without_a_match_is_cleared_by_the_link_in_its_place(runs: RunsActivity, qtbot: QtBot) -> None:
    table, count = runs.list.table, len(runs.list.table.model.shown)
    qtbot.keyClicks(runs.list.search, "nothing is like it")
    qtbot.waitUntil(lambda: not table.model.shown, timeout=10_000)
    told = next(part for part in table.findChildren(QLabel) if "Clear the filter" in part.text())
    assert told.text().startswith(f"0 of {count + TRIALS} runs match")
    told.linkActivated.emit("clear")
    qtbot.waitUntil(lambda: len(table.model.shown) == count, timeout=10_000)
    assert runs.list.search.text() == ""


def test_that_the_page_tells_how_many_of_its_runs_are_nested(runs: RunsActivity) -> None:
    told = next(part.full_text for part in runs.list.header.findChildren(ElidedLabel) if "runs" in part.full_text)
    assert f" · {TRIALS} of them nested · " in told
