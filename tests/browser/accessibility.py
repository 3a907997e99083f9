"""axe-core on pages, and whether they scroll sideways."""

from playwright.async_api import Browser, Page

from tests.browser import people
from tests.server import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# A desktop in light, a phone in dark.
LOOKS = (("light", 1440), ("dark", 360))
HEIGHT = 900
# By default, the result also has every element that passes, which takes longer to send than to find. None of these
# rules reads the style sheets, which axe would otherwise reload.
RUN = """
async (runOnly) => {
  const options = { runOnly, resultTypes: ["violations"], preload: { assets: ["media"] } };
  const { violations } = await axe.run(document, options);
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)}`);
}
"""
# A chart is redrawn some frames after the window's width changes.
OVERHANG = """
async (frames) => {
  const overhang = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;
  for (let frame = 0; frame < frames && overhang() > 0; frame += 1) await new Promise(requestAnimationFrame);
  return overhang();
}
"""
FRAMES = 300


async def faults(page: Page) -> list[str]:
    """Return axe-core's violations on the current page."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text())
    return await page.evaluate(RUN, RULES)


async def complaints(page: Page) -> list[str]:
    """Return the current page's faults, and whether it scrolls sideways."""
    width = await page.evaluate(OVERHANG, FRAMES)
    return [*await faults(page), *([f"{width} px wider than the window"] if width > 0 else [])]


async def violations(page: Page, server, path: str) -> list[str]:
    """Open a page and return its complaints."""
    await page.goto(server.url + path)
    return [f"{path}: {each}" for each in await complaints(page)]


async def page_of(browser: Browser, server, email: str = "") -> Page:
    """A page for violations_in_each_look, signed in if there is an address."""
    context = await browser.new_context()
    # Sent once, because sending it for each page takes longer than running it.
    await context.add_init_script(path=AXE)
    page = await context.new_page()
    if email:
        await people.sign_in(page, server, email)
    return page


async def violations_in_each_look(page: Page, server, *paths: str) -> list[str]:
    """Return the violations of each path in each look. The page stays in the last look."""
    found = []
    for scheme, width in LOOKS:
        await page.emulate_media(color_scheme=scheme)
        await page.set_viewport_size({"width": width, "height": HEIGHT})
        for path in paths:
            found += [f"{scheme}, {width} px: {each}" for each in await violations(page, server, path)]
    return found
