"""The goods pages: from nothing to a product in the shop, prices by thousands, and what is refused."""

import re
from time import perf_counter
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from goodfor.catalog import operations as catalog_does
from goodfor.catalog import queries as catalog
from goodfor.catalog.tests.pictures import encoded, noise
from goodfor.cli import world
from goodfor.console import queries, tasks
from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import inside, proved, sql, state_of_all
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.notify import queries as notify
from goodfor.vault import queries as vault

pytestmark = pytest.mark.django_db(transaction=True)


def listed(page: str, shop: Shop) -> set[str]:
    """Codes of the shop's SKUs that a page of the list names."""
    return {code for code, sku_id in shop.demo.skus.items() if f"/console/skus/{sku_id}/" in page}


def run_batches() -> None:
    while tasks.do_batches(utc_now()):
        continue


def picked(client: Client, act: str, ids: list[UUID], **query: Any) -> None:
    sent = {"act": act, "pick": [str(one) for one in ids], **query}
    assert client.post(reverse("desk:skus-pick"), sent).headers["Location"] == reverse("desk:skus-batch")


def confirm(client: Client, page: Any, **typed: str) -> Any:
    return client.post(reverse("desk:skus-batch"), {"token": page.context["token"], **typed})


def test_from_nothing_to_the_shop(shop: Shop) -> None:
    client = inside(shop.id, Role.OPERATOR)
    assert client.post(reverse("desk:category-add"), {"name": "新架"}).status_code == 302
    shelf = catalog.shelves(shop.id)[-1]
    assert (shelf.name, shelf.position, shelf.products) == ("新架", 4, 0)
    typed = {
        "name": "晴空音乐会员",
        "category_id": str(shelf.id),
        "slug": "qingkong",
        "summary": "听歌",
        "scenes": "宅家，出行",
    }
    answer = client.post(reverse("desk:product-new"), typed)
    product = catalog.get_product(shop.id, "qingkong")
    assert answer.headers["Location"] == reverse("desk:product", args=[product.id])
    assert (product.on_sale, product.scenes, product.obstacles) == (False, ("宅家", "出行"), ("no_sku",))
    page = client.get(answer.headers["Location"]).content.decode()
    assert "还没有规格" in page
    assert 'name="to" value="on" disabled' in page
    # Nobody could buy it: refused also for who sends the form by hand.
    refused = client.post(reverse("desk:product-switch", args=[product.id]), {"to": "on"})
    assert refused.status_code == 409
    assert not catalog.get_product(shop.id, product.id).on_sale
    sku = {"name": "月卡", "face_value_label": "1 个月", "price": "18.80", "list_price": "25", "per_order_limit": "5"}
    assert client.post(reverse("desk:product-sku", args=[product.id]), sku).status_code == 302
    (made,) = catalog.get_product(shop.id, product.id).skus
    assert (made.price, made.list_price, made.per_order_limit) == (Money(1880, "CNY"), Money(2500, "CNY"), 5)
    assert not found_in_shop()
    assert client.post(reverse("desk:product-switch", args=[product.id]), {"to": "on"}).status_code == 302
    assert found_in_shop()
    world.load_codes(shop.id, made.id, world.random_codes(3), utc_now())
    seen = Client().get("/p/qingkong")
    assert seen.status_code == 200
    assert "18.80" in seen.content.decode().replace('<span class="money-cents">', "").replace("</span>", "")
    assert can_be_bought()
    # The SKU alone off sale, then the product: nobody can buy it.
    for address in (reverse("desk:sku-switch", args=[made.id]), reverse("desk:product-switch", args=[product.id])):
        assert client.post(address, {"to": "off"}).status_code == 302
        assert not can_be_bought()
        assert not found_in_shop()


def can_be_bought() -> bool:
    return "立即购买" in Client().get("/p/qingkong").content.decode()


def found_in_shop() -> bool:
    return "/p/qingkong" in Client().get("/search", {"q": "晴空"}).content.decode()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"category_id": "x"}, "category_id"),
        ({"category_id": str(UUID(int=1))}, "category_id"),
        ({"slug": "a/b"}, "slug"),
        ({"slug": "kuwan-coin"}, "slug"),
        ({"position": "1.5"}, "position"),
        ({"scenes": "a b c d e f g"}, "scenes"),
    ],
)
def test_a_product_is_refused_at_its_field(shop: Shop, wrong: dict[str, str], field: str) -> None:
    client = inside(shop.id, Role.OPERATOR)
    right = {"name": "<b>名</b>", "category_id": str(catalog.shelves(shop.id)[0].id), "slug": "x"}
    before = state_of_all()
    answer = client.post(reverse("desk:product-new"), {**right, **wrong})
    assert answer.status_code == 422
    assert set(answer.context["errors"]) == {field}
    assert "<b>名</b>" not in answer.content.decode()
    assert state_of_all() == before


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"price": ""}, "price"),
        ({"price": "0"}, "price"),
        ({"price": "1.005"}, "price"),
        ({"price": "-3"}, "price"),
        ({"list_price": "1"}, "price"),
        ({"list_price": "x"}, "list_price"),
        ({"per_order_limit": "0"}, "limit"),
        ({"per_order_limit": ""}, "limit"),
        ({"hold_minutes": ""}, "hold_seconds"),
        ({"per_buyer_limit": "x"}, "limit"),
        ({"hold_minutes": "0"}, "hold_seconds"),
        ({"name": " "}, "name"),
    ],
)
def test_a_sku_is_refused_at_its_field(shop: Shop, wrong: dict[str, str], field: str) -> None:
    client = inside(shop.id, Role.OPERATOR)
    sku_id = shop.demo.skus["kw-50"]
    before = state_of_all()
    for address in (reverse("desk:sku-save", args=[sku_id]), reverse("desk:product-sku", args=[product_of(shop)])):
        answer = client.post(address, {"name": "50 元", "price": "48.50", **wrong})
        assert answer.status_code == 422, address
        assert set(answer.context["errors"] or answer.context["sku_errors"]) == {field}
    assert state_of_all() == before


def product_of(shop: Shop) -> UUID:
    return catalog.desk_sku(shop.id, shop.demo.skus["kw-50"]).product_id


def test_a_sku_is_changed_and_both_prices_are_on_record(shop: Shop) -> None:
    client, sku_id = inside(shop.id, Role.OPERATOR), shop.demo.skus["kw-50"]
    page = client.get(reverse("desk:sku", args=[sku_id]))
    shown = page.content.decode()
    for name, value in (("price", "48.50"), ("per_order_limit", "10000"), ("hold_minutes", "15")):
        assert re.search(f'name="{name}"[^>]* value="{value}"', shown), name
    new = client.get(reverse("desk:product", args=[product_of(shop)])).content.decode()
    for name, value in (("position", "1"), ("per_order_limit", "100"), ("hold_minutes", "15")):
        assert re.search(f'name="{name}"[^>]* value="{value}"', new), name
    typed = {**page.context["typed"], "price": "45.00", "per_buyer_limit": "3"}
    assert client.post(reverse("desk:sku-save", args=[sku_id]), typed).status_code == 302
    sku = catalog.desk_sku(shop.id, sku_id).sku
    assert (sku.price, sku.list_price, sku.per_buyer_limit) == (Money(4500, "CNY"), Money(5000, "CNY"), 3)
    ((data,),) = sql("SELECT data::text FROM kernel_audit WHERE action = 'sku_edited'")
    assert '"old_minor": 4850' in data
    assert '"new_minor": 4500' in data
    # The same again is no change, and no line.
    assert client.post(reverse("desk:sku-save", args=[sku_id]), typed).status_code == 302
    assert sql("SELECT count(*) FROM kernel_audit WHERE action = 'sku_edited'") == [(1,)]


def test_every_filter_finds_and_leaves_out(shop: Shop, other: Shop) -> None:
    client, shelves = inside(shop.id), {shelf.slug: shelf.id for shelf in catalog.shelves(shop.id)}
    every = set(shop.demo.skus)
    games = {"kw-50", "kw-100", "kw-500"}
    catalog_does.set_on_sale(shop_id=shop.id, sku_id=shop.demo.skus["kw-100"], on_sale=False, actor="x", now=utc_now())
    for query, found in (
        ({}, every),
        ({"q": "酷玩"}, games),
        ({"q": "酷玩 500"}, {"kw-500"}),
        ({"q": "kw-5"}, {"kw-50", "kw-500"}),
        ({"q": "季卡"}, {"xh-season"}),
        ({"q": "没有的"}, set()),
        ({"category": str(shelves["games"])}, games),
        ({"price_from": "100"}, {"xh-year", "kw-500"}),
        ({"price_until": "9.90"}, {"my-month"}),
        ({"stock": "1"}, every - {"kw-50"}),
        ({"tab": "on"}, {"kw-50"}),
        ({"tab": "off"}, {"kw-100"}),
        ({"tab": "out"}, every - {"kw-50", "kw-100"}),
        ({"tab": "out", "q": "酷玩"}, {"kw-500"}),
    ):
        page = client.get("/console/skus/", query).content.decode()
        assert listed(page, shop) == found, query
        assert not listed(page, other)
    page = client.get("/console/skus/").context
    assert [(tab["key"], tab["count"]) for tab in page["tabs"]] == [
        ("all", "10"), ("on", "1"), ("out", "8"), ("off", "1"),
    ]  # fmt: skip
    first = client.get("/console/skus/", {"sort": "-stock", "size": "20"}).context["rows"][0]
    assert first.id == shop.demo.skus["kw-50"]
    dearest = client.get("/console/skus/", {"sort": "-price"}).context["rows"][0]
    assert dearest.id == shop.demo.skus["kw-500"]


def test_what_stock_had_cost_is_not_for_all(shop: Shop) -> None:
    assert "在库成本" in inside(shop.id, Role.OPERATOR).get("/console/skus/").content.decode()
    assert "在库成本" not in inside(shop.id, Role.VIEWER).get("/console/skus/").content.decode()


def test_prices_are_previewed_before_they_change(shop: Shop) -> None:
    client = proved(shop.id, Role.OPERATOR)
    ids = [shop.demo.skus[code] for code in ("kw-50", "kw-100", "my-month")]
    before = sql("SELECT id, price_minor FROM catalog_sku ORDER BY id")
    picked(client, "price", ids)
    page = client.get(reverse("desk:skus-batch"))
    assert 'name="go"' not in page.content.decode()
    # Confirmed without a preview, or with what cannot be: nothing begins.
    for typed in (
        {"how": "down", "amount": "10", "go": "1"},
        {"how": "up", "amount": "x"},
        {"how": "no", "amount": "1"},
        {"how": "up_percent", "amount": "0"},
    ):
        shown = confirm(client, page, **typed)
        assert shown.status_code == 200
    shown = confirm(client, page, how="down", amount="10")
    rows = [(name, str(problem)) for name, _old, _new, problem in shown.context["preview"]]
    assert rows == [("酷玩点数卡 50 元", ""), ("酷玩点数卡 100 元", ""), ("墨园读书卡 月卡", "改后不大于 0，不会改")]
    # Other values than those of the preview are previewed anew.
    assert confirm(client, shown, how="down", amount="20", go="1").status_code == 200
    assert sql("SELECT count(*) FROM console_batch") == [(0,)]
    shown = confirm(client, page, how="down", amount="10")
    answer = confirm(client, shown, how="down", amount="10", go="1")
    assert answer.status_code == 302
    assert sql("SELECT id, price_minor FROM catalog_sku ORDER BY id") == before
    run_batches()
    (batch,) = queries.batches(shop.id, ["skus"])
    assert (batch.total, batch.done, batch.refused) == (3, 2, 1)
    assert queries.refused_items(shop.id, batch.id) == [(ids[2], "price_too_low")]
    changed = dict(before) | {ids[0]: 3850, ids[1]: 8650}
    assert sql("SELECT id, price_minor FROM catalog_sku ORDER BY id") == sorted(changed.items())
    data = sql(
        "SELECT data->>'old_minor', data->>'new_minor' FROM kernel_audit WHERE action = 'price_changed' ORDER BY id"
    )
    assert data == [("4850", "3850"), ("9650", "8650")]
    # What was already placed keeps its price.
    assert sql("SELECT DISTINCT unit_price_minor FROM orders_line") == [(4850,)]


def test_a_price_needs_a_fresh_proof(shop: Shop) -> None:
    client = inside(shop.id, Role.OPERATOR)
    picked(client, "price", [shop.demo.skus["kw-50"]])
    assert client.get(reverse("desk:skus-batch")).headers["Location"].startswith("/console/prove")


@pytest.mark.soak
def test_prices_of_a_thousand_skus(shop: Shop, other: Shop) -> None:
    """The whole query by 5.5 %, exactly, each audited; the other shop's prices stay."""
    product_id = product_of(shop)
    sql(
        "INSERT INTO catalog_sku (id, shop_id, product_id, code, name, face_value_label, price_minor, currency,"
        " per_order_limit, delivery_kind, hold_seconds, on_sale, position)"
        " SELECT gen_random_uuid(), %s, %s, 'bulk-' || n, 'bulk ' || n, '', n, 'CNY', 10, 'code', 900, true, n"
        " FROM generate_series(1, 1000) n",
        [shop.id, product_id],
    )
    theirs = sql("SELECT id, price_minor FROM catalog_sku WHERE shop_id = %s ORDER BY id", [other.id])
    client = proved(shop.id, Role.OPERATOR)
    sent = {"act": "price", "whole": "1", "query": "q=bulk"}
    assert client.post(reverse("desk:skus-pick"), sent).status_code == 302
    page = client.get(reverse("desk:skus-batch"))
    assert page.context["count"] == 1000
    began = perf_counter()
    assert client.get(reverse("desk:skus"), {"sort": "stock", "page": "40"}).status_code == 200
    assert perf_counter() - began < 1.5, "300 ms in earnest; a test machine is busy"
    shown = confirm(client, page, how="up_percent", amount="5.5")
    assert len(shown.context["preview"]) == 10
    assert confirm(client, shown, how="up_percent", amount="5.5", go="1").status_code == 302
    run_batches()
    (batch,) = queries.batches(shop.id, ["skus"])
    assert (batch.state, batch.total, batch.done, batch.refused) == ("done", 1000, 1000, 0)
    # Half up: n * 1.055 to a fen.
    wrong = sql(
        "SELECT count(*) FROM catalog_sku WHERE shop_id = %s AND code LIKE 'bulk-%%'"
        " AND price_minor <> round(substr(code, 6)::numeric * 1.055)",
        [shop.id],
    )
    assert wrong == [(0,)]
    changed = sql(
        "SELECT count(*) FROM catalog_sku WHERE price_minor <> substr(code, 6)::bigint AND code LIKE 'bulk-%%'"
    )
    assert sql("SELECT count(*) FROM kernel_audit WHERE action = 'price_changed'") == changed
    assert sql("SELECT id, price_minor FROM catalog_sku WHERE shop_id = %s ORDER BY id", [other.id]) == theirs


def test_thresholds_by_batch_and_by_hand(shop: Shop) -> None:
    client, sku_id = inside(shop.id, Role.OPERATOR), shop.demo.skus["kw-50"]
    picked(client, "low", [sku_id, shop.demo.skus["kw-100"]])
    page = client.get(reverse("desk:skus-batch"))
    shown = confirm(client, page, threshold="25")
    assert [(before, after) for _name, before, after, _problem in shown.context["preview"]] == [(10, 25)] * 2
    assert confirm(client, shown, threshold="25", go="1").status_code == 302
    run_batches()
    assert set(vault.thresholds(shop.id, list(shop.demo.skus.values())).values()) == {25}
    overview = client.get(reverse("desk:overview")).content.decode()
    assert f"/console/skus/{sku_id}/" not in overview, "those with nothing at all come first"
    assert "其他库存不足的商品" in overview
    assert "可售库存低于预警线 25" in client.get(reverse("desk:sku", args=[sku_id])).content.decode()
    for text in ("-1", "x", "99999999999"):
        assert client.post(reverse("desk:sku-low", args=[sku_id]), {"threshold": text}).status_code == 422
    assert client.post(reverse("desk:sku-low", args=[sku_id]), {"threshold": ""}).status_code == 302
    assert sku_id not in vault.thresholds(shop.id, [sku_id])


def test_codes_in_messages_ask_who_one_is(shop: Shop) -> None:
    sku_id = shop.demo.skus["kw-50"]
    address = reverse("desk:sku-codes", args=[sku_id])
    assert (
        inside(shop.id, Role.OPERATOR).post(address, {"to": "allow"}).headers["Location"].startswith("/console/prove")
    )
    assert notify.skus_with_codes(shop.id) == frozenset()
    client = proved(shop.id, Role.OPERATOR)
    assert client.post(address, {"to": "allow"}).status_code == 302
    assert notify.skus_with_codes(shop.id) == {sku_id}
    assert client.post(address, {"to": "refuse"}).status_code == 302
    assert notify.skus_with_codes(shop.id) == frozenset()


def test_pictures(shop: Shop) -> None:
    client, product_id = inside(shop.id, Role.OPERATOR), product_of(shop)
    upload = reverse("desk:product-upload", args=[product_id])
    for side in (80, 90, 100):
        file = SimpleUploadedFile("a.png", encoded(noise((side, side)), "PNG"), "image/png")
        assert client.post(upload, {"file": file}).status_code == 302
    first, second, third = catalog.pictures(shop.id, product_id)
    assert [first.cover, second.cover, third.cover] == [True, False, False]
    arrange = reverse("desk:product-pictures", args=[product_id])
    assert client.post(arrange, {"act": f"forward:{third.name}"}).status_code == 302
    assert client.post(arrange, {"act": f"cover:{second.name}"}).status_code == 302
    assert client.post(arrange, {"act": f"remove:{first.name}"}).status_code == 302
    assert [(one.name, one.cover) for one in catalog.pictures(shop.id, product_id)] == [
        (third.name, False), (second.name, True),
    ]  # fmt: skip
    assert catalog.get_product(shop.id, product_id).image_url == second.url
    assert client.get(reverse("desk:product", args=[product_id])).status_code == 200
    before = state_of_all()
    svg = SimpleUploadedFile("a.svg", b"<svg onload='x'/>", "image/svg+xml")
    assert client.post(upload, {"file": svg}).status_code == 422
    assert client.post(upload).status_code == 422
    assert client.post(arrange, {"act": "remove:../x"}).status_code == 404
    assert state_of_all() == before


def test_categories(shop: Shop) -> None:
    client, shelf = inside(shop.id, Role.OPERATOR), catalog.shelves(shop.id)[1]
    assert shelf.slug == "games"
    address = reverse("desk:category", args=[shelf.id])
    assert client.post(address, {"name": "点卡", "position": "-1", "hidden": "1"}).status_code == 302
    changed = catalog.shelves(shop.id)[0]
    assert (changed.id, changed.name, changed.hidden, changed.products) == (shelf.id, "点卡", True, 1)
    assert "games" not in [shown.slug for shown in catalog.categories(shop.id)]
    assert client.get("/p/kuwan-coin").status_code == 200, "its products stay"
    page = client.get(reverse("desk:categories"))
    assert page.status_code == 200
    before = state_of_all()
    for wrong in ({"name": ""}, {"name": "x", "position": "y"}):
        assert client.post(address, wrong).status_code == 422
    assert client.post(reverse("desk:category-add"), {"name": "x", "slug": "games"}).status_code == 422
    assert state_of_all() == before


def test_the_other_shops_goods_are_refused(shop: Shop, other: Shop) -> None:
    client = proved(shop.id)
    sku_id, product_id, shelf = other.demo.skus["kw-50"], product_of(other), catalog.shelves(other.id)[0]
    mine = catalog.shelves(shop.id)[0]
    before = state_of_all()
    typed = {"name": "x", "price": "1", "category_id": str(mine.id), "to": "on", "threshold": "5", "act": "remove:x"}
    for name in ("sku-save", "sku-switch", "sku-low", "sku-codes"):
        assert client.post(reverse(f"desk:{name}", args=[sku_id]), typed).status_code == 404, name
    for name in ("product-save", "product-switch", "product-sku", "product-upload", "product-pictures"):
        assert client.post(reverse(f"desk:{name}", args=[product_id]), typed).status_code == 404, name
    assert client.post(reverse("desk:category", args=[shelf.id]), typed).status_code == 404
    assert client.get(reverse("desk:sku", args=[sku_id])).status_code == 404
    assert client.get(reverse("desk:product", args=[product_id])).status_code == 404
    # Nor may an own product be put on their shelf.
    wrong = {**typed, "category_id": str(shelf.id)}
    assert client.post(reverse("desk:product-save", args=[product_of(shop)]), wrong).status_code == 422
    picked(client, "off", [sku_id])
    assert client.get(reverse("desk:skus-batch")).status_code == 422
    assert client.get(reverse("desk:sku", args=[uuid4()])).status_code == 404
    assert state_of_all() == before


def test_who_only_looks_changes_nothing(shop: Shop) -> None:
    client, sku_id = inside(shop.id, Role.VIEWER), shop.demo.skus["kw-50"]
    before = state_of_all()
    for address in (
        reverse("desk:sku", args=[sku_id]),
        reverse("desk:product", args=[product_of(shop)]),
        reverse("desk:categories"),
        reverse("desk:products"),
        reverse("desk:skus"),
    ):
        page = client.get(address)
        assert page.status_code == 200
        assert "/save" not in page.content.decode()
    for act in ("on", "off", "price", "low"):
        sent = {"act": act, "pick": str(sku_id)}
        assert client.post(reverse("desk:skus-pick"), sent).status_code == 403
    assert client.post(reverse("desk:sku-save", args=[sku_id]), {"name": "x", "price": "1"}).status_code == 403
    assert state_of_all() == before
