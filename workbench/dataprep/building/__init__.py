"""Flows in code: `source("flights.csv").filter("arr_delay > 0").head()`, with the verbs of the designer."""

from workbench.dataprep.building.engines import close_engines
from workbench.dataprep.building.flow import Flow, open_package, source

__all__ = ["Flow", "close_engines", "open_package", "source"]
