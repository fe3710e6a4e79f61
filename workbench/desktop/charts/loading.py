"""Imports pyqtgraph off the GUI thread: it takes half a second, in which a click would go unanswered."""

import importlib
import logging
import sys
import threading

log = logging.getLogger(__name__)
_lock = threading.Lock()
_done = threading.Event()
_began = False


def ready() -> bool:
    """Whether charts can be made now; begins to import what they need when nobody has yet. Returns at once."""
    global _began
    if _done.is_set():
        return True
    with _lock:
        if not _began:
            _began = True
            threading.Thread(target=_load, name="charts", daemon=True).start()
    return _done.is_set()


def _load() -> None:
    try:
        importlib.import_module("pyqtgraph")
    except ImportError as error:  # the chart that needs it says so, where it is seen
        log.warning("pyqtgraph cannot be imported: %s", error)
        sys.modules.pop("pyqtgraph", None)
    finally:
        _done.set()
