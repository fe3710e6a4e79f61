"""The engines behind flows in code: a few are kept open, so that going on from a flow computes nothing twice."""

from __future__ import annotations

import atexit
import threading
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.dataprep.engine import Engine

_KEPT = 4

_lock = threading.Lock()
_engines: OrderedDict[tuple[Any, ...], Engine] = OrderedDict()


def engine_for(base: Path, inputs: Mapping[str, Any]) -> Engine:
    """The engine for flows of this folder with these stand-ins for sources; the least used ones are closed."""
    from workbench.base.paths import WorkspacePaths
    from workbench.dataprep.engine import Engine

    cache = WorkspacePaths.default().cache / "dataprep"
    key = (str(base), str(cache), tuple(sorted((name, id(value)) for name, value in inputs.items())))
    with _lock:
        if key not in _engines:
            _engines[key] = Engine(base, cache, inputs=inputs)
        _engines.move_to_end(key)
        old = [_engines.popitem(last=False)[1] for _ in range(len(_engines) - _KEPT)]
        found = _engines[key]
    for each in old:
        each.close()
    return found


@atexit.register
def close_engines() -> None:
    """Closes all, with what they keep on disk. Flows go on: the next question opens a new one."""
    with _lock:
        old = list(_engines.values())
        _engines.clear()
    for each in old:
        each.close()
