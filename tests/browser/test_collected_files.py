"""Pages with the scripts that `collectstatic` has bundled and compressed, as on servers and with `make run`."""

import pytest
from playwright.async_api import Browser, Page, Request, expect

from tests.browser import people
from tests.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
MOST_SCRIPTS = 12
UNCOMPRESSED = (".svg", ".ico", ".png")


async def signed_in(browser: Browser, server: Server, email: str) -> Page:
    page = await (await browser.new_context()).new_page()
    await people.sign_in(page, server, email)
    return page


async def test_live_page_takes_few_scripts_all_compressed(server, browser):
    teacher = await signed_in(browser, server, "teacher@demo.example")
    complaints = people.complaints_of(teacher)
    await people.start_class(teacher, "Weights")
    requests: list[Request] = []
    teacher.on("request", lambda request: requests.append(request))
    await teacher.reload()
    await expect(teacher.get_by_test_id("tile").first).to_be_visible()
    responses = {request: await request.response() for request in requests if "/static/" in request.url}
    plain = [
        request.url
        for request, response in responses.items()
        if response.headers.get("content-encoding") != "br" and not request.url.endswith(UNCOMPRESSED)
    ]
    scripts = [request.url for request in requests if request.resource_type == "script"]
    await people.end_class(teacher)
    assert (plain, complaints) == ([], [])
    assert any("/js/teacher/live." in url for url in scripts)
    assert len(scripts) <= MOST_SCRIPTS
