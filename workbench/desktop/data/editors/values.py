"""Editors of steps on values and rows: replace, fill missing, split, expression, first rows."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from workbench.base.errors import UserError
from workbench.dataprep.columns import unique_name
from workbench.desktop.data.editors.base import StepEditor
from workbench.desktop.data.editors.columns import ColumnsEditor
from workbench.desktop.data.editors.fields import column_combo
from workbench.desktop.theme import theme
from workbench.desktop.widgets.basics import NumberField, label

if TYPE_CHECKING:
    from workbench.dataprep.columns import Schema
    from workbench.dataprep.steps import StepBase


def line(editor: StepEditor, text: str, placeholder: str = "", width: int = 200) -> QLineEdit:
    """A text field of an editor."""
    edit = QLineEdit(text)
    edit.setPlaceholderText(placeholder)
    edit.setAccessibleName(placeholder)
    edit.setMinimumWidth(width)
    edit.textChanged.connect(editor.tell)
    edit.returnPressed.connect(editor.submit)
    return edit


class ReplaceEditor(ColumnsEditor):
    """Replaces a text or a whole value."""

    title, icon = "Replace values", "replace"

    def __init__(self, schema: "Schema", step: "StepBase | None" = None, columns: tuple[str, ...] = (), find: str = "") -> None:
        super().__init__(schema, step, columns)
        replacement = getattr(step, "replacement", "")
        self.wanted = line(self, getattr(step, "find", find), "Value to find")
        self.new = line(self, replacement or "", "New value")
        self.missing = QCheckBox("make missing")
        self.missing.setChecked(step is not None and replacement is None)
        self.whole = QCheckBox("only where it is the whole value")
        self.whole.setChecked(getattr(step, "whole", True))
        self.new.setEnabled(not self.missing.isChecked())
        self.missing.toggled.connect(self._on_missing)
        self.whole.toggled.connect(self.tell)
        self.add_row("Find", self.wanted, self.whole)
        self.add_row("Replace by", self.new, self.missing)

    def build(self) -> "StepBase":
        from workbench.dataprep.steps import Replace

        new = None if self.missing.isChecked() else self.new.text()
        return Replace(
            columns=self.picker.names, find=self.wanted.text(), replacement=new, whole=self.whole.isChecked(), **self.kept()
        )

    def first_field(self) -> QWidget | None:
        return (self.new if self.wanted.text() else self.wanted) if self.picker.names else self.picker

    def _on_missing(self, checked: bool) -> None:
        self.new.setEnabled(not checked)
        if checked:
            self.whole.setChecked(True)
        self.tell()


class FillEditor(ColumnsEditor):
    """Puts one value where values are missing."""

    title, icon = "Fill missing values", "circle-dot"

    def __init__(self, schema: "Schema", step: "StepBase | None" = None, columns: tuple[str, ...] = ()) -> None:
        super().__init__(schema, step, columns)
        self.value = line(self, getattr(step, "value", ""), "Value")
        self.add_row("Fill with", self.value)

    def build(self) -> "StepBase":
        from workbench.dataprep.steps import FillMissing

        return FillMissing(columns=self.picker.names, value=self.value.text(), **self.kept())

    def first_field(self) -> QWidget | None:
        return self.value if self.picker.names else self.picker


class SplitEditor(StepEditor):
    """Splits a text column at a delimiter."""

    title, icon = "Split column", "split"

    def __init__(self, schema: "Schema", step: "StepBase | None" = None, columns: tuple[str, ...] = ()) -> None:
        super().__init__(schema, step, columns)
        self.column = column_combo(schema, getattr(step, "column", "") or next(iter(columns), ""))
        self.delimiter = line(self, getattr(step, "delimiter", "").replace("\t", "\\t"), "Delimiter", 90)
        self.parts = NumberField(2, 100)
        self.parts.setValue(getattr(step, "parts", 2))
        self.keep = QCheckBox("keep the column itself")
        self.keep.setChecked(getattr(step, "keep_source", True))
        self.column.currentIndexChanged.connect(self.tell)
        self.parts.valueChanged.connect(self.tell)
        self.keep.toggled.connect(self.tell)
        self.add_row("Column", self.column)
        self.add_row("Delimiter", self.delimiter, label("into", "muted"), self.parts, label("columns", "muted"), self.keep)

    def build(self) -> "StepBase":
        from workbench.dataprep.steps import Split

        return Split(
            column=self.column.currentData(),
            delimiter=self.delimiter.text().replace("\\t", "\t"),
            parts=self.parts.value(),
            keep_source=self.keep.isChecked(),
            **self.kept(),
        )

    def columns(self) -> tuple[str, ...]:
        return (self.column.currentData(),)

    def first_field(self) -> QWidget | None:
        return self.delimiter


class ExpressionEditor(StepEditor):
    """Adds or replaces a column by an SQL scalar expression."""

    title, icon = "Column from an expression", "sigma"

    def __init__(self, schema: "Schema", step: "StepBase | None" = None, columns: tuple[str, ...] = ()) -> None:
        super().__init__(schema, step, columns)
        names = [column.name for column in schema]
        self.name = line(self, getattr(step, "column", "") or unique_name("new_column", names), "Name of the column")
        self.sql = line(self, getattr(step, "sql", ""), "For example: dep_delay + arr_delay, upper(carrier), coalesce(x, 0)", 480)
        self.sql.setFont(theme().mono_font)
        self.insert = column_combo(schema, "", empty="Insert column")
        self.insert.setCurrentIndex(0)
        self.insert.activated.connect(self._on_insert)
        self.add_row("Name", self.name)
        self.add_row("SQL", self.sql, self.insert)

    def build(self) -> "StepBase":
        from workbench.dataprep.steps import Expression

        if not self.sql.text().strip():
            raise UserError("Type an SQL expression over the row's columns.")
        return Expression(column=self.name.text().strip(), sql=self.sql.text(), **self.kept())

    def first_field(self) -> QWidget | None:
        return self.sql

    def _on_insert(self, index: int) -> None:
        name = self.insert.itemData(index)
        if name:
            self.sql.insert(name if name.isidentifier() else '"' + name.replace('"', '""') + '"')
            self.insert.setCurrentIndex(0)
            self.sql.setFocus()


class TopEditor(StepEditor):
    """Keeps the first rows."""

    title, icon = "Keep the first rows", "arrow-up"

    def __init__(self, schema: "Schema", step: "StepBase | None" = None, columns: tuple[str, ...] = ()) -> None:
        super().__init__(schema, step, columns)
        self.count = NumberField(1, 2_000_000_000)
        self.count.setMinimumWidth(140)
        self.count.setValue(getattr(step, "count", 1000))
        self.count.valueChanged.connect(self.tell)
        self.add_row("Rows", self.count)

    def build(self) -> "StepBase":
        from workbench.dataprep.steps import Top

        return Top(count=self.count.value(), **self.kept())

    def first_field(self) -> QWidget | None:
        self.count.selectAll()
        return self.count
