"""Layers on images: built once on an engine, whoever needs them, and shared from then on.

A layer is built by a container that is committed as an image when it has ended well: nothing else stays of it, least of all of a
failed one. The container's name is the lock: an engine takes a name once, for builders on any machine. So is that of a second
container, which is never started, for the one who makes the image of an ended build. Builders of one workspace queue at a lock file
besides, so that a build whose builder was killed is known, and taken up.
"""

import contextlib
import hashlib
import io
import json
import socket
import tarfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from workbench.base.errors import Cancelled, UserError, WorkbenchError
from workbench.jobs.drivers.base import Follow
from workbench.jobs.drivers.docker.engine import Engine, EngineError, Missing, Taken

BUILD = "/workbench-build"
"""Where a layer's files are while it is built; not part of it."""
_LABEL = "workbench.build"
_BUILDER = "workbench.builder"
_WORKSPACE = "workbench.workspace"
_WAIT_S = 300
_TAIL = 200


@dataclass(frozen=True)
class Layer:
    """What is put upon an image: `script` (for sh) runs as root in BUILD, where `files` are."""

    repository: str
    parent: str
    """The image's id."""
    script: str
    arguments: tuple[str, ...] = ()
    files: dict[str, Path | bytes] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    """For the build alone: a proxy, an index's address with its password. Not kept in the image."""
    changes: tuple[str, ...] = ()
    """Dockerfile instructions for the image."""
    identity: tuple[str, ...] = ()
    """What makes it another layer, besides parent, script and arguments."""
    explain: Callable[[str], WorkbenchError] | None = None
    """Makes the error from what a failed build wrote to stderr."""

    @property
    def digest(self) -> str:
        parts = [self.parent, self.script, *self.arguments, *self.changes, *self.identity]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:24]

    @property
    def tag(self) -> str:
        return f"{self.repository}:{self.digest}"


class LayerBuilder:
    """Builds layers on one engine for one run. `network`: what the building container is connected to."""

    def __init__(self, engine: Engine, folder: Path, run_id: str, follow: Follow, *, network: str = "host") -> None:
        self._engine = engine
        self._folder = folder
        self._run_id = run_id
        self._follow = follow
        self._network = network
        self._workspace = hashlib.sha256(f"{socket.gethostname()} {folder.absolute()}".encode()).hexdigest()[:12]

    def ensure(self, layer: Layer, what: str) -> str:
        """The id of the image with the layer; builds it when the engine does not have it. `what` is built, for the log.

        Raises UserError or what `layer.explain` makes of a failure, EnvironmentError_ (engine, disk), Cancelled.
        """
        if found := self._engine.image(layer.tag):
            return str(found["Id"])
        with self._locked(layer):
            return self._built(layer, what)

    def _built(self, layer: Layer, what: str) -> str:
        name = f"workbench-build-{layer.digest}"
        began = waited = time.monotonic()
        shown = f"{what[0].upper()}{what[1:]}"
        told = False
        while True:
            self._check()
            if found := self._engine.image(layer.tag):
                return str(found["Id"])
            build, is_waiting = self._others(layer)
            if not is_waiting:
                waited = time.monotonic()
            elif time.monotonic() - waited > _WAIT_S:
                build, is_waiting = "", False  # that machine is gone
                for one in self._engine.labelled(f"{_LABEL}={layer.digest}"):
                    self._engine.remove(one["Id"])
            if not build and not is_waiting:
                with contextlib.suppress(Taken):  # another machine was quicker
                    build = self._start(layer, name)
                    self._follow.say(f"Building {what} (once) ...")
                    told = True
            if not told:
                told = True
                self._follow.say(f"{shown} is being built already; following that ...")
            if build and not is_waiting and (image := self._finish(layer, build, *self._watch(build))) is not None:
                self._follow.say(f"{shown} is ready after {time.monotonic() - began:.1f} s.")
                return image
            time.sleep(0.2)

    def _start(self, layer: Layer, name: str) -> str:
        """Creates the container (raises Taken where another one has), gives it its files, starts it; its id."""
        with self._engine.asking("The building of an image") as api:
            made = api.create_container(
                layer.parent,
                entrypoint=["/bin/sh", f"{BUILD}/build.sh"],
                command=list(layer.arguments),
                name=name,
                user="0:0",
                labels=self._labels(layer),
                stop_signal="SIGKILL",
                use_config_proxy=False,
                host_config=api.create_host_config(network_mode=self._network, log_config={"type": "json-file", "config": {}}),
            )
        try:
            variables = "".join(f"export {name}={_quoted(value)}\n" for name, value in sorted(layer.variables.items()))
            files: dict[str, Path | bytes] = {**layer.files, "environment": variables.encode()}
            files["build.sh"] = f"set -eu\ncd {BUILD}\n. ./environment\n{layer.script}\ncd /\nrm -rf {BUILD}\n".encode()
            with self._engine.asking("The building of an image") as api:
                api.put_archive(made["Id"], "/", _packed(files))
            self._check()
            self._start_container(made["Id"], layer.parent)
        except BaseException:
            self._engine.remove(made["Id"])
            raise
        return str(made["Id"])

    def _labels(self, layer: Layer) -> dict[str, str]:
        return {_LABEL: layer.digest, _BUILDER: self._run_id, _WORKSPACE: self._workspace}

    def _start_container(self, container: str, parent: str) -> None:
        try:
            with self._engine.asking("The building of an image") as api:
                api.start(container)
        except WorkbenchError as error:
            if "/bin/sh" in error.message:
                message = "The base image has no shell (/bin/sh), so no environment can be built upon it."
                raise UserError(message, hint="Choose another base image, e.g. python:3.11-slim.", place=parent) from error
            raise

    def _others(self, layer: Layer) -> tuple[str, bool]:
        """The id of this build's container that runs (or just ended), empty without one; and whether another machine is about to
        start it or makes its image. What a killed builder of this workspace left is removed: we hold the lock."""
        build, is_waiting = "", False
        for one in self._engine.labelled(f"{_LABEL}={layer.digest}"):
            if str(one["Names"][0]).startswith("/workbench-build-") and one["State"] != "created":
                build = str(one["Id"])
            elif one["Labels"].get(_WORKSPACE) == self._workspace:
                self._engine.remove(one["Id"])
            else:
                is_waiting = True
        return build, is_waiting

    def _watch(self, build: str) -> tuple[int, str]:
        """Tells the build's lines until it ends; its exit code and what it wrote last to stderr."""
        told, said = 0, ""
        try:
            while True:
                self._check()
                state = self._engine.container(build)["State"]
                ended = state["Status"] not in {"running", "created", "paused", "restarting"}
                lines, said = self._output(build, whole=ended)
                for line in lines[told:]:
                    self._follow.say(line)
                told = len(lines)
                if ended:
                    return int(state["ExitCode"]), said
                time.sleep(0.3)
        except Cancelled:
            with contextlib.suppress(Missing):
                if self._engine.container(build)["Config"]["Labels"].get(_WORKSPACE) == self._workspace:
                    self._engine.remove(build)
            raise
        except Missing:
            return -1, ""

    def _output(self, name: str, *, whole: bool) -> tuple[list[str], str]:
        """The lines so far (with `whole` the last one too if it has no end), and the end of what was written to stderr."""
        parts = [(stream, data) for stream, data in self._engine.output(name, follow=False)]
        text = b"".join(data for _, data in parts).decode("utf-8", "replace")
        said = b"".join(data for stream, data in parts if stream == "stderr").decode("utf-8", "replace")
        lines = [line.rstrip() for line in (text if whole else text[: text.rfind("\n") + 1]).split("\n")]
        shown = [
            line for line in lines if line and not line.startswith(("error:", "  cause:", "hint:", "warning: Failed to hardlink"))
        ]
        return shown, "\n".join(said.splitlines()[-_TAIL:])

    def _finish(self, layer: Layer, build: str, code: int, said: str) -> str | None:
        """Makes the image of the ended build and removes the container; None when another one was quicker. Raises its failure."""
        try:
            with self._engine.asking("The building of an image") as api:
                values = {"labels": self._labels(layer), "host_config": api.create_host_config(network_mode="none")}
                lock = api.create_container(layer.parent, ["/bin/sh"], name=f"workbench-finish-{layer.digest}", **values)["Id"]
        except Taken:
            return None
        try:
            self._engine.container(build)
            if found := self._engine.image(layer.tag):
                return str(found["Id"])
            if code != 0:
                raise self._failure(layer, code, said)
            # The container's labels would be those of the image, and of all containers of that.
            changes = [
                "ENTRYPOINT []",
                'CMD ["/bin/sh"]',
                f'LABEL workbench.image="{layer.repository}" {_LABEL}="" {_BUILDER}="" {_WORKSPACE}=""',
            ]
            with self._engine.asking("The making of an image") as api:
                made = api.commit(build, layer.repository, layer.digest, changes=[*changes, *layer.changes])
            return str(made["Id"])
        except Missing:
            return None
        finally:
            self._engine.remove(build)
            self._engine.remove(lock)

    @staticmethod
    def _failure(layer: Layer, code: int, said: str) -> WorkbenchError:
        if "no space left on device" in said.lower():
            return EngineError("The disk of the Docker engine is full.", hint="Free some space: docker system prune")
        if code == 137:
            return EngineError("The building of the image was killed from outside.")
        if layer.explain:
            return layer.explain(said)
        last = said.strip().rpartition("\n")[2] or f"exit code {code}"
        return UserError(f"The image could not be built: {last}.")

    def _check(self) -> None:
        if self._follow.must_stop():
            raise Cancelled("The building of the environment was cancelled.")

    @contextlib.contextmanager
    def _locked(self, layer: Layer) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self._folder / f"{layer.digest}.lock")
        told = False
        while True:
            with contextlib.suppress(Timeout):
                lock.acquire(timeout=0.2)
                break
            if not told:
                told = True
                self._follow.say("Another job builds the same image; waiting for it ...")
            self._check()
        try:
            yield
        finally:
            lock.release()


def remove_builds(engine: Engine, run_id: str) -> None:
    """Ends the builds that a run began and did not live to see."""
    for one in engine.labelled(f"{_BUILDER}={run_id}"):
        engine.remove(one["Id"])


def _packed(files: dict[str, Path | bytes]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as tar:
        for name, content in files.items():
            data = content if isinstance(content, bytes) else content.read_bytes()
            entry = tarfile.TarInfo(f"{BUILD.strip('/')}/{name}")
            entry.size, entry.mode = len(data), 0o700
            tar.addfile(entry, io.BytesIO(data))
    return made.getvalue()


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "'\\''") + "'"
