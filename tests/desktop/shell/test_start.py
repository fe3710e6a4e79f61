"""The start: what it prints, and what it must not import."""

import os
import subprocess
import sys
from pathlib import Path

HEAVY = ("pandas", "pyarrow", "ibis", "duckdb", "pyqtgraph", "numpy", "jupyter_client", "sqlalchemy", "fastapi", "IPython")


def test_that_nothing_heavy_is_imported_on_the_way_to_the_window(home: Path) -> None:
    code = (
        "import sys\n"
        "from workbench.desktop.app import make_application, make_context\n"
        "from workbench.desktop.shell.window import MainWindow\n"
        "app = make_application(); context = make_context(app); window = MainWindow(context); window.show(); app.processEvents()\n"
        f"print(','.join(name for name in {HEAVY!r} if name in sys.modules)); context.close()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ""


def test_that_profile_startup_prints_the_phases_and_closes(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "workbench.desktop", "--profile-startup"],
        capture_output=True,
        text=True,
        timeout=90,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    assert done.returncode == 0, done.stderr
    for phase in ("imports", "QApplication", "theme", "window", "first paint", "server connected"):
        assert phase in done.stdout
    subprocess.run(
        [sys.executable, "-c", "from workbench.client.client import Client; Client.connect(start=False).shutdown()"], timeout=60
    )


def test_that_what_was_imported_does_not_hold_the_collector_up(home: Path) -> None:
    code = (
        "import gc\n"
        "from workbench.desktop.app import preload\n"
        "from workbench.desktop.operations import Progress\n"
        "preload(Progress()); gc.collect()\n"
        "print(gc.get_freeze_count() > 50_000, len(gc.get_objects()) < 20_000)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.stdout.split() == ["True", "True"], done.stderr
