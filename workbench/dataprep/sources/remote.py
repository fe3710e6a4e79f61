"""Files elsewhere (http, S3, Azure Blob, Google Cloud Storage, ...): fetched to the cache, and again only when they changed."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from workbench.base.errors import Cancelled, EnvironmentError_, NotFound, UserError
from workbench.base.files import disk_error, write_json
from workbench.base.ids import new_id
from workbench.base.paths import WorkspacePaths
from workbench.base.secrets import SecretStore
from workbench.dataprep.control import Cancel, Progress

_EXTRAS = {"s3": "s3", "s3a": "s3", "az": "azure", "abfs": "azure", "abfss": "azure", "adl": "azure", "gs": "gcs", "gcs": "gcs"}
_PIECE = 1 << 20
_TIMEOUT_S = 20.0
_HEADERS = ("etag", "last-modified", "content-length")


def is_url(path: str) -> bool:
    """Whether a path is an address such as `https://...` or `s3://...`."""
    scheme, mark, _ = path.partition("://")
    return bool(mark) and len(scheme) > 1 and scheme.replace("+", "").replace("-", "").isalnum()


def is_http(url: str) -> bool:
    """Whether it is a web address."""
    return url.lower().startswith(("http://", "https://"))


def file_name(url: str) -> str:
    """The last part of an address, as a file's name."""
    name = unquote(urlsplit(url).path if is_http(url) else url.partition("://")[2]).rstrip("/").rpartition("/")[2]
    return "".join("_" if sign in '\\/:*?"<>|\0' else sign for sign in name) or "data"


def store_secrets(url: str, options: Mapping[str, str]) -> None:
    """Keeps the secret options of a storage (keys, tokens) in the system's keyring, for all addresses of its bucket or host."""
    SecretStore(WorkspacePaths.default().root).set(_secret_name(url), json.dumps(dict(options)))


def _secret_name(url: str) -> str:
    return "storage:" + "/".join(url.split("/")[:3])


def check_options(options: Mapping[str, Any]) -> None:
    """Raises UserError for options that are secrets: these do not belong into a file."""
    from workbench.dataprep.sources.source import is_secret

    for name in options:
        if is_secret(name):
            raise UserError(
                f"The option {name} of the storage is a secret, which is never kept in a file.", hint="Store it in the keyring."
            )


def filesystem(url: str, options: Mapping[str, Any]) -> Any:
    """The fsspec file system of an address. Raises EnvironmentError_ naming what to install."""
    import fsspec

    scheme = url.partition("://")[0].lower()
    secrets = SecretStore(WorkspacePaths.default().root).get(_secret_name(url))
    try:
        return fsspec.filesystem(scheme, **{**options, **(json.loads(secrets) if secrets else {})})
    except ImportError as error:
        extra = _EXTRAS.get(scheme)
        hint = f"Install it: pip install 'workbench[{extra}]'." if extra else "Install the fsspec driver for it."
        raise EnvironmentError_(f"Addresses with {scheme}:// need a driver that is not installed.", hint=hint, place=url) from error
    except ValueError as error:
        raise UserError(f"{url} is no address that can be read.", hint="Use http, https, s3, az, abfs or gs.", place=url) from error
    except Exception as error:
        raise unreachable(url, error) from error


def matching(url: str, options: Mapping[str, Any]) -> list[str]:
    """The addresses of the files that an address with wildcards, or one of a folder, names; the address itself for one file."""
    if is_http(url):
        return [url]
    system = filesystem(url, options)
    scheme = url.partition("://")[0]
    with _told(url):
        if any(sign in url for sign in "*?["):
            found = [str(name) for name in system.glob(url) if not system.isdir(name)]
        elif url.endswith("/") or system.isdir(url):
            found = [str(name) for name in system.find(url)]
        else:
            return [url]
    return [name if is_url(name) else f"{scheme}://{name.lstrip('/')}" for name in found]


def state_of(url: str, options: Mapping[str, Any]) -> dict[str, str]:
    """What tells whether the file has changed: size, etag, time. Raises NotFound, EnvironmentError_."""
    if is_http(url):
        with _told(url), _client() as client:
            answer = client.head(url)
            if answer.status_code in {403, 405, 501}:  # servers that know no HEAD
                with client.stream("GET", url) as answer:
                    _check(answer, url)
            _check(answer, url)
            return {name: answer.headers[name] for name in _HEADERS if name in answer.headers}
    system = filesystem(url, options)
    with _told(url):
        info = system.info(url)
    names = ("size", "ETag", "etag", "LastModified", "last_modified", "mtime", "updated", "md5Hash", "created", "content_settings")
    return {name: str(info[name]) for name in names if info.get(name) is not None}


def fetch(url: str, options: Mapping[str, Any], cancel: Cancel | None = None, progress: Progress | None = None) -> Path:
    """The file in the cache, downloaded when it is not there or has changed. Raises NotFound, EnvironmentError_, Cancelled."""
    folder = WorkspacePaths.default().cache / "remote" / hashlib.sha256(url.encode()).hexdigest()[:32]
    target, about = folder / file_name(url), folder / ".state.json"
    state = state_of(url, options)
    with contextlib.suppress(OSError, ValueError):
        if state and json.loads(about.read_text("utf-8")) == state and target.is_file():
            return target
    temporary = folder / f".{new_id()}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as out:
            size = int(state.get("content-length", state.get("size", "0")) or 0)
            done = 0
            with contextlib.closing(_pieces(url, options)) as pieces:
                for piece in pieces:
                    if cancel is not None and cancel.is_set():
                        raise Cancelled
                    out.write(piece)
                    done += len(piece)
                    if progress is not None:
                        progress(min(done / size, 1.0) if size else 0.0, f"Fetching {target.name} ({megabytes(done)})")
        os.replace(temporary, target)  # noqa: PTH105 (over an older one)
        write_json(about, state)
    except OSError as error:
        raise disk_error(error, str(target)) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
    return target


def megabytes(size: int) -> str:
    """Such as `12.3 MB`."""
    return f"{size / 1e6:.1f} MB"


def _pieces(url: str, options: Mapping[str, Any]) -> Generator[bytes]:
    if is_http(url):
        with _told(url), _client() as client, client.stream("GET", url) as answer:
            _check(answer, url)
            yield from answer.iter_bytes(_PIECE)
        return
    system = filesystem(url, options)
    with _told(url), system.open(url, "rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def _client() -> Any:
    import httpx

    return httpx.Client(follow_redirects=True, timeout=_TIMEOUT_S)


def _check(answer: Any, url: str) -> None:
    status = answer.status_code
    if status in {404, 410}:
        raise NotFound(f"There is no file at {url}.", hint="Check the address.", place=url)
    if status in {401, 403}:
        raise UserError(f"The server does not let you read {url} (status {status}).", hint="Check your rights to it.", place=url)
    if status >= 400:
        raise EnvironmentError_(f"The server of {url} answered with status {status}.", hint="Try again later.", place=url)


@contextlib.contextmanager
def _told(url: str) -> Iterator[None]:
    """Makes sentences of what drivers raise."""
    from workbench.base.errors import WorkbenchError

    try:
        yield
    except (WorkbenchError, GeneratorExit):
        raise
    except Exception as error:
        raise unreachable(url, error) from error


def unreachable(url: str, error: Exception) -> Exception:
    """The sentence for what a driver raised."""
    text = " ".join(str(error).split()).rstrip(".")[:200] or type(error).__name__
    if isinstance(error, FileNotFoundError):
        return NotFound(f"There is no file at {url}.", hint="Check the address.", place=url)
    if isinstance(error, PermissionError) or "credential" in text.lower():
        hint = "Store the keys of the storage, or set up its own configuration."
        return UserError(f"The storage does not let you read {url}: {text}.", hint=hint, place=url)
    return EnvironmentError_(f"{url} cannot be reached: {text}.", hint="Check the address and the network.", place=url)
