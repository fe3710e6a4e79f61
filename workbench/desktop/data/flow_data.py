"""The data behind a document: views of a moment of a dataflow, their profiles, and what is wrong with each step."""

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from workbench.base.errors import Cancelled
from workbench.desktop.operations import Operations, Progress

if TYPE_CHECKING:
    from workbench.dataprep.engine import Engine
    from workbench.dataprep.engine.views import TableView
    from workbench.dataprep.package import Package

_numbers = itertools.count(1)


def make_engine(base: Path, cache: Path) -> "Engine":
    """The engine of a project's data; its tables live in the cache."""
    from workbench.dataprep.engine import Engine

    return Engine(base, cache / "dataprep")


class FlowData(QObject):
    """Fetches in workers, the latest request wins. Owns the view it shows and closes it when the next one is there."""

    shown = Signal(object, str)
    """A TableView and the tag of its request."""
    failed = Signal(object, str)
    profiled = Signal(str, object)
    """Column name and ColumnProfile of the view that is shown."""
    profiles_done = Signal()
    checked = Signal(object, object)
    """Problems, and what else is to be said, by step id: sentences."""
    _profile_came = Signal(object, str, object)

    def __init__(self, engine: "Callable[[], Engine]", operations: Operations, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.engine = engine
        self.view: TableView | None = None
        self.sample_rows: int | None = 100_000
        self._operations = operations
        self._group = f"flow-data-{next(_numbers)}"
        self._old: list[TableView] = []
        self._profile_came.connect(self._on_profile)

    def show(self, package: "Package", flow_id: str, applied: int, tag: str = "") -> None:
        """Fetches the rows after `applied` steps; `shown` or `failed` follows with the tag."""
        sample, engine = self.sample_rows, self.engine

        def read(progress: Progress) -> "tuple[TableView, str]":
            view = engine().view(
                package, flow_id, applied - 1, sample_rows=sample, cancel=progress.cancel_event, progress=_share(progress)
            )
            if progress.cancelled:
                view.close()
                raise Cancelled
            return view, tag

        self.run_view(read, tag)

    def run_view(self, read: "Callable[[Progress], tuple[TableView, str]]", tag: str) -> None:
        """Like `show`, for another way to get a view."""
        self._operations.cancel_group(f"{self._group}-profiles")
        self._tag = tag
        self._operations.run("Computing the rows", read, self._on_view, self._on_failed, exclusive=self._group)

    def check(self, package: "Package", flow_id: str) -> None:
        """Looks for what is wrong with each step; `checked` follows."""
        engine = self.engine
        steps = package.flow(flow_id).steps

        def work(_progress: Progress) -> tuple[dict[str, str], dict[str, str]]:
            wrong: dict[str, str] = {}
            remarks: dict[str, str] = {}
            for step, problems in zip(steps, engine().problems(package, flow_id), strict=True):
                for problem in problems:
                    (remarks if problem.severity == "info" else wrong).setdefault(step.id, problem.message)
            return wrong, remarks

        self._operations.run(
            "Checking the steps", work, self._on_checked, self._ignore, exclusive=f"{self._group}-check", quiet=True
        )

    def profile(self, columns: tuple[str, ...] | None = None) -> None:
        """Profiles the columns of the shown view, one after the other; `profiled` follows for each."""
        view = self.view
        if view is None:
            return
        names = columns if columns is not None else tuple(column.name for column in view.columns)

        def work(progress: Progress) -> None:
            for name in names:
                progress.check()
                self._profile_came.emit(view, name, view.profile(name, progress.cancel_event))

        group = f"{self._group}-profiles"
        self._operations.run("Profiling columns", work, self._on_profiled, self._ignore, exclusive=group, quiet=True)

    def give_away(self, view: "TableView") -> None:
        """Someone else keeps this view and will close it."""
        if self.view is view:
            self.view = None

    def close(self) -> None:
        """Lets the tables go."""
        for group in (self._group, f"{self._group}-profiles", f"{self._group}-check"):
            self._operations.cancel_group(group)
        for view in (*self._old, *([self.view] if self.view else [])):
            view.close()
        self._old, self.view = [], None

    def _on_view(self, answer: "tuple[TableView, str]") -> None:
        view, tag = answer
        # a worker may still read a page of the one before: it goes one change later
        for old in self._old:
            old.close()
        self._old = [self.view] if self.view is not None else []
        self.view = view
        self.shown.emit(view, tag)

    def _on_failed(self, error: Exception) -> None:
        self.failed.emit(error, self._tag)

    def _on_profile(self, view: object, name: str, profile: object) -> None:
        if view is self.view:
            self.profiled.emit(name, profile)

    def _on_profiled(self, _result: object) -> None:
        self.profiles_done.emit()

    def _on_checked(self, found: tuple[dict[str, str], dict[str, str]]) -> None:
        self.checked.emit(*found)

    def _ignore(self, _error: Exception) -> None:
        """A failure that the view's own request says better."""


def _share(progress: Progress) -> Callable[[float, str], None]:
    def tell(share: float, text: str) -> None:
        if not progress.cancelled:  # the engine itself notices the cancelling; its helper thread must not raise
            progress(share, text)

    return tell
