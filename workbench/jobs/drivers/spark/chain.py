"""The chain to Spark: spark-submit, Java, the master."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from workbench.base.errors import EnvironmentError_, UserError, WorkbenchError
from workbench.jobs.drivers.spark.program import spark_submit
from workbench.schema.target import Link, SparkSpec

_PATIENCE_S = 10.0
_OLDEST_JAVA = 8


def walk_chain(spec: SparkSpec, secret: str | None, home: Path) -> Iterator[Link]:  # noqa: ARG001 (every kind has these)
    """Tries each link, also after one that failed: they do not need one another."""
    steps: list[tuple[str, Callable[[], str]]] = [
        ("spark-submit", lambda: _program(spec)),
        ("Java", _java),
        ("master", lambda: _master(spec)),
    ]
    for name, step in steps:
        began = time.monotonic()
        try:
            link = Link(name=name, state="ok", message=step())
        except WorkbenchError as error:
            link = Link(name=name, state="failed", message=error.message, hint=error.hint)
        yield link.model_copy(update={"seconds": round(time.monotonic() - began, 3)})


def _program(spec: SparkSpec) -> str:
    try:
        found = spark_submit(spec, None)
    except UserError:
        if spec.spark_submit:
            raise
        return "None is on PATH: the PySpark of the run's environment brings its own."
    return f"spark-submit is {found}."


def _java() -> str:
    """Raises EnvironmentError_ where Java is missing, or too old for any Spark 3."""
    hint = "Install a Java runtime (17 suits Spark 3.3 and newer), or set JAVA_HOME."
    home = os.environ.get("JAVA_HOME", "")
    program = shutil.which(str(Path(home, "bin", "java"))) if home else shutil.which("java")
    if not program:
        where = f"under JAVA_HOME ({home})" if home else "on this machine"
        raise EnvironmentError_(f"There is no Java {where}.", hint=hint, place="Java")
    try:
        done = subprocess.run([program, "-version"], capture_output=True, text=True, timeout=_PATIENCE_S, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise EnvironmentError_(f"{program} does not start: {error}.", hint=hint, place="Java") from error
    found = re.search(r'version "(?:1\.)?(\d+)[^"]*"', done.stderr + done.stdout)
    if found and int(found[1]) < _OLDEST_JAVA:
        raise EnvironmentError_(f"Java {found[1]} at {program} is too old for Spark.", hint=hint, place="Java")
    return f"Java {found[1] if found else 'of an unknown version'} at {program}."


def _master(spec: SparkSpec) -> str:
    master = spec.master
    if master.startswith("local"):
        return f"{master} runs on this machine."
    if master == "yarn":
        return _yarn()
    if master.startswith(("spark://", "k8s://")):
        scheme, _, rest = master.partition("://")
        addresses = [_address(one, 443 if scheme == "k8s" else 7077) for one in rest.split(",")]
        return _any_answers(addresses, master)
    hint = "Masters are local[*], spark://HOST:PORT, yarn and k8s://https://HOST:PORT."
    raise UserError(f"{master!r} is no master that Spark knows.", hint=hint, place="master")


def _yarn() -> str:
    """Where Hadoop's own configuration says the resource manager is."""
    folder = os.environ.get("YARN_CONF_DIR") or os.environ.get("HADOOP_CONF_DIR") or ""
    site = Path(folder, "yarn-site.xml")
    if not folder or not site.is_file():
        message = "Spark finds YARN by Hadoop's configuration, and HADOOP_CONF_DIR names no folder with a yarn-site.xml."
        raise EnvironmentError_(message, hint="Set HADOOP_CONF_DIR where Workbench's server is started.", place="master")
    try:
        entries = ET.parse(site).getroot().iter("property")  # noqa: S314 (the user's own configuration)
        values = {entry.findtext("name", "").strip(): entry.findtext("value", "").strip() for entry in entries}
    except (OSError, ET.ParseError) as error:
        raise UserError(f"{site} cannot be read: {error}.", place=str(site)) from error
    managers = [value for name, value in values.items() if name.startswith("yarn.resourcemanager.address")]
    hosts = [value for name, value in values.items() if name.startswith("yarn.resourcemanager.hostname")]
    addresses = [_address(one, 8032) for one in managers or hosts if one and "${" not in one]
    return _any_answers(addresses or [("127.0.0.1", 8032)], "YARN's resource manager")


def _address(text: str, port: int) -> tuple[str, int]:
    found = urlsplit(text if "://" in text else f"//{text}")
    default = 80 if found.scheme == "http" else port
    try:
        return found.hostname or "127.0.0.1", found.port or default
    except ValueError as error:
        raise UserError(f"{text!r} is no address of a master.", hint="It reads HOST:PORT.", place="master") from error


def _any_answers(addresses: list[tuple[str, int]], what: str) -> str:
    reasons = []
    for host, port in addresses:
        try:
            socket.create_connection((host, port), timeout=_PATIENCE_S / len(addresses)).close()
        except OSError as error:
            reasons.append(f"{host}:{port}: {error.strerror or error}")
        else:
            return f"{host}:{port} answers."
    hint = "Check the master's address, and whether it runs."
    raise EnvironmentError_(f"{what} does not answer ({'; '.join(reasons)}).", hint=hint, place="master")
