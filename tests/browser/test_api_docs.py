"""The page about the API: Swagger UI from this server, under the same policy as every page."""

import pytest
from playwright.async_api import expect

from tests.browser.sessions import session_cookie

pytestmark = pytest.mark.browser
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.violations.push(`${event.violatedDirective} ${event.blockedURI}`);
});
"""


async def test_page_shows_the_operations_without_a_violation_of_the_policy(server, browser_without_camera):
    context = await browser_without_camera.new_context()
    await context.add_cookies([session_cookie(server, "teacher@demo.example")])
    await context.add_init_script(WATCH)
    page = await context.new_page()
    hosts = set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    response = await page.goto(f"{server.url}/api/v1/docs/")
    assert "unsafe" not in response.headers["content-security-policy"]
    await expect(page.locator("#api-docs")).to_have_attribute("lang", "en")  # whatever the page's language
    await page.locator("#operations-courses-list_courses").get_by_role("button").first.click()
    await page.get_by_role("button", name="Try it out").click()
    await page.get_by_role("button", name="Execute").click()
    await expect(page.locator(".live-responses-table tbody .response-col_status").first).to_contain_text("200")
    assert await page.evaluate("window.violations") == []
    assert hosts == {server.url.split("/")[2]}
