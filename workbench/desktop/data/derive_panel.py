"""The panel of derive by example: inputs and name, what was learned in a sentence, rows to review, other readings, the code."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QScrollArea, QSizePolicy, QWidget

from workbench.desktop.data.derive_code import CodeTabs
from workbench.desktop.data.derive_learn import Lesson, Row
from workbench.desktop.data.derive_readings import ReadingList
from workbench.desktop.data.editor_host import Panel
from workbench.desktop.data.editors.fields import ColumnPicker, choice
from workbench.desktop.data.wizard.draft import TYPE_TITLES
from workbench.desktop.icons import icon
from workbench.desktop.theme import theme
from workbench.desktop.widgets import IconLabel, button, clear_layout, icon_button, label

if TYPE_CHECKING:
    from workbench.dataprep.columns import Schema


class DerivePanel(Panel):
    """Only shows and asks; the session learns."""

    inputs_changed = Signal()
    name_changed = Signal()
    example_removed = Signal(int)
    review_asked = Signal()
    confirmed = Signal()
    """The current row, one of those in doubt, is right as it is."""
    reading_chosen = Signal(int)
    code_asked = Signal()

    def __init__(self, schema: "Schema", inputs: tuple[str, ...], name: str, type_: str, *, edit: bool) -> None:
        super().__init__("wand-sparkles", "Derive column by example", "Save" if edit else "Add column")
        self._doubtful = self._reading_count = 0
        self.picker = ColumnPicker(schema, inputs, "Choose the source columns")
        self.picker.setMaximumWidth(340)
        self.name = QLineEdit(name)
        self.name.setMinimumWidth(200)
        self.name.setMaximumWidth(240)
        self.name.setCursorPosition(0)
        self.name.setAccessibleName("Name of the new column")
        self.type = choice(TYPE_TITLES, type_, 120)
        self.type.setAccessibleName("Type of the new column")
        self.picker.changed.connect(self.inputs_changed)
        self.name.editingFinished.connect(self.name_changed)
        self.type.currentIndexChanged.connect(self._on_type)
        fields = QHBoxLayout()
        fields.setSpacing(8)
        self._words = (label("From", "muted"), label("to", "muted"), label("as", "muted"))
        for word, widget in zip(self._words, (self.picker, self.name, self.type), strict=True):
            fields.addWidget(word)
            fields.addWidget(widget)
        fields.addStretch(1)
        self.outer.addLayout(fields)
        self._mark = IconLabel("sparkles", 16, "accent")
        self._sentence = label("", wrap=True)
        self._sentence.setSizePolicy(QSizePolicy.Policy.Ignored, self._sentence.sizePolicy().verticalPolicy())
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self._sentence, 1)
        self._facts = label("", "muted")
        line.addWidget(self._facts, 0, Qt.AlignmentFlag.AlignTop)
        self.outer.addLayout(line)
        self._tools = self._make_tools()
        self.outer.addWidget(self._tools)
        self.readings = ReadingList()
        self.readings.chosen.connect(self.reading_chosen)
        self.readings.hide()
        self.outer.addWidget(self.readings)
        self._chips = QWidget()
        self._chip_row = QHBoxLayout(self._chips)
        self._chip_row.setContentsMargins(0, 0, 0, 0)
        self._chip_row.setSpacing(6)
        self._chip_area = QScrollArea()
        self._chip_area.setWidgetResizable(True)
        self._chip_area.setFrameShape(QScrollArea.Shape.NoFrame)
        self._chip_area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._chips.setProperty("transparent", True)
        self._chip_area.setWidget(self._chips)
        self._chip_area.setFixedHeight(36)
        self.outer.addWidget(self._chip_area)
        self.code = CodeTabs()
        self.code.hide()
        self.outer.addWidget(self.code)
        self.show_lesson(None, 0)

    def _make_tools(self) -> QWidget:
        """The line under the sentence: what can be done next."""
        self.confirm = button("Looks right", self.confirmed.emit, icon="check", tooltip="Take this row as one more example")
        self.review = button("Review next suggested row", self.review_asked.emit, icon="corner-down-left")
        self.readings_button = button("Other readings", self._on_readings, kind="ghost", icon="list")
        self.code_button = button("Show code", self._on_code, kind="ghost", icon="code")
        tools = QWidget()
        tools.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        tools.setProperty("transparent", True)
        row = QHBoxLayout(tools)
        row.setContentsMargins(24, 0, 0, 0)
        row.setSpacing(8)
        for made in (self.review, self.confirm):
            row.addWidget(made)
        row.addStretch(1)
        for made in (self.readings_button, self.code_button):
            row.addWidget(made)
        return tools

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window the fields keep their places, and the words between them go."""
        super().resizeEvent(event)
        roomy = self.width() >= 640
        for word in self._words:
            word.setVisible(roomy)
        self.picker.setMinimumWidth(200 if roomy else 110)
        self.name.setMinimumWidth(200 if roomy else 100)
        self.type.setMinimumWidth(120 if roomy else 90)
        self._name_buttons()

    @property
    def sentence(self) -> str:
        """What the panel says of the lesson."""
        return self._sentence.text()

    def show_lesson(self, lesson: Lesson | None, examples: int) -> None:
        """Shows what was learned, or what to do first."""
        if lesson is None or not examples:
            self._say(
                "sparkles", "accent", "Type what the new column should say in any row, and press Enter. The other rows follow."
            )
        elif lesson.program is None:
            self._say("triangle-alert", "bad", lesson.sentence)
        else:
            self._say("circle-check", "ok", lesson.sentence)
        self.show_facts("")
        learned = lesson is not None and lesson.program is not None and examples > 0
        count = len(lesson.doubtful) if lesson is not None else 0
        readings = lesson.readings if lesson is not None and learned else ()
        self._tools.setVisible(learned)
        self.confirm.hide()
        self.show_doubtful(count)
        self.readings_button.setVisible(bool(readings))
        self.readings.show_readings(readings)
        self.readings.setVisible(bool(readings) and self.readings.isVisibleTo(self))
        self._reading_count = len(readings)
        self.ok.setEnabled(learned)
        if not learned:
            self.code.hide()
        self._name_buttons()
        if self.code.isVisibleTo(self):
            self.code_asked.emit()

    def show_doubtful(self, count: int) -> None:
        """How many rows deserve a look."""
        self._doubtful = count
        self.review.setVisible(bool(count))
        self._name_buttons()

    @property
    def facts(self) -> str:
        """What the panel says of all rows."""
        return self._facts.text()

    def show_facts(self, sentence: str, more: str = "") -> None:
        """What holds of all rows, once they were looked at; `more` is the tooltip."""
        self._facts.setText(sentence)
        self._facts.setToolTip(more)

    def show_confirm(self, shown: bool) -> None:
        """Whether the current row is one in doubt."""
        self.confirm.setVisible(shown)
        self._name_buttons()

    def show_learning(self) -> None:
        """The examples are being learned from."""
        self._say("loader", "accent", "Learning from your examples …")
        self.show_facts("")
        self.ok.setEnabled(False)

    def show_problem(self, sentence: str) -> None:
        """The step cannot run as it is."""
        self._say("circle-alert", "bad", sentence)
        self.ok.setEnabled(False)

    def show_examples(self, examples: "Sequence[tuple[Row, str | None]]", conflicts: Sequence[int] = ()) -> None:
        """The examples so far, each with a button that takes it back; those in conflict are marked."""
        clear_layout(self._chip_row)
        self._chip_area.setVisible(bool(examples))
        if examples:
            self._chip_row.addWidget(label("Examples", "muted"))
        for number, (given, output) in enumerate(examples):
            source = ", ".join("missing" if text is None else text for text in given)
            self._chip_row.addWidget(_Chip(number, source, output or "", number in conflicts, self))
        self._chip_row.addStretch(1)

    def _say(self, mark: str, role: str, text: str) -> None:
        self._mark.set_icon(mark, role)
        self._sentence.setText(text)
        self._sentence.setToolTip(text)

    def _on_type(self) -> None:
        self.name_changed.emit()

    def _on_code(self) -> None:
        self.code.setVisible(not self.code.isVisible())
        self._name_buttons()
        if self.code.isVisible():
            self.code.show_code({})
            self.code_asked.emit()

    def _on_readings(self) -> None:
        self.readings.setVisible(not self.readings.isVisible())
        self._name_buttons()

    def _name_buttons(self) -> None:
        """What the buttons say, in fewer words where the panel is narrow."""
        readings, code, count = self.readings.isVisibleTo(self), self.code.isVisibleTo(self), self._reading_count
        self.review.setText(f"Review next suggested row ({self._doubtful})")
        self.readings_button.setText("Hide other readings" if readings else f"Other readings ({count})")
        self.code_button.setText("Hide code" if code else "Show code")
        margins = self.outer.contentsMargins()
        if self._tools.sizeHint().width() > self.width() - margins.left() - margins.right():
            self.review.setText(f"Review ({self._doubtful})")
            self.readings_button.setText("Hide readings" if readings else f"Readings ({count})")
            self.code_button.setText("Hide" if code else "Code")


class _Chip(QWidget):
    """One example: source → output and a cross."""

    def __init__(self, number: int, source: str, output: str, bad: bool, panel: DerivePanel) -> None:
        super().__init__()
        self._number, self._panel = number, panel
        short = source if len(source) <= 36 else source[:35] + "…"
        row = QHBoxLayout(self)
        row.setContentsMargins(9, 0, 2, 0)
        row.setSpacing(5)
        if bad:
            row.addWidget(IconLabel("triangle-alert", 14, "bad"))
        row.addWidget(label(short, "muted"))
        row.addWidget(IconLabel("arrow-right", 12))
        row.addWidget(label(output or "missing", "error" if bad else ""))
        cross = icon_button("x", "Take this example back", self._on_remove)
        cross.setIcon(icon("x"))
        cross.setStyleSheet("QToolButton { min-height: 18px; max-height: 20px; padding: 0 2px; }")
        row.addWidget(cross)
        warning = "\nThis example contradicts another one: change it or take it back." if bad else ""
        self.setToolTip(f"{source} → {output}{warning}")
        self.setAccessibleName(self.toolTip())
        self.setFixedHeight(28)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().tokens.neutral_soft)
        painter.drawRoundedRect(self.rect(), 6, 6)
        painter.end()

    def _on_remove(self) -> None:
        self._panel.example_removed.emit(self._number)
