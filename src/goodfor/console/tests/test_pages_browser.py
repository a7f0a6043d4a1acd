"""The console's pages in a real browser, in both sizes and languages; passkeys; a batch by clicks."""
# ruff: noqa: F401, F811  (fixtures are imported by name)

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from goodfor.catalog.models import Product
from goodfor.cli import world
from goodfor.console import tasks
from goodfor.console.tests.conftest import CONTACT, Shop
from goodfor.console.tests.helpers import Person, link_of, person, sql
from goodfor.console.tests.supply_things import SupplyThings, give_bought, watched_things
from goodfor.console.tests.test_holds import place as held_order
from goodfor.console.tests.things import supply_things
from goodfor.demo.types import OFFERS, SCENES
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.kit.tests.browser import Visit, browser, browser_marks, every_size, orm_beside_the_browser
from goodfor.orders.operations import refund_part
from goodfor.payments import queries as payments
from goodfor.payments.operations.open_case import open_case
from goodfor.supply.operations.start_trial import start_trial
from goodfor.supply.operations.walk_trials import walk_trials
from goodfor.supply.types import DraftChange, TrialDraft

pytestmark = browser_marks
#: Bytes before compression. The overview loads the charts' library (564 KB), which the browser keeps for all pages
#: after; counted is the whole page, with what an earlier page had loaded already.
BUDGET = 760_000


def words_of(shop: Shop) -> tuple[str, ...]:
    """The shop's own words, which are the same in every language."""
    titles = [line.title for line in shop.delivered.lines]
    # Of a face value the number and what is behind it stand apart.
    faces = [word for offer in OFFERS for sku in offer.skus for word in (sku[1], sku[2], sku[2].partition(" ")[2])]
    offers = [name for offer in OFFERS for name in (offer.name, offer.how_to_use, offer.validity)]
    return (
        "好码小店",
        "云帆供货",
        "【秒发】",
        "50元",
        "卡密",
        "海浪出行券",
        "用不了",
        "易支付",
        "余额",
        "待付款大单",
        *SCENES,
        *titles,
        *offers,
        *filter(None, faces),
    )


def come_in(visit: Visit, one: Person) -> None:
    visit.open(f"/console/signin?token={link_of(one)}")
    visit.page.click("main form button.button-main")
    visit.page.wait_for_url("**/console/")


@pytest.fixture
def case_id(shop: Shop) -> UUID:
    now, paid = utc_now(), payments.payments_of(shop.id, "order", shop.delivered.id)[0]
    refund_part(
        shop_id=shop.id, order_id=shop.delivered.id, amount=Money(500, "CNY"), reason="用不了", actor="test", now=now
    )
    detail = {"our_ref": paid.number, "received_minor": 9, "expected_minor": 10}
    return open_case(shop_id=shop.id, kind="mismatch", business_key="x", detail=detail, payment_id=paid.id, now=now)


@pytest.fixture
def supplied(shop: Shop) -> SupplyThings:
    """A watched price, items to match, and a trial of last week's purchases that is over."""
    things = watched_things(shop.id, shop.demo.skus["kw-50"])
    give_bought(shop.id, things)
    draft = TrialDraft(suppliers={things.supplier: DraftChange(cost_points=550)})
    things = replace(things, trial=start_trial(shop_id=shop.id, draft=draft, actor="test", now=utc_now()))
    while walk_trials(now=utc_now()):
        pass
    return things


@every_size
def test_every_page(
    shop: Shop,
    case_id: UUID,
    supplied: SupplyThings,
    live_server: Any,
    browser: Any,
    width: int,
    language: str,
) -> None:
    one = person(shop.id, app=True)
    given = (*words_of(shop), "云梯供货", "卡速售 2.0", "王经理")
    visit = Visit(browser, live_server.url, width, language, given, budget=BUDGET, dense=True)
    bought = supply_things(shop)
    visit.open("/console/signin")
    visit.check("console-signin")
    come_in(visit, one)
    visit.check("console-overview")
    paid = payments.payments_of(shop.id, "order", shop.delivered.id)[0]
    for name, path in {
        "orders": "/console/orders/",
        "orders-filtered": "/console/orders/?tab=delivered&total_from=1&channel=api&total_until=x",
        "orders-empty": "/console/orders/?number=nothing",
        "order": f"/console/orders/{shop.delivered.number}/",
        "order-placed": f"/console/orders/{shop.placed.number}/",
        "order-held": f"/console/orders/{held_order(shop).number}/",
        "payments": "/console/payments/",
        "payment": f"/console/payments/{paid.number}/",
        "cases": "/console/cases/",
        "case": f"/console/cases/{case_id}/",
        "buyers": "/console/buyers/",
        "buyer": f"/console/buyers/?contact={CONTACT}",
        "ledger": "/console/ledger/",
        "statement": "/console/ledger/account?code=5001:sales:codes",
        "purchase": f"/console/supply/purchases/{bought['attempt_id']}/",
        "sku-supply": f"/console/supply/skus/{shop.demo.skus['kw-50']}/",
        "supply-watch": "/console/supply/watch/",
        "supply-history": "/console/supply/watch/?view=history",
        "supply-rule": f"/console/supply/watch/{supplied.sku}/",
        "supply-match": "/console/supply/match/",
        "supply-match-sku": f"/console/supply/match/sku/{supplied.sku}/",
        "supply-trials": f"/console/supply/trials/?sku={supplied.sku}",
        "supply-trials-all": "/console/supply/trials/",
        "supply-trial": f"/console/supply/trials/{supplied.trial}/",
        "exports": "/console/exports/",
        "batches": "/console/batches/",
        "security": "/console/me/security",
        "sessions": "/console/me/sessions",
        "prove": "/console/prove",
    }.items():
        visit.open(path)
        visit.check(f"console-{name}")
    visit.open("/console/ledger/account?code=5001:sales:codes")
    visit.page.click("table a >> nth=0")
    visit.page.wait_for_load_state("load")
    visit.check("console-transaction")
    assert not visit.faults, "\n".join(visit.faults)


@pytest.mark.soak
def test_a_batch_by_clicks(shop: Shop, live_server: Any, browser: Any) -> None:
    visit = Visit(browser, live_server.url, 1440, "zh-hans", words_of(shop), budget=None, dense=True)
    come_in(visit, person(shop.id, Role.SUPPORT))
    visit.open("/console/orders/")
    visit.page.check("tbody tr:not(.sheet-detail) .row-pick >> nth=0")
    visit.check("console-orders-picked")
    assert visit.page.locator(".batch").evaluate("(bar) => getComputedStyle(bar).display") == "flex"
    visit.page.check(".pick-query")
    visit.page.wait_for_selector("text=已选 2 条")
    visit.page.click("button[name=act][value=cancel]")
    visit.page.wait_for_url("**/orders/batch")
    assert "取消 2 个未付款的订单" in visit.page.content()
    visit.check("console-batch-confirm")
    visit.page.click("main form button.button-main")
    visit.page.wait_for_url("**/batches/*/")
    visit.check("console-batch-waiting")
    assert tasks.do_batches(utc_now()) == 2
    # The page watches the batch by itself.
    visit.page.wait_for_selector("text=已完成", timeout=10_000)
    visit.open(visit.page.url.removeprefix(live_server.url))
    visit.check("console-batch-done")
    assert not visit.faults, "\n".join(visit.faults)


def test_a_passkey_from_making_to_signing_in(shop: Shop, live_server: Any, browser: Any) -> None:
    """A virtual authenticator: add it, come in by it alone, and prove oneself with it. Passkeys need a name as host."""
    base = live_server.url.replace("127.0.0.1", "localhost")
    visit = Visit(browser, base, 1440, "zh-hans", (), budget=None, dense=True)
    client = visit.context.new_cdp_session(visit.page)
    client.send("WebAuthn.enable")
    client.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
                "isUserVerified": True, "automaticPresenceSimulation": True,
            }
        },
    )  # fmt: skip
    one = person(shop.id)
    come_in(visit, one)
    visit.open("/console/me/security")
    visit.page.fill("#passkey-name", "工作电脑")
    visit.page.click("form[data-passkey=create] button")
    visit.page.wait_for_selector(".recovery")
    assert "工作电脑" in visit.page.content()
    visit.page.goto(f"{base}/console/")
    visit.page.click("details.menu:has(.me-name) summary")
    visit.page.click(f"form[action='{reverse('desk:signout')}'] button")
    visit.page.wait_for_url("**/console/signin")
    visit.page.click("form[data-passkey=get] button")
    visit.page.wait_for_url("**/console/")
    visit.page.goto(f"{base}/console/prove?next=/console/orders/")
    visit.page.click("form[data-passkey=get] button")
    visit.page.wait_for_url("**/console/orders/")
    assert not visit.faults


@pytest.mark.soak
def test_nothing_that_people_wrote_is_run(shop: Shop, live_server: Any, browser: Any) -> None:
    """Stored XSS: markup in every text that the console shows stays text."""
    evil = '"><img src=x onerror=window.bad=1><script>window.bad=1</script>'
    Product.objects.filter(shop_id=shop.id).update(name=evil[:80])
    one = person(shop.id, app=True)
    visit = Visit(browser, live_server.url, 1440, "zh-hans", (), budget=None, dense=True)
    come_in(visit, one)
    plant(shop, evil)
    paid = payments.payments_of(shop.id, "order", shop.delivered.id)[0]
    for path in (
        "/console/",
        "/console/orders/",
        "/console/orders/?number=" + evil[:40],
        f"/console/orders/{shop.delivered.number}/",
        "/console/payments/",
        f"/console/payments/{paid.number}/",
        "/console/cases/",
        "/console/buyers/?contact=" + evil[:60],
        "/console/ledger/",
        "/console/ledger/account?code=5001:sales:codes",
        "/console/me/sessions",
        "/console/exports/",
    ):
        visit.page.goto(live_server.url + path)
        assert visit.page.evaluate("window.bad") is None, path
        assert visit.page.locator("img[src=x]").count() == 0, path


def plant(shop: Shop, evil: str) -> None:
    """Markup wherever strangers and colleagues can write."""
    sql("UPDATE orders_line SET title = %s", [evil])
    sql("UPDATE orders_order SET external_ref = %s WHERE external_ref IS NOT NULL", [evil[:60]])
    sql("UPDATE identity_shop SET name = %s WHERE id = %s", [evil[:90], shop.id])
    sql("UPDATE console_session SET agent = %s", [evil])
    sql("UPDATE payments_account SET name = %s WHERE shop_id = %s", [evil[:90], shop.id])
    refund_part(
        shop_id=shop.id,
        order_id=shop.delivered.id,
        amount=Money(100, "CNY"),
        reason=evil,
        actor=evil[:40],
        now=utc_now(),
    )
    open_case(
        shop_id=shop.id, kind=evil[:30], business_key="x", detail={evil: evil}, now=utc_now(),
        payment_id=payments.payments_of(shop.id, "order", shop.delivered.id)[0].id,
    )  # fmt: skip
