"""Whoever comes late to a flash sale: told at once, before anything is written, and never wrongly."""

from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from goodfor.kernel.clock import utc_now
from goodfor.orders import queries as orders
from goodfor.promotions import queries as promotions
from goodfor.promotions.operations.campaign_steps import who_may
from goodfor.promotions.operations.make_campaign import revise_campaign
from goodfor.promotions.operations.steer_campaign import end_campaign
from goodfor.promotions.operations.submit_campaign import submit_campaign
from goodfor.promotions.types import Limit
from goodfor.risk.event_models import Event
from goodfor.storefront import sold_out
from goodfor.storefront.crowd import (
    AT_ONCE,
    BACK_A_SECOND,
    FIRST_TAKEN,
    LATEST,
    OF_PAGES,
    SOONEST,
    TIMES,
    Line,
    Pace,
    crowd,
)
from goodfor.storefront.models import Attempt
from goodfor.storefront.tests.account_flow import browser, plain
from goodfor.storefront.tests.test_deals import begin, checkout, fields_of, flash, minor, price_of
from goodfor.storefront.tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
ONE = Limit("sku", "units", "all", 1)


def written(world: World) -> tuple[int, int]:
    """What the usual way leaves behind: tries, and acts that were judged."""
    return (
        Attempt.objects.filter(shop_id=world.shop_id).count(),
        Event.objects.filter(shop_id=world.shop_id).count(),
    )


def filled(page: Any, world: World, contact: str = "") -> dict[str, Any]:
    return fields_of(page) | {"method": world.method, "contact": contact}


def test_the_last_one_is_gone(world: World, client: Client) -> None:
    """By page and by form, with nothing written; and what is given up is for sale again."""
    campaign = begin(world, flash(world, ONE), "周末秒杀")
    product = client.get(f"/p/{world.product_slug}", {"sku": str(world.sku_id)})
    assert f'name="deal" value="{campaign}"' in product.content.decode()
    late = browser(REMOTE_ADDR="198.51.100.77")
    waiting = filled(checkout(late, world), world)
    assert waiting["deal"] == str(campaign)
    placed = client.post("/checkout", filled(checkout(client, world, deal=str(campaign)), world))
    assert placed.status_code == 302
    before = written(world)
    for told in (late.post("/checkout", waiting), checkout(late, world, deal=str(campaign))):
        assert told.status_code == 409
        assert "秒杀已抢光" in plain(told)
        now_costs = late.get(told.context["again"])
        assert (now_costs.status_code, minor(now_costs)) == (200, price_of(world))
        assert "deal" not in fields_of(now_costs)
    # Who asks only for the price is told the price.
    assert minor(late.post("/checkout", {**waiting, "update": "1"})) == price_of(world)
    assert written(world) == before
    client.post(f"/o/{placed['Location'].split('/')[2]}/cancel")
    assert late.post("/checkout", waiting).status_code == 302
    assert promotions.sold_out(world.shop_id, campaign, world.sku_id, utc_now())


def test_only_what_is_used_up_is_sold_out(world: World, client: Client) -> None:
    """Not another SKU, nor an unknown or ended campaign; a revision with more is on sale again."""
    shop_id, now = world.shop_id, utc_now()
    campaign = begin(world, flash(world, ONE, Limit("buyer", "units", "all", 1)), "周末秒杀")
    assert not promotions.sold_out(shop_id, campaign, world.sku_id, now)
    assert client.post("/checkout", filled(checkout(client, world), world)).status_code == 302
    assert promotions.sold_out(shop_id, campaign, world.sku_id, now)
    assert not promotions.sold_out(shop_id, campaign, UUID(int=1), now)
    assert not promotions.sold_out(shop_id, UUID(int=1), world.sku_id, now)
    actor = who_may(shop_id)[0]
    more = flash(world, Limit("sku", "units", "all", 2))
    made = revise_campaign(shop_id=shop_id, campaign_id=campaign, name="周末秒杀", spec=more, actor=actor, now=now)
    submit_campaign(shop_id=shop_id, campaign_id=campaign, number=made.number, actor=actor, now=now)
    assert not promotions.sold_out(shop_id, campaign, world.sku_id, now)
    second = browser(REMOTE_ADDR="198.51.100.7")
    assert second.post("/checkout", filled(checkout(second, world), world)).status_code == 302
    assert promotions.sold_out(shop_id, campaign, world.sku_id, now)
    end_campaign(shop_id=shop_id, campaign_id=campaign, actor=actor, now=now)
    assert not promotions.sold_out(shop_id, campaign, world.sku_id, now)


def test_another_price_is_told_before_anything_is_written(world: World, client: Client) -> None:
    """Also by a telephone that has had its piece; the price that is then shown can be paid."""
    begin(world, flash(world, Limit("phone", "units", "all", 1)), "周末秒杀")
    phone, listed = "13800138000", price_of(world)
    assert client.post("/checkout", filled(checkout(client, world), world, phone)).status_code == 302
    second = browser(REMOTE_ADDR="198.51.100.77")
    shown = checkout(second, world)
    assert minor(shown) == listed - 800
    changed = second.post("/checkout", filled(shown, world, phone))
    assert (changed.status_code, minor(changed)) == (409, listed)
    placed = second.post("/checkout", filled(changed, world, phone))
    assert placed.status_code == 302
    number = placed["Location"].split("/")[2]
    assert orders.order_by_number(world.shop_id, number).total.amount_minor == listed
    before = written(world)
    stale = second.post("/checkout", {**filled(checkout(second, world), world), "seen": str(listed)})
    assert (stale.status_code, minor(stale)) == (409, listed - 800)
    assert "看过再付款" in plain(stale)
    assert written(world) == before


def test_in_a_crowd_people_are_let_in_one_after_another(world: World, client: Client) -> None:
    """Only pages of the sale wait, and only while others are served; a form that was filled in goes through."""
    campaign = str(begin(world, flash(world, ONE), "周末秒杀"))
    sent = filled(checkout(client, world, deal=campaign), world)
    with crowd:
        waits = checkout(client, world, deal=campaign)
        assert waits.status_code == 503
        assert int(waits["Refresh"]) == int(waits["Retry-After"]) in range(SOONEST, LATEST + 1)
        assert "正在排队" in plain(waits)
        assert checkout(client, world).status_code == 200
        assert client.post("/checkout", sent).status_code == 302
        assert "秒杀已抢光" in plain(checkout(client, world, deal=campaign))
    assert not crowd.dense


def test_who_waits_comes_back_at_a_moment_of_his_own() -> None:
    """However many wait, so many come back in a second; a pause forgets the line."""
    line = Line()
    told = [line.seconds(50.0) for _ in range(5 * BACK_A_SECOND)]
    assert told == sorted(told)
    assert min(told) == SOONEST
    assert max(told.count(second) for second in set(told)) <= BACK_A_SECOND
    assert max([line.seconds(50.0) for _ in range(200 * BACK_A_SECOND)]) == LATEST
    assert line.seconds(50.0 + 2 * LATEST) == SOONEST


def test_a_sale_lets_in_no_more_than_its_pages_leave_room_for() -> None:
    """Some at once, then one per so many times a page; slower pages, slower sale; a pause gives no more than some."""
    pace, step = Pace(), TIMES * FIRST_TAKEN
    assert [pace.lets_in(100.0) for _ in range(AT_ONCE + 2)] == [True] * AT_ONCE + [False] * 2
    let_in = sum(pace.lets_in(100.0 + moment * step / 4) for moment in range(1, 401))
    assert let_in == 100
    for _ in range(20 * OF_PAGES):
        pace.took(4 * FIRST_TAKEN)
    slower = sum(pace.lets_in(100.0 + 100 * step + moment * step / 4) for moment in range(1, 401))
    assert 100 // 4 <= slower <= 100 // 4 + AT_ONCE
    later = 100.0 + 10_000 * step
    assert [pace.lets_in(later) for _ in range(AT_ONCE + 1)] == [True] * AT_ONCE + [False]


def test_a_page_of_the_sale_sets_the_pace(world: World, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only pages with a flash price count, and whoever comes too soon waits as in a crowd."""
    took: list[float] = []
    pace = Pace()
    monkeypatch.setattr(pace, "took", took.append)
    monkeypatch.setattr(sold_out, "pace", pace)
    campaign = str(begin(world, flash(world, ONE), "周末秒杀"))
    assert checkout(client, world).status_code == 200
    assert took == []
    assert checkout(client, world, deal=campaign).status_code == 200
    assert len(took) == 1
    assert took[0] > 0
    monkeypatch.setattr(pace, "lets_in", lambda _now: False)
    assert checkout(client, world, deal=campaign).status_code == 503
    assert checkout(client, world).status_code == 200
    assert len(took) == 1
