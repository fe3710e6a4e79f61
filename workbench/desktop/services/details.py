"""One service: its state, address, key, how to call it, Try it, and its log."""

from PySide6.QtCore import Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QHideEvent, QShowEvent
from PySide6.QtWidgets import QFormLayout, QMenu, QProgressBar, QStackedWidget, QVBoxLayout, QWidget

from workbench.desktop.context import AppContext
from workbench.desktop.icons import icon
from workbench.desktop.services.keyfield import CopyField
from workbench.desktop.services.tryit import TryIt
from workbench.desktop.widgets import Banner, HLine, LogView, PageHeader, StatusPill, TabStrip, button, icon_button, label, surface
from workbench.desktop.wording import full_moment
from workbench.schema import LineagePart, LogChunk, Service, ServiceStatus

_TABS = ("Try it", "Log")
_POLL_MS = 1500
_RUNS = {ServiceStatus.HEALTHY, ServiceStatus.UNHEALTHY}


class ServiceDetails(QWidget):
    """Shows one service; acts are asked for by signals."""

    part_clicked = Signal(object)
    start_asked = Signal(object)
    stop_asked = Signal(object)
    delete_asked = Signal(object)

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.service: Service | None = None
        self._log_next = 0
        self._log_name = ""
        self._log_loading = False
        self._was_creating = False
        self._banner: Banner | None = None
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._header())
        self._banners = QVBoxLayout()
        outer.addLayout(self._banners)
        self.progress = QProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("The service is being created")
        outer.addWidget(self.progress)
        outer.addWidget(self._facts())
        outer.addWidget(HLine())
        strip = TabStrip("Parts of the service", _TABS)
        self.tabs = strip.tabs
        outer.addWidget(strip)
        self.try_it = TryIt(context)
        self.log = LogView()
        self.pages = QStackedWidget()
        self.pages.addWidget(self.try_it)
        self.pages.addWidget(self.log)
        self.tabs.currentChanged.connect(self._on_tab_changed)
        outer.addWidget(self.pages, 1)
        self._poll = QTimer(self)
        self._poll.setInterval(_POLL_MS)
        self._poll.timeout.connect(self._read_log)

    def _header(self) -> PageHeader:
        self.header = PageHeader("Service")
        self.pill = StatusPill()
        self.header.set_status(self.pill)
        self.more = icon_button("ellipsis", "More", self._show_menu)
        self.header.add_action(self.more)
        self.docs = button("API page", self._open_docs, icon="book-open", tooltip="Open the service's own page in the browser")
        self.stop = button("Stop", lambda: self.stop_asked.emit(self.service), icon="circle-stop")
        self.start = button("Start", lambda: self.start_asked.emit(self.service), kind="primary", icon="play")
        for made in (self.docs, self.stop, self.start):
            self.header.add_action(made)
        return self.header

    def _facts(self) -> QWidget:
        panel = surface()
        form = QFormLayout(panel)
        form.setContentsMargins(20, 12, 16, 14)
        form.setHorizontalSpacing(20)
        form.setVerticalSpacing(8)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.model = button("", self._open_model, kind="link")
        self.address = CopyField(self._context, "Address")
        self.key = CopyField(self._context, "Key", secret=True)
        self.curl = CopyField(self._context, "Command")
        self.requests = label("")
        for title, field in (
            ("Model", self.model),
            ("Address", self.address),
            ("Key", self.key),
            ("curl", self.curl),
            ("Requests", self.requests),
        ):
            form.addRow(label(title, "muted"), field)
        return panel

    def set_service(self, service: Service) -> None:
        """Shows this service as it is now."""
        self.service = service
        self.header.set_title(service.name)
        self.header.set_subtitle(f"since {full_moment(service.started)}" if service.started and service.status in _RUNS else "")
        self.pill.set_status(service.status.value, service.reason)
        creating = service.status is ServiceStatus.CREATING
        self.progress.setVisible(creating)
        self._set_banner(service)
        self.model.setText(f"{service.model}, version {service.version}")
        self.address.set_text(f"{service.address}/score" if service.address else "")
        self.key.set_text(service.key)
        self.curl.set_text(service.curl, hidden=service.key)
        self.requests.setText(f"{service.requests:,} answered")
        self.start.setVisible(service.status in {ServiceStatus.STOPPED, ServiceStatus.FAILED})
        self.stop.setVisible(service.status in _RUNS)
        self.docs.setVisible(service.status in _RUNS)
        self.try_it.set_service(service)
        if service.name != self._log_name:
            self._log_name, self._log_next, self._log_loading = service.name, 0, False
            self.log.clear()
            self.tabs.setCurrentIndex(1 if creating or service.status is ServiceStatus.FAILED else 0)
        elif service.status is ServiceStatus.HEALTHY and self.tabs.currentIndex() == 1 and self._was_creating:
            self.tabs.setCurrentIndex(0)
        self._was_creating = creating
        self._on_tab_changed(self.tabs.currentIndex())

    def _set_banner(self, service: Service) -> None:
        kinds = {
            ServiceStatus.CREATING: "info",
            ServiceStatus.FAILED: "bad",
            ServiceStatus.UNHEALTHY: "warn",
        }
        kind = kinds.get(service.status) if service.reason else None
        if self._banner is not None:
            self._banners.removeWidget(self._banner)
            self._banner.hide()
            self._banner.deleteLater()
            self._banner = None
        if kind is not None:
            self._banner = Banner(kind, service.reason)
            self._banners.addWidget(self._banner)

    def hideEvent(self, event: QHideEvent) -> None:
        self._poll.stop()
        super().hideEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._on_tab_changed(self.tabs.currentIndex())

    # log

    def _on_tab_changed(self, index: int) -> None:
        self.pages.setCurrentIndex(index)
        if index == 1 and self.isVisible() and self.service is not None:
            self._read_log()
            self._poll.start()
        else:
            self._poll.stop()

    def _read_log(self) -> None:
        if self._log_loading or not self._log_name:
            return
        self._log_loading = True
        name, start = self._log_name, self._log_next
        self._context.call(
            "Reading the log",
            lambda client, _p: (name, start, client.service_log(name, start)),
            self._on_log,
            self._on_log_failed,
            quiet=True,
        )

    def _on_log(self, result: tuple[str, int, LogChunk]) -> None:
        name, start, chunk = result
        if name != self._log_name:
            return
        self._log_loading = False
        if start > chunk.size:  # the service was made anew
            self.log.clear()
            self._log_next = 0
            return
        if chunk.text:
            self.log.append(chunk.text)
        self._log_next = chunk.next

    def _on_log_failed(self, _error: Exception) -> None:
        self._log_loading = False

    # acts

    def _open_model(self) -> None:
        if self.service is not None:
            part_id = f"{self.service.model}:{self.service.version}"
            self.part_clicked.emit(LineagePart(kind="model", id=part_id, title=self.service.model))

    def _open_docs(self) -> None:
        if self.service is not None and self.service.address:
            QDesktopServices.openUrl(QUrl(f"{self.service.address}/docs"))

    def _show_menu(self) -> None:
        self.menu().popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def menu(self) -> QMenu:
        """What else can be done with the service."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        service = self.service
        if service is None:
            return menu
        menu.addAction(icon("copy"), "Copy curl command", self.curl.copy)
        menu.addAction(icon("box"), "Open the model", self._open_model)
        menu.addSeparator()
        menu.addAction(icon("trash-2", "bad"), "Delete…", lambda: self.delete_asked.emit(service))
        return menu
