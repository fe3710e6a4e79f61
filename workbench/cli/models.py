"""`workbench model`: register, list, show, delete."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from workbench.cli.context import ProjectOption, checked, connected, find_run, model_and_version, pairs, project_folder
from workbench.cli.output import Output, OutputOption, YesOption

if TYPE_CHECKING:
    from workbench.schema import ModelVersion, Run

app = typer.Typer(help="Registered models: register a run's output, list, show, delete.", no_args_is_help=True)

ModelArgument = Annotated[str, typer.Argument(help="NAME, or NAME:VERSION. Without a version: the latest.", show_default=False)]


@app.command()
def register(
    name: Annotated[str, typer.Argument(help="The model's name; a known one gets its next version.", show_default=False)],
    run: Annotated[str, typer.Option("--run", "-r", help="The run that made it: number or id.", show_default=False)],
    path: Annotated[str, typer.Option("--path", help="File or folder in the run's outputs. Default: the only one that fits.")] = "",
    description: Annotated[str, typer.Option("--description", "-d", help="One sentence about it.", show_default=False)] = "",
    tag: Annotated[list[str] | None, typer.Option("--tag", help="Tag KEY=VALUE; may be repeated.", show_default=False)] = None,
    project: ProjectOption = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Register a run's output as the next version of a model.

    \b
    Examples:
      workbench model register late-flights --run 4
      workbench model register late-flights --run 4 --path model.joblib --tag stage=test
    """
    from workbench.cli.output import plain, print_json, say
    from workbench.schema import ModelRequest

    with connected() as client:
        found = find_run(client, run, project)
        wanted = path.removeprefix("./").removeprefix("outputs/") or model_file(found)
        tags = pairs(tag or [], "--tag")
        request = checked(lambda: ModelRequest(name=name, run_id=found.id, path=wanted, description=description, tags=tags))
        model = client.register_model(request)
    if output is Output.JSON:
        print_json(plain(model))
    else:
        say(f"Model {model.name}:{model.version} is registered from run {model.run_number} of {model.experiment}.")


def model_file(run: "Run") -> str:
    """The one file of the run's outputs that looks like a model. Raises UserError when there is none or more than one."""
    from workbench.base.errors import UserError

    endings = (".joblib", ".pkl", ".pickle", ".onnx", ".pt", ".pth", ".keras", ".h5", ".cbm", ".ubj", ".safetensors")
    files = [artifact.path for artifact in run.artifacts if artifact.path.lower().endswith(endings)]
    if len(files) == 1:
        return files[0]
    found = "no model file" if not files else f"several model files ({', '.join(files)})"
    if not run.artifacts:
        hint = "Let the script write its model to outputs/ and run it again."
        raise UserError(f"Run {run.number} has no outputs, so there is no model to register.", hint=hint)
    known = ", ".join(artifact.path for artifact in run.artifacts[:8])
    raise UserError(f"Run {run.number} has {found} in its outputs.", hint=f"Name one with --path. There is: {known}.")


@app.command("list")
def list_models(
    project: ProjectOption = None,
    everything: Annotated[bool, typer.Option("--all", "-a", help="Models of every project.")] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """List the registered models: those of the current project, or of all.

    \b
    Example:
      workbench model list --all --output json
    """
    from rich.markup import escape

    from workbench.cli.format import age
    from workbench.cli.output import print_models, print_table, table

    folder = None if everything else project_folder(project)
    with connected() as client:
        models = [model for model in client.models() if folder is None or model.project in {"", str(folder)}]
    if output is Output.JSON:
        print_models(models)
        return
    rows = table("model", "latest", "versions", "services", "updated", right=("latest", "versions", "services"))
    for model in models:
        rows.add_row(escape(model.name), str(model.latest), str(model.versions), str(model.services), age(model.updated))
    print_table(rows, "There are no models. Register one with: workbench model register NAME --run RUN")


@app.command()
def show(model: ModelArgument, output: OutputOption = Output.TABLE) -> None:
    """Show a model's versions, or all of one version with its lineage.

    \b
    Examples:
      workbench model show late-flights
      workbench model show late-flights:2 --output json
    """
    from workbench.cli.output import plain, print_json, print_models

    name, version = model_and_version(model)
    with connected() as client:
        if version is None:
            versions = client.model_versions(name)
            if output is Output.JSON:
                print_models(versions)
            else:
                _print_versions(versions)
            return
        found = client.model(name, version)
        lineage = client.lineage("model", f"{name}:{version}")
    if output is Output.JSON:
        print_json({**plain(found), "lineage": plain(lineage)["parts"]})
        return
    _print_version(found)
    from rich.markup import escape

    from workbench.cli.output import out
    from workbench.cli.runpage import lineage_line

    out().print("  [dim]lineage      [/]" + escape(lineage_line(lineage)), soft_wrap=True)


def _print_versions(versions: "Sequence[ModelVersion]") -> None:
    from rich.markup import escape

    from workbench.cli.format import age, number, size_text
    from workbench.cli.output import print_table, table

    rows = table("version", "run", "path", "size", "metrics", "created", right=("version", "run", "size"))
    for version in sorted(versions, key=lambda version: -version.version):
        metrics = "  ".join(f"{key} {number(value)}" for key, value in sorted(version.metrics.items()))
        rows.add_row(
            str(version.version),
            str(version.run_number),
            escape(version.path),
            size_text(version.size),
            escape(metrics),
            age(version.created),
        )
    print_table(rows, "This model has no versions.")


def _print_version(model: "ModelVersion") -> None:
    from workbench.cli.format import moment_text, number, size_text
    from workbench.cli.output import out

    console = out()
    console.print(f"{model.name}:{model.version}", style="bold", markup=False)
    facts = {
        "run": f"{model.run_number} of {model.experiment} ({model.run_id[:8]})" if model.run_id else "",
        "path": model.path,
        "size": size_text(model.size),
        "digest": model.digest,
        "created": f"{moment_text(model.created)} by {model.user or '-'}",
        "description": model.description,
        "metrics": ", ".join(f"{key} {number(value)}" for key, value in sorted(model.metrics.items())),
        "tags": ", ".join(f"{key}={value}" for key, value in sorted(model.tags.items())),
        "files": ", ".join(f"{file.path} ({size_text(file.size)})" for file in model.files),
    }
    for name, value in facts.items():
        if value:
            console.print(f"  {name:<13}{value}", markup=False, soft_wrap=True)


@app.command()
def delete(model: ModelArgument, yes: YesOption = False) -> None:
    """Delete a version, or a model with all its versions. One that a service uses stays.

    \b
    Examples:
      workbench model delete late-flights:1
      workbench model delete late-flights --yes
    """
    from workbench.cli.output import confirm, say

    name, version = model_and_version(model)
    with connected() as client:
        client.model(name, version)
        confirm(f"Delete {model}{'' if version else ' with all its versions'}?", yes=yes)
        client.delete_model(name, version)
    say(f"{model} is deleted.")
