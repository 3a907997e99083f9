"""The pages of a class in Hindi."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser import people
from tests.browser.accessibility import violations

pytestmark = pytest.mark.browser
# Names of people and of the product are in Latin letters.
NAMES = re.compile(r"Attune|Ben Haddad|Introduction to Statistics|CSV")
LATIN_TEXTS = r"""() => {
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) {
    const { textContent, parentElement } = walker.currentNode;
    const isHidden = parentElement.closest("[hidden], noscript, script, [lang=en], [translate=no]");
    if (!isHidden && /[A-Za-z]{3}/.test(textContent)) texts.push(textContent.trim());
  }
  return texts;
}"""


@pytest.fixture(autouse=True)
def _accounts_without_a_language(server):
    """An account keeps its language beyond a test, and other tests expect English."""
    yield
    server.execute("update accounts_user set language = ''")


async def english_on(page: Page) -> list[str]:
    return [text for text in await page.evaluate(LATIN_TEXTS) if re.search("[A-Za-z]{3}", NAMES.sub("", text))]


async def switch_to_hindi(page: Page, server) -> None:
    await page.goto(f"{server.url}/")
    await page.locator("[data-menu] summary").click()
    await page.get_by_role("button", name="Hindi").click()
    await expect(page.locator("html")).to_have_attribute("lang", "hi")


async def test_class_in_hindi(server, browser):
    context = await browser.new_context(viewport={"width": 360, "height": 800})
    others = await browser.new_context(viewport={"width": 360, "height": 800})
    teacher, student = await context.new_page(), await others.new_page()
    complaints = [people.complaints_of(page) for page in (teacher, student)]
    await people.sign_in(teacher, server, "teacher@demo.example")
    session = await people.start_class(teacher, "माध्य")
    live = f"{session}live/".removeprefix(server.url)
    await people.sign_in(student, server, "student2@demo.example")
    await people.give_consent(student, server)
    await switch_to_hindi(student, server)
    await student.goto(f"{session}attend/")
    await student.get_by_test_id("start-camera").click()
    await switch_to_hindi(teacher, server)
    await teacher.goto(f"{session}live/")

    tile = teacher.get_by_test_id("tile").filter(has_text="Ben Haddad")
    await expect(tile.locator(".tile__label")).to_have_text(re.compile("^(खुशी|आश्चर्य|सामान्य|उदासी|डर|घृणा|गुस्सा)$"))
    await expect(teacher.get_by_test_id("connection")).to_have_text("जुड़ा है")
    await expect(teacher.get_by_test_id("class-sentence")).to_have_text(re.compile("दिखत.*।$"))
    await student.locator("[data-answer=lost]").click()
    counts = re.compile(r"^“समझ नहीं आया” \d\d:\d\d बजे तक गिना जाता है।$")
    await expect(student.locator("[data-answer-state]")).to_have_text(counts)
    await expect(teacher.get_by_test_id("answer-lost")).to_have_text(re.compile("समझ नहीं आया.*1"))
    assert await english_on(student) == []
    assert [text for text in await english_on(teacher) if not await is_a_name(teacher, text)] == []
    assert complaints == [[], []]

    assert await violations(teacher, server, live) == []
    assert await violations(student, server, live.replace("live", "attend")) == []
    await teacher.locator("#end-class form").evaluate("form => form.submit()")
    await expect(teacher.get_by_role("heading", name="माध्य")).to_be_visible()
    assert await violations(teacher, server, live.replace("live/", "")) == []
    for each in (context, others):
        await each.close()


async def is_a_name(page: Page, text: str) -> bool:
    return text in await page.locator(".tile__name").all_text_contents()


async def test_scripts_fall_back_to_english_without_a_catalogue(server, browser):
    context = await browser.new_context()
    teacher = await context.new_page()
    await people.sign_in(teacher, server, "teacher@demo.example")
    session = await people.start_class(teacher, "Alone")
    await context.route("**/jsi18n/**", lambda route: route.abort())
    await switch_to_hindi(teacher, server)
    await teacher.goto(f"{session}live/")
    await expect(teacher.get_by_test_id("connection")).to_have_text("Connected")
    await teacher.locator("#end-class form").evaluate("form => form.submit()")
    await expect(teacher.get_by_role("heading", name="Alone")).to_be_visible()
    await context.close()
