"""TensorBoard's event files: each folder that has some is a run; scalars are metrics, texts, pictures and sounds are files."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from workbench.base.errors import UserError
from workbench.runs.chunks import Points
from workbench.runs.transfer import tfevents
from workbench.runs.transfer.found import FoundExperiment, FoundFile, FoundRun, LeftOut
from workbench.runs.transfer.values import digest_of, points_of

_PART = 50_000  # points of a metric that are handed on at once
_ENDINGS = ((b"\x89PNG", ".png"), (b"\xff\xd8", ".jpg"), (b"GIF8", ".gif"), (b"RIFF", ".wav"))


def event_files(folder: Path) -> list[Path]:
    """The event files below a folder, or the file itself."""
    if folder.is_file():
        return [folder] if "tfevents" in folder.name else []
    return sorted(path for path in folder.rglob("*tfevents*") if path.is_file())


class TensorBoardReader:
    """Runs are named by their folders; the experiment is the outermost folder, or the given name."""

    def __init__(self, path: Path, experiment: str = "") -> None:
        self._root = path if path.is_dir() else path.parent
        self._experiment = experiment or self._root.resolve().name or "TensorBoard"
        self._folders: dict[Path, list[Path]] = defaultdict(list)
        for file in event_files(path):
            self._folders[file.parent].append(file)
        if not self._folders:
            raise UserError(f"There are no event files of TensorBoard below {path}.", place=str(path))
        self.left_out = LeftOut()
        self.said = (
            f"{path} has event files of TensorBoard in {len(self._folders)} folders: each is a run of {self._experiment}; "
            "scalars are metrics, texts, pictures and sounds are files."
        )

    def count(self) -> int:
        return len(self._folders)

    def experiments(self) -> Iterable[FoundExperiment]:
        return ()

    def runs(self) -> Iterator[FoundRun]:
        for folder, files in self._folders.items():
            if found := self._run(folder, files):
                yield found

    def _run(self, folder: Path, files: list[Path]) -> FoundRun | None:
        name = folder.relative_to(self._root).as_posix()
        digest = _digest(name, files)
        first = last = 0.0
        params: dict[str, str] = {}
        useful = False
        for value in self._values(files):
            first, last = min(first or value.time, value.time), max(last, value.time)
            if value.kind == "hparams":
                params.update(tfevents.hparams(value.data[0]) if value.data else {})
            elif value.kind not in {"scalar", "text", "image", "audio"}:
                self.left_out.add(value.kind, f"{name}: {value.tag}")
                continue
            useful = True
        if not useful:
            self.left_out.add("folders without scalars, texts or pictures", name)
            return None
        began = datetime.fromtimestamp(first or files[0].stat().st_mtime, UTC)
        return FoundRun(
            id=digest[:32],
            experiment=self._experiment,
            digest=digest,
            created=began,
            started=began,
            ended=datetime.fromtimestamp(last, UTC) if last else began,
            name=name if name != "." else self._root.resolve().name,
            params=params,
            series=lambda: self._series(files),
            files=lambda: self._files(files),
        )

    def _values(self, files: list[Path], *, count_damage: bool = True) -> Iterator[tfevents.Value]:
        for file in files:
            try:
                yield from tfevents.values(file)
            except tfevents.Damaged as error:
                if count_damage:
                    self.left_out.add("ends of damaged or unfinished files", str(error))

    def _series(self, files: list[Path]) -> Iterator[tuple[str, Points]]:
        held: dict[str, tuple[list[int], list[float], list[float]]] = defaultdict(lambda: ([], [], []))
        for value in self._values(files, count_damage=False):
            if value.kind != "scalar":
                continue
            steps, times, numbers = held[value.tag]
            steps.append(value.step)
            times.append(value.time)
            numbers.append(value.number)
            if len(steps) >= _PART:
                yield value.tag, points_of(*held.pop(value.tag))
        for tag, lists in held.items():
            yield tag, points_of(*lists)

    def _files(self, files: list[Path]) -> Iterator[FoundFile]:
        used: set[str] = set()
        folders = {"text": "texts", "image": "images", "audio": "sounds"}
        for value in self._values(files, count_damage=False):
            if value.kind not in folders:
                continue
            for at, data in enumerate(value.data):
                ending = next(
                    (one for start, one in _ENDINGS if data.startswith(start)), ".txt" if value.kind == "text" else ".bin"
                )
                number = f"-{at}" if len(value.data) > 1 else ""
                path = f"{folders[value.kind]}/{_safe(value.tag)}/{value.step}{number}{ending}"
                while path in used:
                    path = path.removesuffix(ending) + "_" + ending
                used.add(path)
                yield FoundFile(path, data)


def _digest(name: str, files: list[Path]) -> str:
    from workbench.base.files import file_digest

    return digest_of(["tensorboard", name, *(f"{file.name} {file_digest(file)}" for file in files)])


def _safe(tag: str) -> str:
    """A tag as a path: slashes make folders, all else that a file name may not have is replaced."""
    parts = [re.sub(r"[^\w .=+-]", "_", part).strip(" .") for part in tag.split("/")]
    return "/".join(part for part in parts if part) or "unnamed"
