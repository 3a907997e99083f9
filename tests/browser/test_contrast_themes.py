"""The live page in a contrast theme of the system, which replaces the page's colours."""

import re

import pytest
from playwright.async_api import Page, Route, expect

from tests.browser import people
from tests.server import ROOT

pytestmark = pytest.mark.browser
BACKGROUNDS = "(all) => all.map((each) => getComputedStyle(each).backgroundColor)"
PATTERNS = "(all) => all.map((each) => getComputedStyle(each).backgroundImage)"
# Those of the page have a hash after a dot.
UNBUNDLED = re.compile(r"/static/js/lib/[\w-]+\.js$")
CHART_COLOURS = """
async () => {
  const { answerColours, resolveColour } = await import("/static/js/lib/colours.js");
  return [...answerColours(), resolveColour("--surface")];
}
"""


async def serve_source(route: Route) -> None:
    """Serve scripts as they are: the server has bundled ones."""
    await route.fulfill(path=ROOT / "static" / route.request.url.partition("/static/")[2])


async def colours(page: Page, selector: str) -> list[str]:
    return await page.locator(selector).evaluate_all(BACKGROUNDS)


async def test_figures_keep_colours_of_their_own_and_answers_a_pattern(server, browser):
    page = await (await browser.new_context()).new_page()
    await people.sign_in(page, server, "teacher@demo.example")
    await people.start_class(page, "Contrast")
    await expect(page.locator("[data-live]")).to_have_attribute("data-ready", "yes")
    patterns = await page.locator(".live [data-testid=answer-key] .answer-swatch").evaluate_all(PATTERNS)
    found = []
    await page.route(UNBUNDLED, serve_source)
    for scheme in ("light", "dark"):
        await page.emulate_media(forced_colors="active", color_scheme=scheme)
        await page.reload()
        await expect(page.locator("[data-live]")).to_have_attribute("data-ready", "yes")
        parts = await colours(page, ".live .share-bar__part")
        swatches = await colours(page, ".live [data-testid=answer-key] .answer-swatch")
        found.append((parts, swatches, await page.evaluate(CHART_COLOURS)))
    await people.end_class(page)
    assert len(patterns) == len(set(patterns)) == 4
    for parts, swatches, chart in found:
        assert len(parts) >= 7
        assert len(set(parts)) == len(parts)
        assert len(set(swatches)) == len(swatches) == 4
        assert len(set(chart)) == 5
