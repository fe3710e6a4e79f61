"""`workbench service`: create, list, show, score, logs, start, stop, delete."""

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.base.errors import UserError
from workbench.cli.context import checked, connected, model_and_version
from workbench.cli.output import Output, OutputOption, YesOption

if TYPE_CHECKING:
    from workbench.client import Client
    from workbench.schema import Service

app = typer.Typer(help="Deployed models: create, list, score, follow, delete.", no_args_is_help=True)

ServiceArgument = Annotated[str, typer.Argument(help="The service's name.", show_default=False)]
_TIMEOUT_S = 900.0


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="3 to 32 lower-case letters, digits, dots and dashes.", show_default=False)],
    model: Annotated[str, typer.Option("--model", "-m", help="NAME, or NAME:VERSION. Default: the service's name, latest.")] = "",
    score: Annotated[str, typer.Option("--score", help="Script with init() and run(data), relative to the project.")] = "score.py",
    requirements: Annotated[str, typer.Option("--requirements", help="Requirements file. Default: what the model's run had.")] = "",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port; 0: a free one.")] = 0,
    sample: Annotated[str, typer.Option("--sample", help="A request to show and try: JSON, or @FILE. Default: the script's.")] = "",
    detach: Annotated[bool, typer.Option("--detach", help="Do not wait until it is healthy.")] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Deploy a model as a local service, and wait until it answers.

    \b
    Examples:
      workbench service create late-flights --model late-flights:2
      workbench service create late-flights --port 8500 --detach
    """
    from workbench.cli.output import plain, print_json, say
    from workbench.schema import ServiceRequest

    wanted, version = model_and_version(model or name)
    with connected() as client:
        number = version or client.model(wanted).version
        request = checked(
            lambda: ServiceRequest(
                name=name,
                model=wanted,
                version=number,
                score_script=score,
                requirements=requirements,
                port=port,
                sample=request_body(sample) if sample else None,
            )
        )
        service = client.create_service(request)
        if not detach:
            say(f"Creating {name} from {wanted}:{request.version}. Ctrl+C stops the waiting, not the service.")
            service = wait_healthy(client, name)
    if output is Output.JSON:
        print_json(plain(service))
    else:
        print_service(service)


def wait_healthy(client: "Client", name: str) -> "Service":
    """Waits until a service is healthy, telling each step. Raises EnvironmentError_ when it fails or takes too long."""
    from workbench.cli.output import say

    return client.wait_service(name, _TIMEOUT_S, on_change=lambda service: say(f"  {service.reason}") if service.reason else None)


def print_service(service: "Service") -> None:
    """A service with all that is needed to call it."""
    from workbench.cli.format import moment_text, status_text
    from workbench.cli.output import out

    console = out()
    console.print(f"[bold]{service.name}[/]  {status_text(service.status)}")
    if service.reason:
        console.print(f"  {service.reason}", markup=False, soft_wrap=True)
    facts = {
        "model": f"{service.model}:{service.version}",
        "address": service.address,
        "key": service.key,
        "started": moment_text(service.started),
        "requests": str(service.requests),
        "try it": service.curl,
    }
    for name, value in facts.items():
        if value:
            console.print(f"  {name:<10}{value}", markup=False, soft_wrap=True)


@app.command("list")
def list_services(output: OutputOption = Output.TABLE) -> None:
    """List the services.

    \b
    Example:
      workbench service list --output json
    """
    from workbench.cli.format import age, status_text
    from workbench.cli.output import print_models, print_table, table

    with connected() as client:
        services = client.services()
    if output is Output.JSON:
        print_models(services)
        return
    rows = table("service", "state", "model", "address", "requests", "started", right=("requests",))
    for service in services:
        model = f"{service.model}:{service.version}"
        rows.add_row(service.name, status_text(service.status), model, service.address, str(service.requests), age(service.started))
    print_table(rows, "There are no services. Deploy one with: workbench service create NAME --model MODEL")


@app.command()
def show(name: ServiceArgument, output: OutputOption = Output.TABLE) -> None:
    """Show a service: state, address, key and a line to call it.

    \b
    Example:
      workbench service show late-flights
    """
    from workbench.cli.output import plain, print_json

    with connected() as client:
        service = client.service(name)
    if output is Output.JSON:
        print_json(plain(service))
    else:
        print_service(service)


@app.command()
def score(
    name: ServiceArgument,
    data: Annotated[
        str, typer.Argument(help="JSON, @FILE, or - for stdin. Default: the service's sample.", show_default=False)
    ] = "",
) -> None:
    """Send a request to a service and print its answer as JSON.

    \b
    Examples:
      workbench service score late-flights
      workbench service score late-flights @request.json
      echo '{"flights": []}' | workbench service score late-flights -
    """
    from workbench.cli.output import print_json, say

    with connected() as client:
        body = request_body(data) if data else client.service(name).sample
        if body is None and not data:
            raise UserError(f"The service {name} has no sample request.", hint="Give one: workbench service score NAME '{...}'")
        reply = client.score(name, body)
    print_json(reply.body)
    say(f"HTTP {reply.status} after {reply.milliseconds:.0f} ms")
    if reply.status >= 400:
        did = "refused" if reply.status < 500 else "failed at"
        raise UserError(
            f"The service {name} {did} the request (HTTP {reply.status}).", hint=f"Its log: workbench service logs {name}"
        )


def request_body(text: str) -> Any:
    """The JSON of an argument: itself, `@FILE`, or `-` for stdin. Raises UserError with the place."""
    place = ""
    if text == "-":
        text, place = sys.stdin.read(), "stdin"
    elif text.startswith("@"):
        path = Path(text[1:]).expanduser()
        try:
            text, place = path.read_text("utf-8"), str(path)
        except OSError as error:
            raise UserError(f"{path} could not be read: {error.strerror or error}.", place=str(path)) from error
        except UnicodeDecodeError as error:
            raise UserError(f"{path} is not UTF-8 text, so it is no JSON.", place=str(path)) from error
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise UserError(f"The request is not JSON: {error}.", place=place) from error


@app.command()
def logs(
    name: ServiceArgument,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl+C.")] = False,
) -> None:
    """Print a service's log.

    \b
    Example:
      workbench service logs late-flights --follow
    """
    offset = 0
    with connected() as client:
        try:
            while True:
                chunk = client.service_log(name, offset, 1_000_000)
                sys.stdout.write(chunk.text)
                sys.stdout.flush()
                moved, offset = chunk.next > offset, chunk.next
                if moved and chunk.next < chunk.size:
                    continue
                if not follow:
                    return
                time.sleep(0.4)
        except KeyboardInterrupt:
            return


@app.command()
def start(name: ServiceArgument) -> None:
    """Start a stopped service, and wait until it answers.

    \b
    Example:
      workbench service start late-flights
    """
    with connected() as client:
        client.start_service(name)
        print_service(wait_healthy(client, name))


@app.command()
def stop(name: ServiceArgument) -> None:
    """Stop a service; it can be started again.

    \b
    Example:
      workbench service stop late-flights
    """
    from workbench.cli.output import say

    with connected() as client:
        client.stop_service(name)
    say(f"{name} is stopped.")


@app.command()
def delete(name: ServiceArgument, yes: YesOption = False) -> None:
    """Stop a service and delete it; its model stays.

    \b
    Example:
      workbench service delete late-flights --yes
    """
    from workbench.cli.output import confirm, say

    with connected() as client:
        client.service(name)
        confirm(f"Delete the service {name}?", yes=yes)
        client.delete_service(name)
    say(f"{name} is deleted.")
