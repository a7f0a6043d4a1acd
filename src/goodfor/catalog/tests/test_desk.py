"""What the staff do with goods: prices by something, pictures in order, shelves; and what is refused."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections
from hypothesis import given
from hypothesis import strategies as st

from goodfor.catalog import operations, queries
from goodfor.catalog.errors import (
    CategoryUnknown,
    InvalidOffer,
    NotReady,
    PictureUnknown,
    PriceTooLow,
    ProductUnknown,
    SkuUnknown,
    TooManyPictures,
)
from goodfor.catalog.operations.attach_picture import MOST_PICTURES
from goodfor.catalog.tests.factories import NOW, category, cny, everything, offer, product, refused, row, rows, sku
from goodfor.catalog.tests.pictures import encoded, noise
from goodfor.catalog.types import DeskSearch, PriceChange
from goodfor.kernel.money import Money

BY: dict[str, Any] = {"actor": "staff:a", "now": NOW}


@given(old=st.integers(1, 10**12), hundredths=st.integers(-9_999, 100_000))
def test_percents_are_exact_to_half_a_minor_unit(old: int, hundredths: int) -> None:
    new = PriceChange("percent", hundredths).applied(old)
    assert abs(new * 10_000 - old * (10_000 + hundredths)) <= 5_000


@pytest.mark.parametrize(
    ("change", "new"),
    [
        (PriceChange("set", 100), 100),
        (PriceChange("by", -50), 4800),
        (PriceChange("by", 1), 4851),
        (PriceChange("percent", 1000), 5335),
        (PriceChange("percent", 1), 4850),
        (PriceChange("percent", -333), 4688),
    ],
)
@pytest.mark.django_db
def test_a_price_changes(change: PriceChange, new: int) -> None:
    one = offer()
    prices = operations.change_price(shop_id=one.shop_id, sku_id=one.sku_id, change=change, **BY)
    assert prices == (cny(4850), cny(new))
    assert row("catalog_sku", one.sku_id)["price_minor"] == new


@pytest.mark.django_db
def test_a_list_price_below_goes() -> None:
    one = offer()
    listed = sku(one.shop_id, one.product_id, list_price=cny(5000))
    for value, left in ((5000, 5000), (5001, None)):
        change = PriceChange("set", value)
        operations.change_price(shop_id=one.shop_id, sku_id=listed, change=change, **BY)
        assert row("catalog_sku", listed)["list_price_minor"] == left


@pytest.mark.django_db
def test_prices_that_cannot_be() -> None:
    one = offer()
    this = {"shop_id": one.shop_id, "sku_id": one.sku_id}
    for change in (PriceChange("by", -4850), PriceChange("percent", -10_000), PriceChange("set", -1)):
        with refused(PriceTooLow):
            operations.change_price(**this, change=change, **BY)
    with refused(InvalidOffer, field="price"):
        operations.change_price(**this, change=PriceChange("set", 10**15), **BY)
    with refused(InvalidOffer, field="price", reason="currency"):
        operations.change_price(**this, change=PriceChange("set", 100, "USD"), **BY)
    with refused(SkuUnknown):
        operations.change_price(shop_id=uuid4(), sku_id=one.sku_id, change=PriceChange("set", 1), **BY)


@pytest.mark.django_db(transaction=True)
def test_raises_at_once_all_count() -> None:
    """Ten raises by a yuan each: none is lost, and each has its line with what was before."""
    one = offer()

    def up(_number: int) -> None:
        try:
            operations.change_price(shop_id=one.shop_id, sku_id=one.sku_id, change=PriceChange("by", 100), **BY)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as threads:
        list(threads.map(up, range(10)))
    assert row("catalog_sku", one.sku_id)["price_minor"] == 5850
    lines = rows(
        "SELECT (data->>'old_minor')::int, (data->>'new_minor')::int FROM kernel_audit"
        " WHERE action = 'price_changed' AND shop_id = %s",
        [one.shop_id],
    )
    assert sorted(lines) == [(old, old + 100) for old in range(4850, 5850, 100)]


@pytest.mark.django_db
def test_a_sku_is_edited_for_ones_own() -> None:
    one = offer()
    values: dict[str, Any] = {
        "name": " 新 ", "face_value_label": "50", "price": cny(100), "list_price": None, "per_order_limit": 3,
        "per_buyer_limit": None, "hold_seconds": 600,
    }  # fmt: skip
    with refused(SkuUnknown):
        operations.edit_sku(shop_id=uuid4(), sku_id=one.sku_id, **values, **BY)
    with refused(InvalidOffer, field="price", reason="currency"):
        operations.edit_sku(shop_id=one.shop_id, sku_id=one.sku_id, **{**values, "price": Money(1, "USD")}, **BY)
    operations.edit_sku(shop_id=one.shop_id, sku_id=one.sku_id, **values, **BY)
    changed = queries.desk_sku(one.shop_id, one.sku_id)
    assert (changed.sku.name, changed.sku.price, changed.sku.hold_seconds) == ("新", cny(100), 600)
    assert changed.selling


@pytest.mark.django_db
def test_only_what_can_be_bought_goes_on_sale() -> None:
    one = offer()
    bare = product(one.shop_id, one.category_id, on_sale=False)
    with refused(NotReady, reasons=["no_sku"]):
        operations.offer_product(shop_id=one.shop_id, product_id=bare, **BY)
    made = sku(one.shop_id, bare, on_sale=False)
    with refused(NotReady, reasons=["no_sku_on_sale"]):
        operations.offer_product(shop_id=one.shop_id, product_id=bare, **BY)
    with refused(ProductUnknown):
        operations.offer_product(shop_id=uuid4(), product_id=one.product_id, **BY)
    assert queries.skus_on_sale(one.shop_id) == [one.sku_id]
    operations.set_on_sale(shop_id=one.shop_id, sku_id=made, on_sale=True, **BY)
    operations.offer_product(shop_id=one.shop_id, product_id=bare, **BY)
    assert set(queries.skus_on_sale(one.shop_id)) == {one.sku_id, made}


@pytest.mark.django_db
def test_shelves() -> None:
    one = offer()
    empty = category(one.shop_id, position=-1)
    assert [(shelf.id, shelf.products) for shelf in queries.shelves(one.shop_id)] == [(empty, 0), (one.category_id, 1)]
    with refused(CategoryUnknown):
        operations.change_category(shop_id=uuid4(), category_id=empty, name="x", position=0, hidden=True, **BY)
    operations.change_category(
        shop_id=one.shop_id, category_id=one.category_id, name="藏", position=0, hidden=True, **BY
    )
    assert queries.categories(one.shop_id) == []
    assert [card.id for card in queries.list_products(one.shop_id, query="藏").items] == [one.product_id]


@pytest.mark.django_db
def test_pictures_of_a_product(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    one, other = offer(), offer()

    raws = {side: encoded(noise((side, side)), "PNG") for side in (*range(20, 20 + MOST_PICTURES), 99)}

    def add(side: int) -> str:
        raw = raws[side]
        return operations.add_product_image(shop_id=one.shop_id, product_id=one.product_id, raw=raw, **BY)

    names = [add(20 + number) for number in range(MOST_PICTURES)]
    assert add(20) == names[0], "the same picture hangs once"
    before = everything()["catalog_product"]
    with pytest.raises(TooManyPictures):
        add(99)
    assert everything()["catalog_product"] == before
    assert [one.name for one in queries.pictures(one.shop_id, one.product_id)] == names
    this = {"shop_id": one.shop_id, "product_id": one.product_id}
    with refused(PictureUnknown):
        operations.arrange_images(**this, names=["x.webp"], cover="", **BY)
    with refused(ProductUnknown):
        operations.arrange_images(shop_id=other.shop_id, product_id=one.product_id, names=names, cover="", **BY)
    operations.arrange_images(**this, names=[names[2], names[1]], cover=names[0], **BY)
    shown = [(picture.name, picture.cover) for picture in queries.pictures(one.shop_id, one.product_id)]
    assert shown == [(names[2], True), (names[1], False)]
    operations.arrange_images(**this, names=[], cover="", **BY)
    assert queries.get_product(one.shop_id, one.product_id).image_url is None


@pytest.mark.django_db
def test_the_staff_find_goods() -> None:
    one = offer(name="星河Ｖ会员", slug="star")
    off = sku(one.shop_id, one.product_id, name="年卡", price=cny(100), on_sale=False)
    other = offer()

    def found(**values: Any) -> list[Any]:
        return [sku_id for sku_id, _selling in queries.find_skus(one.shop_id, DeskSearch(**values), 10)]

    assert found(text="星河v") == [one.sku_id, off]
    assert found(text="星河 年卡") == [off]
    assert found(text="%") == []
    assert found(price_from=101) == [one.sku_id]
    assert found(price_to=100) == [off]
    assert found(sort="price") == [off, one.sku_id]
    assert found(sort="-price") == [one.sku_id, off]
    assert found(category_id=other.category_id) == []
    assert queries.find_skus(one.shop_id, DeskSearch(), 10) == [(one.sku_id, True), (off, False)]
    assert queries.desk_skus(one.shop_id, [other.sku_id]) == []
    (card,) = queries.desk_products(one.shop_id, [other.product_id, one.product_id])
    assert (card.id, card.skus, card.offers, card.from_price) == (one.product_id, 2, 1, cny(4850))
    assert queries.find_product_ids(one.shop_id, DeskSearch("star"), 10) == [(one.product_id, True)]
