"""What Qt needs of the system: asked of Qt itself in a process of its own, and of the loader."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from workbench.cli.doctor.finding import Finding
from workbench.cli.doctor.system import install_line

# library: (package of Debian and Ubuntu, package of Fedora)
PACKAGES = {
    "libEGL.so.1": ("libegl1", "libglvnd-egl"),
    "libGL.so.1": ("libgl1", "libglvnd-glx"),
    "libGLX.so.0": ("libglx0", "libglvnd-glx"),
    "libGLdispatch.so.0": ("libglvnd0", "libglvnd"),
    "libOpenGL.so.0": ("libopengl0", "libglvnd-opengl"),
    "libX11-xcb.so.1": ("libx11-xcb1", "libX11-xcb"),
    "libX11.so.6": ("libx11-6", "libX11"),
    "libICE.so.6": ("libice6", "libICE"),
    "libSM.so.6": ("libsm6", "libSM"),
    "libdbus-1.so.3": ("libdbus-1-3", "dbus-libs"),
    "libexpat.so.1": ("libexpat1", "expat"),
    "libfontconfig.so.1": ("libfontconfig1", "fontconfig"),
    "libfreetype.so.6": ("libfreetype6", "freetype"),
    "libglib-2.0.so.0": ("libglib2.0-0", "glib2"),
    "libgthread-2.0.so.0": ("libglib2.0-0", "glib2"),
    "libpng16.so.16": ("libpng16-16", "libpng"),
    "libwayland-client.so.0": ("libwayland-client0", "libwayland-client"),
    "libwayland-cursor.so.0": ("libwayland-cursor0", "libwayland-cursor"),
    "libwayland-egl.so.1": ("libwayland-egl1", "libwayland-egl"),
    "libxcb-cursor.so.0": ("libxcb-cursor0", "xcb-util-cursor"),
    "libxcb-icccm.so.4": ("libxcb-icccm4", "xcb-util-wm"),
    "libxcb-image.so.0": ("libxcb-image0", "xcb-util-image"),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1", "xcb-util-keysyms"),
    "libxcb-randr.so.0": ("libxcb-randr0", "libxcb"),
    "libxcb-render-util.so.0": ("libxcb-render-util0", "xcb-util-renderutil"),
    "libxcb-render.so.0": ("libxcb-render0", "libxcb"),
    "libxcb-shape.so.0": ("libxcb-shape0", "libxcb"),
    "libxcb-shm.so.0": ("libxcb-shm0", "libxcb"),
    "libxcb-sync.so.1": ("libxcb-sync1", "libxcb"),
    "libxcb-util.so.1": ("libxcb-util1", "xcb-util"),
    "libxcb-xfixes.so.0": ("libxcb-xfixes0", "libxcb"),
    "libxcb-xkb.so.1": ("libxcb-xkb1", "libxcb"),
    "libxcb.so.1": ("libxcb1", "libxcb"),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0", "libxkbcommon-x11"),
    "libxkbcommon.so.0": ("libxkbcommon0", "libxkbcommon"),
    "libz.so.1": ("zlib1g", "zlib-ng-compat"),
    "libzstd.so.1": ("libzstd1", "libzstd"),
}
_LIBRARY = re.compile(r"\b(lib[\w.+-]+\.so[.\d]*)")


def check_qt() -> Finding:
    """Loads Qt's window modules; the libraries that it lacks, with those of the display's plugin, become one install line."""
    spec = importlib.util.find_spec("PySide6")
    if spec is None or spec.origin is None:
        return Finding("Qt", "missing", "PySide6 is not installed.", "Install Workbench again: uv sync")
    folder = Path(spec.origin).parent
    reason = _import_error()
    lacking = missing_libraries([folder / "QtGui.abi3.so", folder / "QtWidgets.abi3.so"]) | set(_LIBRARY.findall(reason))
    plugin = folder / "Qt" / "plugins" / "platforms" / ("libqwayland.so" if _only_wayland() else "libqxcb.so")
    for_windows = missing_libraries([plugin])
    if reason:
        detail = f"cannot be loaded: {', '.join(sorted(lacking)) or reason}. The app needs it."
        return Finding("Qt", "missing", detail, remedy(lacking | for_windows))
    if for_windows:
        detail = f"loads, but its windows need {', '.join(sorted(for_windows))}."
        return Finding("Qt", "missing" if has_screen() else "warning", detail, remedy(for_windows))
    return Finding("Qt", "ok", _version())


def check_display() -> Finding:
    """Whether there is a display to open the app on."""
    if sys.platform in {"win32", "darwin"}:
        return Finding("display", "ok", "the system's own")
    for name in ("WAYLAND_DISPLAY", "DISPLAY"):
        if os.environ.get(name):
            return Finding("display", "ok", f"{name}={os.environ[name]}")
    return Finding("display", "warning", "none: the app cannot open a window here; all commands work.")


def has_screen() -> bool:
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _only_wayland() -> bool:
    return bool(os.environ.get("WAYLAND_DISPLAY")) and not os.environ.get("DISPLAY")


def _import_error() -> str:
    """What Python says when the window modules are loaded in a fresh process; empty when they load."""
    code = "import PySide6.QtGui, PySide6.QtWidgets"
    try:
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.SubprocessError) as error:
        return str(error)
    if done.returncode == 0:
        return ""
    return (done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"])[-1]


def missing_libraries(files: list[Path]) -> set[str]:
    """The libraries that the loader does not find for these files; empty where there is no `ldd`."""
    if sys.platform != "linux" or shutil.which("ldd") is None:
        return set()
    found: set[str] = set()
    for file in files:
        if file.exists():
            try:
                answer = subprocess.run(["ldd", str(file)], capture_output=True, text=True, timeout=30, check=False).stdout
            except (OSError, subprocess.SubprocessError):
                continue
            found |= {line.split()[0] for line in answer.splitlines() if "not found" in line}
    return found


def remedy(libraries: set[str]) -> str:
    """The line that installs these libraries; names those that are not in our list."""
    known = [PACKAGES[name] for name in libraries if name in PACKAGES]
    unknown = sorted(libraries - PACKAGES.keys())
    line = install_line([apt for apt, _ in known], [dnf for _, dnf in known]) if known else ""
    rest = f"Install the packages with {', '.join(unknown)}." if unknown else ""
    return "  ".join(filter(None, (line, rest))) or "Install Qt's system libraries with your package manager."


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"PySide6 {version('pyside6-essentials')}"
    except PackageNotFoundError:
        return "PySide6"
