"""Visits are counted once a day for each browser, written together, and tell nothing of who came."""

from typing import Any

import pytest
from django.test import Client

from goodfor.insights import queries
from goodfor.insights.types import Ask, Funnel, Steps, Visits, day_of
from goodfor.kernel.clock import utc_now
from goodfor.orders.tests.factories import sql
from goodfor.storefront import visits
from goodfor.storefront.tests.account_flow import AGENT
from goodfor.storefront.tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def counting(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.GOODFOR_COUNT_VISITS = True
    monkeypatch.setattr(visits, "tally", visits.Tally())
    monkeypatch.setattr(visits, "GATHERED_SECONDS", 0.0)


def ask() -> Ask:
    today = day_of(utc_now())
    return Ask(today, today, "CNY")


def counted(world: World) -> Visits:
    return queries.visits(world.shop_id, ask()).get("", Visits())


@pytest.mark.usefixtures("counting")
def test_a_browser_counts_once_a_day_however_often_it_comes(world: World) -> None:
    one, other = (Client(HTTP_USER_AGENT=AGENT) for _ in range(2))
    bought = {"p": world.product_slug, "sku": str(world.sku_id), "qty": 1}
    for _ in range(3):
        assert one.get("/").status_code == 200
    assert counted(world) == Visits(1, 0, 0, 3)
    # Whoever begins with a product has come, too.
    other.get(f"/p/{world.product_slug}")
    assert counted(world) == Visits(2, 1, 0, 4)
    for _ in range(2):
        one.get(f"/p/{world.product_slug}")
        one.get("/checkout", bought)
    assert counted(world) == Visits(2, 2, 1, 8)
    [(_product, views)] = queries.product_views(world.shop_id, ask())
    assert views == 3
    assert queries.visits(world.shop_id, ask(), "day") == {day_of(utc_now()).isoformat(): Visits(2, 2, 1, 8)}
    assert queries.funnel(world.shop_id, ask()) == Funnel(Visits(2, 2, 1, 8), Steps())
    # The cookie says what this browser was counted for, and is no browser's own.
    assert one.cookies[visits.COOKIE].value == f"{day_of(utc_now()):%Y%m%d}vpc"
    assert one.cookies[visits.COOKIE]["httponly"]
    assert other.cookies[visits.COOKIE].value == f"{day_of(utc_now()):%Y%m%d}vp"


@pytest.mark.usefixtures("counting")
def test_what_is_no_visit_is_not_counted(world: World, settings: Any) -> None:
    for agent in ("", "Mozilla/5.0 (compatible; Googlebot/2.1)", "curl/8.5", "python-httpx/0.28"):
        assert Client(HTTP_USER_AGENT=agent).get("/").status_code == 200
    client = Client(HTTP_USER_AGENT=AGENT)
    client.get("/p/no-such-thing")
    client.head("/")
    client.get("/", HTTP_SEC_PURPOSE="prefetch;prerender")
    client.get("/trust")
    assert counted(world) == Visits()
    settings.GOODFOR_COUNT_VISITS = False
    client.get("/")
    assert counted(world) == Visits()
    assert visits.COOKIE not in client.cookies


@pytest.mark.usefixtures("counting")
def test_another_days_or_a_forged_cookie_says_nothing(world: World) -> None:
    for kept in ("20200101vpc", "x" * 5_000, "20200101vpcvpc", "'; --", f"{day_of(utc_now()):%Y%m%d}admin"):
        client = Client(HTTP_USER_AGENT=AGENT)
        client.cookies[visits.COOKIE] = kept
        assert client.get("/").status_code == 200
    assert counted(world) == Visits(5, 0, 0, 5)


@pytest.mark.usefixtures("counting")
def test_counts_are_gathered_and_a_database_that_is_away_is_no_error(world: World, monkeypatch: Any) -> None:
    monkeypatch.setattr(visits, "GATHERED_SECONDS", 3_600.0)
    first, second = (Client(HTTP_USER_AGENT=AGENT) for _ in range(2))
    first.get("/")
    second.get("/")
    assert counted(world) == Visits(1, 0, 0, 1)
    monkeypatch.setattr(visits, "GATHERED_SECONDS", 0.0)
    second.get("/")
    assert counted(world) == Visits(2, 0, 0, 3)
    sql("ALTER TABLE insights_visit RENAME TO insights_visit_away")
    try:
        assert second.get("/").status_code == 200
    finally:
        sql("ALTER TABLE insights_visit_away RENAME TO insights_visit")
