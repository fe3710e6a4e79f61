"""Drivers: how a job is run on each kind of target. One file a kind; all pass the same contract tests."""

from workbench.jobs.drivers.base import Driver, Follow, Poll, Usage

__all__ = ["Driver", "Follow", "Poll", "Usage"]
