"""The pages of the wizard: the file, how it is read, the types of its columns."""

import itertools
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
    QVBoxLayout,
    QWidget,
)

from workbench.base.errors import UserError, WorkbenchError
from workbench.desktop.data.editors.fields import choice
from workbench.desktop.data.wizard.draft import DELIMITERS, ENCODINGS, QUOTES, TEXT_KINDS, THOUSANDS, Draft
from workbench.desktop.data.wizard.preview import TextTable
from workbench.desktop.grid import DataGrid
from workbench.desktop.theme import theme
from workbench.desktop.widgets import IconLabel, NumberField, StateStack, WizardPage, button, label

if TYPE_CHECKING:
    from workbench.dataprep.sources import SourceSpec, TextSpec
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
    kind_chosen = Signal(str)

    def __init__(self, operations: "Operations") -> None:
        super().__init__("File details", "Detected from the file. Change what is wrong; the preview follows.")
        self._spec: TextSpec | None = None
        self._filling = False
        self.kind = choice(TEXT_KINDS)
        self.delimiter = self._editable(choice(DELIMITERS))
        self.quote = choice(QUOTES)
        self.encoding = self._editable(choice({name: name.upper() for name in ENCODINGS}))
        self.decimal = choice({".": "Point  1.5", ",": "Comma  1,5"})
        self.thousands = choice(THOUSANDS)
        self.comment = QLineEdit()
        self.comment.setPlaceholderText("Comments begin with …")
        self.starts = QLineEdit()
        self.starts.setPlaceholderText("0, 8, 20")
        self.starts.setToolTip("Where each column begins, counted in characters from 0.")
        self.skip = NumberField(0, 1_000_000)
        self.header = QCheckBox("First line holds the names")
        self._captions: dict[QWidget, QWidget] = {}
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
        for combo in (self.delimiter, self.quote, self.encoding, self.decimal, self.thousands):
            combo.currentTextChanged.connect(self._changed)
        for edit in (self.comment, self.starts):
            edit.textChanged.connect(self._changed)
        self.kind.activated.connect(self._on_kind)
        self.skip.valueChanged.connect(self._changed)
        self.header.toggled.connect(self._changed)

    def show_spec(self, spec: "SourceSpec") -> None:
        """Fills the fields; a source that is no text leaves them."""
        from workbench.dataprep.sources import DelimitedSpec, FixedWidthSpec, TableTextSpec, TextSpec

        if not isinstance(spec, TextSpec):
            self._spec = None
            return
        self._filling = True
        self._spec = spec
        _set(self.kind, spec.kind)
        _set(self.encoding, spec.encoding)
        self.comment.setText(spec.comment)
        self.skip.setValue(spec.skip_rows)
        if isinstance(spec, TableTextSpec):
            _set(self.decimal, spec.decimal)
            _set(self.thousands, spec.thousands)
            self.header.setChecked(spec.header)
        if isinstance(spec, DelimitedSpec):
            _set(self.delimiter, spec.delimiter)
            _set(self.quote, spec.quote)
        if isinstance(spec, FixedWidthSpec):
            self.starts.setText(", ".join(map(str, spec.starts)))
        table, delimited = isinstance(spec, TableTextSpec), isinstance(spec, DelimitedSpec)
        for widget, shown in (
            (self.delimiter, delimited), (self.quote, delimited), (self.decimal, table), (self.thousands, table),
            (self.starts, isinstance(spec, FixedWidthSpec)), (self.header, table),
        ):  # fmt: skip
            widget.setVisible(shown)
            if widget in self._captions:
                self._captions[widget].setVisible(shown)
        self._filling = False

    def show_table(self, table: TextTable) -> None:
        """The first rows as text."""
        self.says.hide()
        self.grid.set_source(table, keep_position=False)

    def show_problem(self, error: Exception) -> None:
        """Why the settings do not fit."""
        self.says.setText(str(error.message if isinstance(error, WorkbenchError) else error))
        self.says.show()

    def spec(self) -> "TextSpec | None":
        """The spec as the fields say, with the columns as they were. Raises UserError for places that do not rise."""
        from workbench.dataprep.sources import DelimitedSpec, FixedWidthSpec, TableTextSpec

        spec = self._spec
        if spec is None:
            return None
        update: dict[str, object] = {
            "encoding": _chosen(self.encoding).strip().lower() or "utf-8",
            "skip_rows": self.skip.value(),
            "comment": self.comment.text().strip(),
        }
        if isinstance(spec, TableTextSpec):
            decimal, thousands = self.decimal.currentData(), self.thousands.currentData()
            update |= {
                "decimal": decimal,
                "thousands": thousands if thousands != decimal else "",
                "header": self.header.isChecked(),
            }
        if isinstance(spec, DelimitedSpec):
            delimiter = _chosen(self.delimiter).replace("\\t", "\t")
            update |= {"delimiter": delimiter or ",", "quote": self.quote.currentData()}
        if isinstance(spec, FixedWidthSpec):
            update["starts"] = _places(self.starts.text())
        return spec.model_copy(update=update)

    def _fields(self) -> QWidget:
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        fields: list[tuple[str, QWidget]] = [
            ("File type", self.kind), ("Encoding", self.encoding), ("Skip lines", self.skip), ("Comments", self.comment),
            ("Delimiter", self.delimiter), ("Quote", self.quote), ("Decimal mark", self.decimal),
            ("Thousands mark", self.thousands), ("Columns begin at", self.starts),
        ]  # fmt: skip
        for number, (name, widget) in enumerate(fields):
            caption = label(name, "muted")
            caption.setBuddy(widget)
            self._captions[widget] = caption
            widget.setAccessibleName(name)
            widget.setMinimumWidth(130)
            row, column, wide = (4, 0, 3) if widget is self.starts else (number // 4 * 2, number % 4, 1)
            grid.addWidget(caption, row, column, 1, wide)
            grid.addWidget(widget, row + 1, column, 1, wide)
        grid.addWidget(self.header, 5, 3)
        for column in range(4):
            grid.setColumnStretch(column, 1)
        return holder

    def _on_kind(self) -> None:
        if self._spec is not None and self.kind.currentData() != self._spec.kind:
            self.kind_chosen.emit(self.kind.currentData())

    @staticmethod
    def _editable(combo: QComboBox) -> QComboBox:
        combo.setEditable(True)
        combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        return combo

    def _changed(self, *_args: object) -> None:
        if not self._filling:
            self._timer.start()

    def _tell(self) -> None:
        try:
            spec = self.spec()
        except UserError as error:
            self.show_problem(error)
            return
        if spec is not None:
            self.spec_changed.emit(spec)


def _set(combo: QComboBox, value: str) -> None:
    """Shows the entry of a value; one that is not there is added."""
    if combo.findData(value) < 0:
        combo.addItem(value, value)
    combo.setCurrentIndex(combo.findData(value))


def _places(text: str) -> tuple[int, ...]:
    """The places in a text such as `0, 8, 20`. Raises UserError when they do not begin at 0 and rise."""
    parts = text.replace(",", " ").split()
    places = tuple(int(part) for part in parts if part.isdecimal())
    if not places or len(places) < len(parts) or places[0] != 0 or any(one >= other for one, other in itertools.pairwise(places)):
        raise UserError("The places of columns are numbers that begin at 0 and rise.", hint="Write them such as 0, 8, 20.")
    return places


def _chosen(combo: QComboBox) -> str:
    """The data of the entry whose text is shown, else what was typed."""
    index = combo.findText(combo.currentText())
    return str(combo.itemData(index)) if index >= 0 else combo.currentText()


def draft_sentence(draft: Draft) -> str:
    """What the first page says of a good file."""
    notes = " ".join(draft.spec.notes)
    return f"{draft.summary()} {notes}".strip()
