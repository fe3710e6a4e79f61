"""`workbench secret`: values that run configurations refer to as `secret:NAME`."""

import sys
from typing import Annotated

import typer

from workbench.base.errors import NotFound, UserError

app = typer.Typer(help="Secrets for variables of run configurations: set, delete.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="What a configuration calls it: secret:NAME", show_default=False)]


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
    from workbench.base.masking import stored_name
    from workbench.base.paths import WorkspacePaths
    from workbench.base.secrets import SecretStore
    from workbench.cli.output import say

    asked = typer.prompt(f"Value of {name}", hide_input=True, err=True) if sys.stdin.isatty() else sys.stdin.read().rstrip("\r\n")
    value = str(asked)
    if not value:
        raise UserError("The value is empty; nothing was kept.")
    SecretStore(WorkspacePaths.default().root).set(stored_name(name), value)
    say(f'Kept. In a run configuration, under [variables]: NAME_OF_VARIABLE = "secret:{name}"')


@app.command("delete")
def delete_secret(name: Name) -> None:
    r"""Forget a secret.

    \b
    Example:
      workbench secret delete db-password
    """
    from workbench.base.masking import stored_name
    from workbench.base.paths import WorkspacePaths
    from workbench.base.secrets import SecretStore
    from workbench.cli.output import say

    store = SecretStore(WorkspacePaths.default().root)
    if store.get(stored_name(name)) is None:
        raise NotFound(f"This machine keeps no secret {name}.")
    store.delete(stored_name(name))
    say(f"The secret {name} is forgotten.")
