"""Tokens, contrast, icons, and that no colour stands outside the theme."""

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QColor

import workbench
import workbench.desktop
from workbench.base.paths import resources_dir
from workbench.base.settings import Settings
from workbench.desktop.icons import icon
from workbench.desktop.theme import Theme
from workbench.desktop.theme.tokens import DARK, LIGHT, Tokens


def luminance(colour: QColor) -> float:
    parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in (colour.redF(), colour.greenF(), colour.blueF())]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: QColor, other: QColor) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_that_text_and_controls_have_enough_contrast(tokens: Tokens) -> None:
    for ground in (tokens.window, tokens.base, tokens.alt, tokens.selection):
        for name in ("text", "muted", "accent"):
            assert contrast(getattr(tokens, name), ground) >= 4.5, name
    for name in ("ok", "warn", "bad"):
        assert contrast(getattr(tokens, name), getattr(tokens, f"{name}_soft")) >= 4.5, name
        assert contrast(getattr(tokens, name), tokens.base) >= 4.5, name
    assert contrast(tokens.on_accent, tokens.accent_fill) >= 4.5
    assert contrast(tokens.input_border, tokens.base) >= 3
    for colour in tokens.series:
        assert contrast(colour, tokens.base) >= 2.2


def test_that_no_colour_literal_stands_outside_the_theme() -> None:
    root = Path(workbench.desktop.__file__).parent
    found = [
        f"{path.relative_to(root)}:{number}"
        for path in root.rglob("*.py")
        if path.parent.name != "theme"
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if re.search(r"[\"']#[0-9a-fA-F]{3,8}[\"']|QColor\(\d", line)
    ]
    assert found == []


def test_that_the_theme_follows_the_setting_and_icons_follow_the_theme(themed: Theme) -> None:
    light = icon("play").pixmap(32, 32).toImage()
    themed.apply(Settings(theme="dark", font_size=12, density="compact"))
    assert themed.tokens is DARK
    assert icon("play").pixmap(32, 32).toImage() != light
    assert themed.metrics.row >= 24
    themed.apply(Settings(theme="light"))
    assert icon("play").pixmap(32, 32).toImage() == light


def test_that_every_shipped_icon_can_be_drawn(themed: Theme) -> None:
    for path in (resources_dir() / "icons").glob("*.svg"):
        assert not icon(path.stem).pixmap(16, 16).isNull(), path.name


def test_that_every_shipped_icon_is_used() -> None:
    code = "".join(path.read_text("utf-8") for path in Path(workbench.__file__).parent.rglob("*.py"))
    assert [path.stem for path in (resources_dir() / "icons").glob("*.svg") if f'"{path.stem}"' not in code] == []
