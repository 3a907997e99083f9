import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

Message = dict[str, Any]


async def dispatch_each(
    sources: Sequence[Callable[[], Awaitable[Message]]], dispatch: Callable[[Message], Awaitable[None]]
) -> None:
    """Dispatch the messages of all sources, one at a time, until a dispatch or a source raises. Re-raises that error.

    Channels' own, await_many_dispatch, starts a task for each message and then waits for the tasks of all sources
    (docs/adr/0038-cost-of-a-snapshot.md).
    """
    one_at_a_time = asyncio.Lock()

    async def dispatch_from(receive: Callable[[], Awaitable[Message]]) -> None:
        while True:
            message = await receive()
            async with one_at_a_time:
                await dispatch(message)

    tasks = [asyncio.create_task(dispatch_from(receive)) for receive in sources]
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in ended:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
