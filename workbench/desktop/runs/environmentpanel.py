"""What a run ran in: interpreter, resolved packages, configuration."""

import tomlkit
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workbench.desktop.runs.wording import made_here
from workbench.desktop.widgets import CodeView, HLine, button, label
from workbench.schema import Run, RunConfig

_KINDS = {
    "requirements": "An isolated environment from {file}",
    "workbench": "Workbench's own interpreter",
    "interpreter": "The interpreter that the configuration names",
}
_OUTSIDE = "Another program logged this run: Workbench did not choose its environment"


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
        self.copy_button = button("Copy lock", self._copy, icon="copy")
        row.addWidget(self.copy_button)
        layout.addLayout(row)
        layout.addWidget(HLine())
        self.text = CodeView("text")
        layout.addWidget(self.text, 1)
        self._lock = ""

    def set_run(self, run: Run) -> None:
        """Shows this run's environment."""
        self._lock = run.environment_lock
        environment = run.config.environment
        outside = not made_here(run)
        kind = _OUTSIDE if outside else _KINDS[environment.kind].format(file=environment.file)
        packages = sum("==" in line for line in run.environment_lock.splitlines())
        parts = [kind, run.python, f"{packages} packages" if packages else ""]
        self._summary.setText("  ·  ".join(filter(None, parts)))
        lock = run.environment_lock.strip()
        none = "# Not known." if outside or not run.status.is_final else "# None were resolved: the interpreter was used as it is."
        text = f"# Resolved packages\n{lock or none}\n"
        if not outside:
            text += f"\n# Run configuration {run.config.name}: what differs from the defaults\n{_config(run.config)}"
        self.copy_button.setEnabled(bool(lock))
        if self.text.toPlainText() != text:
            self.text.set_text(text)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._lock)


def _config(config: RunConfig) -> str:
    """The configuration as TOML, without what is as by default; script and target are always told."""
    told = {"target": config.target, "script": config.script}
    values = config.model_dump(mode="json", exclude_none=True, exclude_defaults=True, exclude={"name"})
    return tomlkit.dumps({name: value for name, value in {**told, **values}.items() if value not in ("", [], {})})
