"""Learns programs from input-output examples, explains them, prints them as Python and compiles them."""

from workbench.byexample.learning import Conflict, Learned, learn
from workbench.byexample.program import Program

__all__ = ["Conflict", "Learned", "Program", "learn"]
