"""What a run ran in: interpreter, resolved packages, configuration."""

import tomlkit
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workbench.desktop.widgets import CodeView, HLine, button, label
from workbench.schema import Run

_KINDS = {
    "requirements": "An isolated environment from {file}",
    "workbench": "Workbench's own interpreter",
    "interpreter": "The interpreter that the configuration names",
}


class EnvironmentPanel(QWidget):
    """The lock of the environment and the configuration, to read and to copy."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        row = QHBoxLayout()
        row.setContentsMargins(16, 8, 16, 8)
        self._summary = label("", "muted", selectable=True, wrap=True)
        row.addWidget(self._summary, 1)
        row.addWidget(button("Copy lock", self._copy, icon="copy"))
        layout.addLayout(row)
        layout.addWidget(HLine())
        self.text = CodeView("text")
        layout.addWidget(self.text, 1)
        self._lock = ""

    def set_run(self, run: Run) -> None:
        """Shows this run's environment."""
        self._lock = run.environment_lock
        environment = run.config.environment
        kind = _KINDS[environment.kind].format(file=environment.file)
        packages = sum("==" in line for line in run.environment_lock.splitlines())
        parts = [kind, run.python, f"{packages} packages" if packages else ""]
        self._summary.setText("  ·  ".join(filter(None, parts)))
        config = tomlkit.dumps(run.config.model_dump(mode="json", exclude_none=True))
        lock = run.environment_lock.strip() or "# No packages were resolved: the interpreter was used as it is."
        text = f"# Resolved packages\n{lock}\n\n# Run configuration {run.config.name}\n{config}"
        if self.text.toPlainText() != text:
            self.text.set_text(text)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._lock)
