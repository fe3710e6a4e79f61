"""The document of a data source: how it is read, its rows with profiles, and the way to a preparation."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from workbench.desktop.data.flow_data import FlowData
from workbench.desktop.data.menus import add
from workbench.desktop.data.table_pane import TablePane
from workbench.desktop.data.wizard.draft import Draft
from workbench.desktop.operations import Progress
from workbench.desktop.widgets import HLine, PageHeader, Splitter, button, label

if TYPE_CHECKING:
    from workbench.dataprep.engine import Engine
    from workbench.dataprep.engine.views import TableView
    from workbench.dataprep.sources import DataSource
    from workbench.desktop.context import AppContext
    from workbench.desktop.data.inspector import Bar


class SourcePage(QWidget):
    """One open `.wbsource`; nothing is edited here."""

    prepare_asked = Signal(object)
    """A Step to begin with, or None."""
    code_asked = Signal()

    def __init__(
        self, context: "AppContext", path: Path, source: "DataSource", engine: "Callable[[], Engine]", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.path, self.source = path, source
        self.data = FlowData(engine, context.operations, self)
        self.data.sample_rows = context.settings.sample_rows
        self.table = TablePane(self.data, context.operations)
        self.header = PageHeader(source.name, Draft(path, source.spec, source.spec).summary())
        self.prepare = button(
            "Prepare", self._on_prepare, kind="primary", icon="wand-sparkles", tooltip="Start a data preparation from this source"
        )
        self.code = button("Code", self.code_asked.emit, icon="code", tooltip="Make a Python file that reads this data")
        self.header.add_action(self.code)
        self.header.add_action(self.prepare)
        self.facts = label("", "small")
        self.more = button("Show all rows", self._on_all, kind="link")
        self.more.hide()
        row = QHBoxLayout()
        row.setContentsMargins(20, 5, 16, 5)
        row.setSpacing(8)
        row.addWidget(self.facts)
        row.addWidget(self.more)
        row.addStretch(1)
        row.addWidget(self.table.search)
        split = Splitter("data-source")
        split.addWidget(self.table)
        split.addWidget(self.table.inspector)
        split.setStretchFactor(0, 1)
        split.set_initial([900, 300])
        self.table.inspector.setMinimumWidth(240)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addLayout(row)
        layout.addWidget(HLine())
        layout.addWidget(split, 1)
        self.data.shown.connect(self._on_view)
        self.data.failed.connect(self._on_failed)
        self.table.retry_asked.connect(self.refresh)
        self.table.inspector.bar_clicked.connect(self._on_bar)
        self._engine = engine
        self.refresh()

    def refresh(self) -> None:
        """Reads the rows anew."""
        engine, source, path, sample = self._engine, self.source, self.path, self.data.sample_rows

        def read(progress: Progress) -> "tuple[TableView, str]":
            return engine().preview_source(source, path.parent, sample_rows=sample, cancel=progress.cancel_event), ""

        self.data.run_view(read, "")

    def close_document(self) -> None:
        """Lets the data go."""
        self.data.close()

    def _on_view(self, view: "TableView", _tag: str) -> None:
        self.table.show_view(view)
        part = f"the first {view.row_count:,} rows" if view.is_sample else f"all {view.row_count:,} rows"
        notes = " ".join(note.message for note in view.notes[:2])
        self.facts.setText(" · ".join(filter(None, (f"You see {part}, {len(view.columns)} columns", notes))))
        self.more.setVisible(view.is_sample)

    def _on_failed(self, error: Exception, _tag: str) -> None:
        self.table.show_error(error)

    def _on_all(self) -> None:
        self.data.sample_rows = None
        self.facts.setText("Reading all rows …")
        self.refresh()

    def _on_prepare(self) -> None:
        self.prepare_asked.emit(None)

    def _on_bar(self, column: str, bar: "Bar", place: QPointF) -> None:
        from workbench.dataprep.steps import Condition, Filter

        condition = Condition(column=column, operator=bar.operator, value=bar.value, value2=bar.value2)
        menu = QMenu(self)
        for word in ("keep", "remove"):
            step = Filter(conditions=(condition,), action=word)
            add(menu, f"Prepare: {step.describe()}", lambda s=step: self.prepare_asked.emit(s), "funnel")  # type: ignore[misc]
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place.toPoint())
