"""What a setting's type alone does not tell: files that must be there, addresses that must be whole."""

from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from workbench.base.settings import Settings

_POSTGRES = frozenset({"postgresql", "postgres", "postgresql+psycopg"})


def refusals(settings: Settings) -> dict[str, str]:
    """A sentence for each setting that cannot be meant so."""
    found = {
        "ca_bundle": _bundle(settings.ca_bundle),
        "package_index": _index(settings.package_index),
        "database_url": _database(settings.database_url),
    }
    return {name: sentence for name, sentence in found.items() if sentence}


def _bundle(path: str) -> str:
    if not path or Path(path).expanduser().is_file():
        return ""
    return f"There is no file {path}."


def _index(url: str) -> str:
    parts = _parts(url)
    if not url or (parts.scheme in {"http", "https"} and parts.hostname):
        return ""
    return "Write an address that begins with https:// or http://."


def _database(url: str) -> str:
    if not url:
        return ""
    parts = _parts(url)
    if parts.scheme not in _POSTGRES or not parts.path.strip("/"):
        return "Write it like postgresql://user@host/name, or leave it empty for the workspace's own file."
    if parts.password:
        return "Leave the password out: set it with workbench secret set database_password."
    return ""


def _parts(url: str) -> SplitResult:
    """The parts of an address; empty ones where it is none."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")
