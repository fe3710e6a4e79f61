"""What importing the room costs: no heavy package before something is computed."""

import subprocess
import sys

import pytest

HEAVY = ("pandas", "numpy", "pyarrow", "ibis", "duckdb", "polars", "sqlglot", "pyspark", "fsspec", "sqlalchemy")


@pytest.mark.parametrize("module", ["steps", "package", "engine", "spark", "printing", "building", "drift", "sources", "profiles"])
def test_that_importing_loads_no_heavy_package(module: str) -> None:
    code = f"import sys, workbench.dataprep.{module}; print(*(name for name in {HEAVY} if name in sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert found.stdout.split() == []
