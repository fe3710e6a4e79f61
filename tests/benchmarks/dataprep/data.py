"""The data of the benchmarks: the flights of 2013 ten times over (3.4 million rows), and the weather, as CSV."""

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from workbench.dataprep.samples import write_sample

FOLDER = Path(tempfile.gettempdir()) / "workbench-benchmarks"


def flights(times: int = 10) -> Path:
    """The flights so many times over; written once."""
    target = FOLDER / f"flights{times}.csv"
    if not target.exists():
        head, _, body = write_sample("flights", FOLDER).read_bytes().partition(b"\n")
        part = target.with_suffix(".part")
        with part.open("wb") as file:
            file.write(head + b"\n")
            for _ in range(times):
                file.write(body)
        part.replace(target)
    return target


def weather() -> Path:
    """The weather at the airports."""
    target = FOLDER / "weather.csv"
    return target if target.exists() else write_sample("weather", FOLDER)


def timed(module: str, contenders: list[str], rounds: int = 3) -> dict[str, float]:
    """The median seconds that each contender says it took: each in a process of its own, by turns."""
    found: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name in contenders:
            done = subprocess.run([sys.executable, "-m", module, name], capture_output=True, text=True, check=True)
            found[name].append(float(done.stdout.splitlines()[-1]))
    return {name: statistics.median(seconds) for name, seconds in found.items()}


def show(found: dict[str, float], ours: str, wanted: dict[str, float]) -> None:
    """A table of the contenders with our share of their time, and what was to be reached."""
    for name, seconds in found.items():
        share = "" if name == ours else f"   workbench needs {found[ours] / seconds:5.2f} of it"
        reach = f" (to reach: {wanted[name]})" if name in wanted else ""
        sys.stdout.write(f"{name:<28}{seconds:8.2f} s{share}{reach}\n")
