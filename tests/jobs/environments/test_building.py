import contextlib
import re
import socket
import ssl
import subprocess
import threading
from pathlib import Path

import pytest

from workbench.base.errors import Cancelled, EnvironmentError_, UserError
from workbench.base.paths import WorkspacePaths
from workbench.base.settings import Settings
from workbench.jobs.environments import EnvironmentBuilder


def _requirements(folder: Path, text: str) -> Path:
    path = folder / "requirements.txt"
    path.write_text(text)
    return path


def test_that_an_environment_holds_the_locked_packages_and_nothing_else(builder: EnvironmentBuilder, tmp_path: Path) -> None:
    lock = builder.resolve(_requirements(tmp_path, "six<1.17\n"))
    assert lock == "six==1.16.0\n"
    lines: list[str] = []
    python = builder.ensure(lock, say=lines.append)
    code = "import six, importlib.metadata as m; print(six.__version__, len(list(m.distributions())))"
    assert subprocess.run([python, "-I", "-c", code], capture_output=True, text=True).stdout.split() == ["1.16.0", "1"]
    assert any("six" in line for line in lines)
    assert builder.installed(python) == "six==1.16.0\n"


SIX = "six==1.17 --hash=sha256:4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274 \\\n    --hash=sha256:"
SIX_LOCK = "six==1.17.0 --hash=sha256:4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274 --hash=sha256:"


def test_that_hashes_of_requirements_are_kept_and_held_to(builder: EnvironmentBuilder, tmp_path: Path) -> None:
    wheel = "ff70335d468e7eb6ec65b95b99d3a2836546063f63acc5171de367e834932a81"
    (tmp_path / "more.txt").write_text(f"{SIX}{wheel}\n")
    lock = builder.resolve(_requirements(tmp_path, "iniconfig==2.0.0\n-r more.txt\n"))
    assert lock == f"iniconfig==2.0.0\n{SIX_LOCK}{wheel}\n"
    assert builder.ensure(lock).exists()
    assert builder.resolve("six", constraints=lock) == "six==1.17.0\n"
    assert builder.resolve(lock) == lock
    other = builder.resolve(_requirements(tmp_path, f"six==1.17.0 --hash=sha256:{'0' * 64}\n"))
    with pytest.raises(UserError, match=r"could not be built: Failed to download `six==1\.17\.0`: Hash mismatch"):
        builder.ensure(other)


def test_that_no_requirements_give_an_empty_environment(builder: EnvironmentBuilder, tmp_path: Path) -> None:
    assert builder.resolve(_requirements(tmp_path, "# nothing yet\n")) == ""
    assert builder.resolve(None) == ""
    assert builder.ensure("").exists()


def test_that_a_pyproject_and_further_requirements_keep_to_constraints(builder: EnvironmentBuilder, tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text('[project]\nname = "x"\nversion = "1"\ndependencies = ["six"]\n')
    assert builder.resolve(path, extra=["iniconfig"], constraints="six==1.15.0\niniconfig==2.0.0\n").split() == [
        "iniconfig==2.0.0",
        "six==1.15.0",
    ]
    assert builder.resolve("six", constraints="six==1.15.0").split() == ["six==1.15.0"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("six>99\n", "because only six<=1.17.0 is available and you require six>99"),
        ("no-such-package-of-workbench\n", "because no-such-package-of-workbench was not found in the package registry"),
        ("six==\n", "at position 0"),
        ("-e .\n", r"asks for a local folder or file \(-e \.\)"),
        ("six\n./lib[more]  # ours\n", r"asks for a local folder or file \(\./lib\[more\]  # ours\)"),
    ],
)
def test_that_requirements_that_do_not_resolve_give_one_sentence(
    builder: EnvironmentBuilder, tmp_path: Path, text: str, reason: str
) -> None:
    path = _requirements(tmp_path, text)
    with pytest.raises(UserError, match=reason) as caught:
        builder.resolve(path)
    assert "requirements.txt" in caught.value.message
    assert "\n" not in str(caught.value)
    assert len(caught.value.message) < 400
    assert caught.value.place == str(path)


def test_that_a_missing_file_is_named(builder: EnvironmentBuilder, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no requirements file needs\.txt"):
        builder.resolve(tmp_path / "needs.txt")


def test_that_a_missing_network_is_the_machines_fault_and_the_lock_of_before_is_used(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os
    import time

    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    settings = Settings(package_index="http://127.0.0.1:9/simple")
    path = _requirements(tmp_path, "workbench-never-cached\n")
    builder = EnvironmentBuilder(WorkspacePaths(home), settings)
    with pytest.raises(EnvironmentError_, match=r"no connection to the package index at 127\.0\.0\.1:9") as caught:
        builder.resolve(path)
    assert "\n" not in str(caught.value)
    # an answer of two days ago
    (home / "envs/locks").mkdir(parents=True)
    good = EnvironmentBuilder(WorkspacePaths(home), Settings())
    good.resolve(_requirements(tmp_path, "six\n"))
    (kept,) = (home / "envs/locks").glob("*.txt")
    os.utime(kept, (time.time() - 200_000,) * 2)
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "no-cache"))
    lines: list[str] = []
    assert good.resolve(path, say=lines.append).startswith("six==")
    assert "Using the package versions found before" in lines[-1]


def test_that_a_certificate_that_nobody_trusts_is_said(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        "/CN=localhost",
        "-addext",
        "subjectAltName=DNS:localhost",
    ]
    subprocess.run([*made, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as listener, context.wrap_socket(listener, server_side=True) as server:
        server.settimeout(0.2)
        ended = threading.Event()

        def refuse() -> None:
            while not ended.is_set():
                with contextlib.suppress(OSError):  # whoever comes does not trust us
                    server.accept()[0].close()

        thread = threading.Thread(target=refuse)
        thread.start()
        try:
            index = f"https://localhost:{server.getsockname()[1]}/simple"
            with pytest.raises(EnvironmentError_) as caught:
                EnvironmentBuilder(WorkspacePaths(home), Settings(package_index=index)).resolve("workbench-never-cached")
        finally:
            ended.set()
            thread.join()
    assert re.search(r"the certificate of the package index at localhost:\d+ is not trusted\.$", caught.value.message)
    assert "ca_bundle" in caught.value.hint


def test_that_two_builders_of_one_environment_build_it_once(builder: EnvironmentBuilder, home: Path) -> None:
    lines: list[str] = []
    pythons: list[Path] = []
    other = EnvironmentBuilder(WorkspacePaths(home), Settings())
    threads = [
        threading.Thread(target=lambda one=one: pythons.append(one.ensure("six==1.16.0\n", say=lines.append)))
        for one in (builder, other)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert pythons[0] == pythons[1]
    assert sum(line.startswith("Building the environment") for line in lines) == 1


def test_that_a_build_that_was_killed_is_begun_anew(builder: EnvironmentBuilder) -> None:
    python = builder.ensure("six==1.16.0\n")
    folder = python.parent.parent
    (folder / "workbench-environment.json").unlink()
    for path in folder.rglob("six.py"):
        path.unlink()
    assert builder.ensure("six==1.16.0\n") == python
    assert subprocess.run([python, "-I", "-c", "import six"]).returncode == 0


def test_that_a_cancelled_build_leaves_nothing(builder: EnvironmentBuilder, home: Path) -> None:
    with pytest.raises(Cancelled):
        builder.ensure("six==1.16.0\n", cancel=lambda: True)
    assert not [path for path in (home / "envs").iterdir() if path.is_dir()]
