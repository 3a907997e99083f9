"""A student's page in class, in headless Chromium, on a server of this working tree."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from benchmarks.revisions import Server, serving
from tests.browser import people
from tests.browser.fake_camera import launch_options, required_chromium

STUDENT = "student1@demo.example"
# A class that runs in the demo's first course, whatever ran there before.
CLASS = """
import json
from django.utils import timezone
from classroom.models import ClassSession, Course
course = Course.objects.order_by("pk").first()
course.sessions.all().delete()
print(json.dumps(ClassSession.objects.create(course=course, topic="Measured", started_at=timezone.now()).pk))
"""


@asynccontextmanager
async def chromium_browser(*flags: str) -> AsyncIterator[Browser]:
    """Launch a browser for the duration of the context."""
    path = required_chromium()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**launch_options(path, *flags))
        yield browser
        await browser.close()


async def open_student_page(browser: Browser, server: Server, *, init_script: str = "", **options: Any) -> Page:
    """Sign in a student of the demo, agree to the camera, and open the page of a running class.

    init_script: runs before the scripts of each page. options: of the browser's context.
    """
    context = await browser.new_context(**options)
    await context.add_init_script(init_script)
    page = await context.new_page()
    await people.sign_in_by_form(page, server, STUDENT)
    await people.give_consent(page, server)
    await page.goto("about:blank")  # a page that waits for the class would go there by itself
    session = json.loads(server.shell(CLASS))
    await page.goto(f"{server.url}/sessions/{session}/attend/")
    await page.get_by_test_id("start-camera").wait_for()
    return page


@asynccontextmanager
async def student_page() -> AsyncIterator[Page]:
    """A student's page whose camera is off, with the product's own files and Content-Security-Policy."""
    with serving(".") as server:
        async with chromium_browser() as browser:
            yield await open_student_page(browser, server)
