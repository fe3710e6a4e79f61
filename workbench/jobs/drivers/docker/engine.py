"""A Docker engine: how it is reached, and its failures as sentences."""

import contextlib
import os
import struct
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any

from workbench.base.errors import EnvironmentError_, NotFound, UserError, WorkbenchError
from workbench.jobs.drivers.base import Unreachable
from workbench.schema import DockerSpec

_TIMEOUT_S = 60
_STREAMS = {1: "stdout", 2: "stderr"}
_OLDEST_API = "1.40"  # Docker 19.03: GPUs by device requests


class EngineError(EnvironmentError_):
    """The engine does not answer, or answers that it failed itself."""


class EngineDown(EngineError, Unreachable):
    """The engine does not answer."""


class Missing(NotFound):
    """The engine does not have that container, image or file."""


class Taken(WorkbenchError):
    """The name is in use, or the container's state does not allow it."""


class Refused(UserError):
    """The engine does not take what was asked, as it is."""


@dataclass(frozen=True)
class EngineFacts:
    """What an engine says of itself."""

    id: str
    version: str
    system: str
    architecture: str
    cpus: int
    memory_mb: int
    rootless: bool
    """Whether root in a container is the user who runs the engine."""


class Engine:
    """A connection to an engine. May be used by several threads. `here`: it runs on this machine and sees its files."""

    def __init__(self, api: Any, where: str, *, here: bool, close: Callable[[], None] | None = None) -> None:
        self.api = api
        self.where = where
        self.here = here
        self._close = close
        self.connection: Any = None
        """Of SSH, where the engine is reached by it."""

    def close(self) -> None:
        self.api.close()
        if self._close:
            self._close()

    @contextlib.contextmanager
    def asking(self, what: str = "") -> Iterator[Any]:
        """The API; its failures are raised as EngineError, Missing, Taken or Refused with a sentence that `what` begins."""
        import docker.errors
        import requests.exceptions
        import urllib3.exceptions

        lost = (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, EOFError, OSError)
        try:
            yield self.api
        except docker.errors.APIError as error:
            raise _translated(error, what or "The Docker engine", self.where) from error
        except docker.errors.DockerException as error:
            raise no_answer(error, self.where) from error
        except lost as error:
            raise no_answer(error, self.where) from error

    def facts(self) -> EngineFacts:
        with self.asking() as api:
            found = api.info()
        return EngineFacts(
            id=str(found.get("ID") or found.get("Name") or self.where),
            version=str(found.get("ServerVersion", "")),
            system=str(found.get("OSType", "linux")),
            architecture=str(found.get("Architecture", "")),
            cpus=int(found.get("NCPU") or 0),
            memory_mb=int(found.get("MemTotal") or 0) // 1_000_000,
            rootless=any("rootless" in str(option) for option in found.get("SecurityOptions") or ()),
        )

    def container(self, name: str) -> dict[str, Any]:
        """What the engine says of a container. Raises Missing."""
        try:
            with self.asking("The container") as api:
                return dict(api.inspect_container(name))
        except EngineError:
            # A connection that was kept open since before the engine was started anew fails once.
            with self.asking("The container") as api:
                return dict(api.inspect_container(name))

    def image(self, name: str) -> dict[str, Any] | None:
        """What the engine says of an image; None when it does not have it."""
        try:
            with self.asking("The image") as api:
                return dict(api.inspect_image(name))
        except Missing:
            return None

    def remove(self, name: str) -> None:
        """Kills and removes a container, if it is there."""
        with contextlib.suppress(Missing), self.asking(f"The container {name}") as api:
            try:
                api.remove_container(name, force=True, v=True)
            except Exception as error:
                # Another one removes it just now.
                if "is already in progress" not in str(error):
                    raise

    def labelled(self, label: str) -> list[dict[str, Any]]:
        """All containers with a label `name=value`, also ended ones."""
        with self.asking() as api:
            return list(api.containers(all=True, filters={"label": label}))

    def output(self, container: str, *, follow: bool, timeout: float = _TIMEOUT_S) -> Iterator[tuple[str, bytes]]:
        """What a container writes, from its beginning, as (stdout or stderr, bytes); with `follow` until it ends.

        Raises EngineError when nothing came for `timeout` seconds.
        """
        query = {"stdout": 1, "stderr": 1, "follow": int(follow)}
        with self.asking("The container's log") as api:
            answer = api.get(self._url(f"containers/{container}/logs"), params=query, stream=True, timeout=timeout)
            self._check(answer)
            yield from frames(answer)

    def run_inside(self, container: str, command: list[str]) -> IO[bytes]:
        """Runs a command in a running container and returns what it wrote to stdout, as a file to read from its beginning.

        Raises Missing or Taken when the container does not run (any more), EngineError with the command's stderr when it fails.
        """
        found = tempfile.TemporaryFile(prefix="workbench-")  # noqa: SIM115 (the caller reads it)
        said = b""
        try:
            with self.asking("The container") as api:
                made = api.exec_create(container, command, stdout=True, stderr=True)
                body = {"Detach": False, "Tty": False}
                answer = api.post(self._url(f"exec/{made['Id']}/start"), json=body, stream=True, timeout=_TIMEOUT_S)
                self._check(answer)
                for stream, data in frames(answer):
                    if stream == "stdout":
                        found.write(data)
                    else:
                        said = (said + data)[-2000:]
                code = api.exec_inspect(made["Id"])["ExitCode"]
            if code != 0:
                found.seek(0)
                words = " ".join((said or found.read(2000)).decode("utf-8", "replace").split())
                if code == 137 or "exec failed" in words:
                    raise Taken("The container ended meanwhile.")
                raise EngineError(f"Reading from the container failed with exit code {code}: {words.rstrip('.')}.")
        except BaseException:
            found.close()
            raise
        found.seek(0)
        return found

    def _url(self, path: str) -> str:
        return f"{self.api.base_url}/v{self.api.api_version}/{path}"

    def _check(self, answer: Any) -> None:
        import docker.errors
        import requests.exceptions

        try:
            answer.raise_for_status()
        except requests.exceptions.HTTPError as error:
            docker.errors.create_api_error_from_http_exception(error)


def frames(answer: Any) -> Iterator[tuple[str, bytes]]:
    """The parts of a multiplexed stream: a byte that names the stream, three of nothing, four of length, the bytes.

    https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerAttach
    """
    try:
        while len(head := answer.raw.read(8)) == 8:
            number, size = struct.unpack(">BxxxL", head)
            data = answer.raw.read(size)
            if data:
                yield _STREAMS.get(number, "stdout"), data
            if len(data) < size:
                return
    finally:
        answer.close()


def connect(spec: DockerSpec, *, timeout: float = _TIMEOUT_S) -> Engine:
    """The engine at `spec.host`, or that of this machine: DOCKER_HOST, the docker command's context, the usual socket.

    Raises EngineError when it does not answer and UserError for an address that is none.
    """
    import docker
    import docker.errors
    import docker.utils

    given = _from_surroundings() if not spec.host else {"base_url": spec.host, **_certificates(spec.host)}
    address = str(given.get("base_url") or "")
    where = shown_address(address)
    try:
        api = docker.APIClient(**given, version=_OLDEST_API, timeout=timeout)
    except docker.errors.DockerException as error:
        raise _bad_address(error, address or spec.host) from error
    except Exception as error:  # paramiko has many
        if address.startswith("ssh://"):
            raise no_answer(error, where) from error
        raise
    if (path := docker.utils.parse_host(address or None)).startswith("http+unix://"):
        from workbench.jobs.drivers.docker.unixsocket import UnixAdapter

        api.mount("http+docker://", UnixAdapter(path, timeout))
    engine = Engine(api, where, here=not address or address.startswith(("unix://", "npipe://", "http+unix://", "/")))
    try:
        agree_on_version(engine)
    except BaseException:
        api.close()
        raise
    return engine


def agree_on_version(engine: Engine) -> None:
    """Takes the newest version of the API that both sides know. Raises EngineError when the engine is too old or not there."""
    from docker.constants import DEFAULT_DOCKER_API_VERSION
    from docker.utils import version_lt

    with engine.asking() as api:
        found = api.version(api_version=False)
        theirs = str(found.get("ApiVersion") or "")
        if not theirs or version_lt(theirs, _OLDEST_API):
            said = f"The Docker engine {engine.where} is too old (version {found.get('Version', 'unknown')})."
            raise EngineError(said, hint="Workbench needs Docker 19.03 or newer.")
        api._version = theirs if version_lt(theirs, DEFAULT_DOCKER_API_VERSION) else DEFAULT_DOCKER_API_VERSION  # noqa: SLF001 (the SDK has no other way to do this after the connection was made)


def no_answer(error: BaseException, where: str) -> EngineError:
    """The sentence for an engine that cannot be reached, with the innermost reason."""
    reason = _innermost(error)
    hint = "Start Docker (e.g. systemctl start docker), or correct the target's address."
    if "Permission" in reason:
        hint = "Let your user use Docker: sudo usermod -aG docker $USER, then sign in again."
    return EngineDown(f"The Docker engine {where} does not answer: {reason}.", hint=hint)


def shown_address(address: str) -> str:
    """Where an engine is, for a sentence; never with a password."""
    if not address:
        return "on this machine"
    name = address.removeprefix("http+")
    if "@" in name:
        scheme, _, rest = name.rpartition("://")
        user, _, host = rest.rpartition("@")
        name = f"{scheme}://{user.partition(':')[0]}@{host}"
    return f"at {name}"


def _from_surroundings() -> dict[str, Any]:
    """As the docker command finds its engine."""
    from docker.context import ContextAPI
    from docker.utils import kwargs_from_env

    if os.environ.get("DOCKER_HOST"):
        return dict(kwargs_from_env())
    with contextlib.suppress(Exception):  # a damaged ~/.docker is the docker command's business
        found = dict(ContextAPI.kwargs_from_context())
        if str(found.get("base_url", "")) not in {"", "http+unix:///var/run/docker.sock", "unix:///var/run/docker.sock"}:
            return found
    return {}


def _certificates(host: str) -> dict[str, Any]:
    from docker.utils import kwargs_from_env

    if host.startswith(("tcp://", "https://")) and os.environ.get("DOCKER_CERT_PATH"):
        return {"tls": kwargs_from_env({**os.environ, "DOCKER_HOST": host}).get("tls", False)}
    return {}


def _bad_address(error: Exception, address: str) -> WorkbenchError:
    message = f"{shown_address(address).removeprefix('at ')} is no address of a Docker engine: {_innermost(error)}."
    return UserError(message, hint="It begins with unix://, tcp:// or ssh://.")


def _innermost(error: BaseException) -> str:
    """The operating system's own words, out of the libraries' wrappings."""
    seen: BaseException | None = error
    found = str(error)
    for _ in range(12):
        if seen is None:
            break
        if isinstance(seen, OSError) and seen.strerror:
            found = seen.strerror
        inner = seen.__cause__ or seen.__context__ or getattr(seen, "reason", None)
        if not isinstance(inner, BaseException):
            inner = next((one for one in seen.args if isinstance(one, BaseException)), None)
        seen = inner
    if "timed out" in found or "Read timed out" in str(error):
        return "no answer in time"
    return " ".join(found.split()).rstrip(".")[:300] or type(error).__name__


def _translated(error: Any, what: str, where: str) -> WorkbenchError:
    said = " ".join(str(error.explanation or error).split()).rstrip(".")[:500]
    status = error.response.status_code if error.response is not None else 0
    low = said.lower()
    if "no space left on device" in low or "disk quota exceeded" in low:
        return EngineError(f"The disk of the Docker engine {where} is full.", hint="Free some space: docker system prune")
    if status == 404:
        return Missing(f"{what} is not there: {said}.")
    if status == 409 or "is not running" in low:
        return Taken(f"{what}: {said}.")
    if status == 400:
        return Refused(f"{what} is not taken by the engine: {said}.", hint="Correct the target's settings.")
    return EngineError(f"{what} failed on the Docker engine {where}: {said}.")
