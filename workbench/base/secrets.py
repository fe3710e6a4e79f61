"""Secrets: in the system's keyring, or a file with mode 0600 where there is none."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock

from workbench.base.errors import EnvironmentError_
from workbench.base.files import disk_error, write_json

_SERVICE = "workbench"


class SecretStore:
    """Keeps named secrets. Falls back to `<folder>/secrets.json` (mode 0600) on a machine without a keyring.

    A keyring does not tell what it holds, so `<folder>/secret-names.json` says which names are in there. May be used from any
    thread and process. Raises EnvironmentError_ (disk; a file that is damaged).
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / "secrets.json"
        self._names = folder / "secret-names.json"

    def set(self, name: str, value: str) -> None:
        import keyring
        import keyring.errors

        with self._changing():
            try:
                keyring.set_password(_SERVICE, name, value)
            except keyring.errors.KeyringError:
                write_json(self._file, {**self._read(self._file), name: value}, mode=0o600)
                return
            write_json(self._names, {**self._read(self._names), name: ""}, mode=0o600)

    def get(self, name: str) -> str | None:
        import keyring
        import keyring.errors

        try:
            if (value := keyring.get_password(_SERVICE, name)) is not None:
                return str(value)
        except keyring.errors.KeyringError:
            pass
        return self._read(self._file).get(name)

    def delete(self, name: str) -> None:
        import keyring
        import keyring.errors

        with self._changing():
            with contextlib.suppress(keyring.errors.KeyringError):
                keyring.delete_password(_SERVICE, name)
            for file in (self._file, self._names):
                if name in (kept := self._read(file)):
                    del kept[name]
                    write_json(file, kept, mode=0o600)

    def names(self) -> list[str]:
        """The names of all secrets, sorted."""
        return sorted(self._read(self._file) | self._read(self._names))

    @contextlib.contextmanager
    def _changing(self) -> Iterator[None]:
        """One at a time: two that read and write at once would lose a secret."""
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise disk_error(error, str(self._file)) from error
        with FileLock(self._file.with_name("secrets.lock")):
            yield

    def _read(self, file: Path) -> dict[str, str]:
        try:
            return dict(json.loads(file.read_text("utf-8")))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError) as error:
            hint = "Mend it, or delete it and set the secrets again."
            raise EnvironmentError_(f"The file of secrets {file} cannot be read: {error}.", hint=hint, place=str(file)) from error
