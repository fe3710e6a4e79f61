"""The pages of the wizard: the file, how it is read, the types of its columns."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from workbench.base.errors import WorkbenchError
from workbench.desktop.data.editors.fields import choice
from workbench.desktop.data.wizard.draft import DELIMITERS, ENCODINGS, QUOTES, Draft
from workbench.desktop.data.wizard.preview import TextTable
from workbench.desktop.grid import DataGrid
from workbench.desktop.theme import theme
from workbench.desktop.widgets import IconLabel, StateStack, WizardPage, button, label

if TYPE_CHECKING:
    from workbench.dataprep.sources import SourceSpec
    from workbench.desktop.operations import Operations

FILTERS = "Data files (*.csv *.tsv *.txt *.dat *.parquet *.pq);;All files (*)"


class DropZone(QFrame):
    """A field that takes a dropped file."""

    dropped = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        self.setProperty("card", True)
        self.setMinimumHeight(150)
        layout = QVBoxLayout(self)
        layout.addStretch(1)
        glyph = IconLabel("upload", 28)
        glyph.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(glyph)
        words = label("Drop a CSV, text or Parquet file here", "muted")
        words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(words)
        self.browse = button("Browse …")
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(self.browse)
        line.addStretch(1)
        layout.addSpacing(6)
        layout.addLayout(line)
        layout.addStretch(1)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() and event.mimeData().urls()[0].isLocalFile():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.dropped.emit(event.mimeData().urls()[0].toLocalFile())


class FilePage(WizardPage):
    """Page 1: the file. Its format is detected at once."""

    file_chosen = Signal(object)

    def __init__(self, start: Path) -> None:
        super().__init__("File", "The data stay where they are; Workbench only remembers how to read them.")
        self._start = start
        self.path = QLineEdit()
        self.path.setPlaceholderText("Path of the file")
        self.path.setAccessibleName("Path of the file")
        self.path.returnPressed.connect(self._on_typed)
        self.path.editingFinished.connect(self._on_typed)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(350)
        self._typing.timeout.connect(self._on_pause)
        self.path.textEdited.connect(self._typing.start)
        self.zone = DropZone()
        self.zone.dropped.connect(self.choose)
        self.zone.browse.clicked.connect(self._on_browse)
        self._mark = IconLabel("info", 16)
        self._says = label("", wrap=True)
        says = QHBoxLayout()
        says.setSpacing(8)
        says.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        says.addWidget(self._says, 1, Qt.AlignmentFlag.AlignTop)
        self.body.addWidget(self.zone)
        self.body.addWidget(self.path)
        self.body.addLayout(says)
        self.body.addStretch(1)
        self._chosen = ""
        self._ready = False
        self.say("")

    @property
    def sentence(self) -> str:
        """What the page says of the file."""
        return self._says.text()

    def is_complete(self) -> bool:
        return self._ready

    def choose(self, path: str) -> None:
        """Takes a file."""
        if path and path != self._chosen:
            self._chosen = path
            self.path.setText(path)
            self.set_ready(False)
            self.say("Looking at the file …")
            self.file_chosen.emit(Path(path).expanduser())

    def set_ready(self, ready: bool) -> None:
        self._ready = ready
        self.complete_changed.emit()

    def say(self, text: str, kind: str = "info") -> None:
        """A sentence under the field; `kind`: info, ok or bad."""
        self._mark.set_icon({"ok": "circle-check", "bad": "circle-alert"}.get(kind, "info"), "muted" if kind == "info" else kind)
        self._mark.setVisible(bool(text))
        self._says.setText(text)
        self._says.setProperty("role", "error" if kind == "bad" else "")
        self._says.style().polish(self._says)

    def _on_pause(self) -> None:
        path = Path(self.path.text().strip()).expanduser()
        if path.is_file():
            self.choose(self.path.text().strip())

    def _on_typed(self) -> None:
        self.choose(self.path.text().strip())

    def _on_browse(self) -> None:
        dialog = QFileDialog(self, "Add data source", str(self._start), FILTERS)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.choose)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()


class DetailsPage(WizardPage):
    """Page 2: delimiter, quote, header, encoding, skipped lines, decimal mark; with a live preview of the text."""

    spec_changed = Signal(object)

    def __init__(self, operations: "Operations") -> None:
        super().__init__("File details", "Detected from the file. Change what is wrong; the preview follows.")
        self._spec: SourceSpec | None = None
        self._filling = False
        self.delimiter = self._editable(choice(DELIMITERS))
        self.quote = choice(QUOTES)
        self.encoding = self._editable(choice({name: name.upper() for name in ENCODINGS}))
        self.decimal = choice({".": "Point  1.5", ",": "Comma  1,5"})
        self.skip = QSpinBox()
        self.skip.setRange(0, 1_000_000)
        self.header = QCheckBox("First line holds the names")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(200)
        self._timer.timeout.connect(self._tell)
        self.body.addWidget(self._fields())
        self.says = label("", "error", wrap=True)
        self.says.hide()
        self.body.addWidget(self.says)
        self.grid = DataGrid(operations)
        self.grid.view.header.setFixedHeight(theme().metrics.row + 6)  # no profiles here: only names
        self.stack = StateStack(self.grid)
        self.body.addWidget(self.stack, 1)
        for combo in (self.delimiter, self.quote, self.encoding, self.decimal):
            combo.currentTextChanged.connect(self._changed)
        self.skip.valueChanged.connect(self._changed)
        self.header.toggled.connect(self._changed)

    def show_spec(self, spec: "SourceSpec") -> None:
        """Fills the fields."""
        self._filling = True
        self._spec = spec
        for combo, value in (
            (self.delimiter, spec.delimiter),
            (self.encoding, spec.encoding),
            (self.quote, spec.quote),
            (self.decimal, spec.decimal),
        ):
            index = combo.findData(value)
            if index < 0:
                combo.addItem(value, value)
                index = combo.findData(value)
            combo.setCurrentIndex(index)
        self.skip.setValue(spec.skip_rows)
        self.header.setChecked(spec.header)
        self._filling = False

    def show_table(self, table: TextTable) -> None:
        """The first rows as text."""
        self.says.hide()
        self.grid.set_source(table, keep_position=False)

    def show_problem(self, error: Exception) -> None:
        """Why the settings do not fit."""
        self.says.setText(str(error.message if isinstance(error, WorkbenchError) else error))
        self.says.show()

    def spec(self) -> "SourceSpec | None":
        """The spec as the fields say, with the columns as they were."""
        if self._spec is None:
            return None
        delimiter = _chosen(self.delimiter).replace("\\t", "\t")
        update = {
            "delimiter": delimiter or ",",
            "quote": self.quote.currentData(),
            "encoding": _chosen(self.encoding).strip().lower() or "utf-8",
            "decimal": self.decimal.currentData(),
            "skip_rows": self.skip.value(),
            "header": self.header.isChecked(),
        }
        return self._spec.model_copy(update=update)

    def _fields(self) -> QWidget:
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        fields: list[tuple[str, QWidget]] = [
            ("Delimiter", self.delimiter), ("Quote", self.quote), ("Encoding", self.encoding),
            ("Decimal mark", self.decimal), ("Skip lines", self.skip),
        ]  # fmt: skip
        for number, (name, widget) in enumerate(fields):
            caption = label(name, "muted")
            caption.setBuddy(widget)
            widget.setAccessibleName(name)
            widget.setMinimumWidth(150)
            grid.addWidget(caption, number // 3 * 2, number % 3)
            grid.addWidget(widget, number // 3 * 2 + 1, number % 3)
        grid.addWidget(self.header, 3, 2)
        for column in range(3):
            grid.setColumnStretch(column, 1)
        return holder

    @staticmethod
    def _editable(combo: QComboBox) -> QComboBox:
        combo.setEditable(True)
        combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        return combo

    def _changed(self, *_args: object) -> None:
        if not self._filling:
            self._timer.start()

    def _tell(self) -> None:
        if (spec := self.spec()) is not None:
            self.spec_changed.emit(spec)


def _chosen(combo: QComboBox) -> str:
    """The data of the entry whose text is shown, else what was typed."""
    index = combo.findText(combo.currentText())
    return str(combo.itemData(index)) if index >= 0 else combo.currentText()


def draft_sentence(draft: Draft) -> str:
    """What the first page says of a good file."""
    notes = " ".join(draft.spec.notes)
    return f"{draft.summary()} {notes}".strip()
