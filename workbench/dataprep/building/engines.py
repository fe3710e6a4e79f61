"""The engines behind flows in code: a few are kept open, so that going on from a flow computes nothing twice."""

from __future__ import annotations

import atexit
import os
import threading
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workbench.dataprep.engine import Engine
    from workbench.dataprep.package import Package
    from workbench.dataprep.spark import SparkEngine

_KEPT = 4

_lock = threading.Lock()
_engines: OrderedDict[tuple[Any, ...], Engine] = OrderedDict()
_on_spark: list[SparkEngine] = []


def engine_for(base: Path, inputs: Mapping[str, Any]) -> Engine:
    """The engine for flows of this folder with these stand-ins for sources; the least used ones are closed."""
    from workbench.base.paths import WorkspacePaths
    from workbench.dataprep.engine import Engine

    cache = WorkspacePaths.default().cache / "dataprep"
    key = (os.getpid(), str(base), str(cache))  # a forked process needs its own
    with _lock:
        if key not in _engines:
            _engines[key] = Engine(base, cache)
        _engines.move_to_end(key)
        old = [_engines.popitem(last=False) for _ in range(len(_engines) - _KEPT)]
        found = _engines[key]
    _close(old)
    return found.with_inputs(inputs)


def spark_frame(
    session: SparkSession, base: Path, inputs: Mapping[str, Any], package: Package, flow: str, sample_rows: int | None
) -> DataFrame:
    """A flow as a Spark DataFrame. What was read for it stays on disk until the process ends: Spark computes it later."""
    from workbench.dataprep.spark import SparkEngine

    engine = SparkEngine(session, base, inputs=inputs)
    _on_spark.append(engine)
    return engine.frame(package, flow, sample_rows=sample_rows)


@atexit.register
def close_engines() -> None:
    """Closes all, with what they keep on disk. Flows go on: the next question opens a new one."""
    with _lock:
        old = list(_engines.items())
        _engines.clear()
    _close(old)


def _close(engines: list[tuple[tuple[Any, ...], Engine]]) -> None:
    for (process, *_), engine in engines:
        if process == os.getpid():
            engine.close()
