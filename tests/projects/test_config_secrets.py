"""Secrets that stand in run configurations reach neither snapshots nor recorded differences, and no restore takes them away."""

import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from workbench.base.masking import MASK
from workbench.projects import Project, SnapshotStore, git_state
from workbench.projects.configsecrets import with_secrets_of, without_secrets

CONFIG = """# how it runs
script = "train.py"  # API_TOKEN = "not one"
[inputs]
"data/key.csv" = "data/monkey.csv"

[variables]
API_TOKEN = "tok-ABCDEFGH1234"   # mine
'DB PASSWORD' = 'short'
URL = "postgres://me:pw-IJKLMN5678@host/db"
QUOTED_KEY = "a\\"b\\\\"
LINES_SECRET = \"\"\"
first-line-of-it
second-line-of-it\"\"\"
REFERRED_TOKEN = "secret:token"
RATE = "0.1"

[resources]
cpus = 1
"""
SECRETS = (b"tok-ABCDEFGH1234", b"short", b"pw-IJKLMN5678", b"first-line", b"second-line", b'a\\"b')


@pytest.fixture
def store(tmp_path: Path) -> SnapshotStore:
    return SnapshotStore(tmp_path / "home/snapshots.git")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project.create(tmp_path / "flights")
    (made.folder / "runconfig/local.toml").write_text(CONFIG)
    return made


def _everything(repository: Path) -> bytes:
    """All that a repository holds, also what no commit leads to."""
    listed = ["git", "-C", str(repository), "cat-file", "--batch-all-objects", "--batch"]
    return subprocess.run(listed, capture_output=True, check=True).stdout


def test_that_only_the_values_of_secret_variables_change() -> None:
    kept = (without_secrets(CONFIG.encode()) or b"").decode()
    before, after = tomllib.loads(CONFIG), tomllib.loads(kept)
    assert after["variables"] == {
        **dict.fromkeys(("API_TOKEN", "DB PASSWORD", "QUOTED_KEY", "LINES_SECRET"), MASK),
        "URL": f"postgres://me:{MASK}@host/db",
        "REFERRED_TOKEN": "secret:token",
        "RATE": "0.1",
    }
    assert {**after, "variables": 0} == {**before, "variables": 0}
    assert f'API_TOKEN = "{MASK}"   # mine\n' in kept
    assert kept.startswith(CONFIG[: CONFIG.index("[variables]")])
    assert with_secrets_of(kept.encode(), CONFIG.encode()).decode() == CONFIG
    assert without_secrets(b'[variables]\nRATE = "0.1"\n') is None


@pytest.mark.parametrize(
    "text",
    [
        'variables = {API_TOKEN = "tok-ABCDEFGH1234", RATE = "1"}\n',
        'variables.API_TOKEN = "tok-ABCDEFGH1234"\n',
        '["variables"]\nAPI_TOKEN="tok-ABCDEFGH1234"\n[a]\nb = 1\n',
        "[ variables ] # here\n  API_TOKEN\t=\t'tok-ABCDEFGH1234'",
        'variables = {\nAPI_TOKEN = "tok-ABCDEFGH1234"}\n',  # no TOML 1.0: blacked out all the same
        '[variables\nAPI_TOKEN = "tok-ABCDEFGH1234"\n',
    ],
)
def test_that_a_secret_is_found_however_it_is_written(text: str) -> None:
    assert b"tok-" not in (without_secrets(text.encode()) or b"tok-")


def test_that_no_secret_of_a_configuration_is_in_the_repository_of_snapshots(
    store: SnapshotStore, project: Project, tmp_path: Path
) -> None:
    for number in range(300):  # so many that they are written as one pack
        (project.folder / f"module_{number}.py").write_text(f"x = {number}\n")
    first = store.commit(project.folder, project.id)
    assert store.commit(project.folder, project.id) == first
    (project.folder / "runconfig/local.toml").write_text(CONFIG.replace("tok-ABCDEFGH1234", "tok-other5678"))
    assert store.commit(project.folder, project.id).commit == first.commit  # nothing that is kept has changed
    kept = _everything(tmp_path / "home/snapshots.git")
    assert MASK.encode() in kept
    assert not [secret for secret in (*SECRETS, b"tok-other5678") if secret in kept]


def test_that_a_restore_keeps_the_secrets_of_the_folder(store: SnapshotStore, project: Project, tmp_path: Path) -> None:
    path = project.folder / "runconfig/local.toml"
    path.chmod(0o600)
    commit = store.commit(project.folder, project.id).commit
    assert store.restore(commit, project.folder).changed == ()
    assert path.read_text() == CONFIG
    path.write_text(CONFIG.replace('RATE = "0.1"', 'RATE = "0.2"').replace("tok-ABCDEFGH1234", "tok-other5678"))
    restored = store.restore(commit, project.folder)
    assert restored.changed == ("runconfig/local.toml",)
    assert path.read_text() == CONFIG.replace("tok-ABCDEFGH1234", "tok-other5678")
    assert path.stat().st_mode & 0o777 == 0o600
    assert restored.kept_in
    assert 'RATE = "0.2"' in (restored.kept_in / "runconfig/local.toml").read_text()
    path.unlink()
    store.restore(commit, project.folder)
    assert f'API_TOKEN = "{MASK}"' in path.read_text()  # there was nothing to take it from


def test_that_the_difference_from_the_user_s_commit_shows_no_secret(project: Project, git: Callable[..., str]) -> None:
    path = project.folder / "runconfig/local.toml"
    git(project.folder, "add", "-A")
    git(project.folder, "commit", "-qm", "first")
    path.write_text(CONFIG.replace("tok-ABCDEFGH1234", "tok-other5678").replace('RATE = "0.1"', 'RATE = "0.2"'))
    (project.folder / "train.py").write_text('KEY = "stays as it is"\n')
    git(project.folder, "add", "-N", "train.py")
    diff = git_state(project.folder).diff
    assert f'+API_TOKEN = "{MASK}"' in diff
    assert '+RATE = "0.2"' in diff
    assert '+KEY = "stays as it is"' in diff
    assert not [secret for secret in (*SECRETS, b"tok-other5678") if secret.decode() in diff]
