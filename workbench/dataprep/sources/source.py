"""Data sources: the `.wbsource` file says where a data file is and how it is read."""

import contextlib
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any, Literal

from pydantic import BaseModel, Field, ValidationError

from workbench.base.errors import EnvironmentError_, NotFound, UserError
from workbench.base.files import write_atomic
from workbench.base.ids import new_id
from workbench.dataprep.columns import Schema
from workbench.dataprep.sources.specs import AnySpec, Frozen, SourceSpec


class DataSource(Frozen):
    """A named data file with the way it is read: the content of a `.wbsource` file.

    `path` is relative to the folder of the `.wbsource` file when the data lie in the same project, else absolute.
    """

    version: Literal[1] = 1
    id: str = Field(default_factory=new_id)
    name: str
    path: str
    spec: AnySpec

    @property
    def columns(self) -> Schema:
        """Name and type of each column."""
        return self.spec.schema_

    @classmethod
    def create(cls, data: Path, folder: Path, spec: SourceSpec | None = None, name: str = "") -> "DataSource":
        """A source of the file `data`, to be saved in `folder`; detects the format when none is given."""
        data = data.absolute()
        return cls(
            name=name or data.stem,
            path=relative_path(data, folder.absolute()),
            spec=spec if spec is not None else detect(data),
        )

    @classmethod
    def load(cls, path: Path) -> "DataSource":
        """Reads a `.wbsource` file. Raises NotFound, or UserError with the place of what is wrong in it."""
        return cls.model_validate(read_json(path, "data source", cls))

    def save(self, path: Path) -> None:
        """Writes the file, atomically."""
        write_atomic(path, json.dumps(self.model_dump(mode="json"), indent=2, ensure_ascii=False) + "\n")


def detect(path: Path) -> SourceSpec:
    """How the file is to be read: format, encoding, header, types. Raises UserError with one sentence when it is no table."""
    from workbench.dataprep.sources.detection import detect_file

    return detect_file(Path(path))


def relative_path(data: Path, folder: Path) -> str:
    """`data` as seen from `folder` with forward slashes, when both lie in one project; absolute otherwise."""
    root = project_of(folder)
    if data.is_relative_to(folder) or (root and data.is_relative_to(root)):
        return Path(os.path.relpath(data, folder)).as_posix()
    return str(data)


def project_of(folder: Path) -> Path | None:
    """The nearest folder upwards that holds a `workbench.toml`."""
    return next((place for place in (folder, *folder.parents) if (place / "workbench.toml").is_file()), None)


def locate(path: str, folders: tuple[Path, ...]) -> Path:
    """The file that a relative or absolute path names, sought in `folders` in order. Raises NotFound with where it was sought."""
    wanted = Path(path).expanduser()
    project = os.environ.get("WORKBENCH_PROJECT")
    if wanted.is_absolute():
        if wanted.exists():
            return wanted
        raise NotFound(f"The file {wanted} is not there.", hint="It was moved or deleted: choose it again.", place=str(wanted))
    for folder in folders:
        if (found := folder / PurePosixPath(path.replace("\\", "/"))).exists():
            return Path(os.path.normpath(found))
    # In a job the original project stands last: its folders are the ones that the user knows.
    known = [folder for folder in folders if project and folder.is_relative_to(project)] or folders
    sought = " or ".join(dict.fromkeys(str(folder) for folder in known))
    raise NotFound(f"The file {path} is not in {sought}.", hint="It was moved or deleted: choose it again.", place=path)


Migrations = Mapping[int, Callable[[dict[str, Any]], None]]


def read_json(path: Path, what: str, model: type[BaseModel], migrations: Migrations = MappingProxyType({})) -> object:
    """The checked JSON of a file, brought to the newest version; the file itself stays as it is.

    Raises NotFound, EnvironmentError_ or UserError saying where the file is wrong.
    """
    if path.is_dir():
        raise UserError(f"{path} is a folder, not a {what}.", hint="Name the file in it.", place=str(path))
    try:
        raw = json.loads(path.read_text("utf-8"))
        raw = _migrated(raw, path, what, migrations)
        model.model_validate(raw)
    except FileNotFoundError as error:
        raise NotFound(f"There is no {what} {path}.", place=str(path)) from error
    except RecursionError as error:
        raise UserError(
            f"The {what} {path.name} is damaged (it is nested too deep).",
            hint="Restore it from git or an earlier snapshot.",
            place=str(path),
        ) from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        where = f"{path}:{error.lineno}" if isinstance(error, json.JSONDecodeError) else str(path)
        reason = f"line {error.lineno}: {error.msg}" if isinstance(error, json.JSONDecodeError) else "it is not UTF-8 text"
        raise UserError(
            f"The {what} {path.name} is damaged ({reason}).", hint="Restore it from git or an earlier snapshot.", place=where
        ) from error
    except ValidationError as error:
        raise UserError(
            f"The {what} {path.name} is not valid: {validation_sentence(error)}",
            hint="Restore it from git or an earlier snapshot.",
            place=str(path),
        ) from error
    except OSError as error:
        raise EnvironmentError_(f"{path} could not be read: {error.strerror or error}.", place=str(path)) from error
    return raw


def _migrated(raw: object, path: Path, what: str, migrations: Migrations) -> object:
    newest = max(migrations, default=0) + 1
    version = raw.get("version") if isinstance(raw, dict) else None
    if not isinstance(raw, dict) or not isinstance(version, int):
        return raw
    if version > newest:
        raise UserError(
            f"The {what} {path.name} was written by a newer Workbench (its format has the version {version}).",
            hint="Update Workbench to open it.",
            place=str(path),
        )
    for number in range(version, newest):
        if number in migrations:
            # what is not even shaped like a file of ours is left to the validation, which says where it is wrong
            with contextlib.suppress(AttributeError, TypeError):
                migrations[number](raw)
            raw["version"] = number + 1
    return raw


def validation_sentence(error: ValidationError) -> str:
    """The first complaint as `<field>: <what>.`"""
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"]) or "the whole file"
    return f"{where}: {first['msg']}."
