"""Runs and supervises one job on the machine it runs on. Standard library only, Python 3.8 or newer, Linux or macOS.

A script by itself: `agent.py COMMAND FOLDER ...`; the answer is one line of JSON on stdout. In the job's folder it keeps

- `lock`: held as long as the supervisor lives, so that a job is never started twice;
- `status.json`: written anew every two seconds and at the end: state, exit code, what the job uses;
- `log/<stdout>-<stderr>`: what the script writes, as frames (`o` or `e`, four bytes of length, the bytes), in parts that are named
  by how much of either stream came before them.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import io
import json
import os
import platform
import selectors
import shutil
import signal
import struct
import subprocess
import sys
import tarfile
import time
from pathlib import Path
from typing import IO, Any, Iterator  # noqa: UP035 (Python 3.8 has no other)

_BEAT_S = 2.0
_PART_BYTES = 4 * 1024 * 1024
_KEPT_BYTES = 256 * 1024 * 1024
_RESERVE_BYTES = 64 * 1024
_SUBREAPER = 36
_MARK = "WORKBENCH_SUPERVISED"
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def boot_id() -> str:
    """Another one after every start of the machine; empty where that is not told."""
    with contextlib.suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    return ""


def began(pid: int) -> str:
    """When a process began, in the system's own count: with the pid it names a process. Empty when there is none."""
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        return "" if fields[0] in "ZX" else fields[19]
    if not Path("/proc/self").exists():
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            done = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], stdout=subprocess.PIPE, check=True)
            return done.stdout.decode().strip()
    return ""


def parents() -> dict[int, int]:
    """The parent of every process."""
    found = {}
    if Path("/proc/self").exists():
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with contextlib.suppress(OSError, IndexError, ValueError):
                    fields = (entry / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
                    if fields[0] not in "ZX":
                        found[int(entry.name)] = int(fields[1])
        return found
    done = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], stdout=subprocess.PIPE, check=False)
    for line in done.stdout.decode().splitlines():
        pid, parent = line.split()
        found[int(pid)] = int(parent)
    return found


def descendants(root: int, table: dict[int, int] | None = None) -> set[int]:
    """The children of a process, and theirs; without a table of all processes the system is asked, where it knows."""
    found: set[int] = set()
    waiting = [root] if root else []
    while waiting:
        parent = waiting.pop()
        children: list[int] = []
        if table is None:
            try:
                for task in Path(f"/proc/{parent}/task").iterdir():
                    children += [int(pid) for pid in (task / "children").read_text("ascii").split()]
            except FileNotFoundError:
                if parent == root:
                    return descendants(root, parents())
            except OSError:
                continue
        else:
            children = [pid for pid, one in table.items() if one == parent]
        waiting += [pid for pid in children if pid not in found]
        found.update(children)
    return found


def members(folder: Path, supervisor: int) -> list[int]:
    """The job's processes: what descends from its supervisor, and whatever has our mark in its variables."""
    table = parents()
    found = descendants(supervisor, table)
    mark = os.fsencode(f"{_MARK}={folder}") + b"\0"
    for pid in table:
        with contextlib.suppress(OSError):
            if mark in Path(f"/proc/{pid}/environ").read_bytes() + b"\0":
                found.add(pid)
    ours = {os.getpid(), supervisor}
    up = os.getpid()
    while up := table.get(up, 0):
        ours.add(up)
    return sorted(found - ours)


def send(pids: list[int], number: int) -> None:
    for pid in pids:
        with contextlib.suppress(OSError):
            os.kill(pid, number)


def end_all(folder: Path, supervisor: int, grace: float) -> list[int]:
    """Asks all processes of the job to end, waits, then kills them; who lives all the same."""
    deadline = time.monotonic() + grace
    asked: set[int] = set()
    while (left := members(folder, supervisor)) and time.monotonic() < deadline:
        send([pid for pid in left if pid not in asked], signal.SIGTERM)
        asked |= set(left)
        time.sleep(0.05)
    deadline = time.monotonic() + 10
    while (left := members(folder, supervisor)) and time.monotonic() < deadline:
        send(left, signal.SIGKILL)
        time.sleep(0.02)
    return left


def write(path: Path, value: Any) -> None:
    """Whole or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with temporary.open("w", encoding="utf-8") as file:
        json.dump(value, file)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def read(path: Path) -> dict[str, Any] | None:
    try:
        return dict(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError):
        return None


def taken(folder: Path) -> int | None:
    """The lock of the job's folder as a descriptor; None when its supervisor holds it."""
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    os.set_inheritable(handle, False)
    return handle


def is_locked(folder: Path) -> bool:
    if not (folder / "lock").exists():
        return False
    handle = taken(folder)
    if handle is not None:
        os.close(handle)
    return handle is None


class Log:
    """What the script writes, as frames in parts; the oldest parts go when nobody fetches them for too long."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._folder.mkdir(exist_ok=True)
        self._part = folder
        self._parts: list[tuple[Path, int]] = []
        self._file: IO[bytes] | None = None
        self._size = 0
        self._lost = 0
        self.counts = {"o": 0, "e": 0}

    def add(self, stream: str, data: bytes) -> None:
        """Tolerates a full disk: the script must not stand still for its log. What is lost is said once there is room."""
        if self._lost:
            said, lost = f"[workbench] {self._lost:,} bytes could not be written there: the disk was full.\n", self._lost
            self._lost = 0
            if not self._written("e", said.encode()):
                self._lost = lost
        if not self._written(stream, data):
            self._lost += len(data)

    def _written(self, stream: str, data: bytes) -> bool:
        with contextlib.suppress(OSError):
            if self._file is None:
                self._size = 0
                self._part = self._folder / "{o:020d}-{e:020d}".format_map(self.counts)
                self._file = self._part.open("ab", buffering=0)
            frame = stream.encode() + struct.pack(">I", len(data)) + data
            written = 0
            try:
                while written < len(frame):
                    written += self._file.write(frame[written:]) or 0
            except OSError:
                os.truncate(self._file.fileno(), self._size)
                raise
            self._size += len(frame)
            self.counts[stream] += len(data)
            if self._size >= _PART_BYTES:
                self.close()
            return True
        return False

    def close(self) -> None:
        if self._file:
            self._file.close()
            self._file = None
            self._parts = [*(one for one in self._parts if one[0].exists()), (self._part, self._size)]
            while sum(size for _, size in self._parts) > _KEPT_BYTES:
                self._parts.pop(0)[0].unlink()


class Meter:
    """What the job's processes use."""

    def __init__(self, gpus: str) -> None:
        self._before: dict[int, float] = {}
        self._moved: dict[int, tuple[int, int]] = {}
        self._at = time.monotonic()
        self._smi = shutil.which("nvidia-smi") if gpus else None
        self._gpus = [name.strip() for name in gpus.split(",")]

    def read(self, pids: set[int]) -> dict[str, Any]:
        now, times, memory = time.monotonic(), {}, 0
        for pid in pids:
            with contextlib.suppress(OSError, IndexError, ValueError):
                fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
                times[pid] = (int(fields[11]) + int(fields[12])) / _TICKS
                memory += int(fields[21]) * _PAGE
            with contextlib.suppress(OSError, IndexError, ValueError):
                lines = Path(f"/proc/{pid}/io").read_text("ascii").splitlines()
                moved = {line.split(":")[0]: int(line.split(":")[1]) for line in lines}
                self._moved[pid] = (moved["read_bytes"], moved["write_bytes"])
        spent = sum(max(0.0, seconds - self._before.get(pid, 0.0)) for pid, seconds in times.items())
        elapsed = max(now - self._at, 0.001)
        self._before, self._at = times, now
        return {
            "cpus": spent / elapsed,
            "memory_mb": memory / 1e6,
            "disk_read_mb": sum(one[0] for one in self._moved.values()) / 1e6,
            "disk_written_mb": sum(one[1] for one in self._moved.values()) / 1e6,
            "gpus": self._graphics(),
        }

    def _graphics(self) -> list[tuple[float, float]]:
        if not self._smi:
            return []
        query = [self._smi, "--query-gpu=index,uuid,utilization.gpu,memory.used", "--format=csv,noheader,nounits"]
        found = []
        with contextlib.suppress(OSError, subprocess.SubprocessError, ValueError):
            done = subprocess.run(query, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=5, check=True)
            for line in done.stdout.decode().splitlines():
                index, uuid, busy, used = (part.strip() for part in line.split(","))
                if index in self._gpus or uuid in self._gpus:
                    found.append((float(busy) / 100, float(used)))
        return found


def oom_kills() -> int:
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in Path("/proc/vmstat").read_text("ascii").splitlines():
            if line.startswith("oom_kill "):
                return int(line.split()[1])
    return 0


class Supervisor:
    """Runs the script of one folder to its end. A process of its own; holds the folder's lock."""

    def __init__(self, folder: Path, job: dict[str, Any]) -> None:
        self._folder = folder
        self._job = job
        self._log = Log(folder / "log")
        self._meter = Meter(job["variables"].get("CUDA_VISIBLE_DEVICES", ""))
        self._code: int | None = None
        me = os.getpid()
        self.status: dict[str, Any] = {
            "state": "running",
            "note": job.get("note"),
            "pid": me,
            "began": began(me),
            "boot_id": boot_id(),
            "beat": 0,
        }

    def run(self, ready: int) -> None:
        """Writes a byte to `ready` when the script runs (or could not be started)."""
        (self._folder / "reserve").write_bytes(os.urandom(_RESERVE_BYTES))
        killed_before = oom_kills()
        try:
            process = self._start()
        except OSError as error:
            self.status.update(state="ended", exit_code=127, reason=f"The script could not be started: {error}.")
            write(self._folder / "status.json", self.status)
            os.write(ready, b"1")
            return
        self.status["process"] = process.pid
        write(self._folder / "status.json", self.status)
        os.write(ready, b"1")
        os.close(ready)
        self._watch(process)
        code = self._code if self._code is not None else -9
        self.status.update(state="ended", exit_code=code, out_of_memory=code in (-9, 137) and oom_kills() > killed_before)
        self._finish()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self._job["command"],
            cwd=self._job["cwd"],
            env={**self._job["variables"], _MARK: str(self._folder)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        """Until the script has ended, nothing is left of its processes, and its last words are in the log."""
        selector = selectors.DefaultSelector()
        for name, pipe in (("o", process.stdout), ("e", process.stderr)):
            if pipe:
                os.set_blocking(pipe.fileno(), False)
                selector.register(pipe, selectors.EVENT_READ, name)
        next_beat, last_words = 0.0, 0.0
        while True:
            for key, _ in selector.select(0.1) if selector.get_map() else ():
                self._take(selector, key)
            if not selector.get_map() and self._code is None:
                time.sleep(0.02)
            now = time.monotonic()
            if self._code is None and self._reap(process):
                end_all(self._folder, os.getpid(), self._grace())
                last_words = time.monotonic() + 5
            if self._code is not None and (not selector.get_map() or now > last_words):
                break
            if now >= next_beat and self._code is None:
                next_beat = now + _BEAT_S
                self._beat()
        self._reap(process)
        selector.close()

    def _grace(self) -> float:
        """What the script left running ends at once, but where the user cancels: it may still tidy up."""
        with contextlib.suppress(OSError, ValueError):
            return float((self._folder / "cancel").read_text("ascii"))
        return 1.0

    def _take(self, selector: selectors.BaseSelector, key: selectors.SelectorKey) -> None:
        try:
            data = os.read(key.fd, 65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._log.add(key.data, data)
        else:
            selector.unregister(key.fileobj)

    def _reap(self, process: subprocess.Popen[bytes]) -> bool:
        """Collects what has ended: the script, and grandchildren that came to us; whether the script has."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return self._code is not None
            if pid == 0:
                return self._code is not None
            if pid == process.pid:
                self._code = process.returncode = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)

    def _beat(self) -> None:
        self.status["beat"] += 1
        self.status["usage"] = self._meter.read(descendants(os.getpid()))
        with contextlib.suppress(OSError):
            write(self._folder / "status.json", self.status)

    def _finish(self) -> None:
        self._log.close()
        self.status["counts"] = self._log.counts
        with contextlib.suppress(OSError):
            (self._folder / "reserve").unlink()
        while True:
            try:
                write(self._folder / "status.json", self.status)
                return
            except FileNotFoundError:
                return  # the folder was removed meanwhile
            except OSError:
                time.sleep(1)  # a full disk may get room again


def start(folder: Path, job: dict[str, Any]) -> dict[str, Any]:
    """Starts the supervisor with the script, once: whoever asks again gets what is there."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    deadline = time.monotonic() + 30
    while True:
        lock = taken(folder)
        known = read(folder / "status.json")
        if known is not None:
            if lock is not None:
                os.close(lock)
            return known
        if lock is not None:
            break
        if time.monotonic() > deadline:
            raise SystemExit(f"the supervisor of {folder} does not say how it stands")
        time.sleep(0.05)
    hear, tell = os.pipe()
    child = os.fork()
    if child == 0:
        os.setsid()
        if os.fork():
            os._exit(0)
        os.close(hear)
        _supervise(folder, job, tell)
        os._exit(0)
    os.close(tell)
    os.close(lock)
    os.waitpid(child, 0)
    os.read(hear, 1)
    os.close(hear)
    known = read(folder / "status.json")
    if known is None:
        words = (folder / "agent.log").read_text("utf-8", "replace").strip().splitlines()
        raise SystemExit(words[-1] if words else "the supervisor did not start")
    return known


def _supervise(folder: Path, job: dict[str, Any], tell: int) -> None:
    """In the supervisor's process: lets go of all that belongs to the one that started it."""
    nothing = os.open(os.devnull, os.O_RDWR)
    words = os.open(folder / "agent.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for number, source in ((0, nothing), (1, nothing), (2, words)):
        os.dup2(source, number)
    for number in (signal.SIGHUP, signal.SIGPIPE, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)  # grandchildren whose parent ends become ours
    try:
        Supervisor(folder, job).run(tell)
    except BaseException:  # noqa: BLE001 (its last chance to say why)
        import traceback

        os.write(2, traceback.format_exc().encode())


def check(folder: Path) -> dict[str, Any]:
    """The status, and whether its supervisor lives; a job without one is ended."""
    status = read(folder / "status.json") or {"state": "absent"}
    alive = is_locked(folder)
    if status["state"] == "running" and not alive:
        status = read(folder / "status.json") or status  # it may have ended just now
    if status["state"] == "running" and not alive:
        end_all(folder, 0, 1.0)
        status["state"] = "gone"
    status["restarted"] = bool(status.get("boot_id")) and status["boot_id"] != boot_id()
    return {**status, "alive": alive}


def cancel(folder: Path, grace: float) -> dict[str, Any]:
    """Ends the job with all its processes, and waits for its supervisor's last word."""
    status = read(folder / "status.json") or {}
    alive = is_locked(folder)
    if alive:
        (folder / "cancel").write_text(str(grace), "ascii")
    left = end_all(folder, int(status.get("pid", 0)) if alive else 0, grace)
    deadline = time.monotonic() + 15
    while alive and is_locked(folder) and time.monotonic() < deadline:
        time.sleep(0.05)
    if alive and is_locked(folder):
        send([int(status.get("pid", 0))], signal.SIGKILL)
    return {"left": left}


def clean(folder: Path) -> dict[str, Any]:
    """Ends what still runs and removes the folder."""
    left = cancel(folder, 1.0)["left"] if folder.exists() else []
    for _ in range(3):
        for directory, _names, _files in os.walk(folder):
            with contextlib.suppress(OSError):
                Path(directory).chmod(0o700)
        shutil.rmtree(folder, ignore_errors=True)
    return {"left": left, "removed": not folder.exists()}


def outputs(root: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Each file below `root` that does not lead out of it, by its relative name."""
    inside = root.resolve()
    for directory, _names, files in os.walk(root):
        for name in files:
            path = Path(directory, name)
            with contextlib.suppress(OSError):
                if path.is_file() and inside in path.resolve().parents:
                    yield path.relative_to(root).as_posix(), path.stat()


def listing(root: Path) -> list[list[Any]]:
    """Name, size, time of change in nanoseconds, and age in seconds of each output."""
    return [[name, found.st_size, found.st_mtime_ns, max(0.0, time.time() - found.st_mtime)] for name, found in outputs(root)]


def pack(root: Path, names: list[str]) -> None:
    """The named outputs as a tar stream on stdout; one that has gone meanwhile, or grows, is sent as it is now."""
    known = {name for name, _ in outputs(root)}
    with tarfile.open(fileobj=sys.stdout.buffer, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                if name not in known:
                    continue
                with (root / name).open("rb") as file:
                    found = os.fstat(file.fileno())
                    entry = tarfile.TarInfo(name)
                    entry.size, entry.mtime, entry.mode = found.st_size, int(found.st_mtime), 0o644
                    archive.addfile(entry, _Padded(file, found.st_size))


class _Padded(io.RawIOBase):
    """A file that gives exactly so many bytes, whatever happens to it meanwhile."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self._file = file
        self._left = size

    def read(self, size: int = -1) -> bytes:
        wanted = self._left if size < 0 else min(size, self._left)
        data = self._file.read(wanted)
        data += b"\0" * (wanted - len(data))
        self._left -= wanted
        return data


def unpack(folder: Path, stream: IO[bytes], *, once: bool) -> dict[str, Any]:
    """A gzipped tar stream as the folder's new content; the old one stays until it is whole, and with `once` for good."""
    made = folder.with_name(f".{folder.name}.{os.getpid()}.new")
    made.mkdir(parents=True, mode=0o700)
    try:
        with tarfile.open(fileobj=stream, mode="r|gz") as archive:
            if hasattr(tarfile, "fully_trusted_filter"):
                archive.extraction_filter = tarfile.fully_trusted_filter  # it was made from the run's own snapshot
            archive.extractall(made)  # noqa: S202
        made.chmod(0o700)
        if not (once and folder.exists()):
            shutil.rmtree(folder, ignore_errors=True)
            made.rename(folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return {}


def libc() -> str:
    """`musl`, or `glibc 2.36`."""
    if list(Path("/lib").glob("ld-musl-*")):
        return "musl"
    return " ".join(platform.libc_ver()).strip() or "glibc 2.17"


def probe(folder: Path) -> dict[str, Any]:
    """What the machine is: for the environment, and for the test of the target."""
    there = folder
    while not there.exists():
        there = there.parent
    disk = os.statvfs(there)
    machine = os.uname()
    memory = 0
    own = [str(Path.home() / part / "bin") for part in (".local", ".cargo")]
    with contextlib.suppress(ValueError, OSError):
        memory = os.sysconf("SC_PHYS_PAGES") * _PAGE // 1_000_000
    return {
        "folder": str(folder),
        "system": machine.sysname,
        "machine": machine.machine,
        "libc": libc(),
        "python": sys.executable,
        "version": ".".join(str(part) for part in sys.version_info[:3]),
        "boot_id": boot_id(),
        "cpus": os.cpu_count() or 1,
        "memory_mb": memory,
        "uv": shutil.which("uv", path=os.pathsep.join([os.environ.get("PATH", os.defpath), *own])) or "",
        "gpus": len(list(Path("/proc/driver/nvidia/gpus").glob("*"))),
        "free_mb": disk.f_bavail * disk.f_frsize // 1_000_000,
        "writable": os.access(there, os.W_OK),
        "variables": dict(os.environ),
    }


def main(arguments: list[str]) -> int:
    command, folder = arguments[0], Path.cwd() / Path(arguments[1]).expanduser()
    answer: Any = {}
    if command == "start":
        answer = start(folder, json.load(sys.stdin))
    elif command == "check":
        answer = check(folder)
    elif command == "cancel":
        answer = cancel(folder, float(arguments[2]))
    elif command == "clean":
        answer = clean(folder)
    elif command == "outputs":
        answer = listing(folder)
    elif command == "pack":
        pack(folder, json.load(sys.stdin))
        return 0
    elif command == "unpack":
        answer = unpack(folder, sys.stdin.buffer, once="once" in arguments)
    elif command == "probe":
        answer = probe(folder)
    else:
        sys.stderr.write(f"no such command: {command}\n")
        return 2
    sys.stdout.write(json.dumps(answer) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
