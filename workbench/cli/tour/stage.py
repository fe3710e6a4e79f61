"""The tour's stage: numbered steps with their times, and lines of what happens in them."""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from rich.console import Console
from rich.markup import escape

from workbench.cli.format import duration

STEPS = 9


@dataclass
class Stage:
    """Prints the steps and keeps their times; used by one thread."""

    console: Console
    times: list[tuple[str, float]] = field(default_factory=list)

    @contextlib.contextmanager
    def step(self, title: str) -> Iterator[None]:
        """One of the nine steps: its title, then what it says, then its time."""
        self.console.print(f"\n[bold cyan]{len(self.times) + 1}/{STEPS}[/] [bold]{escape(title)}[/]")
        began = time.monotonic()
        yield
        self.times.append((title, time.monotonic() - began))
        self.console.print(f"    [dim]{duration(self.times[-1][1])}[/]")

    def tell(self, text: str) -> None:
        """A line of the current step; square brackets are meant literally."""
        self.console.print(f"    {text}", markup=False, soft_wrap=True)

    @contextlib.contextmanager
    def waiting(self, text: str) -> Iterator[None]:
        """A spinner while something takes its time; on a pipe only the line."""
        if self.console.is_terminal:
            with self.console.status(escape(text)):
                yield
        else:
            self.tell(text)
            yield

    @property
    def total(self) -> float:
        """Seconds of all steps so far."""
        return sum(seconds for _, seconds in self.times)
