"""The bus of events: order, gaps, another life, the end."""

import asyncio
from collections.abc import Callable

from workbench.schema import Event, LogAppended, Reset
from workbench.server.events import EventBus


def log(size: int) -> LogAppended:
    return LogAppended(run_id="r", size=size)


def heard(bus: EventBus, count: int, after: int = 0, boot: str = "", then: Callable[[], None] = lambda: None) -> list[Event]:
    """What a listener hears first; `then` happens once it waits."""

    async def listen() -> list[Event]:
        found: list[Event] = []
        listener = bus.listen(after, boot)
        asyncio.get_running_loop().call_later(0.02, then)
        async for event in listener:
            found.append(event)
            if len(found) == count:
                break
        await listener.aclose()  # type: ignore[attr-defined]
        return found

    return asyncio.run(asyncio.wait_for(listen(), 10))


def test_that_events_come_numbered_and_in_order() -> None:
    bus = EventBus()
    for size in range(3):
        bus.publish(log(size))
    found = heard(bus, 4, then=lambda: bus.publish(log(3)))
    assert [event.number for event in found] == [1, 2, 3, 4]
    assert [event.body for event in found] == [log(size) for size in range(4)]


def test_that_only_the_events_after_a_number_come() -> None:
    bus = EventBus()
    for size in range(5):
        bus.publish(log(size))
    assert [event.number for event in heard(bus, 2, after=3)] == [4, 5]


def test_that_minus_one_hears_only_what_comes() -> None:
    bus = EventBus()
    bus.publish(log(0))
    assert [event.number for event in heard(bus, 1, after=-1, then=lambda: bus.publish(log(1)))] == [2]


def test_that_a_gap_gives_a_reset_and_the_numbers_go_on() -> None:
    bus = EventBus(kept=3)
    for size in range(10):
        bus.publish(log(size))
    found = heard(bus, 2, after=2, then=lambda: bus.publish(log(10)))
    assert isinstance(found[0].body, Reset)
    assert [event.number for event in found] == [10, 11]


def test_that_a_number_of_another_life_gives_a_reset() -> None:
    bus = EventBus()
    bus.publish(log(0))
    assert isinstance(heard(bus, 1, after=99)[0].body, Reset)
    assert isinstance(heard(bus, 1, after=1, boot="another")[0].body, Reset)
    assert heard(bus, 1, after=0, boot=bus.boot)[0].body == log(0)


def test_that_closing_ends_the_listeners_after_the_last_event() -> None:
    bus = EventBus()
    bus.publish(log(0))
    assert len(heard(bus, 99, then=bus.close)) == 1
    bus.publish(log(1))
    assert len(heard(bus, 99)) == 1
