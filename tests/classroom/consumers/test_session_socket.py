import asyncio
import inspect

from classroom.consumers.session_socket import SessionSocket


async def test_job_that_has_not_begun_is_closed_with_its_socket():
    async def work():
        await asyncio.Event().wait()

    socket, job = SessionSocket(), work()
    task = socket.run_in_background(job)
    task.cancel()
    await asyncio.wait([task])
    await asyncio.sleep(0)
    assert inspect.getcoroutinestate(job) == inspect.CORO_CLOSED
    assert socket.jobs == set()
