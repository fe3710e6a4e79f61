"""Workbench: prepare data by example, train as tracked runs, deploy with one click.

A training script needs only this module: `import workbench; workbench.log("accuracy", 0.93, step=3)`.
What it offers is `workbench.sdk`, which needs nothing but the standard library, and is loaded when it is first asked for.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.sdk import (
        Run,
        StartedRun,
        current_run,
        log,
        log_artifact,
        log_image,
        log_list,
        log_metrics,
        log_params,
        log_row,
        log_table,
        log_text,
        prep,
        set_tags,
        source,
        start_run,
    )

__version__ = "0.1.0"

__all__ = [
    "Run",
    "StartedRun",
    "__version__",
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
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from workbench import sdk

    return getattr(sdk, name)
