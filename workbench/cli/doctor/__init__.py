"""`workbench doctor`: what this machine has and lacks."""

import typer

from workbench.base.errors import ExitCode
from workbench.cli.output import Output, OutputOption


def doctor(output: OutputOption = Output.TABLE) -> None:
    """Check this machine: Python, git, uv, disk, workspace, server, network, Docker, ssh, Java, conda, Qt, display.

    Ends with 3 when something needed is missing, and says how to get it.

    \b
    Examples:
      workbench doctor
      workbench doctor --output json
    """
    from workbench.cli.doctor.checks import run_checks
    from workbench.cli.doctor.report import print_report
    from workbench.cli.output import err, print_json

    with err().status("Checking..."):
        findings = run_checks()
    if output is Output.JSON:
        print_json([finding.to_dict() for finding in findings])
    else:
        print_report(findings)
    if any(finding.state == "missing" for finding in findings):
        raise typer.Exit(ExitCode.ENVIRONMENT)
