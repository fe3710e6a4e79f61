"""Add a data source: choose a file, see how it is read, finish at any page."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QBoxLayout, QLayout, QWidget

from workbench.base.errors import WorkbenchError
from workbench.desktop.data.catalog import free_path
from workbench.desktop.data.wizard.draft import Draft
from workbench.desktop.data.wizard.pages import DetailsPage, FilePage, draft_sentence
from workbench.desktop.data.wizard.preview import TextTable, text_preview
from workbench.desktop.data.wizard.retype import of_kind, retyped
from workbench.desktop.data.wizard.types_page import TypesPage
from workbench.desktop.operations import Operations, Progress
from workbench.desktop.widgets import Wizard, button

if TYPE_CHECKING:
    from workbench.dataprep.sources import TextSpec


class AddSourceWizard(Wizard):
    """Detects off the GUI thread; saves a `.wbsource` into `folder`. `saved` carries its path."""

    saved = Signal(object)

    def __init__(self, operations: Operations, folder: Path, start: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent, "Add data source", finish="Finish", size=(980, 660))
        self._operations, self._folder = operations, folder
        self._draft: Draft | None = None
        self._table: TextTable | None = None
        self.file_page = FilePage(start)
        self.details_page = DetailsPage(operations)
        self.types_page = TypesPage()
        for page in (self.file_page, self.details_page, self.types_page):
            self.add_page(page)
        self.finish_button = button("Finish", self.finish, tooltip="Accept what was detected")
        self.finish_button.setEnabled(False)
        self._place_finish()
        self.file_page.file_chosen.connect(self._on_file)
        self.details_page.spec_changed.connect(self._on_details)
        self.details_page.kind_chosen.connect(self._on_kind)
        self.types_page.type_chosen.connect(self._on_type)
        self.finished_ok.connect(self.finish)
        self.file_page.path.setFocus()

    @property
    def draft(self) -> Draft | None:
        """What would be saved now."""
        return self._draft

    def go_to(self, index: int) -> None:
        if index == 1 and self._draft is not None and not self._draft.text_details:
            index = 2 if self.index == 0 else 0  # a file that is no text says all of this itself
        super().go_to(index)
        self.finish_button.setVisible(index < len(self.pages) - 1)

    def finish(self) -> None:
        """Saves the source as it is now."""
        draft, folder = self._draft, self._folder
        if draft is None:
            return

        def save(_progress: Progress) -> Path:
            from workbench.dataprep.sources import DataSource

            target = free_path(folder, draft.path.stem, "source")
            DataSource.create(draft.path, folder, draft.spec).save(target)
            return target

        self.finish_button.setEnabled(False)
        self._operations.run("Saving the data source", save, self._on_saved, self.show_error)

    def _place_finish(self) -> None:
        """Beside Next, in the dialog's row of buttons."""
        for layout in self._rows(self.layout()):
            if (at := layout.indexOf(self.next_button)) >= 0:
                layout.insertWidget(at, self.finish_button)
                return

    def _rows(self, layout: QLayout | None) -> Iterator[QBoxLayout]:
        if layout is None:
            return
        if isinstance(layout, QBoxLayout):
            yield layout
        for number in range(layout.count()):
            item = layout.itemAt(number)
            yield from self._rows(item.layout() if item is not None else None)

    def _on_file(self, path: Path) -> None:
        self._draft = None
        self.finish_button.setEnabled(False)
        self._run("Looking at the file", lambda: _look(path), self._on_looked, self._on_bad_file)

    def _on_looked(self, answer: tuple[Draft, TextTable | None]) -> None:
        self._draft, self._table = answer
        self.file_page.say(draft_sentence(self._draft), "ok")
        self.file_page.set_ready(True)
        self.finish_button.setEnabled(True)
        self.details_page.show_spec(self._draft.spec)
        if self._table is not None:
            self.details_page.show_table(self._table)
        self._show_types()

    def _on_bad_file(self, error: Exception) -> None:
        if not isinstance(error, WorkbenchError):
            raise error
        self.file_page.say(" ".join(filter(None, (error.message, error.hint))), "bad")

    def _on_details(self, spec: "TextSpec") -> None:
        draft = self._draft
        if draft is not None:
            self._run("Reading the file", lambda: _look_again(draft, spec), self._on_looked_again, self._on_bad_details)

    def _on_kind(self, kind: str) -> None:
        draft = self._draft
        if draft is not None:
            self._run("Reading the file", lambda: _as_kind(draft, kind), self._on_other_kind, self._on_bad_details)

    def _on_other_kind(self, answer: tuple[Draft, TextTable | None]) -> None:
        self.details_page.show_spec(answer[0].spec)
        self._on_looked_again(answer)

    def _on_looked_again(self, answer: tuple[Draft, TextTable | None]) -> None:
        self._draft, self._table = answer
        if self._table is not None:
            self.details_page.show_table(self._table)
        self.finish_button.setEnabled(True)
        self.next_button.setEnabled(True)
        self._show_types()

    def _on_bad_details(self, error: Exception) -> None:
        self.details_page.show_problem(error)
        self.finish_button.setEnabled(False)
        self.next_button.setEnabled(False)

    def _on_type(self, name: str, type_: str, format_: str) -> None:
        if self._draft is not None:
            self._draft = self._draft.with_type(name, type_, format_)  # type: ignore[arg-type]
            self._show_types()

    def _show_types(self) -> None:
        if self._draft is not None:
            table = self._table
            samples = {c.name: table.samples(c.name) for c in table.columns} if table is not None else {}
            self.types_page.show_draft(self._draft, samples)

    def _on_saved(self, path: Path) -> None:
        self.saved.emit(path)
        self.accept()

    def _run(self, title: str, work: Callable[[], object], done: Callable[..., object], bad: Callable[..., object]) -> None:
        self._operations.run(title, lambda _progress: work(), done, bad, exclusive="source-wizard")


def _look(path: Path) -> tuple[Draft, TextTable | None]:
    from workbench.dataprep.sources import TextSpec, detect

    spec = detect(path)
    return Draft(path, spec, spec), text_preview(path, spec) if isinstance(spec, TextSpec) else None


def _look_again(draft: Draft, spec: "TextSpec") -> tuple[Draft, TextTable | None]:
    return draft.with_spec(retyped(draft.path, spec)), text_preview(draft.path, spec)


def _as_kind(draft: Draft, kind: str) -> tuple[Draft, TextTable | None]:
    from workbench.dataprep.sources import TextSpec

    if not isinstance(draft.spec, TextSpec):
        return draft, None
    return _look_again(draft, of_kind(draft.path, draft.spec, kind))
