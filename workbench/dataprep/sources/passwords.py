"""Passwords of databases: in the system's keyring, or the environment; never in a file."""

from __future__ import annotations

import os

from workbench.base.paths import WorkspacePaths
from workbench.base.secrets import SecretStore
from workbench.dataprep.sources.specs import SqlSpec

PASSWORD_VARIABLE = "WORKBENCH_SQL_PASSWORD"  # noqa: S105 (the name of a variable)
"""The environment variable with the password, for machines without a keyring."""

PORTS = {"postgresql": 5432, "mysql": 3306, "mariadb": 3306, "sqlserver": 1433}
"""The usual ones."""


def set_password(spec: SqlSpec, password: str) -> None:
    """Keeps the password for the user of a database in the system's keyring; all sources of the same one use it."""
    SecretStore(WorkspacePaths.default().root).set(_secret(spec), password)


def password_of(spec: SqlSpec) -> str | None:
    """The password in the keyring, else in the environment; None when there is none, which some servers do without."""
    if spec.dialect == "sqlite":
        return None
    return SecretStore(WorkspacePaths.default().root).get(_secret(spec)) or os.environ.get(PASSWORD_VARIABLE)


def _secret(spec: SqlSpec) -> str:
    port = spec.port or PORTS.get(spec.dialect, 0)
    return f"sql:{spec.dialect}://{spec.user}@{spec.host}:{port}/{spec.database}"
