"""Secrets: in the system's keyring, or a file with mode 0600 where there is none."""

import json
from pathlib import Path

from workbench.base.files import write_json

_SERVICE = "workbench"


class SecretStore:
    """Keeps named secrets. Falls back to `<folder>/secrets.json` (mode 0600) on a machine without a keyring."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "secrets.json"

    def set(self, name: str, value: str) -> None:
        import keyring
        import keyring.errors

        try:
            keyring.set_password(_SERVICE, name, value)
        except keyring.errors.KeyringError:
            write_json(self._file, {**self._read(), name: value}, mode=0o600)

    def get(self, name: str) -> str | None:
        import keyring
        import keyring.errors

        try:
            if (value := keyring.get_password(_SERVICE, name)) is not None:
                return str(value)
        except keyring.errors.KeyringError:
            pass
        return self._read().get(name)

    def delete(self, name: str) -> None:
        import contextlib

        import keyring
        import keyring.errors

        with contextlib.suppress(keyring.errors.KeyringError):
            keyring.delete_password(_SERVICE, name)
        if name in (kept := self._read()):
            del kept[name]
            write_json(self._file, kept, mode=0o600)

    def _read(self) -> dict[str, str]:
        try:
            return dict(json.loads(self._file.read_text("utf-8")))
        except FileNotFoundError:
            return {}
