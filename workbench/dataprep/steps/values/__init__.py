"""Steps that repair values."""

from workbench.dataprep.steps.values.asserting import Assert
from workbench.dataprep.steps.values.clustering import Cluster, ClusterText, Member
from workbench.dataprep.steps.values.errors import ReplaceErrors, RestoreOriginals
from workbench.dataprep.steps.values.filling import Fill, FillMissing
from workbench.dataprep.steps.values.mapping import MapValues, Pair
from workbench.dataprep.steps.values.missing import MakeMissing, ReplaceNA
from workbench.dataprep.steps.values.numbers import Clip, Round
from workbench.dataprep.steps.values.replace import Replace
from workbench.dataprep.steps.values.texts import ChangeCase, RemoveAccents, Trim

__all__ = [
    "Assert", "ChangeCase", "Clip", "Cluster", "ClusterText", "Fill", "FillMissing", "MakeMissing", "MapValues", "Member", "Pair",
    "RemoveAccents", "Replace", "ReplaceErrors", "ReplaceNA", "RestoreOriginals", "Round", "Trim",
]  # fmt: skip
