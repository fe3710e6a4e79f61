"""One version of a model: what it is, what it holds, where it came from, what serves it."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QMenu, QScrollArea, QVBoxLayout, QWidget

from workbench.desktop.icons import icon
from workbench.desktop.runs.outputspanel import file_icon
from workbench.desktop.runs.tiles import NumberTiles
from workbench.desktop.theme import theme
from workbench.desktop.widgets import (
    Card,
    Column,
    KeyValueTable,
    PageHeader,
    RecordTable,
    button,
    icon_button,
    label,
)
from workbench.desktop.wording import full_moment, moment_text, number_text, size_text
from workbench.schema import Artifact, LineagePart, ModelVersion

_MOST_TILES = 12
_MOST_FILES = 10


class ModelDetails(QWidget):
    """Shows the versions of one model, one at a time."""

    part_clicked = Signal(object)
    deploy_asked = Signal(object)
    delete_asked = Signal(object)
    delete_model_asked = Signal(str)
    version_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.version: ModelVersion | None = None
        self._versions: tuple[ModelVersion, ...] = ()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self.header = PageHeader("Model")
        self.chooser = QComboBox()
        self.chooser.setAccessibleName("Version")
        self.chooser.activated.connect(self._on_chosen)
        self.more = icon_button("ellipsis", "More", self._show_menu)
        self.header.add_action(self.more)
        self.header.add_action(self.chooser)
        self.deploy = button("Deploy", self._deploy, kind="primary", icon="rocket", tooltip="Make this version a service")
        self.header.add_action(self.deploy)
        outer.addWidget(self.header)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        body = QWidget()
        body.setProperty("surface", "window")
        body.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(body)
        column.setContentsMargins(20, 16, 20, 20)
        column.setSpacing(14)
        self.description = label("", wrap=True, selectable=True)
        column.addWidget(self.description)
        self.tiles = NumberTiles()
        column.addWidget(self.tiles)
        row = QHBoxLayout()
        row.setSpacing(14)
        facts = Card("Version")
        self.facts = KeyValueTable()
        facts.body.addWidget(self.facts)
        row.addWidget(facts, 3)
        origin = Card("Lineage")
        self.lineage = KeyValueTable()
        origin.body.addWidget(self.lineage)
        row.addWidget(origin, 2)
        column.addLayout(row)
        files = Card("Files")
        columns: list[Column[Artifact]] = [
            Column("File", lambda a: a.path, icon=lambda a: file_icon(a.path), stretch=True),
            Column("Size", lambda a: size_text(a.size), sort=lambda a: a.size, kind="number", width=110),
            Column("Digest", lambda a: a.digest.removeprefix("sha256:")[:16], kind="mono", width=190, tooltip=lambda a: a.digest),
        ]
        self.files: RecordTable[Artifact] = RecordTable(columns, lambda a: a.path)
        files.body.addWidget(self.files)
        column.addWidget(files)
        column.addStretch(1)
        area.setWidget(body)
        outer.addWidget(area, 1)

    def set_versions(self, versions: Sequence[ModelVersion], shown: int | None) -> None:
        """Shows version `shown` (the latest without a number) of these, the latest first."""
        self._versions = tuple(versions)
        self.chooser.clear()
        for one in versions:
            self.chooser.addItem(f"Version {one.version}", one.version)
        self.chooser.setEnabled(len(versions) > 1)
        version = next((one for one in versions if one.version == shown), versions[0])
        self.chooser.setCurrentIndex(self._versions.index(version))
        self._show(version)

    def set_lineage(self, parts: Sequence[LineagePart]) -> None:
        """What it came from and what came from it, as links."""
        names = {"data": "Data", "preparation": "Preparation", "run": "Run", "model": "Model", "service": "Service"}
        rows = [(names[part.kind], part.title, self._opener(part)) for part in parts if part.kind != "model"]
        self.lineage.set_rows(rows or [("Lineage", "Nothing is known")])

    def _opener(self, part: LineagePart) -> Callable[[], object]:
        return lambda: self.part_clicked.emit(part)

    def _show(self, version: ModelVersion) -> None:
        self.version = version
        self.header.set_title(version.name)
        self.header.set_subtitle(f"version {version.version} · registered {moment_text(version.created)}")
        self.description.setText(version.description)
        self.description.setVisible(bool(version.description))
        numbers = [(key, number_text(value)) for key, value in sorted(version.metrics.items())]
        self.tiles.set_numbers(numbers[:_MOST_TILES])
        run = LineagePart(kind="run", id=version.run_id, title=f"#{version.run_number}")
        rows: list[tuple[str, str] | tuple[str, str, Callable[[], object] | None]] = [
            ("Run", f"#{version.run_number} of {version.experiment}", self._opener(run)),
            ("Output", version.path),
            ("Size", f"{size_text(version.size)} in {len(version.files)} file{'s' if len(version.files) != 1 else ''}"),
            ("Digest", version.digest.removeprefix("sha256:")[:16]),
            ("Registered", full_moment(version.created) + (f" by {version.user}" if version.user else "")),
        ]
        if version.tags:
            rows.append(("Tags", ", ".join(f"{key}={value}" for key, value in sorted(version.tags.items()))))
        self.facts.set_rows(rows)
        self.files.set_records(version.files)
        shown = min(len(version.files), _MOST_FILES) + 1
        self.files.setFixedHeight(shown * (theme().metrics.row + 4) + 6)
        self.lineage.set_rows([])

    def _on_chosen(self, index: int) -> None:
        if 0 <= index < len(self._versions):
            self._show(self._versions[index])
            self.version_chosen.emit(self._versions[index])

    def _deploy(self) -> None:
        if self.version is not None:
            self.deploy_asked.emit(self.version)

    def _show_menu(self) -> None:
        self.menu().popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def menu(self) -> QMenu:
        """What else can be done with the version."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        version = self.version
        if version is None:
            return menu
        run = LineagePart(kind="run", id=version.run_id, title=f"#{version.run_number}")
        menu.addAction(icon("history"), "Open the run", lambda: self.part_clicked.emit(run))
        menu.addSeparator()
        menu.addAction(icon("trash-2", "bad"), f"Delete version {version.version}…", lambda: self.delete_asked.emit(version))
        if len(self._versions) > 1:
            menu.addAction(icon("trash-2", "bad"), "Delete all versions…", lambda: self.delete_model_asked.emit(version.name))
        return menu
