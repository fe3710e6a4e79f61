"""Where artifacts lie: a run's outputs, a logged model's files, the registry's copies; and paths that never lead out of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

import sqlalchemy as sa
from starlette.requests import Request

from workbench.runs.tables import logged_models, runs
from workbench.server.mlflow.errors import missing, wrong
from workbench.server.scope import check_artifact_scope, check_experiment_scope
from workbench.server.workspace import Workspace

_ROUTE = "/api/2.0/mlflow-artifacts/artifacts/"

_HERE = PurePosixPath()


@dataclass(frozen=True)
class Place:
    """A file or folder: `inside` the first of the `roots` that has it. Files are written into the first one.

    `run_id`: the run among whose outputs it is; empty for what belongs to none.
    """

    roots: tuple[Path, ...]
    inside: PurePosixPath = _HERE
    run_id: str = ""
    writable: bool = True

    @property
    def shown(self) -> str:
        """The path below the run's outputs."""
        return self.inside.as_posix() if self.inside.parts else ""

    def below(self, path: str) -> "Place":
        """What lies below this. Raises when the path leads anywhere else."""
        return replace(self, inside=self.inside / safe_path(path))

    def found(self) -> Path | None:
        """The file or folder; None when there is none, or when a link leads out of the root."""
        return next(self._all(), None)

    def target(self) -> Path:
        """Where to write the file; its folder is made. Raises for the root itself, a folder, or a link that leads out."""
        if not self.inside.parts or not self.writable:
            raise wrong(f"No file can be written to '{self.shown or '/'}'.")
        root = self.roots[0]
        if root.is_symlink():
            raise wrong("The artifacts are a link to another folder.")
        root.mkdir(parents=True, exist_ok=True)
        inside = root.resolve()
        target = root / self.inside
        for folder in reversed(target.parents):
            if folder != root and folder.is_relative_to(root) and folder.exists() and not folder.resolve().is_relative_to(inside):
                raise wrong(f"The path '{self.shown}' leads out of the artifacts.")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            raise wrong(f"The path '{self.shown}' leads through a file.") from None
        if target.is_dir():
            raise wrong(f"There is a folder '{self.shown}' already.")
        return target

    def entries(self) -> list[dict[str, Any]]:
        """What is in the folder, by name; nothing for a file or what is not there."""
        names: dict[str, dict[str, Any]] = {}
        for folder in self._all():
            if not folder.is_dir():
                return []
            for entry in folder.iterdir():
                if entry.name not in names and (form := self._entry(entry)):
                    names[entry.name] = form
        return [names[name] for name in sorted(names)]

    def _entry(self, entry: Path) -> dict[str, Any] | None:
        if entry.is_symlink() and not any(_inside(entry, root) for root in self.roots):
            return None
        if entry.is_dir():
            return {"path": entry.name, "is_dir": True}
        return {"path": entry.name, "is_dir": False, "file_size": entry.stat().st_size} if entry.is_file() else None

    def _all(self) -> Iterator[Path]:
        for root in self.roots:
            path = root / self.inside
            if path.exists() and _inside(path, root):
                yield path


def safe_path(path: str) -> PurePosixPath:
    """The path as it is to be used below a root. Raises when it could lead out of it, also once its escapes are undone."""
    plain = path
    while (decoded := unquote(plain)) != plain:
        plain = decoded
    parts = plain.split("/")
    bad = (
        "\x00" in plain or "\\" in plain or plain.startswith("/") or any(part in {"..", "."} for part in parts) or "" in parts[:-1]
    )
    if bad or re.match(r"[A-Za-z]:", plain) or re.match(r"\w+:/", plain) or any(len(part.encode()) > 255 for part in parts):
        raise wrong(f"Invalid path: {path!r}")
    return PurePosixPath(path)


def place_of_path(request: Request, path: str, *, write: bool = False) -> Place:
    """The place of a path of the artifact service: `<experiment>/<run>/artifacts/...` and its like. Raises when there is none."""
    here: Workspace = request.app.state.workspace
    parts = safe_path(path).parts
    rest = "/".join(parts[4:] if len(parts) > 3 and parts[1] == "models" else parts[3:])
    if len(parts) >= 3 and parts[0] == "models" and re.fullmatch(r"[0-9]{1,9}", parts[2]):
        version = here.models.get(parts[1], int(parts[2]))
        copy = Place((here.models.folder(version.name, version.version),), writable=False)
        return copy.below("/".join(parts[3:]))
    if len(parts) >= 4 and parts[1] == "models" and parts[3] == "artifacts":
        place = logged_place(request, parts[2], write=write)
        return place.below(rest)
    if len(parts) >= 3 and parts[2] == "artifacts":
        return run_place(request, parts[1], experiment_id=parts[0], write=write).below(rest)
    raise missing(f"There are no artifacts at '{path}'.")


def run_place(request: Request, run_id: str, *, experiment_id: str = "", write: bool = False) -> Place:
    """A run's outputs. What a client sends lies beside what the script of a running job has in its working copy."""
    here: Workspace = request.app.state.workspace
    with here.database.read() as connection:
        row = connection.execute(sa.select(runs.c.experiment_id, runs.c.deleted).where(runs.c.id == run_id)).one_or_none()
    if row is None or (experiment_id and row.experiment_id != experiment_id):
        raise missing(f"Run with id={run_id} not found")
    check_artifact_scope(request, run_id, write=write)
    if write and row.deleted is not None:
        raise wrong(f"The run {run_id} must be in the 'active' state. Current state is deleted.")
    folder = here.paths.run(run_id)
    return Place((folder / "outputs", folder / "work" / "outputs"), run_id=run_id)


def logged_place(request: Request, model_id: str, *, write: bool = False) -> Place:
    """The files of a logged model: among its run's outputs, or in a folder of their own when no run made it."""
    here: Workspace = request.app.state.workspace
    with here.database.read() as connection:
        row = connection.execute(sa.select(logged_models).where(logged_models.c.id == model_id)).one_or_none()
    if row is None:
        raise missing(f"Logged model with ID '{model_id}' not found.")
    if row.run_id:
        return run_place(request, row.run_id, write=write).below(str(row.content["folder"]))
    check_experiment_scope(request, row.experiment_id)
    return Place((here.paths.models / ".logged" / row.id,))


def place_of_uri(request: Request, uri: str) -> Place | None:
    """The place of a source that lies here, be it named by run, registered version or address; None for one elsewhere."""
    scheme, _, rest = uri.partition(":")
    if scheme == "runs":
        run_id, _, path = rest.strip("/").partition("/")
        return run_place(request, run_id).below(path)
    if scheme == "models" and re.fullmatch(r"/+[^/@]+/[0-9]{1,9}", rest):
        name, _, number = rest.strip("/").rpartition("/")
        return place_of_path(request, f"models/{name}/{number}")
    address = urlsplit(uri)
    if scheme == "mlflow-artifacts":
        return place_of_path(request, address.path.strip("/"))
    if scheme in {"http", "https"} and address.netloc == request.url.netloc and _ROUTE in address.path:
        return place_of_path(request, address.path.partition(_ROUTE)[2])
    return None


def _inside(path: Path, root: Path) -> bool:
    try:
        # A script can put a link in the place of its outputs, too.
        return not root.is_symlink() and path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):  # a link that leads to itself
        return False
