"""What a project asks for: reading requirements.txt, pyproject.toml, uv.lock and conda's environment files."""

import json
import re
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

from workbench.base.errors import UserError

CONDA_SUFFIXES = frozenset({".yml", ".yaml"})
_NOT_NEEDED = frozenset({"pip", "setuptools", "wheel"})
_INCLUDED = re.compile(r"^(\s*(?:-r|-c|--requirements?|--constraints?)[\s=]+)(\S+)", re.MULTILINE)
_CONDA_PACKAGE = re.compile(r"^(?:(?P<channel>[^\s:]+)::)?(?P<name>[A-Za-z0-9_][A-Za-z0-9_.\-]*)\s*(?P<version>[^A-Za-z\s].*|)$")


@dataclass(frozen=True)
class Wanted:
    """What one file, or some text, asks for. `content`: all that the answer depends on, with what the file includes."""

    shown: str
    place: str = ""
    folder: Path | None = None
    content: str = ""
    file: Path | None = None
    """Read by uv as it is: requirements.txt or pyproject.toml."""
    text: str = ""
    """In place of `file`: requirements."""
    locked: Path | None = None
    """A uv.lock, whose versions are taken as they are."""
    python: str = ""
    """A version or range, where the file asks for another Python than ours."""
    channels: tuple[str, ...] = ()
    conda: tuple[str, ...] = ()
    """Packages that only conda has."""


def wanted(requirements: Path | str | None) -> Wanted:
    """Reads what is asked for. Raises UserError (missing, or not readable: why, where)."""
    if not isinstance(requirements, Path):
        return Wanted("The requirements", content=requirements or "", text=requirements or "")
    path = requirements.absolute()
    if not path.is_file():
        raise UserError(f"There is no requirements file {path.name}.", place=str(requirements))
    if path.suffix in CONDA_SUFFIXES:
        return _conda(path)
    lock = path if path.name == "uv.lock" else path.with_name("uv.lock")
    if path.name == "uv.lock" or (path.name == "pyproject.toml" and lock.is_file()):
        project = path.with_name("pyproject.toml")
        if not project.is_file():
            raise UserError("uv.lock has no pyproject.toml beside it, which it belongs to.", place=str(path))
        both = "\0".join([lock.read_text("utf-8", "replace"), project.read_text("utf-8", "replace")])
        return Wanted("uv.lock", str(path), path.parent, both, locked=lock, python=_python_of_project(project))
    if path.suffix == ".toml":
        python = _python_of_project(path)
        return Wanted(path.name, str(path), path.parent, path.read_text("utf-8", "replace"), file=path, python=python)
    return Wanted(path.name, str(path), path.parent, _with_included(path), file=path)


def _with_included(path: Path) -> str:
    """The text of requirements and of all files that they include."""
    seen: dict[Path, str] = {}
    waiting = [path]
    while waiting:
        one = waiting.pop()
        if one in seen or not one.is_file():
            continue
        seen[one] = one.read_text("utf-8", "replace")
        waiting += [one.parent / name for _, name in _INCLUDED.findall(seen[one])]
    return "\n".join(f"# {one.name}\n{text}" for one, text in sorted(seen.items()))


def _python_of_project(project: Path) -> str:
    """The project's `requires-python`, where Workbench's own Python does not meet it.

    Raises UserError for a file that tells of tools only.
    """
    try:
        content = tomllib.loads(project.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{project.name} is not valid TOML: {error}.", place=str(project)) from error
    if not content.keys() & {"project", "build-system", "dependency-groups"}:
        hint = 'Write one: [project] with name, version and dependencies = ["numpy"].'
        raise UserError(f"{project.name} has no table [project] that names packages.", hint=hint, place=str(project))
    table = content.get("project", {})
    return _unless_ours(str(table.get("requires-python", "") if isinstance(table, dict) else ""))


def _unless_ours(specifier: str) -> str:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    if not specifier.strip("=.*"):
        return ""
    try:
        ours = ".".join(map(str, sys.version_info[:3]))
        met = SpecifierSet(specifier).contains(ours, prereleases=True)
        return "" if met else specifier.replace(" ", "").removeprefix("==").removesuffix(".*")
    except InvalidSpecifier:
        return ""  # uv says what is wrong with it


def _conda(path: Path) -> Wanted:
    import yaml

    text = path.read_text("utf-8", "replace")
    try:
        content = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" (line {mark.line + 1})" if mark else ""
        reason = getattr(error, "problem", None) or "it cannot be read"
        raise UserError(f"{path.name} is not valid YAML{line}: {reason}.", place=str(path)) from error
    entries = content.get("dependencies", []) if isinstance(content, dict) else None
    if not isinstance(entries, list):
        raise UserError(f"{path.name} has no list of dependencies.", hint="See conda's environment.yml.", place=str(path))
    python, conda, pip = "", [], []
    for entry in entries or []:
        if isinstance(entry, dict) and set(entry) == {"pip"} and isinstance(entry["pip"] or [], list):
            pip += [str(line) for line in entry["pip"] or []]
            continue
        match = _CONDA_PACKAGE.match(entry.strip()) if isinstance(entry, str) else None
        if match is None:
            message = f"{path.name} has a dependency that is none: {json.dumps(entry, default=str)}."
            raise UserError(message, hint="Write NAME, NAME=VERSION, or a list under pip.", place=str(path))
        if match["name"].lower() == "python":
            python = _conda_version(match["version"])
        elif match["name"].lower() not in _NOT_NEEDED or match["channel"]:
            conda.append(entry.strip())
    channels = tuple(str(name) for name in content.get("channels") or () if name != "nodefaults") or ("conda-forge",)
    # What the pip part includes lies beside the file.
    lines = [_INCLUDED.sub(lambda found: f"{found[1]}{path.parent / found[2]}", line) for line in pip]
    included = [_with_included(path.parent / name) for line in pip for _, name in _INCLUDED.findall(line)]
    return Wanted(
        path.name,
        str(path),
        path.parent,
        "\n".join([text, *included]),
        text="".join(f"{line}\n" for line in lines),
        python=python if conda else _unless_ours(python if python.startswith((">", "<", "!", "~")) else f"=={python}.*"),
        channels=channels if conda else (),
        conda=tuple(conda),
    )


def _conda_version(version: str) -> str:
    """conda's way to write a version (`=3.10`, `==3.10.4`, `>=3.9,<3.12`) as uv's."""
    plain = version.replace(" ", "")
    return plain if plain.startswith((">", "<", "!", "~")) else plain.lstrip("=").partition("=")[0].removesuffix(".*")
