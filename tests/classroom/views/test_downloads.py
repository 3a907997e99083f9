"""Responses that a browser saves as a file."""

from classroom.views import downloads


async def test_as_async_yields_the_same_chunks():
    assert [text async for text in downloads.as_async(iter(["a", "b"]))] == ["a", "b"]
