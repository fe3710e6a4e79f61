"""The rows of a comparison: what differs, and which value is best."""

from dataclasses import dataclass, replace

from workbench.desktop.runs.better import best_index
from workbench.desktop.wording import number_text
from workbench.schema import RunComparison

GROUPS = {"run": "Run", "params": "Parameters", "metrics": "Metrics", "environment": "Environment", "data": "Data"}
_IN_HEADER = frozenset({"id", "number", "name"})


@dataclass(frozen=True)
class CompareRow:
    """One line: a value for each run; `best` is the place of the best of a metric."""

    group: str
    name: str
    values: tuple[str, ...]
    differs: bool
    best: int | None = None
    heads: bool = False
    """The first row of its group."""

    @property
    def id(self) -> str:
        return f"{self.group}/{self.name}"


def compare_rows(comparison: RunComparison, *, only_differences: bool) -> list[CompareRow]:
    """Parameters and metrics first, since they are what one compares; the run's facts after them."""
    order = {"metrics": 0, "params": 1, "data": 2, "environment": 3, "run": 4}
    rows = []
    for group, name, texts, differs in comparison.rows:
        if (only_differences and not differs) or (group == "run" and name in _IN_HEADER):
            continue
        best = best_index(name, texts) if group == "metrics" else None
        shown = tuple(map(_rounded, texts)) if group == "metrics" else texts
        rows.append(CompareRow(group, name, shown, differs, best))
    rows.sort(key=lambda row: order.get(row.group, 9))
    return [replace(row, heads=place == 0 or rows[place - 1].group != row.group) for place, row in enumerate(rows)]


def _rounded(text: str) -> str:
    try:
        return number_text(float(text))
    except ValueError:
        return text


def shared_metrics(comparison: RunComparison) -> list[str]:
    """Metrics that have a curve in at least one run, those of most runs first."""
    counts: dict[str, int] = {}
    for run in comparison.runs:
        for key, metric in run.own_metrics.items():
            if metric.count > 1:
                counts[key] = counts.get(key, 0) + 1
    most = max(counts.values(), default=0)
    return sorted(key for key, count in counts.items() if count == most or count > 1)
