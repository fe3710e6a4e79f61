"""Settings are readable text, checked when read."""

from pathlib import Path

import pytest

from workbench.base.errors import UserError
from workbench.base.settings import Settings, load_settings, save_settings


def test_that_settings_come_back_as_they_were_saved(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    assert load_settings(path) == Settings()
    save_settings(path, Settings(theme="dark", parallel_jobs=3))
    assert load_settings(path) == Settings(theme="dark", parallel_jobs=3)
    assert "font_size" not in path.read_text()


@pytest.mark.parametrize(("text", "said"), [("parallel_jobs = 0", "parallel_jobs"), ("thme = 'dark'", "thme"), ("= 3", "TOML")])
def test_that_a_wrong_setting_is_named(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(text)
    with pytest.raises(UserError, match=said) as caught:
        load_settings(path)
    assert caught.value.place == str(path)
