"""`workbench init`: a new project from a template."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from workbench.base.errors import UserError


def _template_names(incomplete: str) -> list[str]:
    from workbench.projects import templates

    return [template.name for template in templates() if template.name.startswith(incomplete)]


def init(
    folder: Annotated[Path | None, typer.Argument(help="The folder to make.", show_default=False)] = None,
    name: Annotated[str, typer.Option("--name", "-n", help="The project's name. Default: the folder's.", show_default=False)] = "",
    template: Annotated[
        str, typer.Option("--template", "-t", help="What to start from.", autocompletion=_template_names)
    ] = "blank",
    description: Annotated[str, typer.Option("--description", "-d", help="One sentence about it.", show_default=False)] = "",
    git_url: Annotated[str, typer.Option("--git-url", help="Remote repository to add as origin.", show_default=False)] = "",
    existing: Annotated[
        bool, typer.Option("--existing", help="Into a folder that has files; none of them is overwritten.")
    ] = False,
    samples: Annotated[bool, typer.Option("--samples", help="Also write the sample data into its data folder.")] = False,
    list_templates: Annotated[bool, typer.Option("--list-templates", help="List the templates and end.")] = False,
) -> None:
    """Make a project: a folder with git, scripts, environment and run configurations.

    \b
    Examples:
      workbench init flights --template flights --samples
      workbench init . --existing --name "Churn 2026"
      workbench init --list-templates
    """
    from workbench.cli.output import print_table, say, table
    from workbench.projects import Project, templates

    if list_templates:
        rows = table("name", "title", "description")
        for known in templates():
            rows.add_row(known.name, known.title, known.description)
        print_table(rows, "There are no templates.")
        return
    if folder is None:
        raise UserError("A new project needs a folder.", hint="For example: workbench init flights")
    whole = folder.expanduser().absolute()
    project = Project.create(
        whole, name=name or whole.resolve().name, template=template, description=description, git_url=git_url, existing=existing
    )
    say(f"Project {project.name} is in {project.folder}")
    if samples:
        from workbench.dataprep.samples import write_sample

        for sample in ("flights", "weather"):
            say(f"Sample data: {write_sample(sample, project.folder / 'data')}")
    place = shlex.quote(str(folder))
    say(f"Next: cd {place} && workbench submit, or open it in the app: workbench {place}")
