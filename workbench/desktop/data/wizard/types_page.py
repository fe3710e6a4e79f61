"""Page 3 of the wizard: the type of each column, counted by kind, with sample values; what is ambiguous is asked."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QScrollArea, QToolButton, QWidget

from workbench.desktop.data.editors.fields import choice
from workbench.desktop.data.wizard.draft import GROUPS, TYPE_ICONS, TYPE_TITLES, Draft, group_of
from workbench.desktop.widgets import ElidedLabel, IconLabel, WizardPage, clear_layout, label


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

    def show_draft(self, draft: Draft, samples: dict[str, list[str]]) -> None:
        """Shows the columns of a draft; `samples` are texts as they stand in the file."""
        same = self._draft is not None and [c.name for c in self._draft.spec.columns] == [c.name for c in draft.spec.columns]
        self._draft, self._samples = draft, samples or (self._samples if same else {})
        self._fill()

    def _fill(self) -> None:
        draft = self._draft
        if draft is None:
            return
        clear_layout(self._grid)
        self.combos, self.questions = {}, {}
        counts = draft.group_counts()
        for title, made in self.groups.items():
            count = counts.get(title, len(draft.spec.columns))
            made.setText(f"{title} ({count})")
            made.setChecked(title == (self._shown or "All"))
        for number, title in enumerate(("", "Column", "Type", "Sample values")):
            self._grid.addWidget(label(title, "caption"), 0, number)
        asked = {question.column: question for question in draft.spec.questions}
        shown = [c for c in draft.spec.columns if not self._shown or group_of(c.type) == self._shown]
        for row, column in enumerate(shown, start=1):
            self._grid.addWidget(IconLabel(TYPE_ICONS.get(column.type, "type"), 14), row, 0)
            name = ElidedLabel(column.name)
            name.setFixedWidth(170)
            self._grid.addWidget(name, row, 1)
            combo = choice(TYPE_TITLES, column.type, 140)
            combo.setAccessibleName(f"Type of {column.name}")
            combo.activated.connect(lambda _index, n=column.name, c=combo: self.type_chosen.emit(n, c.currentData(), ""))
            self.combos[column.name] = combo
            self._grid.addWidget(combo, row, 2)
            values = ElidedLabel(",   ".join(self._samples.get(column.name, [])), "muted")
            cell = QHBoxLayout()
            cell.setSpacing(10)
            if question := asked.get(column.name):
                ask = choice({"": "Which comes first?", **dict(zip(question.choices, question.labels, strict=True))}, "", 170)
                ask.setToolTip(question.text)
                ask.setAccessibleName(question.text)
                ask.activated.connect(lambda _index, n=column.name, c=ask: self._on_answer(n, c.currentData()))
                self.questions[column.name] = ask
                cell.addWidget(IconLabel("circle-question-mark", 14, "warn"))
                cell.addWidget(ask)
            cell.addWidget(values, 1)
            self._grid.addLayout(cell, row, 3)
        self._grid.setRowStretch(len(shown) + 1, 1)

    def _on_answer(self, name: str, format_: str) -> None:
        if format_:
            self.type_chosen.emit(name, "timestamp" if "%H" in format_ or "%I" in format_ else "date", format_)

    def _on_group(self, title: str) -> None:
        self._shown = "" if title == "All" else title
        self._fill()


__all__ = ["TypesPage"]
