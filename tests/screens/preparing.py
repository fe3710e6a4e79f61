"""Screens of a data preparation: steps, derive by example, the editors, a broken step."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from tests.screens.listing import Props, screen
from tests.screens.sources import data
from tests.screens.stage import Stage, Unmet
from workbench.desktop.data.derive_session import DeriveSession
from workbench.desktop.data.edit_session import EditSession
from workbench.desktop.data.editors.filter import ConditionRow, FilterEditor
from workbench.desktop.data.editors.join import JoinEditor
from workbench.desktop.data.prep_page import PrepPage

DERIVED = "departure_window_2"


def opened(stage: Stage, props: Props, name: str = "flights") -> PrepPage:
    """A preparation of the project, opened, with the data after its last step."""
    activity = data(stage)
    path = props.project / "data" / f"{name}.wbprep"
    activity.open_path(path)
    stage.until(lambda: activity.prep is not None and activity.prep.document.path == path, f"{path.name} opens")
    stage.settle()
    page = activity.prep
    assert page is not None
    page.end_session()
    flow = next(flow for flow in page.document.package.flows if flow.name == name)
    page.document.look_at(flow.id)
    stage.settle()
    return page


def at_step(stage: Stage, props: Props, applied: int) -> PrepPage:
    """The tour's preparation, with the data after so many steps, by a click on the step."""
    page = opened(stage, props)
    view = page.steps.list
    stage.click(view.viewport(), view.visualItemRect(view.item(applied)).topLeft() + QPoint(60, 12))
    stage.settle()
    return page


def editing(stage: Stage, page: PrepPage, begin: Callable[[], None]) -> EditSession:
    """The session of an editor that `begin` opens."""
    begin()
    stage.until(lambda: isinstance(page.session, EditSession), "the editor opens")
    stage.settle()
    session = page.session
    assert isinstance(session, EditSession)
    return session


def type_into_cell(stage: Stage, page: PrepPage, row: int, column: str, text: str) -> None:
    """Double clicks the cell, types and presses Enter."""
    view = page.grid.view
    index = page.grid.model.index(row, page.grid.model.section_of(column))
    view.scrollTo(index)
    spot, viewport = view.visualRect(index).center(), view.viewport()
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, spot)
    QTest.mouseDClick(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, spot)
    stage.until(lambda: viewport.findChild(QLineEdit) is not None, "the cell can be edited")
    field = viewport.findChild(QLineEdit)
    assert isinstance(field, QLineEdit)
    field.clear()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)
    stage.settle()


@screen("data-preparation", "data", "A preparation with its steps")
def _(stage: Stage, props: Props) -> None:
    page = opened(stage, props)
    page.table.show_column("departure_window")
    stage.shoot("data-preparation")
    stage.click(page.steps.list.viewport(), page.steps.list.visualItemRect(page.steps.list.item(1)).center())
    stage.shoot("data-preparation-earlier-step")
    page.grid.select_column("dep_delay")
    page.table.show_column("dep_delay")
    page.grid.column_menu.emit("dep_delay", page.grid.mapToGlobal(QPoint(420, 60)))
    stage.shoot("data-preparation-column-menu")


@screen("data-derive", "data", "Derive by example")
def _(stage: Stage, props: Props) -> None:
    page = at_step(stage, props, 2)
    page.table.show_column("sched_dep_time")
    stage.click(page.toolbar.buttons["derive"])
    stage.until(lambda: isinstance(page.session, DeriveSession), "derive by example begins")
    stage.settle()
    session = page.session
    assert isinstance(session, DeriveSession)
    stage.shoot("data-derive-begin")
    column = session.column
    type_into_cell(stage, page, 0, column, "5AM-6AM")
    stage.shoot("data-derive-one-example")
    type_into_cell(stage, page, _row_of(page, "1905"), column, "7PM-8PM")
    if session.lesson is None or session.lesson.program is None:
        raise Unmet(f"Nothing was learned: {session.panel.sentence}")
    page.grid.go_to(0, column)
    stage.shoot("data-derive-two-examples")
    stage.press("Show code", session.panel)
    stage.shoot("data-derive-code")
    session.panel.code.tabs.setCurrentIndex(5)
    stage.shoot("data-derive-sql")
    session.cancel()


@screen("data-derive-readings", "data", "Derive by example: other readings of one example")
def _(stage: Stage, props: Props) -> None:
    page = at_step(stage, props, 2)
    page.table.show_column("sched_dep_time")
    stage.click(page.toolbar.buttons["derive"])
    stage.until(lambda: isinstance(page.session, DeriveSession), "derive by example begins")
    stage.settle()
    session = page.session
    assert isinstance(session, DeriveSession)
    type_into_cell(stage, page, 0, session.column, "5")
    stage.click(session.panel.readings_button)
    stage.shoot("data-derive-readings")
    session.panel.reading_chosen.emit(0)
    stage.settle()
    stage.shoot("data-derive-reading-taken")
    session.cancel()


def _row_of(page: PrepPage, text: str) -> int:
    """The first row whose scheduled departure is `text`; else one in the evening, else the third."""
    view = page.data.view
    if view is None:
        return 2
    place = [column.name for column in view.columns].index("sched_dep_time")
    values = view.window(0, 2000).columns[place]
    return values.index(text) if text in values else 2


@screen("data-derive-doubtful", "data", "Derive by example: rows that deserve a look")
def _(stage: Stage, props: Props) -> None:
    page = at_step(stage, props, 2)
    page.table.show_column("tailnum")
    stage.click(page.toolbar.buttons["derive"])
    stage.until(lambda: isinstance(page.session, DeriveSession), "derive by example begins")
    stage.settle()
    session = page.session
    assert isinstance(session, DeriveSession)
    type_into_cell(stage, page, 0, session.column, _digits(page, 0))
    stage.shoot("data-derive-doubtful")
    if session.panel.review.isVisible():
        stage.click(session.panel.review)
        stage.shoot("data-derive-review")
    session.cancel()


def _digits(page: PrepPage, row: int) -> str:
    """The digits of a tail number: what a user would like to have."""
    return "".join(one for one in page.grid.cell_text(row, "tailnum") or "" if one.isdigit())


@screen("data-derive-conflict", "data", "Derive by example: examples that contradict each other")
def _(stage: Stage, props: Props) -> None:
    page = at_step(stage, props, 2)
    page.table.show_column("carrier")
    stage.click(page.toolbar.buttons["derive"])
    stage.until(lambda: isinstance(page.session, DeriveSession), "derive by example begins")
    stage.settle()
    session = page.session
    assert isinstance(session, DeriveSession)
    carriers = [page.grid.cell_text(row, "carrier") for row in range(30)]
    again = carriers.index(carriers[0], 1)
    type_into_cell(stage, page, 0, session.column, "United")
    type_into_cell(stage, page, again, session.column, "Continental")
    stage.shoot("data-derive-conflict")
    session.cancel()


@screen("data-filter", "data", "The editor of a filter")
def _(stage: Stage, props: Props) -> None:
    page = at_step(stage, props, 2)
    session = editing(stage, page, lambda: page.begin("filter", ("dep_delay",)))
    assert isinstance(session.editor, FilterEditor)
    row = session.editor.rows.rows[0]
    assert isinstance(row, ConditionRow)
    stage.choose(row.operator, "greater")
    stage.write(row.value, "60")
    stage.press("Add condition", session.host)
    second = session.editor.rows.rows[1]
    assert isinstance(second, ConditionRow)
    stage.choose(second.column, "origin")
    stage.write(second.value, "EWR")
    stage.shoot("data-filter")
    row.value.setText("an hour")
    stage.shoot("data-filter-wrong")
    session.cancel()


@screen("data-join", "data", "The editor of a join, with counts")
def _(stage: Stage, props: Props) -> None:
    page = opened(stage, props)
    flow = page.document.flow
    assert flow is not None
    join = next(step for step in flow.steps if step.op == "join")
    session = editing(stage, page, lambda: page.edit(join.id))
    editor = session.editor
    assert isinstance(editor, JoinEditor)
    stage.until(lambda: editor.counts.sentence() and "…" not in editor.counts.sentence(), "matches are counted", 60)
    stage.shoot("data-join")
    session.cancel()


@screen("data-convert", "data", "The editor of a conversion")
def _(stage: Stage, props: Props) -> None:
    page = at_step(stage, props, 1)
    session = editing(stage, page, lambda: page.begin("convert", ("time_hour",)))
    stage.shoot("data-convert")
    session.cancel()


@screen("data-summarize", "data", "The editor of a summary")
def _(stage: Stage, props: Props) -> None:
    page = at_step(stage, props, 2)
    session = editing(stage, page, lambda: page.begin("summarize", ("carrier",)))
    stage.press("Add aggregate", session.host)
    stage.settle()
    stage.choose(session.editor.rows.rows[1].column, "arr_delay")  # type: ignore[attr-defined]
    stage.shoot("data-summarize")
    session.cancel()


@screen("data-expression", "data", "A column from an expression")
def _(stage: Stage, props: Props) -> None:
    page = at_step(stage, props, 2)
    session = editing(stage, page, lambda: page.begin("expression", ()))
    fields = session.editor.findChildren(QLineEdit)
    fields[0].setText("speed")
    stage.write(fields[-1], "round(distance / air_time * 60, 1)")
    stage.shoot("data-expression")
    fields[-1].setText("round(distance / air_tim * 60, 1)")
    stage.shoot("data-expression-wrong")
    session.cancel()


@screen("data-sort", "data", "Editors of other steps")
def _(stage: Stage, props: Props) -> None:
    page = at_step(stage, props, 2)
    for op, columns in (("sort", ("dep_delay",)), ("replace", ("carrier",)), ("write_csv", ())):
        session = editing(stage, page, lambda op=op, columns=columns: page.begin(op, columns))  # type: ignore[misc]
        stage.shoot(f"data-sort-{op.replace('_', '-')}")
        session.cancel()
        stage.settle()


@screen("data-broken", "data", "A step that names a column that is not there")
def _(stage: Stage, props: Props) -> None:
    opened(stage, props, "carriers")
    stage.shoot("data-broken")
