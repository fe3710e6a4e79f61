"""Functions whose source stands in printed programs: plain Python, pandas or Polars, and nothing of Workbench."""
