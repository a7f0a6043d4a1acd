"""Two shops with the same words and the same names: neither sees, sells or changes what the other has."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest

from goodfor.catalog import operations, queries
from goodfor.catalog.errors import InvalidOffer, ProductUnknown, SkuUnknown
from goodfor.catalog.tests.factories import NOW, category, cny, everything, product, refused, rows, sku
from goodfor.catalog.tests.pictures import corner, encoded
from goodfor.kernel.errors import DomainError

pytestmark = pytest.mark.django_db
BY: dict[str, Any] = {"actor": "staff:a", "now": NOW}


@dataclass(frozen=True)
class Shop:
    """One of two that differ in nothing but their ids."""

    id: UUID
    category: UUID
    product: UUID
    sku: UUID


def opened() -> Shop:
    shop = uuid4()
    shelf = category(shop, slug="games", name="游戏")
    made = product(shop, shelf, slug="star", name="星河", summary="通用", position=1)
    return Shop(shop, shelf, made, sku(shop, made, code="kw-50", name="50 元", face_value_label="50 元"))


@pytest.fixture
def mine() -> Shop:
    return opened()


@pytest.fixture
def theirs() -> Shop:
    return opened()


def test_lists_and_words_find_ones_own(mine: Shop, theirs: Shop) -> None:
    asked: list[dict[str, str]] = [
        {}, {"query": "星河"}, {"query": "通用"}, {"query": "游戏"}, {"query": "50"}, {"category": "games"},
        {"category": "games", "query": "星河 50"},
    ]  # fmt: skip
    for shop in (mine, theirs):
        for words in asked:
            page = queries.list_products(shop.id, **words)
            assert [(card.id, card.sku_ids) for card in page.items] == [(shop.product, (shop.sku,))]
        assert [(shelf.id, shelf.count) for shelf in queries.categories(shop.id)] == [(shop.category, 1)]
        assert queries.sku_ids(shop.id) == [shop.sku]
        assert queries.get_product(shop.id, "star").id == shop.product
        assert queries.sku_by_code(shop.id, "kw-50").id == shop.sku
    assert queries.list_products(uuid4()).items == ()
    assert queries.categories(uuid4()) == []
    assert queries.sku_ids(uuid4()) == []


def test_a_cursor_of_another_shop_shows_ones_own(mine: Shop, theirs: Shop) -> None:
    for shop in (mine, theirs):
        sku(shop.id, product(shop.id, shop.category, slug="moon", name="月亮", position=2))
    after = queries.list_products(theirs.id, limit=1).next
    assert after is not None
    assert [card.name for card in queries.list_products(mine.id, after=after).items] == ["月亮"]
    assert {card.category_slug for card in queries.list_products(mine.id, after=after).items} == {"games"}


READS: list[tuple[type[DomainError], Callable[[UUID, Shop], object]]] = [
    (ProductUnknown, lambda shop_id, other: queries.get_product(shop_id, other.product)),
    (ProductUnknown, lambda shop_id, other: queries.get_product(shop_id, str(other.product))),
    (SkuUnknown, lambda shop_id, other: queries.sku_by_code(shop_id, str(other.sku))),
    (SkuUnknown, lambda shop_id, other: queries.skus_for_sale(shop_id, [other.sku])),
]


@pytest.mark.parametrize(("error", "read"), READS)
def test_ids_of_another_shop_are_not_found(
    mine: Shop, theirs: Shop, error: type[DomainError], read: Callable[[UUID, Shop], object]
) -> None:
    with pytest.raises(error):
        read(mine.id, theirs)


def test_one_foreign_sku_among_ones_own_sells_nothing(mine: Shop, theirs: Shop) -> None:
    with pytest.raises(SkuUnknown) as caught:
        queries.skus_for_sale(mine.id, [mine.sku, theirs.sku])
    assert caught.value.data == {"sku_id": str(theirs.sku)}


def test_nothing_is_put_on_a_shelf_of_another_shop(mine: Shop, theirs: Shop) -> None:
    with refused(InvalidOffer, field="category_id"):
        product(mine.id, theirs.category)
    with refused(ProductUnknown):
        sku(mine.id, theirs.product)


def test_nothing_of_another_shop_is_changed(mine: Shop, theirs: Shop, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    limits = {"price": cny(1), "per_order_limit": 1, "per_buyer_limit": 1}
    with refused(SkuUnknown):
        operations.change_sku(shop_id=mine.id, sku_id=theirs.sku, **limits, **BY)
    with refused(SkuUnknown):
        operations.set_on_sale(shop_id=mine.id, sku_id=theirs.sku, on_sale=False, **BY)
    with refused(ProductUnknown):
        operations.set_on_sale(shop_id=mine.id, product_id=theirs.product, on_sale=False, **BY)
    with refused(ProductUnknown):
        operations.set_product_image(shop_id=mine.id, product_id=theirs.product, raw=encoded(corner(), "PNG"), **BY)
    assert list(tmp_path.iterdir()) == []


def test_what_a_shop_changes_leaves_the_other_as_it_is(mine: Shop, theirs: Shop, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path

    def of(shop: Shop) -> list[str]:
        return [text for table in everything().values() for text in table if str(shop.id) in text]

    before = of(theirs)
    assert len(before) == 6
    operations.change_sku(shop_id=mine.id, sku_id=mine.sku, price=cny(1), per_order_limit=1, per_buyer_limit=1, **BY)
    operations.set_product_image(shop_id=mine.id, product_id=mine.product, raw=encoded(corner(), "PNG"), **BY)
    operations.set_on_sale(shop_id=mine.id, sku_id=mine.sku, on_sale=False, **BY)
    operations.set_on_sale(shop_id=mine.id, product_id=mine.product, on_sale=False, **BY)
    assert of(theirs) == before
    assert rows("SELECT DISTINCT shop_id FROM kernel_audit WHERE action NOT LIKE '%%_created'") == [(mine.id,)]
    assert queries.skus_for_sale(theirs.id, [theirs.sku])[theirs.sku].price == cny(4850)
