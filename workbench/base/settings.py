"""The user's settings of this workspace: one readable TOML file, checked when read, written atomically."""

import tomllib
from pathlib import Path
from typing import Literal

import tomlkit
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from workbench.base.errors import UserError
from workbench.base.files import write_atomic


class Settings(BaseModel):
    """What a user can set. Titles and descriptions are what the settings page shows."""

    model_config = ConfigDict(extra="forbid", validate_assignment=True)

    version: Literal[1] = 1
    theme: Literal["system", "light", "dark"] = Field("system", title="Theme", description="Light, dark, or as the system")
    density: Literal["comfortable", "default", "compact"] = Field(
        "default", title="Density", description="Height of rows in tables and lists"
    )
    font_size: int = Field(10, ge=8, le=16, title="Font size", description="Base size of the text, in points")
    parallel_jobs: int = Field(2, ge=1, le=64, title="Parallel jobs", description="Jobs that run at the same time")
    log_mb: int = Field(
        64,
        ge=1,
        le=100_000,
        title="Size of a log",
        description="Megabytes that a job's log may have; its middle is left out beyond",
    )
    sample_rows: int = Field(
        100_000,
        ge=100,
        le=10_000_000,
        title="Sample rows",
        description="First rows of a source that the data view works on",
    )
    ca_bundle: str = Field(
        "",
        title="CA bundle",
        description="File with your company's certificates, for package downloads; empty: the system's",
    )
    package_index: str = Field(
        "", title="Package index", description="Address of your own Python package index; empty: the public one"
    )
    environments_gb: int = Field(
        50,
        ge=1,
        le=100_000,
        title="Environments",
        description="Gigabytes that environments may take; beyond it the longest unused ones are removed",
    )
    snapshot_file_mb: int = Field(
        50, ge=1, le=10_000, title="Largest file of a snapshot", description="Megabytes; larger files are left out of runs' copies"
    )
    database_url: str = Field(
        "",
        title="Database",
        description="PostgreSQL database for runs, e.g. postgresql://user@host/name; empty: the workspace's own file. "
        "The password is the secret database_password. Counts from the server's next start",
    )
    editor: str = Field("", title="Editor", description="Command that opens a script, e.g. code; empty: the system's choice")


def load_settings(path: Path) -> Settings:
    """Reads the settings; a missing file gives the defaults. Raises UserError (which setting, where) for a wrong one."""
    try:
        return Settings.model_validate(tomllib.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        return Settings()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"The settings file is not valid TOML: {error}.", place=str(path)) from error
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise UserError(f"The setting {name} is wrong: {first['msg']}.", place=str(path)) from error


def save_settings(path: Path, settings: Settings) -> None:
    """Writes the settings that differ from the defaults."""
    write_atomic(path, tomlkit.dumps({"version": 1, **settings.model_dump(exclude_defaults=True)}), mode=0o600)
