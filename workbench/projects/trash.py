"""A project's own trash: a deleted file is moved aside and can come back."""

from dataclasses import dataclass
from pathlib import Path

from workbench.base.clock import utc_now
from workbench.base.errors import Conflict, NotFound
from workbench.base.files import disk_error, write_atomic

TRASH = Path(".workbench") / "trash"


@dataclass(frozen=True)
class Trashed:
    """A file in the trash and where it lay before."""

    original: Path
    kept: Path

    def restore(self) -> Path:
        """Moves the file back. Raises Conflict where another one has taken its place."""
        if self.original.exists():
            raise Conflict(f"{self.original.name} exists again: nothing was overwritten.", place=str(self.kept))
        try:
            self.original.parent.mkdir(parents=True, exist_ok=True)
            self.kept.replace(self.original)
        except OSError as error:
            raise disk_error(error, str(self.original)) from error
        return self.original


def move_to_trash(project: Path, path: Path) -> Trashed:
    """Moves `path` into the project's trash folder, which git does not see. Raises NotFound where it is gone already."""
    folder = project / TRASH
    try:
        if not (folder / ".gitignore").exists():
            write_atomic(folder / ".gitignore", "*\n")
        kept = folder / f"{utc_now():%Y%m%d-%H%M%S-%f}-{path.name}"
        path.rename(kept)
    except FileNotFoundError as error:
        raise NotFound(f"{path.name} is not there any more.", hint="Refresh the list.", place=str(path)) from error
    except OSError as error:
        raise disk_error(error, str(path)) from error
    return Trashed(path, kept)
