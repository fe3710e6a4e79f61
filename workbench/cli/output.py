"""What the commands write: results to stdout, all else to stderr; lists as a table for people or JSON for programs."""

import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from pydantic import BaseModel
    from rich.console import Console
    from rich.table import Table


# Control characters but tab and line feed, and those that turn the direction of writing. None of them has a width.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Output(StrEnum):
    """The two ways to show a result."""

    TABLE = "table"
    JSON = "json"


OutputOption = Annotated[Output, typer.Option("--output", "-o", help="A table to read, or JSON alone on stdout for programs.")]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


def _console(*, stderr: bool) -> "Console":
    from rich.console import Console
    from rich.segment import Segment

    class Plain(Console):
        """A console that leaves it to the one place of errors what a closed pipe means; rich would end with 1.

        Names and values come from scripts, files and other people: what would steer the terminal is left out of them.
        """

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

        def render(self, renderable: Any, options: Any = None) -> Iterator[Segment]:
            for text, style, control in super().render(renderable, options):
                yield Segment(text if control else _STEERING.sub("", text), style, control)

    stream = sys.stderr if stderr else sys.stdout
    # A pipe or file has no width of its own: wide enough that no table is cut.
    width = None if stream.isatty() or "COLUMNS" in os.environ else 160
    return Plain(stderr=stderr, width=width, highlight=False, soft_wrap=False, emoji=False)


def out() -> "Console":
    """The console of results."""
    return _console(stderr=False)


def err() -> "Console":
    """The console of progress, questions and errors: stdout stays clean."""
    return _console(stderr=True)


def say(text: str) -> None:
    """One line of progress or confirmation on stderr; square brackets in it are meant literally."""
    err().print(text, markup=False, soft_wrap=True)


def print_json(value: Any) -> None:
    """Writes one JSON document to stdout, and nothing else."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n")


def plain(model: "BaseModel") -> Any:
    """A wire object as JSON values (NaN and infinities as text, as on the wire)."""
    return json.loads(model.model_dump_json())


def print_models(models: Iterable["BaseModel"]) -> None:
    """Writes wire objects as one JSON list."""
    print_json([plain(model) for model in models])


def table(*columns: str, title: str = "", right: Sequence[str] = ()) -> "Table":
    """An empty table in the house's style; `right` names the columns of numbers."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    made = Table(
        title=title or None, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False, header_style="bold"
    )
    for column in columns:
        made.add_column(column, justify="right" if column in right else "left", overflow="fold")
    return made


def print_table(made: "Table", empty: str) -> None:
    """Prints a table, or the sentence `empty` on stderr when it has no rows."""
    if made.row_count:
        out().print(made)
    else:
        say(empty)


def confirm(question: str, *, yes: bool) -> None:
    """Goes on when the user agrees. Raises Cancelled, or UserError where nobody can be asked."""
    from workbench.base.errors import Cancelled, UserError

    if yes:
        return
    if not sys.stdin.isatty():
        raise UserError(f"{question} Nobody can be asked here.", hint="Give --yes to go on without a question.")
    if not typer.confirm(question, err=True):
        raise Cancelled("Nothing was changed.")
