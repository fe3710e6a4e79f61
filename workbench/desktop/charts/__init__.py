"""Charts. pyqtgraph is imported here only, when the first chart is shown."""

from workbench.desktop.charts.linechart import LineChart
from workbench.desktop.charts.series import Series

__all__ = ["LineChart", "Series"]
