"""What a container uses, as the engine counts it."""

from datetime import datetime
from typing import Any

from workbench.base.errors import WorkbenchError
from workbench.jobs.drivers.base import Usage
from workbench.jobs.drivers.docker.engine import Engine, EngineError


class Meter:
    """Reads the counters of one container; how busy it is lies between two readings."""

    def __init__(self, engine: Engine, container: str) -> None:
        self._engine = engine
        self._container = container
        self._before: tuple[float, float] | None = None

    def read(self) -> Usage | None:
        """None when the container does not run. Raises EngineError."""
        from docker.utils import version_gte

        try:
            with self._engine.asking("The container's use") as api:
                at_once = {"one_shot": True} if version_gte(api.api_version, "1.41") else {}
                found: dict[str, Any] = api.stats(self._container, stream=False, **at_once)
        except EngineError:
            raise
        except WorkbenchError:
            return None
        memory = found.get("memory_stats") or {}
        if "usage" not in memory:
            return None
        spent = float(found["cpu_stats"]["cpu_usage"]["total_usage"]) / 1e9
        now = _seconds(str(found["read"]))
        before, self._before = self._before, (now, spent)
        cpus = (spent - before[1]) / (now - before[0]) if before and now > before[0] else 0.0
        stats = memory.get("stats") or {}
        cache = float(stats.get("total_inactive_file", stats.get("inactive_file", 0)))  # counted so by `docker stats` too
        moved = {"read": 0.0, "write": 0.0}
        for one in (found.get("blkio_stats") or {}).get("io_service_bytes_recursive") or ():
            if (what := str(one["op"]).lower()) in moved:
                moved[what] += float(one["value"]) / 1e6
        return Usage(max(0.0, cpus), max(0.0, float(memory["usage"]) - cache) / 1e6, moved["read"], moved["write"])


def _seconds(text: str) -> float:
    whole, _, rest = text.rstrip("Z").partition(".")
    return datetime.fromisoformat(f"{whole}+00:00").timestamp() + float(f"0.{rest or 0}")
