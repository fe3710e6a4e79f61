"""Steps that make columns ready for models."""

from workbench.dataprep.steps.models.binning import Bin
from workbench.dataprep.steps.models.dates import DateParts
from workbench.dataprep.steps.models.dividing import TrainTestSplit
from workbench.dataprep.steps.models.encoding import LabelEncode, OneHot
from workbench.dataprep.steps.models.imputing import Impute, ImputeColumn, ImputeValue
from workbench.dataprep.steps.models.quantiles import Quantiles, QuantileTransform
from workbench.dataprep.steps.models.scaling import Bounds, MinMaxScale, Moments, Quartiles, RobustScale, ZScore
from workbench.dataprep.steps.models.texts import TextSize

__all__ = [
    "Bin",
    "Bounds",
    "DateParts",
    "Impute",
    "ImputeColumn",
    "ImputeValue",
    "LabelEncode",
    "MinMaxScale",
    "Moments",
    "OneHot",
    "QuantileTransform",
    "Quantiles",
    "Quartiles",
    "RobustScale",
    "TextSize",
    "TrainTestSplit",
    "ZScore",
]
