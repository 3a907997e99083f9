"""Second factors in a real browser: the policy refuses nothing, the QR code is drawn, and a passkey signs in."""

import re

import pytest
from playwright.async_api import CDPSession, Page, expect

from tests.browser import people

pytestmark = pytest.mark.browser

PASSKEYS_OF_THE_DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


async def device_with_passkeys(page: Page) -> CDPSession:
    session = await page.context.new_cdp_session(page)
    await session.send("WebAuthn.enable")
    await session.send("WebAuthn.addVirtualAuthenticator", {"options": PASSKEYS_OF_THE_DEVICE})
    return session


@pytest.fixture
def student(server):
    """Signs in with only the password before the test and, for other tests, after it."""
    address = "student3@demo.example"
    yield address
    assert server.manage("remove_second_factors", address).returncode == 0


async def test_passkey_signs_in_under_the_strict_policy(server, browser, student):
    # Passkeys are for names, not for addresses.
    site = server.url.replace("127.0.0.1", "localhost")
    context = await browser.new_context(base_url=site)
    page = await context.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: refused.append(str(error)))
    await device_with_passkeys(page)
    await page.goto("/accounts/login/")
    await page.get_by_label("E-mail").fill(student)
    await page.get_by_label("Password", exact=True).fill(server.password)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await expect(page).to_have_url(f"{site}/")

    await page.goto("/accounts/2fa/totp/activate/")
    await page.get_by_label("Password", exact=True).fill(server.password)
    await page.get_by_role("button", name="Continue").click()
    code = page.get_by_alt_text("QR code for the app")
    await expect(code).to_be_visible()
    assert await code.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0

    await page.goto("/accounts/2fa/webauthn/add/")
    await page.get_by_role("button", name="Add passkey").click()
    await expect(page.get_by_test_id("recovery-codes").get_by_role("listitem")).to_have_count(10)
    await page.goto("/accounts/logout/")
    await page.locator("main").get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("link", name="Sign in").first).to_be_visible()

    await page.goto("/accounts/login/")
    await page.get_by_role("button", name="Sign in with a passkey").click()
    await expect(page).to_have_url(re.compile(rf"^{re.escape(site)}/$"), timeout=people.PATIENCE_MS)
    await expect(page.get_by_role("link", name="Courses")).to_be_visible()
    assert refused == []
    await context.close()
