"""Campaigns as buyers meet them: on the product page, at checkout, in the coupon centre, in flash sales."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from goodfor.catalog.queries import get_product
from goodfor.identity import queries as identity
from goodfor.identity.tests.factories import make_staff
from goodfor.kernel.clock import utc_now
from goodfor.orders import queries as orders
from goodfor.promotions import plan_cache, states
from goodfor.promotions import queries as promotions
from goodfor.promotions.operations.campaign_steps import who_may
from goodfor.promotions.operations.make_coupons import make_coupons
from goodfor.promotions.operations.make_pack import make_pack
from goodfor.promotions.operations.steer_campaign import end_campaign
from goodfor.promotions.tests.factories import reduce_by, run, window
from goodfor.promotions.types import (
    ACTIVITY,
    BatchWish,
    Compare,
    FullReduce,
    Limit,
    PackWish,
    Scope,
    Spec,
    Tier,
    UnitPrice,
)
from goodfor.storefront.tests.account_flow import browser, plain
from goodfor.storefront.tests.world import World
from goodfor.window.operations import add_block, publish_blocks
from goodfor.window.types import BlockRequest

pytestmark = pytest.mark.django_db(transaction=True)


def begin(world: World, spec: Spec, name: str) -> UUID:
    """It counts from now on."""
    plan_cache.forget()
    now, shop = utc_now(), identity.shop_by_id(world.shop_id)
    people = who_may(shop.id)
    return run(shop, spec, people[0] if people else make_staff(shop, now).actor, now, name=name).campaign_id


def price_of(world: World) -> int:
    found = next(sku for sku in get_product(world.shop_id, world.product_slug).skus if sku.id == world.sku_id)
    return found.price.amount_minor


def flash(world: World, *limits: Limit, off: int = 800, **more: Any) -> Spec:
    return Spec(
        play="flash", layer=ACTIVITY, window=window(utc_now()), scope=Scope(skus=frozenset({world.sku_id})),
        effect=UnitPrice(price_of(world) - off), limits=limits, **more,
    )  # fmt: skip


def coupons(world: World, off: int, name: str, **more: Any) -> tuple[UUID, UUID]:
    """A coupon campaign with a batch in the centre: their ids."""
    campaign_id = begin(world, reduce_by(utc_now(), off, coupon=True), name)
    wish = BatchWish(campaign_id, **{"kind": states.CLAIM, "name": name, "wanted": 5, "listed": True, **more})
    batch = make_coupons(shop_id=world.shop_id, wish=wish, actor=who_may(world.shop_id)[0], now=utc_now())
    return campaign_id, batch.id


def checkout(client: Client, world: World, **more: Any) -> Any:
    return client.get("/checkout", {"p": world.product_slug, "sku": str(world.sku_id), "qty": "1", **more})


def fields_of(page: Any) -> dict[str, Any]:
    """What its form would send."""
    text = page.content.decode()
    found: dict[str, Any] = dict(re.findall(r'<input type="hidden" name="([a-z]+)" value="([^"]*)"', text))
    found["coupon"] = re.findall(r'name="coupon" value="([^"]+)" checked', text)
    found["qty"] = re.findall(r'name="qty"[^>]* value="(\d+)"', text)[0]
    return found


def minor(page: Any) -> int:
    return int(page.context["basket"].bill.total.amount_minor)


def test_a_campaigns_price_is_on_the_page_and_is_what_is_paid(world: World, client: Client) -> None:
    listed = price_of(world)
    assert "为什么是这个价" in plain(client.get(f"/p/{world.product_slug}"))
    begin(world, flash(world, Limit("buyer", "units", "all", 1)), "周末秒杀")
    page = client.get(f"/p/{world.product_slug}", {"sku": str(world.sku_id)})
    assert page.context["deal"].price.amount_minor == listed - 800
    assert page.context["deal"].pieces == 1
    assert f'data-price="{listed - 800}" data-full="{listed}" data-pieces="1"' in page.content.decode()
    assert "周末秒杀" in plain(page)
    shown = checkout(client, world, qty="2")
    assert minor(shown) == 2 * listed - 800
    assert "周末秒杀" in plain(shown)
    sent = fields_of(shown) | {"method": world.method, "contact": ""}
    placed = client.post("/checkout", sent)
    assert placed.status_code == 302
    order = orders.order_by_number(world.shop_id, placed["Location"].split("/")[2])
    assert (order.total.amount_minor, order.discount.amount_minor) == (2 * listed - 800, 800)


def test_what_was_shown_and_is_gone_is_shown_again_and_nothing_is_placed(world: World, client: Client) -> None:
    of = begin(world, flash(world), "周末秒杀")
    sent = fields_of(checkout(client, world)) | {"method": world.method, "contact": ""}
    end_campaign(shop_id=world.shop_id, campaign_id=of, actor=who_may(world.shop_id)[0], now=utc_now())
    late = client.post("/checkout", sent)
    assert late.status_code == 409
    assert "看过再付款" in plain(late)
    assert minor(late) == price_of(world)


def test_full_reductions_are_told_before(world: World, client: Client) -> None:
    spec = replace(reduce_by(utc_now(), 100), effect=FullReduce((Tier(price_of(world), 300),)))
    begin(world, spec, "满减")
    assert "减 ¥3.00" in plain(client.get(f"/p/{world.product_slug}"))
    assert minor(checkout(client, world)) == price_of(world) - 300


def test_a_coupon_is_claimed_the_best_is_picked_and_used_once(world: World) -> None:
    client = browser()
    _small, small = coupons(world, 100, "小券")
    _large, large = coupons(world, 500, "大券")
    assert "没有可用的券" in plain(checkout(client, world))
    for batch in (small, large):
        assert client.post(f"/coupons/{batch}/claim").status_code == 302
    again = client.post(f"/coupons/{large}/claim")
    assert again.status_code == 409
    assert "已领" in plain(client.get("/coupons"))
    assert plain(client.get("/coupons/mine")).count("前有效") == 2
    shown = checkout(client, world)
    assert minor(shown) == price_of(world) - 500
    [picked] = fields_of(shown)["coupon"]
    # The other one instead, by the button that asks for the price again.
    other = next(str(one.id) for one in shown.context["basket"].bill.choices if str(one.id) != picked)
    sent = fields_of(shown) | {"method": world.method, "contact": ""}
    changed = client.post("/checkout", {**sent, "coupon": [other], "update": "1"})
    assert (changed.status_code, minor(changed)) == (200, price_of(world) - 100)
    placed = client.post("/checkout", sent)
    assert placed.status_code == 302, plain(placed)
    number = placed["Location"].split("/")[2]
    assert orders.order_by_number(world.shop_id, number).discount.amount_minor == 500
    assert "订单占用中" in plain(client.get("/coupons/mine"))
    assert fields_of(checkout(client, world))["coupon"] == [other]


def test_a_pack_is_taken_in_one_tap_and_only_by_whom_it_is_for(world: World) -> None:
    now = utc_now()
    batches = [coupons(world, off, name, listed=False)[1] for off, name in ((100, "小券"), (500, "大券"))]
    wish = PackWish("新人礼包", tuple(batches), now, now + timedelta(days=1))
    pack = make_pack(shop_id=world.shop_id, wish=wish, actor=who_may(world.shop_id)[0], now=now)
    begin(world, reduce_by(now, 100, coupon=True, audience=Compare("orders_paid", "ge", 1)), "老客券")
    only = BatchWish(promotions.campaigns(world.shop_id)[0].id, states.CLAIM, "老客券", wanted=5, listed=True)
    regulars = make_coupons(shop_id=world.shop_id, wish=only, actor=who_may(world.shop_id)[0], now=now)
    client = browser()
    assert "打开礼包" in plain(client.get("/coupons"))
    assert "仅限买过的人" in plain(client.get("/coupons"))
    refused = client.post(f"/coupons/{regulars.id}/claim")
    assert (refused.status_code, "仅限买过的人" in plain(refused)) == (409, True)
    at = f"/coupons/pack/{pack.id}"
    assert "一键领取" in plain(client.get(at))
    assert client.post(at).status_code == 302
    assert plain(client.get("/coupons/mine")).count("前有效") == 2
    again = client.post(at)
    assert (again.status_code, "你已经领过了" in plain(again)) == (409, True)
    assert "打开礼包" not in plain(client.get("/coupons"))
    assert minor(checkout(client, world)) == price_of(world) - 500


def test_a_typed_code_counts_and_a_wrong_one_says_so(world: World, client: Client) -> None:
    coupons(world, 300, "口令券", kind=states.PUBLIC, code="SUMMER", listed=False)
    shown = checkout(client, world)
    sent = fields_of(shown) | {"method": world.method, "contact": "", "update": "1"}
    wrong = client.post("/checkout", {**sent, "code": "WINTER"})
    assert minor(wrong) == price_of(world)
    assert "优惠券不存在或已失效" in plain(wrong)
    right = client.post("/checkout", {**sent, "code": "summer"})
    assert minor(right) == price_of(world) - 300
    placed = client.post("/checkout", {**fields_of(right), "code": "summer", "method": world.method, "contact": ""})
    assert placed.status_code == 302, plain(placed)


def test_a_coupon_is_passed_on(world: World) -> None:
    giver, friend = browser(), browser(REMOTE_ADDR="198.51.100.77")
    _campaign, batch = coupons(world, 500, "大券", giftable=True)
    giver.post(f"/coupons/{batch}/claim")
    [mine] = giver.get("/coupons/mine").context["rows"]
    path = f"/coupons/{mine['one'].id}/gift"
    sent = {"look": "paper", "days": "3", "key": "0123456789"}
    given = giver.get(giver.post(path, sent)["Location"])
    link = re.findall(r'value="https?://[^/]+(/gift/[^"]+)"', given.content.decode())[0]
    assert "等朋友领取" in plain(giver.get("/coupons/mine"))
    assert minor(checkout(giver, world)) == price_of(world)
    assert friend.get(link).status_code == 200
    # An address of before leads to the same page.
    assert friend.get(link.replace("/gift/", "/coupons/gift/"))["Location"] == link
    assert friend.post(link)["Location"] == "/coupons/mine"
    assert minor(checkout(friend, world)) == price_of(world) - 500
    assert browser(REMOTE_ADDR="198.51.100.78").post(link).status_code == 404
    # It is nobody's to pass on any more: not the friend's again, and no longer the giver's at all.
    for one in (friend, giver):
        assert one.post(path, {**sent, "key": "9876543210"}).status_code == 409


def test_flash_sales_have_slots_and_a_strip(world: World, client: Client) -> None:
    assert "现在没有秒杀" in plain(client.get("/flash"))
    now = utc_now()
    begin(world, flash(world, Limit("sku", "units", "all", 7)), "周末秒杀")
    later = flash(world, off=900)
    begin(world, replace(later, window=replace(later.window, starts_at=now + timedelta(hours=1))), "明天的")
    page = client.get("/flash")
    slots = page.context["slots"]
    assert [(slot.title, slot.runs, slot.goods[0].left) for slot in slots] == [
        ("周末秒杀", True, 7), ("明天的", False, None),
    ]  # fmt: skip
    assert "还剩 7 件" in plain(page)
    assert "距开始" in plain(page)


def test_blocks_of_sales_and_coupons_are_on_the_first_page(world: World, client: Client) -> None:
    sale = begin(world, flash(world), "周末秒杀")
    coupon, _batch = coupons(world, 500, "大券")
    for kind, of in (("sale", sale), ("coupon", coupon)):
        block = BlockRequest(kind, {"campaign_ids": [str(of)], "title": ""})
        add_block(shop_id=world.shop_id, block=block, actor="test", now=utc_now())
    publish_blocks(shop_id=world.shop_id, actor="test", now=utc_now())
    home = plain(client.get("/"))
    assert "周末秒杀" in home
    assert "大券" in home


def test_a_shop_without_campaigns_says_nothing_of_them(world: World, client: Client) -> None:
    assert not promotions.has_plan(world.shop_id)
    page = checkout(client, world)
    assert "优惠券" not in plain(page)
    assert 'name="seen"' not in page.content.decode()
