"""The wallet and gifts in a real browser: on a telephone and on a desk, from making to taking."""

from typing import Any

import pytest

from goodfor.kit.tests.browser import SIZES, Visit, browser, browser_marks, orm_beside_the_browser
from goodfor.storefront.tests.account_flow import Mailbox
from goodfor.storefront.tests.holding import account, fill
from goodfor.storefront.tests.test_account_browser import sign_in
from goodfor.storefront.tests.world import World

__all__ = ["browser", "orm_beside_the_browser"]
pytestmark = browser_marks
GIVEN = ("春节卡", "满减大券", "甲品牌", "祝你天天开心", "生日快乐，辛苦了")


@pytest.mark.soak
@pytest.mark.parametrize(("width", "language"), SIZES)
def test_the_wallet_and_a_gift(
    world: World, box: Mailbox, live_server: Any, browser: Any, width: int, language: str
) -> None:
    visit = Visit(browser, live_server.url, width, language, (*world.given, *GIVEN))
    sign_in(visit.page, live_server.url, box)
    visit.open("/me/wallet")
    visit.check("wallet-empty")
    fill(world, account("lin@example.com"))
    for name, path in (("wallet", ""), ("wallet-codes", "?kind=codes"), ("wallet-cards", "?kind=card")):
        visit.open(f"/me/wallet{path}")
        visit.check(name)
    visit.open("/me")
    visit.check("me-with-wallet")
    number = world.orders["delivered"][0]
    visit.open(f"/o/{number}/gift")
    visit.page.fill("#message", "生日快乐，辛苦了")
    visit.page.check("input[name=look][value=dusk]", force=True)
    visit.check("gift-make")
    visit.page.click("form[data-once] button[type=submit]")
    visit.page.wait_for_selector("#link")
    visit.check("gift-given")
    link = visit.page.input_value("#link")
    visit.open(f"/o/{number}")
    visit.check("order-with-gift")
    friend = Visit(browser, live_server.url, width, language, (*world.given, *GIVEN))
    path = link[link.index("/gift/") :]
    friend.open(path)
    friend.check("gift-opening")
    friend.page.click("form[data-once] button[type=submit]")
    friend.page.wait_for_selector(".ticket")
    friend.check("gift-got")
    friend.page.click(".code-foot button")
    friend.page.wait_for_selector(".code.is-open")
    friend.check("gift-got-revealed")
    friend.open(friend.page.url.removeprefix(live_server.url).removesuffix("/reveal") + "/claim")
    friend.check("gift-claim")
    visit.open("/me/points/give")
    visit.check("gift-points")
    visit.open("/me/gifts")
    visit.check("my-gifts")
    assert not visit.faults, "\n".join(visit.faults)
    assert not friend.faults, "\n".join(friend.faults)
