"""What a snapshot leaves out, besides the `.gitignore` files in the project that git itself reads."""

import contextlib
import re
from pathlib import Path

from workbench.base.files import write_atomic

_ALWAYS = "/outputs/\n/.workbench/\n.venv/\n__pycache__/\n.ipynb_checkpoints/\n.DS_Store\n"


def write_excludes(folder: Path, target: Path) -> None:
    """Joins what is always ignored, the ignore files of the repository around, the user's private excludes and `.wbignore`, which
    wins."""
    parts = [_ALWAYS]
    top, common = _repository(folder)
    if top is not None and top != folder:
        inner = folder.relative_to(top)
        for depth in range(len(inner.parts)):
            above = top.joinpath(*inner.parts[:depth])
            below = "/".join(inner.parts[depth:])
            parts.append(_seen_from(_read(above / ".gitignore"), below))
    if common is not None:
        private = _read(common / "info" / "exclude")
        parts.append(private if top == folder or top is None else _seen_from(private, folder.relative_to(top).as_posix()))
    parts.append(_read(folder / ".wbignore"))
    content = "\n".join(parts).encode("utf-8", errors="surrogateescape")
    if not target.exists() or target.read_bytes() != content:
        write_atomic(target, content)


def _read(path: Path) -> str:
    with contextlib.suppress(OSError):
        return path.read_text("utf-8-sig", errors="surrogateescape")  # git leaves out the mark of some editors, too
    return ""


def _repository(folder: Path) -> tuple[Path | None, Path | None]:
    """The top folder of the user's repository around, and where it keeps what all its worktrees share."""
    for top in (folder, *folder.parents):
        git = top / ".git"
        if git.is_dir():
            return top, git
        if git.is_file():  # a worktree or submodule: the file says where its part is, and that says where the shared one is
            own = top / _read(git).removeprefix("gitdir:").strip()
            shared = _read(own / "commondir").strip()
            return top, (own / shared if shared else own)
    return None, None


def _seen_from(patterns: str, below: str) -> str:
    """The patterns of an ignore file further up, as they read in its folder `below`; those about other folders are dropped."""
    lines = []
    for line in patterns.splitlines():
        mark, body = ("!", line[1:]) if line.startswith("!") else ("", line)
        if not body.strip() or body.startswith("#"):
            continue
        anchored = "/" in body.rstrip("/ ")
        if not anchored or body.startswith("**/"):
            lines.append(line)
        elif found := re.match(rf"/?{re.escape(below)}/(.+)$", body):
            lines.append(f"{mark}/{found[1]}")
    return "\n".join(lines)
