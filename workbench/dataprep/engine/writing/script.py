"""Writing by the user's own Python."""

from __future__ import annotations

from workbench.dataprep.columns import quoted
from workbench.dataprep.engine.writing.job import Job
from workbench.dataprep.reports import OutputReport
from workbench.dataprep.steps.script import ScriptWrite


def write_by_script(job: Job, step: ScriptWrite) -> OutputReport:
    """Calls the script with the whole table, in the folder that relative paths start from."""
    rows = job.store.arrow(job.select({column.name: quoted(column.name) for column in job.table.columns}))
    job.look(0)
    with step.worker(job) as worker:
        worker.folder = str(job.root)
        worker.call(rows)
        notes = [f"The script printed: {line}" for line in worker.printed]
    return OutputReport(None, rows.num_rows, 0, "", step.describe(), (*job.errors_are_missing(), *notes))
