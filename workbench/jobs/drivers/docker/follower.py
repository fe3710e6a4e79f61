"""Takes what a container writes into the job's log, while it writes it."""

import threading
from typing import cast

from workbench.base.errors import WorkbenchError
from workbench.jobs.drivers.docker.engine import Engine, EngineError
from workbench.jobs.joblog import JobLog, Stream

_SILENCE_S = 300  # after so long the stream is opened anew: its connection may be dead
_AGAIN_S = 1.0
_LAST_WORDS_S = 10.0


class LogFollower:
    """Follows one container's output in a thread of its own, from where the log is. The engine keeps all of it, so nothing is lost
    when the connection is."""

    def __init__(self, engine: Engine, container: str, log: JobLog) -> None:
        self._engine = engine
        self._container = container
        self._log = log
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True, name="workbench-container-log")
        self._thread.start()

    def finish(self) -> None:
        """Returns when all that the ended container wrote is in the log. Raises EngineError, Missing."""
        self._thread.join(_LAST_WORDS_S)
        self.stop()
        # Once more as a whole: a stream that ended may have been cut by an engine that was stopped.
        self._read(follow=False, always=True)

    def stop(self) -> None:
        """Takes nothing more."""
        with self._lock:
            self._stopped.set()

    def _work(self) -> None:
        while not self._stopped.is_set():
            try:
                self._read(follow=True)
            except EngineError:
                self._stopped.wait(_AGAIN_S)
            except WorkbenchError:
                return  # the container is gone: whoever polls says so
            else:
                return

    def _read(self, *, follow: bool, always: bool = False) -> None:
        known = {"stdout": self._log.received("stdout"), "stderr": self._log.received("stderr")}
        for name, data in self._engine.output(self._container, follow=follow, timeout=_SILENCE_S):
            with self._lock:
                if self._stopped.is_set() and not always:
                    return
                new = data[known[name] :]
                known[name] -= len(data) - len(new)
                self._log.write(cast("Stream", name), new)
