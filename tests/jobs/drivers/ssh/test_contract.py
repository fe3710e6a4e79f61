"""Jobs on a plain remote machine."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.jobs.drivers.contract import ContractTarget, DriverContract, processes_of
from tests.jobs.drivers.sshd import Sshd


class TestSsh(DriverContract):
    @pytest.fixture
    def target(self, sshd: Sshd, remote: Path) -> ContractTarget:
        spec = {"kind": "ssh", **sshd.spec(folder=str(remote))}
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            nobody = free.getsockname()[1]

        def left(run_id: str) -> list[str]:
            folder = remote / "runs" / run_id
            return [*processes_of(run_id), *([str(folder)] if folder.exists() else [])]

        return ContractTarget(
            spec, left, values={"environment": "interpreter", "python": "python3"}, fault={"target": {**spec, "port": nobody}}
        )
