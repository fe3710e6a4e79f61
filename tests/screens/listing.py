"""The list of screens: each has a name, a place of the rail (or `shell`), and a function that brings it about and takes it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.screens.stage import Stage
from workbench.client import Client


@dataclass(frozen=True)
class Props:
    """What the screens are about."""

    project: Path
    scratch: Path
    """A folder with files that are no data."""
    client: Client


Act = Callable[[Stage, Props], None]


@dataclass(frozen=True)
class Screen:
    """One screen; `act` may take several pictures, whose names begin with `name`."""

    name: str
    place: str
    title: str
    act: Act
    project: bool = True
    """Whether the project is open when it begins."""


SCREENS: list[Screen] = []


def screen(name: str, place: str, title: str, *, project: bool = True) -> Callable[[Act], Act]:
    """Adds the decorated function to the list."""

    def add(act: Act) -> Act:
        SCREENS.append(Screen(name, place, title, act, project))
        return act

    return add


def all_screens() -> list[Screen]:
    """All screens, in the order in which they are taken."""
    from tests.screens import analysis, preparing, shell, sources  # noqa: F401 (they add their screens)

    return sorted(SCREENS, key=lambda one: one.project)
