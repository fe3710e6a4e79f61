"""What can be done with runs, from the list, the details and the comparison alike."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication

from workbench.client.client import Client
from workbench.desktop.context import AppContext
from workbench.desktop.notifications import NoticeAction
from workbench.desktop.operations import Progress
from workbench.desktop.runs.wording import run_title
from workbench.desktop.widgets import confirm
from workbench.schema import Job, Restored, Run, RunPatch, RunSummary


class RunActions(QObject):
    """Acts on runs in the background; results come as events, toasts and the signals here."""

    patched = Signal(object)

    def __init__(self, context: AppContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context

    def cancel(self, run: RunSummary) -> None:
        """Asks the job to stop."""
        self._context.call(
            f"Cancelling {run_title(run)}", lambda client, _progress: client.cancel(run.id), self._on_cancelled, cancellable=False
        )

    def cancel_all(self, runs: Sequence[RunSummary]) -> None:
        """Asks those of them that have not ended to stop."""
        for run in runs:
            if not run.status.is_final:
                self.cancel(run)

    def archive(self, runs: Sequence[RunSummary], *, archived: bool = True) -> None:
        """Puts runs away (or brings them back); the toast undoes it."""
        ids = [run.id for run in runs if run.archived != archived]
        if not ids:
            return
        what = run_title(runs[0]) if len(ids) == 1 else f"{len(ids)} runs"

        def patch(client: Client, _progress: Progress) -> list[Run]:
            return [client.patch_run(run_id, RunPatch(archived=archived)) for run_id in ids]

        def done(changed: list[Run]) -> None:
            for run in changed:
                self.patched.emit(run)
            undo = NoticeAction("Undo", lambda: self.archive(changed, archived=not archived))
            self._context.notifications.toast(f"{'Archived' if archived else 'Brought back'} {what}", action=undo)

        self._context.call(f"Archiving {what}", patch, done, owner=self, cancellable=False)

    def restore(self, run: RunSummary) -> None:
        """Brings the project's files back to the run's snapshot, after asking."""

        def go() -> None:
            self._context.call(
                f"Restoring the files of {run_title(run)}",
                lambda client, _progress: client.restore(run.id),
                self._on_restored,
                cancellable=False,
            )

        confirm(
            self._context.window,
            f"Restore the files of {run_title(run)}?",
            "The project's files become what they were when the run was submitted. What is overwritten is kept in the project's "
            ".workbench folder, and your git repository is not touched.",
            action="Restore",
            danger=False,
            on_yes=go,
        )

    def rename(self, run: RunSummary, name: str) -> None:
        self._patch(run, RunPatch(name=name), "Renaming")

    def set_notes(self, run: RunSummary, notes: str) -> None:
        self._patch(run, RunPatch(notes=notes), "Saving the notes of")

    def delete(self, run: RunSummary, on_deleted: Callable[[], object] | None = None) -> None:
        """Puts the run into the trash, with its children; the toast undoes it."""

        def done(ids: tuple[str, ...]) -> None:
            what = run_title(run) if len(ids) < 2 else f"{run_title(run)} and {len(ids) - 1} of its children"
            undo = NoticeAction("Undo", lambda: self._bring_back(run))
            self._context.notifications.toast(f"Moved {what} to the trash", action=undo)
            if on_deleted is not None:
                on_deleted()

        self._context.call(
            f"Deleting {run_title(run)}", lambda client, _p: client.trash_run(run.id), done, owner=self, cancellable=False
        )

    def outputs_folder(self, run: RunSummary) -> Path | None:
        """Where the outputs are now on this machine; None when there are none yet."""
        base = self._context.paths.run(run.id)
        return next((path for path in (base / "outputs", base / "work" / "outputs") if path.is_dir()), None)

    def open_outputs(self, run: RunSummary) -> None:
        """Shows the outputs in the system's file manager."""
        folder = self.outputs_folder(run)
        if folder is None:
            self._context.notifications.toast(f"{run_title(run)} has no outputs yet", kind="info")
        else:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def copy_id(self, run: RunSummary) -> None:
        QGuiApplication.clipboard().setText(run.id)
        self._context.notifications.toast(f"Copied the id of {run_title(run)}", kind="info")

    def _bring_back(self, run: RunSummary) -> None:
        self._context.call(
            f"Bringing back {run_title(run)}",
            lambda client, _p: client.untrash_run(run.id),
            lambda _ids: self._context.notifications.toast(f"Brought back {run_title(run)}"),
            cancellable=False,
        )

    def _patch(self, run: RunSummary, patch: RunPatch, doing: str) -> None:
        self._context.call(
            f"{doing} {run_title(run)}", lambda client, _p: client.patch_run(run.id, patch), self._on_patched, cancellable=False
        )

    def _on_patched(self, run: Run) -> None:
        self.patched.emit(run)

    def _on_cancelled(self, job: Job) -> None:
        self._context.notifications.toast(f"Cancelling run #{job.run_number}", kind="info")

    def _on_restored(self, restored: Restored) -> None:
        count = len(restored.changed)
        text = "Nothing had changed since" if not count else f"Restored {count} file{'s' if count > 1 else ''}"
        kept = restored.kept_in
        action = NoticeAction("Show what was kept", lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(kept))) if kept else None
        self._context.notifications.toast(text, action=action)
