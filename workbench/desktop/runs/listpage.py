"""The list of runs: all or one script's, with the columns that the user chose."""

from collections import Counter
from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from workbench.desktop.context import AppContext
from workbench.desktop.icons import icon
from workbench.desktop.runs.actions import RunActions
from workbench.desktop.runs.columnchooser import ColumnChooser
from workbench.desktop.runs.columns import FIXED, OF_TRASH, RunColumn, available_columns, first_columns, is_constant
from workbench.desktop.runs.groups import ALL, TRASH, of_group, side_items
from workbench.desktop.runs.runbar import RunBar
from workbench.desktop.runs.store import RunsStore
from workbench.desktop.runs.tablecolumns import table_column
from workbench.desktop.runs.wording import made_here
from workbench.desktop.widgets import (
    EmptyState,
    HLine,
    PageHeader,
    RecordTable,
    SearchBox,
    Splitter,
    StateStack,
    button,
    label,
    surface,
)
from workbench.desktop.widgets.sidelist import SideList
from workbench.schema import Run, RunStatus, RunSummary

_TICK_MS = 1000
_GOING = (RunStatus.RUNNING, RunStatus.PREPARING, RunStatus.QUEUED)


class RunsListPage(QWidget):
    """Shows the store's runs; asks for details and comparisons by signals."""

    run_opened = Signal(str)
    compare_asked = Signal(object)

    def __init__(self, context: AppContext, store: RunsStore, actions: RunActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._store = store
        self._actions = actions
        self._chosen: list[str] | None = None
        self._shown_keys: list[str] = []
        self._text = ""
        self._build()
        store.changed.connect(self._on_store_changed)
        store.failed.connect(self._on_store_failed)
        self._ticker = QTimer(self)
        self._ticker.setInterval(_TICK_MS)
        self._ticker.timeout.connect(self._on_tick)

    def _build(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self.header = PageHeader("Runs")
        self.compare_button = button("Compare", self._compare, icon="git-compare", tooltip="Show the ticked runs side by side")
        self.compare_button.setEnabled(False)
        self.header.add_action(self.compare_button)
        outer.addWidget(self.header)
        bar = surface()
        inner = QVBoxLayout(bar)
        inner.setContentsMargins(20, 10, 16, 10)
        self.run_bar = RunBar(self._context, self, "runs.run")
        self.run_bar.submitted.connect(self._on_submitted)
        inner.addWidget(self.run_bar)
        outer.addWidget(bar)
        outer.addWidget(HLine())
        split = Splitter("runs-list", Qt.Orientation.Horizontal)
        self.side = SideList("Groups of runs")
        self.side.setMinimumWidth(150)
        self.side.chosen.connect(self._on_group_chosen)
        split.addWidget(self.side)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._toolbar())
        column.addWidget(HLine())
        self.table = RecordTable(
            [table_column(RunColumn(key)) for key in FIXED],
            lambda run: run.id,
            checkable=True,
            empty="No runs here",
        )
        self.table.activated.connect(self._on_activated)
        self.table.menu_requested.connect(self._on_menu)
        self.table.checked_changed.connect(self._on_checked)
        self.table.selection_changed.connect(self._on_checked)
        self.table.view.clicked.connect(self._on_clicked)
        self.table.link_clicked.connect(self.search.clear)
        self.table.hovered.connect(self._store.ask_details)
        column.addWidget(self.table, 1)
        split.addWidget(right)
        split.setStretchFactor(1, 1)
        split.set_initial([200, 1000])
        self.stack = StateStack(split)
        outer.addWidget(self.stack, 1)
        self.stack.show_loading("Loading the runs")

    def _toolbar(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(12, 8, 16, 8)
        row.setSpacing(10)
        self.search = SearchBox("Filter by name, script, status, parameter…")
        self.search.search_changed.connect(self._on_search)
        self.search.setMaximumWidth(360)
        row.addWidget(self.search, 1)
        self.count = label("", "muted")
        row.addWidget(self.count)
        row.addStretch(1)
        self.bring_back_button = button("Bring back", self.bring_back_chosen, icon="undo-2")
        self.bring_back_button.setToolTip("Take the chosen runs out of the trash")
        row.addWidget(self.bring_back_button)
        self.empty_button = button("Empty the trash…", self.empty_trash, kind="danger", icon="trash-2")
        row.addWidget(self.empty_button)
        self.nested = QCheckBox("Nested runs")
        self.nested.setToolTip("Show the trials of sweeps, and other runs below a run, as rows of their own")
        self.nested.toggled.connect(self._refresh)
        row.addWidget(self.nested)
        self.hide_constant = QCheckBox("Hide constant columns")
        self.hide_constant.setToolTip("Leaves out parameters and metrics that are the same for all shown runs")
        self.hide_constant.toggled.connect(self._show_runs)
        row.addWidget(self.hide_constant)
        self.columns_button = button("Columns", self._choose_columns, kind="ghost", icon="columns-3")
        row.addWidget(self.columns_button)
        return row

    def activate(self) -> None:
        """The page came to the front."""
        self.run_bar.reload()
        self._on_tick()
        self._ticker.start()

    @property
    def group(self) -> str:
        """The chosen group of runs."""
        return self.side.current_id() or ALL

    def visible_runs(self) -> list[RunSummary]:
        """The runs of the chosen group that match the filter; those below another one only where they are asked for."""
        return self._found(of_group(self._store, self.group))

    def _found(self, runs: list[RunSummary]) -> list[RunSummary]:
        store, words = self._store, self._text.casefold().split()
        if words:
            return [run for run in runs if _has_all(store.words(run), words)]
        if self.nested.isChecked() or not store.has_nested:
            return runs
        return [run for run in runs if run.parent_id is None or not store.is_below(run)]

    # what changed

    def _on_store_changed(self) -> None:
        if not self._store.loaded:
            self.stack.show_loading("Loading the runs")
            return
        if not self._store.runs and not (self._store.trash and self.group == TRASH):
            self.header.set_subtitle("")
            self.stack.show_empty(
                EmptyState(
                    "history",
                    "No runs yet",
                    "Each run keeps its code, parameters, metrics, log and outputs. Choose a script above and press Run.",
                    ("Run", self.run_bar.run),
                    ("Show the trash", self.show_trash) if self._store.trash else None,
                    shortcut="Ctrl+R",
                )
            )
            return
        self.stack.show_content()
        self._refresh()

    def _on_store_failed(self, error: Exception) -> None:
        if not self._store.loaded:
            self.stack.show_error(error, self._store.reload)

    def _refresh(self) -> None:
        """The runs have changed, or what of them is shown."""
        store = self._store
        self.nested.setVisible(store.has_nested)
        self.side.set_items(side_items(store, nested=self.nested.isChecked()))
        if not self.side.current_id():
            self.side.choose(ALL)
        self.header.set_subtitle(self._told(store.runs))
        self._show_runs()

    def _show_runs(self) -> None:
        """Fills the table with the chosen group's runs that match the filter."""
        everything = of_group(self._store, self.group)
        runs = self._found(everything)
        trash = self.group == TRASH
        none = f"0 of {len(everything):,} runs match. <a href='clear'>Clear the filter</a>"
        self.table.set_empty_text(none if self._text and everything else "No runs here")
        columns = self._columns(runs)
        keys = [column.key for column in columns]
        if keys != self._shown_keys:
            self._shown_keys = keys
            self.table.set_columns([table_column(column) for column in columns], runs)
        else:
            self.table.set_records(runs)
        for made in (self.bring_back_button, self.empty_button):
            made.setVisible(trash)
        self.hide_constant.setVisible(not trash)
        self.columns_button.setVisible(not trash)
        self._on_checked()
        self.count.setText(f"{len(runs):,} of {len(everything):,} runs" if self._text and len(runs) != len(everything) else "")

    def _told(self, runs: Sequence[RunSummary]) -> str:
        """How many runs there are, and how many of them are in which state before their end."""
        states = Counter(run.status for run in runs if run.status in _GOING)
        parts = [f"{len(runs) + self._store.unseen:,} run{'s' if len(runs) != 1 else ''}"]
        if nested := sum(run.parent_id is not None and self._store.is_below(run) for run in runs):
            parts.append(f"{nested:,} of them nested")
        if self._store.unseen:
            parts.append(f"the newest {len(runs):,} are shown")
        return " · ".join([*parts, *(f"{states[state]:,} {state.value}" for state in _GOING if states[state])])

    def _columns(self, runs: Sequence[RunSummary]) -> list[RunColumn]:
        if self.group == TRASH:
            columns = list(map(RunColumn, OF_TRASH))
        elif self._chosen is None:
            columns = list(first_columns(runs or self._store.runs))
        else:
            known = {column.key for column in available_columns(self._store.runs)}
            columns = [RunColumn(key) for key in self._chosen if key in known]
        if self.hide_constant.isChecked() and self.group != TRASH:
            columns = [column for column in columns if column.key in FIXED[:3] or not is_constant(column, runs)]
        return columns

    def _on_tick(self) -> None:
        """Durations of live runs and `5 min ago` go on while one looks."""
        if not self.isVisible():
            self._ticker.stop()
            return
        self.table.view.viewport().update()

    # what the user does

    def _on_search(self, text: str) -> None:
        self._text = text
        self._show_runs()

    def _on_group_chosen(self, _group: str) -> None:
        self._show_runs()

    def _on_activated(self, run: RunSummary) -> None:
        self.run_opened.emit(run.id)

    def _on_clicked(self, index: QModelIndex) -> None:
        """The number is a link."""
        column = self.table.model.column_at(index.column())
        if column is not None and column.kind == "link":
            self.run_opened.emit(self.table.model.shown[index.row()].id)

    def _on_submitted(self, run: Run) -> None:
        self._store.put(run)

    def _on_checked(self) -> None:
        count = len(self.table.model.checked)
        self.compare_button.setEnabled(count > 1)
        self.compare_button.setText(f"Compare {count}" if count > 1 else "Compare")
        self.bring_back_button.setEnabled(self.group == TRASH and (count > 0 or self.table.view.selectionModel().hasSelection()))

    def compare_ids(self) -> list[str]:
        """The ticked runs, else the selected ones."""
        ids = list(self.table.checked_ids())
        return ids if len(ids) > 1 else list(self.table.selected_ids())

    def _compare(self) -> None:
        if len(ids := self.compare_ids()) > 1:
            self.compare_asked.emit(ids)

    def _choose_columns(self) -> None:
        dialog = ColumnChooser(available_columns(self._store.runs), self._shown_keys, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.columns_changed.connect(self._on_columns_chosen)
        dialog.open()

    def _on_columns_chosen(self, keys: list[str]) -> None:
        self._chosen = keys
        self._refresh()

    def _chosen_runs(self) -> list[RunSummary]:
        """The ticked runs, else the selected ones."""
        ids = set(self.table.checked_ids()) or set(self.table.selected_ids())
        return [run for run in self.table.records if run.id in ids]

    def delete_chosen(self) -> None:
        """Moves the ticked or selected runs to the trash."""
        if self.group != TRASH:
            self._actions.delete(self._chosen_runs(), self._store.reload)

    def bring_back_chosen(self) -> None:
        """Takes the ticked or selected runs out of the trash."""
        self._actions.bring_back([run for run in self._chosen_runs() if run.deleted is not None])

    def show_trash(self) -> None:
        """Shows what was deleted, or says that there is nothing."""
        if not self._store.trash:
            self._context.notifications.toast("The trash is empty", kind="info")
            return
        self.side.set_items(side_items(self._store, nested=self.nested.isChecked()))
        self.side.choose(TRASH)
        self._on_store_changed()
        self.table.setFocus()

    def empty_trash(self) -> None:
        """Deletes for good what is in the trash, after asking."""
        if self._store.trash:
            self._actions.empty_trash(self._store.trash, self._store.reload)
        else:
            self._context.notifications.toast("The trash is empty", kind="info")

    def _targets(self, run: RunSummary) -> list[RunSummary]:
        """The selected runs when the menu is on one of them, else that one."""
        ids = set(self.table.selected_ids()) | set(self.table.checked_ids())
        return [other for other in self.table.records if other.id in ids] if run.id in ids else [run]

    def _on_menu(self, run: RunSummary, at: QPoint) -> None:
        self.menu_for(run).popup(at)

    def menu_for(self, run: RunSummary) -> QMenu:
        """The context menu of a run of the list."""
        runs = self._targets(run)
        ids = [other.id for other in runs]
        acts = self._actions
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(icon("arrow-right"), "Open", lambda: self.run_opened.emit(run.id))
        if run.deleted is not None:
            menu.addAction(icon("undo-2"), "Bring back", lambda: acts.bring_back(runs))
            menu.addAction(icon("copy"), "Copy id", lambda: acts.copy_id(run))
            return menu
        compare = menu.addAction(
            icon("git-compare"),
            f"Compare {len(ids)} runs" if len(ids) > 1 else "Compare runs",
            lambda: self.compare_asked.emit(ids),
        )
        compare.setEnabled(len(ids) > 1)
        menu.addSeparator()
        cancel = menu.addAction(icon("circle-stop"), "Cancel", lambda: acts.cancel_all(runs))
        cancel.setEnabled(any(not other.status.is_final and made_here(other) for other in runs))
        if made_here(run):
            again = icon("rotate-ccw")
            menu.addAction(again, "Run again…", lambda: self.run_bar.propose(run.script, run.arguments, target=run.target))
            menu.addAction(icon("history"), "Restore files of the snapshot…", lambda: acts.restore(run))
        menu.addSeparator()
        menu.addAction(icon("folder-open"), "Open the folder of outputs", lambda: acts.open_outputs(run))
        menu.addAction(icon("copy"), "Copy id", lambda: acts.copy_id(run))
        menu.addSeparator()
        if run.archived:
            menu.addAction(icon("undo-2"), "Bring back from the archive", lambda: acts.archive(runs, archived=False))
        else:
            menu.addAction(icon("archive"), "Archive", lambda: acts.archive(runs))
        menu.addAction(icon("trash-2", "bad"), "Delete", lambda: acts.delete(runs, self._store.reload))
        return menu


def _has_all(text: str, words: Sequence[str]) -> bool:
    return all(word in text for word in words)
