"""Screens of the shell: Home, sheets, dashboard, jobs, palette, problems, toasts, settings, shortcuts, lost connection."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton

from tests.screens.listing import Props, screen
from tests.screens.stage import Stage
from tests.screens.workspace import end_jobs, start_jobs
from workbench.base.errors import EnvironmentError_, UserError
from workbench.client import Client
from workbench.desktop.home.newproject import CloneSheet, NewProject, NewProjectSheet
from workbench.desktop.home.page import HomePage
from workbench.desktop.notifications import NoticeAction
from workbench.desktop.runs.activity import RunsActivity


@screen("home-empty", "home", "Home without a project", project=False)
def _(stage: Stage, props: Props) -> None:
    stage.window.show_place("home")
    stage.shoot("home-empty")


@screen("home-new-project", "home", "New project, with the gallery of templates", project=False)
def _(stage: Stage, props: Props) -> None:
    stage.press("New project from the sample")
    stage.settle()
    sheet = stage.dialog(NewProjectSheet)
    sheet.form.set_value(sheet.form.value() or _named(sheet, props))
    stage.shoot("home-new-project")
    name = sheet.form.field("name")
    name.clear()  # type: ignore[attr-defined]
    stage.press("Create project", sheet)
    stage.shoot("home-new-project-incomplete")


def _named(sheet: NewProjectSheet, props: Props) -> NewProject:
    return NewProject(name="Late flights", parent=props.project.parent, description="Will a flight arrive late?")


@screen("home-clone", "home", "Clone a project", project=False)
def _(stage: Stage, props: Props) -> None:
    stage.context.commands.run("project.clone")
    stage.settle()
    sheet = stage.dialog(CloneSheet)
    stage.write(sheet.form.field("url"), str(props.scratch / "nothing-here.git"))
    stage.press("Clone", sheet)
    stage.until(sheet.message.isVisible, "the clone fails with a sentence")
    stage.shoot("home-clone")


@screen("home-recent", "home", "Home with recent projects", project=False)
def _(stage: Stage, props: Props) -> None:
    stage.context.open_project(props.project)
    stage.until(lambda: stage.context.project is not None, "the project opens")
    stage.settle()
    stage.context.set_project(None)
    stage.settle()
    page = stage.window.current
    assert isinstance(page, HomePage)
    stage.shoot("home-recent")


@screen("dashboard", "dashboard", "The project's dashboard")
def _(stage: Stage, props: Props) -> None:
    stage.go("dashboard")
    stage.shoot("dashboard")


@screen("shell-jobs", "shell", "Jobs panel: two run, one waits")
def _(stage: Stage, props: Props) -> None:
    stage.go("dashboard")
    ids = start_jobs(props.client, props.project)
    try:
        stage.context.commands.run("view.jobs")
        running = lambda: [props.client.job(run_id).status.value for run_id in ids].count("running") == 2  # noqa: E731
        stage.until(running, "two jobs run", 120)
        stage.until(lambda: props.client.run(ids[0]).metrics.get("loss"), "the first has logged")
        stage.until(lambda: [job.status.value for job in stage.window.jobs.jobs].count("running") == 2, "the panel shows them")
        stage.shoot("shell-jobs", live=True)
        stage.window.show_place("runs")
        runs = stage.window.activity("runs")
        assert isinstance(runs, RunsActivity)
        runs.show_list()
        stage.shoot("shell-jobs-runs", live=True)
        runs.show_run(ids[0])
        stage.until(
            partial(_shows, runs, ids[0]),
            "the run is shown",
        )
        stage.shoot("shell-jobs-live-run", live=True)
    finally:
        end_jobs(props.client)
        stage.context.commands.run("view.jobs")
        stage.settle()
        for run_id in ids:
            props.client.delete_run(run_id)
        runs = stage.window.activity("runs")
        assert isinstance(runs, RunsActivity)
        runs.show_list()
        runs.store.reload()


def _shows(runs: RunsActivity, run_id: str) -> bool:
    return runs.details.run is not None and runs.details.run.id == run_id


@screen("shell-palette", "shell", "Command palette")
def _(stage: Stage, props: Props) -> None:
    stage.go("dashboard")
    stage.key(stage.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    if not stage.window.palette_popup.isVisible():
        stage.window.open_palette()
    stage.shoot("shell-palette")
    stage.write(stage.window.palette_popup.edit, "run")
    stage.shoot("shell-palette-typed")
    stage.window.palette_popup.edit.setText("no such thing at all")
    stage.shoot("shell-palette-nothing")


@screen("shell-problems", "shell", "Problems")
def _(stage: Stage, props: Props) -> None:
    stage.go("dashboard")
    notices = stage.context.notifications
    stage.window.toggle_problems()
    stage.shoot("shell-problems-none")
    stage.window.toggle_problems()
    package = str(props.project / "data" / "flights.wbprep")
    notices.error(
        UserError(
            "The step “Convert delay to decimal” names a column that the data lack: delay.",
            hint="Choose another column.",
            place=package,
        )
    )
    notices.error(
        EnvironmentError_("The disk is full: the file flights.parquet could not be written.", hint="Free some space."), "Saving"
    )
    try:
        raise ValueError("seventeen values are missing")
    except ValueError as error:
        notices.error(error, "Drawing the chart")
    stage.window.toggle_problems()
    stage.shoot("shell-problems")
    notices.dismiss_all()


@screen("shell-toasts", "shell", "Toasts")
def _(stage: Stage, props: Props) -> None:
    stage.go("dashboard")
    toast = stage.context.notifications.toast
    toast("Added the data source weather")
    toast("Run 7 was submitted", kind="info", action=NoticeAction("Open run", lambda: None))
    toast("late by hour.ipynb is in the trash", kind="info", action=NoticeAction("Undo", lambda: None))
    toast("Run 6 has failed: KeyError: 'wind_gust'", kind="bad", action=NoticeAction("Show the log", lambda: None))
    stage.shoot("shell-toasts", toasts=True)


@screen("shell-settings", "shell", "Settings")
def _(stage: Stage, props: Props) -> None:
    stage.go("settings")
    stage.shoot("shell-settings")


@screen("shell-shortcuts", "shell", "Keyboard shortcuts, About")
def _(stage: Stage, props: Props) -> None:
    for place in ("data", "notebooks", "runs", "models", "services", "dashboard"):  # a place adds its keys when it is made
        stage.go(place)
    stage.window.show_shortcuts()
    stage.shoot("shell-shortcuts")
    stage.close_popups()
    stage.window.show_about()
    stage.shoot("shell-about")


@screen("shell-menu", "shell", "The main menu")
def _(stage: Stage, props: Props) -> None:
    stage.go("dashboard")
    stage.window._fill_menu()
    button = stage.window._header.findChildren(QToolButton)[0]
    stage.window._main_menu.popup(button.mapToGlobal(button.rect().bottomLeft()))
    stage.shoot("shell-menu")


@screen("shell-disconnected", "shell", "The job manager is gone, and comes back")
def _(stage: Stage, props: Props) -> None:
    stage.go("runs")
    with Client.connect(props.client.home, start=False) as client:
        client.shutdown()
    stage.context.events.check_health()
    stage.until(stage.window.banner.isVisible, "the banner says that the job manager is gone", 30)
    stage.shoot("shell-disconnected")
    stage.press("Restart", stage.window.banner)
    stage.until(lambda: stage.context.events.is_connected, "the job manager answers again", 60)
    stage.settle()
