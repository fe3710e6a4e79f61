"""MLflow's file store: a folder `mlruns` with a folder for each experiment, and in it one for each run."""

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from workbench.runs.chunks import Points
from workbench.runs.datasets import dataset_input
from workbench.runs.transfer.found import FoundExperiment, FoundRun, LeftOut, holds
from workbench.runs.transfer.mlflow import artifact_folder, file_marks, folder_files, run_of
from workbench.runs.transfer.values import digest_of, moment, number_of, points_of, step_of
from workbench.schema import DataInput

_TRASH = ".trash"
_STATUS_NUMBERS = {1: "RUNNING", 2: "SCHEDULED", 3: "FINISHED", 4: "FAILED", 5: "KILLED"}
_NOT_RUNS = {"tags", "datasets", "models", "traces"}


def is_mlruns(path: Path) -> bool:
    """Whether the folder is a file store: it has an experiment with a `meta.yaml`."""
    return any(_experiments(path))


class MlrunsReader:
    """Reads experiments, also deleted ones, runs, also deleted ones, with all they logged."""

    def __init__(self, path: Path, experiment: str = "") -> None:
        self._root = path
        self._inside = path.resolve()
        self._only_name = experiment
        self.left_out = LeftOut()
        self._found: list[tuple[FoundExperiment, Path, list[tuple[dict[str, Any], Path]]]] = []
        for folder in _experiments(path):
            meta = self._meta(folder)
            if meta is None:
                continue
            deleted = meta.get("lifecycle_stage") == "deleted" or folder.parent.name == _TRASH
            known = FoundExperiment(
                name=experiment or str(meta.get("name") or folder.name),
                created=moment(meta.get("creation_time")),
                tags=dict(self._texts(folder / "tags")),
                deleted=(moment(meta.get("last_update_time")) or moment(1.0)) if deleted else None,
            )
            runs = [
                (run, run_folder)
                for run_folder in sorted(folder.iterdir())
                if run_folder.is_dir() and run_folder.name not in _NOT_RUNS and (run_folder / "meta.yaml").exists()
                if (run := self._meta(run_folder)) is not None
            ]
            runs.sort(key=lambda one: (number_of(one[0].get("start_time")) or 0.0, str(one[0].get("run_id"))))
            self._found.append((known, folder, runs))
            if models := len(list((folder / "models").glob("*/meta.yaml"))):
                self.left_out.add("logged models apart from their runs' artifacts", count=models)
        if registered := len(list((path / "models").glob("*/meta.yaml"))):
            self.left_out.add("registered models", count=registered)
        self.said = f"{path} is a folder of MLflow's with {holds(len(self._found), self.count())}."

    def count(self) -> int:
        return sum(len(runs) for _, _, runs in self._found)

    def experiments(self) -> Iterable[FoundExperiment]:
        return [known for known, _, _ in self._found]

    def runs(self) -> Iterator[FoundRun]:
        for known, folder, runs in self._found:
            for meta, run_folder in runs:
                yield self._run(known, folder, meta, run_folder)

    def _run(self, experiment: FoundExperiment, experiment_folder: Path, meta: dict[str, Any], folder: Path) -> FoundRun:
        params = {key: text.rstrip("\n") for key, text in self._texts(folder / "params")}
        tags = dict(self._texts(folder / "tags"))
        run_id = str(meta.get("run_id") or meta.get("run_uuid") or folder.name)
        status = meta.get("status")
        artifacts = folder / "artifacts"
        found = (
            artifacts
            if self._is_own(artifacts, run_id)
            else artifact_folder(str(meta.get("artifact_uri") or ""), run_id, self._root.parent)
        )
        if found is None and "://" in str(meta.get("artifact_uri") or "") and not str(meta["artifact_uri"]).startswith("file"):
            self.left_out.add("folders of artifacts that are not on this machine", str(meta["artifact_uri"]))
        metric_files = [path for path in sorted((folder / "metrics").rglob("*")) if self._is_here(path)]
        known = {
            **meta,
            "run_id": run_id,
            "status": _STATUS_NUMBERS.get(status, status) if isinstance(status, int) else status,
            "deleted_time": meta.get("deleted_time") or (experiment.deleted and experiment.deleted.timestamp() * 1000),
        }
        marks = [f"{path.relative_to(folder).as_posix()} {path.stat().st_size}" for path in metric_files]
        return run_of(
            known,
            experiment=experiment.name,
            digest=digest_of(
                ["mlflow", run_id, repr(sorted(params.items())), repr(sorted(tags.items())), *marks, *file_marks(found)]
            ),
            params=params,
            tags=tags,
            inputs=tuple(self._inputs(experiment_folder, folder)),
            series=partial(self._series, folder / "metrics", metric_files),
            files=partial(folder_files, found, self.left_out) if found else tuple,
        )

    def _series(self, root: Path, files: list[Path]) -> Iterator[tuple[str, Points]]:
        for path in files:
            steps: list[int] = []
            times: list[float] = []
            values: list[float] = []
            for line in path.read_text("utf-8", "replace").splitlines():
                parts = line.split(" ")
                try:
                    # The oldest lines have no step; newer ones may name a dataset after it.
                    time, value, step = float(parts[0]) / 1000, float(parts[1]), step_of(parts[2]) if len(parts) > 2 else 0
                except (IndexError, ValueError):
                    self.left_out.add("lines of metrics that cannot be read", str(path))
                    continue
                times.append(time)
                values.append(value)
                steps.append(step)
            yield path.relative_to(root).as_posix(), points_of(steps, times, values)

    def _inputs(self, experiment: Path, run: Path) -> Iterator[DataInput]:
        for file in sorted((run / "inputs").glob("*/meta.yaml")):
            meta = self._meta(file.parent)
            if meta is None or meta.get("source_type") not in {None, "DATASET", 1}:
                continue
            name = str(meta.get("source_id"))
            dataset = None if "/" in name or name in {"", ".", ".."} else self._meta(experiment / "datasets" / name)
            if dataset is None:
                continue
            tags = meta.get("tags")
            known = tags if isinstance(tags, dict) else {}
            yield dataset_input(dataset, {str(key): str(value) for key, value in known.items()})

    def _is_here(self, path: Path) -> bool:
        """Whether it is a file of the store: a link in a made-up one may lead to any file of the user's."""
        if not path.is_file():
            return False
        if path.resolve().is_relative_to(self._inside):
            return True
        self.left_out.add("links that lead out of the folder", str(path))
        return False

    def _is_own(self, artifacts: Path, run_id: str) -> bool:
        """Whether the folder holds the run's artifacts, be it by a link to where they lie."""
        if not artifacts.is_dir():
            return False
        real = artifacts.resolve()
        if real.is_relative_to(self._inside) or real.parts[-2:] == (run_id, "artifacts"):
            return True
        self.left_out.add("links that lead out of the folder", str(artifacts))
        return False

    def _texts(self, folder: Path) -> Iterator[tuple[str, str]]:
        """Params or tags: each is a file that is named as its key, in folders where the key has slashes."""
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if self._is_here(path):
                try:
                    yield path.relative_to(folder).as_posix(), path.read_text("utf-8")
                except (OSError, UnicodeDecodeError):
                    self.left_out.add("params and tags that cannot be read", str(path))

    def _meta(self, folder: Path) -> dict[str, Any] | None:
        """The content of a folder's `meta.yaml`; None, and left out, when it cannot be read."""
        import yaml

        try:
            # The C loader is ten times as fast, and not everywhere.
            content = yaml.load((folder / "meta.yaml").read_text("utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 (it is)
        except (OSError, UnicodeDecodeError, yaml.YAMLError):
            content = None
        if isinstance(content, dict):
            return content
        self.left_out.add("folders whose meta.yaml cannot be read", str(folder))
        return None


def _experiments(root: Path) -> Iterator[Path]:
    for parent in (root, root / _TRASH):
        try:
            folders = sorted(parent.iterdir())
        except OSError:
            continue
        yield from (one for one in folders if one.name != "models" and (one / "meta.yaml").is_file() and not _is_run(one))


def _is_run(folder: Path) -> bool:
    return (folder / "metrics").is_dir() and (folder / "params").is_dir()
