"""Secrets in variables: which ones are, where they are taken from, and how they are kept out of logs and records."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import quote

from workbench.base.errors import NotFound

MASK = "••••••"
SHORTEST = 6  # characters: a shorter value would black out ordinary words
_NAMES = re.compile("token|secret|passw|passphrase|pass$|.[_-]pwd$|key|credential|(?:^|[_-])auth$", re.IGNORECASE)
_INSIDE = re.compile(
    r"(?<=://)(?P<user>[^/?#\s:@]*:)(?P<value>[^/?#\s@]+)(?=@)"
    r"|(?P<name>\b(?:[a-z]*password|pwd|[a-z_]*secret|[a-z_]*token|[a-z_]*(?:access|account|api)_?key)=)(?P<given>[^;&\s]+)",
    re.IGNORECASE,
)
"""A password inside an address (`postgres://me:PASSWORD@host/db`) or a connection string (`host=db;password=PASSWORD`)."""
_REFERENCE = "secret:"
_STORED = "variable/"


class Masker:
    """Blacks out the given values in text. Values of fewer than six characters are left as they are."""

    def __init__(self, values: Iterable[str]) -> None:
        forms = {form for value in values for form in _forms(value) if len(form) >= SHORTEST}
        # The longest first: a value may hold another one.
        parts = [re.escape(form) for form in sorted(forms, key=lambda form: (-len(form), form))]
        self._pattern = re.compile("|".join(parts)) if parts else None

    def line(self, text: str) -> str:
        """The text without the values."""
        return self._pattern.sub(MASK, text) if self._pattern else text

    def inside(self, value: Any) -> Any:
        """The same for all texts that a JSON value holds, names of fields aside; numbers stay, whatever digits a secret has."""
        if self._pattern is None:
            return value
        if isinstance(value, str):
            return self.line(value)
        if isinstance(value, dict):
            return {key: self.inside(inner) for key, inner in value.items()}
        return [self.inside(inner) for inner in value] if isinstance(value, list) else value

    def data(self, content: bytes) -> bytes:
        """The same for text in UTF-8; bytes that are none stay as they are."""
        if self._pattern is None:
            return content
        return self.line(content.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")


def is_secret(name: str, value: str = "") -> bool:
    """Whether a variable is a secret: by its name, or since its value refers to one, or holds a password."""
    return _NAMES.search(name) is not None or reference(value) is not None or _INSIDE.search(value) is not None


def reference(value: str) -> str | None:
    """The name of the secret that a variable's value `secret:NAME` refers to; None for any other value."""
    return value.removeprefix(_REFERENCE).strip() or None if value.startswith(_REFERENCE) else None


def stored_name(secret: str) -> str:
    """Under which name a SecretStore keeps a secret for variables: apart from the passwords of data sources."""
    return f"{_STORED}{secret}"


def names_for_variables(stored: Iterable[str]) -> list[str]:
    """Those of a SecretStore's names that are for variables, as configurations call them."""
    return [name.removeprefix(_STORED) for name in stored if name.startswith(_STORED)]


def resolved(variables: Mapping[str, str], get: Callable[[str], str | None]) -> dict[str, str]:
    """The variables with the secrets that they refer to, as `get` (of a SecretStore) has them. Never to be stored.

    Raises NotFound when a secret is not there.
    """
    return {name: value if (secret := reference(value)) is None else _taken(name, secret, get) for name, value in variables.items()}


def secret_values(variables: Mapping[str, str], given: Mapping[str, str]) -> tuple[str, ...]:
    """What a Masker must black out: the values in `variables` (as resolved) of all that is secret there or in `given`.

    Of an address with a password it is the password too.
    """
    found = []
    for name, value in variables.items():
        if is_secret(name, given.get(name, "")) or is_secret(name, value):
            found += [value, *(inside["value"] or inside["given"] for inside in _INSIDE.finditer(value))]
    return tuple(found)


def masked(variables: Mapping[str, str]) -> dict[str, str]:
    """The variables as a record or plan shows them: references stay, values of secret names are blacked out."""
    return {name: masked_value(name, value) for name, value in variables.items()}


def masked_value(name: str, value: str) -> str:
    """One of them. Of an address or connection string with a password only that is blacked out."""
    if not value or reference(value) is not None:
        return value
    if _NAMES.search(name):
        return MASK
    return _INSIDE.sub(lambda found: f"{found['user'] or found['name']}{MASK}", value)


def _taken(name: str, secret: str, get: Callable[[str], str | None]) -> str:
    if (value := get(stored_name(secret))) is None:
        raise NotFound(
            f"The variable {name} refers to the secret {secret}, which this machine does not have.",
            hint=f"Keep it here with: workbench secret set {secret}",
            place=f"variables.{name}",
        )
    return value


def _forms(value: str) -> Iterable[str]:
    """A value as it may come up in text: as it is, line by line, inside JSON, inside an address."""
    yield value
    yield value.strip()
    yield from (line.strip() for line in value.splitlines())
    yield json.dumps(value)[1:-1]
    yield quote(value, safe="")
