"""The Data activity: the list at the left, the open documents, and what can be done with files."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QPoint, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMenu, QStackedWidget, QVBoxLayout, QWidget

from workbench.desktop.data import catalog as catalogs
from workbench.desktop.data.catalog import Catalog, Item
from workbench.desktop.data.commands import register_commands
from workbench.desktop.data.data_list import DataList
from workbench.desktop.data.editors.join import Other
from workbench.desktop.data.flow_data import make_engine
from workbench.desktop.data.menus import add
from workbench.desktop.data.prep_page import PrepPage
from workbench.desktop.data.samples import add_samples, lacking
from workbench.desktop.data.source_page import SourcePage
from workbench.desktop.data.wizard.wizard import AddSourceWizard
from workbench.desktop.notifications import NoticeAction
from workbench.desktop.opening import open_text
from workbench.desktop.operations import Progress
from workbench.desktop.shell.activity import Activity
from workbench.desktop.widgets import EmptyState, ErrorState, LoadingState, Splitter
from workbench.projects.trash import Trashed, move_to_trash
from workbench.schema import JobRequest, LineagePart

if TYPE_CHECKING:
    from workbench.dataprep.engine import Engine
    from workbench.dataprep.package import Package
    from workbench.dataprep.sources import DataSource
    from workbench.dataprep.steps import StepBase
    from workbench.desktop.context import AppContext
    from workbench.schema import Run

Page = SourcePage | PrepPage
_EMPTY_TITLE = "Bring in your data"
_EMPTY_TEXT = "Add a CSV, text or Parquet file. Workbench finds out how to read it; you clean it by showing examples."


class DataActivity(Activity):
    """Opens each file once and keeps its page; one engine a project, shared by all pages."""

    id = "data"
    title = "Data"
    icon = "database"

    def __init__(self, context: "AppContext") -> None:
        super().__init__()
        self._context = context
        self._engine: Engine | None = None
        self._pages: dict[Path, Page] = {}
        self._wanted: Path | None = None
        self._begin: StepBase | None = None
        self._save_failed = False
        self.wizard: AddSourceWizard | None = None
        self.list = DataList()
        self.stack = QStackedWidget()
        self._empty = self._make_empty()
        self._other: QWidget | None = None
        self.stack.addWidget(self._empty)
        split = Splitter("data")
        split.addWidget(self.list)
        split.addWidget(self.stack)
        split.setStretchFactor(1, 1)
        split.set_initial([220, 1100])
        self.list.setMinimumWidth(180)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(split)
        self.list.open_asked.connect(self._on_open)
        self.list.rename_asked.connect(self._on_rename)
        self.list.delete_asked.connect(self._on_delete)
        self.list.menu_asked.connect(self._on_menu)
        self.list.add_asked.connect(self._on_add)
        register_commands(context, self)
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(self.close_all)
        self.project_changed()

    # -- what the window asks

    def activate(self) -> None:
        self.reload()
        page = self.page
        (page.table.grid.view if page is not None else self.list.list).setFocus()

    def open(self, target: LineagePart | str | object) -> None:
        path = Path(target.id if isinstance(target, LineagePart) else str(target))
        project = self._context.project
        if not path.is_absolute() and project is not None:
            path = project.folder / path
        if catalogs.kind_of(path) is None and project is not None:  # a data file: show the source that reads it
            found = next((item.path for item in self.list.catalog.sources if item.path.stem == path.stem), None)
            path = found or path
        self.open_path(path)

    def lineage(self) -> tuple[LineagePart, ...]:
        page = self.page
        if isinstance(page, SourcePage):
            return (LineagePart(kind="data", id=str(page.path), title=page.source.name),)
        if isinstance(page, PrepPage):
            part = LineagePart(kind="preparation", id=str(page.document.path), title=page.document.path.stem)
            return (*self._sources_of(page), part)
        return ()

    def project_changed(self) -> None:
        self.close_all(wait=False)
        self.list.set_catalog(Catalog())
        self._show_empty()
        self.reload()

    def may_close(self) -> bool:
        """What cannot be saved keeps the window open once, with a sentence; closing it again lets it go."""
        from workbench.base.errors import WorkbenchError

        failed = False
        for page in [page for page in self._pages.values() if isinstance(page, PrepPage)]:
            try:
                page.document.flush()
            except WorkbenchError as error:
                failed = True
                if not self._save_failed:
                    self._context.notifications.error(error, f"Saving {page.document.path.name}; close again to leave without it")
        again, self._save_failed = self._save_failed, failed
        return again or not failed

    # -- documents

    @property
    def page(self) -> Page | None:
        """The document in front."""
        widget = self.stack.currentWidget()
        return widget if isinstance(widget, SourcePage | PrepPage) else None

    @property
    def prep(self) -> PrepPage | None:
        """The preparation in front."""
        page = self.page
        return page if isinstance(page, PrepPage) else None

    def engine(self) -> "Engine":
        """The project's engine; also called in workers."""
        if self._engine is None:
            assert self._context.project is not None  # noqa: S101 (no page without a project)
            self._engine = make_engine(self._context.project.folder, self._context.paths.cache)
        return self._engine

    def reload(self) -> None:
        """Reads the project's files anew."""
        project = self._context.project
        if project is not None:
            self._context.operations.run(
                "Listing the data",
                lambda _p: catalogs.read_catalog(project),
                self._on_catalog,
                exclusive="data-catalog",
                quiet=True,
            )

    def open_path(self, path: Path) -> None:
        """Shows a source or preparation."""
        self._wanted = path
        if (page := self._pages.get(path)) is not None:
            self._show(page)
            return
        kind = catalogs.kind_of(path)
        self._show_other(LoadingState(f"Opening {path.name}"))
        if kind == "source":
            self._context.operations.run(
                f"Opening {path.name}", lambda _p: (path, _load_source(path)), self._on_source, self._on_bad
            )
        elif kind == "preparation":
            self._context.operations.run(
                f"Opening {path.name}", lambda _p: (path, _load_package(path)), self._on_package, self._on_bad
            )
        else:
            from workbench.base.errors import UserError

            sentence = f"{path.name} is neither a data source nor a preparation, and no data source here reads it."
            self._on_bad(UserError(sentence, hint="Add it as a data source to look at it.", place=str(path)))

    def close_all(self, *, wait: bool = True) -> None:
        """Writes what is not written, lets all data go; without `wait` the engine ends in the background."""
        for page in self._pages.values():
            page.close_document()
            self.stack.removeWidget(page)
            page.deleteLater()
        self._pages = {}
        engine, self._engine = self._engine, None
        if engine is None:
            return
        if wait or self._context.operations.run("Closing the data", lambda _p: engine.close(), quiet=True).ended:
            engine.close()

    # -- acts, also as commands

    def add_source(self) -> None:
        """Opens the wizard."""
        folder = self._data_folder()
        if folder is None:
            return
        start = folder if folder.is_dir() else folder.parent
        self.wizard = AddSourceWizard(self._context.operations, folder, start, self.window())
        self.wizard.saved.connect(self._on_source_saved)
        self.wizard.open()

    def add_samples(self) -> None:
        """Writes the shipped flights and weather into the project and shows the flights."""
        if (folder := self._data_folder()) is not None:
            self._context.operations.run(
                "Adding the sample data", lambda progress: add_samples(folder, progress), self._on_samples, exclusive="data-samples"
            )

    def samples_lacking(self) -> bool:
        """Whether the project could still get sample data."""
        return self._context.project is not None and lacking(frozenset(item.name for item in self.list.catalog.sources))

    def new_preparation(self, source: Path | None = None, begin: "StepBase | None" = None) -> None:
        """Makes a preparation of a source (the one in front without any) and opens it."""
        project = self._context.project
        if project is None:
            return
        if source is None:
            page = self.page
            source = page.path if isinstance(page, SourcePage) else next((i.path for i in self.list.catalog.sources), None)
        if source is None:
            self.add_source()
            return
        chosen, self._begin = source, begin

        def make(_progress: Progress) -> Path:
            from workbench.dataprep.package import Dataflow, FileRef, Package

            path = catalogs.free_path(chosen.parent, chosen.stem, "preparation")
            flow = Dataflow(name=chosen.stem, source=FileRef(path=chosen.name))
            Package(flows=(flow,)).save(path)
            return path

        self._context.operations.run("Making the preparation", make, self._on_new_file)

    def run_job(self) -> None:
        """Submits the preparation in front."""
        page, project = self.prep, self._context.project
        if page is None or project is None:
            return
        page.document.flush()
        script = page.document.path.relative_to(project.folder).as_posix()
        request = JobRequest(project=str(project.folder), script=script)
        page.toolbar.run.setEnabled(False)

        def submit(client: Any, _progress: Progress) -> "Run":
            run: Run = client.submit(request)
            return run

        self._context.call(f"Submitting {page.document.path.name}", submit, self._on_submitted, self._on_not_submitted)

    def make_code(self, path: Path | None = None) -> None:
        """Writes a Python file that reads the data of a source or preparation."""
        page, project = self.page, self._context.project
        wanted = path or (page.document.path if isinstance(page, PrepPage) else page.path if page is not None else None)
        if wanted is None or project is None:
            return
        flow = (
            page.document.flow.name if isinstance(page, PrepPage) and page.document.path == wanted and page.document.flow else None
        )

        def write(_progress: Progress) -> Path:
            from workbench.desktop.data.codefile import write_code

            return write_code(wanted, flow)

        self._context.operations.run("Writing the code", write, self._on_code)

    def find_column(self) -> None:
        """Puts the cursor into the column search."""
        if self.page is not None:
            self.page.table.find_column()

    # -- answers

    def _on_catalog(self, catalog: Catalog) -> None:
        self.list.set_catalog(catalog)
        if catalog.items:
            self._empty.set_text(
                "Choose your data at the left", "Open a source to look at its columns, or a preparation to go on with it."
            )
        else:
            self._empty.set_text(_EMPTY_TITLE, _EMPTY_TEXT)
        page = self.page
        if page is not None:
            self.list.select(self._path_of(page))

    def _on_source(self, answer: "tuple[Path, DataSource]") -> None:
        path, source = answer
        page = SourcePage(self._context, path, source, self.engine)
        page.prepare_asked.connect(lambda step, p=path: self.new_preparation(p, step))
        page.code_asked.connect(self.make_code)
        self._add_page(path, page)

    def _on_package(self, answer: "tuple[Path, Package]") -> None:
        path, package = answer
        page = PrepPage(self._context, path, package, self.engine, lambda p=path: self._others(p))  # type: ignore[misc]
        page.run_asked.connect(self.run_job)
        page.code_asked.connect(self.make_code)
        page.state_changed.connect(self._on_page_changed)
        self._add_page(path, page)
        if self._begin is not None:
            step, self._begin = self._begin, None
            page.add_step(step, step.describe())

    def _on_bad(self, error: Exception) -> None:
        wanted = self._wanted
        self._show_other(ErrorState(error, (lambda: self.open_path(wanted)) if wanted is not None else None))

    def _on_source_saved(self, path: Path) -> None:
        self._context.notifications.toast(f"Added the data source {path.stem}")
        self._on_new_file(path)

    def _on_samples(self, paths: tuple[Path, ...]) -> None:
        self._context.notifications.toast("Added the sample data flights and weather")
        self._on_new_file(paths[0])

    def _on_new_file(self, path: Path) -> None:
        self.reload()
        self.open_path(path)

    def _on_submitted(self, run: "Run") -> None:
        if self.prep is not None:
            self.prep.toolbar.run.setEnabled(True)
        act = NoticeAction("Open run", lambda: self._context.open_activity("runs", run.id))
        self._context.notifications.toast(f"Run {run.number} was submitted", kind="info", action=act)

    def _on_not_submitted(self, error: Exception) -> None:
        if self.prep is not None:
            self.prep.toolbar.run.setEnabled(True)
        self._context.notifications.error(error, "Submitting the preparation")

    def _on_code(self, path: Path) -> None:
        act = NoticeAction("Open", lambda: open_text(self._context, path))
        self._context.notifications.toast(f"Wrote {path.name}", action=act)

    def _on_page_changed(self) -> None:
        self.lineage_changed.emit()
        self._context.commands.refresh()

    # -- the list

    def _on_open(self, item: Item) -> None:
        self.open_path(item.path)

    def _on_rename(self, item: Item, text: str) -> None:
        page = self._pages.get(item.path)
        if isinstance(page, PrepPage):
            page.document.flush()

        def work(_progress: Progress) -> tuple[Path, Path]:
            return item.path, catalogs.rename_file(item.path, text)

        self._context.operations.run("Renaming", work, self._on_renamed, self._on_rename_failed)

    def _on_renamed(self, paths: tuple[Path, Path]) -> None:
        before, after = paths
        self._forget(before)  # only now: what cannot be renamed stays open
        self._on_new_file(after)

    def _on_rename_failed(self, error: Exception) -> None:
        self._context.notifications.error(error, "Renaming")
        self.reload()

    def _on_delete(self, item: Item) -> None:
        project = self._context.project
        if project is None:
            return
        self._forget(item.path)
        folder = project.folder
        self._context.operations.run("Deleting", lambda _p: move_to_trash(folder, item.path), self._on_deleted)

    def _on_deleted(self, trashed: Trashed) -> None:
        self.reload()
        if self.page is None:
            self._show_empty()
        act = NoticeAction("Undo", lambda: self._restore(trashed))
        self._context.notifications.toast(f"{trashed.original.name} is in the project's trash", kind="info", action=act)

    def _restore(self, trashed: Trashed) -> None:
        self._context.operations.run("Restoring", lambda _p: trashed.restore(), self._on_new_file)

    def _on_menu(self, item: Item, place: QPoint) -> None:
        menu = QMenu(self)
        add(menu, "Open", lambda: self.open_path(item.path), "folder-open", "Enter")
        if item.kind == "source":
            add(menu, "Prepare", lambda: self.new_preparation(item.path), "wand-sparkles")
        add(menu, "Generate data access code", lambda: self.make_code(item.path), "code")
        menu.addSeparator()
        add(menu, "Rename", lambda: self.list.rename(item), "pencil", "F2")
        add(menu, "Show in folder", lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(item.path.parent))), "external-link")
        menu.addSeparator()
        add(menu, "Delete", lambda: self._on_delete(item), "trash-2", "Del")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)

    def _on_add(self, place: QPoint) -> None:
        menu = QMenu(self)
        add(menu, "Add data source", self.add_source, "database", "Ctrl+Shift+A")
        if self.samples_lacking():
            add(menu, "Add sample data: flights and weather", self.add_samples, "download")
        menu.addSeparator()
        for item in self.list.catalog.sources:
            add(menu, f"New preparation of {item.name}", lambda p=item.path: self.new_preparation(p), "wand-sparkles")  # type: ignore[misc]
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)

    # -- inside

    def _data_folder(self) -> Path | None:
        """Where new sources go; it need not exist yet."""
        project = self._context.project
        return project.folder / "data" if project is not None else None

    def _others(self, path: Path) -> tuple[Other, ...]:
        """The project's sources, as the package at `path` refers to them."""
        from workbench.dataprep.sources import relative_path

        return tuple(Other(item.name, source=relative_path(item.path, path.parent)) for item in self.list.catalog.sources)

    def _sources_of(self, page: PrepPage) -> tuple[LineagePart, ...]:
        found: dict[str, LineagePart] = {}
        for flow in page.document.package.flows:
            paths = [flow.source.path] if flow.source.kind == "file" else []
            paths += [source for step in flow.steps if (source := getattr(step, "source", ""))]
            for path in paths:
                place = (page.document.path.parent / path).resolve()
                found[str(place)] = LineagePart(kind="data", id=str(place), title=Path(path).stem)
        return tuple(found.values())

    def _add_page(self, path: Path, page: Page) -> None:
        self._pages[path] = page
        self.stack.addWidget(page)
        if self._wanted == path:
            self._show(page)

    def _show(self, page: QWidget) -> None:
        self.stack.setCurrentWidget(page)
        if self._other is not None and self._other is not page:
            self.stack.removeWidget(self._other)
            self._other.deleteLater()
            self._other = None
        if isinstance(page, SourcePage | PrepPage):
            self.list.select(self._path_of(page))
        self.lineage_changed.emit()
        self._context.commands.refresh()

    def _show_other(self, widget: QWidget) -> None:
        self.stack.addWidget(widget)
        self._show(widget)
        self._other = widget

    def _show_empty(self) -> None:
        self._wanted = None
        self._show(self._empty)
        self.list.select(None)

    def _forget(self, path: Path) -> None:
        page = self._pages.pop(path, None)
        if page is not None:
            page.close_document()
            self.stack.removeWidget(page)
            page.deleteLater()
            self._show_empty()

    @staticmethod
    def _path_of(page: Page) -> Path:
        return page.document.path if isinstance(page, PrepPage) else page.path

    def _make_empty(self) -> EmptyState:
        return EmptyState(
            "database",
            _EMPTY_TITLE,
            _EMPTY_TEXT,
            ("Add data source", self.add_source),
            ("Add sample data", self.add_samples),
            shortcut="Ctrl+Shift+A",
        )


def _load_source(path: Path) -> "DataSource":
    from workbench.dataprep.sources import DataSource

    return DataSource.load(path)


def _load_package(path: Path) -> "Package":
    from workbench.dataprep.package import Package

    return Package.load(path)


__all__ = ["DataActivity"]
