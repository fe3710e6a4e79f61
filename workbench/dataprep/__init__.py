"""Data preparation: sources, steps, dataflows, the package file, engines on DuckDB and Spark, profiles, code.

In code: `workbench.dataprep.source("flights.csv").filter("arr_delay > 0").head()`; see `workbench.dataprep.building`.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.dataprep.building import Flow, open_package, source

__all__ = ["Flow", "open_package", "source"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from workbench.dataprep import building

    return getattr(building, name)
