"""Models, labels, doors and planted codes in a real browser: small and English, nothing in the way of anybody."""
# ruff: noqa: F401, F811  (fixtures are imported by name)

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import person
from goodfor.console.tests.risk_model_things import model_things, registered
from goodfor.console.tests.risk_things import judged
from goodfor.console.tests.test_pages_browser import BUDGET, come_in, words_of
from goodfor.kernel.clock import utc_now
from goodfor.kit.tests.browser import Visit, browser, browser_marks, every_size, orm_beside_the_browser
from goodfor.risk import pipeline
from goodfor.risk.doors.codes import new_code
from goodfor.risk.doors.table import REDEEM
from goodfor.risk.operations.label import label
from goodfor.risk.operations.look_at_drift import look_at_drift
from goodfor.risk.operations.plant_honeypots import plant_honeypots
from goodfor.risk.operations.shadow_model import shadow_model
from goodfor.risk.operations.sound_alarm import sound_alarm
from goodfor.risk.tests.door_helpers import try_at
from goodfor.risk.types import Outcome

pytestmark = browser_marks


@pytest.mark.soak
@every_size
def test_every_page_of_models_labels_doors_and_traps(
    shop: Shop, live_server: Any, browser: Any, width: int, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "SAMPLED", 0)
    now, things = utc_now(), model_things(shop)
    tried = registered(shop)
    shadow_model(shop_id=shop.id, model_id=tried.id, actor="staff:x", now=now)
    look_at_drift(shop_id=shop.id, model_id=tried.id, actor="staff:x", now=now)
    made = judged(shop, Outcome.REVIEW)
    for bad, note in ((True, "客户承认"), (False, "")):
        label(
            shop_id=shop.id, bad=bad, source="manual", known_at=now, by="system", now=utc_now(), decision_id=made.id,
            note=note,
        )  # fmt: skip
    for number in range(9):
        try_at(shop.id, "redeem", now + timedelta(seconds=number - 20), ip="203.0.113.9", guess=new_code())
    for number in range(6):
        try_at(shop.id, "sign_in", now, ip=f"198.51.100.{number}", subject=f"u{number}", guess="123456")
    sound_alarm(shop_id=shop.id, door=REDEEM, scope=3, batch="b-1", why="rate", misses=40, now=now)
    [code] = plant_honeypots(shop_id=shop.id, count=1, why="旧备份", actor="test", now=now)
    try_at(shop.id, "redeem", now, ip="192.0.2.9", device="device-0042", guess=code, paid=4)
    given = (*words_of(shop), "客户承认", "旧备份", "buyer_orders_1h", "account_age_days", "new_device", "province")
    visit = Visit(browser, live_server.url, width, language, given, budget=BUDGET, dense=True)
    come_in(visit, person(shop.id, app=True))
    for name, path in {
        "models": reverse("desk:risk-models"),
        "model": reverse("desk:risk-model", args=[things["model_id"]]),
        "model-shadow": reverse("desk:risk-model", args=[tried.id]),
        "labels": reverse("desk:risk-labels"),
        "labels-none": reverse("desk:risk-labels") + "?source=review&bad=1",
        "doors": reverse("desk:risk-doors"),
        "doors-week": reverse("desk:risk-doors") + "?span=7d&door=redeem",
        "traps": reverse("desk:risk-traps"),
        "traps-stock": reverse("desk:risk-traps") + "?tab=canaries",
    }.items():
        visit.open(path)
        visit.check(f"risk-{name}")
    assert not visit.faults, "\n".join(visit.faults)
