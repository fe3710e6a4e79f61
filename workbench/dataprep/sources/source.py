"""Data sources: the `.wbsource` file says where a data file is and how it is read."""

import contextlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any, Literal, Self

from pydantic import BaseModel, Field, ValidationError, model_validator

from workbench.base.errors import EnvironmentError_, NotFound, UserError
from workbench.base.files import write_atomic
from workbench.base.ids import new_id
from workbench.dataprep.columns import ColumnInfo, Schema
from workbench.dataprep.sources.samples import Sample
from workbench.dataprep.sources.specs import AnySpec, Frozen, SourceSpec


class DataSource(Frozen):
    """Named data with the way they are read: the content of a `.wbsource` file.

    `path` is a file, a folder, a pattern with wildcards or an address; empty for a database on a server. It is relative to the
    folder of the `.wbsource` file when the data lie in the same project, else absolute.
    """

    version: Literal[2] = 2
    id: str = Field(default_factory=new_id)
    name: str
    path: str = ""
    files: tuple[str, ...] = ()
    """In place of `path`: several files, appended in this order."""
    path_column: str = ""
    """The name of a first column that says from which file a row comes; empty: there is none."""
    archive: str = ""
    """Which entries of ZIP archives are read, as a pattern such as `*.csv`; empty: those with data."""
    storage: dict[str, str | int | bool] = Field(default_factory=dict)
    """What the driver of an address is given, such as `endpoint_url`. No secrets: these are in the keyring."""
    spec: AnySpec
    samples: tuple[Sample, ...] = ()
    active_sample: str = ""
    """The name of the sample in use; empty: all rows."""

    @model_validator(mode="after")
    def _samples_are_named(self) -> Self:
        names = [sample.name for sample in self.samples]
        if len(set(names)) < len(names):
            raise ValueError("two samples have the same name")
        if self.active_sample and self.active_sample not in names:
            raise ValueError(f"there is no sample {self.active_sample} to be the active one")
        for option in self.storage:
            if is_secret(option):
                raise ValueError(f"the option {option} of the storage is a secret, which is never kept in a file")
        return self

    @property
    def columns(self) -> Schema:
        """Name and type of each column."""
        path = (ColumnInfo(self.path_column, "string"),) if self.path_column else ()
        return (*path, *self.spec.schema_)

    @property
    def sample(self) -> Sample | None:
        """The active sample; None: all rows."""
        return next((sample for sample in self.samples if sample.name == self.active_sample), None)

    @classmethod
    def create(
        cls, data: Path | str | Sequence[Path | str], folder: Path, spec: SourceSpec | None = None, name: str = "", *,
        path_column: str = "", archive: str = "", storage: Mapping[str, str | int | bool] = MappingProxyType({}),
    ) -> "DataSource":  # fmt: skip
        """A source of a file, a folder, a pattern, an address or a list of files, to be saved in `folder`.

        The format is detected when none is given.

        Raises NotFound, or UserError with one sentence when the data are no table.
        """
        many = [data] if isinstance(data, Path | str) else list(data)
        places = [_stored(each, folder.absolute()) for each in many]
        path, files = (places[0], ()) if len(places) == 1 else ("", tuple(places))
        if spec is None:
            from workbench.dataprep.sources.detecting import detect_many

            spec = detect_many(path, files, folder=folder.absolute(), archive=archive, storage=storage)
        return cls(
            name=name or _name_of(str(many[0]) if many else "data"),
            path=path,
            files=files,
            path_column=path_column,
            archive=archive,
            storage=dict(storage),
            spec=spec,
        )

    @classmethod
    def load(cls, path: Path) -> "DataSource":
        """Reads a `.wbsource` file. Raises NotFound, or UserError with the place of what is wrong in it."""
        return cls.model_validate(read_json(path, "data source", cls, MIGRATIONS))

    def save(self, path: Path) -> None:
        """Writes the file, atomically."""
        write_atomic(path, self.to_text())

    def to_text(self) -> str:
        """The file's text: stable key order, defaults left out."""
        body = self.model_dump(mode="json", exclude_defaults=True)
        body["spec"] = {"kind": self.spec.kind, **body.get("spec", {})}
        head = {"version": self.version, "id": self.id}
        return (
            json.dumps(head | {key: value for key, value in body.items() if key not in head}, indent=2, ensure_ascii=False) + "\n"
        )


def _nothing_to_change(_raw: dict[str, Any]) -> None:
    """Version 2 only adds fields."""


MIGRATIONS = {1: _nothing_to_change}
"""What makes a file of each older version one of the next: a function that changes the JSON in place."""

_SECRET = ("key", "secret", "password", "token", "credential", "connection_string")


def is_secret(option: str) -> bool:
    """Whether an option's value is never written to a file."""
    return any(option.lower() == word or option.lower().endswith(f"_{word}") for word in _SECRET)


def _stored(data: Path | str, folder: Path) -> str:
    from workbench.dataprep.sources.remote import is_url

    if isinstance(data, str) and is_url(data):
        return data
    return relative_path(Path(data).expanduser().absolute(), folder)


def _name_of(data: str) -> str:
    """A name for data: the file's or folder's, without suffixes and wildcards."""
    stem = PurePosixPath(data.replace("\\", "/").rstrip("/")).name
    while len(stem) > 1 and "." in stem[1:] and len(PurePosixPath(stem).suffix) <= 9:
        stem = PurePosixPath(stem).stem
    cleaned = stem.translate({ord(sign): None for sign in "*?[]"}).strip(" -_.")
    return cleaned or "data"


def detect(path: Path) -> SourceSpec:
    """How a file, or those of a folder, are to be read: format, encoding, header, types. Raises UserError for what is no table."""
    place = Path(path)
    if place.is_dir():
        from workbench.dataprep.sources.detecting import detect_many

        return detect_many(str(place.absolute()), (), folder=place.absolute().parent)
    from workbench.dataprep.sources.detection import detect_file

    return detect_file(place)


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
        json.dumps(raw, ensure_ascii=False).encode()  # half a character, as \ud800, could never be written again
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
    except UnicodeError as error:
        raise UserError(
            f"The {what} {path.name} is damaged (it is not UTF-8 text).",
            hint="Restore it from git or an earlier snapshot.",
            place=str(path),
        ) from error
    except json.JSONDecodeError as error:
        where, reason = f"{path}:{error.lineno}", f"line {error.lineno}: {error.msg}"
        raise UserError(
            f"The {what} {path.name} is damaged ({reason}).", hint="Restore it from git or an earlier snapshot.", place=where
        ) from error
    except ValidationError as error:
        raise UserError(
            f"The {what} {path.name} is not valid: {validation_sentence(error)}",
            hint="Restore it from git or an earlier snapshot.",
            place=str(path),
        ) from error
    except ValueError as error:  # a number with thousands of digits
        raise UserError(
            f"The {what} {path.name} is damaged (it holds a value that cannot be read).",
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
