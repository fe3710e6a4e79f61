"""Which way a metric is better, as far as its name says."""

import math
import re
from collections.abc import Sequence

_LOWER = {
    "loss",
    "error",
    "err",
    "mse",
    "rmse",
    "mae",
    "mape",
    "perplexity",
    "seconds",
    "time",
    "duration",
    "latency",
    "brier",
    "deviance",
}
_HIGHER = {
    "accuracy",
    "acc",
    "auc",
    "roc",
    "f1",
    "precision",
    "recall",
    "score",
    "r2",
    "map",
    "bleu",
    "kappa",
    "mcc",
    "ap",
    "iou",
    "dice",
}


def higher_is_better(key: str) -> bool | None:
    """True or False where the metric's name says it; None where nobody can know."""
    words = set(re.split(r"[^a-z0-9]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key).lower()))
    if words & _LOWER:
        return False
    if words & _HIGHER:
        return True
    return None


def best_index(key: str, texts: Sequence[str]) -> int | None:
    """The place of the best of the values of this metric; None without a direction, or when fewer than two differ."""
    direction = higher_is_better(key)
    if direction is None:
        return None
    values = [_number(text) for text in texts]
    known = [value for value in values if value is not None]
    if len(known) < 2 or min(known) == max(known):
        return None
    return values.index(max(known) if direction else min(known))


def _number(text: str) -> float | None:
    try:
        value = float(text.replace(",", ""))
    except ValueError:
        return None
    return value if math.isfinite(value) else None
