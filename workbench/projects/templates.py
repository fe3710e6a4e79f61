"""Project templates: folders of `resources/templates`, each with a `template.toml` and a `files` tree.

In text files `{{name}}`, `{{description}}` and `{{id}}` are replaced. A file called `dot-NAME` becomes `.NAME`, so that a
template's own ignore rules do not act on this program's repository.
"""

import shutil
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from workbench.base.errors import NotFound, UserError
from workbench.base.files import disk_error
from workbench.base.paths import resources_dir

_TEXT_LIMIT = 1_000_000


@dataclass(frozen=True)
class Template:
    """A kind of project to start from."""

    name: str
    title: str
    description: str
    folder: Path

    @property
    def files(self) -> tuple[str, ...]:
        """The paths that a project made from it gets, with forward slashes."""
        root = self.folder / "files"
        found = (path.relative_to(root) for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
        return tuple(sorted(_target(path).as_posix() for path in found))

    def write(self, folder: Path, variables: Mapping[str, str]) -> tuple[str, ...]:
        """Writes its files into `folder` and returns those written; a file that is there already is left as it is."""
        root, written = self.folder / "files", []
        for source in sorted(root.rglob("*")):
            relative = source.relative_to(root)
            target = folder / _target(relative)
            if not source.is_file() or "__pycache__" in relative.parts or target.exists():
                continue
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                _write(source, target, variables)
            except OSError as error:
                raise disk_error(error, str(target)) from error
            written.append(_target(relative).as_posix())
        return tuple(written)


def templates() -> list[Template]:
    """All templates that are shipped, the blank one first."""
    found = []
    for description in sorted((resources_dir() / "templates").glob("*/template.toml")):
        values = tomllib.loads(description.read_text("utf-8"))
        name = description.parent.name
        found.append(Template(name, values.get("title", name), values.get("description", ""), description.parent))
    return sorted(found, key=lambda template: (template.name != "blank", template.title))


def template(name: str) -> Template:
    """The template of that name; NotFound lists the known ones."""
    known = {template.name: template for template in templates()}
    if name not in known:
        raise NotFound(f"There is no project template {name!r}.", hint=f"Choose one of: {', '.join(known)}.")
    return known[name]


def _target(relative: Path) -> Path:
    return Path(*(f".{part[4:]}" if part.startswith("dot-") else part for part in relative.parts))


def _write(source: Path, target: Path, variables: Mapping[str, str]) -> None:
    if source.stat().st_size > _TEXT_LIMIT:
        shutil.copyfile(source, target)
        return
    content = source.read_bytes()
    for name, value in variables.items():
        content = content.replace(f"{{{{{name}}}}}".encode(), value.encode())
    target.write_bytes(content)
    if target.suffix == ".toml":
        try:
            tomllib.loads(content.decode())
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UserError(f"The template writes a file that is not valid TOML: {error}.", place=str(source)) from error
