"""Bundles in the console: made in three steps, told what is wrong, sold, taken off; pages of blocks beside them."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from goodfor.console.tests.bundle_things import bundle_of, page_of
from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import inside
from goodfor.identity.types import Role
from goodfor.promotions import bundle_queries as bundles
from goodfor.promotions.types import BundlePart, BundlePrice, BundleTier, PickGroup
from goodfor.window import queries as window

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def client(shop: Shop) -> Client:
    """Somebody who may make bundles."""
    return inside(shop.id, Role.OPERATOR)


def text_of(response: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def goods(shop: Shop, role: str = "in", count: int = 2) -> dict[str, str]:
    sent = {"title": "宅家娱乐能量包", "slug": "home-fun", "kind": "fixed"}
    for n, sku_id in enumerate(list(shop.demo.skus.values())[:count]):
        sent |= {f"sku_{n}": str(sku_id), f"pieces_{n}": "1", f"role_{n}": role}
    return sent


def post(client: Client, sent: dict[str, str], to: str, at: str = "") -> Any:
    return client.post(at or reverse("desk:bundle-new"), {**sent, "to": to})


def test_made_in_three_steps_and_sold(client: Client, shop: Shop) -> None:
    new = reverse("desk:bundle-new")
    assert "选权益" in text_of(client.get(new))
    sent = goods(shop)
    assert "每套一口价" in text_of(post(client, sent, "price"))
    priced = {**sent, "price_kind": "own", "price": "88.80", "delivery": "part", "most_sets": "5", "floor": "0.50"}
    checked = post(client, priced, "check")
    assert checked.status_code == 200
    assert "最不利的选法" in text_of(checked)
    assert bundles.bundles(shop.id, on_sale=False) == []
    # What earlier steps said goes along as it is.
    carried = dict(re.findall(r'<input type="hidden" name="([a-z_0-9]+)" value="([^"]*)"', checked.content.decode()))
    assert {name: carried[name] for name in priced} == priced
    assert post(client, priced, "sell").status_code == 302
    [view] = bundles.bundles(shop.id)
    assert (view.slug, view.spec.title, view.spec.price) == ("home-fun", "宅家娱乐能量包", BundlePrice(8880))
    assert (view.spec.delivery, view.spec.most_sets, view.spec.floor) == ("part", 5, 50)
    assert view.spec.parts == tuple(BundlePart(sku) for sku in list(shop.demo.skus.values())[:2])
    assert "在售" in text_of(client.get(reverse("desk:bundles")))


def test_choices_and_tiers_are_read_as_they_were_typed(client: Client, shop: Shop) -> None:
    sent = goods(shop, "g1", 3) | {
        "kind": "tiered", "name_g1": "任选", "least_g1": "2", "most_g1": "3", "price_kind": "less", "less": "10",
        "tiers_by": "picks", "tier_count_0": "3", "tier_value_0": "20", "extra_2": "5.00",
    }  # fmt: skip
    assert post(client, sent, "save").status_code == 302
    [view] = bundles.bundles(shop.id, on_sale=False)
    spec = view.spec
    assert (spec.kind, spec.groups) == ("tiered", (PickGroup("任选", 2, 3),))
    assert spec.tiers == (BundleTier(3, BundlePrice(None, 2000)),)
    assert (spec.price, spec.tiers_by, spec.parts[2].extra) == (BundlePrice(None, 1000), "picks", 500)
    at = reverse("desk:bundle", args=[view.id])
    page = client.get(at)
    assert "任选" in text_of(page)
    unchanged = sent | {"seen": "1"}
    assert post(client, unchanged, "sell", at).status_code == 302
    assert (bundles.bundle(shop.id, view.id).state, bundles.bundle(shop.id, view.id).number) == ("on_sale", 1)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"title": ""}, "选权益"),
        ({"slug": "Nicht Gut"}, "选权益"),
        ({"sku_0": "", "sku_1": ""}, "至少选一项权益"),
        ({"role_0": "g2"}, "每组填好名称"),
        ({"price": ""}, "填一口价"),
        ({"price": "kostenlos"}, "请写成 100.00 这样的金额"),
        ({"weight_0": "3"}, "占比要么都填"),
        ({"extra_0": "1.00"}, "只有可选的权益才能加价"),
        ({"kind": "choose"}, "任选要有至少一组"),
        ({"kind": "tiered"}, "至少填一档"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    client: Client, shop: Shop, change: dict[str, str], words: str
) -> None:
    words = "固定组合不分组" if "kind" in change else words
    answer = post(client, {**goods(shop), "price_kind": "own", "price": "88.80", **change}, "sell")
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert bundles.bundles(shop.id, on_sale=False) == []


def test_changed_by_somebody_else_meanwhile(client: Client, shop: Shop) -> None:
    bundle_id = bundle_of(shop)
    at, sent = reverse("desk:bundle", args=[bundle_id]), {**goods(shop), "price_kind": "own"}
    assert post(client, sent | {"price": "10.00", "seen": "1"}, "save", at).status_code == 302
    late = post(client, sent | {"price": "20.00", "seen": "1"}, "save", at)
    assert late.status_code == 409
    assert bundles.newest(shop.id, bundle_id).spec.price == BundlePrice(1000)


def test_on_sale_off_and_away(client: Client, shop: Shop) -> None:
    bundle_id = bundle_of(shop)
    move = reverse("desk:bundle-move", args=[bundle_id])
    assert client.post(move, {"to": "off"}).status_code == 409
    assert client.post(move, {"to": "on", "seen": "7"}).status_code == 409
    assert client.post(move, {"to": "on", "seen": "1"}).status_code == 302
    assert client.post(move, {"to": "archive"}).status_code == 409
    assert bundles.bundle(shop.id, bundle_id).state == "on_sale"
    assert client.post(move, {"to": "off"}).status_code == 302
    assert client.post(move, {"to": "archive"}).status_code == 302
    assert bundles.bundle(shop.id, bundle_id).state == "archived"


def test_a_page_of_blocks_is_made_arranged_published_and_removed(client: Client, shop: Shop) -> None:
    made = client.post(reverse("desk:window-page-new"), {"title": "宅家娱乐", "slug": "home-fun", "summary": ""})
    assert made.status_code == 302
    [page] = window.pages(shop.id)
    assert made["Location"] == reverse("desk:window-page", args=[page.id])
    assert client.post(reverse("desk:window-page-new"), {"title": "x", "slug": "home-fun"}).status_code == 422
    assert client.post(reverse("desk:window-page-new"), {"title": "x", "slug": "A b"}).status_code == 422
    add = reverse("desk:window-page-add", args=[page.id, "text"])
    assert client.get(add).status_code == 200
    assert client.post(add, {"body": "周末见"})["Location"] == made["Location"]
    assert "周末见" in text_of(client.get(made["Location"]))
    assert window.draft(shop.id) == []
    [block] = window.draft_blocks(shop.id, page.id)
    moved = client.post(reverse("desk:window-move", args=[block.id]), {"to": "up"})
    assert moved["Location"].startswith(made["Location"])
    assert client.get(reverse("desk:window-page-preview", args=[page.id])).status_code == 200
    assert client.post(reverse("desk:window-page-publish", args=[page.id])).status_code == 302
    assert window.page_by_slug(shop.id, "home-fun").online
    move = reverse("desk:window-page-move", args=[page.id])
    assert client.post(move, {"to": "remove"}).status_code == 409
    assert client.post(move, {"to": "offline"}).status_code == 302
    assert client.post(move, {"to": "remove"}).status_code == 302
    assert window.pages(shop.id) == []


def test_a_block_of_bundles_is_chosen_from_those_on_sale(client: Client, shop: Shop) -> None:
    page_id, bundle_id = page_of(shop), bundle_of(shop)
    add = reverse("desk:window-page-add", args=[page_id, "bundle"])
    assert client.post(add, {"bundle_ids": [str(bundle_id)]}).status_code == 422
    client.post(reverse("desk:bundle-move", args=[bundle_id]), {"to": "on", "seen": "1"})
    assert client.post(add, {"bundle_ids": [str(bundle_id)]}).status_code == 302
    [block] = window.draft_blocks(shop.id, page_id)
    assert getattr(block.content, "bundle_ids", ()) == (bundle_id,)
    assert client.get(reverse("desk:window-block", args=[block.id])).status_code == 200


def test_who_only_looks_changes_nothing(shop: Shop) -> None:
    bundle_id = bundle_of(shop)
    looking = inside(shop.id, Role.SUPPORT)
    for name, args in (("bundle-new", []), ("bundle", [bundle_id]), ("window-pages", [])):
        assert looking.get(reverse(f"desk:{name}", args=args)).status_code == 403
    assert looking.post(reverse("desk:bundle-move", args=[bundle_id]), {"to": "on", "seen": "1"}).status_code == 403
    assert bundles.bundle(shop.id, bundle_id).state == "draft"
