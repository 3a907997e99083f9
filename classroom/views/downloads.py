"""Responses that a browser saves as a file."""

from collections.abc import AsyncIterator, Iterator
from typing import TypeVar

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

Response = TypeVar("Response", bound=HttpResponseBase)
Chunk = TypeVar("Chunk", str, bytes)


def stream_response(request: HttpRequest, chunks: Iterator[Chunk], *, content_type: str) -> StreamingHttpResponse:
    # Under ASGI, Django would collect a synchronous stream in memory before sending it.
    stream = as_async(chunks) if isinstance(request, ASGIRequest) else chunks
    return StreamingHttpResponse(stream, content_type=content_type)


def as_attachment(response: Response, name: str) -> Response:
    """Name the file, and keep it out of caches."""
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    response.headers["Cache-Control"] = "private, no-store"
    return response


async def as_async(chunks: Iterator[Chunk]) -> AsyncIterator[Chunk]:
    """Yield the chunks without blocking the event loop on the database."""
    next_chunk = sync_to_async(lambda: next(chunks, None))
    while (chunk := await next_chunk()) is not None:
        yield chunk
