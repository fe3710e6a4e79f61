"""What MLflow's folder and its database have in common: states, tags with a meaning, inputs, and where artifacts lie."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from workbench.runs.transfer.found import FoundFile, FoundRun, LeftOut
from workbench.runs.transfer.values import moment, run_id_of
from workbench.schema import GitState, RunStatus

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
STATUSES = {
    "FINISHED": (RunStatus.FINISHED, ""),
    "FAILED": (RunStatus.FAILED, ""),
    "KILLED": (RunStatus.CANCELLED, ""),
    "RUNNING": (RunStatus.LOST, "It had no end in MLflow when it was imported."),
    "SCHEDULED": (RunStatus.LOST, "It had not begun in MLflow when it was imported."),
}


def run_of(
    known: Mapping[str, Any], *, experiment: str, digest: str, params: Mapping[str, str], tags: Mapping[str, str], **more: Any
) -> FoundRun:
    """A run from MLflow's own fields: run_id, run_name, user_id, status (a word), start_time, end_time, deleted_time (ms)."""
    status, reason = STATUSES.get(str(known.get("status")), (RunStatus.LOST, "Its state in MLflow is not known."))
    started, ended = moment(known.get("start_time")), moment(known.get("end_time"))
    created = started or ended or _EPOCH
    parent = tags.get("mlflow.parentRunId")
    return FoundRun(
        id=run_id_of(str(known["run_id"])),
        experiment=experiment,
        digest=digest,
        created=created,
        status=status,
        reason=reason,
        started=started,
        ended=ended,
        name=str(known.get("run_name") or tags.get("mlflow.runName") or ""),
        user=str(known.get("user_id") or tags.get("mlflow.user") or ""),
        script=tags.get("mlflow.source.name", ""),
        parent_id=run_id_of(parent) if parent else None,
        notes=tags.get("mlflow.note.content", ""),
        deleted=moment(known.get("deleted_time") or (1.0 if known.get("lifecycle_stage") == "deleted" else None)),
        git=GitState(
            remote=tags.get("mlflow.source.git.repoURL", ""),
            branch=tags.get("mlflow.source.git.branch", ""),
            commit=tags.get("mlflow.source.git.commit", ""),
        ),
        params=params,
        tags=tags,
        **more,
    )


def artifact_folder(uri: str, run_id: str, beside: Path) -> Path | None:
    """The folder on this machine where a run's artifacts lie; None where it is not reachable from here.

    `beside`: the folder of the store, where relative addresses and those of a tracking server's own files begin. A run's address
    ends in `<run id>/artifacts` always; a folder of another name is not taken, so that a made-up store brings in no foreign files.
    """
    try:
        parts = urlsplit(uri)
    except ValueError:
        return None
    if parts.scheme in {"", "file"} or (len(parts.scheme) == 1 and parts.scheme.isalpha()):  # a drive's letter
        given = Path(unquote(parts.path) if parts.scheme == "file" else uri)
        candidates = [given] if given.is_absolute() else [beside / given]
    elif parts.scheme == "mlflow-artifacts":
        inside = unquote(parts.path).lstrip("/")
        candidates = [beside / root / inside for root in ("mlartifacts", "mlruns", "")]
    else:
        return None
    candidates += [one / "/".join(candidates[0].parts[-3:]) for one in (beside, beside / "mlruns", beside / "mlartifacts")]
    return next((one for one in candidates if one.is_dir() and one.parts[-2:] == (run_id, "artifacts")), None)


def folder_files(folder: Path, left_out: LeftOut) -> Iterator[FoundFile]:
    """All files below a folder but for links that lead out of it."""
    root = folder.resolve()
    for path in sorted(folder.rglob("*")):
        if path.is_dir():
            continue
        if not path.is_file() or not path.resolve().is_relative_to(root):
            left_out.add("links that lead out of a run's artifacts", str(path))
            continue
        yield FoundFile(path.relative_to(folder).as_posix(), path)


def file_marks(folder: Path | None) -> Iterable[str]:
    """What stands for the files of a folder in a digest: their paths and sizes."""
    if folder is None:
        return []
    return [f"{path.relative_to(folder).as_posix()} {path.stat().st_size}" for path in sorted(folder.rglob("*")) if path.is_file()]
