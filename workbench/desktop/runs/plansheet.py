"""What a run would do, before it is submitted: the dry run in a sheet."""

import shlex
from collections.abc import Callable

from PySide6.QtWidgets import QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from workbench.desktop.widgets import Banner, KeyValueTable, RecordTable, Section, button
from workbench.desktop.widgets.dialogs import Sheet
from workbench.desktop.widgets.recordmodel import Column
from workbench.desktop.wording import size_text
from workbench.schema import JobPlanned, PlannedFile

_HEIGHT = 460


class PlanSheet(Sheet):
    """Target, start, slot, command, environment, variables and the files of the snapshot; problems first."""

    def __init__(self, plan: JobPlanned, run: Callable[[], object], parent: QWidget | None = None, action: str = "Run") -> None:
        super().__init__(parent, "What would happen", "Nothing has been queued yet.", width=720)
        holder = QWidget()
        holder.setProperty("transparent", True)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(12)
        for problem in plan.problems:
            column.addWidget(Banner("bad", problem))
        self.facts = KeyValueTable()
        self.facts.set_rows(_facts(plan))
        self.facts.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        column.addWidget(self.facts)
        files = Section(f"Files of the snapshot: {len(plan.files):,}, {size_text(sum(one.size for one in plan.files))}")
        self.files: RecordTable[PlannedFile] = RecordTable(
            [
                Column("File", lambda one: one.path, stretch=True, kind="mono"),
                Column("Size", lambda one: size_text(one.size), sort=lambda one: one.size, width=100, kind="number"),
            ],
            lambda one: one.path,
            empty="No files",
        )
        self.files.set_records(sorted(plan.files, key=lambda one: -one.size))
        self.files.setMinimumHeight(180)
        files.body.addWidget(self.files)
        column.addWidget(files, 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setMinimumHeight(_HEIGHT)
        area.setWidget(holder)
        self.body.addWidget(area)
        self.buttons.addWidget(button("Close", self.reject))
        go = button(action, self.accept, kind="primary", icon="play")
        go.setEnabled(not plan.problems)
        self.buttons.addWidget(go)
        self.accepted.connect(run)


def _facts(plan: JobPlanned) -> list[tuple[str, str]]:
    slot = [f"{plan.cpus:g} CPU{'s' if plan.cpus != 1 else ''}"]
    slot += [f"{plan.memory_mb:,} MB of memory"] if plan.memory_mb else []
    slot += [f"{plan.gpus} GPU{'s' if plan.gpus > 1 else ''}"] if plan.gpus else []
    packages = sum("==" in line for line in plan.lock.splitlines())
    rows = [
        ("Target", f"{plan.target} ({plan.kind})" if plan.kind and plan.kind != plan.target else plan.target),
        ("Starts", plan.starts),
        ("Slot", ", ".join(slot)),
        ("Command", shlex.join(plan.command)),
        ("Environment", plan.environment),
        ("Packages", f"{packages:,} resolved" if packages else ""),
        ("Variables", "\n".join(f"{name}={value}" for name, value in plan.variables.items())),
        ("Left out", ", ".join(plan.left_out)),
    ]
    return [row for row in rows if row[1]]
