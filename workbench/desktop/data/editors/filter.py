"""The editor of a filter: conditions, all or any, keep or remove."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from workbench.base.errors import UserError
from workbench.desktop.data.editors.base import RowList, StepEditor
from workbench.desktop.data.editors.fields import choice, column_combo
from workbench.desktop.widgets.basics import button, icon_button, label

if TYPE_CHECKING:
    from workbench.dataprep.columns import Schema
    from workbench.dataprep.steps import Condition, Filter, StepBase


class ConditionRow(QWidget):
    """One condition: column, operator and as many values as the operator takes."""

    changed = Signal()
    submitted = Signal()
    removed = Signal(object)

    def __init__(self, schema: "Schema", condition: "Condition") -> None:
        super().__init__()
        self._types = {column.name: column.type for column in schema}
        self.column = column_combo(schema, condition.column)
        self.operator = QComboBox()
        self.operator.setMinimumWidth(140)
        self.operator.setAccessibleName("Operator")
        self.value = self._edit("Value")
        self.between = label("and", "muted")
        self.value2 = self._edit("Upper end")
        remove = icon_button("x", "Remove this condition", self._on_remove)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for widget in (self.column, self.operator, self.value, self.between, self.value2, remove):
            row.addWidget(widget)
        row.addStretch(1)
        self._fill_operators(condition.operator)
        self._ignore_case = condition.ignore_case
        self._touched = bool(condition.value)
        """An empty value is meant only when something was typed and taken away again."""
        self.value.setText(", ".join(condition.values) if condition.values else condition.value)
        self.value2.setText(condition.value2)
        self._show_values()
        self.value.textEdited.connect(self._on_typed)
        self.column.currentIndexChanged.connect(self._on_column)
        self.operator.currentIndexChanged.connect(self._on_operator)

    def condition(self) -> "Condition":
        """The condition as the fields say."""
        from workbench.dataprep.steps import Condition, plain_operator, takes_value

        operator = self.operator.currentData()
        text = self.value.text()
        if plain_operator(operator) == "one_of":
            return Condition(
                column=self.column.currentData(),
                operator=operator,
                values=tuple(part.strip() for part in text.split(",") if part.strip()),
                ignore_case=self._ignore_case,
            )
        value2 = self.value2.text() if plain_operator(operator) == "between" else ""
        used = takes_value(operator)
        if used and not text and not self._touched:
            raise UserError(f"Type the value of {self.column.currentData()} to look for.")
        return Condition(
            column=self.column.currentData(),
            operator=operator,
            value=text if used else "",
            value2=value2,
            ignore_case=self._ignore_case,
        )

    def _edit(self, name: str) -> QLineEdit:
        edit = QLineEdit()
        edit.setMinimumWidth(160)
        edit.setPlaceholderText(name)
        edit.setAccessibleName(name)
        edit.textChanged.connect(self._tell)
        edit.returnPressed.connect(self.submitted)
        return edit

    def _fill_operators(self, current: str) -> None:
        from workbench.dataprep.steps import operator_words, operators_for

        self.operator.blockSignals(True)
        self.operator.clear()
        for operator in operators_for(self._types.get(self.column.currentData(), "string")):
            self.operator.addItem(operator_words(operator), operator)
        self.operator.setCurrentIndex(max(0, self.operator.findData(current)))
        self.operator.blockSignals(False)

    def _show_values(self) -> None:
        from workbench.dataprep.steps import plain_operator, takes_value

        operator = self.operator.currentData()
        kind = plain_operator(operator)
        self.value.setVisible(takes_value(operator))
        self.value.setPlaceholderText("Values, separated by commas" if kind == "one_of" else "Value")
        for widget in (self.between, self.value2):
            widget.setVisible(kind == "between")

    def _on_column(self) -> None:
        self._fill_operators(self.operator.currentData() or "")
        self._on_operator()

    def _on_operator(self) -> None:
        self._show_values()
        self._tell()

    def _on_remove(self) -> None:
        self.removed.emit(self)

    def _on_typed(self) -> None:
        self._touched = True

    def _tell(self) -> None:
        self.changed.emit()


class FilterEditor(StepEditor):
    """Keeps or removes the rows that meet all, or any, of the conditions."""

    title, icon = "Filter rows", "funnel"

    def __init__(self, schema: "Schema", step: "Filter | None" = None, columns: tuple[str, ...] = ()) -> None:
        super().__init__(schema, step, columns)
        self.action = choice({"keep": "Keep rows", "remove": "Remove rows"}, step.action if step else "keep")
        self.match = choice({"all": "all conditions are met", "any": "any condition is met"}, step.match if step else "all")
        self.rows = RowList()
        head = QWidget()
        line = QHBoxLayout(head)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(self.action)
        line.addWidget(label("where"))
        line.addWidget(self.match)
        line.addStretch(1)
        self.add_wide(head)
        self.add_wide(self.rows)
        self.more = button("Add condition", self.add_condition, kind="link", icon="plus")
        self._grid.addWidget(self.more, self._grid.rowCount(), 0, 1, 2, Qt.AlignmentFlag.AlignLeft)
        for combo in (self.action, self.match):
            combo.currentIndexChanged.connect(self.tell)
        for condition in step.conditions if step else self._start(columns):
            self._add(condition)

    def build(self) -> "StepBase":
        from workbench.dataprep.steps import Filter

        conditions = tuple(row.condition() for row in self.rows.rows if isinstance(row, ConditionRow))
        return Filter(conditions=conditions, match=self.match.currentData(), action=self.action.currentData(), **self.kept())

    def columns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(row.column.currentData() for row in self.rows.rows if isinstance(row, ConditionRow)))

    def first_field(self) -> QWidget | None:
        row = next(iter(self.rows.rows), None)
        return row.value if isinstance(row, ConditionRow) and row.value.isVisibleTo(self) else self.action

    def add_condition(self) -> None:
        """One more condition, on the first chosen column."""
        self._add(self._start(self.columns())[0])
        self.tell()

    def _start(self, columns: tuple[str, ...]) -> "tuple[Condition, ...]":
        from workbench.dataprep.steps import Condition

        names = columns or tuple(column.name for column in self.schema[:1])
        return tuple(Condition(column=name, operator="is_not_missing" if not columns else "equals") for name in names[:4])

    def _add(self, condition: "Condition") -> None:
        row = ConditionRow(self.schema, condition)
        row.changed.connect(self.tell)
        row.submitted.connect(self.submit)
        row.removed.connect(self._on_removed)
        self.rows.add(row)

    def _on_removed(self, row: QWidget) -> None:
        self.rows.take(row)
        self.tell()
