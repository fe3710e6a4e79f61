"""Spark sessions: one of our own, and the settings that our queries need beside a session of the user."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.base.errors import EnvironmentError_

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SETTINGS = {
    "spark.sql.ansi.enabled": "false",  # what cannot be computed is missing, as in DuckDB; conversions check themselves
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timeType.enabled": "true",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.mapKeyDedupPolicy": "LAST_WIN",
    "spark.sql.caseSensitive": "false",
    "spark.sql.legacy.sizeOfNull": "false",
    "spark.sql.legacy.timeParserPolicy": "CORRECTED",
}


def start_session(master: str = "local[*]", name: str = "workbench") -> SparkSession:
    """The running session, or a new one on `master`. Raises EnvironmentError_ where PySpark or Java is missing."""
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise EnvironmentError_("PySpark is not installed.", hint="Install it: pip install 'pyspark>=4'.") from error
    from pyspark.errors import PySparkException

    builder = SparkSession.builder.master(master).appName(name)
    for key, value in {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", **SETTINGS}.items():
        builder = builder.config(key, value)
    try:
        return builder.getOrCreate()
    except (PySparkException, RuntimeError, OSError) as error:
        raise EnvironmentError_(
            f"Spark could not be started on {master}: {str(error).splitlines()[0]}",
            hint="It needs Java 17 or newer, and a master that can be reached.",
        ) from error


def beside(session: SparkSession) -> SparkSession:
    """A session of the same application with our settings and views of its own: the user's session stays as it is."""
    own = session.newSession()
    for key, value in SETTINGS.items():
        own.conf.set(key, value)
    return own
