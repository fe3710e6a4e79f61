"""Keys: the one that a machine shows, to be noted with its target; and pairs that are made to sign in with."""

from __future__ import annotations

import os
import re
import socket
from pathlib import Path
from typing import Any

from workbench.base.errors import EnvironmentError_, UserError
from workbench.base.files import write_atomic

_TYPES = re.compile(r"^(ssh-|ecdsa-|sk-)")
_REACH_S = 10.0


def parse_host_key(text: str) -> Any:
    """Paramiko's key of a line as known_hosts has it, with or without addresses before and a comment after it."""
    import paramiko

    words = text.split()
    starts = [number for number, word in enumerate(words[:-1]) if _TYPES.match(word)]
    try:
        if not starts:
            raise ValueError
        entry = paramiko.hostkeys.HostKeyEntry.from_line(" ".join(["machine", *words[starts[0] : starts[0] + 2]]))
        if entry is None or entry.key is None:
            raise ValueError
    except (ValueError, paramiko.SSHException) as error:
        message = f"The host key {text[:60]!r} of the target is none: it should read like ssh-ed25519 AAAA..."
        raise UserError(message, hint="Add the target again without it: the key is then noted by itself.") from error
    return entry.key


def host_key_of(address: str, port: int = 22) -> str:
    """The key that the machine shows, as `SshSpec.host_key` keeps it: to be noted when a target is added.

    Raises EnvironmentError_ when the machine cannot be reached.
    """
    import paramiko

    try:
        with socket.create_connection((address, port), timeout=_REACH_S) as reached:
            transport = paramiko.Transport(reached)
            try:
                transport.start_client(timeout=_REACH_S)
                key = transport.get_remote_server_key()
            finally:
                transport.close()
                transport.join(5)
    except (OSError, EOFError, paramiko.SSHException) as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        hint = "Check address and port, the network, and whether the machine is on."
        raise EnvironmentError_(f"{address}:{port} cannot be reached: {reason}.", hint=hint, place="reach") from error
    return f"{key.get_name()} {key.get_base64()}"


def fingerprint(host_key: str) -> str:
    """As ssh shows it: `SHA256:...`, for the user to compare."""
    return str(parse_host_key(host_key).fingerprint)


def generate_key(home: Path, name: str) -> tuple[Path, str]:
    """Makes a key pair for the target `name`: the private key's file (mode 0600), and the line for authorized_keys there.

    A pair that is there already is kept, so that a machine which has it still lets us in.
    """
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    stem = re.sub(r"[^A-Za-z0-9._-]", "_", name).lstrip(".") or "target"
    path = home / "keys" / stem
    public = path.with_name(f"{path.name}.pub")
    if not path.exists():
        pair = Ed25519PrivateKey.generate()
        private = pair.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption())
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_atomic(path, private, mode=0o600)
    loaded = serialization.load_ssh_private_key(path.read_bytes(), password=None)
    line = loaded.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH).decode("ascii")
    write_atomic(public, f"{line} workbench-{stem}\n")
    return path, f"{line} workbench-{stem}"


def user_known_hosts() -> Path:
    """The user's own list of machines."""
    return Path(os.path.expanduser("~"), ".ssh", "known_hosts")  # noqa: PTH111 (Path.home raises where there is none)
