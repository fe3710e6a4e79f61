"""The Runs activity: list, details and comparison, one at a time."""

from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import islice

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout

from workbench.desktop.commands import Command, PaletteItem, Provider
from workbench.desktop.context import AppContext
from workbench.desktop.runs.actions import RunActions
from workbench.desktop.runs.comparepage import ComparePage
from workbench.desktop.runs.detailspage import RunDetailsPage
from workbench.desktop.runs.groups import TRASH
from workbench.desktop.runs.listpage import RunsListPage
from workbench.desktop.runs.store import RunsStore
from workbench.desktop.runs.wording import STATUS_WORDS, run_title
from workbench.desktop.shell.activity import Activity
from workbench.schema import LineagePart, Run, RunSummary

_FOUND = 20


class RunsActivity(Activity):
    """Holds the store and the three pages. `open` takes a run's id, a lineage part, or a sequence of ids to compare."""

    id = "runs"
    title = "Runs"
    icon = "history"

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._lineage: tuple[LineagePart, ...] = ()
        self.store = RunsStore(context, self)
        self.actions_ = RunActions(context, self)
        self.actions_.patched.connect(self.store.put)
        self.actions_.moved.connect(self._reload)
        self.list = RunsListPage(context, self.store, self.actions_)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.list)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)
        self.list.run_opened.connect(self.show_run)
        self.list.compare_asked.connect(self.show_comparison)
        self._register_commands()
        self.store.reload()

    @cached_property
    def details(self) -> RunDetailsPage:
        """The page of one run, made when one is first shown: the list should not wait for it."""
        page = RunDetailsPage(self._context, self.store, self.actions_)
        page.back_asked.connect(self.show_list)
        page.compare_asked.connect(self._on_compare_asked)
        page.run_opened.connect(self.show_run)
        page.comparison_asked.connect(self.show_comparison)
        page.again_asked.connect(self._on_again_asked)
        page.register_asked.connect(self._on_register_asked)
        page.loaded.connect(self._on_details_loaded)
        self._pages.addWidget(page)
        return page

    @cached_property
    def compare(self) -> ComparePage:
        """The comparison, made when it is first shown."""
        page = ComparePage(self._context, self.store)
        page.back_asked.connect(self.show_list)
        page.run_opened.connect(self.show_run)
        page.lineage_changed.connect(self.lineage_changed)
        self._pages.addWidget(page)
        return page

    def _register_commands(self) -> None:
        commands = self._context.commands
        commands.register(
            Command(
                "runs.compare",
                "Compare runs",
                self._compare_chosen,
                icon="git-compare",
                keys=("Ctrl+Shift+D",),
                category="Runs",
                doc="Show the ticked runs side by side",
                scope=self,
            ),
            Command(
                "runs.delete",
                "Delete the chosen runs",
                self._delete_chosen,
                icon="trash-2",
                keys=("Delete",),
                category="Runs",
                doc="Move the ticked or selected runs of the list to the trash",
                scope=self.list.table,
            ),
            Command(
                "runs.trash", "Show the trash of runs", self._show_trash, icon="trash-2", category="Runs", doc="Show deleted runs"
            ),
            Command(
                "runs.bring-back",
                "Bring the chosen runs back from the trash",
                self.list.bring_back_chosen,
                icon="undo-2",
                when=self._in_trash,
                category="Runs",
                doc="Take the ticked or selected runs out of the trash",
                scope=self,
            ),
            Command(
                "runs.empty-trash",
                "Empty the trash of runs",
                self.list.empty_trash,
                icon="trash-2",
                category="Runs",
                doc="Delete for good what is in the trash, after asking",
            ),
            Command("runs.list", "Show all runs", self._go_to_list, icon="history", category="Runs", doc="Show the list of runs"),
            Command(
                "runs.reload", "Load the runs again", self._reload, icon="refresh-cw", keys=("F5",), category="Runs", scope=self
            ),
        )
        commands.add_provider(Provider("runs", "Runs", self._find, prefix="#"))

    # Activity

    def activate(self) -> None:
        if self._pages.currentWidget() is self.list:
            self.list.activate()
        else:
            self._reload()

    def open(self, target: LineagePart | str | object) -> None:
        if isinstance(target, LineagePart):
            self.show_run(target.id)
        elif isinstance(target, str) and target:
            self.show_run(target)
        elif isinstance(target, Sequence) and not isinstance(target, str):
            self.show_comparison([str(one) for one in target])
        else:
            self.show_list()

    def lineage(self) -> tuple[LineagePart, ...]:
        page = self._pages.currentWidget()
        return self._lineage if isinstance(page, RunDetailsPage) else page.lineage if isinstance(page, ComparePage) else ()

    def project_changed(self) -> None:
        self.show_list()

    # pages

    def show_list(self) -> None:
        self._show(self.list)
        self.list.activate()
        self.list.table.setFocus()

    def show_run(self, run_id: str) -> None:
        self._lineage = ()
        self.details.show_run(run_id)
        self._show(self.details)

    def show_comparison(self, ids: Sequence[str]) -> None:
        self.compare.set_ids(ids)
        self._show(self.compare)

    def _show(self, page: RunsListPage | RunDetailsPage | ComparePage) -> None:
        self._pages.setCurrentWidget(page)
        self.lineage_changed.emit()

    def _on_details_loaded(self, _run: Run, parts: tuple[LineagePart, ...]) -> None:
        if parts != self._lineage:
            self._lineage = parts
            self.lineage_changed.emit()

    def _on_compare_asked(self, run_id: str) -> None:
        ids = [one for one in self.list.table.checked_ids() if one != run_id]
        self.show_comparison([run_id, *ids])

    def _on_again_asked(self, run: Run) -> None:
        self.list.run_bar.propose(run.script, run.arguments, run.config.name, run.target)
        self.show_list()
        self.list.run_bar.arguments.setFocus()

    def _on_register_asked(self, run: Run, path: str) -> None:
        from workbench.desktop.models.registerdialog import RegisterDialog

        dialog = RegisterDialog(self._context, run, path, self.window())
        dialog.open()

    # commands

    def _compare_chosen(self) -> None:
        ids = self.list.compare_ids()
        if len(ids) > 1:
            self.show_comparison(ids)
        else:
            self._context.notifications.toast("Tick two or more runs of the list to compare them", kind="info")

    def _go_to_list(self) -> None:
        self._context.open_activity("runs")
        self.show_list()

    def _delete_chosen(self) -> None:
        if self._pages.currentWidget() is self.list:
            self.list.delete_chosen()

    def _in_trash(self) -> bool:
        return self._pages.currentWidget() is self.list and self.list.group == TRASH

    def _show_trash(self) -> None:
        self._context.open_activity("runs")
        self.show_list()
        self.list.show_trash()

    def _reload(self) -> None:
        self.store.reload()
        page = self._pages.currentWidget()
        if isinstance(page, RunDetailsPage | ComparePage):
            page.refresh()

    def _find(self, text: str) -> list[PaletteItem]:
        words = text.casefold().split()
        found = islice((run for run in self.store.runs if all(word in self.store.words(run) for word in words)), _FOUND)
        return [PaletteItem(run_title(run), self._opener(run.id), _detail(run), "history") for run in found]

    def _opener(self, run_id: str) -> Callable[[], object]:
        return lambda: self._context.open_activity("runs", run_id)


def _detail(run: RunSummary) -> str:
    return f"{STATUS_WORDS[run.status]} · {run.script}"
