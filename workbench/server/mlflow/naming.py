"""MLflow's rules for keys and values, so that a client meets the refusals here that it would meet at home."""

import posixpath
import re
from collections.abc import Iterable, Mapping

from workbench.server.mlflow.errors import wrong

_LONGEST_KEY = 250
_LONGEST_PARAM = 6000
_LONGEST_TAG = 8000
_KEY = re.compile(r"^[/\w.\- :]*$")


def check_keys(what: str, keys: Iterable[str]) -> None:
    """Raises for a key that MLflow refuses: too long, with other characters, or no clean path."""
    for key in keys:
        if not key:
            raise wrong(f"The name of a {what} cannot be empty.")
        if len(key) > _LONGEST_KEY:
            raise wrong(f"The name of a {what} has {_LONGEST_KEY} characters at most; {key[:40]}... has {len(key)}.")
        if not _KEY.match(key):
            raise wrong(
                f"Invalid {what} name: {key!r}. Names may have letters, digits, underscores (_), dashes (-), "
                "periods (.), spaces, colons (:) and slashes (/) only."
            )
        clean = posixpath.normpath(key)
        if clean != key or clean == "." or clean.startswith(("..", "/")):
            raise wrong(f"Invalid {what} name: {key!r}. Names are like paths, and {clean!r} is the same one.")


def check_params(values: Mapping[str, str]) -> None:
    """Raises for params that MLflow refuses."""
    check_keys("param", values)
    _check_lengths("param", values, _LONGEST_PARAM)


def check_tags(values: Mapping[str, str]) -> None:
    """Raises for tags that MLflow refuses."""
    check_keys("tag", values)
    _check_lengths("tag", values, _LONGEST_TAG)


def _check_lengths(what: str, values: Mapping[str, str], longest: int) -> None:
    for key, value in values.items():
        if len(value) > longest:
            raise wrong(f"The value of the {what} {key} has {len(value)} characters; {longest} are the most.")


def check_alias(alias: str) -> None:
    """Raises for a name that no alias may have: it could be taken for a version."""
    if not re.fullmatch(r"[\w\-]{1,255}", alias) or re.fullmatch(r"[vV]\d+", alias) or alias.lower() == "latest":
        raise wrong(
            f"Invalid alias name: '{alias}'. Use letters, digits, underscores and dashes; "
            "'latest' and names like 'v1' are reserved."
        )
