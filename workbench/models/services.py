"""Services: deployed model versions, each a detached process of its own that outlives the server."""

import contextlib
import hashlib
import json
import logging
import secrets
import shlex
import shutil
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import psutil

from workbench.base.clock import utc_now
from workbench.base.errors import Cancelled, Conflict, NotFound, UserError, WorkbenchError
from workbench.base.files import disk_error
from workbench.base.paths import WorkspacePaths
from workbench.base.processes import is_alive, kill_tree, reap
from workbench.base.secrets import SecretStore
from workbench.jobs.environments import EnvironmentBuilder
from workbench.models.building import ServiceBuilder, Snapshots, log_size, read_script, why_it_ended
from workbench.models.ports import check_port, free_port
from workbench.models.probe import Probe, address
from workbench.models.records import ServiceRecord, ServiceRecords, name_taken
from workbench.models.registry import ModelRegistry
from workbench.models.scorescript import check_score_script
from workbench.runs.database import Database
from workbench.runs.store import RunStore
from workbench.schema import EventBody, LogChunk, ModelVersion, Run, ScoreReply, Service, ServiceRequest, ServiceStatus

_log = logging.getLogger(__name__)
_STARTING_POLL_S = 0.1
_SAY_S = 0.5  # a state is written at most this often while much is being said
_STILL_S = 10.0  # how often a long init() is told
_MISSES = 3  # unanswered looks until a service counts as unhealthy
_GRACE_S = 12.0  # a little more than the service itself gives its last requests
_ACTIVE = (ServiceStatus.HEALTHY, ServiceStatus.UNHEALTHY)


class _Worker:
    """The thread that brings a service up. `cancel` makes it end; with `detach` it leaves process and state as they are."""

    def __init__(self) -> None:
        self.cancel = threading.Event()
        self.detach = False
        self.thread: threading.Thread | None = None


class ServiceManager:
    """Creates, watches, stops and deletes services. Safe in several threads of the one server of a workspace.

    A service is brought up by a thread of its own; one more thread, between `start_watch()` and `stop_watch()`, looks at them all.
    """

    def __init__(
        self,
        database: Database,
        paths: WorkspacePaths,
        *,
        registry: ModelRegistry,
        store: RunStore,
        snapshots: Snapshots,
        environments: EnvironmentBuilder,
        emit: Callable[[EventBody], None],
        poll_seconds: float = 2.0,
        answer_seconds: float = 3.0,
    ) -> None:
        """`poll_seconds` lie between two looks at all services; a look waits `answer_seconds` for an answer."""
        self._registry = registry
        self._store = store
        self._snapshots = snapshots
        self._records = ServiceRecords(database, emit)
        self._builder = ServiceBuilder(paths, registry.folder, snapshots, environments)
        self._probe = Probe(answer_seconds)
        self._poll_seconds = poll_seconds
        self._secrets = SecretStore(paths.root)
        # The keyring is shared by all workspaces of a user.
        self._secret_prefix = f"service/{hashlib.sha256(str(paths.root).encode()).hexdigest()[:12]}/"
        self._lock = threading.Lock()
        self._secret_lock = threading.Lock()
        self._keys: dict[str, str] = {}
        self._operations: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._workers: dict[str, _Worker] = {}
        self._requests: dict[str, int] = {}
        self._misses: dict[str, int] = {}
        self._ending = threading.Event()
        self._watcher: threading.Thread | None = None

    def create(self, request: ServiceRequest) -> Service:
        """Checks the request and returns at once with a service in state `creating`; events tell what follows.

        Raises Conflict (the name or port is taken), NotFound (model, version, score script), UserError (the script, with its line).
        """
        if self._records.find(request.name) is not None:
            raise name_taken(request.name)
        version = self._registry.get(request.model, request.version)
        if not version.files:
            raise UserError(
                f"Version {version.version} of the model {version.name} has no files here, only its source {version.source}.",
                hint="Register the model's files from the outputs of a run.",
            )
        run = self._run(version, request)
        sample = check_score_script(self._score_script(request, run, version), request.score_script)
        requirements = self._requirements(request, version)
        environment = run.config.environment if run else None
        spec = {
            "request": request.model_dump(mode="json"),
            "sample": request.sample if request.sample is not None else sample,
            "snapshot": run.snapshot if run else "",
            "run_lock": run.environment_lock if run else "",
            "environment": environment.kind if environment else "requirements",
            "python": environment.python if environment else "",
            "requirements": str(requirements or ""),
        }
        with self._operations[request.name], self._lock:
            taken = {record.port: record.name for record in self._records.all()}
            if request.port:
                check_port(request.port, taken)
            record = ServiceRecord(
                name=request.name,
                model=version.name,
                version=version.version,
                run_id=version.run_id,
                project=version.project,
                status=ServiceStatus.CREATING,
                reason="Waiting to be built.",
                spec=spec,
                port=request.port or free_port(taken),
                pid=None,
                began=None,
                created=utc_now(),
                started=None,
            )
            self._records.add(record)
        try:
            shutil.rmtree(self._builder.folder(request.name), ignore_errors=True)  # of a deletion that was interrupted
            self._set_key(request.name, secrets.token_urlsafe(32))
        except WorkbenchError:
            self._records.remove(request.name, ServiceStatus.FAILED)
            raise
        self._bring_up(request.name)
        return self.get(request.name)

    def get(self, name: str) -> Service:
        """Raises NotFound, naming what there is."""
        return self._service(self._records.get(name))

    def list(self) -> tuple[Service, ...]:
        """All services, by name."""
        return tuple(self._service(record) for record in self._records.all())

    def start(self, name: str) -> Service:
        """Brings a stopped, failed or unhealthy service up again, with its old address, key and packages; returns at once."""
        with self._operations[name]:
            record = self._records.get(name)
            if record.status == ServiceStatus.HEALTHY:
                raise Conflict(f"The service {name} runs already, at {address(record.port)}.")
            if record.status == ServiceStatus.CREATING and name in self._workers:
                raise Conflict(f"The service {name} is being started already.")
            self._end_process(record)
            self._records.update(name, status=ServiceStatus.CREATING, reason="Waiting to be started.", pid=None, began=None)
            self._bring_up(name)
        return self.get(name)

    def stop(self, name: str) -> Service:
        """Lets the service answer what it has, then ends it. A service that does not run stays as it is."""
        with self._operations[name]:
            self._stop(self._records.get(name))
            return self.get(name)  # before another one may delete it

    def delete(self, name: str) -> None:
        """Stops the service and removes its folder and key; the model stays."""
        with self._operations[name]:
            record = self._records.get(name)
            self._stop(record)
            shutil.rmtree(self._builder.folder(name), ignore_errors=True)
            with self._secret_lock:
                self._secrets.delete(self._secret_prefix + name)
                self._keys.pop(name, None)
            self._requests.pop(name, None)
            self._records.remove(name, ServiceStatus.STOPPED)

    def log(self, name: str, offset: int = 0, limit: int = 1_000_000) -> LogChunk:
        """A part of the service's log, from byte `offset`."""
        record = self._records.get(name)
        path = self._builder.log(name)
        size = log_size(path)
        offset = min(max(offset, 0), size)
        data = b""
        if size > offset:
            with path.open("rb") as file:
                file.seek(offset)
                data = file.read(max(limit, 4))
        size = max(size, offset + len(data))
        ended = record.status in {ServiceStatus.STOPPED, ServiceStatus.FAILED}
        if offset + len(data) < size or not ended:
            data = _whole_characters(data)
        following = offset + len(data)
        text = data.decode("utf-8", "replace")
        return LogChunk(text=text, offset=offset, next=following, size=size, complete=ended and following == size)

    def score(self, name: str, body: object) -> ScoreReply:
        """Sends a request with the service's key. Raises Conflict when it does not run, EnvironmentError_ without an answer."""
        record = self._records.get(name)
        if record.status not in _ACTIVE:
            raise Conflict(f"The service {name} is {record.status}, so it answers no request.", hint=record.reason)
        reply = self._probe.score(name, record.port, self._key(name), body)
        self._count(record)
        return reply

    def start_watch(self) -> None:
        """Takes up the services of an earlier server: those that run are watched on, those half made are made to the end."""
        for record in self._records.all():
            if record.status == ServiceStatus.CREATING and record.name not in self._workers:
                self._bring_up(record.name)
            elif record.status in _ACTIVE and not self._lives(record):
                self._found_dead(record)
        self._watcher = threading.Thread(target=self._watch, name="service watch", daemon=True)
        self._watcher.start()

    def stop_watch(self) -> None:
        """Ends all threads; the services run on, and what is half made is finished by the next server."""
        self._ending.set()
        with self._lock:
            workers = list(self._workers.values())
        for worker in workers:
            worker.detach = True
            worker.cancel.set()
        for thread in (self._watcher, *(worker.thread for worker in workers)):
            if thread is not None:
                thread.join()
        self._probe.close()

    # --- checks of a request

    def _run(self, version: ModelVersion, request: ServiceRequest) -> Run | None:
        try:
            return self._store.get(version.run_id)
        except NotFound:
            if Path(request.score_script).is_absolute() and request.requirements:
                return None
            raise NotFound(
                f"The run behind version {version.version} of the model {version.name} was deleted, with its code and environment.",
                hint="Give the score script by its absolute path, and a requirements file.",
            ) from None

    def _score_script(self, request: ServiceRequest, run: Run | None, version: ModelVersion) -> bytes:
        script = Path(request.score_script)
        if script.is_absolute() or run is None:
            return read_script(script)
        if ".." in PurePosixPath(request.score_script.replace("\\", "/")).parts:
            raise UserError(f"The score script {request.score_script} lies outside the project.", hint="Give its absolute path.")
        title = f"run {run.number} of {run.experiment}"
        if not run.snapshot:
            raise NotFound(f"There is no snapshot of the code of {title}.", hint="Give the score script by its absolute path.")
        try:
            return self._snapshots.read(run.snapshot, request.score_script)
        except NotFound:
            now = Path(version.project, request.score_script)
            hint = "Name a script that was there, or give one by its absolute path."
            if version.project and now.is_file():
                hint = f"It came later. Deploy a newer run's model, or give its absolute path: {now}"
            raise NotFound(
                f"The project had no score script {request.score_script} at {title}.", hint=hint, place=request.score_script
            ) from None

    def _requirements(self, request: ServiceRequest, version: ModelVersion) -> Path | None:
        if not request.requirements:
            return None
        path = Path(version.project, request.requirements).absolute()
        if not path.is_file():
            raise NotFound(f"There is no requirements file {path}.", hint="Leave it empty to serve with the run's own packages.")
        return path

    # --- bringing a service up

    def _bring_up(self, name: str) -> None:
        worker = _Worker()
        worker.thread = threading.Thread(target=self._work, args=(name, worker), name=f"service {name}", daemon=True)
        with self._lock:
            self._workers[name] = worker
        worker.thread.start()

    def _work(self, name: str, worker: _Worker) -> None:
        failure = ""
        try:
            self._build_and_start(name, worker)
        except Cancelled:
            pass  # who cancelled says what becomes of the service
        except WorkbenchError as error:
            failure = str(error)
        except OSError as error:
            failure = str(disk_error(error, f"The service {name}"))
        except Exception:  # noqa: BLE001 (nobody above would tell the user why the service stays in the making)
            _log.exception("bringing up the service %s failed", name)
            failure = "A fault of Workbench itself stopped the building; the server's log has the details."
        try:
            if failure:
                with contextlib.suppress(OSError):
                    self._builder.note(name, failure)
                self._records.update(name, status=ServiceStatus.FAILED, reason=failure, pid=None, began=None)
        finally:
            with self._lock:
                if self._workers.get(name) is worker:
                    del self._workers[name]

    def _build_and_start(self, name: str, worker: _Worker) -> None:
        record = self._records.get(name)
        if not self._lives(record):
            say = self._teller(name)
            record = self._with_port(record)
            self._builder.lay_out(record, say)
            python, lock = self._builder.environment(record, say, worker.cancel.is_set)
            if worker.cancel.is_set():
                raise Cancelled
            record = self._records.extend(name, lock=lock, log_offset=log_size(self._builder.log(name)))
            pid, began = self._builder.start(record, python, self._key(name))
            try:
                self._records.update(name, pid=pid, began=began, reason="Loading the model.")
            except WorkbenchError:  # a process that no record knows would run for ever
                kill_tree(pid)
                raise
            record = self._records.get(name)
        self._await_health(record, worker)

    def _with_port(self, record: ServiceRecord) -> ServiceRecord:
        """The port may have been taken while the service did not run: one that we chose is exchanged."""
        others = {other.port: other.name for other in self._records.all() if other.name != record.name}
        try:
            check_port(record.port, others)
        except Conflict:
            if record.request.port:
                raise
            self._records.update(record.name, port=free_port(others))
        return self._records.get(record.name)

    def _await_health(self, record: ServiceRecord, worker: _Worker) -> None:
        """Waits as long as the process lives: `init()` may load for minutes."""
        began, told = time.monotonic(), 0.0
        pid = record.pid or 0
        while not self._probe.is_healthy(record.name, record.port):
            if not self._lives(record):
                reap(pid)
                reason = why_it_ended(self._builder.log(record.name), record.spec.get("log_offset", 0))
                raise UserError(f"The service ended while it was starting: {reason}.")
            waited = time.monotonic() - began
            if waited - told >= _STILL_S:
                told = waited
                self._records.update(record.name, reason=f"Loading the model: init() has run for {waited:.0f} s.")
            if worker.cancel.wait(_STARTING_POLL_S):
                raise Cancelled
        if record.sample is None and (sample := self._probe.sample(record.port)) is not None:
            self._records.extend(record.name, sample=sample)
        self._misses.pop(record.name, None)
        self._records.healthy(record.name, "It answers requests.")

    def _teller(self, name: str) -> Callable[[str], None]:
        last = 0.0

        def say(line: str) -> None:
            nonlocal last
            self._builder.note(name, line)
            if time.monotonic() - last > _SAY_S:
                last = time.monotonic()
                self._records.update(name, reason=line)

        return say

    # --- ending

    def _stop(self, record: ServiceRecord) -> None:
        with self._lock:
            worker = self._workers.get(record.name)
        if worker is not None and worker.thread is not None:
            worker.cancel.set()
            worker.thread.join()
            record = self._records.get(record.name)
        if record.status in {ServiceStatus.STOPPED, ServiceStatus.FAILED}:
            return
        # First the state, then the end of the process: the watch must not take it for a failure.
        self._records.update(record.name, status=ServiceStatus.STOPPED, reason="Stopped by request.")
        self._end_process(record)
        self._records.update(record.name, pid=None, began=None)

    def _end_process(self, record: ServiceRecord) -> None:
        if record.pid and self._lives(record):
            kill_tree(record.pid, grace=_GRACE_S)
        if record.pid:
            reap(record.pid)

    def _lives(self, record: ServiceRecord) -> bool:
        return bool(record.pid) and is_alive(record.pid or 0, record.began, named=str(self._builder.folder(record.name) / "app.py"))

    # --- the watch

    def _watch(self) -> None:
        while not self._ending.wait(self._poll_seconds):
            try:
                for record in self._records.all():
                    if record.status in _ACTIVE and not self._ending.is_set():
                        self._look_at(record)
            except WorkbenchError as error:  # a full disk, say: the next look may succeed
                _log.warning("looking at the services failed: %s", error)

    def _look_at(self, record: ServiceRecord) -> None:
        if not self._lives(record):
            self._found_dead(record)
        elif self._probe.is_healthy(record.name, record.port):
            self._misses.pop(record.name, None)
            if record.status == ServiceStatus.UNHEALTHY:
                self._change(record, ServiceStatus.HEALTHY, "It answers requests again.")
            self._count(record)
        else:
            misses = self._misses[record.name] = self._misses.get(record.name, 0) + 1
            if misses == _MISSES:
                self._change(record, ServiceStatus.UNHEALTHY, "Its process runs, but does not answer; its log may say why.")

    def _found_dead(self, record: ServiceRecord) -> None:
        reap(record.pid or 0)
        if record.began is not None and psutil.boot_time() > record.began + 1:
            self._change(record, ServiceStatus.STOPPED, "The computer was started anew since. Start the service again.")
            return
        reason = why_it_ended(self._builder.log(record.name), record.spec.get("log_offset", 0))
        self._change(record, ServiceStatus.FAILED, f"Its process ended without being asked to. The last it said: {reason}.")

    def _change(self, record: ServiceRecord, status: ServiceStatus, reason: str) -> None:
        """Changes the state unless the service was stopped or started anew since the record was read."""
        self._records.update(record.name, only_pid=record.pid, status=status, reason=reason)

    def _count(self, record: ServiceRecord) -> None:
        if (count := self._probe.requests(record.port)) is not None:
            self._requests[record.name] = count

    # --- keys and the wire type

    def _set_key(self, name: str, key: str) -> None:
        with self._secret_lock:
            self._secrets.set(self._secret_prefix + name, key)
            self._keys[name] = key

    def _key(self, name: str) -> str:
        with self._secret_lock:
            if name not in self._keys:
                self._keys[name] = self._secrets.get(self._secret_prefix + name) or ""
            return self._keys[name]

    def _service(self, record: ServiceRecord) -> Service:
        key = self._key(record.name)
        return Service(
            name=record.name,
            model=record.model,
            version=record.version,
            run_id=record.run_id,
            project=record.project,
            status=record.status,
            reason=record.reason,
            address=address(record.port),
            port=record.port,
            key=key,
            sample=record.sample,
            curl=curl_line(record.port, key, record.sample),
            created=record.created,
            started=record.started,
            requests=self._requests.get(record.name, 0),
        )


def curl_line(port: int, key: str, sample: object) -> str:
    """A line for a shell that scores the sample (an empty object when there is none)."""
    body = json.dumps({} if sample is None else sample, ensure_ascii=False)
    parts = ["curl", "-X", "POST", f"{address(port)}/score"]
    parts += ["-H", f"Authorization: Bearer {key}", "-H", "Content-Type: application/json", "-d", body]
    return shlex.join(parts)


def _whole_characters(data: bytes) -> bytes:
    """Without the first bytes of a character that the cut has split."""
    for back in range(1, min(4, len(data)) + 1):
        byte = data[-back]
        if byte & 0xC0 != 0x80:  # the start of a character
            length = 1 if byte < 0x80 else 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return data if length <= back else data[:-back]
    return data
