import asyncio

import pytest
from channels.exceptions import StopConsumer

from classroom.consumers.dispatching import dispatch_each


@pytest.fixture
def queues() -> list[asyncio.Queue]:
    return [asyncio.Queue(), asyncio.Queue()]


def message(number: int) -> dict:
    return {"type": "number", "number": number}


async def test_messages_of_all_sources_are_dispatched_in_their_order(queues):
    dispatched = []

    async def dispatch(message):
        dispatched.append(message["number"])
        if len(dispatched) == 6:
            raise StopConsumer

    for number in (1, 2, 3):
        queues[0].put_nowait(message(number))
        queues[1].put_nowait(message(10 * number))
    with pytest.raises(StopConsumer):
        await dispatch_each([queue.get for queue in queues], dispatch)
    assert [number for number in dispatched if number < 10] == [1, 2, 3]
    assert [number for number in dispatched if number >= 10] == [10, 20, 30]


async def test_message_waits_until_the_one_before_is_dispatched(queues):
    log, first_began, second_received = [], asyncio.Event(), asyncio.Event()

    async def receive_second():
        await first_began.wait()
        second_received.set()
        return message(2)

    async def dispatch(message):
        log.append(f"begin {message['number']}")
        if message["number"] == 2:
            raise StopConsumer
        first_began.set()
        await second_received.wait()
        await asyncio.sleep(0)
        log.append("end 1")

    queues[0].put_nowait(message(1))
    with pytest.raises(StopConsumer):
        await dispatch_each([queues[0].get, receive_second], dispatch)
    assert log == ["begin 1", "end 1", "begin 2"]


@pytest.mark.parametrize("error", [StopConsumer(), OSError("a fault")], ids=["end", "fault"])
async def test_what_a_dispatch_raises_ends_every_source(queues, error):
    ended = []

    async def receive_until_cancelled():
        try:
            await queues[1].get()
        finally:
            ended.append("the other source")

    async def dispatch(message):
        raise error

    queues[0].put_nowait(message(1))
    with pytest.raises(type(error)):
        await dispatch_each([queues[0].get, receive_until_cancelled], dispatch)
    assert ended == ["the other source"]


async def test_source_that_fails_ends_the_socket(queues):
    async def fail():
        raise OSError("Redis is unavailable")

    async def dispatch(message):
        raise AssertionError(message)

    with pytest.raises(OSError, match="Redis is unavailable"):
        await dispatch_each([queues[0].get, fail], dispatch)


async def test_cancelled_socket_lets_its_handler_clean_up(queues):
    began, log = asyncio.Event(), []

    async def dispatch(message):
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            log.append("clean up")

    queues[0].put_nowait(message(1))
    running = asyncio.create_task(dispatch_each([queue.get for queue in queues], dispatch))
    await began.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert log == ["clean up"]
