"""What to do next in a project that has no run yet: one sentence, and the button that leads there."""

from dataclasses import dataclass

from workbench.desktop.dashboard.facts import ProjectFacts, WorkspaceFacts


@dataclass(frozen=True)
class NextStep:
    """`action` is the button's text; without one the sentence says what to press on this page."""

    sentence: str
    action: str = ""


DATA = NextStep("Begin with the data: add a file of yours, or the sample data that come with Workbench.", "Add data")
PREPARE = NextStep("The data are here. Next, prepare them: filter, convert, derive columns by example, join.", "Prepare data")
RUN = NextStep("Next, run the preparation, then a script: choose it above and press Run. Each run is kept with all that it gave.")


def next_step(files: ProjectFacts | None, known: WorkspaceFacts | None) -> NextStep | None:
    """What comes next; None once something has run, or before it is known."""
    if files is None or known is None or known.run_count:
        return None
    if not files.sources:
        return DATA
    return RUN if files.packages else PREPARE
