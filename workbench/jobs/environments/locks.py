"""The text of a lock: one `name==version` a line; before them what else the building needs to know.

`# python: 3.10` names the Python that the project asks for. Lines with `--extra-index-url` and the like are those of the project's
own files. What these name with hashes has them behind its version. The packages of conda stand as addresses between `@EXPLICIT` and
`# from PyPI`.
"""

import contextlib
import re
from collections.abc import Sequence

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from workbench.base.errors import UserError

_PYTHON = "# python: "
_EXPLICIT = "@EXPLICIT"
_PIP = "# from PyPI"
_INDEX = re.compile(r"^\s*(-i|-f|--index-url|--extra-index-url|--find-links|--no-index)\b[\s=]*(\S*)", re.MULTILINE)

_HASHED = re.compile(r"^\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*===?\s*([^\s;,]+)")
_HASH = re.compile(r"--hash[=\s]+([a-z0-9]+:[0-9a-fA-F]+)")


def python_of(lock: str) -> str:
    """The Python that a lock was made for; empty: Workbench's own."""
    first = lock.partition("\n")[0]
    return first.removeprefix(_PYTHON).strip() if first.startswith(_PYTHON) else ""


def with_python(lock: str, python: str) -> str:
    """The lock, with the Python that its project asks for."""
    return f"{_PYTHON}{python}\n{lock}" if python else lock


def with_hashes(lock: str, content: str) -> str:
    """The lock, with the hashes that the project's own files give for these versions: the building refuses any other file.

    What resolves requirements takes no notice of them. https://pip.pypa.io/en/stable/topics/secure-installs/
    """
    given: dict[tuple[str, Version], list[str]] = {}
    for line in re.sub(r"\\\r?\n", " ", content).splitlines():
        if (found := _HASHED.match(line)) and (hashes := _HASH.findall(line)):
            with contextlib.suppress(InvalidVersion):
                given[canonicalize_name(found[1]), Version(found[2])] = hashes
    lines = []
    for line in lock.splitlines():
        name, _, version = line.partition("==")
        hashes = []
        with contextlib.suppress(InvalidVersion):
            hashes = given.get((canonicalize_name(name.strip()), Version(version.strip())), []) if given and version else []
        lines.append(" ".join([line, *(f"--hash={one}" for one in hashes)]))
    return "".join(f"{line}\n" for line in lines)


def is_conda(lock: str) -> bool:
    """Whether some packages of the lock are conda's."""
    return _EXPLICIT in lock.splitlines()


def conda_lock(addresses: Sequence[str], pip: str) -> str:
    """A lock of conda packages, each an address with its digest, and of those from PyPI."""
    return "\n".join([_EXPLICIT, *addresses, _PIP, ""]) + pip


def conda_parts(lock: str) -> tuple[str, str]:
    """What conda installs, as its own explicit file, and what uv installs above it."""
    conda, _, pip = lock[lock.index(_EXPLICIT) :].partition(f"{_PIP}\n")
    return conda, pip


def packages(lock: str) -> int:
    """How many packages a lock names."""
    return sum(bool(line.strip()) and not line.lstrip().startswith(("#", "-", "@")) for line in lock.splitlines())


def index_lines(text: str, shown: str, place: str) -> list[str]:
    """Where the packages come from, as far as the project's own files say it. Raises UserError for one with a password in it."""
    lines = []
    for option, value in _INDEX.findall(text):
        if option != "--no-index" and "://" not in value and "$" not in value:
            continue  # a folder of this machine
        if re.search(r"://[^/\s]*:[^/\s]*@", value) and "$" not in value.rpartition("@")[0]:
            hint = "Write ${NAME} in its place, and set NAME as a variable; or set the package index in the settings."
            raise UserError(
                f"{shown} names a package index with its password, which would be kept with every run.", hint=hint, place=place
            )
        name = {"-i": "--index-url", "-f": "--find-links"}.get(option, option)
        lines.append(f"{name} {value}".strip())
    return list(dict.fromkeys(lines))
