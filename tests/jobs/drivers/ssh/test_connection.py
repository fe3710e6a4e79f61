"""Reaching a machine and signing in."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import paramiko
import pytest

from tests.jobs.drivers.sshd import Sshd, make_sshd
from workbench.base.errors import EnvironmentError_, UserError
from workbench.jobs.drivers.ssh import fingerprint, generate_key, host_key_of
from workbench.jobs.drivers.ssh.connection import Connection
from workbench.schema.target import SshSpec


def _connect(sshd: Sshd, **more: object) -> Connection:
    return Connection(SshSpec(**sshd.spec(**more)), None)


def test_that_a_program_runs_there_with_its_words_as_they_are(sshd: Sshd) -> None:
    words = ["two words", "it's", 'a "quote"', "$HOME `id`", "ü\n2", ""]
    with _connect(sshd) as connection:
        done = connection.run(["printf", "%s|", *words])
    assert done.output.decode() == "".join(f"{word}|" for word in words)
    assert done.code == 0


def test_that_much_output_on_both_streams_comes_whole(sshd: Sshd) -> None:
    with _connect(sshd) as connection:
        done = connection.run(["sh", "-c", "seq 300000; seq 300000 >&2; exit 7"])
    assert done.output.decode().split() == [str(number) for number in range(1, 300001)]
    assert done.said.split() == done.output.decode().split()
    assert done.code == 7


def test_that_a_lost_connection_is_made_again(sshd: Sshd) -> None:
    with _connect(sshd) as connection:
        assert connection.run(["echo", "one"]).output == b"one\n"
        assert sshd.drop() == 1
        assert connection.run(["echo", "two"]).output == b"two\n"


class _PasswordsOnly(paramiko.ServerInterface):  # type: ignore[misc]  # paramiko has no types
    """Lets in who knows the password."""

    def get_allowed_auths(self, username: str) -> str:
        return "password"

    def check_auth_password(self, username: str, password: str) -> int:
        return int(paramiko.AUTH_SUCCESSFUL if (username, password) == ("ada", "open sesame") else paramiko.AUTH_FAILED)


@pytest.fixture
def closed_shop(sshd: Sshd) -> Iterator[SshSpec]:
    """A machine that knows passwords only."""
    sessions: list[Any] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    session = paramiko.Transport(listener.accept()[0])
                    session.add_server_key(paramiko.Ed25519Key.from_private_key_file(str(sshd.folder / "host_key")))
                    sessions.append(session)
                    session.start_server(server=_PasswordsOnly())

        thread = threading.Thread(target=serve)
        thread.start()
        port = listener.getsockname()[1]
        yield SshSpec(address="127.0.0.1", port=port, username="ada", host_key=sshd.host_key)
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
    for session in sessions:
        session.close()
        session.join(5)


def test_that_a_password_lets_us_in_and_a_wrong_one_is_refused(closed_shop: SshSpec) -> None:
    with Connection(closed_shop, "open sesame") as connection:
        connection.open()
        assert connection.is_open
    for wrong in ("close sesame", None):
        with Connection(closed_shop, wrong) as connection, pytest.raises(UserError, match="does not let ada in") as refused:
            connection.open()
        assert "sesame" not in str(refused.value)


def test_that_a_changed_host_key_is_refused(sshd: Sshd, tmp_path: Path) -> None:
    other = make_sshd(tmp_path / "other").host_key
    with _connect(sshd, host_key=other) as connection, pytest.raises(UserError, match="shows another host key") as refused:
        connection.run(["true"])
    assert refused.value.place == "sign in"


def test_that_a_machine_whose_key_is_not_known_is_refused(sshd: Sshd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    with (
        _connect(sshd, host_key="") as connection,
        pytest.raises(UserError, match=r"The host key of 127\.0\.0\.1:\d+ is not known"),
    ):
        connection.run(["true"])


def test_that_without_a_noted_key_the_users_own_list_counts(sshd: Sshd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "known_hosts").write_text(f"[{sshd.address}]:{sshd.port} {sshd.host_key}\n")
    with _connect(sshd, host_key="") as connection:
        assert connection.run(["true"]).code == 0


def test_that_a_host_key_that_is_none_is_refused(sshd: Sshd) -> None:
    with _connect(sshd, host_key="ssh-ed25519 nonsense") as connection, pytest.raises(UserError, match="is none"):
        connection.run(["true"])


def test_that_a_key_that_the_machine_does_not_know_is_refused(sshd: Sshd, home: Path) -> None:
    stranger, _ = generate_key(home, "stranger")
    with _connect(sshd, key_file=str(stranger)) as connection, pytest.raises(UserError, match="does not let") as refused:
        connection.run(["true"])
    assert "authorized_keys" in refused.value.hint


def test_that_a_missing_key_file_is_named(sshd: Sshd, tmp_path: Path) -> None:
    missing = tmp_path / "none"
    with _connect(sshd, key_file=str(missing)) as connection, pytest.raises(UserError, match=f"key file {missing}"):
        connection.run(["true"])


def test_that_a_key_with_a_passphrase_opens_with_the_targets_password(sshd: Sshd, tmp_path: Path) -> None:
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "open sesame", "-C", "", "-f", str(key)], check=True)
    with (sshd.folder / "authorized_keys").open("a") as known:
        known.write((tmp_path / "key.pub").read_text())
    spec = SshSpec(**sshd.spec(key_file=str(key)))
    with Connection(spec, "open sesame") as connection:
        assert connection.run(["true"]).code == 0
    with Connection(spec, None) as connection, pytest.raises(UserError, match="passphrase"):
        connection.run(["true"])


def test_that_nobody_at_the_port_is_said(sshd: Sshd) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with _connect(sshd, port=port) as connection, pytest.raises(EnvironmentError_, match="cannot be reached") as failed:
        connection.run(["true"])
    assert failed.value.place == "reach"


def test_that_another_service_at_the_port_is_said(sshd: Sshd) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        other.settimeout(10)

        def hang_up() -> None:
            other.accept()[0].close()

        answer = threading.Thread(target=hang_up)
        answer.start()
        with _connect(sshd, port=other.getsockname()[1]) as connection, pytest.raises(EnvironmentError_, match="Signing in to"):
            connection.run(["true"])
        answer.join()


def test_that_a_name_without_a_machine_is_said(sshd: Sshd) -> None:
    with (
        _connect(sshd, address="no-such-machine.invalid") as connection,
        pytest.raises(EnvironmentError_, match="no machine of the name"),
    ):
        connection.run(["true"])


def test_that_the_machines_key_can_be_noted(sshd: Sshd) -> None:
    noted = host_key_of(sshd.address, sshd.port)
    assert noted == sshd.host_key
    shown = subprocess.run(["ssh-keygen", "-lf", str(sshd.folder / "host_key.pub")], capture_output=True, text=True, check=True)
    assert fingerprint(noted) in shown.stdout


def test_that_a_made_key_pair_lets_us_in(sshd: Sshd, home: Path) -> None:
    private, line = generate_key(home, "my machine")
    assert private.stat().st_mode & 0o777 == 0o600
    assert generate_key(home, "my machine") == (private, line)
    with (sshd.folder / "authorized_keys").open("a") as known:
        known.write(f"{line}\n")
    with _connect(sshd, key_file=str(private)) as connection:
        assert connection.run(["echo", "in"]).output == b"in\n"
