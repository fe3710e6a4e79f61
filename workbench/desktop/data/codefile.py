"""The Python file that reads a source's or preparation's data, for scripts and notebooks."""

from pathlib import Path

from workbench.base.files import write_atomic


def write_code(path: Path, project: Path, flow: str | None = None) -> Path:
    """Writes `<name>_data.py` into the project folder (with a number when taken) and returns its path. For a worker."""
    from workbench.dataprep.code import to_python
    from workbench.dataprep.package import Dataflow, FileRef, Package

    if path.suffix == ".wbprep":
        package = Package.load(path)
    else:
        package = Package(flows=(Dataflow(name=path.stem, source=FileRef(path=path.name)),)).placed(path)
    text = to_python(package, flow)
    target, number = project / f"{path.stem}_data.py", 1
    while target.exists() and target.read_text("utf-8", errors="replace") != text:
        number += 1
        target = project / f"{path.stem}_data_{number}.py"
    write_atomic(target, text)
    return target
