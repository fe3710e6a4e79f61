"""Walking the chain to a machine."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path

import pytest

from tests.jobs.drivers.sshd import Sshd
from workbench.jobs.drivers.ssh import capacity, generate_key, walk_chain
from workbench.schema.target import Link, SshSpec


def _walk(sshd: Sshd, home: Path, **more: object) -> list[Link]:
    return list(walk_chain(SshSpec(**sshd.spec(folder=str(home / "there"), **more)), None, home))


def test_that_a_whole_chain_is_told_link_by_link(sshd: Sshd, tmp_path: Path) -> None:
    links = _walk(sshd, tmp_path)
    assert [link.name for link in links] == ["reach", "sign in", "Python", "disk", "uv"]
    assert {link.state for link in links} == {"ok"}
    assert "GB are free" in links[3].message


def test_that_the_first_link_that_fails_is_named_and_the_rest_is_skipped(sshd: Sshd, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = free.getsockname()[1]
    links = _walk(sshd, tmp_path, port=nobody)
    assert [link.state for link in links] == ["failed", "skipped", "skipped", "skipped", "skipped"]
    assert "cannot be reached" in links[0].message
    assert links[0].hint


def test_that_a_refused_key_fails_the_signing_in(sshd: Sshd, tmp_path: Path) -> None:
    stranger, _ = generate_key(tmp_path, "stranger")
    links = _walk(sshd, tmp_path, key_file=str(stranger))
    assert [link.state for link in links] == ["ok", "failed", "skipped", "skipped", "skipped"]


@pytest.mark.parametrize(
    ("key", "secret", "said"),
    [
        ("open.pub", None, "is no private key, or a damaged one."),
        ("cut", None, "is no private key, or a damaged one."),
        ("cut", "words", "is no private key, or a damaged one."),
        ("locked", None, "is protected by a passphrase."),
        ("locked", "others", "does not open with the target's passphrase."),
        ("locked", "words", "does not let root in with the key"),
    ],
)
def test_that_a_key_file_that_cannot_be_read_is_said(sshd: Sshd, tmp_path: Path, key: str, secret: str | None, said: str) -> None:
    for name, words in (("open", ""), ("locked", "words")):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", words, "-f", str(tmp_path / name)], check=True)
    (tmp_path / "cut").write_bytes((tmp_path / "open").read_bytes()[:200])
    spec = SshSpec(**sshd.spec(username="root", key_file=str(tmp_path / key)))
    links = list(walk_chain(spec, secret, tmp_path))
    assert [link.state for link in links] == ["ok", "failed", "skipped", "skipped", "skipped"]
    assert said in links[1].message
    assert links[1].hint


@pytest.mark.parametrize("folder", ["/proc/workbench", "/etc/passwd", "/etc/passwd/workbench"])
def test_that_a_folder_that_cannot_be_written_to_fails_its_link(sshd: Sshd, tmp_path: Path, folder: str) -> None:
    links = list(walk_chain(SshSpec(**sshd.spec(folder=folder)), None, tmp_path))
    assert [link.state for link in links] == ["ok", "ok", "ok", "failed", "skipped"]
    assert links[3].message.startswith(f"The folder {folder} on ")


def test_that_a_missing_python_fails_its_link(sshd: Sshd, tmp_path: Path) -> None:
    links = _walk(sshd, tmp_path, python="/opt/none/bin/python")
    assert [link.state for link in links] == ["ok", "ok", "failed", "skipped", "skipped"]
    assert "/opt/none/bin/python" in links[2].message


def test_that_the_machines_capacity_is_found(sshd: Sshd) -> None:
    found = capacity(SshSpec(**sshd.spec()), None)
    assert found.cpus >= 1
    assert found.memory_mb > 100
