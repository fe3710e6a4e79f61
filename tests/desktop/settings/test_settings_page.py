"""The settings page: what is there, what is refused, what is saved."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from workbench.base.settings import Settings, load_settings
from workbench.desktop.context import AppContext
from workbench.desktop.settings.page import SettingsPage


@pytest.fixture
def page(context: AppContext, qtbot: QtBot) -> SettingsPage:
    made = SettingsPage(context)
    qtbot.addWidget(made)
    made.show()
    return made


def field(page: SettingsPage, name: str) -> QLineEdit:
    title = Settings.model_fields[name].title
    return next(made for made in page.findChildren(QLineEdit) if made.accessibleName() == title)


def words(page: SettingsPage) -> str:
    return " ".join(made.text() for made in page.findChildren(QLabel) if made.isVisible())


def test_that_every_setting_has_its_place_on_the_page(page: SettingsPage) -> None:
    captions = {made.text() for made in page.findChildren(QLabel)}
    assert {info.title for name, info in Settings.model_fields.items() if name != "version"} <= captions


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("database_url", "postgresql://ada@host", "Write it like postgresql://user@host/name"),
        ("database_url", "mysql://ada@host/runs", "Write it like postgresql://user@host/name"),
        ("database_url", "postgresql://ada:secret@host/runs", "workbench secret set database_password"),
        ("ca_bundle", "/no/such/file.pem", "There is no file /no/such/file.pem."),
        ("package_index", "pypi.example.com", "begins with https://"),
        ("package_index", "http://[", "begins with https://"),
    ],
)
def test_that_what_cannot_be_meant_is_refused_beside_its_field(
    page: SettingsPage, context: AppContext, name: str, typed: str, sentence: str
) -> None:
    field(page, name).setText(typed)
    page.apply()
    assert sentence in words(page)
    assert "Not saved" in words(page)
    assert context.settings == Settings()


def test_that_a_database_is_saved_and_counts_from_the_next_start(page: SettingsPage, context: AppContext, qtbot: QtBot) -> None:
    url = "postgresql://ada@db.example.com/runs"
    field(page, "database_url").setText(url)
    page.apply()
    assert "from the server's next start" in words(page)
    qtbot.waitUntil(lambda: context.operations.inflight == 0, timeout=10_000)
    assert load_settings(Path(context.paths.settings)).database_url == url
