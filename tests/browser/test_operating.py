"""Claims about running the server from its pages, in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.sight import Sight

pytestmark = pytest.mark.browser

PAGES = ("apps", "plans", "usage", "health", "audit")
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True}


def test_an_app_is_made_used_up_granted_calls_and_removed(
    see: Callable[..., Sight],
) -> None:
    sight = see()
    sight.log_in()
    make_plan_and_app(sight)
    use_up(sight)
    grant(sight)
    find_traces(sight)
    remove(sight)


def make_plan_and_app(sight: Sight) -> None:
    """Make a plan of one call a day, and an app that has it."""
    page = sight.page
    sight.open("/console/plans")
    page.fill("[name=name]", "tiny")
    page.fill("[name=printed_text]", "1")
    page.click("button.main")
    expect(page.locator("[role=status]")).to_have_text("The plan is saved.")
    sight.open("/console/apps")
    page.fill("[name=name]", "Scanner")
    page.fill("[name=id]", "scanner")
    page.select_option("[name=plan]", "tiny")
    page.click("button.main")
    expect(page.locator("#made-id")).to_have_text("scanner")
    assert len(page.locator("#made-secret").text_content() or "") == 32
    sight.check_access()


def use_up(sight: Sight) -> None:
    """Make the one call, and one more."""
    page = sight.page
    try_page(sight)
    expect(page.locator("#result")).to_contain_text("1 of 1 calls today")
    page.click("#again")
    sight.try_sample("page.jpg")
    alert = page.locator("#result .bad")
    expect(alert).to_contain_text("The calls of the day are used up")
    expect(alert).to_contain_text("101003")


def grant(sight: Sight) -> None:
    """Grant two calls, and make one of them."""
    page = sight.page
    sight.open("/console/apps/scanner")
    expect(page.locator(".figures")).to_contain_text("1 / 1")
    page.fill("[name=calls]", "2")
    page.click("section:has(#grant) button")
    expect(page.locator("[role=status]")).to_have_text("The calls are granted.")
    sight.check_access()
    sight.draw("console-app.en", whole=True)
    try_page(sight)
    expect(page.locator(".lines li").first).to_have_text("春季植树活动通知")


def try_page(sight: Sight) -> None:
    """Read the sample page, counted to the app."""
    sight.open()
    sight.page.select_option("[name=app]", "scanner")
    sight.page.check("[name=kind][value=text]", force=True)
    sight.try_sample("page.jpg")


def find_traces(sight: Sight) -> None:
    """See the calls and what was done wherever they show."""
    page = sight.page
    sight.open("/console/apps")
    row = page.locator("tr", has_text="scanner")
    expect(row).to_contain_text("1 left in grants")
    sight.draw("console-apps.en")
    sight.open("/console/usage?app=scanner")
    expect(page.locator(".chart .first")).to_have_count(1)
    expect(page.locator("main")).to_contain_text("1 calls")
    sight.open("/console/health")
    expect(page.locator(".chart")).to_be_visible()
    sight.draw("console-health.en", whole=True)
    sight.open("/console/audit")
    for act in ("Plan set", "App added", "Calls granted", "Operator logged in"):
        expect(page.locator("section:has(#acts)")).to_contain_text(act)
    for path in PAGES:
        sight.open(f"/console/{path}")
        sight.check_access()


def remove(sight: Sight) -> None:
    """Disable the app, and remove it."""
    page = sight.page
    sight.open("/console/apps/scanner")
    page.click("section:has(#allow) button.bad")
    expect(page.locator(".note.warn")).to_contain_text("disabled")
    page.fill("section:has(#remove) [name=id]", "scanner")
    page.click("section:has(#remove) button")
    page.wait_for_url("**/console/apps?*")
    expect(page.locator("tr", has_text="scanner")).to_have_count(0)


def test_the_pages_fit_a_phone_and_can_be_read_in_the_dark(
    see: Callable[..., Sight],
) -> None:
    sight = see(**PHONE, locale="zh-CN", color_scheme="dark")
    sight.log_in()
    for path in PAGES:
        sight.open(f"/console/{path}")
        width = sight.page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390, path
        sight.check_access()
    expect(sight.page.locator("h1")).to_have_text("审计")


def test_a_wrong_password_is_told_and_a_log_out_closes(
    see: Callable[..., Sight],
) -> None:
    sight = see()
    page = sight.page
    sight.log_in()
    page.click("text=Log out")
    page.wait_for_url("**/")
    sight.open("/console/apps")
    page.wait_for_url("**/console/login?to=*")
    sight.check_access()
    page.fill("[name=password]", "wrong password")
    page.click("form:has([name=password]) button")
    expect(page.locator("[role=alert]")).to_have_text("The password is another one.")
    # The browser tells of the page's status 403, and of nothing else.
    assert [each for each in sight.faults if "403" not in each] == []
    sight.faults.clear()


def test_what_must_never_happen_would_be_noticed(see: Callable[..., Sight]) -> None:
    sight = see()
    sight.open("/console/login")
    bare = "document.querySelector('main').append(document.createElement('input'))"
    sight.page.evaluate(bare)
    with pytest.raises(AssertionError, match="label"):
        sight.check_access()
    sight.page.evaluate("console.error('a fault')")
    sight.page.evaluate("fetch('http://elsewhere.invalid/').catch(() => 0)")
    assert any("a fault" in each for each in sight.faults)
    assert any("elsewhere.invalid" in each for each in sight.faults)
    sight.faults.clear()
