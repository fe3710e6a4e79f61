"""Forms made from models."""

from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPlainTextEdit, QSpinBox
from pytestqt.qtbot import QtBot

from workbench.desktop.forms import ModelForm
from workbench.schema import ServiceRequest


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Inner(BaseModel):
    depth: int = Field(3, ge=1, le=9)


class Everything(BaseModel):
    name: str = Field(min_length=1)
    rate: float = 0.5
    count: int = 2
    on: bool = False
    mode: Literal["fast", "slow"] = "fast"
    colour: Colour = Colour.RED
    folder: Path = Path()
    lines: tuple[str, ...] = ()
    pairs: dict[str, str] = {}
    maybe: str | None = None
    inner: Inner = Inner()


def test_that_every_kind_of_field_is_read_back(themed: object, qtbot: QtBot) -> None:
    form = ModelForm(Everything)
    qtbot.addWidget(form)
    kinds = {"name": QLineEdit, "count": QSpinBox, "on": QCheckBox, "mode": QComboBox, "lines": QPlainTextEdit, "folder": QLineEdit}
    for name, kind in kinds.items():
        assert isinstance(form.field(name), kind), name
    wanted = Everything(
        name="a", rate=0.25, count=7, on=True, mode="slow", colour=Colour.BLUE, folder=Path("x"), lines=("b", "c"),
        pairs={"K": "v=1"},
        maybe="m", inner=Inner(depth=5),
    )  # fmt: skip
    form.set_value(wanted)
    assert form.value() == wanted


def test_that_wrong_values_are_said_in_words_beside_their_fields(themed: object, qtbot: QtBot) -> None:
    form = ModelForm(Everything)
    qtbot.addWidget(form)
    rate, pairs = form.field("rate"), form.field("pairs")
    assert isinstance(rate, QLineEdit)
    assert isinstance(pairs, QPlainTextEdit)
    rate.setText("much")
    pairs.setPlainText("A=1\nnonsense")
    assert form.value() is None
    said = {name: message.text() for name, message in form._errors.items() if message.text()}
    assert said == {"name": "This is needed.", "rate": "This must be a number.", "pairs": "Line 2 is not of the form NAME=value."}
    assert form.field("name").property("invalid")


def test_that_values_without_an_editor_are_kept(themed: object, qtbot: QtBot) -> None:
    form = ModelForm(ServiceRequest, include=("name", "port"), initial={"model": "late", "version": 2})
    qtbot.addWidget(form)
    name = form.field("name")
    qtbot.keyClicks(name, "Late Flights")
    assert form.value() is None
    name.clear()  # type: ignore[attr-defined]
    qtbot.keyClicks(name, "late")
    assert form.value() == ServiceRequest(name="late", model="late", version=2)


def test_that_enter_in_a_field_submits(themed: object, qtbot: QtBot) -> None:
    form = ModelForm(Everything)
    qtbot.addWidget(form)
    with qtbot.waitSignal(form.submitted):
        qtbot.keyClick(form.field("name"), Qt.Key.Key_Return)
