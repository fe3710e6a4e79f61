"""How runs read on the screen."""

from datetime import datetime

from workbench.schema import RunStatus, RunSummary

STATUS_WORDS = {
    RunStatus.QUEUED: "Queued",
    RunStatus.PREPARING: "Preparing",
    RunStatus.RUNNING: "Running",
    RunStatus.FINISHED: "Finished",
    RunStatus.FAILED: "Failed",
    RunStatus.CANCELLED: "Cancelled",
    RunStatus.LOST: "Lost",
}


KIND_WORDS = {
    "job": "Job",
    "notebook": "Notebook",
    "sweep": "Sweep",
    "trial": "Trial of a sweep",
    "external": "Logged by another program",
    "imported": "Imported",
}
_MADE_HERE = frozenset({"", "job", "sweep", "trial"})


def made_here(run: RunSummary) -> bool:
    """Whether Workbench ran it: it has a configuration, a target, an environment and a log then."""
    return run.kind in _MADE_HERE


def below_text(run: RunSummary, count: int | None = None) -> str:
    """How many runs stand below this one; empty for none. `count`: as it is known elsewhere."""
    count = run.children if count is None else count
    if not count:
        return ""
    what = "trial" if run.kind == "sweep" else "nested run"
    return f"{count:,} {what}{'s' if count > 1 else ''}"


def run_title(run: RunSummary) -> str:
    """How a run is called: its number, and its name where it has one."""
    return f"#{run.number} {run.name}" if run.name else f"#{run.number}"


def run_duration(run: RunSummary, now: datetime) -> float | None:
    """Seconds that the run took, or has taken until now."""
    if run.started is None:
        return None
    end = run.ended or (None if run.status.is_final else now)
    return (end - run.started).total_seconds() if end else None


def metric_keys(run: RunSummary) -> list[str]:
    """The names of a run's metrics in their order; the machine's measurements stand last."""
    return [*sorted(run.own_metrics), *sorted(run.metrics.keys() - run.own_metrics.keys())]
