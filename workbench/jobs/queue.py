"""Which waiting job starts next, and what each of the others waits for. Plain reckoning: no clock, no database, no thread.

Higher priority first; within one priority the projects take turns; within a project, first come, first served. A job starts when
its share of the target is free. A small job may overtake a big one that does not fit, but not for ever: see `reserved`.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from workbench.schema import RunStatus, Slots

WITHOUT_RESULT = {RunStatus.FAILED: "has failed", RunStatus.CANCELLED: "was cancelled", RunStatus.LOST: "was lost"}
"""What became of a run that nothing can be built on."""


@dataclass(frozen=True)
class Waiting:
    """A job in the queue."""

    run_id: str
    project: str
    target: str
    priority: int
    queued_at: datetime
    share: Slots
    depends_on: tuple[str, ...] = ()
    wait_s: float = 0.0
    """So long its next attempt is waited for still."""


@dataclass
class Pool:
    """What a target has for jobs, and what of it is taken. Targets on one machine may share it."""

    name: str
    capacity: Slots
    """0 CPUs or megabytes: not known, so not counted."""
    most: int = 0
    """Jobs at a time; 0: as many as fit."""
    jobs: int = 0
    cpus: float = 0.0
    memory_mb: int = 0
    gpus: set[int] = field(default_factory=set)

    def take(self, share: Slots, gpus: Iterable[int] = ()) -> None:
        self.jobs += 1
        self.cpus += share.cpus
        self.memory_mb += share.memory_mb
        self.gpus |= set(gpus)

    def free_gpus(self) -> list[int]:
        return [number for number in range(self.capacity.gpus) if number not in self.gpus]

    def never(self, share: Slots) -> str:
        """Why a job with this share can never start here, in a sentence; empty when it can."""
        if self.capacity.cpus and share.cpus > self.capacity.cpus:
            return f"The job asks for {_cpus(share.cpus)}, but {self.name} has {_number(self.capacity.cpus)}."
        if self.capacity.memory_mb and share.memory_mb > self.capacity.memory_mb:
            return f"The job asks for {share.memory_mb} MB of memory, but {self.name} has {self.capacity.memory_mb} MB."
        if share.gpus > self.capacity.gpus:
            has = "none" if not self.capacity.gpus else str(self.capacity.gpus)
            return f"The job asks for {_gpus(share.gpus)}, but {self.name} has {has}."
        return ""

    def lacks(self, share: Slots) -> str:
        """What a job with this share waits for, in a sentence; empty when it fits now."""
        if self.most and self.jobs >= self.most:
            return f"Waits for {'the job' if self.most == 1 else f'one of the {self.most} jobs'} on {self.name} to end."
        free = self.capacity.cpus - self.cpus
        if self.capacity.cpus and share.cpus > free + 1e-9:
            return f"Waits for {_cpus(share.cpus)} on {self.name}; {_free(free)} free."
        if self.capacity.memory_mb and share.memory_mb > self.capacity.memory_mb - self.memory_mb:
            left = max(0, self.capacity.memory_mb - self.memory_mb)
            return f"Waits for {share.memory_mb} MB of memory on {self.name}; {left} MB are free."
        if share.gpus > len(self.free_gpus()):
            return f"Waits for {_gpus(share.gpus)} on {self.name}; {_free(len(self.free_gpus()))} free."
        return ""


@dataclass(frozen=True)
class Decision:
    """What becomes of a waiting job now: it starts, fails, or waits for something."""

    job: Waiting
    starts: bool = False
    gpus: tuple[int, ...] = ()
    fails: str = ""
    waits_for: str = ""
    blocked: bool = False
    """It waits for its share of the target only."""


def decide(
    waiting: Iterable[Waiting],
    pools: Mapping[str, Pool],
    *,
    states: Mapping[str, tuple[RunStatus, str]],
    active: Mapping[str, int],
    last_started: Mapping[str, float],
    paused: Collection[str] = (),
    starving: Callable[[str], bool] = lambda _run_id: False,
) -> list[Decision]:
    """What becomes of each job, in the order of the queue; takes the shares of those that start from the pools.

    `pools`: of each target's name; `states`: of the runs that others depend on; `active`: jobs of each project that run now;
    `last_started`: when each project's turn was; `starving`: whether a job has waited for its share so long that none behind it may
    take of the same target.
    """
    ready: list[Decision] = []
    held: list[Decision] = []
    for job in waiting:
        decision = _held(job, pools, states, paused)
        (held if decision else ready).append(decision or Decision(job))
    decisions = []
    reserved: dict[int, str] = {}
    for job in in_turns([one.job for one in ready], active, last_started):
        pool = pools[job.target]
        if never := pool.never(job.share):
            decisions.append(Decision(job, fails=never))
        elif id(pool) in reserved:
            decisions.append(Decision(job, waits_for=f"Waits for a bigger job before it, for which {pool.name} is kept free."))
        elif lacks := pool.lacks(job.share):
            if starving(job.run_id):
                reserved[id(pool)] = job.run_id
            decisions.append(Decision(job, waits_for=lacks, blocked=True))
        else:
            gpus = tuple(pool.free_gpus()[: job.share.gpus])
            pool.take(job.share, gpus)
            decisions.append(Decision(job, starts=True, gpus=gpus))
    return [*decisions, *held]


def in_turns(waiting: Iterable[Waiting], active: Mapping[str, int], last_started: Mapping[str, float]) -> list[Waiting]:
    """By priority; then the project with the fewest jobs, of those the one whose turn was longest ago; then by time."""
    turns = Counter(active)
    lines: dict[tuple[int, str], list[Waiting]] = {}
    for job in sorted(waiting, key=lambda one: (one.queued_at, one.run_id), reverse=True):
        lines.setdefault((-job.priority, job.project), []).append(job)
    ordered = []
    while lines:
        urgent = min(priority for priority, _project in lines)
        key = min(
            (one for one in lines if one[0] == urgent),
            key=lambda one: (turns[one[1]], last_started.get(one[1], 0.0), lines[one][-1].queued_at, one[1]),
        )
        ordered.append(lines[key].pop())
        turns[key[1]] += 1
        if not lines[key]:
            del lines[key]
    return ordered


def circle(run_id: str, depends_on: Iterable[str], known: Mapping[str, Collection[str]]) -> bool:
    """Whether a job that depended on these would in the end wait for itself."""
    seen: set[str] = set()
    ahead = list(depends_on)
    while ahead:
        one = ahead.pop()
        if one == run_id:
            return True
        if one not in seen:
            seen.add(one)
            ahead += known.get(one, ())
    return False


def _held(
    job: Waiting,
    pools: Mapping[str, Pool],
    states: Mapping[str, tuple[RunStatus, str]],
    paused: Collection[str],
) -> Decision | None:
    """What keeps a job back that has nothing to do with shares."""
    if job.target not in pools:
        return Decision(job, fails=f"The target {job.target} is not there any more.")
    for other in job.depends_on:
        if other not in states:
            return Decision(job, fails="A run on which it depends was deleted.")
        status, name = states[other]
        if status in WITHOUT_RESULT:
            return Decision(job, fails=f"It depends on run {name}, which {WITHOUT_RESULT[status]}.")
    unfinished = [states[other][1] for other in job.depends_on if not states[other][0].is_final]
    if unfinished:
        return Decision(job, waits_for=f"Waits for run {' and run '.join(unfinished)}.")
    if job.wait_s > 0:
        return Decision(job, waits_for=f"Waits for its next attempt in {max(1, round(job.wait_s))} s.")
    if job.target in paused:
        return Decision(job, waits_for=f"Waits until the queue of {job.target} is resumed.")
    return None


def _number(value: float) -> str:
    return f"{value:g}"


def _cpus(value: float) -> str:
    return f"{value:g} CPU{'' if value == 1 else 's'}"


def _gpus(value: int) -> str:
    return f"{value} GPU{'' if value == 1 else 's'}"


def _free(value: float) -> str:
    value = max(0.0, value)
    return "none is" if value == 0 else f"{value:g} {'is' if value == 1 else 'are'}"
