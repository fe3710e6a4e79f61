"""The driver of jobs in containers. A container outlives the runner, so another runner can take its job up."""

import contextlib
import json
import math
import re
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from workbench.base.errors import Cancelled, UserError
from workbench.base.files import write_json
from workbench.base.paths import WorkspacePaths
from workbench.jobs.drivers.base import Follow, Handle, Poll, Usage
from workbench.jobs.drivers.docker.beginning import has_begun
from workbench.jobs.drivers.docker.connections import open_engine
from workbench.jobs.drivers.docker.container import RUN_LABEL, container_name, create, places, user_of
from workbench.jobs.drivers.docker.engine import Engine, EngineError, Missing, Refused, Taken
from workbench.jobs.drivers.docker.files import Downloads, upload
from workbench.jobs.drivers.docker.follower import LogFollower
from workbench.jobs.drivers.docker.image import ENVIRONMENT, ImageFacts, ImageMaker
from workbench.jobs.drivers.docker.images import note_use
from workbench.jobs.drivers.docker.layer import remove_builds
from workbench.jobs.drivers.docker.meter import Meter
from workbench.jobs.drivers.docker.settings import explained
from workbench.jobs.drivers.ssh.tunnel import Tunnel
from workbench.jobs.drivers.supervised.notes import save_notes
from workbench.jobs.environments import EnvironmentBuilder, is_conda
from workbench.jobs.folder import JobSpec, RunFolder
from workbench.jobs.joblog import JobLog
from workbench.jobs.localpython import PackageSettings
from workbench.jobs.sdkcopy import carried_folder
from workbench.schema import DockerSpec, SshDockerSpec

_SIGNALS = frozenset({1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13, 14, 15, 24, 25, 31})
_OVER = frozenset({"exited", "dead"})
_STUCK = re.compile(r"\b(?:task|container|id)\b.* already (?:exists|in use)", re.IGNORECASE)
"""Of a start that the engine was killed in: what is below it (containerd) keeps a part of it, and no other start ever succeeds."""


class DockerDriver:
    """Runs one job as a container. With an engine on this machine it works in the run's folder itself; to any other one the
    working copy is brought, and what it makes comes back."""

    def __init__(self, folder: RunFolder, spec: JobSpec, target: DockerSpec, opened: Callable[[], Engine], log: JobLog) -> None:
        self._folder = folder
        self._spec = spec
        self._target = target
        self._opened = opened
        self._log = log
        self._known: Engine | None = None
        self._follower: LogFollower | None = None
        self._downloads: Downloads | None = None
        self._meter: Meter | None = None
        self._tunnel: Tunnel | None = None
        self._was_away = False

    @property
    def _engine(self) -> Engine:
        if self._known is None:
            self._known = self._opened()
        return self._known

    @property
    def _made(self) -> Path:
        """What `prepare` made: there once all of it is."""
        return self._folder.path / "container.json"

    @property
    def _notes(self) -> Path:
        """There once the engine was reached: before that it has nothing of the job."""
        return self._folder.path / "docker.json"

    def handle(self) -> Handle:
        return {"run_id": self._spec.run_id, "container": container_name(self._spec.run_id)}

    def prepare(self, follow: Follow) -> tuple[str, str]:
        """The image, and the container with the working copy; only its start is left to do."""
        spec, engine = self._spec, self._engine
        if spec.environment == "workbench":
            message = f"{spec.script} needs Workbench's own Python, which only this machine has."
            raise UserError(message, hint="Choose the target local for it.", place=spec.script)
        save_notes(self._notes, {"touched": True})
        maker = ImageMaker(
            engine,
            Path(spec.home),
            spec.run_id,
            follow,
            network=self._target.network,
            ca_bundle=self._target.ca_bundle or spec.ca_bundle,
            proxy=self._target.proxy,
            index=spec.package_index,
        )
        base = maker.base(self._target.image)
        image, python, lock, version = self._environment(maker, base, follow)
        self._check(follow)
        if not self._is_made():
            self._make_container(image, python, follow)
        return lock, version

    def start(self, handle: Handle) -> Handle:
        name = handle["container"]
        if not self._is_made():
            raise RuntimeError("prepare() comes before start()")
        state = self._engine.container(name)
        if state["State"]["Status"] == "created":
            self._start(name)
            state = self._engine.container(name)
        return {**handle, "id": state["Id"]}

    def poll(self, handle: Handle) -> Poll:
        try:
            state = self._engine.container(handle["container"])["State"]
        except EngineError:
            self._was_away = True
            raise
        except Missing:
            return Poll(
                running=False, reason="The job's container was removed while it ran, so how it would have ended is not known."
            )
        if state["Status"] == "created":
            reason = "The Docker engine was stopped while it started the script: what became of it is not known."
            return Poll(running=False, reason=reason)
        if state["Status"] not in _OVER:
            return Poll(running=True)
        code, memory = int(state["ExitCode"]), bool(state.get("OOMKilled"))
        if code > 128 and code - 128 in _SIGNALS:
            code = 128 - code  # its init process says so of a script that a signal ended
        if self._was_away and not memory and code in {-signal.SIGTERM, -signal.SIGKILL}:
            return Poll(running=False, reason="The Docker engine was stopped while the job ran, and the job's container with it.")
        reason = " ".join(str(state.get("Error") or "").split())
        return Poll(running=False, exit_code=code, out_of_memory=memory and code != 0, reason=reason)

    def pull(self, handle: Handle, *, final: bool = False) -> None:
        name = handle["container"]
        if not self._notes.exists():
            return
        self._log.commit()  # also before anything came: to this whoever takes the job up goes back
        if self._follower is None:
            self._follower = LogFollower(self._engine, name, self._log)
        if final:
            with contextlib.suppress(Missing):
                self._follower.finish()
            self._log.flush()
        if not self._engine.here:
            self._keep_way_back()
            with contextlib.suppress(Missing):
                self._download(name, final=final)
        self._log.commit()

    def usage(self, handle: Handle) -> Usage | None:
        if self._meter is None:
            self._meter = Meter(self._engine, handle["container"])
        return self._meter.read()

    def cancel(self, handle: Handle, grace_s: float) -> None:
        """The engine asks (SIGTERM for the script and what it started), waits, and kills the container with all that is in it."""
        name = handle["container"]
        if not self._notes.exists():
            return
        try:
            if self._engine.container(name)["State"]["Status"] in _OVER | {"created"}:
                return
            with self._engine.asking("The container") as api:
                api.stop(name, timeout=max(0, math.ceil(grace_s)))
            state = self._engine.container(name)["State"]
            if state["Status"] not in _OVER:
                with self._engine.asking("The container") as api:
                    api.kill(name, "SIGKILL")
                    api.wait(name, timeout=30)
        except Missing:
            return
        except Taken:
            pass  # it ended just now
        with contextlib.suppress(Missing):
            if self._engine.container(name)["State"]["Status"] not in _OVER:
                raise EngineError(f"The container {name} does not end, although it was killed.", hint="Start Docker anew.")

    def clean(self, handle: Handle) -> None:
        if not self._notes.exists():
            self.close()
            return
        self._engine.remove(handle["container"])
        for one in self._engine.labelled(f"{RUN_LABEL}={self._spec.run_id}"):
            self._engine.remove(one["Id"])
        remove_builds(self._engine, self._spec.run_id)
        self._made.unlink(missing_ok=True)
        self.close()

    def close(self) -> None:
        """Lets go of the engine; the job stays as it is."""
        follower, engine, tunnel = self._follower, self._known, self._tunnel
        self._known = self._follower = self._downloads = self._meter = self._tunnel = None
        if follower:
            follower.stop()
        if engine:
            engine.close()
        if tunnel:
            tunnel.close()

    def _environment(self, maker: ImageMaker, base: str, follow: Follow) -> tuple[str, str, str, str]:
        """Image, interpreter, lock and version of Python."""
        spec = self._spec
        facts = maker.facts(base, spec.python)
        if spec.environment == "interpreter":
            if not facts.python or (spec.python and Path(facts.python).name != Path(spec.python).name):
                message = f"There is no Python interpreter {spec.python or 'python3'!r} in the image of the target {spec.target}."
                raise UserError(message, hint="Correct environment.python, or choose another image.")
            return base, facts.python, maker.installed(base, facts.python), facts.version
        requirements = self._folder.work / spec.requirements
        if not requirements.is_file():
            message = f"The requirements file {spec.requirements} is not in the run's copy of the project: it is ignored."
            raise UserError(message, hint="Take it out of .gitignore or .wbignore.")
        asked, version = _python(spec.python, facts)
        builder = EnvironmentBuilder(WorkspacePaths(Path(spec.home)), PackageSettings(spec.ca_bundle, spec.package_index))
        lock = builder.resolve(requirements, python=version, platform=facts.platform, say=follow.say, cancel=follow.must_stop)
        if is_conda(lock):
            hint = "Take a base image that has them and the environment interpreter, or move what PyPI has into the list under pip."
            raise UserError(f"{spec.requirements} asks for packages of conda, which images are not built with.", hint=hint)
        image = maker.environment(base, lock, asked, str(requirements))
        note_use(Path(spec.home), image, self._engine)
        python = f"{ENVIRONMENT}/bin/python"
        return image, python, lock, maker.facts(image, python).version

    def _make_container(self, image: str, python: str, follow: Follow) -> None:
        engine, spec = self._engine, self._spec
        with contextlib.suppress(Missing):
            if engine.container(container_name(spec.run_id))["State"]["Status"] != "created":
                return  # it was started before
            engine.remove(container_name(spec.run_id))  # half made
        try:
            made = create(engine, self._folder, self._with_way_back(follow), self._target, image, python)
        except (EngineError, Refused) as error:
            raise explained(error, f"of the target {spec.target}") from error
        if not engine.here:
            follow.say("Bringing the working copy to the engine ...")
            here, owner = places(self._folder, spec), user_of(engine.facts())
            upload(engine, made, self._folder.work, carried_folder(Path(spec.home)), here, owner, follow.must_stop)
        port = self._tunnel.port if self._tunnel else 0
        write_json(self._made, {"id": made, "image": image, "python": python, "port": port})

    def _with_way_back(self, follow: Follow) -> JobSpec:
        """The specification, with the server's address as the script sees it from a machine that is reached over SSH."""
        url = self._spec.tracking.get("MLFLOW_TRACKING_URI", "")
        if self._engine.connection is None or not url or not Tunnel.needed(url) or self._target.network not in {"", "host"}:
            return self._spec
        tunnel = Tunnel(self._engine.connection, url, Path(self._spec.home))
        if not tunnel.open():
            follow.say("The machine allows no way back to the server here: what the script logs through MLFlow does not arrive.")
            return self._spec
        self._tunnel = tunnel
        return replace(self._spec, tracking={**self._spec.tracking, "MLFLOW_TRACKING_URI": tunnel.url()})

    def _keep_way_back(self) -> None:
        """Opens it again for a job that another runner began, with the port that its script knows."""
        if self._tunnel is not None or self._engine.connection is None:
            return
        try:
            port = int(json.loads(self._made.read_text("utf-8")).get("port", 0))
        except (OSError, ValueError):
            return
        if port:
            url = self._spec.tracking.get("MLFLOW_TRACKING_URI", "http://127.0.0.1")
            self._tunnel = Tunnel(self._engine.connection, url, Path(self._spec.home), port)
            self._tunnel.open()

    def _is_made(self) -> bool:
        if not self._made.exists():
            return False
        try:
            self._engine.container(container_name(self._spec.run_id))
        except Missing:
            return False
        return True

    def _start(self, name: str, *, again: bool = False) -> None:
        try:
            with self._engine.asking("The container") as api:
                api.start(name)
        except Taken:
            return
        except (EngineError, Refused, Missing) as error:
            if again or not _STUCK.search(error.message):
                raise explained(error, f"of the target {self._spec.target}") from error
            if not has_begun(self._engine, name):
                self._make_again()
                self._start(name, again=True)

    def _make_again(self) -> None:
        """Makes the container anew, from what `prepare` found out."""
        made = json.loads(self._made.read_text("utf-8"))
        self._make_container(made["image"], made["python"], Follow(self._log.say, lambda: False))

    def _download(self, name: str, *, final: bool) -> None:
        if self._downloads is None:
            try:
                python = json.loads(self._made.read_text("utf-8"))["python"]
            except (OSError, ValueError):
                python = "python3"
            here = places(self._folder, self._spec)
            self._downloads = Downloads(self._engine, name, python, here, self._folder.events, self._folder.work / "outputs")
        if final:
            self._downloads.ended()
        else:
            with contextlib.suppress(Taken):  # it ended just now
                self._downloads.running()

    @staticmethod
    def _check(follow: Follow) -> None:
        if follow.must_stop():
            raise Cancelled


def _python(asked: str, facts: ImageFacts) -> tuple[str, str]:
    """Which Python the environment is built with (a version or a path in the image), and its version."""
    if asked and not asked[0].isdigit():
        if not facts.python:
            raise UserError(f"There is no Python interpreter {asked!r} in the target's image.", hint="Correct environment.python.")
        return facts.python, facts.version
    if facts.python and (not asked or f"{facts.version}.".startswith(f"{asked}.")):
        return facts.python, facts.version
    from sys import version_info

    wanted = asked or f"{version_info.major}.{version_info.minor}"
    return wanted, wanted


def make_driver(folder: RunFolder, spec: JobSpec, secret: str | None, log: JobLog) -> DockerDriver:
    """The driver of a job on a target of the kind docker or ssh-docker."""
    values: dict[str, Any] = spec.target_spec
    target = SshDockerSpec.model_validate(values) if spec.kind == "ssh-docker" else DockerSpec.model_validate(values)
    docker = target.docker if isinstance(target, SshDockerSpec) else target
    return DockerDriver(folder, spec, docker, lambda: open_engine(target, secret), log)
