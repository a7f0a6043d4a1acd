"""The pages of what risk control sees in a real browser; decisions that appear by themselves."""
# ruff: noqa: F401, F811  (fixtures are imported by name)

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from goodfor.console.tests.conftest import CONTACT, Shop
from goodfor.console.tests.helpers import person
from goodfor.console.tests.risk_things import PHONE, act_of, judged, starter_rules
from goodfor.console.tests.test_pages_browser import BUDGET, come_in, words_of
from goodfor.kernel.clock import utc_now
from goodfor.kit.tests.browser import Visit, browser, browser_marks, every_size, orm_beside_the_browser
from goodfor.risk import pipeline
from goodfor.risk.keys import keys_of
from goodfor.risk.operations.assess import assess
from goodfor.risk.operations.fold_hours import fold_hours
from goodfor.risk.tests.happenings import link
from goodfor.risk.types import KeyKind, Outcome, Scene

pytestmark = browser_marks


def made_of(shop: Shop) -> Any:
    """A day of several acts, and a group of accounts; the one that a rule denied."""
    now = utc_now()
    with starter_rules(shop.id):
        denied = assess(act_of(shop, facts={"unpaid_orders_open": 9, "sku_liquidity": 0.9, "quantity": 2}))
        assess(act_of(shop, Scene.SIGN_IN, subject=None))
    for n in range(12):
        outcome = [*Outcome][n % 5]
        judged(shop, outcome, at=now - n * timedelta(hours=2), buyer=f"guest:b{n}", device=f"device-{n % 3}")
    for n in range(12):
        keys = keys_of(act_of(shop, buyer=f"guest:b{n}", device=f"device-{n % 3}"))
        link(shop.id, keys[KeyKind.BUYER], keys[KeyKind.DEVICE], 2, now)
        link(shop.id, keys[KeyKind.BUYER], keys[KeyKind.NETWORK], 3, now)
    while fold_hours(now=utc_now()):
        pass
    return denied


@pytest.mark.soak
@every_size
def test_every_page_of_what_is_watched(
    shop: Shop, live_server: Any, browser: Any, width: int, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "SAMPLED", 0)
    denied = made_of(shop)
    keys = keys_of(act_of(shop, buyer="guest:b0", device="device-0"))
    visit = Visit(browser, live_server.url, width, language, words_of(shop), budget=BUDGET, dense=True)
    come_in(visit, person(shop.id, app=True))
    for name, path in {
        "risk": reverse("desk:risk"),
        "risk-week": reverse("desk:risk") + "?span=7d",
        "risk-decisions": reverse("desk:risk-decisions"),
        "risk-decisions-asked": reverse("desk:risk-decisions") + "?outcome=deny&threat=hoarding&score_from=x&order=x",
        "risk-decision": reverse("desk:risk-decision", args=[denied.id]),
        "risk-device": reverse("desk:risk-entity", args=["device", keys[KeyKind.DEVICE]]),
        "risk-buyer": reverse("desk:risk-entity", args=["buyer", keys[KeyKind.BUYER]]),
        "risk-find": reverse("desk:risk-find") + "?q=nobody",
        "risk-order": reverse("desk:order", args=[shop.placed.number]),
        "risk-buyers": reverse("desk:buyers") + f"?contact={CONTACT}",
    }.items():
        visit.open(path)
        visit.check(name)
    assert not visit.faults, "\n".join(visit.faults)


@pytest.mark.soak
def test_decisions_appear_by_themselves_and_nodes_lead_on(shop: Shop, live_server: Any, browser: Any) -> None:
    first = judged(shop, Outcome.HOLD)
    visit = Visit(browser, live_server.url, 1440, "zh-hans", words_of(shop), budget=None, dense=True)
    come_in(visit, person(shop.id, app=True))
    visit.open(reverse("desk:risk-decisions"))
    # The first, and that they came in.
    assert visit.page.locator("#decisions tbody tr").count() == 2
    second = judged(shop, Outcome.DENY, buyer="guest:other")
    visit.page.wait_for_selector(f"a[href='{reverse('desk:risk-decision', args=[second.id])}']", timeout=12_000)
    assert visit.page.locator("#decisions tbody tr").count() == 3
    # And again, after the part was taken from the answer.
    third = judged(shop, Outcome.DENY, buyer="guest:third")
    visit.page.wait_for_selector(f"a[href='{reverse('desk:risk-decision', args=[third.id])}']", timeout=12_000)
    keys, others = keys_of(act_of(shop)), keys_of(act_of(shop, buyer="guest:other"))
    for one in (keys, others):
        link(shop.id, one[KeyKind.BUYER], one[KeyKind.DEVICE], 2, utc_now())
    visit.open(reverse("desk:risk-entity", args=["buyer", keys[KeyKind.BUYER]]))
    where = reverse("desk:risk-entity", args=["device", keys[KeyKind.DEVICE]])
    visit.page.click(f"svg a[href='{where}']")
    visit.page.wait_for_url(f"**{where}")
    visit.page.fill("#risk-find", PHONE)
    visit.page.press("#risk-find", "Enter")
    visit.page.wait_for_url(f"**{reverse('desk:risk-entity', args=['phone', keys[KeyKind.PHONE]])}")
    assert first.id != second.id
    assert not visit.faults
