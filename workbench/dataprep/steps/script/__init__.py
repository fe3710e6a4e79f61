"""Steps that run Python code of the user."""

__all__: list[str] = []
