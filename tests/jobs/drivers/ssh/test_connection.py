"""Signing in to a machine."""

from tests.jobs.drivers.sshd import Sshd


def test_that_the_private_server_answers(sshd: Sshd) -> None:
    assert sshd.drop() == 0
