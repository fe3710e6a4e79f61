"""What a training script imports: log metrics, parameters, images and files of the run it is part of.

Standard library only: a job's isolated environment holds the project's packages and this. Outside a job the same calls work; one
line on stderr says that nothing is recorded.
"""

from typing import TYPE_CHECKING, Any

from workbench.sdk.data import prep, source
from workbench.sdk.run import (
    Run,
    current_run,
    log,
    log_artifact,
    log_image,
    log_metrics,
    log_params,
    log_text,
    set_tags,
)
from workbench.sdk.tables import log_list, log_row, log_table

if TYPE_CHECKING:
    from workbench.sdk.opening import StartedRun, start_run

__all__ = [
    "Run",
    "StartedRun",
    "current_run",
    "log",
    "log_artifact",
    "log_image",
    "log_list",
    "log_metrics",
    "log_params",
    "log_row",
    "log_table",
    "log_text",
    "prep",
    "set_tags",
    "source",
    "start_run",
]


def __getattr__(name: str) -> Any:
    """What opens runs is loaded when it is first asked for: a job's script rarely does, and should start fast."""
    if name not in {"StartedRun", "start_run"}:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from workbench.sdk import opening

    return getattr(opening, name)
