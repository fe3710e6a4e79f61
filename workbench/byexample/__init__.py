"""Learns programs from input-output examples, explains them, prints them as code and compiles them.

    from workbench.byexample import learn

    learned = learn(examples=[(("Ada Lovelace",), "Lovelace, A.")], inputs=[("Alan Turing",)])
    learned.program.run(("Alan Turing",))  # "Turing, A."

Beside it: `splitting`, `combining`, `extracting`, `filtering`, `renaming`, `profiling` and `fileformat`.
"""

from workbench.byexample.synthesis.learner import Alternative, Budget, Conflict, Learned, Learner, LearningCancelled, learn
from workbench.byexample.tree.program import Program

__all__ = ["Alternative", "Budget", "Conflict", "Learned", "Learner", "LearningCancelled", "Program", "learn"]
