"""The doctor's findings on the terminal."""

from collections.abc import Sequence

from workbench.cli.doctor.finding import Finding

_MARKS = {"ok": "[green]✓[/]", "warning": "[yellow]![/]", "missing": "[red]✗[/]"}


def print_report(findings: Sequence[Finding]) -> None:
    """One line a check, the remedy below it; then the sum."""
    from rich.markup import escape

    from workbench.cli.output import out

    console = out()
    for finding in findings:
        console.print(f"{_MARKS[finding.state]} {finding.name:<15}{escape(finding.detail)}", soft_wrap=True)
        if finding.remedy:
            console.print(f"{'':17}{escape(finding.remedy)}", style="cyan", soft_wrap=True)
    missing = [finding.name for finding in findings if finding.state == "missing"]
    if missing:
        console.print(f"\nNeeded and missing: {', '.join(missing)}.", style="red")
    elif any(finding.state == "warning" for finding in findings):
        console.print("\nAll that is needed is there; see the marks (!) for the rest.")
    else:
        console.print("\nAll is there.", style="green")
