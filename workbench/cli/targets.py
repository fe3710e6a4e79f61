"""`workbench target`: the places where jobs run."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.base.errors import EnvironmentError_, UserError
from workbench.cli.context import ProjectOption, checked, connected, open_project
from workbench.cli.output import Output, OutputOption, YesOption

if TYPE_CHECKING:
    from pydantic import BaseModel

    from workbench.schema import Target

app = typer.Typer(help="Places where jobs run: this machine, Docker, machines over SSH, Spark.", no_args_is_help=True)


_YES = frozenset({"1", "true", "yes", "on"})
_NO = frozenset({"0", "false", "no", "off"})


class Kind(StrEnum):
    """The kinds of targets, as an option's choices."""

    LOCAL = "local"
    DOCKER = "docker"
    SSH = "ssh"
    SSH_DOCKER = "ssh-docker"
    SPARK = "spark"


def _names(incomplete: str) -> list[str]:
    with connected(start=False) as client:
        return [target.name for target in client.targets() if target.name.startswith(incomplete)]


TargetArgument = Annotated[str, typer.Argument(help="Name of the target.", show_default=False, autocompletion=_names)]


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="A name for it.", show_default=False)],
    kind: Annotated[Kind, typer.Option("--kind", "-k", help="What it is.", show_default=False)],
    option: Annotated[
        list[str] | None,
        typer.Option("--set", "-s", help="KEY=VALUE of its settings; may be repeated, also for lists.", show_default=False),
    ] = None,
    address: Annotated[str, typer.Option("--address", "-a", help="Machine to reach over SSH.", show_default=False)] = "",
    username: Annotated[str, typer.Option("--username", "-u", help="User there.", show_default=False)] = "",
    generate_key: Annotated[bool, typer.Option("--generate-key", help="Make a key pair, and print the public key.")] = False,
    ask_password: Annotated[bool, typer.Option("--ask-password", help="Ask for the password; it goes to the keyring.")] = False,
    cpus: Annotated[float, typer.Option("--cpus", min=0, help="Cores for jobs at a time. 0: what the machine has.")] = 0,
    memory_mb: Annotated[int, typer.Option("--memory-mb", min=0, help="Memory for jobs at a time. 0: what it has.")] = 0,
    gpus: Annotated[int, typer.Option("--gpus", min=0, help="GPUs for jobs at a time. 0: what it has.")] = 0,
    change: Annotated[bool, typer.Option("--change", help="Change the target of this name.")] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Add a target, or change one.

    The settings of each kind are in the manual (docs/targets.md): image, proxy, volumes, python, master ...

    \b
    Examples:
      workbench target add docker --kind docker --set image=python:3.12-slim
      workbench target add box --kind ssh --address box.example.org --username ada --generate-key
      workbench target add cluster --kind spark --set master=spark://host:7077
      workbench target add local --kind local --cpus 4 --change
    """
    from workbench.cli.output import plain, print_json, say
    from workbench.schema import TargetRequest

    password = typer.prompt("Password", hide_input=True, err=True) if ask_password else None
    values = {"kind": kind.value, **settings(kind.value, option or [])}
    values |= {key: value for key, value in (("address", address), ("username", username)) if value}
    content = {
        "name": name,
        "spec": values,
        "slots": {"cpus": cpus, "memory_mb": memory_mb, "gpus": gpus},
        "password": password,
        "generate_key": generate_key,
    }
    request = checked(lambda: TargetRequest.model_validate(content))
    with connected() as client:
        target = client.change_target(request) if change else client.add_target(request)
    if output is Output.JSON:
        print_json(plain(target))
        return
    say(f"The target {name} is {'changed' if change else 'added'}. Test it with: workbench target test {name}")
    if target.fingerprint:
        say(f"The machine's key is {target.fingerprint}: compare it with what its owner tells you.")
    if generate_key and target.public_key:
        say("Append this line to ~/.ssh/authorized_keys there:")
        sys.stdout.write(f"{target.public_key}\n")


@app.command("list")
def list_targets(output: OutputOption = Output.TABLE) -> None:
    """List all targets, with how busy they are.

    \b
    Example:
      workbench target list
    """
    from rich.markup import escape

    from workbench.cli.format import age
    from workbench.cli.output import print_models, print_table, table

    with connected() as client:
        targets = client.targets()
    if output is Output.JSON:
        print_models(targets)
        return
    rows = table("target", "kind", "slots", "running", "waiting", "state", "tested", right=("running", "waiting"))
    for target in targets:
        failed = [link.name for link in target.links if link.state == "failed"]
        state = "paused" if target.paused else f"{failed[0]} failed" if failed else "ready"
        tested = age(target.tested) if target.tested else ""
        busy = (str(target.running), str(target.queued))
        rows.add_row(escape(target.name), target.spec.kind, slots_text(target), *busy, state, tested)
    print_table(rows, "There are no targets.")


@app.command()
def show(name: TargetArgument, output: OutputOption = Output.TABLE) -> None:
    """Show a target's settings and slots, and what its last test found.

    \b
    Example:
      workbench target show docker
    """
    from workbench.base.masking import masked_value
    from workbench.cli.output import out, plain, print_json

    with connected() as client:
        target = client.target(name)
    if output is Output.JSON:
        print_json(plain(target))
        return
    console = out()
    values = plain(target.spec)
    for key, value in values.items():
        if value not in ("", [], {}, False, None):
            console.print(f"{key:<14} {masked_value('', str(value))}", soft_wrap=True, markup=False)
    console.print(f"{'slots':<14} {slots_text(target)}", soft_wrap=True, markup=False)
    _print_links(target)


@app.command("test")
def walk(name: TargetArgument, output: OutputOption = Output.TABLE) -> None:
    """Walk the chain to a target (reach, sign in, engine, disk, Python) and say which link fails.

    \b
    Example:
      workbench target test docker
    """
    from workbench.cli.output import plain, print_json

    with connected() as client:
        target = client.test_target(name)
    if output is Output.JSON:
        print_json(plain(target))
    else:
        _print_links(target)
    failed = next((link for link in target.links if link.state == "failed"), None)
    if failed:
        raise EnvironmentError_(f"{name} is not ready: {failed.name} failed. {failed.message}", hint=failed.hint, place=name)


@app.command()
def prepare(
    name: TargetArgument,
    config: Annotated[str, typer.Option("--config", "-c", help="Run configuration. Default: the project's.")] = "",
    project: ProjectOption = None,
) -> None:
    """Build the environment of a project's run configuration on a target, so that the first job there starts at once.

    \b
    Example:
      workbench target prepare docker --config docker
    """
    from workbench.cli.follow import raise_for_result, stream_log
    from workbench.schema import JobRequest

    request = JobRequest(project=str(open_project(project).folder), config=config, target=name, kind="prepare")
    with connected() as client:
        run = stream_log(client, client.submit(request))
    raise_for_result(run)


@app.command()
def delete(name: TargetArgument, yes: YesOption = False) -> None:
    """Forget a target and its password. Its machine is left as it is.

    \b
    Example:
      workbench target delete box --yes
    """
    from workbench.cli.output import confirm, say

    with connected() as client:
        client.target(name)
        confirm(f"Delete the target {name}?", yes=yes)
        client.delete_target(name)
    say(f"The target {name} is deleted.")


@app.command()
def clean(
    name: TargetArgument,
    unused_days: Annotated[float, typer.Option("--unused-days", min=0, help="Only what was not used for so long.")] = 0,
    yes: YesOption = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Remove the environments and images that jobs left on a target for the next ones. What is needed again is built anew.

    \b
    Examples:
      workbench target clean box
      workbench target clean docker --unused-days 30 --yes
    """
    from workbench.cli.output import confirm, print_json, say

    confirm(f"Remove what jobs left on {name} for the next ones?", yes=yes)
    with connected() as client:
        removed = client.clean_target(name, unused_days)
    if output is Output.JSON:
        print_json(list(removed))
        return
    for one in removed:
        say(f"Removed {one}.")
    say(f"{len(removed)} environment{'' if len(removed) == 1 else 's'} removed on {name}.")


@app.command()
def pause(name: TargetArgument) -> None:
    """Start no more jobs on a target until it is resumed; what runs goes on.

    \b
    Example:
      workbench target pause local
    """
    from workbench.cli.output import say

    with connected() as client:
        target = client.pause_target(name)
    say(f"The queue of {name} is paused; {target.queued} wait.")


@app.command()
def resume(name: TargetArgument) -> None:
    """Go on with a target's queue.

    \b
    Example:
      workbench target resume local
    """
    from workbench.cli.output import say

    with connected() as client:
        client.resume_target(name)
    say(f"The queue of {name} goes on.")


def settings(kind: str, given: list[str]) -> dict[str, Any]:
    """`KEY=VALUE` options as values of a target's settings: `a.b=c` goes into a table, a list takes each of its values.

    Raises UserError for a key that targets of this kind do not have.
    """
    from workbench import schema

    specs: dict[str, type[BaseModel]] = {"local": schema.LocalSpec, "docker": schema.DockerSpec, "ssh": schema.SshSpec}
    specs |= {"ssh-docker": schema.SshDockerSpec, "spark": schema.SparkSpec}
    found: dict[str, Any] = {}
    inner: list[str] = []
    for text in given:
        key, equals, value = text.partition("=")
        first, _, rest = key.partition(".")
        fields = specs[kind].model_fields
        if not key or not equals:
            raise UserError(f"--set {text} is not of the form KEY=VALUE.")
        if first not in fields or first == "kind":
            known = ", ".join(name for name in fields if name != "kind") or "none"
            raise UserError(f"--set {text} is not possible for a target of the kind {kind}.", hint=f"Its settings: {known}.")
        if rest and first == "docker":
            inner.append(f"{rest}={value}")
        elif rest:
            found.setdefault(first, {})[rest] = value
        elif "tuple" in str(fields[first].annotation):
            found.setdefault(first, []).append(value)
        elif fields[first].annotation is bool:
            if value.lower() not in _YES | _NO:
                raise UserError(f"--set {text} is not possible.", hint=f"{first} is true or false.")
            found[first] = value.lower() in _YES
        elif fields[first].annotation is int:
            found[first] = int(value) if value.lstrip("-").isdigit() else value
        else:
            found[first] = str(Path(value).expanduser()) if first in {"key_file", "ca_bundle"} else value
    if inner:
        found["docker"] = {"kind": "docker", **settings("docker", inner)}
    return found


def slots_text(target: "Target") -> str:
    """`4 CPUs, 16,000 MB, 1 GPU`: what is set, else what the machine has."""
    slots, found = target.slots, target.capacity
    cpus, memory, gpus = slots.cpus or found.cpus, slots.memory_mb or found.memory_mb, slots.gpus or found.gpus
    parts = [f"{cpus:g} CPU{'' if cpus == 1 else 's'}" if cpus else "", f"{memory:,} MB" if memory else ""]
    parts.append(f"{gpus} GPU{'' if gpus == 1 else 's'}" if gpus else "")
    return ", ".join(part for part in parts if part) or "not known"


def _print_links(target: "Target") -> None:
    from rich.text import Text

    from workbench.cli.output import out

    width = max((len(link.name) for link in target.links), default=0)
    signs = {"ok": ("ok", "green"), "failed": ("failed", "red"), "skipped": ("skipped", "dim")}
    for link in target.links:
        word, colour = signs[link.state]
        out().print(Text.assemble((f"{word:<8}", colour), f"{link.name:<{width}}  {link.message}"), soft_wrap=True)
