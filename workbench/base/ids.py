"""Ids: 32 lower-case hex digits, as MLflow's clients expect of run ids."""

import uuid


def new_id() -> str:
    """A new random id of 32 hex digits."""
    return uuid.uuid4().hex
