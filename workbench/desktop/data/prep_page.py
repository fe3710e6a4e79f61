"""The preparation document: dataflows, toolbar, panel, grid, steps and inspector, wired to the package."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from workbench.desktop.data import edits
from workbench.desktop.data.derive_session import DeriveSession
from workbench.desktop.data.document import PrepDocument
from workbench.desktop.data.edit_session import EditSession
from workbench.desktop.data.editors.join import JoinEditor, Other
from workbench.desktop.data.editors.tables import WriteEditor
from workbench.desktop.data.flow_actions import FlowActions
from workbench.desktop.data.flow_data import FlowData
from workbench.desktop.data.flow_strip import FlowStrip
from workbench.desktop.data.menus import add, cell_menu, column_menu
from workbench.desktop.data.step_actions import StepActions
from workbench.desktop.data.steps_pane import StepsPane
from workbench.desktop.data.table_pane import TablePane
from workbench.desktop.data.toolbar import PrepToolbar
from workbench.desktop.data.transforms import BY_OP
from workbench.desktop.grid import DataGrid
from workbench.desktop.widgets import EmptyState, HLine, Splitter

if TYPE_CHECKING:
    from workbench.dataprep.engine import Engine
    from workbench.dataprep.engine.views import TableView
    from workbench.dataprep.package import Package
    from workbench.dataprep.steps import Condition, Derive, StepBase
    from workbench.desktop.context import AppContext
    from workbench.desktop.data.inspector import Bar


class PrepPage(QWidget):
    """One open `.wbprep`. Everything that changes the package goes through the document's undo stack."""

    run_asked = Signal()
    code_asked = Signal()
    back_asked = Signal(str)
    """The path of the flow's source file, to be opened."""
    state_changed = Signal()

    def __init__(
        self,
        context: "AppContext",
        path: Path,
        package: "Package",
        engine: "Callable[[], Engine]",
        others: Callable[[], tuple[Other, ...]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self.document = PrepDocument(path, package, context.operations, self)
        self.data = FlowData(engine, context.operations, self)
        self.data.sample_rows = context.settings.sample_rows
        self.strip = FlowStrip()
        self.toolbar = PrepToolbar(path.stem)
        self.table = TablePane(self.data, context.operations)
        self.steps = StepsPane()
        self._step_actions = StepActions(self, self.document, context.notifications, self.edit, self.end_session)
        self._flow_actions = FlowActions(self, self.document, context.notifications, others)
        self.session: EditSession | DeriveSession | None = None
        self._pending: tuple[str, tuple[str, ...], StepBase | None, int] | None = None
        self._prefill: Callable[[object], object] | None = None
        self._shown: tuple[str, int] = ("", -1)
        self._revealed = ""
        self._build()
        self._connect()
        self._show_package()
        self.refresh()

    # -- what the activity's commands call

    @property
    def grid(self) -> DataGrid:
        """The grid of the document."""
        return self.table.grid

    def begin(self, op: str, columns: tuple[str, ...] | None = None, *, prefill: Callable[[object], object] | None = None) -> None:
        """Opens the editor of a new step behind the current one."""
        if self.document.flow is None:
            return
        self.end_session()
        chosen = columns if columns is not None else self.table.selected()
        self._prefill = prefill
        self._open(op, chosen, None, self.document.applied)

    def edit(self, step_id: str) -> None:
        """Opens the editor of a step over the data before it."""
        flow = self.document.flow
        if flow is None:
            return
        self.end_session()
        index = edits.step_index(flow, step_id)
        step = flow.steps[index]
        self._prefill = None
        if step.op in BY_OP:
            self._open(step.op, (), step, index)

    def add_step(self, step: "StepBase", text: str) -> None:
        """Adds a finished step behind the current one."""
        self.end_session()
        self.document.add_step(step, text)

    def remove_columns(self) -> None:
        """Removes the chosen columns."""
        from workbench.dataprep.steps import Remove

        names = self.table.selected()
        if names and self.session is None:
            self.add_step(Remove(columns=names), f"Remove {names[0]}" if len(names) == 1 else f"Remove {len(names)} columns")

    def rename_column(self) -> None:
        """Opens the field over the current column's name."""
        cell = self.grid.current_cell()
        if cell is not None:
            self.grid.view.header.edit_name(self.grid.model.section_of(cell[1]))

    def refresh(self) -> None:
        """Computes what is shown anew."""
        flow = self.document.flow
        if flow is None:
            words = "A dataflow starts from a data source and leads through steps to a table."
            act = ("Add a dataflow", self._add_first_flow)
            self.table.stack.show_empty(EmptyState("database", "No dataflow yet", words, act))
            return
        self.data.show(self.document.package, flow.id, self.document.applied, "main")
        self.data.check(self.document.package, flow.id)

    def set_sample(self, rows: int | None) -> None:
        """Works on the first rows of each source, or on all."""
        self.data.sample_rows = rows
        self._say_sample()
        self.end_session()
        self.refresh()

    def end_session(self) -> None:
        """Closes an open editor without taking it over."""
        self._pending = None
        if self.session is not None:
            self.session.cancel()

    def close_document(self) -> None:
        """Writes what is not written and lets the data go."""
        self._pending = None
        if isinstance(self.session, DeriveSession):
            self.session.cancel()
        self.document.flush()
        self.data.close()

    # -- building

    def _build(self) -> None:
        side = Splitter("data-prep-side", Qt.Orientation.Vertical)
        side.addWidget(self.steps)
        side.addWidget(self.table.inspector)
        side.set_initial([420, 380])
        split = Splitter("data-prep")
        split.addWidget(self.table)
        split.addWidget(side)
        split.setStretchFactor(0, 1)
        split.set_initial([840, 300])
        side.setMinimumWidth(240)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 16, 0)
        row.addWidget(self.strip, 1)
        row.addWidget(self.table.search)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.toolbar)
        layout.addLayout(row)
        layout.addWidget(HLine())
        layout.addWidget(split, 1)
        self._say_sample()

    def _connect(self) -> None:
        document, grid = self.document, self.grid
        document.package_changed.connect(self._on_package)
        document.place_changed.connect(self._on_place)
        document.saved.connect(self._on_saved)
        document.save_failed.connect(self._on_save_failed)
        document.stack.indexChanged.connect(self._on_undo_state)
        self.data.shown.connect(self._on_view)
        self.data.failed.connect(self._on_failed)
        self.data.checked.connect(self.steps.show_checked)
        self.steps.moment_chosen.connect(self._on_moment)
        self.steps.edit_asked.connect(self.edit)
        self.steps.delete_asked.connect(self._step_actions.delete)
        self.steps.toggle_asked.connect(self._step_actions.toggle)
        self.steps.move_asked.connect(self._step_actions.move)
        self.steps.menu_asked.connect(self._step_actions.show_menu)
        self.strip.flow_chosen.connect(self._on_flow)
        self.strip.rename_asked.connect(self._flow_actions.rename)
        self.strip.delete_asked.connect(self._flow_actions.delete)
        self.strip.add_asked.connect(self._flow_actions.show_add_menu)
        self.toolbar.transform_asked.connect(self.begin)
        self.toolbar.undo_asked.connect(document.stack.undo)
        self.toolbar.redo_asked.connect(document.stack.redo)
        self.toolbar.sample_asked.connect(self.set_sample)
        self.toolbar.run_asked.connect(self.run_asked)
        self.toolbar.code_asked.connect(self.code_asked)
        self.table.retry_asked.connect(self.refresh)
        self.table.inspector.bar_clicked.connect(self._on_bar)
        grid.column_menu.connect(self._on_column_menu)
        grid.cell_menu.connect(self._on_cell_menu)
        grid.rename_requested.connect(self._on_rename)
        grid.columns_selected.connect(self._on_columns_selected)
        for key in (QKeySequence.StandardKey.Delete, QKeySequence(Qt.Key.Key_Backspace)):
            shortcut = QShortcut(key, grid.view)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(self.remove_columns)

    # -- the package and the place in it

    def _show_package(self) -> None:
        document = self.document
        self.strip.show_package(document.package, document.place[0])
        self.steps.show_flow(document.flow, self._source_title(), document.applied)
        self._on_undo_state()

    def _source_title(self) -> str:
        flow = self.document.flow
        if flow is None:
            return "No source"
        if flow.source.kind == "file":
            return f"Source: {Path(flow.source.path).stem}"
        return f"Source: dataflow {edits.flow_of(self.document.package, flow.source.flow).name}"

    def _on_package(self) -> None:
        self.end_session()
        self._show_package()
        self.toolbar.set_saved(False)
        self.refresh()
        self.state_changed.emit()

    def _on_place(self) -> None:
        self.strip.show_package(self.document.package, self.document.place[0])
        if self.steps.list.count() - 1 != len(self.document.flow.steps if self.document.flow else ()):
            self._show_package()
        self.steps.show_moment(self.document.applied)
        self.refresh()

    def _on_saved(self) -> None:
        self.toolbar.set_saved(not self.document.unsaved)

    def _on_save_failed(self, error: Exception) -> None:
        self._context.notifications.error(error, f"Saving {self.document.path.name}")

    def _on_undo_state(self) -> None:
        stack = self.document.stack
        self.toolbar.set_undo(stack.undoText() if stack.canUndo() else None, stack.redoText() if stack.canRedo() else None)

    def _on_view(self, view: "TableView", tag: str) -> None:
        if tag == "preview" and self.session is not None:
            if isinstance(self.session, EditSession):
                self.table.show_view(view)
            else:
                self.table.stack.show_content()
                self.data.profile()
            self.session.on_view(view)
            return
        if tag == "base" and self._pending is not None:
            self.table.show_view(view)
            self._open_over(view)
            return
        if tag == "main":
            self._shown = (self.document.place[0], self.document.applied)
            self.table.show_view(view)
            self._say_sample()

    def _on_failed(self, error: Exception, tag: str) -> None:
        if tag == "preview" and self.session is not None:
            self.session.on_failed(error)
        else:
            self._pending = None
            self.table.show_error(error)

    def _say_sample(self) -> None:
        view = self.data.view
        self.toolbar.set_sample(self.data.sample_rows, cut=view.is_sample if view is not None else True)

    # -- editors

    def _open(self, op: str, columns: tuple[str, ...], step: "StepBase | None", index: int) -> None:
        self._pending = (op, columns, step, index)
        view, place = self.data.view, (self.document.place[0], index)
        if view is not None and self._shown == place and op != "derive":
            self._open_over(view)
        else:
            self._shown = ("", -1)
            self.data.show(self.document.package, place[0], index, "base")

    def _open_over(self, view: "TableView") -> None:
        assert self._pending is not None  # noqa: S101 (both callers set it)
        op, columns, step, index = self._pending
        self._pending = None
        known = {column.name for column in view.columns}
        columns = tuple(name for name in columns if name in known)  # they were chosen in another view, perhaps a preview
        if op == "derive":
            self._open_derive(view, columns, step, index)  # type: ignore[arg-type]
            return
        transform = BY_OP[op]
        make: Any = transform.editor
        assert make is not None  # noqa: S101 (only derive has none)
        more: dict[str, Any] = {}
        if make is JoinEditor:
            more["others"] = self._flow_actions.joinable()
        elif issubclass(make, WriteEditor) and step is None:
            # never the name of the raw file: the CSV that the source reads often stands beside the preparation
            more["path"] = f"data/{self.document.path.stem}{'-prepared' if make.suffix == '.csv' else ''}{make.suffix}"
        editor = make(view.columns, step, columns, **more)
        if self._prefill is not None:
            self._prefill(editor)
            self._prefill = None
        session = EditSession(self.document, self.data, self._context.operations, editor, index, view.row_count)
        self._start(session)

    def _open_derive(self, view: "TableView", columns: tuple[str, ...], step: "Derive | None", index: int) -> None:
        inputs = columns or tuple(column.name for column in view.columns[:1])
        # the session keeps this view as its base; the pane goes on without owning it
        self.data.give_away(view)
        self._start(DeriveSession(self.document, self.data, self._context.operations, self.grid, view, index, inputs, step))

    def _start(self, session: "EditSession | DeriveSession") -> None:
        self.session = session
        session.marked.connect(self.grid.set_marked)
        session.ended.connect(self._on_session_ended)
        if isinstance(session, EditSession):
            session.reveal.connect(self._on_reveal)
        else:
            session.unlearned.connect(self.table.forget_profile)
        self.table.set_panel(session.host)
        session.begin()

    def _on_session_ended(self, taken: bool) -> None:
        session, self.session = self.session, None
        self.grid.set_marked(frozenset())
        self.table.set_panel(None)
        self._shown = ("", -1)
        if session is not None:
            session.deleteLater()
        if not taken:
            self.refresh()
        self.grid.view.setFocus()

    def _on_reveal(self, name: str) -> None:
        self._revealed = name
        self._show_revealed()
        QTimer.singleShot(150, self._show_revealed)  # again, once the columns have their widths

    def _show_revealed(self) -> None:
        section = self.grid.model.section_of(self._revealed)
        if section >= 0 and self.session is not None:
            row = max(0, self.grid.view.rowAt(1))
            self.grid.view.scrollTo(self.grid.model.index(row, section))

    def _on_columns_selected(self, names: tuple[str, ...]) -> None:
        section = self.grid.model.section_of(names[0]) if names else -1
        if isinstance(self.session, EditSession) and section >= 0 and self.grid.view.column_fully_selected(section):
            known = {column.name for column in self.session.editor.schema}
            self.session.editor.take_columns(tuple(name for name in names if name in known))

    # -- places

    def _on_moment(self, applied: int) -> None:
        self.end_session()
        self.document.look_at(self.document.place[0], applied)

    def _on_flow(self, flow_id: str) -> None:
        self.end_session()
        self.document.look_at(flow_id)
        self._show_package()

    def _add_first_flow(self) -> None:
        self._flow_actions.show_add_menu(self.mapToGlobal(self.rect().center()))

    # -- the grid's menus

    def _on_rename(self, old: str, new: str) -> None:
        from workbench.dataprep.steps import Rename

        if isinstance(self.session, DeriveSession):
            if old == self.session.column:
                self.session.panel.name.setText(new)
                self.session.panel.name_changed.emit()
            return
        self.add_step(Rename(column=old, to=new), f"Rename {old} to {new}")

    def _on_column_menu(self, name: str, place: QPoint) -> None:
        column = self.table.column(name)
        if column is None or self.session is not None:
            return
        selected = self.table.selected() if name in self.table.selected() else (name,)
        menu = column_menu(
            self, column, selected, self.begin, self.rename_column, lambda down: self._sort(name, down), self.remove_columns
        )
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)

    def _sort(self, name: str, descending: bool) -> None:
        from workbench.dataprep.steps import Sort, SortKey

        self.add_step(Sort(keys=(SortKey(column=name, descending=descending),)), f"Sort by {name}")

    def _on_cell_menu(self, row: int, name: str, place: QPoint) -> None:
        column = self.table.column(name)
        if column is None or self.session is not None:
            return
        text = self.grid.cell_text(row, name)
        op = "fill_missing" if text is None else "replace"

        def prefill(editor: object) -> None:
            if text is not None:
                editor.wanted.setText(text)  # type: ignore[attr-defined]

        menu = cell_menu(
            self, column, text, self.grid.copy_selection, self._add_filter,
            lambda: self.begin(op, (name,), prefill=prefill), lambda: self.begin("filter", (name,)),
        )  # fmt: skip
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)

    def _add_filter(self, condition: "Condition", keep: bool) -> None:
        from workbench.dataprep.steps import Filter

        step = Filter(conditions=(condition,), action="keep" if keep else "remove")
        self.add_step(step, step.describe())

    def _on_bar(self, column: str, bar: "Bar", place: QPointF) -> None:
        if self.session is not None:
            return
        from workbench.dataprep.steps import Condition

        condition = Condition(column=column, operator=bar.operator, value=bar.value, value2=bar.value2)
        menu = QMenu(self)
        add(menu, f"Keep rows where {condition.describe()}", lambda: self._add_filter(condition, True), "funnel")
        add(menu, f"Remove rows where {condition.describe()}", lambda: self._add_filter(condition, False), "funnel")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place.toPoint())


__all__ = ["PrepPage"]
