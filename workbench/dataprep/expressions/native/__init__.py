"""SQL scalars as Ibis values: one class for each family of parts, and the translator over them."""

from workbench.dataprep.expressions.native.parts import NotNative
from workbench.dataprep.expressions.native.translator import Translator

__all__ = ["NotNative", "Translator"]
