"""Try it: a request to a service, and what it answers."""

import json

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from workbench.base.errors import WorkbenchError
from workbench.desktop.context import AppContext
from workbench.desktop.services.naming import json_problem
from workbench.desktop.theme import theme
from workbench.desktop.widgets import CodeView, Section, Splitter, StatusPill, button, label, restyle
from workbench.schema import ScoreReply, Service, ServiceStatus


class TryIt(QWidget):
    """The JSON editor is filled with the service's sample until the user changes it."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._service: Service | None = None
        self._sample = ""
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 14)
        layout.setSpacing(8)
        split = Splitter("try-it", Qt.Orientation.Horizontal)
        request = Section("Request (JSON)")
        self.editor = QPlainTextEdit()
        self.editor.setAccessibleName("Request, JSON")
        self.editor.setPlaceholderText('{"rows": [[1, 2, 3]]}')
        self.editor.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.editor.textChanged.connect(self._on_edited)
        request.body.addWidget(self.editor, 1)
        self.problem = label("", "error", wrap=True)
        self.problem.hide()
        request.body.addWidget(self.problem)
        row = QHBoxLayout()
        self.send_button = button("Send", self.send, kind="primary", icon="send", tooltip="Send the request  (Ctrl+Return)")
        self.reset_button = button("Back to the sample", self._reset, kind="ghost", icon="rotate-ccw")
        row.addWidget(self.send_button)
        row.addWidget(self.reset_button)
        row.addStretch(1)
        request.body.addLayout(row)
        request.setContentsMargins(0, 0, 12, 0)
        request.caption.setMinimumHeight(self.pill_height())
        split.addWidget(request)
        answer = Section("Answer")
        answer.setContentsMargins(12, 0, 0, 0)
        self.pill = StatusPill()
        self.facts = label("", "muted")
        answer.header.insertWidget(1, self.facts)
        answer.header.addWidget(self.pill)
        answer.caption.setMinimumHeight(self.pill_height())
        self.answer = CodeView("json")
        self.answer.setProperty("bare", False)
        self.answer.setPlaceholderText("The answer appears here")
        self.answer.setAccessibleName("Answer, JSON")
        answer.body.addWidget(self.answer, 1)
        split.addWidget(answer)
        split.set_initial([500, 500])
        layout.addWidget(split, 1)
        shortcut = QShortcut(QKeySequence("Ctrl+Return"), self.editor)
        shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
        shortcut.activated.connect(self.send)
        theme().theme_changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    @staticmethod
    def pill_height() -> int:
        """Both captions are as high as the pill, so that they stand on one line."""
        return StatusPill("ok").sizeHint().height()

    def set_service(self, service: Service) -> None:
        """Talks to this service."""
        other = self._service is None or self._service.name != service.name
        self._service = service
        sample = json.dumps(service.sample, indent=2, ensure_ascii=False) if service.sample is not None else ""
        if other or self.editor.toPlainText() in {"", self._sample}:
            self.editor.setPlainText(sample)
        if other:
            self.answer.set_text("")
            self.facts.setText("")
            self.pill.set_status("")
        self._sample = sample
        ready = service.status in {ServiceStatus.HEALTHY, ServiceStatus.UNHEALTHY}
        self.send_button.setEnabled(ready)
        self.send_button.setToolTip("Send the request  (Ctrl+Return)" if ready else "The service does not run")
        self.reset_button.setVisible(bool(sample))

    def send(self) -> None:
        """Sends what stands in the editor, or says where it is no JSON."""
        service = self._service
        if service is None or not self.send_button.isEnabled():
            return
        text = self.editor.toPlainText()
        problem = json_problem(text)
        self._show_problem(problem)
        if problem:
            return
        body = json.loads(text)
        self.send_button.setEnabled(False)
        self._context.call(
            f"Asking {service.name}", lambda client, _progress: client.score(service.name, body), self._on_answer, self._on_failed
        )

    def _on_answer(self, reply: ScoreReply) -> None:
        self.send_button.setEnabled(True)
        self.pill.set_status("ok" if reply.status < 400 else "error")
        self.facts.setText(f"{reply.status} in {reply.milliseconds:.1f} ms")
        body = reply.body
        self.answer.set_text(body if isinstance(body, str) else json.dumps(body, indent=2, ensure_ascii=False), "json")

    def _on_failed(self, error: Exception) -> None:
        self.send_button.setEnabled(True)
        self.pill.set_status("error")
        self.facts.setText("")
        text = "\n".join(filter(None, (error.message, error.hint))) if isinstance(error, WorkbenchError) else str(error)
        self.answer.set_text(text, "text")

    def _reset(self) -> None:
        self.editor.setPlainText(self._sample)
        self.editor.setFocus()

    def _on_edited(self) -> None:
        if not self.problem.isHidden():
            self._show_problem("")

    def _show_problem(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.editor.setProperty("invalid", bool(problem))
        restyle(self.editor)

    def _on_theme_changed(self) -> None:
        self.editor.setFont(theme().mono_font)
