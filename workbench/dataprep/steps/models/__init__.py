"""Steps that make columns ready for models."""

__all__: list[str] = []
