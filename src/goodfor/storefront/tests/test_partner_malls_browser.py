"""Malls of partners in a real browser: a member's way to one, and a partner's person from the door to the code."""
# ruff: noqa: F401, F811  (fixtures are imported by name)

from typing import Any

import pytest

from goodfor.identity.buyer_models import Buyer
from goodfor.kernel.clock import utc_now
from goodfor.kit.tests.browser import Visit, browser, browser_marks, every_size, orm_beside_the_browser
from goodfor.partners import states
from goodfor.partners.operations.set_offer import set_offer
from goodfor.partners.types import AccountView
from goodfor.sandbox.partners.server import RunningStreet
from goodfor.storefront.tests.account_flow import Mailbox
from goodfor.storefront.tests.test_account_browser import MEMBER, sign_in
from goodfor.storefront.tests.test_partner_malls import account, partner, street
from goodfor.storefront.tests.test_points_pages import gives_points, holds
from goodfor.storefront.tests.world import World

pytestmark = [*browser_marks, pytest.mark.soak]
#: Words of the shop: what it calls its partner, its tiers, and why it gave points.
OWN = ("星河", *MEMBER, "普通", "新年礼")


def exchanges(visit: Visit) -> None:
    """The first of what is up, from the mall's page."""
    visit.open("/m/xinghe")
    visit.page.click("main form button >> nth=0")
    visit.page.wait_for_load_state("load")


@every_size
def test_from_the_app_to_the_code(
    world: World, street: RunningStreet, account: AccountView, live_server: Any, browser: Any, width: int,
    language: str,
) -> None:  # fmt: skip
    visit = Visit(browser, live_server.url, width, language, (*world.given, *OWN))

    def comes(uid: str, units: int) -> None:
        street.app.balances[uid] = units
        link = street.app.link(f"{live_server.url}/m/xinghe/autologin", uid)
        visit.open(link.removeprefix(live_server.url))

    visit.open("/m/xinghe")
    visit.check("partner-mall-nobody")
    comes("not_login", 0)
    visit.check("partner-mall-guest")
    comes("u1", 5_000)
    visit.check("partner-mall")
    exchanges(visit)
    assert street.app.balances["u1"] == 4_300
    visit.check("partner-exchanged")
    visit.page.click("main a.button-main")
    visit.page.wait_for_url("**/o/*")
    visit.check("partner-order")
    street.app.fault("broken")
    exchanges(visit)
    visit.check("partner-lost")
    street.app.fault("refuse")
    exchanges(visit)
    visit.check("partner-refused")
    visit.open("/m/xinghe")
    visit.check("partner-mall-mine")
    gone: dict[str, Any] = {"shop_id": world.shop_id, "account_id": account.id, "sku_id": world.sku_id, "units": 700}
    set_offer(**gone, on=False, actor="staff:test", now=utc_now())
    visit.page.click("main form button >> nth=0")
    visit.page.wait_for_load_state("load")
    visit.check("partner-mall-gone")
    assert not visit.faults, "\n".join(visit.faults)


@every_size
def test_a_member_goes_to_a_mall(
    world: World, box: Mailbox, street: RunningStreet, live_server: Any, browser: Any, width: int, language: str
) -> None:
    gives_points(world)
    partner(world, states.DEVELOPER, street)
    visit = Visit(browser, live_server.url, width, language, (*world.given, *OWN))
    sign_in(visit.page, live_server.url, box)
    holds(world, Buyer.objects.get(shop_id=world.shop_id).id, 600)
    visit.open("/me/points")
    visit.check("points-partner-malls")
    visit.page.click("a[href*='/me/points/mall/']")
    visit.page.wait_for_url(f"{street.url}/**")
    assert [one["credits"] for one in street.mall.visits] == ["600"]
    assert not visit.faults, "\n".join(visit.faults)
