"""The outputs of a run: those that the script wrote into its working copy, and those that came through the server meanwhile.

While the script runs, the two are apart: `work/outputs` and `outputs`. At the end the first are moved to the others.
"""

import contextlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

from workbench.base.files import file_digest, readable_name, write_json
from workbench.jobs.folder import RunFolder


def collect_outputs(folder: RunFolder, *, follow: bool = True) -> None:
    """Moves `work/outputs` into `outputs`, removes the working copy, and writes the list of the outputs. May be called again.

    Where both have a file of one name with different content, the newer one keeps the name and the older gets a number. A name
    that is no text (bytes that are no UTF-8) is changed to one that is: `%FF` for the byte.
    `follow`: a script that runs as the user may have made `outputs` a link to another folder, whose files are taken; one in a
    container may not, since its links lead to places of this machine that it cannot see itself.
    """
    made = folder.work / "outputs"
    if folder.outputs.is_symlink():
        folder.outputs.unlink()
    if made.is_symlink() and not follow:
        made.unlink()
    if made.is_symlink():
        shutil.copytree(made.resolve(), folder.outputs, dirs_exist_ok=True)
    elif made.is_dir():
        _merge(made, folder.outputs)
    else:
        folder.outputs.mkdir(exist_ok=True)
    shutil.rmtree(folder.work, ignore_errors=True)
    if folder.work.exists():
        _make_writable(folder.work)
        shutil.rmtree(folder.work, ignore_errors=True)
    make_readable(folder.outputs)
    write_json(folder.artifacts, list_outputs(folder.outputs))


def output_folders(folder: RunFolder) -> tuple[Path, ...]:
    """Where the run's outputs are now: also in the working copy while it is there.

    A link that the script has put in their place is left out: it may lead anywhere.
    """
    made = folder.work / "outputs"
    return tuple(one for one in (made, folder.outputs) if not one.is_symlink() and (one is not made or made.is_dir()))


def list_outputs(root: Path, *, digests: bool = True) -> list[dict[str, Any]]:
    """Path (relative, forward slashes), size and digest of every file; links that lead out of the outputs are left out.

    So are names that are no text: no record can keep them. They get others at the end.
    """
    found = []
    inside = root.resolve()
    for directory, _names, files in os.walk(root):
        for name in files:
            path = Path(directory, name)
            with contextlib.suppress(OSError):
                if _is_text(str(path)) and path.is_file() and path.resolve().is_relative_to(inside):
                    digest = file_digest(path) if digests else ""
                    found.append({"path": path.relative_to(root).as_posix(), "size": path.stat().st_size, "digest": digest})
    return sorted(found, key=lambda one: str(one["path"]))


def outputs_so_far(folder: RunFolder) -> list[dict[str, Any]]:
    """The files that are there while the script runs, without digests: they may still grow."""
    found = {one["path"]: one for root in reversed(output_folders(folder)) for one in list_outputs(root, digests=False)}
    return [found[path] for path in sorted(found)]


def read_outputs(folder: RunFolder) -> list[dict[str, Any]]:
    """The list that was written at the end, with what came after it; or a new one where there is none."""
    try:
        listed = {one["path"]: one for one in json.loads(folder.artifacts.read_text("utf-8"))}
    except (OSError, ValueError):
        return list_outputs(folder.outputs)
    now = list_outputs(folder.outputs, digests=False)
    if [(one["path"], one["size"]) for one in now] != [(path, one["size"]) for path, one in listed.items()]:
        return list_outputs(folder.outputs)
    return list(listed.values())


def _merge(source: Path, target: Path) -> None:
    """Moves all of `source` into `target`; nothing there is overwritten."""
    if not target.exists():
        source.rename(target)
        return
    for one in list(source.iterdir()):
        place = target / one.name
        if not os.path.lexists(place):
            one.rename(place)
        elif one.is_dir() and not one.is_symlink() and place.is_dir():
            _merge(one, place)
        elif one.is_file() and place.is_file() and file_digest(one) == file_digest(place):
            one.unlink()
        else:
            if one.lstat().st_mtime >= place.lstat().st_mtime:
                place.rename(_free_name(place))
            one.rename(place if not os.path.lexists(place) else _free_name(place))


def _free_name(path: Path) -> Path:
    number = 1
    while os.path.lexists(free := path.with_name(f"{path.stem}-{number}{path.suffix}")):
        number += 1
    return free


def _is_text(name: str) -> bool:
    return readable_name(name) == name


def make_readable(root: Path) -> None:
    """Gives text as names to what lies under the folder, the innermost first."""
    for directory, names, files in os.walk(root, topdown=False):
        for name in (*files, *names):
            if not _is_text(name):
                place = Path(directory, readable_name(name))
                Path(directory, name).rename(place if not os.path.lexists(place) else _free_name(place))


def _make_writable(root: Path) -> None:
    for directory, _names, _files in os.walk(root):
        with contextlib.suppress(OSError):
            Path(directory).chmod(0o700)
