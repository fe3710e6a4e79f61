"""Screens of Data: the list, the wizard for a source, the document of a source."""

from tests.screens.listing import Props, screen
from tests.screens.stage import Stage
from workbench.desktop.data.activity import DataActivity
from workbench.desktop.data.source_page import SourcePage


def data(stage: Stage) -> DataActivity:
    """The Data activity, in front."""
    stage.go("data")
    found = stage.window.activity("data")
    assert isinstance(found, DataActivity)
    return found


@screen("data-list", "data", "The project's data, none opened")
def _(stage: Stage, props: Props) -> None:
    data(stage)
    stage.shoot("data-list")


@screen("data-wizard", "data", "Add a data source, page by page")
def _(stage: Stage, props: Props) -> None:
    activity = data(stage)
    activity.add_source()
    wizard = activity.wizard
    assert wizard is not None
    stage.shoot("data-wizard-file-empty")
    stage.write(wizard.file_page.path, str(props.project / "data" / "weather.csv"))
    wizard.file_page.path.returnPressed.emit()
    stage.until(wizard.finish_button.isEnabled, "the format is detected")
    stage.shoot("data-wizard-file")
    stage.press("Next", wizard)
    stage.shoot("data-wizard-format")
    stage.press("Next", wizard)
    stage.shoot("data-wizard-types")


@screen("data-wizard-bad", "data", "Add a data source: a file that holds no table")
def _(stage: Stage, props: Props) -> None:
    activity = data(stage)
    activity.add_source()
    wizard = activity.wizard
    assert wizard is not None
    stage.write(wizard.file_page.path, str(props.scratch / "scan.csv"))
    wizard.file_page.path.returnPressed.emit()
    stage.settle()
    stage.until(lambda: wizard.file_page.sentence and "…" not in wizard.file_page.sentence, "the file is refused")
    stage.shoot("data-wizard-bad")


@screen("data-source", "data", "A data source: grid, profiles, inspector")
def _(stage: Stage, props: Props) -> None:
    activity = data(stage)
    activity.open_path(props.project / "data" / "flights.wbsource")
    stage.until(lambda: isinstance(activity.page, SourcePage) and activity.page.data.view is not None, "the source opens")
    stage.settle()
    page = activity.page
    assert page is not None
    page.table.show_column("dep_delay")
    stage.shoot("data-source")
    page.table.show_column("carrier")
    stage.shoot("data-source-text-column")
