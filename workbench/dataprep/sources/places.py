"""From where a source is (a file, folder, pattern, list or address; packed or not) to its single files."""

from __future__ import annotations

import bz2
import contextlib
import fnmatch
import glob
import gzip
import lzma
import os
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import IO, TYPE_CHECKING, Any

from workbench.base.errors import Cancelled, EnvironmentError_, NotFound, UserError
from workbench.base.files import disk_error
from workbench.dataprep.columns import listed
from workbench.dataprep.control import Cancel, Progress
from workbench.dataprep.sources import remote
from workbench.dataprep.sources.kinds import ZIP, is_packed

if TYPE_CHECKING:
    from workbench.dataprep.sources.specs import SourceSpec

_PIECE = 1 << 20
_HEAD = 32 << 20
"""So much of a packed file (bytes, unpacked) is looked at to find out its format."""
_PACKED_SUFFIXES = {".gz", ".bz2", ".xz", ".zst", ".zip", ".lzma"}
_SUFFIXES: dict[str, frozenset[str]] = {
    "delimited": frozenset({".csv", ".tsv", ".txt", ".tab", ".psv", ".dat", ".data", ".log", ""}),
    "fixed_width": frozenset({".txt", ".dat", ".fwf", ".data", ".prn", ""}),
    "lines": frozenset({".txt", ".log", ""}),
    "json": frozenset({".json", ".jsonl", ".ndjson", ".geojson"}),
    "excel": frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"}),
    "parquet": frozenset({".parquet", ".pq", ".parq"}),
    "arrow": frozenset({".arrow", ".arrows", ".feather", ".ipc"}),
}
"""Which files of a folder with different ones belong to a source of a kind."""


@dataclass(frozen=True)
class Part:
    """One file of a source. `shown` is what the path column says of it."""

    shown: str
    path: Path | None = None
    """The local file, which may be packed."""
    url: str = ""
    entry: str = ""
    """The entry of a ZIP archive."""
    storage: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), hash=False)

    @property
    def name(self) -> str:
        """The file's name, without the suffix of its packing."""
        name = PurePosixPath(self.entry).name or (remote.file_name(self.url) if self.url else self.path.name if self.path else "")
        return name[: -len(Path(name).suffix)] if Path(name).suffix.lower() in _PACKED_SUFFIXES and Path(name).stem else name

    @property
    def direct(self) -> Path | None:
        """The local file where it can be read as it is."""
        if self.url or self.entry or self.path is None or packing_of(self.path):
            return None
        return self.path

    @property
    def file(self) -> Path:
        """The local file of a part that has one."""
        return self.path or Path()

    def state(self) -> str:
        """What changes when the file changes."""
        if self.url:
            return f"{self.url}#{self.entry}|{sorted(remote.state_of(self.url, self.storage).items())}"
        try:
            state = self.file.stat()
        except OSError as error:
            raise _gone(self.file, error) from error
        return f"{self.path}#{self.entry}|{state.st_size}|{state.st_mtime_ns}"

    def local(self, folder: Path, cancel: Cancel | None = None, progress: Progress | None = None, *, most: int = 0) -> Path:
        """The file itself, fetched and unpacked: into `folder` where need be. `most`: so many bytes are enough (0: all).

        Raises NotFound, EnvironmentError_, UserError for a damaged archive, Cancelled.
        """
        path = remote.fetch(self.url, self.storage, cancel, progress) if self.url else self.file
        packing = packing_of(path)
        if not packing:
            return path
        entry = self.entry
        if packing == "zip" and not entry:
            entry = _only_entry(path)
        target = folder / (PurePosixPath(entry).name or self.name or "data")
        return unpack(path, packing, target, entry=entry, cancel=cancel, progress=progress, most=most)


def parts_of(
    path: str, files: Sequence[str] = (), *, folders: Sequence[Path], archive: str = "", kind: str = "",
    storage: Mapping[str, Any] = MappingProxyType({}),
) -> list[Part]:  # fmt: skip
    """The files that a source names, in the natural order of their names; a list keeps its own.

    `folders`: where relative paths are sought, in order. `archive`: which entries of a ZIP archive, as a pattern. `kind`: of a
    folder with different files, those of that kind. Raises NotFound, UserError.
    """
    if files:
        return [part for each in files for part in parts_of(each, folders=folders, archive=archive, kind=kind, storage=storage)]
    if remote.is_url(path):
        return _remote(path, archive, kind, storage)
    root, found = _local(path, folders, kind)
    parts: list[Part] = []
    for file in found:
        shown = file.relative_to(root).as_posix() if root is not None else PurePosixPath(path).name
        entries = _entries(file, archive, kind) if packing_of(file) == "zip" else []
        if len(entries) > 1 or (entries and archive):
            parts += [Part(f"{shown}/{entry}", file, entry=entry) for entry in entries]
        else:
            parts.append(Part(shown, file, entry=entries[0] if entries else ""))
    return parts


def _remote(url: str, archive: str, kind: str, storage: Mapping[str, Any]) -> list[Part]:
    remote.check_options(storage)
    found = sorted(remote.matching(url, storage), key=natural)
    if not found:
        raise NotFound(f"No file matches {url}.", hint="Check the address.", place=url)
    if len(found) > 1 or found[0] != url:
        wanted = _chosen([PurePosixPath(each) for each in found], kind)
        found = [each for each in found if PurePosixPath(each) in wanted]
    parts: list[Part] = []
    for each in found:
        if each.lower().endswith(".zip"):
            local = remote.fetch(each, storage)
            if packing_of(local) == "zip":
                entries = _entries(local, archive, kind)
                parts += [Part(f"{each}/{entry}", url=each, entry=entry, storage=storage) for entry in entries]
                continue
        parts.append(Part(each, url=each, storage=storage))
    return parts


def _local(path: str, folders: Sequence[Path], kind: str) -> tuple[Path | None, list[Path]]:
    from workbench.dataprep.sources.source import locate

    if is_pattern(path) and not is_there(path, folders):
        for folder in (Path("/"),) if Path(path).expanduser().is_absolute() else folders:
            root = folder / fixed_part(path)
            pattern = str(folder / Path(path.replace("\\", "/")).expanduser())
            matches = [Path(each) for each in glob.glob(pattern, recursive=True)]  # noqa: PTH207 (patterns with ** and absolute ones)
            if found := sorted((each for each in matches if each.is_file()), key=lambda each: natural(str(each))):
                return root, found
        sought = " or ".join(dict.fromkeys(str(folder) for folder in folders))
        raise NotFound(f"No file matches {path} in {sought}.", hint="Check the pattern.", place=path)
    place = locate(path, tuple(folders))
    if not place.is_dir():
        return None, [place]
    inside = _walk(place)
    wanted = _chosen([PurePosixPath(each.relative_to(place).as_posix()) for each in inside], kind)
    found = [each for each in inside if PurePosixPath(each.relative_to(place).as_posix()) in wanted]
    if not found:
        raise UserError(f"The folder {place} holds no data files.", hint="Choose another folder, or a pattern.", place=str(place))
    return place, found


def _walk(folder: Path) -> list[Path]:
    """All files below a folder in natural order, but hidden ones and those that begin with an underscore, as marks of Spark do."""
    found: list[Path] = []
    try:
        for root, names, files in os.walk(folder):
            names[:] = [name for name in names if not name.startswith((".", "_"))]
            found += [Path(root) / name for name in files if not name.startswith((".", "_")) and name != "workbench.toml"]
    except OSError as error:
        raise EnvironmentError_(f"{folder} could not be read: {error.strerror or error}.", place=str(folder)) from error
    return sorted(found, key=lambda path: natural(path.relative_to(folder).as_posix()))


def left_out(folder: Path, parts: Sequence[Part]) -> str:
    """The sentence about the files of a folder that are not read; empty when there is none."""
    taken = {part.path for part in parts}
    others = [path.relative_to(folder).as_posix() for path in _walk(folder) if path not in taken]
    return f"Not read, since of another kind: {listed(others)}." if others else ""


def without_empty(parts: Sequence[Part]) -> list[Part]:
    """Of several files those that hold something: an empty one among them has no rows."""
    found = [part for part in parts if part.path is None or part.path.stat().st_size > 0]
    return found if len(parts) > 1 and found else list(parts)


def _chosen(paths: Sequence[PurePosixPath], kind: str) -> set[PurePosixPath]:
    """Of different files those with the most common suffix among files of the kind, or of any without one; else all."""
    paths = [path for path in paths if _suffix(path) not in {".wbsource", ".wbprep"}]
    suffixes = {_suffix(path) for path in paths}
    if len(suffixes) < 2:
        return set(paths)
    known = _SUFFIXES.get(kind) or frozenset().union(*_SUFFIXES.values()) - {""}
    own = Counter(_suffix(path) for path in paths if _suffix(path) in known)
    if not own:
        return set(paths)
    most, _ = own.most_common(1)[0]
    return {path for path in paths if _suffix(path) == most}


def _suffix(path: PurePosixPath) -> str:
    suffix = path.suffix.lower()
    return PurePosixPath(path.stem).suffix.lower() if suffix in _PACKED_SUFFIXES - {".zip"} else suffix


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """A key to sort names by, with numbers in them by their value: part2 before part10."""
    return tuple((0, int(piece), piece) if piece.isdecimal() else (1, 0, piece) for piece in re.split(r"(\d+)", text) if piece)


def is_pattern(path: str) -> bool:
    """Whether a path has wildcards."""
    return any(sign in path for sign in "*?[")


def fixed_part(pattern: str) -> Path:
    """The folders of a pattern before its first wildcard."""
    parts = PurePosixPath(pattern.replace("\\", "/")).parts
    fixed = [part for number, part in enumerate(parts[:-1]) if not any(is_pattern(each) for each in parts[: number + 1])]
    return Path(*fixed).expanduser() if fixed else Path()


def is_there(path: str, folders: Sequence[Path]) -> bool:
    """Whether a path, sought in the folders when it is relative, is a file or folder."""
    with contextlib.suppress(OSError, ValueError):
        return Path(path).expanduser().exists() or any((folder / path).exists() for folder in folders)
    return False


def packing_of(path: Path) -> str:
    """How a file is packed: gz, bz2, xz, zst or zip; empty for a plain one and for workbooks."""
    try:
        with path.open("rb") as file:
            head = file.read(8)
    except OSError as error:
        raise _gone(path, error) from error
    for start, packing in ((b"\x1f\x8b", "gz"), (b"BZh", "bz2"), (b"\xfd7zXZ\x00", "xz"), (b"\x28\xb5\x2f\xfd", "zst")):
        if head.startswith(start):
            return packing
    return "zip" if head.startswith(ZIP) and is_packed(path, head) else ""


def _gone(path: Path, error: OSError) -> Exception:
    if isinstance(error, FileNotFoundError):
        return NotFound(f"The file {path} is not there.", hint="It was moved or deleted: choose it again.", place=str(path))
    return EnvironmentError_(f"{path} could not be read: {error.strerror or error}.", place=str(path))


def _entries(path: Path, archive: str, kind: str) -> list[str]:
    """The entries of a ZIP archive that are read. Raises UserError when there is none."""
    try:
        with zipfile.ZipFile(path) as file:
            names = [info.filename for info in file.infolist() if info.filename and not info.is_dir()]
    except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError, EOFError) as error:
        raise _damaged(path, error) from error
    visible = [
        name for name in names if not any(part.startswith((".", "__MACOSX", "_")) for part in PurePosixPath(name).parts)
    ]  # fmt: skip
    if archive:
        chosen = [name for name in names if fnmatch.fnmatchcase(name, archive) or PurePosixPath(name).match(archive)]
    else:
        wanted = _chosen([PurePosixPath(name) for name in visible], kind)
        chosen = [name for name in visible if PurePosixPath(name) in wanted]
    if not chosen:
        hint = f"It holds {listed(names)}." if names else "It is empty."
        what = f"that matches {archive}" if archive else "with data"
        raise UserError(f"The archive {path.name} has no entry {what}.", hint=hint, place=str(path))
    return sorted(chosen, key=natural)


def _only_entry(path: Path) -> str:
    return _entries(path, "", "")[0]


def _damaged(path: Path, error: Exception) -> UserError:
    text = " ".join(str(error).split()).rstrip(".")[:200] or type(error).__name__
    return UserError(f"{path.name} is a damaged archive: {text}.", hint="Get the file again.", place=str(path))


def unpack(
    path: Path, packing: str, target: Path, *, entry: str = "", cancel: Cancel | None = None, progress: Progress | None = None,
    most: int = 0,
) -> Path:  # fmt: skip
    """Writes the plain content of a packed file to `target`; `most`: about so many bytes are enough. Raises UserError."""
    done = 0
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        out = target.open("wb")
    except OSError as error:
        raise disk_error(error, str(target)) from error
    with out, contextlib.ExitStack() as stack:
        try:
            source = _opened(path, packing, entry, stack)
            while not (most and done >= most):
                if cancel is not None and cancel.is_set():
                    raise Cancelled
                if not (piece := source.read(_PIECE)):
                    break
                done += len(piece)
                _written(out, piece, target)
                if progress is not None:
                    progress(0.0, f"Unpacking {path.name} ({remote.megabytes(done)})")
        except (
            zipfile.BadZipFile,
            EOFError,
            lzma.LZMAError,
            zlib.error,
            NotImplementedError,
            RuntimeError,
            ValueError,
            KeyError,
        ) as error:
            raise _damaged(path, error) from error
        except OSError as error:  # gzip, bz2 and Arrow say so of broken data too
            raise _damaged(path, error) from error
    return target


def _written(out: IO[bytes], piece: bytes, target: Path) -> None:
    try:
        out.write(piece)
    except OSError as error:
        raise disk_error(error, str(target)) from error


def _opened(path: Path, packing: str, entry: str, stack: contextlib.ExitStack) -> Any:
    match packing:
        case "gz":
            return stack.enter_context(gzip.open(path, "rb"))
        case "bz2":
            return stack.enter_context(bz2.open(path, "rb"))
        case "xz":
            return stack.enter_context(lzma.open(path, "rb"))
        case "zst":
            import pyarrow as pa

            return stack.enter_context(pa.input_stream(str(path), compression="zstd"))
        case _:
            archive = stack.enter_context(zipfile.ZipFile(path))
            return stack.enter_context(archive.open(entry))


def detect_packed(path: Path) -> SourceSpec:
    """How the content of a packed file is read. Raises UserError with one sentence."""
    import tempfile

    from workbench.dataprep.sources.source import detect

    part = parts_of(str(path), folders=(path.parent,))[0]
    with tempfile.TemporaryDirectory(prefix="workbench-") as folder:
        plain = part.local(Path(folder), most=_HEAD)
        with plain.open("rb") as file:
            head = file.read(1 << 16)
        if is_packed(plain, head):
            raise UserError(f"{path.name} is packed twice.", hint="Unpack it once first.", place=str(path))
        if plain.stat().st_size >= _HEAD:
            if b"\0" in head or head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"[":
                plain = part.local(Path(folder))  # what is no text, or one document, is told by all of it
            else:
                _end_with_line(plain)
        return detect(plain)


def _end_with_line(path: Path) -> None:
    """Cuts a piece of text after its last whole line; so that no piece of a line is taken for one."""
    with path.open("rb+") as file:
        size = path.stat().st_size
        file.seek(size - _PIECE)
        tail = file.read()
        if (at := tail.rfind(b"\n")) >= 0:
            file.truncate(size - _PIECE + at + 1)
