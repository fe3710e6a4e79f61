"""What a training script imports: log metrics, parameters, images and files of the run it is part of.

Standard library only: a job's isolated environment holds the project's packages and this. Outside a job the same calls work; one
line on stderr says that nothing is recorded.
"""

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

__all__ = [
    "Run",
    "current_run",
    "log",
    "log_artifact",
    "log_image",
    "log_metrics",
    "log_params",
    "log_text",
    "prep",
    "set_tags",
    "source",
]
