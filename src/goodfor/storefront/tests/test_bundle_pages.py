"""Bundles over HTTP: the shelf, the page with its choices, the checkout, pages of blocks."""

import re
from dataclasses import replace
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client

from goodfor.catalog.queries import get_product
from goodfor.identity.operations import add_staff, create_user
from goodfor.kernel.clock import utc_now
from goodfor.orders import queries as orders
from goodfor.orders.models import Order, OrderLine
from goodfor.promotions import bundle_queries as bundles
from goodfor.promotions import states
from goodfor.promotions.operations.campaign_steps import who_may
from goodfor.promotions.operations.make_coupons import make_coupons
from goodfor.promotions.operations.move_bundle import put_on_sale, take_off_sale
from goodfor.promotions.operations.write_bundle import create_bundle, revise_bundle
from goodfor.promotions.tests.factories import reduce_by
from goodfor.promotions.types import CHOOSE, FIXED, BatchWish, BundlePart, BundlePrice, BundleSpec, PickGroup, Scope
from goodfor.storefront.tests.account_flow import browser
from goodfor.storefront.tests.conftest import load_codes
from goodfor.storefront.tests.test_deals import begin
from goodfor.storefront.tests.world import World
from goodfor.window import queries as window
from goodfor.window.operations import add_block, publish_blocks, write_page
from goodfor.window.types import BlockRequest

pytestmark = pytest.mark.django_db(transaction=True)


def text_of(response: HttpResponse) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def skus(world: World) -> list:  # type: ignore[type-arg]
    return [sku.id for sku in get_product(world.shop_id, world.product_slug).skus]


def stocked(world: World) -> list:  # type: ignore[type-arg]
    """All three face values of the wallet, with codes."""
    ids = skus(world)
    for n, sku_id in enumerate(one for one in ids if one != world.sku_id):
        load_codes(world.shop_id, sku_id, [f"B{n}{i:03d}QXW2TM9PL5RB" for i in range(20)], utc_now())
    return ids


def sell(world: World, spec: BundleSpec, slug: str = "home-fun") -> object:
    now = utc_now()
    bundle_id = create_bundle(shop_id=world.shop_id, slug=slug, spec=spec, actor="staff:1", now=now)
    put_on_sale(shop_id=world.shop_id, bundle_id=bundle_id, seen=1, actor="staff:1", now=now)
    return bundle_id


def choose(ids: list) -> BundleSpec:  # type: ignore[type-arg]
    parts = tuple(BundlePart(one, group="面值") for one in ids)
    return BundleSpec("任选两张", CHOOSE, parts, BundlePrice(None, 1000), (PickGroup("面值", 2, 2),))


def test_a_fixed_bundle_is_looked_at_and_bought(world: World, client: Client) -> None:
    ids = stocked(world)
    sell(world, BundleSpec("宅家娱乐能量包", FIXED, tuple(BundlePart(one) for one in ids), BundlePrice(None, 2000)))
    assert "宅家娱乐能量包" in text_of(client.get("/b"))
    page = client.get("/b/home-fun")
    assert page.status_code == 200
    assert "比分开买省" in text_of(page)
    checkout = client.get("/b/home-fun/checkout", {"sets": "2"})
    assert checkout.status_code == 200
    [seen] = re.findall(r'name="seen" value="([^"]+)"', checkout.content.decode())
    sent = {"sets": "2", "seen": seen, "method": world.method, "contact": "a@shop.example"}
    before = Order.objects.filter(shop_id=world.shop_id).count()
    assert client.post("/b/home-fun/checkout", {**sent, "seen": "1:1"}).status_code == 409
    assert client.post("/b/home-fun/checkout", {**sent, "method": ""}).status_code == 422
    assert Order.objects.filter(shop_id=world.shop_id).count() == before
    placed = client.post("/b/home-fun/checkout", sent)
    assert placed.status_code == 302
    number = re.search(r"/o/([0-9A-Z]+)/pay", placed["Location"])
    assert number is not None
    order = Order.objects.get(shop_id=world.shop_id, number=number[1])
    lines = OrderLine.objects.filter(shop_id=world.shop_id, order_id=order.id)
    assert {(line.sku_id, line.quantity, line.bundle_title) for line in lines} == {
        (one, 2, "宅家娱乐能量包") for one in ids
    }
    assert seen.endswith(f":{order.total_minor}")
    assert orders.order_view(world.shop_id, order.id).state == "placed"


def test_a_coupon_takes_off_a_bundle_what_its_campaign_says(world: World) -> None:
    client, now, ids = browser(), utc_now(), stocked(world)
    sell(world, BundleSpec("宅家娱乐能量包", FIXED, tuple(BundlePart(one) for one in ids), BundlePrice(None, 2000)))
    for off, name, scope in (
        (300, "组合券", Scope(everything=True, bundles=True)),
        (900, "单品券", Scope(everything=True)),
    ):
        of = begin(world, reduce_by(now, off, coupon=True, scope=scope), name)
        wish = BatchWish(of, states.CLAIM, name, wanted=5, listed=True)
        batch = make_coupons(shop_id=world.shop_id, wish=wish, actor=who_may(world.shop_id)[0], now=now)
        assert client.post(f"/coupons/{batch.id}/claim").status_code == 302
    page = client.get("/b/home-fun/checkout", {"sets": "1"})
    bare = page.context["offer"].listed.amount_minor - bundle_off(page)
    assert [(one.name, one.off is not None, one.picked) for one in page.context["bill"].choices] == [
        ("组合券", True, True), ("单品券", False, False),
    ]  # fmt: skip
    assert page.context["offer"].total.amount_minor == bare - 300
    [seen] = re.findall(r'name="seen" value="([^"]+)"', page.content.decode())
    [picked] = re.findall(r'name="coupon" value="([^"]+)" checked', page.content.decode())
    sent = {"sets": "1", "seen": seen, "coupons": "1", "method": world.method, "contact": "a@shop.example"}
    without = client.post("/b/home-fun/checkout", {**sent, "update": "1"})
    assert (without.status_code, without.context["offer"].total.amount_minor) == (200, bare)
    # What was seen binds: the price with the coupon is not that without.
    assert client.post("/b/home-fun/checkout", sent).status_code == 409
    placed = client.post("/b/home-fun/checkout", {**sent, "coupon": picked})
    assert placed.status_code == 302, text_of(placed)
    order = Order.objects.get(shop_id=world.shop_id, number=placed["Location"].split("/")[2])
    assert order.total_minor == bare - 300
    assert "订单占用中" in text_of(client.get("/coupons/mine"))


def bundle_off(page: Any) -> int:
    """What the bundle's own price takes off."""
    return sum(minor.amount_minor for name, minor in page.context["bill"].off if name != "组合券")


def test_k_of_n_is_chosen_without_a_script(world: World, client: Client) -> None:
    ids = stocked(world)
    sell(world, choose(ids))
    assert "3 选 2" in text_of(client.get("/b/home-fun"))
    one = client.get("/b/home-fun", {"sets": "1", f"n-{ids[0]}": "1"})
    assert "还差 1 个" in text_of(one)
    assert client.get("/b/home-fun/checkout", {"sets": "1", f"n-{ids[0]}": "1"}).status_code == 422
    three = client.get("/b/home-fun", {"sets": "1", **{f"n-{one}": "1" for one in ids}})
    assert "最多选 2 个" in text_of(three)
    good = {"sets": "1", f"n-{ids[0]}": "1", f"n-{ids[2]}": "1", "n-nonsense": "1", f"n-{world.shop_id}": "9"}
    checkout = client.get("/b/home-fun/checkout", good)
    assert checkout.status_code == 200
    [seen] = re.findall(r'name="seen" value="([^"]+)"', checkout.content.decode())
    placed = client.post("/b/home-fun/checkout", {**good, "seen": seen, "method": world.method})
    assert placed.status_code == 302
    newest = Order.objects.filter(shop_id=world.shop_id).order_by("-id")[0]
    lines = OrderLine.objects.filter(shop_id=world.shop_id, order_id=newest.id)
    assert set(lines.values_list("sku_id", flat=True)) == {ids[0], ids[2]}


def test_sold_out_off_sale_and_changed(world: World, client: Client) -> None:
    ids = skus(world)  # Only one of them has codes.
    bundle_id = sell(world, choose(ids))
    page = text_of(client.get("/b/home-fun"))
    assert "售罄" in page
    stocked(world)
    good = {"sets": "1", f"n-{ids[0]}": "1", f"n-{ids[1]}": "1"}
    [seen] = re.findall(r'name="seen" value="([^"]+)"', client.get("/b/home-fun/checkout", good).content.decode())
    view = bundles.newest(world.shop_id, bundle_id)  # type: ignore[arg-type]
    dearer, now = replace(view.spec, price=BundlePrice(None, 500)), utc_now()
    revise_bundle(shop_id=world.shop_id, bundle_id=view.id, spec=dearer, seen=1, actor="staff:1", now=now)
    put_on_sale(shop_id=world.shop_id, bundle_id=view.id, seen=2, actor="staff:1", now=now)
    before = Order.objects.filter(shop_id=world.shop_id).count()
    changed = client.post("/b/home-fun/checkout", {**good, "seen": seen, "method": world.method})
    assert changed.status_code == 409
    assert "没有扣款" in text_of(changed)
    take_off_sale(shop_id=world.shop_id, bundle_id=view.id, actor="staff:1", now=now)
    for path in ("/b/home-fun", "/b/home-fun/checkout", "/b/nothing"):
        assert client.get(path).status_code == 404
    assert client.post("/b/home-fun/checkout", {**good, "seen": seen, "method": world.method}).status_code == 404
    assert Order.objects.filter(shop_id=world.shop_id).count() == before


def test_a_page_of_blocks_is_drafted_previewed_and_published(world: World, client: Client) -> None:
    bundle_id = sell(world, choose(stocked(world)))
    now = utc_now()
    page_id = write_page(
        shop_id=world.shop_id, page_id=None, slug="home-fun", title="宅家娱乐", actor="t", now=now
    )  # fmt: skip
    for block in (BlockRequest("bundle", {"bundle_ids": [str(bundle_id)]}), BlockRequest("text", {"body": "周末见"})):
        add_block(shop_id=world.shop_id, block=block, page_id=page_id, actor="t", now=now)
    assert client.get("/a/home-fun").status_code == 404
    staff = add_staff(
        shop_id=world.shop_id, user_id=create_user(username="ops"), role="operator", actor="t", now=now
    )  # fmt: skip
    url = window.preview_url(world.shop_id, "", staff.id, path="/a/home-fun")
    [token] = parse_qs(urlsplit(url).query)["preview"]
    draft = client.get("/a/home-fun", {"preview": token})
    assert (draft.status_code, draft["Cache-Control"]) == (200, "no-store")
    assert "任选两张" in text_of(draft)
    publish_blocks(shop_id=world.shop_id, page_id=page_id, actor="t", now=now)
    public = text_of(client.get("/a/home-fun"))
    assert "宅家娱乐" in public
    assert "任选两张" in public
    assert "周末见" in public
    assert "周末见" not in text_of(client.get("/"))
