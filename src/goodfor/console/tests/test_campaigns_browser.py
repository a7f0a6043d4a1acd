"""From an operator's idea to a buyer's codes in a real browser: the 宅家娱乐能量包 with a price for new buyers."""
# ruff: noqa: F401, F811  (fixtures are imported by name)

from collections.abc import Callable
from typing import Any

import pytest

from goodfor.cli import world
from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import person
from goodfor.console.tests.test_pages_browser import BUDGET, come_in, words_of
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.kit.tests.browser import SIZES, Visit, browser, browser_marks, orm_beside_the_browser
from goodfor.orders.models import Order
from goodfor.orders.operations.apply_payment_fact import apply_payment_fact
from goodfor.payments import queries as payments
from goodfor.payments.operations.open_account import open_account
from goodfor.payments.types import Fact
from goodfor.promotions import queries as promotions
from goodfor.promotions.operations.submit_campaign import approve_campaign
from goodfor.promotions.operations.tend_campaigns import tend_campaigns
from goodfor.promotions.types import BundlePrice, Compare

pytestmark = browser_marks
PACK, DEAL = "宅家娱乐能量包", "新人尝鲜"
#: Looks at the page that is open, or not.
Look = Callable[[str], None]
#: What the issue allows.
MOST_STEPS = 12


class Steps:
    """Counts what somebody must do to get forward: a click that leads to another page, or opens what hides it.

    Typing and choosing in a form is no step; signing in is not counted, nor is what a colleague does to approve.
    """

    def __init__(self, visit: Visit) -> None:
        self.page, self.phone, self.count = visit.page, visit.phone, 0

    def click(self, what: str) -> None:
        """It leads to another page."""
        self.count += 1
        with self.page.expect_navigation():
            self.page.click(what)

    def menu(self, path: str) -> None:
        """By the menu, which a phone opens first."""
        if self.phone:
            self.count += 1
            self.page.click(".menu-open")
        self.click(f'a.side-item[href="{path}"]')

    def on(self, to: str) -> None:
        """A form's button to its next step."""
        self.click(f'button[name="to"][value="{to}"]')


@pytest.fixture
def till(shop: Shop) -> None:
    """A channel at which buyers without an account pay, and codes of the two parts."""
    now = utc_now()
    open_account(
        shop_id=shop.id, provider="sandbox", code="sandbox", name="沙箱付款", currency="CNY", config={},
        secrets={"key": "sandbox-key-of-the-tests-0001"}, methods=("sandbox",), enabled=True, actor="test", now=now,
    )  # fmt: skip
    for sku in parts(shop):
        world.load_codes(shop.id, sku, world.random_codes(5), now, cost_minor=500)


def parts(shop: Shop) -> list[Any]:
    """What is in the pack."""
    return list(shop.demo.skus.values())[:2]


def made(steps: Steps, shop: Shop, look: Look) -> None:
    """The operator's clicks, from the first page on: the pack on sale, its price for new buyers handed in."""
    page = steps.page
    steps.menu("/console/bundles/")
    steps.click('a[href="/console/bundles/new"]')
    page.fill('[name="title"]', PACK)
    page.fill('[name="slug"]', "home-fun")
    for n, sku in enumerate(parts(shop)):
        page.select_option(f'[name="sku_{n}"]', str(sku))
    steps.on("price")
    page.fill('[name="price"]', "48.80")
    steps.on("check")
    look("console-bundle-check")
    steps.on("sell")
    look("console-bundles")
    steps.click('a[href*="/campaigns/new/bundle?bundle="]')
    page.fill('[name="name"]', DEAL)
    steps.on("effect")
    page.fill('[name="price"]', "36.60")
    steps.on("when")
    look("console-campaign-when")
    page.select_option('[name="audience"]', "new")
    steps.on("limits")
    look("console-campaign-limits")
    steps.on("check")
    look("console-campaign-check")
    steps.on("submit")


def approved(visit: Visit) -> None:
    """A colleague lets it count: by the list of what waits, and the campaign's page."""
    visit.open("/console/campaigns/?tab=review")
    for what in (".sheet td a", 'button[name="act"][value="approve"]'):
        with visit.page.expect_navigation():
            visit.page.click(what)


def bought(visit: Visit, shop: Shop, look: Look) -> Order:
    """By the pack's page and its checkout; its channel says that the money came."""
    page = visit.page
    # The channel itself is elsewhere: stay on our own pages.
    page.route("**/*", lambda route: route.continue_() if visit.base in route.request.url else route.abort())
    with page.expect_navigation():
        page.click(".buybar button")
    look("bundle-checkout")
    page.check("input[name=method][value=sandbox]")
    page.click(".buybar button[type=submit]", no_wait_after=True)
    # A page that is opened while that one is on its way would be left again.
    page.wait_for_url("**/pay?go=1*", timeout=60_000)
    found = Order.objects.get(shop_id=shop.id, total_minor=3_660)
    payment, now = payments.payments_of(shop.id, "order", found.id)[0], utc_now()
    fact = Fact(
        kind="paid", provider=payment.provider, account_id=payment.account_id, our_ref=payment.number,
        channel_ref=f"T{payment.number}", amount=payment.amount, happened_at=now, source="notify",
    )  # fmt: skip
    apply_payment_fact(shop_id=shop.id, fact=fact, now=now)
    found.refresh_from_db()
    return found


def flow(shop: Shop, base: str, browser: Any, size: tuple[int, str], *, looks: bool) -> list[str]:
    """All of it; what was wrong with the pages, where `looks`."""
    (width, language), words = size, (*words_of(shop), PACK, DEAL, "沙箱付款")
    one, two = person(shop.id, Role.OPERATOR), person(shop.id, Role.OPERATOR)

    def visit_of(**more: Any) -> tuple[Visit, Look]:
        visit = Visit(browser, base, width, language, words, **more)
        return visit, visit.check if looks else lambda _name: None

    desk, look = visit_of(budget=BUDGET, dense=True)
    come_in(desk, one)
    steps = Steps(desk)
    made(steps, shop, look)
    assert steps.count == (12 if desk.phone else 11)
    assert steps.count <= MOST_STEPS
    look("console-campaign-waits")
    [view] = promotions.campaigns(shop.id)
    [revision] = promotions.revisions(shop.id, view.id)
    assert (view.state, view.name, revision.spec.effect) == ("review", DEAL, BundlePrice(3_660))
    assert revision.spec.audience == Compare("orders_paid", "eq", 0)
    colleague, look = visit_of(budget=BUDGET, dense=True)
    if looks:
        come_in(colleague, two)
        approved(colleague)
    else:
        approve_campaign(
            shop_id=shop.id, campaign_id=view.id, number=revision.number, actor=two.staff.actor, now=utc_now()
        )
    tend_campaigns(now=utc_now())
    assert promotions.campaign(shop.id, view.id).state == "running"

    buyer, look = visit_of()
    page = buyer.page
    buyer.open("/b/home-fun")
    assert "36.60" in page.inner_text(".buybar")
    assert DEAL in page.inner_text("main")
    look("bundle-new-buyer")
    order = bought(buyer, shop, look)
    assert order.state == "delivered"
    buyer.open(f"/o/{order.number}")
    # A code of each part, turned over.
    assert page.locator(".code").count() == len(parts(shop))
    page.click("section.all form button >> nth=0")
    page.wait_for_selector(".code.is-open >> nth=1")
    look("order-bundle")
    # Who has bought sees the pack's own price, and why it is not the other one; a stranger sees that one still.
    buyer.open("/b/home-fun")
    assert "48.80" in page.inner_text(".buybar")
    told = page.inner_text("main")
    assert f"{DEAL} {'For new buyers only' if language == 'en' else '仅限新用户'}" in " ".join(told.split())
    look("bundle-old-buyer")
    stranger, look = visit_of()
    stranger.open("/b/home-fun")
    assert "36.60" in stranger.page.inner_text(".buybar")
    if looks:
        for path in ("", "calendar", "new", f"{view.id}/", f"{view.id}/simulated", f"{view.id}/tried"):
            desk.open(f"/console/campaigns/{path}")
            desk.check(f"console-campaigns-{path.strip('/').rpartition('/')[2][:9] or 'list'}")
    return [*desk.faults, *colleague.faults, *buyer.faults]


def test_an_operators_pack_is_bought_at_its_price_for_new_buyers(
    shop: Shop, till: None, live_server: Any, browser: Any
) -> None:
    flow(shop, live_server.url, browser, (1440, "zh-hans"), looks=False)


@pytest.mark.soak
@pytest.mark.parametrize("size", SIZES)
def test_the_same_in_all_sizes_and_what_its_pages_look_like(
    shop: Shop, till: None, live_server: Any, browser: Any, size: tuple[int, str]
) -> None:
    faults = flow(shop, live_server.url, browser, size, looks=True)
    assert not faults, "\n".join(faults)
