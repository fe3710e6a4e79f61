# ruff: noqa: E501 (labels are read in columns)
"""Scores what is found out about text files against Python's csv.Sniffer and DuckDB's sniff_csv, in one run.

    uv run --with statsmodels --with scikit-learn --with lifelines --with vega_datasets --with palmerpenguins \\
        python -m tests.benchmarks.dataprep.formats [--made N] [--seed S] [--show] [--folder F]

Three sets: the texts of the tests (written by hand), N texts drawn at random, and the real files that come with the packages above
(those that are installed, or lie in the folder F). The first two count where the delimiter, the quote, the header, the lines to skip
and the whole table (names and rows, read by the product's own readers) are right. A real file counts as right in what its label
says: labels were written by looking at the files on which the three disagree; where they agree, that is taken for the truth.
"""

import argparse
import csv
import importlib.util
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tests.benchmarks.byexample.format_files import made
from tests.benchmarks.byexample.format_score import PARTS, Found, judge, say, sniff_csv, sniffer
from tests.byexample.fileformat.cases import CASES, Case
from workbench.base.errors import WorkbenchError
from workbench.dataprep.columns import quoted
from workbench.dataprep.engine.store import Store
from workbench.dataprep.sources import DelimitedSpec, FixedWidthSpec, SourceColumn, TableTextSpec, TextSpec, detect
from workbench.dataprep.sources.opening import open_file

PACKAGES = ("statsmodels", "sklearn", "lifelines", "vega_datasets", "palmerpenguins", "numpy", "pyqtgraph")
BLANKS = " "
FIXED = "fixed width"


@dataclass(frozen=True)
class Label:
    """What is true of a real file: the delimiter (or FIXED), whether there is a header, the lines above it."""

    delimiter: str
    header: bool
    skip: int = 0


LABELS = {
    "anderson.csv": Label(BLANKS, True), "divorce.dat": Label(FIXED, True), "gehan.dat": Label(BLANKS, False),
    "holly_molly_polly.tsv": Label(BLANKS, True), "linnerud_exercise.csv": Label(BLANKS, True),
    "linnerud_physiological.csv": Label(BLANKS, True), "src/anes96.csv": Label(BLANKS, True), "maunaloa_c.dat": Label(FIXED, False, 27),
    "committee.dat": Label(FIXED, True), "copper.dat": Label(BLANKS, True), "elnino.dat": Label(FIXED, True),
    "E6_jmulti.csv": Label(BLANKS, False), "unemp.csv": Label(",", True, 9), "scotland_population.csv": Label(",", True, 17),
    "src/scotvote.csv": Label(BLANKS, True), "scotvote.dat": Label(BLANKS, True), "spector.csv": Label(BLANKS, True),
    "star.bi.dat": Label(BLANKS, False), "sunspots_monthly.dat": Label(FIXED, True, 2), "sunspots_yearly.dat": Label(FIXED, False),
    "phat_mnlogit.csv": Label(BLANKS, False), "yhat_mnlogit.csv": Label(BLANKS, False), "dietox.csv": Label(",", True),
    "survival_data_1000_10.csv": Label(BLANKS, False), "survival_data_100_5.csv": Label(BLANKS, False),
    "survival_data_20_1.csv": Label(BLANKS, False), "survival_data_50_1.csv": Label(BLANKS, False),
    "survival_data_50_2.csv": Label(BLANKS, False), "data.dat": Label(FIXED, True),
    "results_wpi1_ar3_matlab_ssm.csv": Label(",", False), "AROLSConstantPredict.csv": Label(BLANKS, False),
    "AROLSNoConstantPredict.csv": Label(FIXED, False), "arima212_forecast.csv": Label(",", True), "test_coint.csv": Label(FIXED, False),
    "e1.dat": Label(FIXED, True, 6), "e2.dat": Label(FIXED, True, 8), "e3.dat": Label(FIXED, True, 9), "e4.dat": Label(FIXED, True, 8),
    "e5.dat": Label(FIXED, True, 8), "e6.dat": Label(FIXED, True, 5),
}  # fmt: skip


class Product:
    """The product's detection and readers."""

    def __init__(self, folder: Path) -> None:
        self._store = Store(folder)

    def __call__(self, text: str, path: Path) -> Found:
        """What it finds, and the table as it reads it, all as text."""
        spec = detect(path)
        if not isinstance(spec, TextSpec):
            return Found("", "", header=False, skip=0, rows=[])
        plain = spec.model_copy(update={"columns": tuple(SourceColumn(name=c.name, type="string") for c in spec.columns)})
        if isinstance(plain, TableTextSpec):
            plain = plain.model_copy(update={"missing": ("",)})
        reader = open_file(path, plain)
        self._store.rows("DROP TABLE IF EXISTS t")
        reader.load(self._store, "t", sample=None, cancel=None, progress=None)
        names = [column.name for column in reader.schema]
        rows = self._store.rows(f"SELECT {', '.join(map(quoted, names))} FROM t ORDER BY rowid")
        header = isinstance(spec, TableTextSpec) and spec.header
        delimiter, quote = (spec.delimiter, spec.quote) if isinstance(spec, DelimitedSpec) else ("", "")
        skip = 0 if not text[: 1 + spec.skip_rows].strip("\r\n") else spec.skip_rows
        return Found(delimiter, quote, header, skip, [list(names), *map(list, rows)])

    def close(self) -> None:
        """Removes its tables."""
        self._store.close()


def texts(title: str, cases: list[Case], folder: Path, engines: dict[str, Callable[[str, Path], Found]], show: bool) -> None:
    """One table of figures for texts whose tables are known."""
    path = folder / "text.csv"
    say(f"\n{title}: {len(cases)} texts\n{'':18}" + "".join(f"{part:>11}" for part in PARTS) + f"{'failed':>9}{'ms/text':>9}")
    for engine, find in engines.items():
        counts: Counter[str] = Counter()
        spent = 0.0
        for case in cases:
            path.write_bytes(case.text.encode())
            begun = time.perf_counter()
            try:
                right = judge(case, find(case.text, path))
            except (csv.Error, duckdb.Error, WorkbenchError):
                counts["failed"] += 1
                right = {}
            spent += time.perf_counter() - begun
            counts.update(part for part, fine in right.items() if fine)
            if show and engine == "workbench" and not right.get("table"):
                say(f"  {case.name}: wrong {[part for part, fine in right.items() if not fine]}  {case.text[:160]!r}")
        figures = "".join(f"{counts[part]:11}" for part in PARTS)
        say(f"{engine:18}{figures}{counts['failed']:9}{spent / len(cases) * 1000:9.2f}")


def files_of(folder: Path | None) -> Iterator[Path]:
    """The real files: those of the folder, else of the installed packages."""
    roots = [folder] if folder else []
    for package in () if folder else PACKAGES:
        found = importlib.util.find_spec(package)
        roots += [Path(place) for place in found.submodule_search_locations or ()] if found else []
    for root in roots:
        yield from (path for path in sorted(root.rglob("*")) if path.suffix in {".csv", ".dat", ".tsv"} and path.is_file())


def label_of(path: Path) -> Label | None:
    """What was written down about a file."""
    return LABELS.get(path.name) or LABELS.get(f"{path.parent.name}/{path.name}")


def by_us(path: Path) -> Label | None:
    """What the product finds."""
    try:
        spec = detect(path)
    except WorkbenchError:
        return None
    if isinstance(spec, FixedWidthSpec):
        return Label(FIXED, spec.header, spec.skip_rows)
    return Label(spec.delimiter, spec.header, spec.skip_rows) if isinstance(spec, DelimitedSpec) else Label("", False)


def by_duckdb(path: Path) -> Label | None:
    """What DuckDB finds."""
    try:
        row = duckdb.execute("SELECT Delimiter, HasHeader, SkipRows FROM sniff_csv(?)", [str(path)]).fetchone()
    except duckdb.Error:
        return None
    return Label(*row) if row else None


def by_python(path: Path) -> Label | None:
    """What csv.Sniffer finds in the first 64 KB."""
    text = path.read_text("utf-8", errors="replace")[:65536]
    try:
        return Label(csv.Sniffer().sniff(text).delimiter, csv.Sniffer().has_header(text))
    except csv.Error:
        return None


def real(files: list[Path], show: bool) -> None:
    """One table of figures for the real files."""
    say(f"\nreal files: {len(files)} ({sum(label_of(path) is not None for path in files)} labelled by hand)")
    say(f"{'':18}{'delimiter':>11}{'header':>11}{'skip':>11}{'all three':>11}{'failed':>9}{'ms/file':>9}")
    ours = {path: by_us(path) for path in files}
    for engine, find in (("workbench", by_us), ("csv.Sniffer", by_python), ("duckdb sniff_csv", by_duckdb)):
        counts: Counter[str] = Counter()
        begun = time.perf_counter()
        for path in files:
            found, truth = find(path), label_of(path) or ours[path]
            if found is None or truth is None:
                counts["failed"] += 1
                continue
            right = {"delimiter": found.delimiter == truth.delimiter, "header": found.header == truth.header}
            right["skip"] = found.skip == truth.skip
            right["all three"] = all(right.values())
            counts.update(part for part, fine in right.items() if fine)
            if show and engine == "workbench" and not right["all three"]:
                say(f"  {path}: {found}, not {truth}")
        spent = (time.perf_counter() - begun) / max(len(files), 1) * 1000
        figures = "".join(f"{counts[part]:11}" for part in ("delimiter", "header", "skip", "all three"))
        say(f"{engine:18}{figures}{counts['failed']:9}{spent:9.2f}")


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--made", type=int, default=300, help="how many texts are drawn")
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="where the real files are, in place of installed packages")
    parser.add_argument("--show", action="store_true", help="name what is wrong")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        product = Product(Path(folder))
        engines: dict[str, Callable[[str, Path], Found]] = {
            "workbench": product, "csv.Sniffer": sniffer, "duckdb sniff_csv": sniff_csv,
        }  # fmt: skip
        written = [case for case in CASES if case.kind == "delimited" and case.complete]
        texts("written by hand", written, Path(folder), engines, options.show)
        texts(f"drawn with seed {options.seed}", list(made(options.made, options.seed)), Path(folder), engines, options.show)
        product.close()
    if files := list(files_of(options.folder)):
        real(files, options.show)
    else:
        sys.stdout.write("\nNo package with real files is installed: see the first lines of this script.\n")


if __name__ == "__main__":
    main()
