"""Code that reads prepared data: what `Generate data access code` writes."""

from workbench.dataprep.package import Package


def to_python(package: Package, flow: str | None = None) -> str:
    """A short script that loads one dataflow of a saved package as a pandas DataFrame; the steps stand in it as comments."""
    chosen = package.flow(flow)
    name = package.path.name if package.path else "package.wbprep"
    steps = "\n".join(
        f"#   {number}. {step.describe()}{'' if step.enabled else ' (disabled)'}".replace("\n", " ")
        for number, step in enumerate(chosen.steps, 1)
    )
    argument = f", flow={chosen.name!r}" if len(package.flows) > 1 else ""
    return (
        f'"""Reads the dataflow {chosen.name} of {name}."""\n\n'
        "from pathlib import Path\n\n"
        "import workbench\n\n"
        f"# What the dataflow does, from {getattr(chosen.source, 'path', 'another dataflow')}:\n"
        f"{steps or '#   (no steps yet)'}\n"
        f"PACKAGE = Path(__file__).with_name({name!r})\n\n\n"
        "# A pandas DataFrame with the full data; with sample=True only the first rows of each source are read.\n"
        f"df = workbench.prep(PACKAGE{argument})\n\n"
        "# Replace this line by your own use of the data.\n"
        "print(df.head(10))\n"
    )
