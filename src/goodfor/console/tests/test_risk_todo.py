"""The first page tells of risk control: what attacks and what waits, with the page where one acts; to nobody else."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from goodfor.console.operations.wish import wish
from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import inside, old_hand
from goodfor.console.tests.risk_rule_things import rule_things, waiting
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.kernel.ids import uuid7
from goodfor.risk import pipeline
from goodfor.risk.doors.table import REDEEM
from goodfor.risk.operations.plant_honeypots import plant_honeypots
from goodfor.risk.operations.sound_alarm import sound_alarm
from goodfor.risk.tests.door_helpers import try_at

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def never_sampled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "SAMPLED", 0)


def told(client: Client, page: str = "desk:overview") -> list[tuple[str, int, str, str]]:
    """What of risk control stands in the list of what needs a hand: (words, how many, tone, where)."""
    rows: list[dict[str, Any]] = client.get(reverse(page)).context["waiting"]
    return [(str(one["label"]), one["count"], one["tone"], one["href"]) for one in rows if "/risk/" in one["href"]]


def test_the_first_page_tells_what_attacks_and_what_waits(shop: Shop) -> None:
    owner, now = inside(shop.id, Role.OWNER), utc_now()
    assert told(owner) == []
    assert told(owner, "desk:risk") == []
    sound_alarm(shop_id=shop.id, door=REDEEM, scope=0, batch="", why="rate", misses=40, now=now)
    codes = plant_honeypots(shop_id=shop.id, count=2, why="x", actor="test", now=now)
    try_at(shop.id, "redeem", now, ip="192.0.2.9", device="d-1", guess=codes[0], paid=4)
    # Two of them are past their time; a change of a list waits for a second person; so does a file.
    rule_things(shop)
    waiting(shop, now=now - timedelta(hours=5), buyer="guest:a")
    waiting(shop, now=now - timedelta(hours=6), buyer="guest:b")
    asker = old_hand(shop.id)
    old_hand(shop.id, Role.SUPPORT)
    wish(shop_id=shop.id, staff=asker.staff, kind="codes", subject_id=uuid7(), rows=40, reason="x", now=utc_now())
    waits = [
        ("超时没有审核的操作", 2, "red", reverse("desk:risk-reviews")),
        ("等人审核的操作", 3, "amber", reverse("desk:risk-reviews")),
        ("等待批准的风控更改", 1, "amber", reverse("desk:risk-changes")),
        ("等待批准的导出", 1, "amber", reverse("desk:export-wishes")),
    ]
    assert told(owner) == [
        ("卡码兑换正被攻击", 40, "red", reverse("desk:risk-doors") + "?door=redeem"),
        ("诱饵码被使用", 1, "red", reverse("desk:risk-traps")),
        *waits,
    ]
    # Its own page shows attacks by themselves.
    assert told(owner, "desk:risk") == waits
    assert all(owner.get(where).status_code == 200 for _label, _count, _tone, where in told(owner))
    # Who may not look hears nothing.
    assert [one[0] for one in told(inside(shop.id, Role.VIEWER))] == []


def test_what_is_over_is_told_no_more(shop: Shop) -> None:
    owner, now = inside(shop.id, Role.OWNER), utc_now()
    old = now - timedelta(days=2)
    sound_alarm(shop_id=shop.id, door=REDEEM, scope=0, batch="", why="rate", misses=40, now=old)
    codes = plant_honeypots(shop_id=shop.id, count=1, why="x", actor="test", now=old)
    try_at(shop.id, "redeem", old, ip="192.0.2.9", device="d-1", guess=codes[0], paid=4)
    assert told(owner) == []


def test_another_shop_is_told_nothing(shop: Shop, other: Shop) -> None:
    waiting(shop)
    sound_alarm(shop_id=shop.id, door=REDEEM, scope=0, batch="", why="rate", misses=40, now=utc_now())
    assert told(inside(other.id, Role.OWNER)) == []
