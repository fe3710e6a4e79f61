"""A dry run on the terminal."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.schema import JobPlanned

_MOST_FILES = 20


def print_plan(plan: "JobPlanned") -> None:
    """What a submission would do."""
    import shlex

    from workbench.cli.format import counted, size_text
    from workbench.cli.output import out

    console = out()
    asks = [f"{plan.cpus:g} CPUs" if plan.cpus != 1 else "1 CPU"]
    if plan.memory_mb:
        asks.append(f"{plan.memory_mb} MB of memory")
    if plan.gpus:
        asks.append(counted(plan.gpus, "GPU"))
    facts = {
        "target": f"{plan.target} ({plan.kind})",
        "starts": plan.starts,
        "slot": ", ".join(asks),
        "command": shlex.join(plan.command),
        "environment": plan.environment,
    }
    for name, value in facts.items():
        console.print(f"{name:<12} {value}", markup=False, soft_wrap=True)
    if plan.variables:
        console.print("variables")
        for name, value in plan.variables.items():
            console.print(f"  {name}={value}", markup=False, soft_wrap=True)
    total = sum(one.size for one in plan.files)
    console.print(f"{'files':<12} {counted(len(plan.files), 'file')}, {size_text(total)}", markup=False)
    for one in sorted(plan.files, key=lambda one: -one.size)[:_MOST_FILES]:
        console.print(f"  {one.path}  {size_text(one.size)}", markup=False, soft_wrap=True)
    if len(plan.files) > _MOST_FILES:
        console.print(f"  and {len(plan.files) - _MOST_FILES} smaller ones")
    if plan.lock:
        lines = [line for line in plan.lock.splitlines() if "==" in line]
        console.print(f"{'packages':<12} {counted(len(lines), 'package')}")
        for line in lines:
            console.print(f"  {line}", markup=False, soft_wrap=True)
    for problem in plan.problems:
        console.print(f"problem: {problem}", markup=False, soft_wrap=True)
