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
from workbench.desktop.wording import size_text
from workbench.schema import Job, Restored, Run, RunPatch, RunSummary, TrashEmptied


class RunActions(QObject):
    """Acts on runs in the background; results come as events, toasts and the signals here."""

    patched = Signal(object)
    moved = Signal()
    """Runs came out of the trash."""

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

    def delete(self, runs: Sequence[RunSummary], on_deleted: Callable[[], object] | None = None) -> None:
        """Puts ended runs into the trash, each with its children; the toast undoes it."""
        chosen = [run for run in runs if run.status.is_final and run.deleted is None]
        if not chosen:
            if any(run.deleted is None for run in runs):
                self._context.notifications.toast("A run that waits or runs is not deleted: cancel it first", kind="info")
            return
        ids = {run.id for run in chosen}
        tops = [run for run in chosen if run.parent_id not in ids]

        def done(gone: list[str]) -> None:
            undo = NoticeAction("Undo", lambda: self.bring_back(tops))
            self._context.notifications.toast(f"Moved {_named(tops, len(gone))} to the trash", action=undo)
            if on_deleted is not None:
                on_deleted()

        def work(client: Client, _progress: Progress) -> list[str]:
            return [run_id for run in tops for run_id in client.trash_run(run.id)]

        self._context.call(f"Deleting {_named(tops, 0)}", work, done, owner=self, cancellable=False)

    def bring_back(self, runs: Sequence[RunSummary]) -> None:
        """Brings runs back from the trash, each with the children that went there with it.

        One whose experiment was deleted comes back with the experiment and all that went with that.
        """

        def work(client: Client, _progress: Progress) -> tuple[int, tuple[str, ...]]:
            count, whole = 0, []
            for run in runs:
                if client.experiment(run.experiment_id).deleted is not None:
                    whole.append(client.patch_experiment(run.experiment_id, deleted=False).name)
                count += len(client.untrash_run(run.id))
            return count, tuple(whole)

        def done(back: tuple[int, tuple[str, ...]]) -> None:
            count, whole = back
            names = " and ".join(whole)
            what = f"the experiment {names} with its runs" if whole else _named(runs, count)
            self._context.notifications.toast(f"Brought back {what}")
            self.moved.emit()

        if runs:
            self._context.call(f"Bringing back {_named(runs, 0)}", work, done, owner=self, cancellable=False)

    def empty_trash(self, trash: Sequence[RunSummary], on_emptied: Callable[[], object]) -> None:
        """Deletes for good what is in the trash, of every project, after asking."""

        def done(emptied: TrashEmptied) -> None:
            count = len(emptied.runs)
            freed = f", which gave back {size_text(emptied.snapshot_bytes)} of snapshots" if emptied.snapshot_bytes else ""
            self._context.notifications.toast(f"Deleted {count:,} run{'s' if count != 1 else ''} for good{freed}")
            on_emptied()

        def go() -> None:
            self._context.call(
                "Emptying the trash", lambda client, _progress: client.empty_trash(), done, owner=self, cancellable=False
            )

        project = self._context.project
        others = sum(run.project != str(project.folder) for run in trash) if project is not None else 0
        count = len(trash)
        confirm(
            self._context.window,
            f"Delete {count:,} run{'s' if count != 1 else ''} for good?",
            "Their parameters, metrics, logs and outputs go, and the snapshots that no other run needs. "
            + (f"{others:,} of them belong{'s' if others == 1 else ''} to other projects. " if others else "")
            + "This cannot be undone.",
            action="Empty the trash",
            on_yes=go,
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


def _named(runs: Sequence[RunSummary], count: int) -> str:
    """`#3 baseline`, `#4 and 300 below it`, `5 runs`. `count`: with those below them; 0: not known yet."""
    if len(runs) != 1:
        return f"{max(count, len(runs)):,} runs"
    return run_title(runs[0]) + (f" and {count - 1:,} below it" if count > 1 else "")
