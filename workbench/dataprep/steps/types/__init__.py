"""Steps that change types."""

from workbench.dataprep.steps.types.convert import Convert
from workbench.dataprep.steps.types.detect import DetectedType, DetectTypes
from workbench.dataprep.steps.types.epoch import EpochToTimestamp, TimestampToEpoch

__all__ = ["Convert", "DetectTypes", "DetectedType", "EpochToTimestamp", "TimestampToEpoch"]
