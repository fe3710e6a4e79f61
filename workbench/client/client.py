"""The client: every public call of the workspace's server as a typed method."""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self
from urllib.parse import quote

import httpx
from pydantic import TypeAdapter

from workbench import __version__
from workbench.base.errors import EnvironmentError_, NotFound, UserError
from workbench.base.files import disk_error
from workbench.base.paths import WorkspacePaths
from workbench.base.processes import is_alive, reap
from workbench.base.settings import Settings
from workbench.client.events import EventStream
from workbench.client.transport import Transport
from workbench.schema import (
    CleanRequest,
    EmptyRequest,
    Environment,
    Experiment,
    ExportRequest,
    Health,
    ImportRequest,
    Job,
    JobPatch,
    JobPlanned,
    JobRequest,
    Kernel,
    KernelRequest,
    Lineage,
    LogChunk,
    MetricHistory,
    MetricSeries,
    ModelRequest,
    ModelSummary,
    ModelVersion,
    Restored,
    Run,
    RunComparison,
    RunEnd,
    RunLink,
    RunOpen,
    RunOpened,
    RunPage,
    RunPatch,
    RunStatus,
    RunSummary,
    ScoreReply,
    Service,
    ServiceRequest,
    ServiceStatus,
    SnapshotDiff,
    Sweep,
    Target,
    TargetRequest,
    Transfer,
    TrashEmptied,
)

if TYPE_CHECKING:
    import pyarrow as pa

_JOBS = TypeAdapter(tuple[Job, ...])
_TARGETS = TypeAdapter(tuple[Target, ...])
_EXPERIMENTS = TypeAdapter(tuple[Experiment, ...])
_MODELS = TypeAdapter(tuple[ModelSummary, ...])
_VERSIONS = TypeAdapter(tuple[ModelVersion, ...])
_SERVICES = TypeAdapter(tuple[Service, ...])
_ENVIRONMENTS = TypeAdapter(tuple[Environment, ...])
_TRANSFERS = TypeAdapter(tuple[Transfer, ...])
_IDS = TypeAdapter(tuple[str, ...])
_LINKS = TypeAdapter(tuple[RunLink, ...])
_SUMMARIES = TypeAdapter(tuple[RunSummary, ...])
_KERNELS = TypeAdapter(tuple[Kernel, ...])

_SLOW = 600.0  # seconds for calls that copy files (snapshots, model versions)
_SCORING = 150.0
_POLL = 0.2


class Client:
    """Speaks to the server of one workspace; safe in several threads; a context manager.

    Every method raises what the server raised: UserError, NotFound, Conflict, EnvironmentError_ (also when the server is not
    there), or ServerBug. `run_id` is a run's id, or the first four or more characters of one, wherever a method takes it.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._streams: list[EventStream] = []

    @classmethod
    def connect(cls, home: Path | None = None, *, start: bool = True, say: Callable[[str], None] | None = None) -> Self:
        """Connects to the server of the workspace (`home`, else `WORKBENCH_HOME`, else the user's own).

        Starts it when none runs and `start` is on; however many clients do so at once, one server starts. `say` gets sentences
        about what takes time, and about a server of another version.
        """
        paths = WorkspacePaths(Path(home).expanduser().absolute()) if home is not None else WorkspacePaths.default()
        client = cls(Transport(paths, start=start, say=say))
        if say and client.server_version != __version__:
            say(
                f"The workspace server is version {client.server_version}, this is {__version__}. "
                "Restart it when no job is being submitted: workbench server stop"
            )
        return client

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Ends the event streams and closes the connections; the server goes on."""
        for stream in self._streams:
            stream.close()
        self._transport.close()

    @property
    def url(self) -> str:
        """Where the server answers, without a path."""
        return self._transport.handshake.url

    @property
    def token(self) -> str:
        """What other programs send as `Authorization: Bearer <token>`."""
        return self._transport.handshake.token

    @property
    def pid(self) -> int:
        """The server's process."""
        return self._transport.handshake.pid

    @property
    def server_version(self) -> str:
        """The version of the server's program."""
        return self._transport.handshake.version

    @property
    def home(self) -> Path:
        """The workspace folder."""
        return self._transport.paths.root

    # The server

    def health(self) -> Health:
        """How the server is, and what it must tell the user."""
        return Health.model_validate_json(self._get("/health"))

    def settings(self) -> Settings:
        """The workspace's settings."""
        return Settings.model_validate_json(self._get("/settings"))

    def save_settings(self, settings: Settings) -> Settings:
        """Saves the settings; they take effect at once."""
        return Settings.model_validate_json(self._transport.call("PUT", "/settings", body=settings))

    def events(self, after: int = 0) -> EventStream:
        """All events with a greater number than `after`, without end (-1: only those to come). `close()` ends the iteration."""
        self._streams = [stream for stream in self._streams if not stream.closed]
        boot = ""
        if after < 0:  # counted from this call on, not from the first reading
            health = self.health()
            after, boot = health.last_event, health.boot
        stream = EventStream(self._transport, after, boot)
        self._streams.append(stream)
        return stream

    def shutdown(self, timeout: float = 30) -> None:
        """Stops the server and waits for its end; running jobs and services go on."""
        used = self._transport.handshake
        self._transport.call("POST", "/shutdown")
        deadline = time.monotonic() + timeout
        while is_alive(used.pid, used.began, named=str(self.home)):
            if time.monotonic() > deadline:
                raise EnvironmentError_(f"The server (process {used.pid}) has not stopped within {timeout:.0f} seconds.")
            time.sleep(0.02)
        reap(used.pid)

    # Jobs

    def submit(self, request: JobRequest) -> Run:
        """Queues a script or package as a tracked job; returns its run as soon as it is on record."""
        return Run.model_validate_json(self._transport.call("POST", "/jobs", body=request, timeout=_SLOW))

    def plan(self, request: JobRequest) -> JobPlanned:
        """What the request would do: target, command, environment, files, variables, when. Nothing is queued."""
        return JobPlanned.model_validate_json(self._transport.call("POST", "/jobs/plan", body=request, timeout=_SLOW))

    def jobs(self) -> tuple[Job, ...]:
        """The jobs that wait or run, and the latest ended ones."""
        return _JOBS.validate_json(self._get("/jobs"))

    def job(self, run_id: str) -> Job:
        """Where a run's execution stands."""
        return Job.model_validate_json(self._get(f"/jobs/{_run(run_id)}"))

    def cancel(self, run_id: str) -> Job:
        """Asks a job to stop; an ended one gives Conflict."""
        return Job.model_validate_json(self._post(f"/jobs/{_run(run_id)}/cancel"))

    def change_job(self, run_id: str, patch: JobPatch) -> Job:
        """Changes priority, place or dependencies of a waiting job."""
        return Job.model_validate_json(self._transport.call("PATCH", f"/jobs/{_run(run_id)}", body=patch))

    def wait(self, run_id: str, timeout: float | None = None, on_change: Callable[[Run], None] | None = None) -> Run:
        """Waits until the run has ended and returns it; `on_change` is called at first and whenever status or reason change.

        Raises EnvironmentError_ when `timeout` seconds have passed.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        seen: tuple[RunStatus, str] | None = None
        while True:
            run = self.run(run_id)
            if on_change and seen != (run.status, run.reason):
                seen = (run.status, run.reason)
                on_change(run)
            if run.status.is_final:
                return run
            if deadline is not None and time.monotonic() > deadline:
                raise EnvironmentError_(
                    f"Run {run.number} of {run.experiment} is still {run.status.value} after {timeout:.0f} seconds.",
                    hint="It goes on; look again later.",
                )
            time.sleep(_POLL)

    # Runs

    def runs(
        self,
        project: str | None = None,
        experiment: str | None = None,
        status: RunStatus | Sequence[RunStatus] | None = None,
        text: str = "",
        archived: bool = False,
        order: str = "created",
        descending: bool = True,
        limit: int = 100,
        cursor: str = "",
    ) -> RunPage:
        """A page of runs.

        `experiment`: name or id; `archived`: those too; `order`: `created`, `started`, `ended`, `duration`, `number`, `name`,
        `status`, `experiment`, `user`, `script`, `metrics.<key>` or `params.<key>`; `cursor`: the `next` of the page before.
        """
        wanted = [status.value] if isinstance(status, RunStatus) else [one.value for one in status] if status is not None else None
        params = {
            "project": project,
            "experiment": experiment,
            "status": wanted,
            "text": text or None,
            "archived": archived,
            "order": order,
            "descending": descending,
            "limit": limit,
            "cursor": cursor or None,
        }
        return RunPage.model_validate_json(self._get("/runs", params))

    def run(self, run_id: str) -> Run:
        """A run by its id or the beginning of it, or by its number when that is the only one (`experiment/number` else)."""
        return Run.model_validate_json(self._get(f"/runs/{_run(run_id)}"))

    def patch_run(self, run_id: str, patch: RunPatch) -> Run:
        """Changes name, notes, tags or the archived flag."""
        return Run.model_validate_json(self._transport.call("PATCH", f"/runs/{_run(run_id)}", body=patch))

    def delete_run(self, run_id: str) -> None:
        """Deletes a run with its folder; one that still waits or runs gives Conflict."""
        self._transport.call("DELETE", f"/runs/{_run(run_id)}", timeout=_SLOW)

    def series(self, run_id: str, key: str, max_points: int = 1000) -> MetricSeries:
        """A metric's values over its steps; more than `max_points` are thinned to the extremes of each stretch (0: all of them)."""
        return MetricSeries.model_validate_json(self._get(f"/runs/{_run(run_id)}/metrics/{_part(key)}", {"max_points": max_points}))

    def log(
        self,
        run_id: str,
        offset: int = 0,
        limit: int = 1_000_000,
        stream: Literal["merged", "stdout", "stderr", "runner"] = "merged",
    ) -> LogChunk:
        """A part of the run's log, from a byte on (a negative offset: the last bytes): both streams, one, or the runner's own."""
        params = {"offset": offset, "limit": limit, "stream": stream}
        return LogChunk.model_validate_json(self._get(f"/runs/{_run(run_id)}/log", params))

    def artifact(self, run_id: str, path: str) -> bytes:
        """The bytes of an output file."""
        return self._transport.call("GET", f"/runs/{_run(run_id)}/artifacts/{_path(path)}", timeout=_SLOW)

    def download_artifact(self, run_id: str, path: str, dest: Path) -> Path:
        """Writes an output file, or all files under a folder of the outputs, to `dest`. Existing files are replaced as a whole."""
        run = self.run(run_id)
        below = [one.path for one in run.artifacts if not path or one.path.startswith(path.rstrip("/") + "/")]
        if below:
            for one in below:
                self._download(run.id, one, dest / Path(one).relative_to(path.rstrip("/") or "."))
        else:
            self._download(run.id, path, dest)
        return dest

    def compare(self, ids: Sequence[str]) -> RunComparison:
        """Runs side by side: parameters, metrics, environment, data."""
        return RunComparison.model_validate_json(self._transport.call("POST", "/runs/compare", json={"ids": list(ids)}))

    def restore(self, run_id: str, folder: str | Path | None = None) -> Restored:
        """Brings the files of the run's snapshot back: into its project (what is overwritten is kept), or to another folder."""
        target = None if folder is None else str(Path(folder).expanduser().absolute())
        reply = self._transport.call("POST", f"/runs/{_run(run_id)}/restore", json={"folder": target}, timeout=_SLOW)
        return Restored.model_validate_json(reply)

    def diff(self, first: str, second: str) -> SnapshotDiff:
        """What differs from the files of one run's snapshot to those of another's."""
        return SnapshotDiff.model_validate_json(self._get(f"/runs/{_part(first)}/diff", {"other": second}))

    def snapshot_file(self, run_id: str, path: str) -> bytes:
        """One file of the run's snapshot, as it was. Raises NotFound."""
        return self._transport.call("GET", f"/runs/{_run(run_id)}/snapshot/{_path(path)}", timeout=_SLOW)

    def download_snapshot(self, run_id: str, dest: Path) -> Path:
        """Writes the files of the run's snapshot as a zip file to `dest`, which is replaced as a whole."""
        self._fetch(f"/runs/{_run(run_id)}/snapshot.zip", "The snapshot", dest)
        return dest

    def search(
        self,
        filter: str = "",  # noqa: A002 (MLflow's name)
        experiments: Sequence[str] | None = None,
        order_by: Sequence[str] = (),
        limit: int = 100,
        cursor: str = "",
        view: Literal["active", "deleted", "all"] = "active",
        text: str = "",
    ) -> RunPage:
        """A page of the runs that a filter finds, written as MLflow's: `metrics.acc > 0.9 and params.model = 'tree'`.

        Also `or`, `not` and parentheses. `experiments`: ids or names; `order_by`: as `metrics.acc DESC`.
        """
        params = {
            "filter": filter, "experiment": experiments, "order": list(order_by), "limit": limit, "cursor": cursor,
            "view": view, "text": text,
        }  # fmt: skip
        return RunPage.model_validate_json(self._get("/search", params))

    def runs_table(
        self,
        filter: str = "",  # noqa: A002 (as above)
        experiments: Sequence[str] | None = None,
        order_by: Sequence[str] = (),
        limit: int | None = None,
        cursor: str = "",
        view: Literal["active", "deleted", "all"] = "active",
        text: str = "",
        columns: Sequence[str] | None = None,
    ) -> "pa.Table":
        """The runs that a filter finds as an Arrow table, all of them without a limit: a run's fields, then `params.<key>`,
        `metrics.<key>` (last values) and `tags.<key>`; `columns`: only these of the latter.

        The schema's metadata has `total` and `next`, the cursor of the following page.
        """
        import pyarrow as pa

        params = {
            "filter": filter, "experiment": experiments, "order": list(order_by), "limit": limit, "cursor": cursor,
            "view": view, "text": text, "column": columns,
        }  # fmt: skip
        return pa.ipc.open_stream(self._transport.call("GET", "/runs.arrow", params=params, timeout=_SLOW)).read_all()

    def series_table(self, runs: Sequence[str], keys: Sequence[str], pixels: int = 1000) -> "pa.Table":
        """Metrics of several runs as one Arrow table (run_id, key, step, time, value), each thinned to `pixels` (0: not)."""
        import pyarrow as pa

        params = {"run": list(runs), "key": list(keys), "pixels": pixels}
        return pa.ipc.open_stream(self._transport.call("GET", "/series.arrow", params=params, timeout=_SLOW)).read_all()

    def metric_history(self, run_id: str, key: str, limit: int = 1000, cursor: str = "") -> MetricHistory:
        """A metric's exact points in the order of logging, a part at a time; `cursor` is the `next` of the part before."""
        path = f"/runs/{_run(run_id)}/history/{_part(key)}"
        return MetricHistory.model_validate_json(self._get(path, {"limit": limit, "cursor": cursor}))

    def came_from(self, run_id: str) -> tuple[RunLink, ...]:
        """What the run came from: its parent, the run whose result it has, the data that it read and the runs that made it."""
        return _LINKS.validate_json(self._get(f"/runs/{_run(run_id)}/came-from"))

    def went_into(self, run_id: str) -> tuple[RunLink, ...]:
        """What came from the run: its children, the runs that have its result, and those that read its outputs."""
        return _LINKS.validate_json(self._get(f"/runs/{_run(run_id)}/went-into"))

    def descendants(self, run_id: str) -> tuple[RunSummary, ...]:
        """The run's children, their children and so on, nearer ones first."""
        return _SUMMARIES.validate_json(self._get(f"/runs/{_run(run_id)}/descendants"))

    def create_experiment(self, name: str, tags: Mapping[str, str] | None = None) -> Experiment:
        """Makes an experiment. Conflict when there is one of that name, be it in the trash."""
        body = {"name": name, "tags": dict(tags or {})}
        return Experiment.model_validate_json(self._transport.call("POST", "/experiments", json=body))

    def experiment(self, id_or_name: str) -> Experiment:
        """One experiment, also one in the trash."""
        return Experiment.model_validate_json(self._get(f"/experiments/{_part(id_or_name)}"))

    def patch_experiment(
        self, id_or_name: str, *, name: str | None = None, tags: Mapping[str, str] | None = None, deleted: bool | None = None
    ) -> Experiment:
        """Renames an experiment, tags it (an empty value removes a tag), puts it into the trash with its runs or brings it back."""
        body = {"name": name, "tags": dict(tags or {}), "deleted": deleted}
        return Experiment.model_validate_json(self._transport.call("PATCH", f"/experiments/{_part(id_or_name)}", json=body))

    def experiments(self) -> tuple[Experiment, ...]:
        """All experiments, by name."""
        return _EXPERIMENTS.validate_json(self._get("/experiments"))

    # Runs of other processes, and sweeps

    def open_run(self, request: RunOpen) -> RunOpened:
        """Opens a run that a process of this machine logs to by itself; the answer says where."""
        return RunOpened.model_validate_json(self._transport.call("POST", "/runs", body=request, timeout=_SLOW))

    def end_run(self, run_id: str, ending: RunEnd) -> Run:
        """Ends a run that was opened so."""
        return Run.model_validate_json(self._transport.call("POST", f"/runs/{_run(run_id)}/end", body=ending))

    def sweep(self, run_id: str) -> Sweep:
        """A sweep with all its trials."""
        return Sweep.model_validate_json(self._get(f"/sweeps/{_run(run_id)}"))

    def stop_sweep(self, run_id: str, *, cancel: bool = True) -> Sweep:
        """Starts no more trials; those that run are cancelled, or with `cancel` off end by themselves."""
        params = {"cancel": cancel}
        return Sweep.model_validate_json(self._transport.call("POST", f"/sweeps/{_run(run_id)}/stop", params=params))

    def resume_sweep(self, run_id: str) -> Run:
        """Goes on with a sweep that was cancelled, lost, or ended for its time."""
        return Run.model_validate_json(self._post(f"/sweeps/{_run(run_id)}/resume"))

    # Targets

    def targets(self) -> tuple[Target, ...]:
        """All targets with how busy they are; `local` first."""
        return _TARGETS.validate_json(self._get("/targets"))

    def target(self, name: str) -> Target:
        """One target."""
        return Target.model_validate_json(self._get(f"/targets/{_part(name)}"))

    def add_target(self, request: TargetRequest) -> Target:
        """Adds a target; one of that name gives Conflict."""
        return Target.model_validate_json(self._transport.call("POST", "/targets", body=request, timeout=_SLOW))

    def change_target(self, request: TargetRequest) -> Target:
        """Changes a target's settings, slots or password."""
        path = f"/targets/{_part(request.name)}"
        return Target.model_validate_json(self._transport.call("PUT", path, body=request, timeout=_SLOW))

    def delete_target(self, name: str) -> None:
        """Forgets a target; Conflict while jobs wait or run there."""
        self._transport.call("DELETE", f"/targets/{_part(name)}")

    def test_target(self, name: str) -> Target:
        """Walks the chain to the target; its `links` say which one fails."""
        return Target.model_validate_json(self._transport.call("POST", f"/targets/{_part(name)}/test", timeout=_SLOW))

    def pause_target(self, name: str) -> Target:
        """Starts nothing more there until it is resumed; what runs goes on."""
        return Target.model_validate_json(self._post(f"/targets/{_part(name)}/pause"))

    def resume_target(self, name: str) -> Target:
        """Goes on with the target's queue."""
        return Target.model_validate_json(self._post(f"/targets/{_part(name)}/resume"))

    # Imports and exports

    def import_runs(self, request: ImportRequest) -> Transfer:
        """Begins to bring in runs from elsewhere; `transfer` tells where it stands."""
        return Transfer.model_validate_json(self._transport.call("POST", "/transfers/import", body=request))

    def export_runs(self, request: ExportRequest) -> Transfer:
        """Begins to write runs to a folder; `transfer` tells where it stands."""
        return Transfer.model_validate_json(self._transport.call("POST", "/transfers/export", body=request))

    def transfers(self) -> tuple[Transfer, ...]:
        """The imports and exports since the server started, the latest first."""
        return _TRANSFERS.validate_json(self._get("/transfers"))

    def transfer(self, transfer_id: str) -> Transfer:
        """Where an import or export stands."""
        return Transfer.model_validate_json(self._get(f"/transfers/{_part(transfer_id)}"))

    def cancel_transfer(self, transfer_id: str) -> Transfer:
        """Asks an import or export to stop; one that is over gives Conflict."""
        return Transfer.model_validate_json(self._post(f"/transfers/{_part(transfer_id)}/cancel"))

    # Models and services

    def register_model(self, request: ModelRequest) -> ModelVersion:
        """Registers an output of a run as the next version of a model."""
        return ModelVersion.model_validate_json(self._transport.call("POST", "/models", body=request, timeout=_SLOW))

    def models(self) -> tuple[ModelSummary, ...]:
        """All models, by name."""
        return _MODELS.validate_json(self._get("/models"))

    def model(self, name: str, version: int | None = None) -> ModelVersion:
        """A version of a model; the latest without a number."""
        return ModelVersion.model_validate_json(self._get(f"/models/{_part(name)}/{'latest' if version is None else version}"))

    def model_versions(self, name: str) -> tuple[ModelVersion, ...]:
        """All versions of a model, the latest first."""
        return _VERSIONS.validate_json(self._get(f"/models/{_part(name)}"))

    def delete_model(self, name: str, version: int | None = None) -> None:
        """Deletes a version, or the model with all of them; Conflict while a service uses it."""
        self._transport.call("DELETE", f"/models/{_part(name)}" + ("" if version is None else f"/{version}"), timeout=_SLOW)

    def create_service(self, request: ServiceRequest) -> Service:
        """Deploys a model version; returns at once, `wait_service` waits until it is healthy."""
        return Service.model_validate_json(self._transport.call("POST", "/services", body=request, timeout=_SLOW))

    def services(self) -> tuple[Service, ...]:
        """All services, by name."""
        return _SERVICES.validate_json(self._get("/services"))

    def service(self, name: str) -> Service:
        """One service."""
        return Service.model_validate_json(self._get(f"/services/{_part(name)}"))

    def wait_service(self, name: str, timeout: float | None = 300, on_change: Callable[[Service], None] | None = None) -> Service:
        """Waits until the service is healthy and returns it. Raises EnvironmentError_ when it fails, or after `timeout` seconds."""
        deadline = None if timeout is None else time.monotonic() + timeout
        seen: tuple[ServiceStatus, str] | None = None
        while True:
            service = self.service(name)
            if on_change and seen != (service.status, service.reason):
                seen = (service.status, service.reason)
                on_change(service)
            if service.status is ServiceStatus.HEALTHY:
                return service
            if service.status in {ServiceStatus.FAILED, ServiceStatus.STOPPED}:
                raise EnvironmentError_(
                    f"The service {name} is {service.status.value}. {service.reason}".strip(),
                    hint=f"See: workbench service logs {name}",
                )
            if deadline is not None and time.monotonic() > deadline:
                raise EnvironmentError_(
                    f"The service {name} is still {service.status.value} after {timeout:.0f} seconds. {service.reason}".strip(),
                    hint=f"See: workbench service logs {name}",
                )
            time.sleep(_POLL)

    def start_service(self, name: str) -> Service:
        """Starts a stopped service."""
        return Service.model_validate_json(self._post(f"/services/{_part(name)}/start"))

    def stop_service(self, name: str) -> Service:
        """Stops a service; it stays on record."""
        return Service.model_validate_json(self._post(f"/services/{_part(name)}/stop"))

    def delete_service(self, name: str) -> None:
        """Stops a service and removes it."""
        self._transport.call("DELETE", f"/services/{_part(name)}", timeout=_SLOW)

    def score(self, name: str, body: Any) -> ScoreReply:
        """Sends a request to a service; the reply holds its status, also when that is an error."""
        reply = self._transport.call("POST", f"/services/{_part(name)}/score", json=body, timeout=_SCORING)
        return ScoreReply.model_validate_json(reply)

    def service_log(self, name: str, offset: int = 0, limit: int = 1_000_000) -> LogChunk:
        """A part of the service's log, from a byte on (a negative offset: the last bytes)."""
        return LogChunk.model_validate_json(self._get(f"/services/{_part(name)}/log", {"offset": offset, "limit": limit}))

    def lineage(self, kind: str, id: str) -> Lineage:  # noqa: A002 (the wire's name)
        """The breadcrumb around a `data`, `preparation`, `run`, `model` or `service`."""
        return Lineage.model_validate_json(self._get(f"/lineage/{_part(kind)}", {"id": id}))

    # The trash

    def trash_run(self, run_id: str) -> tuple[str, ...]:
        """Puts a run into the trash, with its children; returns the ids of those that went in. One that runs gives Conflict."""
        return _IDS.validate_json(self._post(f"/runs/{_run(run_id)}/trash"))

    def untrash_run(self, run_id: str) -> tuple[str, ...]:
        """Brings a run back, with the children that went into the trash with it; returns their ids."""
        return _IDS.validate_json(self._post(f"/runs/{_run(run_id)}/untrash"))

    def trashed_runs(self) -> tuple[RunSummary, ...]:
        """The runs in the trash, the latest first."""
        return _SUMMARIES.validate_json(self._get("/trash"))

    def empty_trash(self, older_than_days: float = 0) -> TrashEmptied:
        """Deletes for good what has been in the trash for so long (0: all of it), with folders and unneeded snapshots."""
        body = EmptyRequest(older_than_days=older_than_days)
        return TrashEmptied.model_validate_json(self._transport.call("POST", "/trash/empty", body=body, timeout=_SLOW))

    # Environments

    def environments(self) -> tuple[Environment, ...]:
        """The Python environments on disk, the latest used first."""
        return _ENVIRONMENTS.validate_json(self._get("/environments"))

    def clean_environments(self, *, unused_days: float | None = None, limit_gb: float | None = None) -> tuple[Environment, ...]:
        """Removes environments unused for so many days, then the longest unused until the rest takes `limit_gb`; says which."""
        body = CleanRequest(unused_days=unused_days, limit_gb=limit_gb)
        return _ENVIRONMENTS.validate_json(self._transport.call("POST", "/environments/clean", body=body, timeout=_SLOW))

    # Kernels

    def start_kernel(self, request: KernelRequest) -> Kernel:
        """Starts a kernel in a project's environment; returns at once with `preparing`."""
        return Kernel.model_validate_json(self._transport.call("POST", "/kernels", body=request))

    def kernels(self) -> tuple[Kernel, ...]:
        """All kernels, the oldest first."""
        return _KERNELS.validate_json(self._get("/kernels"))

    def kernel(self, kernel_id: str) -> Kernel:
        """One kernel."""
        return Kernel.model_validate_json(self._get(f"/kernels/{_part(kernel_id)}"))

    def stop_kernel(self, kernel_id: str) -> None:
        """Ends a kernel and forgets it; its record stays."""
        self._transport.call("DELETE", f"/kernels/{_part(kernel_id)}")

    def interrupt_kernel(self, kernel_id: str) -> Kernel:
        """Interrupts what the kernel computes."""
        return Kernel.model_validate_json(self._post(f"/kernels/{_part(kernel_id)}/interrupt"))

    def restart_kernel(self, kernel_id: str) -> Kernel:
        """Restarts a kernel with an empty memory, on the same connection file."""
        return Kernel.model_validate_json(self._post(f"/kernels/{_part(kernel_id)}/restart"))

    def _get(self, path: str, params: Mapping[str, Any] | None = None) -> bytes:
        return self._transport.call("GET", path, params=params)

    def _post(self, path: str) -> bytes:
        return self._transport.call("POST", path)

    def _download(self, run_id: str, path: str, dest: Path) -> None:
        self._fetch(f"/runs/{_run(run_id)}/artifacts/{_path(path)}", path, dest)

    def _fetch(self, address: str, what: str, dest: Path) -> None:
        temporary = dest.with_name(f".{dest.name}.{os.getpid()}.part")
        try:
            dest.parent.mkdir(parents=True, exist_ok=True)
            with self._transport.stream(address, timeout=httpx.Timeout(_SLOW, connect=5)) as response, temporary.open("wb") as file:
                for piece in response.iter_bytes(1 << 20):
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(dest)
        except httpx.HTTPError as error:
            raise EnvironmentError_(f"{what} could not be read from the server: {error}.", hint="Try again.") from error
        except OSError as error:
            raise disk_error(error, str(dest)) from error
        finally:
            temporary.unlink(missing_ok=True)


def _part(text: str) -> str:
    """One part of a path of the API. Raises NotFound for one that could name nothing."""
    if text in {"", ".", ".."}:
        raise NotFound(f"There is nothing named {text!r}.")
    return quote(text, safe="")


def _run(text: str) -> str:
    """A run in a path of the API: the slash of `experiment/number` is encoded twice: servers decode once to route."""
    return quote(_part(text), safe="") if "/" in text else _part(text)


def _path(path: str) -> str:
    """A path below the outputs. Raises UserError for one that leaves them."""
    if not path or any(part in {"", ".", ".."} for part in path.split("/")):
        raise UserError(f"{path!r} is not a path inside the outputs of a run.", hint="Give it as the list of outputs shows it.")
    return quote(path)
