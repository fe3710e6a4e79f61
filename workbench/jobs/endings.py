"""How a job ended, in a sentence; and ending all its processes."""

import contextlib
import os
import re
import signal
import sys
from pathlib import Path, PurePosixPath

import psutil

from workbench.base.processes import is_alive, kill_tree
from workbench.jobs.advice import Given, advice
from workbench.jobs.cappedfile import tail

_TAIL_BYTES = 64 * 1024
_OWN_PREFIX = "[workbench] "
_JAVA = re.compile(r'^(Caused by: |Exception in thread "[^"]*" )')
_PLACE = re.compile(r'\s+File "(?P<file>.+)", line (?P<line>\d+)')


def end_processes(pid: int, began: float | None, *, grace: float = 5.0) -> None:
    """Ends the job's process, its children, and what else is left of its session (children whose parent has gone)."""
    if pid <= 0:
        return
    if is_alive(pid, began):
        kill_tree(pid, grace=grace)
    for member in _session(pid, began):
        kill_tree(member, grace=min(grace, 1.0))


def _session(leader: int, began: float | None) -> list[int]:
    if sys.platform == "win32":
        return []
    found = []
    for pid in psutil.pids():
        with contextlib.suppress(OSError, psutil.Error):
            # A number given again to a later session began before none of its members.
            if os.getsid(pid) == leader and (began is None or psutil.Process(pid).create_time() >= began - 1.5):
                found.append(pid)
    return found


def oom_kills() -> int:
    """How many processes this system has killed for want of memory; 0 where it does not say."""
    try:
        for line in Path("/proc/vmstat").read_text("ascii").splitlines():
            if line.startswith("oom_kill "):
                return int(line.split()[1])
    except (OSError, ValueError):
        pass
    return 0


def explain_exit(
    code: int,
    log: Path,
    work: Path,
    given: Given,
    *,
    ran_out_of_memory: bool,
    memory_mb: int = 0,
    preparation: bool = False,
) -> str:
    """Why a script with this exit code failed: the last exception of its log with its place, a signal, or the code.

    `work`: the working copy, as the script saw it; `memory_mb`: what it was allowed.
    """
    if ran_out_of_memory and memory_mb:
        return f"The script was stopped: it used more than its {memory_mb} MB of memory."
    if code < 0 or code in {128 + signal.SIGTERM, 137}:
        number = -code if code < 0 else code - 128
        name = _signal_name(number)
        if number == 9 and ran_out_of_memory:
            return f"The machine ran out of memory and killed the script ({name}). Use less data at a time, or a bigger machine."
        if number in {4, 6, 7, 8, 11}:
            return f"The script crashed in native code with signal {name}; the log's end may say more."
        if code < 0:
            return f"The script was ended from outside by signal {name}."
    lines = _tail(log)
    last = next((line.strip() for line in reversed(lines) if line.strip() and not line.startswith(_OWN_PREFIX)), "")
    if preparation and last:
        return last[:1000]  # it says in one sentence itself why it failed
    if found := _exception(lines, work):
        return f"{found}. {advice(found.rpartition(' in ')[0], lines, given)}".rstrip()
    if code > 0 and (java := _java_exception(lines)):
        return f"{java}."
    said = f" Its last line: {last[:300]}" if last else ""
    return f"The script ended with exit code {code}.{said}"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)


def _tail(log: Path) -> list[str]:
    return tail(log, _TAIL_BYTES).decode("utf-8", "replace").splitlines()


def _exception(lines: list[str], work: Path) -> str:
    """The last exception with the innermost place in the project's own files: `KeyError: 'x' in train.py line 12`."""
    starts = [number for number, line in enumerate(lines) if line.startswith("Traceback (most recent call last):")]
    begin = starts[-1] + 1 if starts else max(0, len(lines) - 12)
    places: list[tuple[str, str]] = []
    for line in lines[begin:]:
        if match := _PLACE.match(line):
            places.append((match["file"], match["line"]))
        elif places and line.strip() and not line[0].isspace():
            if not starts and not re.match(r"\w*(Error|Exception)\b", line):
                return ""
            where = _innermost(places, work)
            return f"{line.strip()[:400].rstrip('.')} in {where[0]} line {where[1]}"
    return ""


def _java_exception(lines: list[str]) -> str:
    """What Spark's launcher died of, where no Python began: the first line of the last exception of its log."""
    for number in range(len(lines) - 1, 0, -1):
        if lines[number].startswith("\tat ") and not lines[number - 1].startswith("\t"):
            found = _JAVA.sub("", lines[number - 1]).strip()
            return found[:400].rstrip(".") if re.match(r"[\w.$]+(Exception|Error)\b", found) else ""
    return ""


def _innermost(places: list[tuple[str, str]], work: Path) -> tuple[str, str]:
    root = work.resolve()
    places = [one for one in places if not one[0].startswith("<")] or places  # <frozen os>, <string>
    for file, line in reversed(places):
        path = Path(file) if Path(file).is_absolute() else root / file
        if path.is_relative_to(root) or path.is_relative_to(work):
            inner = path.relative_to(root if path.is_relative_to(root) else work)
            return PurePosixPath(inner).as_posix(), line
    return Path(places[-1][0]).name, places[-1][1]
