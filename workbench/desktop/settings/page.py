"""The settings page: a form made from the settings' model, applied while it is edited."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from workbench.base.settings import Settings
from workbench.desktop.context import AppContext
from workbench.desktop.forms import ModelForm
from workbench.desktop.settings.checks import refusals
from workbench.desktop.widgets.basics import Card, PageHeader, label

_GROUPS = (
    ("Appearance", ("theme", "density", "font_size")),
    ("Jobs", ("parallel_jobs", "environments_gb", "snapshot_file_mb", "log_mb")),
    ("Data", ("sample_rows",)),
    ("Network", ("ca_bundle", "package_index")),
    ("Database", ("database_url",)),
    ("Tools", ("editor",)),
)


class SettingsPage(QWidget):
    """Groups of settings as cards. Half a second after the last edit the new settings are applied and saved."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.forms: list[ModelForm[Settings]] = []
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(PageHeader("Settings", f"Kept in {context.paths.settings}"))
        holder = QWidget()
        holder.setProperty("transparent", True)
        line = QHBoxLayout(holder)
        line.setContentsMargins(24, 20, 24, 24)
        column = QVBoxLayout()
        column.setSpacing(16)
        for title, names in _GROUPS:
            card = Card(title)
            form = ModelForm(Settings, include=names)
            form.changed.connect(self._on_changed)
            self.forms.append(form)
            card.body.addWidget(form)
            column.addWidget(card)
        self._told = label("", "small")
        column.addWidget(self._told)
        column.addStretch(1)
        limited = QWidget()
        limited.setProperty("transparent", True)
        limited.setLayout(column)
        column.setContentsMargins(0, 0, 0, 0)
        limited.setMaximumWidth(640)
        line.addWidget(limited, 3)
        line.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(holder)
        outer.addWidget(area, 1)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(500)
        self._timer.timeout.connect(self.apply)
        self._fill()
        context.settings_changed.connect(self._on_settings_changed)

    def apply(self) -> None:
        """Takes over what is typed, if all of it holds."""
        values = self._context.settings.model_dump()
        for form, (_title, names) in zip(self.forms, _GROUPS, strict=True):
            checked = form.value()
            if checked is None:
                self._told.setText("Not saved: see the message above.")
                return
            values |= {name: getattr(checked, name) for name in names}
        settings = Settings.model_validate(values)
        if wrong := refusals(settings):
            for form, (_title, names) in zip(self.forms, _GROUPS, strict=True):
                for name in names:
                    form.set_error(name, wrong.get(name, ""))
            self._told.setText("Not saved: see the message above.")
            return
        if settings != self._context.settings:
            other_database = settings.database_url != self._context.settings.database_url
            self._context.change_settings(settings)
            again = " The database counts from the server's next start: workbench server stop, then open Workbench again."
            self._told.setText("Saved." + (again if other_database else ""))

    def _fill(self) -> None:
        for form in self.forms:
            form.blockSignals(True)
            form.set_value(self._context.settings)
            form.blockSignals(False)

    def _on_changed(self) -> None:
        self._told.setText("")
        self._timer.start()

    def _on_settings_changed(self) -> None:
        if not self._timer.isActive():
            self._fill()
