"""Editors of steps on whole columns: remove, keep, trim, remove duplicates, rename, convert."""

from typing import TYPE_CHECKING, ClassVar

from PySide6.QtWidgets import QLineEdit, QWidget

from workbench.base.errors import UserError
from workbench.desktop.data.editors.base import StepEditor
from workbench.desktop.data.editors.fields import ColumnPicker, choice, column_combo
from workbench.desktop.data.wizard.draft import TYPE_TITLES
from workbench.desktop.widgets.basics import label

if TYPE_CHECKING:
    from workbench.dataprep.columns import Schema
    from workbench.dataprep.steps import StepBase


class ColumnsEditor(StepEditor):
    """Base of editors whose main field is a choice of columns."""

    empty: ClassVar[str] = "Choose columns"
    text_only: ClassVar[bool] = False

    def __init__(self, schema: "Schema", step: "StepBase | None" = None, columns: tuple[str, ...] = ()) -> None:
        super().__init__(schema, step, columns)
        chosen = getattr(step, "columns", None) or columns
        offered = tuple(c for c in schema if not self.text_only or c.type in {"string", "other"} or c.name in chosen)
        self.picker = ColumnPicker(offered, tuple(chosen), self.empty)
        self.picker.changed.connect(self.tell)
        self.add_row("Columns", self.picker)

    def take_columns(self, names: tuple[str, ...]) -> None:
        if names:
            self.picker.set_names(names)

    def columns(self) -> tuple[str, ...]:
        return self.picker.names

    def first_field(self) -> QWidget | None:
        return self.picker


class RemoveEditor(ColumnsEditor):
    """Removes columns."""

    title, icon = "Remove columns", "trash-2"

    def build(self) -> "StepBase":
        from workbench.dataprep.steps import Remove

        if not self.picker.names:
            raise UserError("Choose at least one column to remove: tick it here or click its header.")
        return Remove(columns=self.picker.names, **self.kept())


class KeepEditor(ColumnsEditor):
    """Keeps columns; the others go."""

    title, icon = "Keep columns", "columns-3"

    def build(self) -> "StepBase":
        from workbench.dataprep.steps import Keep

        return Keep(columns=self.picker.names, **self.kept())


class TrimEditor(ColumnsEditor):
    """Removes white space at both ends."""

    title, icon, text_only = "Trim text", "scissors", True

    def build(self) -> "StepBase":
        from workbench.dataprep.steps import Trim

        return Trim(columns=self.picker.names, **self.kept())


class DuplicatesEditor(ColumnsEditor):
    """Keeps the first of equal rows."""

    title, icon, empty = "Remove duplicate rows", "layers", "All columns"

    def build(self) -> "StepBase":
        from workbench.dataprep.steps import RemoveDuplicates

        return RemoveDuplicates(columns=self.picker.names, **self.kept())


class RenameEditor(StepEditor):
    """Gives a column another name."""

    title, icon = "Rename column", "pencil"

    def __init__(self, schema: "Schema", step: "StepBase | None" = None, columns: tuple[str, ...] = ()) -> None:
        super().__init__(schema, step, columns)
        old = getattr(step, "column", "") or next(iter(columns), "")
        self.column = column_combo(schema, old)
        self.name = QLineEdit(getattr(step, "to", "") or old)
        self.name.setMinimumWidth(220)
        self.column.currentIndexChanged.connect(self.tell)
        self.name.textChanged.connect(self.tell)
        self.name.returnPressed.connect(self.submit)
        self.add_row("Column", self.column)
        self.add_row("New name", self.name)

    def build(self) -> "StepBase":
        from workbench.dataprep.steps import Rename

        if self.name.text() == self.column.currentData():
            raise UserError("Type another name.")
        return Rename(column=self.column.currentData(), to=self.name.text(), **self.kept())

    def columns(self) -> tuple[str, ...]:
        return (self.column.currentData(),)

    def first_field(self) -> QWidget | None:
        self.name.selectAll()
        return self.name


class ConvertEditor(ColumnsEditor):
    """Converts columns to another type."""

    title, icon = "Convert type", "type"

    def __init__(self, schema: "Schema", step: "StepBase | None" = None, columns: tuple[str, ...] = ()) -> None:
        super().__init__(schema, step, columns)
        self.to = choice(TYPE_TITLES, getattr(step, "to", "") or self._likely(columns), 160)
        self.decimal = choice({".": "Point  1.5", ",": "Comma  1,5"}, getattr(step, "decimal", "."), 130)
        self.formats = self._line(", ".join(getattr(step, "formats", ())), "ISO, or patterns such as %d.%m.%Y %H:%M", 300)
        self.true = self._line(", ".join(getattr(step, "true_values", ("true", "t", "yes", "y", "1"))), "Texts that mean true")
        self.false = self._line(", ".join(getattr(step, "false_values", ("false", "f", "no", "n", "0"))), "Texts that mean false")
        self.add_row("To", self.to)
        self._extra = {
            "decimal": [self.add_row("Decimal mark", self.decimal), self.decimal],
            "formats": [self.add_row("Formats", self.formats), self.formats],
            "boolean": [self.add_row("True / false", self.true, self._slash(), self.false), self.true, self._between, self.false],
        }
        self.to.currentIndexChanged.connect(self._on_type)
        self.decimal.currentIndexChanged.connect(self.tell)
        self._show_extra()

    def build(self) -> "StepBase":
        from workbench.dataprep.steps import Convert

        to = self.to.currentData()
        more: dict[str, object] = {}
        if to in {"integer", "decimal"}:
            more["decimal"] = self.decimal.currentData()
        if to in {"date", "time", "timestamp", "timestamp_tz"}:
            more["formats"] = _parts(self.formats.text())
        if to == "boolean":
            more |= {"true_values": _parts(self.true.text()), "false_values": _parts(self.false.text())}
        return Convert(columns=self.picker.names, to=to, **more, **self.kept())

    def _slash(self) -> QWidget:
        self._between = label("/", "muted")
        return self._between

    def _line(self, text: str, placeholder: str, width: int = 180) -> QLineEdit:
        edit = QLineEdit(text)
        edit.setPlaceholderText(placeholder)
        edit.setMinimumWidth(width)
        edit.textChanged.connect(self.tell)
        edit.returnPressed.connect(self.submit)
        return edit

    def _likely(self, columns: tuple[str, ...]) -> str:
        types = {column.type for column in self.schema if column.name in columns}
        return "string" if types and "string" not in types else "decimal"

    def _show_extra(self) -> None:
        to = self.to.currentData()
        texts = any(column.type in {"string", "other"} for column in self.schema if column.name in self.picker.names)
        shown = {
            "decimal": to in {"integer", "decimal"},
            "formats": to in {"date", "time", "timestamp", "timestamp_tz"},
            "boolean": to == "boolean",
        }
        for name, widgets in self._extra.items():
            for widget in widgets:
                widget.setVisible(shown[name] and texts)

    def _on_type(self) -> None:
        self._show_extra()
        self.tell()


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
