"""The current run, and logging into it.

Every call appends one line of JSON to the run's `events.jsonl`, in one write: a killed script loses nothing that was logged, and
neither does a killed server, which reads the file whenever it runs.
"""

from __future__ import annotations

import importlib
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from workbench.sdk import events

OPENED = "WORKBENCH_RUN_OPENED"
"""The variable that tells the processes of a process of the run that it has open: id, folder and outputs as a list of JSON. A job's
variables stay beside it: by them its processes are found."""
_LARGEST_STEP = 2**63 - 1

_started_in = Path.cwd()
_opened_around = os.environ.get(OPENED)  # before this process opens runs of its own
_told = False


@dataclass(frozen=True)
class Run:
    """The run that this process is part of."""

    id: str
    folder: Path
    """The run's folder in the workspace."""
    outputs: Path = field(default_factory=lambda: _started_in / "outputs")
    """What stands here is kept with the run; it stays the same folder when the script changes its directory."""

    def record(self, kind: str, /, **values: Any) -> None:
        """Appends one event; readers take it up within a second."""
        events.append(self.folder, [{**values, "kind": kind}])

    def place(self, name: str) -> Path:
        """The path of an output of this name, its folder made. Raises ValueError for a name that leaves the outputs."""
        root = self.outputs.resolve()
        path = (root / name).resolve()
        if path == root:
            message = f"{name!r} is no name of an output."
            raise ValueError(message)
        if not is_inside(path, root):
            message = f"{name!r} is not inside the outputs folder. Give a relative name without '..'."
            raise ValueError(message)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path


def is_inside(path: Path, folder: Path) -> bool:
    """Whether the path is the folder or lies in it (`Path.is_relative_to` came with Python 3.9)."""
    return path == folder or folder in path.parents


def current_run() -> Run | None:
    """The run that this process is part of: one that it has opened, else that of its job; None without either."""
    return _find()


def run_around() -> Run | None:
    """The run that the environment tells of: one that the process was started in, else that of its job."""
    if _opened_around:
        return _run_of(*json.loads(_opened_around))
    run_id, folder = os.environ.get("WORKBENCH_RUN_ID"), os.environ.get("WORKBENCH_RUN_DIR")
    if not run_id or not folder:
        return None
    return _run_of(run_id, folder, os.environ.get("WORKBENCH_OUTPUTS") or str(_started_in / "outputs"))


@lru_cache(maxsize=8)
def _run_of(run_id: str, folder: str, outputs: str) -> Run:
    return Run(run_id, Path(folder), Path(outputs))


_find: Callable[[], Run | None] = run_around


def use_opened(find: Callable[[], Run | None]) -> None:
    """From now on `find` says which run is the current one: runs can be opened in this process."""
    global _find
    _find = find


def log(key: str, value: float, step: int | None = None) -> None:
    """Logs one value of a metric.

    `value`: a number (NaN and infinities are kept); NumPy scalars and 0-d tensors are taken by `float()`. `step`: the training step
    or epoch; without one the values of a key count from 0. Raises TypeError or ValueError for what is no number.
    """
    event = _metric(key, value, step)
    if run := recorded():
        events.append(run.folder, [event])


def _metric(key: str, value: Any, step: int | None) -> dict[str, Any]:
    _check_name("metric", key)
    at = None if step is None else whole(f"The step of the metric {key}", step)
    return {"key": str(key), "value": _number(key, value), "step": at, "time": time.time(), "kind": "metric"}


def _number(key: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError) as error:
        if getattr(value, "size", 0) == 1:  # an array of one value
            return float(value.item())
        hint = " log_list takes several values." if isinstance(value, Iterable) and not isinstance(value, (str, Mapping)) else ""
        message = f"The metric {key} needs a number, not {repr(value)[:200]}.{hint}"
        raise type(error)(message) from error


def whole(what: str, value: Any) -> int:
    """A whole number of 64 bits. Raises ValueError with `what` for anything else."""
    try:
        found = int(value)
        if not -_LARGEST_STEP <= found <= _LARGEST_STEP or (not isinstance(value, str) and found != value):
            raise ValueError
    except (TypeError, ValueError, OverflowError):
        message = f"{what} must be a whole number of 64 bits, not {repr(value)[:200]}."
        raise ValueError(message) from None
    return found


def _check_name(what: str, name: Any) -> None:
    if name is None or not str(name):
        message = f"A {what} needs a name, not {name!r}."
        raise ValueError(message)


def pairs(what: str, values: Any) -> dict[Any, Any]:
    """The values by their names. Raises TypeError for what has no names, ValueError for an empty one."""
    try:
        found = dict(values.items() if hasattr(values, "items") else values)
    except (TypeError, ValueError):
        hint = f" vars(...) makes one of a {type(values).__name__}." if hasattr(values, "__dict__") else ""
        message = f"{what}s are given as a dictionary, not as {type(values).__name__}.{hint}"
        raise TypeError(message) from None
    for name in found:
        _check_name(what, name)
    return found


def log_metrics(values: Mapping[str, float], step: int | None = None) -> None:
    """Logs several metrics of one step."""
    batch = [_metric(key, value, step) for key, value in pairs("metric", values).items()]
    if run := recorded():
        events.append(run.folder, batch)


def log_series(key: str, values: Iterable[float], first_step: int = 0) -> None:
    """Logs values of a metric by the steps from `first_step` on."""
    batch = [_metric(key, value, first_step + number) for number, value in enumerate(values)]
    if run := recorded():
        events.append(run.folder, batch)


def log_params(values: Mapping[str, Any]) -> None:
    """Records parameters (learning rate, depth...) as text; the last value of a name counts."""
    _record_texts("param", values)


def set_tags(values: Mapping[str, Any]) -> None:
    """Sets tags of the run; an empty value removes the tag."""
    _record_texts("tag", values)


def _record_texts(kind: str, values: Mapping[str, Any]) -> None:
    batch = [{"key": str(key), "value": str(value), "kind": kind} for key, value in pairs(kind, values).items()]
    if run := recorded():
        events.append(run.folder, batch)


def log_text(name: str, text: str) -> None:
    """Keeps `text` as the output file `name`."""
    if run := recorded():
        run.place(name).write_text(text, encoding="utf-8", errors="backslashreplace")


def log_image(name: str, image: Any, step: int | None = None) -> None:
    """Keeps an image as `images/<name>.png` (with a step: `images/<name>-<step>.png`) of the outputs.

    `image`: a matplotlib figure or axes, a PIL image, an array or tensor of pixels (0 to 255, or 0.0 to 1.0; needs Pillow),
    the path of an image file (its ending is kept), or the bytes of a PNG. Raises TypeError for anything else.
    """
    stem = name if step is None else f"{name}-{whole('The step of the image ' + name, step):06d}"
    if not (run := recorded()):
        return
    if isinstance(image, (str, os.PathLike)):
        source = Path(image)
        shutil.copyfile(source, run.place(f"images/{stem}{source.suffix or '.png'}"))
        return
    if hasattr(image, "get_figure") and not hasattr(image, "savefig"):
        image = image.get_figure()  # of matplotlib's axes
    elif hasattr(image, "__array__") and not hasattr(image, "save"):
        image = _of_pixels(image)
    if isinstance(image, (bytes, bytearray)):
        run.place(f"images/{stem}.png").write_bytes(image)
    elif hasattr(image, "savefig"):
        image.savefig(run.place(f"images/{stem}.png"), format="png", bbox_inches="tight")
    elif hasattr(image, "save"):
        image.save(run.place(f"images/{stem}.png"), format="PNG")
    else:
        message = f"log_image takes a matplotlib figure, a PIL image, an array, a path or PNG bytes, not {type(image).__name__}."
        raise TypeError(message)


def _of_pixels(array: Any) -> Any:
    """An array of height by width, or of height by width by 1, 3 or 4 channels, as an image of Pillow's.

    The channels may also come first, as in PyTorch.
    """
    if hasattr(array, "detach"):
        array = array.detach().cpu()  # a tensor that is part of a computation, or on a GPU
    array = importlib.import_module("numpy").asarray(array)
    if array.ndim == 3 and array.shape[2] not in {1, 3, 4} and array.shape[0] in {1, 3, 4}:
        array = array.transpose(1, 2, 0)
    pixels = array[..., 0] if array.ndim == 3 and array.shape[2] == 1 else array
    if not (pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[2] in {3, 4})):
        message = f"log_image takes pixels as height by width by 1, 3 or 4 channels, not an array of the shape {array.shape}."
        raise TypeError(message)
    if pixels.dtype.kind in "fb":
        pixels = pixels * 255.0
    try:
        pillow = importlib.import_module("PIL.Image")
    except ImportError as error:
        message = "log_image needs Pillow for an array, and this Python has none. Add to the project's requirements: pillow"
        raise ImportError(message) from error
    return pillow.fromarray(pixels.clip(0, 255).astype("uint8"))


def log_artifact(path: str | os.PathLike[str], name: str | None = None) -> None:
    """Keeps a copy of a file or folder in the run's outputs, as `name` or under its own name.

    Raises FileNotFoundError, and ValueError for a folder in which the outputs lie.
    """
    source = Path(path)
    if not os.fspath(path) or not source.exists():
        message = f"There is no file or folder {os.fspath(path)!r} to keep."
        raise FileNotFoundError(message)
    if not (run := recorded()):
        return
    target = run.place(name or source.name or source.resolve().name)
    if source.resolve() == target:
        return
    if source.is_dir():
        if source.resolve() in target.parents:
            message = f"The folder {os.fspath(path)!r} holds the run's outputs, {run.outputs}: it cannot be kept inside itself."
            raise ValueError(message)
        shutil.copytree(source, target, dirs_exist_ok=True, ignore_dangling_symlinks=True)
    else:
        shutil.copyfile(source, target)


def recorded() -> Run | None:
    """The current run; without one, says once that nothing is recorded."""
    global _told
    run = current_run()
    if run is None and not _told:
        _told = True
        sys.stderr.write("workbench: not part of a tracked run, so nothing is recorded. Start it with: workbench submit SCRIPT\n")
    return run
