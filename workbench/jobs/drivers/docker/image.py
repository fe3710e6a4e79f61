"""The image that a job runs in: the base image, upon it the company's certificates, upon that the packages of the lock."""

import hashlib
import json
import os
import platform
import queue
import re
import sys
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from workbench.base.errors import Cancelled, EnvironmentError_, UserError, WorkbenchError
from workbench.base.files import write_json
from workbench.jobs.drivers.base import Follow
from workbench.jobs.drivers.docker.engine import Engine, EngineError, Missing, Refused
from workbench.jobs.drivers.docker.layer import Layer, LayerBuilder

DEFAULT_BASE = "python:3.11-slim"
ENVIRONMENT = "/opt/workbench/env"
CERTIFICATES = "/opt/workbench/ca.pem"
_TRUSTING = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT", "GIT_SSL_CAINFO")
_LOCAL = "localhost,127.0.0.1,::1"
_GLIBC = (17, 28, *range(31, 41))  # those that uv knows

_PROBE = """\
uname -m
if ls /lib/ld-musl-* >/dev/null 2>&1; then echo musl; else getconf GNU_LIBC_VERSION 2>/dev/null || echo glibc 2.17; fi
for one in "$1" python3 python; do
  [ -n "$one" ] || continue
  found="$(command -v "$one" 2>/dev/null)" || continue
  "$found" -I -c 'import platform; print(platform.python_version())' && echo "$found" && exit 0
done
"""
_INSTALLED = """\
import importlib.metadata, re
all = [(d.metadata["Name"], d.version) for d in importlib.metadata.distributions()]
found = {re.sub("[-_.]+", "-", name).lower(): version for name, version in all if name}
print("\\n".join(f"{name}=={version}" for name, version in sorted(found.items())))
"""
_CERTIFICATES_SCRIPT = f"""\
mkdir -p /opt/workbench
if [ -r /etc/ssl/certs/ca-certificates.crt ]; then cat /etc/ssl/certs/ca-certificates.crt >{CERTIFICATES}; fi
cat ca.pem >>{CERTIFICATES}
chmod 644 {CERTIFICATES}
"""
_ENVIRONMENT_SCRIPT = f"""\
export UV_NO_WRAP=1
export HOME="$PWD" NO_COLOR=1 UV_NO_PROGRESS=1 UV_CACHE_DIR="$PWD/cache" UV_PYTHON_INSTALL_DIR=/opt/workbench/python TMPDIR="$PWD"
uv=./uv
if ! ./uv --version >/dev/null 2>&1; then
  python3 -m venv tool
  tool/bin/python -m pip install --quiet --disable-pip-version-check uv
  uv=tool/bin/uv
fi
$uv venv {ENVIRONMENT} --no-project --quiet --python "$1"
if grep -q '^[A-Za-z0-9]' lock.txt; then
  $uv pip install --no-deps --index-strategy unsafe-best-match --compile-bytecode --python {ENVIRONMENT}/bin/python -r lock.txt
fi
"""


@dataclass(frozen=True)
class ImageFacts:
    """What is in an image."""

    machine: str
    libc: str
    """`musl`, or `glibc 2.36`."""
    python: str = ""
    """The path of its interpreter; empty where it has none."""
    version: str = ""

    @property
    def platform(self) -> str:
        """The platform as uv names it."""
        machine = {"arm64": "aarch64", "amd64": "x86_64"}.get(self.machine, self.machine)
        if self.libc == "musl":
            return f"{machine}-unknown-linux-musl"
        found = re.search(r"(\d+)$", self.libc)
        minor = int(found[1]) if found else _GLIBC[0]
        return f"{machine}-manylinux_2_{max((one for one in _GLIBC if one <= minor), default=_GLIBC[0])}"


class ImageMaker:
    """Makes the images of one run on an engine. `ca_bundle`: a file of this machine; `proxy` and `index` as addresses."""

    def __init__(
        self,
        engine: Engine,
        home: Path,
        run_id: str,
        follow: Follow,
        *,
        network: str = "",
        ca_bundle: str = "",
        proxy: str = "",
        index: str = "",
    ) -> None:
        self._engine = engine
        self._cache = home / "cache" / "docker"
        self._follow = follow
        # A job without a network is built with one all the same.
        self._layers = LayerBuilder(engine, self._cache, run_id, follow, network=network if network not in {"", "none"} else "host")
        self._run_id = run_id
        self._ca_bundle = ca_bundle
        self._variables = {**proxy_variables(proxy), **({"UV_DEFAULT_INDEX": index, "PIP_INDEX_URL": index} if index else {})}

    def base(self, name: str) -> str:
        """The id of the base image (pulled where the engine does not have it), with the certificates upon it."""
        name = name or DEFAULT_BASE
        found = self._engine.image(name)
        if found is None:
            pull(self._engine, name, self._follow)
            found = self._engine.image(name)
        if found is None:
            raise EngineError(f"The base image {name} was pulled, but the engine does not have it.")
        if found.get("Os", "linux") != "linux":
            raise UserError(f"The base image {name} is one for {found['Os']}; jobs run in Linux images.", place=name)
        return self._with_certificates(str(found["Id"])) if self._ca_bundle else str(found["Id"])

    def facts(self, image: str, python: str = "") -> ImageFacts:
        """What is in an image; `python`: the interpreter to look for first. Found out once per image."""
        key = hashlib.sha256(json.dumps(["facts", image, python]).encode()).hexdigest()[:24]
        kept = self._cache / f"{key}.json"
        try:
            return ImageFacts(**json.loads(kept.read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            pass
        code, out, said = run_once(self._engine, image, ["/bin/sh", "-c", _PROBE, "sh", python], self._run_id)
        lines = out.splitlines()
        if code != 0 and len(lines) < 2:
            raise UserError(f"The base image does not start a shell: {said.strip() or f'exit code {code}'}.", place=image)
        facts = ImageFacts(*lines[:2], *reversed(lines[2:4])) if len(lines) >= 4 else ImageFacts(lines[0], lines[1])
        write_json(kept, asdict(facts))
        return facts

    def installed(self, image: str, python: str) -> str:
        """The lock of an interpreter in an image: what is installed there, one `name==version` a line."""
        code, out, said = run_once(self._engine, image, [python, "-I", "-c", _INSTALLED], self._run_id)
        if code != 0:
            raise UserError(f"The packages of {python} in the image could not be listed: {said.strip()[-300:]}.", place=image)
        return out

    def environment(self, base: str, lock: str, python: str, place: str) -> str:
        """The id of the image with the packages of `lock`; its interpreter is ENVIRONMENT/bin/python.

        `python`: a version or an interpreter's path in the image. `place`: the requirements, for an error.
        """
        files: dict[str, Path | bytes] = {"lock.txt": lock.encode()}
        if uv := _uv_for(self._engine):
            files["uv"] = uv
        layer = Layer(
            "workbench-env",
            base,
            _ENVIRONMENT_SCRIPT,
            (python,),
            files,
            self._variables,
            identity=(lock,),
            explain=lambda said: _explained(said, place),
        )
        return self._layers.ensure(layer, "the image with the packages")

    def _with_certificates(self, base: str) -> str:
        try:
            bundle = Path(self._ca_bundle).read_bytes()
        except OSError as error:
            message = f"The CA bundle {self._ca_bundle} cannot be read: {error.strerror}."
            raise UserError(message, hint="Correct it in the settings or in the target.", place=self._ca_bundle) from error
        changes = tuple(f"ENV {name}={CERTIFICATES}" for name in _TRUSTING)
        identity = (hashlib.sha256(bundle).hexdigest(),)
        layer = Layer("workbench-base", base, _CERTIFICATES_SCRIPT, files={"ca.pem": bundle}, changes=changes, identity=identity)
        return self._layers.ensure(layer, "the base image with your certificates")


def proxy_variables(proxy: str) -> dict[str, str]:
    """The variables by which programs find a proxy, in both spellings; this machine is reached without it."""
    if not proxy:
        return {}
    values = {"HTTP_PROXY": proxy, "HTTPS_PROXY": proxy, "NO_PROXY": _LOCAL}
    return values | {name.lower(): value for name, value in values.items()}


def run_once(
    engine: Engine, image: str, command: list[str], run_id: str, *, seconds: float = 60, host: dict[str, Any] | None = None
) -> tuple[int, str, str]:
    """Runs a short command in a new container that is removed; exit code, stdout and stderr. `host`: settings of its host_config.

    Raises UserError when the image does not have the command, EnvironmentError_ when it takes longer than `seconds`.
    """
    with engine.asking("The container") as api:
        made = api.create_container(
            image,
            entrypoint=command[:1],
            command=command[1:],
            labels={"workbench.builder": run_id},
            stop_signal="SIGKILL",
            use_config_proxy=False,
            host_config=api.create_host_config(
                **{"network_mode": "none", "log_config": {"type": "json-file", "config": {}}, **(host or {})}
            ),
        )
    try:
        try:
            with engine.asking("The container") as api:
                api.start(made["Id"])
        except (EngineError, Refused) as error:
            if "executable file not found" in error.message or "no such file" in error.message:
                raise UserError(f"The image has no {command[0]}.", hint="Choose another base image.", place=image) from error
            raise
        with engine.asking("The container") as api:
            code = int(api.wait(made["Id"], timeout=seconds)["StatusCode"])
        parts = list(engine.output(made["Id"], follow=False))
    finally:
        engine.remove(made["Id"])
    out, said = (
        b"".join(data for stream, data in parts if stream == name).decode("utf-8", "replace") for name in ("stdout", "stderr")
    )
    return code, out, said


def pull(engine: Engine, name: str, follow: Follow) -> None:
    """Pulls an image, and tells how far it is. Raises UserError (no such image), EnvironmentError_ (network), Cancelled."""
    follow.say(f"Pulling the base image {name} ...")
    messages: queue.Queue[dict[str, Any] | WorkbenchError | None] = queue.Queue()

    def work() -> None:
        try:
            with engine.asking(f"The base image {name}") as api:
                for message in api.pull(name, stream=True, decode=True):
                    messages.put(message)
            messages.put(None)
        except WorkbenchError as error:
            messages.put(error)

    threading.Thread(target=work, daemon=True, name="workbench-pull").start()
    while True:
        if follow.must_stop():
            raise Cancelled("The pulling of the base image was cancelled.")
        try:
            message = messages.get(timeout=0.3)
        except queue.Empty:
            continue
        if message is None:
            return
        if isinstance(message, WorkbenchError):
            said = message.message.removeprefix(f"The base image {name} failed on the Docker engine {engine.where}: ")
            raise _not_pulled(name, said.removeprefix(f"The base image {name} is not there: ")) from message
        if error := message.get("error"):
            raise _not_pulled(name, str(error))
        status = str(message.get("status", ""))
        if status and not message.get("progressDetail") and status not in {"Pulling fs layer", "Waiting", "Verifying Checksum"}:
            follow.say(f"{message['id']}: {status}" if message.get("id") else status)


def _not_pulled(name: str, said: str) -> WorkbenchError:
    reason = " ".join(said.split()).rstrip(".")
    message = f"The base image {name} is not on the engine and cannot be pulled: {reason}."
    hint = "Correct the target's image, sign in to its registry (docker login), or load it there (docker load)."
    low = reason.lower()
    if any(sign in low for sign in ("not found", "denied", "unauthorized", "manifest unknown", "invalid reference")):
        return UserError(message, hint=hint, place=name)
    return EnvironmentError_(message, hint=hint, place=name)


def _uv_for(engine: Engine) -> Path | None:
    """This machine's uv, where containers can run it."""
    if sys.platform != "linux" or platform.machine() != engine.facts().architecture:
        return None
    from workbench.jobs.environments import uv_program

    return Path(os.path.realpath(uv_program()))


def _explained(said: str, place: str) -> WorkbenchError:
    from workbench.jobs.environments.tools import failure

    return failure("The image with the packages could not be built", said, place, "the base image")


__all__ = ["DEFAULT_BASE", "ENVIRONMENT", "ImageFacts", "ImageMaker", "Missing", "proxy_variables", "pull", "run_once"]
