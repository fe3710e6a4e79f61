"""A clock that can be set under whole processes, their children too: what they ask of the time comes through a small library."""

import os
import platform
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

_CALLS = {"x86_64": 228, "aarch64": 113}  # the kernel's number of clock_gettime

_SOURCE = """
struct timespec { long seconds, nanoseconds; };
struct timeval { long seconds, microseconds; };
extern long syscall(long number, ...);
extern char *getenv(const char *name);
extern int open(const char *path, int flags, ...);
extern long read(int file, void *data, unsigned long size);
extern int close(int file);

static long shift(void) {
    char text[32];
    const char *path = getenv("TEST_CLOCK_SHIFT");
    int file = path ? open(path, 02000000) : -1;
    long size = file < 0 ? 0 : read(file, text, sizeof text), value = 0, at = 0, sign = 1;
    if (file >= 0) close(file);
    if (size > 0 && text[0] == '-') sign = -1, at = 1;
    for (; at < size && text[at] >= '0' && text[at] <= '9'; at++) value = value * 10 + text[at] - '0';
    return sign * value;
}

int clock_gettime(int clock, struct timespec *now) {
    int failed = syscall(CLOCK_GETTIME, clock, now);
    if (!failed && (clock == 0 || clock == 5)) now->seconds += shift();
    return failed;
}

int gettimeofday(struct timeval *now, void *zone) {
    struct timespec found;
    clock_gettime(0, &found);
    now->seconds = found.seconds;
    now->microseconds = found.nanoseconds / 1000;
    return 0;
}

long time(long *result) {
    struct timespec found;
    clock_gettime(0, &found);
    if (result) *result = found.seconds;
    return found.seconds;
}
"""


def compiler() -> str:
    """The C compiler of this machine, where its clock can be set like this; else empty."""
    if platform.machine() not in _CALLS or platform.system() != "Linux":
        return ""
    return shutil.which("tcc") or shutil.which("cc") or ""


class SetClock:
    """The clock of all processes that get `variables`; files keep the machine's own time."""

    def __init__(self, folder: Path) -> None:
        self._shift = folder / "clock-shift"
        self.set(0)
        source, library = folder / "clock.c", folder / "clock.so"
        source.write_text(_SOURCE, "ascii")
        number = f"-DCLOCK_GETTIME={_CALLS[platform.machine()]}"
        command = [compiler(), "-shared", "-fPIC", "-nostdlib", number, "-o", str(library), str(source)]
        subprocess.run(command, check=True, capture_output=True)
        self.variables: Mapping[str, str] = {"LD_PRELOAD": str(library), "TEST_CLOCK_SHIFT": str(self._shift)}

    def set(self, seconds: int) -> None:
        """So far from the true time, from now on."""
        new = self._shift.with_name("clock-shift.new")
        new.write_text(str(seconds), "ascii")
        os.replace(new, self._shift)  # noqa: PTH105 (each reader finds one of the two)
