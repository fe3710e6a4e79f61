"""Jobs, where they run, and the environments that they run in."""

from pydantic import TypeAdapter

from workbench.client.calls import SLOW, Calls, part, run_part
from workbench.schema import CleanRequest, Environment, Job, JobPatch, JobPlanned, JobRequest, Run, Target, TargetRequest

_JOBS = TypeAdapter(tuple[Job, ...])
_NAMES = TypeAdapter(tuple[str, ...])
_TARGETS = TypeAdapter(tuple[Target, ...])
_ENVIRONMENTS = TypeAdapter(tuple[Environment, ...])


class JobCalls(Calls):
    """What is done with jobs, targets and environments."""

    def submit(self, request: JobRequest) -> Run:
        """Queues a script or package as a tracked job; returns its run as soon as it is on record."""
        return Run.model_validate_json(self._transport.call("POST", "/jobs", body=request, timeout=SLOW))

    def plan(self, request: JobRequest) -> JobPlanned:
        """What the request would do: target, command, environment, files, variables, when. Nothing is queued."""
        return JobPlanned.model_validate_json(self._transport.call("POST", "/jobs/plan", body=request, timeout=SLOW))

    def jobs(self) -> tuple[Job, ...]:
        """The jobs that wait or run, and the latest ended ones."""
        return _JOBS.validate_json(self._get("/jobs"))

    def job(self, run_id: str) -> Job:
        """Where a run's execution stands."""
        return Job.model_validate_json(self._get(f"/jobs/{run_part(run_id)}"))

    def cancel(self, run_id: str) -> Job:
        """Asks a job to stop; an ended one gives Conflict."""
        return Job.model_validate_json(self._post(f"/jobs/{run_part(run_id)}/cancel"))

    def change_job(self, run_id: str, patch: JobPatch) -> Job:
        """Changes priority, place or dependencies of a waiting job."""
        return Job.model_validate_json(self._transport.call("PATCH", f"/jobs/{run_part(run_id)}", body=patch))

    def targets(self) -> tuple[Target, ...]:
        """All targets with how busy they are; `local` first."""
        return _TARGETS.validate_json(self._get("/targets"))

    def target(self, name: str) -> Target:
        """One target."""
        return Target.model_validate_json(self._get(f"/targets/{part(name)}"))

    def add_target(self, request: TargetRequest) -> Target:
        """Adds a target; one of that name gives Conflict."""
        return Target.model_validate_json(self._transport.call("POST", "/targets", body=request, timeout=SLOW))

    def change_target(self, request: TargetRequest) -> Target:
        """Changes a target's settings, slots or password."""
        path = f"/targets/{part(request.name)}"
        return Target.model_validate_json(self._transport.call("PUT", path, body=request, timeout=SLOW))

    def delete_target(self, name: str) -> None:
        """Forgets a target; Conflict while jobs wait or run there."""
        self._transport.call("DELETE", f"/targets/{part(name)}")

    def test_target(self, name: str) -> Target:
        """Walks the chain to the target; its `links` say which one fails."""
        return Target.model_validate_json(self._transport.call("POST", f"/targets/{part(name)}/test", timeout=SLOW))

    def clean_target(self, name: str, unused_days: float = 0.0) -> tuple[str, ...]:
        """Removes environments and images there that were not used for so long; their names. Conflict while jobs run there."""
        body = CleanRequest(unused_days=unused_days)
        return _NAMES.validate_json(self._transport.call("POST", f"/targets/{part(name)}/clean", body=body, timeout=SLOW))

    def pause_target(self, name: str) -> Target:
        """Starts nothing more there until it is resumed; what runs goes on."""
        return Target.model_validate_json(self._post(f"/targets/{part(name)}/pause"))

    def resume_target(self, name: str) -> Target:
        """Goes on with the target's queue."""
        return Target.model_validate_json(self._post(f"/targets/{part(name)}/resume"))

    def environments(self) -> tuple[Environment, ...]:
        """The Python environments on disk, the latest used first."""
        return _ENVIRONMENTS.validate_json(self._get("/environments"))

    def clean_environments(self, *, unused_days: float | None = None, limit_gb: float | None = None) -> tuple[Environment, ...]:
        """Removes environments unused for so many days, then the longest unused until the rest takes `limit_gb`; says which."""
        body = CleanRequest(unused_days=unused_days, limit_gb=limit_gb)
        return _ENVIRONMENTS.validate_json(self._transport.call("POST", "/environments/clean", body=body, timeout=SLOW))
