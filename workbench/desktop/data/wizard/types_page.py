"""Page 3 of the wizard: the type of each column, counted by kind, with sample values; what is ambiguous is asked."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QScrollArea, QToolButton, QWidget

from workbench.desktop.data.editors.fields import choice
from workbench.desktop.data.wizard.draft import GROUPS, TYPE_ICONS, TYPE_TITLES, Draft, group_of
from workbench.desktop.widgets import ElidedLabel, IconLabel, WizardPage, clear_layout, label

if TYPE_CHECKING:
    from workbench.dataprep.sources import Question, SourceColumn

_AT_ONCE = 25


class TypesPage(WizardPage):
    """Shows one row a column; tells what the user chose."""

    type_chosen = Signal(str, str, str)
    """Column, type and format."""

    def __init__(self) -> None:
        super().__init__(
            "Types", "How the values of each column are read. A value that does not fit becomes missing and is counted."
        )
        self._draft: Draft | None = None
        self._samples: dict[str, list[str]] = {}
        self._shown = ""
        self.groups: dict[str, QToolButton] = {}
        row = QHBoxLayout()
        row.setSpacing(6)
        for title in ("All", *GROUPS):
            made = QToolButton()
            made.setCheckable(True)
            made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            made.clicked.connect(lambda _checked=False, t=title: self._on_group(t))
            self.groups[title] = made
            row.addWidget(made)
        row.addStretch(1)
        self.body.addLayout(row)
        self._holder = QWidget()
        self._grid = QGridLayout(self._holder)
        self._grid.setContentsMargins(2, 4, 12, 4)
        self._grid.setHorizontalSpacing(14)
        self._grid.setVerticalSpacing(5)
        self._grid.setColumnMinimumWidth(1, 170)
        self._grid.setColumnStretch(3, 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        self._holder.setProperty("transparent", True)
        area.setWidget(self._holder)
        self.body.addWidget(area, 1)
        self.combos: dict[str, QComboBox] = {}
        self.questions: dict[str, QComboBox] = {}
        self._icons: dict[str, IconLabel] = {}
        self._waiting: list[SourceColumn] = []
        self._stretched = 0
        self._more = QTimer(self)
        self._more.setSingleShot(True)
        self._more.setInterval(0)
        self._more.timeout.connect(self._add_rows)

    def show_draft(self, draft: Draft, samples: dict[str, list[str]]) -> None:
        """Shows the columns of a draft; `samples` are texts as they stand in the file."""
        before = self._draft
        same = before is not None and [c.name for c in before.spec.columns] == [c.name for c in draft.spec.columns]
        asked_same = before is not None and before.spec.questions == draft.spec.questions
        quick = same and asked_same and samples in ({}, self._samples) and not self._shown and not self._waiting
        self._draft, self._samples = draft, samples or (self._samples if same else {})
        if quick:
            self._show_types(draft)
        else:
            self._fill()

    def _show_types(self, draft: Draft) -> None:
        """Another type for a column or two: all rows stay where they are."""
        self._show_groups(draft)
        for column in draft.spec.columns:
            combo = self.combos[column.name]
            if combo.currentData() != column.type:
                combo.setCurrentIndex(combo.findData(column.type))
            self._icons[column.name].set_icon(TYPE_ICONS.get(column.type, "type"))

    def _show_groups(self, draft: Draft) -> None:
        counts = draft.group_counts()
        for title, made in self.groups.items():
            count = counts.get(title, len(draft.spec.columns))
            made.setText(f"{title} ({count})")
            made.setChecked(title == (self._shown or "All"))

    def _fill(self) -> None:
        draft = self._draft
        if draft is None:
            return
        clear_layout(self._grid)
        self._grid.setRowStretch(self._stretched, 0)
        self.combos, self.questions, self._icons = {}, {}, {}
        self._show_groups(draft)
        for number, title in enumerate(("", "Column", "Type", "Sample values")):
            self._grid.addWidget(label(title, "caption"), 0, number)
        self._waiting = [c for c in draft.spec.columns if not self._shown or group_of(c.type) == self._shown]
        self._stretched = len(self._waiting) + 1
        self._grid.setRowStretch(self._stretched, 1)
        self._add_rows()

    def _add_rows(self) -> None:
        """Some rows at a time: hundreds of columns would hold the window up."""
        draft = self._draft
        if draft is None:
            return
        asked = {question.column: question for question in draft.spec.questions}
        some, self._waiting = self._waiting[:_AT_ONCE], self._waiting[_AT_ONCE:]
        for column in some:
            self._add_row(len(self.combos) + 1, column, asked.get(column.name))
        if self._waiting:
            self._more.start()

    def _add_row(self, row: int, column: "SourceColumn", question: "Question | None") -> None:
        glyph = self._icons[column.name] = IconLabel(TYPE_ICONS.get(column.type, "type"), 14)
        self._grid.addWidget(glyph, row, 0)
        name = ElidedLabel(column.name)
        name.setFixedWidth(170)
        self._grid.addWidget(name, row, 1)
        combo = choice(TYPE_TITLES, column.type, 140)
        combo.setAccessibleName(f"Type of {column.name}")
        combo.activated.connect(lambda _index, n=column.name, c=combo: self.type_chosen.emit(n, c.currentData(), ""))
        self.combos[column.name] = combo
        self._grid.addWidget(combo, row, 2)
        cell = QHBoxLayout()
        cell.setSpacing(10)
        if question is not None:
            ask = choice({"": "Which comes first?", **dict(zip(question.choices, question.labels, strict=True))}, "", 170)
            ask.setToolTip(question.text)
            ask.setAccessibleName(question.text)
            ask.activated.connect(lambda _index, n=column.name, c=ask: self._on_answer(n, c.currentData()))
            self.questions[column.name] = ask
            cell.addWidget(IconLabel("circle-question-mark", 14, "warn"))
            cell.addWidget(ask)
        cell.addWidget(ElidedLabel(",   ".join(self._samples.get(column.name, [])), "muted"), 1)
        self._grid.addLayout(cell, row, 3)

    def _on_answer(self, name: str, format_: str) -> None:
        if format_:
            self.type_chosen.emit(name, "timestamp" if "%H" in format_ or "%I" in format_ else "date", format_)

    def _on_group(self, title: str) -> None:
        self._shown = "" if title == "All" else title
        self._fill()


__all__ = ["TypesPage"]
