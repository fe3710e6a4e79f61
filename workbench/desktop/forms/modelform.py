"""A form made from a pydantic model: one editor a field, help from its description, errors in words under it."""

from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from workbench.desktop.forms.fields import Field, is_nested, is_optional, make_field
from workbench.desktop.widgets.basics import label

M = TypeVar("M", bound=BaseModel)


class ModelForm(QWidget, Generic[M]):
    """Edits a model. `value()` is the checked model, or None after showing what is wrong beside the fields."""

    changed = Signal()
    submitted = Signal()

    def __init__(
        self,
        model: type[M],
        *,
        include: Sequence[str] | None = None,
        initial: Mapping[str, Any] | None = None,
        choices: Mapping[str, Sequence[Any]] | None = None,
        labels: Mapping[str, str] | None = None,
        hints: Mapping[str, str] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._fields: dict[str, Field] = {}
        self._nested: dict[str, ModelForm[Any]] = {}
        self._errors: dict[str, QLabel] = {}
        self._kept: dict[str, Any] = dict(initial or {})
        names = include if include is not None else [n for n in model.model_fields if n != "version"]
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(14)
        for name in names:
            info = model.model_fields[name]
            title = (labels or {}).get(name) or info.title or name.replace("_", " ").capitalize()
            hint = (hints or {}).get(name) or info.description or ""
            nested = is_nested(info.annotation)
            row = QVBoxLayout()
            row.setSpacing(4)
            if nested is not None:
                row.addWidget(label(title, "caption"))
                inner = ModelForm(nested)
                inner._layout.setContentsMargins(12, 0, 0, 0)
                inner.changed.connect(self._on_changed)
                self._nested[name] = inner
                row.addWidget(inner)
                self._layout.addLayout(row)
                continue
            self._add_field(name, title, hint, make_field(info.annotation, info, (choices or {}).get(name)), row)
            self._layout.addLayout(row)
        self._layout.addStretch(1)
        self._fill({n: f.get_default(call_default_factory=True) for n, f in model.model_fields.items() if not f.is_required()})
        self._fill(self._kept)

    def field(self, name: str) -> QWidget:
        """The editor of a field (what takes the focus)."""
        return self._fields[name].focus

    def raw(self) -> dict[str, Any]:
        """The values as typed, unchecked, with those given at the start that have no editor."""
        values = dict(self._kept)
        for name, field in self._fields.items():
            value = field.read()
            if value == "" and is_optional(self._model.model_fields[name].annotation):
                value = None
            values[name] = value
        values |= {name: form.raw() for name, form in self._nested.items()}
        return values

    def value(self) -> M | None:
        """The model, or None: then the messages stand beside the fields and the first wrong one has the focus."""
        self._clear()
        try:
            return self._model.model_validate(self.raw())
        except ValidationError as error:
            self._show(error.errors())
            return None

    def set_value(self, model: M | Mapping[str, Any]) -> None:
        """Fills the fields."""
        values = dict(model)
        self._kept |= values
        self._fill(values)
        self._clear()

    def set_error(self, name: str, message: str) -> None:
        """Shows a message of your own beside a field; empty takes it away."""
        self._errors[name].setText(message)
        self._errors[name].setVisible(bool(message))
        self._fields[name].set_invalid(bool(message))

    def _add_field(self, name: str, title: str, hint: str, field: Field, row: QVBoxLayout) -> None:
        caption = label(title)
        caption.setBuddy(field.focus)
        field.focus.setAccessibleName(title)
        field.focus.setAccessibleDescription(hint)
        row.addWidget(caption)
        row.addWidget(field.widget, 0, Qt.AlignmentFlag.AlignLeft if field.widget.maximumWidth() < 1000 else Qt.AlignmentFlag(0))
        if hint:
            row.addWidget(label(hint, "small", wrap=True))
        message = label("", "error", wrap=True)
        message.hide()
        row.addWidget(message)
        self._fields[name] = field
        self._errors[name] = message
        field.changed.connect(self._on_changed)
        field.submitted.connect(self.submitted)

    def _fill(self, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            if name in self._fields:
                self._fields[name].write(value)
            elif name in self._nested and value is not None:
                self._nested[name].set_value(value)

    def _clear(self) -> None:
        for name in self._fields:
            self.set_error(name, "")
        for form in self._nested.values():
            form._clear()  # noqa: SLF001 (of this class)

    def _show(self, errors: Sequence[ErrorDetails]) -> None:
        first: QWidget | None = None
        for error in errors:
            name = str(error["loc"][0]) if error["loc"] else ""
            if name in self._nested:
                self._nested[name]._show([{**error, "loc": error["loc"][1:]}])  # noqa: SLF001 (of this class)
            elif name in self._fields:
                self.set_error(name, words(error, self._fields[name].read()))
                first = first or self._fields[name].focus
            elif self._errors:
                self.set_error(next(iter(self._errors)), f"{name}: {words(error, None)}".lstrip(": "))
        if first is not None:
            first.setFocus()

    def _on_changed(self) -> None:
        self.changed.emit()


def words(error: ErrorDetails, value: Any) -> str:
    """Pydantic's finding as a sentence for a person."""
    kind, context = error["type"], error.get("ctx", {})
    if isinstance(value, str) and value.startswith("Line ") and kind in {"dict_type", "dict_parsing"}:
        return value
    if value in {"", None} if not isinstance(value, (dict, list)) else False:
        return "This is needed."
    sentences = {
        "int_parsing": "This must be a whole number.",
        "float_parsing": "This must be a number.",
        "string_too_short": f"At least {context.get('min_length')} characters are needed.",
        "string_too_long": f"At most {context.get('max_length')} characters are possible.",
        "string_pattern_mismatch": "Use letters, digits, dots and dashes; begin with a letter or digit.",
        "greater_than_equal": f"This must be at least {context.get('ge')}.",
        "greater_than": f"This must be more than {context.get('gt')}.",
        "less_than_equal": f"This must be at most {context.get('le')}.",
        "less_than": f"This must be less than {context.get('lt')}.",
        "missing": "This is needed.",
    }
    if kind in sentences:
        return sentences[kind]
    message = error["msg"].removeprefix("Value error, ")
    return message[:1].upper() + message[1:] + ("" if message.endswith(".") else ".")
