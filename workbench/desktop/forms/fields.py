"""One editor for each kind of field of a pydantic model."""

import enum
import types
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QHBoxLayout, QLineEdit, QPlainTextEdit, QWidget

from workbench.desktop.theme import theme
from workbench.desktop.widgets.basics import NumberField, button, restyle


class Field(QObject):
    """An editor with its value. `set_error` marks it; `changed` follows every edit."""

    changed = Signal()
    submitted = Signal()

    def __init__(self, widget: QWidget, read: Callable[[], Any], write: Callable[[Any], None]) -> None:
        super().__init__(widget)
        self.widget = widget
        self.read = read
        self.write = write
        self.focus: QWidget = widget

    def set_invalid(self, on: bool) -> None:
        if bool(self.focus.property("invalid")) != on:
            self.focus.setProperty("invalid", on)
            restyle(self.focus)


class _Combo(QComboBox):
    """Does not change by a passing wheel."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


def make_field(annotation: Any, info: FieldInfo, choices: Sequence[Any] | None = None) -> Field:
    """The editor for a field of that type; `choices` makes it a list to pick from."""
    kind = _bare(annotation)
    if choices is not None:
        return _choice([(value, _title(value)) if not isinstance(value, tuple) else value for value in choices])
    if get_origin(kind) is Literal:
        return _choice([(value, _title(value)) for value in get_args(kind)])
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return _choice([(member, _title(member.value)) for member in kind])
    if kind is bool:
        return _check()
    if kind is int:
        return _whole_number(info)
    if isinstance(kind, type) and issubclass(kind, Path):
        return _path()
    origin = get_origin(kind)
    if origin in {list, tuple, set, frozenset}:
        return _lines()
    if origin is dict:
        return _pairs()
    return _text(number=kind is float)


def is_nested(annotation: Any) -> type[BaseModel] | None:
    kind = _bare(annotation)
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def is_optional(annotation: Any) -> bool:
    return type(None) in get_args(annotation)


def _bare(annotation: Any) -> Any:
    """Without Annotated and Optional."""
    while True:
        if hasattr(annotation, "__metadata__"):
            annotation = get_args(annotation)[0]
        elif get_origin(annotation) in {Union, types.UnionType}:
            rest = [part for part in get_args(annotation) if part is not type(None)]
            if len(rest) != 1:
                return annotation
            annotation = rest[0]
        else:
            return annotation


def _title(value: Any) -> str:
    text = str(value)
    return text[:1].upper() + text[1:] if text.islower() and text.isascii() and "/" not in text and "." not in text else text


def _text(*, number: bool = False) -> Field:
    edit = QLineEdit()

    def write(value: Any) -> None:
        edit.setText("" if value is None else f"{value:g}" if number and isinstance(value, float) else str(value))

    field = Field(edit, lambda: edit.text().strip(), write)
    edit.textEdited.connect(field.changed)
    edit.returnPressed.connect(field.submitted)
    return field


def _whole_number(info: FieldInfo) -> Field:
    low, high = -(2**31) + 1, 2**31 - 1
    for rule in info.metadata:
        low = int(getattr(rule, "ge", low)) if getattr(rule, "ge", None) is not None else low
        low = int(rule.gt) + 1 if getattr(rule, "gt", None) is not None else low
        high = int(rule.le) if getattr(rule, "le", None) is not None else high
        high = int(rule.lt) - 1 if getattr(rule, "lt", None) is not None else high
    spin = NumberField(low, high)
    spin.setFixedWidth(150)
    field = Field(spin, spin.value, lambda value: spin.setValue(int(value or 0)))
    spin.valueChanged.connect(field.changed)
    return field


def _check() -> Field:
    box = QCheckBox()
    field = Field(box, box.isChecked, lambda value: box.setChecked(bool(value)))
    box.toggled.connect(field.changed)
    return field


def _choice(entries: Sequence[tuple[Any, str]]) -> Field:
    combo = _Combo()
    combo.setMinimumWidth(160)
    combo.setMaximumWidth(320)
    for value, title in entries:
        combo.addItem(title, value)
    values = [value for value, _title in entries]

    def read() -> Any:
        index = combo.currentIndex()
        return values[index] if 0 <= index < len(values) else None

    def write(value: Any) -> None:
        if value in values:
            combo.setCurrentIndex(values.index(value))

    field = Field(combo, read, write)
    combo.activated.connect(field.changed)
    return field


def _path() -> Field:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    edit = QLineEdit()
    row.addWidget(edit, 1)
    field = Field(holder, lambda: edit.text().strip(), lambda value: edit.setText(str(value or "")))

    def choose(folder: str) -> None:
        edit.setText(folder)
        field.changed.emit()

    def browse() -> None:
        dialog = QFileDialog(holder, "Choose a folder", edit.text())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(choose)
        dialog.open()

    row.addWidget(button("Browse…", browse))
    field.focus = edit
    edit.textEdited.connect(field.changed)
    edit.returnPressed.connect(field.submitted)
    return field


def _area(placeholder: str) -> QPlainTextEdit:
    area = QPlainTextEdit()
    area.setPlaceholderText(placeholder)
    area.setTabChangesFocus(True)
    area.setFont(theme().mono_font)
    area.setFixedHeight(area.fontMetrics().lineSpacing() * 4 + 16)
    return area


def _lines() -> Field:
    area = _area("One a line")

    def read() -> list[str]:
        return [line.strip() for line in area.toPlainText().splitlines() if line.strip()]

    field = Field(area, read, lambda value: area.setPlainText("\n".join(map(str, value or ()))))
    area.textChanged.connect(field.changed)
    return field


def _pairs() -> Field:
    area = _area("NAME=value, one a line")

    def read() -> dict[str, str] | str:
        pairs: dict[str, str] = {}
        for number, line in enumerate(area.toPlainText().splitlines(), 1):
            if not line.strip():
                continue
            name, sign, value = line.partition("=")
            if not sign or not name.strip():
                return f"Line {number} is not of the form NAME=value."
            pairs[name.strip()] = value.strip()
        return pairs

    field = Field(area, read, lambda value: area.setPlainText("\n".join(f"{k}={v}" for k, v in (value or {}).items())))
    area.textChanged.connect(field.changed)
    return field
