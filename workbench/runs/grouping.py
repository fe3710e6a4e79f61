"""Writes of many threads in few commits: whoever gets to write takes along what the others wait to have written."""

from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from workbench.base.errors import WorkbenchError

_MOST = 256  # works of one commit

Result = TypeVar("Result")


class _Waiting(Generic[Result]):
    """A piece of work, and what came of it."""

    def __init__(self, work: Callable[[sa.Connection], Result]) -> None:
        self.work = work
        self.done = False
        self.result: Result | None = None
        self.error: BaseException | None = None

    def fail(self, error: BaseException) -> None:
        self.error, self.done = error, True

    def answer(self) -> Result:
        if self.error is not None:
            raise self.error
        return self.result  # type: ignore[return-value]


class GroupedWrites:
    """Runs works that came together in one transaction, each within its own savepoint, and answers after the commit.

    `write` opens a transaction, `writing` is the lock that it takes. A work that fails is rolled back alone. Where the whole
    transaction fails before its commit (the disk is full), each work is tried again by itself. A work may therefore be called
    twice and must do nothing but write through its connection.
    """

    def __init__(self, write: Callable[[], AbstractContextManager[sa.Connection]], writing: AbstractContextManager[Any]) -> None:
        self._write = write
        self._writing = writing
        self._queue: deque[_Waiting[Any]] = deque()

    def do(self, work: Callable[[sa.Connection], Result]) -> Result:
        """What `work` returns, as soon as its writes are durable. Raises what it raises."""
        own: _Waiting[Result] = _Waiting(work)
        self._queue.append(own)
        with self._writing:
            while not own.done:
                self._take(own)
        return own.answer()

    def _take(self, own: _Waiting[Any]) -> None:
        """Does what waits; `own` is among it, or a work further back."""
        group = [self._queue.popleft() for _ in range(min(len(self._queue), _MOST))]
        try:
            self._together(group)
        except BaseException as error:  # noqa: BLE001 (each one gets an answer)
            for one in group:
                if not one.done:
                    one.fail(error)
            if not isinstance(error, Exception):  # an interrupt is the leader's own
                own.fail(error)

    def _together(self, group: list[_Waiting[Any]]) -> None:
        if len(group) == 1:
            self._alone(group[0])
            return
        ready = False
        try:
            with self._write() as connection:
                for one in group:
                    _within(connection, one)
                ready = True
        except Exception:
            if ready:  # the commit itself failed: whether it happened is for the database to know, so nothing is repeated
                raise
            for one in group:
                one.error = None
                self._alone(one)
            return
        for one in group:
            if one.error is None or isinstance(one.error, WorkbenchError):
                one.done = True
            else:  # what the database said becomes a sentence where the transaction is the work's own
                one.error = None
                self._alone(one)

    def _alone(self, one: _Waiting[Any]) -> None:
        try:
            with self._write() as connection:
                one.result = one.work(connection)
        except Exception as error:  # noqa: BLE001 (it is the caller's, who gets it)
            one.fail(error)
        else:
            one.done = True


def _within(connection: sa.Connection, one: _Waiting[Any]) -> None:
    """Does a work in a savepoint. Raises only when the whole transaction is lost."""
    savepoint = connection.begin_nested()
    try:
        one.result = one.work(connection)
    except Exception as error:  # noqa: BLE001 (as above)
        savepoint.rollback()
        one.error = error
    else:
        savepoint.commit()
