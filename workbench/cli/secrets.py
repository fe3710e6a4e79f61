"""`workbench secret`: values that run configurations refer to as `secret:NAME`."""

import re
import sys
from typing import Annotated

import typer

from workbench.base.errors import NotFound, UserError
from workbench.cli.output import Output, OutputOption

app = typer.Typer(help="Secrets for variables of run configurations: set, list, delete.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="What a configuration calls it: secret:NAME", show_default=False)]
_NAME = re.compile(r"[^\s\x00-\x1f/:](?:[^\x00-\x1f/:]{0,198}[^\s\x00-\x1f/:])?")


@app.command("set")
def set_secret(name: Name) -> None:
    r"""Keep a secret on this machine. The value is asked for, or read from a pipe; it is never an argument.

    It goes to the system's keyring, or to a file that only you can read. A variable of a run configuration whose value is
    secret:NAME gets it when a job starts; records, snapshots and logs never show it.

    \b
    Examples:
      workbench secret set db-password
      pass show db | workbench secret set db-password
    """
    from workbench.base.masking import SHORTEST, stored_name
    from workbench.base.paths import WorkspacePaths
    from workbench.base.secrets import SecretStore
    from workbench.cli.output import say

    if not _NAME.fullmatch(name):
        raise UserError(f"{name!r} is no name for a secret.", hint="Use letters, digits, and signs such as - and _.")
    value = str(typer.prompt(f"Value of {name}", hide_input=True, err=True)) if sys.stdin.isatty() else _piped()
    if not value:
        raise UserError("The value is empty; nothing was kept.")
    if "\0" in value:
        raise UserError("The value holds a NUL character, which no variable can have; nothing was kept.")
    SecretStore(WorkspacePaths.default().root).set(stored_name(name), value)
    say(f'Kept. In a run configuration, under [variables]: NAME_OF_VARIABLE = "secret:{name}"')
    if len(value) < SHORTEST:
        say(f"It has fewer than {SHORTEST} characters: logs cannot black it out, since ordinary words would go with it.")


@app.command("list")
def list_secrets(output: OutputOption = Output.TABLE) -> None:
    r"""List the names of the secrets that this machine keeps; their values are never shown.

    \b
    Example:
      workbench secret list
    """
    from workbench.base.masking import names_for_variables
    from workbench.base.paths import WorkspacePaths
    from workbench.base.secrets import SecretStore
    from workbench.cli.output import print_json, print_table, table

    names = names_for_variables(SecretStore(WorkspacePaths.default().root).names())
    if output is Output.JSON:
        print_json(names)
        return
    rows = table("name", "in a run configuration")
    for name in names:
        rows.add_row(name, f"secret:{name}")
    print_table(rows, "There are no secrets yet. Keep one with: workbench secret set NAME")


@app.command("delete")
def delete_secret(name: Name) -> None:
    r"""Forget a secret.

    \b
    Example:
      workbench secret delete db-password
    """
    from workbench.base.masking import names_for_variables, stored_name
    from workbench.base.paths import WorkspacePaths
    from workbench.base.secrets import SecretStore
    from workbench.cli.output import say

    store = SecretStore(WorkspacePaths.default().root)
    if store.get(stored_name(name)) is None:
        known = names_for_variables(store.names())
        hint = f"It keeps: {', '.join(known[:10])}." if known else ""
        raise NotFound(f"This machine keeps no secret {name}.", hint=hint)
    store.delete(stored_name(name))
    say(f"The secret {name} is forgotten.")


def _piped() -> str:
    try:
        return sys.stdin.read().rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise UserError("The value is no text in UTF-8; nothing was kept.", hint="Encode it, e.g. with base64.") from error
