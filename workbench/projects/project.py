"""A project: a plain folder with a `workbench.toml`, normally a git repository."""

import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.base.errors import Conflict, EnvironmentError_, NotFound, UserError
from workbench.base.files import disk_error, write_atomic
from workbench.base.ids import new_id
from workbench.projects.git import git_program
from workbench.projects.templates import template as find_template

if TYPE_CHECKING:
    import git

PROJECT_FILE = "workbench.toml"
_SKIPPED_FOLDERS = frozenset({"__pycache__", "node_modules", "outputs", "venv", "env", "build", "dist", "site-packages"})
_DEPTH = 8


@dataclass(frozen=True)
class Project:
    """A project folder and what its `workbench.toml` says; the lists read the disk anew at each call."""

    folder: Path
    name: str
    id: str
    description: str = ""
    default_config: str = "local"

    @classmethod
    def open(cls, folder: Path | str) -> "Project":
        """Opens the project in `folder`. Raises UserError (no project, a broken file) with the place."""
        root = Path(folder).expanduser().absolute()
        path = root / PROJECT_FILE
        if not root.is_dir():
            raise NotFound(f"There is no folder {root}.", place=str(root))
        values = _read_toml(path)
        if values is None:
            hint = f'Make it one with: workbench init "{root}"'
            raise UserError(f"{root} is not a Workbench project: it has no {PROJECT_FILE}.", hint=hint, place=str(root))
        for key in ("name", "id", "description", "default_config"):
            if not isinstance(values.get(key, ""), str):
                raise UserError(f"{key} in {PROJECT_FILE} must be text.", place=str(path))
        project_id = values.get("id", "")
        if not project_id:
            raise UserError(f"{PROJECT_FILE} has no id.", hint="Add a line such as: id = " + f'"{new_id()}"', place=str(path))
        return cls(
            root,
            values.get("name") or root.name,
            project_id,
            values.get("description", ""),
            values.get("default_config") or "local",
        )

    @classmethod
    def create(
        cls,
        folder: Path | str,
        *,
        name: str = "",
        template: str = "blank",
        description: str = "",
        git_url: str = "",
        existing: bool = False,
    ) -> "Project":
        """Makes a project from a template, as a git repository with a first commit, and opens it.

        A folder with files in it is refused (Conflict) unless `existing`: then the missing files are added, nothing is overwritten,
        and a repository that is there already gets no commit. `git_url` becomes the remote `origin` of a new repository.
        """
        root = Path(folder).expanduser().absolute()
        chosen = find_template(template)
        name = (name or root.name).strip()
        if not name or any(ord(character) < 32 for character in name + description):
            raise UserError("A project needs a name, and name and description stand on one line each.")
        if root.exists() and not root.is_dir():
            raise Conflict(f"{root} is a file, not a folder.", place=str(root))
        if (root / PROJECT_FILE).exists():
            raise Conflict(f"{root} is a project already.", hint=f'Open it with: workbench open "{root}"', place=str(root))
        if root.is_dir() and any(root.iterdir()) and not existing:
            hint = "Choose a new folder, or say that the project is to be made in the existing one."
            raise Conflict(f"The folder {root} is not empty.", hint=hint, place=str(root))
        git_program()
        try:
            root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise disk_error(error, str(root)) from error
        project_id = new_id()
        chosen.write(root, {"name": name, "description": description, "id": project_id})
        _write_project_file(root / PROJECT_FILE, name, project_id, description)
        _make_repository(root, name, git_url)
        return cls.open(root)

    def config_names(self) -> list[str]:
        """Names of the run configurations, the default one first."""
        names = sorted(path.stem for path in (self.folder / "runconfig").glob("*.toml"))
        return sorted(names, key=lambda name: name != self.default_config)

    def config_path(self, name: str = "") -> Path:
        """The file of a run configuration (the default one without a name). Raises NotFound with the known ones."""
        wanted = name or self.default_config
        if wanted not in self.config_names():
            known = ", ".join(self.config_names()) or "none"
            message = f"The project {self.name} has no run configuration {wanted!r}."
            raise NotFound(message, hint=f"Known: {known}.", place=str(self.folder / "runconfig"))
        return self.folder / "runconfig" / f"{wanted}.toml"

    def config(self, name: str = "") -> dict[str, Any]:
        """The parsed content of a run configuration; its `name` is that of the file."""
        path = self.config_path(name)
        return {**(_read_toml(path) or {}), "name": path.stem}

    def scripts(self) -> list[str]:
        """The Python scripts, as paths relative to the project with forward slashes."""
        return self._find(".py")

    def packages(self) -> list[str]:
        """The data preparations (`.wbprep`)."""
        return self._find(".wbprep")

    def sources(self) -> list[str]:
        """The data sources (`.wbsource`)."""
        return self._find(".wbsource")

    def notebooks(self) -> list[str]:
        """The notebooks (`.ipynb`)."""
        return self._find(".ipynb")

    def readme(self) -> str:
        """The text of the README, Markdown; empty where there is none."""
        for path in sorted(self.folder.iterdir()):
            if path.name.lower() in {"readme.md", "readme.txt", "readme"} and path.is_file():
                return path.read_text("utf-8", errors="replace")
        return ""

    def _find(self, suffix: str) -> list[str]:
        return sorted(path for path in _walk(self.folder, "", _DEPTH) if path.lower().endswith(suffix))


def _walk(folder: Path, prefix: str, depth: int) -> Iterator[str]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    names = {entry.name for entry in entries}
    if prefix and ("pyvenv.cfg" in names):
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            if depth and not entry.name.startswith(".") and entry.name not in _SKIPPED_FOLDERS:
                yield from _walk(Path(entry.path), f"{prefix}{entry.name}/", depth - 1)
        elif not entry.name.startswith("."):
            yield prefix + entry.name


def _read_toml(path: Path) -> dict[str, Any] | None:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{path.name} is not valid TOML: {error}.", place=str(path)) from error
    except OSError as error:
        raise EnvironmentError_(f"{path} could not be read: {error.strerror or error}.", place=str(path)) from error


def _write_project_file(path: Path, name: str, project_id: str, description: str) -> None:
    """Sets who the project is, in the template's own `workbench.toml` where it has one."""
    import tomlkit

    document = tomlkit.parse(path.read_text("utf-8")) if path.exists() else tomlkit.document()
    values = {"name": name, "id": project_id, "description": description}
    values["default_config"] = str(document.get("default_config", "local"))
    for key, value in values.items():
        document[key] = value
    write_atomic(path, tomlkit.dumps(document))


def _make_repository(root: Path, name: str, git_url: str) -> None:
    import git

    try:
        with git.Repo(root, search_parent_directories=True):
            return  # the folder is part of a repository: its commits are the user's business
    except git.InvalidGitRepositoryError:
        pass
    try:
        # An author for a user who configured none: through the environment, so that no configuration is touched.
        with git.Repo.init(root) as repo:
            # git's own default for the branch is an old one; the user's choice wins
            if not _says(repo, "config", "--get", "init.defaultBranch"):
                repo.git.symbolic_ref("HEAD", "refs/heads/main")
            if not _says(repo, "var", "GIT_COMMITTER_IDENT") or not _says(repo, "var", "GIT_AUTHOR_IDENT"):
                who = {"NAME": "Workbench", "EMAIL": "workbench@localhost"}
                repo.git.update_environment(**{f"GIT_{role}_{key}": who[key] for role in ("AUTHOR", "COMMITTER") for key in who})
            if git_url.strip():
                repo.create_remote("origin", git_url.strip())
            repo.git.add("--all")
            repo.git.commit("--no-verify", "--no-gpg-sign", "--quiet", "-m", f"Start of {name}")
    except git.GitCommandError as error:
        raise EnvironmentError_(f"The git repository could not be made: {str(error.stderr).strip()}.", place=str(root)) from error


def _says(repo: "git.Repo", command: str, *arguments: str) -> bool:
    """Whether git answers; asked of git itself, since GitPython's reader knows fewer places of configuration."""
    import git

    try:
        return bool(repo.git.execute(["git", command, *arguments]))
    except git.GitCommandError:
        return False
