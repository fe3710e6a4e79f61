"""Learns programs from input-output examples, explains them, prints them as code and compiles them.

    from workbench.byexample import learn

    learned = learn(examples=[(("Ada Lovelace",), "Lovelace, A.")], inputs=[("Alan Turing",)])
    learned.program.run(("Alan Turing",))  # "Turing, A."

Beside it: `splitting`, `combining`, `extracting`, `filtering`, `renaming`, `profiling` and `fileformat`. Each is loaded when it is
first asked for.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.byexample.synthesis.learner import Alternative, Budget, Conflict, Learned, Learner, LearningCancelled, learn
    from workbench.byexample.tree.program import Program

__all__ = ["Alternative", "Budget", "Conflict", "Learned", "Learner", "LearningCancelled", "Program", "learn"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from workbench.byexample.synthesis import learner
    from workbench.byexample.tree import program

    return program.Program if name == "Program" else getattr(learner, name)
