"""The data grid: one for all tables of data."""

from workbench.desktop.grid.grid import DataGrid
from workbench.desktop.grid.source import ColumnProfileView, GridColumn, GridSource

__all__ = ["ColumnProfileView", "DataGrid", "GridColumn", "GridSource"]
