"""Screens of notebooks, runs, models and services."""

import json

from PySide6.QtCore import Qt

from tests.screens.listing import Props, screen
from tests.screens.stage import Stage
from tests.screens.workspace import BROKEN_SERVICE, FAILED_RUN
from workbench.desktop.models.activity import ModelsActivity
from workbench.desktop.models.registerdialog import RegisterDialog
from workbench.desktop.notebooks.activity import NotebooksActivity
from workbench.desktop.notebooks.console import ConsolePage
from workbench.desktop.runs.activity import RunsActivity
from workbench.desktop.services.activity import ServicesActivity
from workbench.desktop.services.deploywizard import DeployWizard
from workbench.schema import Run, RunSummary

NOTEBOOK = "notebooks/late by hour.ipynb"
PLOT = """%matplotlib inline
import matplotlib.pyplot as plt
figure, axes = plt.subplots(figsize=(6, 2.6))
axes.hist(flights["arr_delay"].clip(-60, 180), bins=60)
axes.set_xlabel("arrival delay, minutes");"""
CODE = (
    'import pandas as pd\nflights = pd.read_parquet("data/flights.parquet")\nprint(f"{len(flights):,} flights")',
    'flights["late"] = flights["arr_delay"] > 30\nflights.groupby("origin")[["late", "distance", "temp"]].mean()',
    'flights["wind_gust"].mean()',
    PLOT,
)


@screen("notebooks-list", "notebooks", "Notebooks, none opened")
def _(stage: Stage, props: Props) -> None:
    stage.go("notebooks")
    stage.shoot("notebooks-list")


@screen("notebooks-preview", "notebooks", "The preview of a notebook")
def _(stage: Stage, props: Props) -> None:
    stage.go("notebooks")
    activity = stage.window.activity("notebooks")
    assert isinstance(activity, NotebooksActivity)
    activity.open(NOTEBOOK)
    stage.until(lambda: activity.current_file is not None, "the notebook is shown")
    stage.shoot("notebooks-preview")


@screen("notebooks-console", "notebooks", "A console: output, a table, an error, a plot")
def _(stage: Stage, props: Props) -> None:
    stage.go("notebooks")
    activity = stage.window.activity("notebooks")
    assert isinstance(activity, NotebooksActivity)
    activity.new_console()
    stage.until(lambda: activity.current_console is not None and activity.current_console.connected, "the kernel answers", 180)
    page = activity.current_console
    assert page is not None
    for number, code in enumerate(CODE):
        _run(stage, page, code)
        if number == 2:
            stage.shoot("notebooks-console-error")
    stage.shoot("notebooks-console")


def _run(stage: Stage, page: ConsolePage, code: str) -> None:
    """Puts the code in and presses Shift+Enter."""
    answered = page._answered
    page.input.code.setPlainText(code)
    stage.key(page.input.code, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    stage.until(lambda: page._answered > answered and page.status == "idle", "the code has run", 90)
    stage.settle()


def runs_of(stage: Stage) -> RunsActivity:
    """The Runs activity, in front, with its list loaded."""
    stage.go("runs")
    activity = stage.window.activity("runs")
    assert isinstance(activity, RunsActivity)
    activity.show_list()
    stage.until(lambda: activity.store.loaded, "the runs are loaded")
    stage.settle()
    return activity


def _training(activity: RunsActivity) -> list[RunSummary]:
    return [run for run in activity.store.runs if run.script == "train.py" and run.status.value == "finished"]


def _shown(stage: Stage, activity: RunsActivity, run_id: str) -> Run:
    activity.show_run(run_id)
    stage.until(lambda: activity.details.run is not None and activity.details.run.id == run_id, "the run is shown")
    stage.settle()
    assert activity.details.run is not None
    return activity.details.run


@screen("runs-list", "runs", "All runs")
def _(stage: Stage, props: Props) -> None:
    activity = runs_of(stage)
    stage.shoot("runs-list")
    training = _training(activity)
    activity.list.table.set_checked([run.id for run in training[:3]])
    activity.list.side.choose("train.py")
    stage.shoot("runs-list-ticked")
    activity.list.search.setText("no such run")
    stage.shoot("runs-list-no-match")
    activity.list.search.setText("")
    activity.list.side.choose("all")
    menu = activity.list.menu_for(training[0])
    menu.popup(activity.list.table.mapToGlobal(activity.list.table.rect().center()))
    stage.shoot("runs-list-menu")


@screen("runs-details", "runs", "A run: charts, images, outputs, log, environment")
def _(stage: Stage, props: Props) -> None:
    activity = runs_of(stage)
    _shown(stage, activity, _training(activity)[0].id)
    stage.shoot("runs-details")
    bar = activity.details.charts.verticalScrollBar()
    bar.setValue(bar.maximum())
    stage.shoot("runs-details-images")
    for tab in ("Outputs", "Log", "Environment"):
        activity.details.show_tab(tab)
        stage.shoot(f"runs-details-{tab.lower()}")
    activity.details.show_tab("Overview")


@screen("runs-failed", "runs", "A run that failed")
def _(stage: Stage, props: Props) -> None:
    activity = runs_of(stage)
    failed = next(run for run in activity.store.runs if run.name == FAILED_RUN)
    _shown(stage, activity, failed.id)
    stage.shoot("runs-failed")
    prepare = next(run for run in activity.store.runs if run.script.endswith(".wbprep"))
    _shown(stage, activity, prepare.id)
    stage.shoot("runs-failed-not-preparation")


@screen("runs-compare", "runs", "Four runs compared")
def _(stage: Stage, props: Props) -> None:
    activity = runs_of(stage)
    activity.list.table.set_checked([run.id for run in _training(activity)])
    stage.settle()
    stage.click(activity.list.compare_button)
    stage.shoot("runs-compare")
    activity.list.table.set_checked([])
    activity.show_list()


@screen("runs-register", "runs", "Register a model")
def _(stage: Stage, props: Props) -> None:
    activity = runs_of(stage)
    _shown(stage, activity, _training(activity)[0].id)
    stage.click(activity.details.register_button)
    stage.settle()
    stage.shoot("runs-register")
    dialog = stage.dialog(RegisterDialog)
    dialog.name.setEditText("late flights!")
    dialog.tags.setText("candidate")
    dialog.submit()
    stage.shoot("runs-register-wrong")


@screen("models", "models", "A model with its lineage")
def _(stage: Stage, props: Props) -> None:
    stage.go("models")
    activity = stage.window.activity("models")
    assert isinstance(activity, ModelsActivity)
    activity.open("late-flights:1")
    stage.settle()
    stage.shoot("models")


@screen("services-deploy", "services", "Deploy a model, page by page")
def _(stage: Stage, props: Props) -> None:
    stage.go("models")
    activity = stage.window.activity("models")
    assert isinstance(activity, ModelsActivity)
    stage.click(activity.details.deploy)
    stage.settle()
    wizard = stage.dialog(DeployWizard)
    stage.shoot("services-deploy-model")
    stage.press("Next", wizard)
    stage.shoot("services-deploy-service")
    wizard.service_page.name.setText("Late Flights")
    stage.shoot("services-deploy-wrong-name")


@screen("services-try-it", "services", "Try it, with an answer")
def _(stage: Stage, props: Props) -> None:
    activity = _service(stage, "late-flights")
    stage.shoot("services-try-it-sample")
    stage.click(activity.details.try_it.send_button)
    stage.until(activity.details.try_it.answer.toPlainText, "the service answers")
    stage.settle()
    stage.shoot("services-try-it")
    answered = json.loads(activity.details.try_it.answer.toPlainText())
    assert answered["predictions"]
    activity.details.try_it.editor.setPlainText('{"flights": [}')
    stage.click(activity.details.try_it.send_button)
    stage.shoot("services-try-it-no-json")


@screen("services-log", "services", "The log of a service")
def _(stage: Stage, props: Props) -> None:
    activity = _service(stage, "late-flights")
    activity.details.tabs.setCurrentIndex(1)
    stage.shoot("services-log")
    activity.details.tabs.setCurrentIndex(0)


@screen("services-failed", "services", "A service that could not start")
def _(stage: Stage, props: Props) -> None:
    _service(stage, BROKEN_SERVICE)
    stage.shoot("services-failed")


def _service(stage: Stage, name: str) -> ServicesActivity:
    stage.go("services")
    activity = stage.window.activity("services")
    assert isinstance(activity, ServicesActivity)
    activity.open(name)
    stage.until(lambda: activity.details.service is not None and activity.details.service.name == name, f"{name} is shown")
    stage.settle()
    return activity
