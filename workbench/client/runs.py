"""Runs: lists, metrics, files, and what is logged from outside a job."""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import TypeAdapter

from workbench.base.errors import EnvironmentError_
from workbench.client.calls import POLL, SLOW, Calls, output_path, part, run_part
from workbench.schema import (
    Experiment,
    LogChunk,
    MetricHistory,
    MetricSeries,
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
    SnapshotDiff,
    Sweep,
)

if TYPE_CHECKING:
    import pyarrow as pa

_EXPERIMENTS = TypeAdapter(tuple[Experiment, ...])
_LINKS = TypeAdapter(tuple[RunLink, ...])
_SUMMARIES = TypeAdapter(tuple[RunSummary, ...])


class RunCalls(Calls):
    """What is asked of runs and done with them."""

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
        filter: str = "",  # noqa: A002 (MLflow's name)
    ) -> RunPage:
        """A page of runs.

        `experiment`: name or id; `filter`: as in `search`; `archived`: those too; `order`: `created`, `started`, `ended`,
        `duration`, `number`, `name`, `status`, `experiment`, `user`, `script`, `metrics.<key>` or `params.<key>`; `cursor`: the
        `next` of the page before.
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
            "filter": filter or None,
        }
        return RunPage.model_validate_json(self._get("/runs", params))

    def run(self, run_id: str) -> Run:
        """A run by its id or the beginning of it, or by its number when that is the only one (`experiment/number` else)."""
        return Run.model_validate_json(self._get(f"/runs/{run_part(run_id)}"))

    def patch_run(self, run_id: str, patch: RunPatch) -> Run:
        """Changes name, notes, tags or the archived flag."""
        return Run.model_validate_json(self._transport.call("PATCH", f"/runs/{run_part(run_id)}", body=patch))

    def delete_run(self, run_id: str) -> None:
        """Deletes a run with its folder; one that still waits or runs gives Conflict."""
        self._transport.call("DELETE", f"/runs/{run_part(run_id)}", timeout=SLOW)

    def series(self, run_id: str, key: str, max_points: int = 1000) -> MetricSeries:
        """A metric's values over its steps; more than `max_points` are thinned to the extremes of each stretch (0: all of them)."""
        return MetricSeries.model_validate_json(
            self._get(f"/runs/{run_part(run_id)}/metrics/{part(key)}", {"max_points": max_points})
        )

    def log(
        self,
        run_id: str,
        offset: int = 0,
        limit: int = 1_000_000,
        stream: Literal["merged", "stdout", "stderr", "runner"] = "merged",
    ) -> LogChunk:
        """A part of the run's log, from a byte on (a negative offset: the last bytes): both streams, one, or the runner's own."""
        params = {"offset": offset, "limit": limit, "stream": stream}
        return LogChunk.model_validate_json(self._get(f"/runs/{run_part(run_id)}/log", params))

    def artifact(self, run_id: str, path: str) -> bytes:
        """The bytes of an output file."""
        return self._transport.call("GET", f"/runs/{run_part(run_id)}/artifacts/{output_path(path)}", timeout=SLOW)

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
        reply = self._transport.call("POST", f"/runs/{run_part(run_id)}/restore", json={"folder": target}, timeout=SLOW)
        return Restored.model_validate_json(reply)

    def diff(self, first: str, second: str) -> SnapshotDiff:
        """What differs from the files of one run's snapshot to those of another's."""
        return SnapshotDiff.model_validate_json(self._get(f"/runs/{part(first)}/diff", {"other": second}))

    def snapshot_file(self, run_id: str, path: str) -> bytes:
        """One file of the run's snapshot, as it was. Raises NotFound."""
        return self._transport.call("GET", f"/runs/{run_part(run_id)}/snapshot/{output_path(path)}", timeout=SLOW)

    def download_snapshot(self, run_id: str, dest: Path) -> Path:
        """Writes the files of the run's snapshot as a zip file to `dest`, which is replaced as a whole."""
        self._fetch(f"/runs/{run_part(run_id)}/snapshot.zip", "The snapshot", dest)
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
        return pa.ipc.open_stream(self._transport.call("GET", "/runs.arrow", params=params, timeout=SLOW)).read_all()

    def series_table(self, runs: Sequence[str], keys: Sequence[str], pixels: int = 1000) -> "pa.Table":
        """Metrics of several runs as one Arrow table (run_id, key, step, time, value), each thinned to `pixels` (0: not)."""
        import pyarrow as pa

        params = {"run": list(runs), "key": list(keys), "pixels": pixels}
        return pa.ipc.open_stream(self._transport.call("GET", "/series.arrow", params=params, timeout=SLOW)).read_all()

    def metric_history(self, run_id: str, key: str, limit: int = 1000, cursor: str = "") -> MetricHistory:
        """A metric's exact points in the order of logging, a part at a time; `cursor` is the `next` of the part before."""
        path = f"/runs/{run_part(run_id)}/history/{part(key)}"
        return MetricHistory.model_validate_json(self._get(path, {"limit": limit, "cursor": cursor}))

    def came_from(self, run_id: str) -> tuple[RunLink, ...]:
        """What the run came from: its parent, the run whose result it has, the data that it read and the runs that made it."""
        return _LINKS.validate_json(self._get(f"/runs/{run_part(run_id)}/came-from"))

    def went_into(self, run_id: str) -> tuple[RunLink, ...]:
        """What came from the run: its children, the runs that have its result, and those that read its outputs."""
        return _LINKS.validate_json(self._get(f"/runs/{run_part(run_id)}/went-into"))

    def descendants(self, run_id: str) -> tuple[RunSummary, ...]:
        """The run's children, their children and so on, nearer ones first."""
        return _SUMMARIES.validate_json(self._get(f"/runs/{run_part(run_id)}/descendants"))

    def create_experiment(self, name: str, tags: Mapping[str, str] | None = None) -> Experiment:
        """Makes an experiment. Conflict when there is one of that name, be it in the trash."""
        body = {"name": name, "tags": dict(tags or {})}
        return Experiment.model_validate_json(self._transport.call("POST", "/experiments", json=body))

    def experiment(self, id_or_name: str) -> Experiment:
        """One experiment, also one in the trash."""
        return Experiment.model_validate_json(self._get(f"/experiments/{part(id_or_name)}"))

    def patch_experiment(
        self, id_or_name: str, *, name: str | None = None, tags: Mapping[str, str] | None = None, deleted: bool | None = None
    ) -> Experiment:
        """Renames an experiment, tags it (an empty value removes a tag), puts it into the trash with its runs or brings it back."""
        body = {"name": name, "tags": dict(tags or {}), "deleted": deleted}
        return Experiment.model_validate_json(self._transport.call("PATCH", f"/experiments/{part(id_or_name)}", json=body))

    def experiments(self, view: Literal["active", "deleted", "all"] = "active") -> tuple[Experiment, ...]:
        """Experiments by name; `view`: those that are not in the trash, those in it, or both."""
        return _EXPERIMENTS.validate_json(self._get("/experiments", {"view": view}))

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
            time.sleep(POLL)

    def open_run(self, request: RunOpen) -> RunOpened:
        """Opens a run that a process of this machine logs to by itself; the answer says where."""
        return RunOpened.model_validate_json(self._transport.call("POST", "/runs", body=request, timeout=SLOW))

    def end_run(self, run_id: str, ending: RunEnd) -> Run:
        """Ends a run that was opened so."""
        return Run.model_validate_json(self._transport.call("POST", f"/runs/{run_part(run_id)}/end", body=ending))

    def sweep(self, run_id: str) -> Sweep:
        """A sweep with all its trials."""
        return Sweep.model_validate_json(self._get(f"/sweeps/{run_part(run_id)}"))

    def stop_sweep(self, run_id: str, *, cancel: bool = True) -> Sweep:
        """Starts no more trials; those that run are cancelled, or with `cancel` off end by themselves."""
        params = {"cancel": cancel}
        return Sweep.model_validate_json(self._transport.call("POST", f"/sweeps/{run_part(run_id)}/stop", params=params))

    def resume_sweep(self, run_id: str) -> Run:
        """Goes on with a sweep that was cancelled, lost, or ended for its time."""
        return Run.model_validate_json(self._post(f"/sweeps/{run_part(run_id)}/resume"))
