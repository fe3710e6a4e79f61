"""Runs are found: lists by page, searches, and tables as Arrow."""

from collections.abc import Sequence

from workbench.runs.arrow import ipc, runs_table
from workbench.runs.experiments import View
from workbench.runs.search import Search, find_ids, find_runs, orders_of
from workbench.runs.store.base import StorePart
from workbench.schema import RunPage, RunStatus

_MOST_ROWS = 1000  # of one page


class Finding(StorePart):
    """Finds runs."""

    def list(
        self,
        project: str | None = None,
        experiment: str | None = None,
        status: RunStatus | Sequence[RunStatus] | None = None,
        text: str = "",
        archived: bool = False,
        order: str = "created",
        descending: bool = True,
        limit: int = 100,
        cursor: str = "",
        view: View = "active",
        filter: str = "",  # noqa: A002 (MLflow's name)
    ) -> RunPage:
        """A page of runs: see `Client.runs`."""
        wanted = Search(
            filter=filter,
            text=text,
            project=project,
            experiments=None if experiment is None else (experiment,),
            status=None if status is None else (status,) if isinstance(status, RunStatus) else tuple(status),
            archived=None if archived else False,
            view=view,
            orders=((order, descending),),
        )
        return self._page(wanted, limit, cursor)

    def search(
        self,
        filter: str = "",  # noqa: A002 (MLflow's name)
        experiments: Sequence[str] | None = None,
        order_by: Sequence[str] = (),
        limit: int = 100,
        cursor: str = "",
        view: View = "active",
        text: str = "",
        *,
        count: bool = True,
    ) -> RunPage:
        """A page of runs that a filter finds: `workbench.runs.grammar` says how it is written.

        `experiments`: ids or names; `order_by`: as `metrics.acc DESC`, the newest first without one; `count`: whether `total` is
        needed. Raises UserError that says what is wrong in the filter, and at which column.
        """
        return self._page(_search(filter, experiments, order_by, view, text), limit, cursor, count=count)

    def runs_arrow(
        self,
        filter: str = "",  # noqa: A002 (MLflow's name)
        experiments: Sequence[str] | None = None,
        order_by: Sequence[str] = (),
        limit: int | None = None,
        cursor: str = "",
        view: View = "active",
        text: str = "",
        columns: Sequence[str] | None = None,
    ) -> bytes:
        """Runs as an Arrow IPC stream: see `workbench.runs.arrow.runs_table`; without a limit all that are found."""
        wanted = _search(filter, experiments, order_by, view, text)
        with self.database.read() as connection:
            found = find_ids(connection, wanted, limit=None if limit is None else max(1, limit), cursor=cursor)
            return ipc(runs_table(connection, found.ids, columns=columns, total=found.total, following=found.next))

    def _page(self, wanted: Search, limit: int, cursor: str, *, count: bool = True) -> RunPage:
        with self.database.read() as connection:
            return find_runs(connection, wanted, limit=max(1, min(limit, _MOST_ROWS)), cursor=cursor, count=count)


def _search(text_filter: str, named: Sequence[str] | None, order_by: Sequence[str], view: View, text: str) -> Search:
    return Search(
        filter=text_filter,
        text=text,
        experiments=None if named is None else tuple(named),
        view=view,
        orders=orders_of(order_by) or (("created", True),),
    )
