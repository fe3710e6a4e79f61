"""Datasets as MLflow's clients tell of them, as inputs of a run."""

import json
from collections.abc import Mapping
from typing import Any

from workbench.schema import DataInput

CONTEXT_TAG = "mlflow.data.context"
_PLACES = ("uri", "path", "url", "table", "query")
"""Where the sources of MLflow's datasets say what they are, in their JSON."""


def dataset_input(told: Mapping[str, Any], tags: Mapping[str, str]) -> DataInput:
    """A dataset that a run has logged: name, digest, source_type, source, schema, profile."""
    known = {name: str(told.get(name) or "") for name in ("name", "digest", "source_type", "source", "schema", "profile")}
    return DataInput(
        kind="dataset",
        name=known["name"],
        path=_place(known["source"]) or known["name"],
        digest=known["digest"],
        rows=_rows(known["profile"]),
        source_type=known["source_type"],
        source=known["source"],
        columns=known["schema"],
        profile=known["profile"],
        context=tags.get(CONTEXT_TAG, ""),
        tags=dict(tags),
    )


def _place(source: str) -> str:
    """Where the data is, as far as the source's JSON says it."""
    try:
        told = json.loads(source)
    except ValueError:
        return source[:1000]
    if not isinstance(told, dict):
        return ""
    return next((str(told[name])[:1000] for name in _PLACES if told.get(name)), "")


def _rows(profile: str) -> int | None:
    try:
        rows = json.loads(profile)["num_rows"]
    except (ValueError, KeyError, TypeError):
        return None
    return rows if isinstance(rows, int) else None
