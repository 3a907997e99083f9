from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from classroom.simulation.browser import Browser
from tests.server import Server


@asynccontextmanager
async def running_class(server: Server, topic: str) -> AsyncIterator[int]:
    """Start a class of the demo course, yield its number, and end it."""
    teacher = Browser(server.url)
    await teacher.sign_in("teacher@demo.example", server.password)
    await teacher.post("/courses/1/sessions/start/", {"topic": topic})
    session = server.count("select max(id) from classroom_classsession where course_id = 1 and ended_at is null")
    yield session
    await teacher.post(f"/sessions/{session}/end/", {})
    await teacher.close()
