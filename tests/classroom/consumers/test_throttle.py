import asyncio

from classroom.consumers.throttle import Throttle


async def test_throttle_lets_one_action_through_in_a_period():
    throttle = Throttle(60)
    assert [throttle.acquire(), throttle.acquire(), throttle.is_open()] == [True, False, False]


async def test_throttle_opens_after_its_period():
    throttle = Throttle(0.01)
    throttle.acquire()
    await asyncio.sleep(0.02)
    assert throttle.is_open()
    assert throttle.acquire()


async def test_closing_again_starts_a_new_period():
    throttle = Throttle(60)
    throttle.close()
    first = throttle.closed_until
    await asyncio.sleep(0.01)
    throttle.close()
    assert throttle.closed_until > first
