"""Which items may be which SKUs: words and scores, and the answers of people."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from goodfor.catalog import queries as catalog
from goodfor.catalog.types import SkuLabel
from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.supply import queries
from goodfor.supply.errors import ItemNotFound, OfferInvalid
from goodfor.supply.matching import LEAST, Shelf, Thing, compare, face_of, thing_of, words_of
from goodfor.supply.models import Item, Offer, Supplier
from goodfor.supply.operations.match_items import confirm_matches, dismiss_match
from goodfor.supply.operations.note_items import note_items
from goodfor.supply.providers.values import Item as SoldItem
from goodfor.supply.providers.values import ItemSku
from goodfor.supply.tests.market import Market, rows


def sku(name: str, face: str = "", money: str = "50") -> Thing:
    return Thing(uuid4(), words_of(f"{name} {face}"), face_of(face or name), "code", money=Decimal(money))


def item(name: str, cost: str = "45", face: str = "", kind: str = "code", brand: str = "") -> Thing:
    found = Decimal(face) if face else face_of(name)
    return Thing(uuid4(), words_of(f"{brand} {name} {face}"), found, kind, brand, Decimal(cost))


def score(one: Thing, other: Thing) -> int:
    match = compare(one, other)
    return match.score if match else 0


def test_widths_cases_and_what_every_seller_writes_are_no_difference() -> None:
    assert words_of("【自动发货】酷玩点卡 ５０元 官方卡密") == words_of("酷玩　50 元")
    assert words_of("Steam 50") == words_of("ＳＴＥＡＭ　５０.0 Gift Card")
    assert face_of("100元") == face_of("面值 100.00") == Decimal(100)
    assert face_of("3个月 50元") is None
    assert all(" " not in word for word in words_of("a b　c 酷 玩 1 2"))


@pytest.mark.parametrize(
    ("ours", "theirs", "wanted"),
    [
        (sku("酷玩点卡", "50 元"), item("【秒发】酷玩 50元 卡密"), 80),
        (sku("酷玩点卡", "50 元"), item("酷玩充值卡", face="50", brand="酷玩"), 80),
        (sku("Starbean Gift Card", "100 元"), item("STARBEAN 100元 电子券"), LEAST),
        (sku("酷玩点卡", "50 元"), item("酷玩 100元 卡密"), 0),
        (sku("酷玩点卡", "50 元"), item("星豆咖啡 50元"), 0),
        (sku("酷玩点卡", "50 元"), item("酷玩 50元", kind="direct"), 0),
    ],
)
def test_scores(ours: Thing, theirs: Thing, wanted: int) -> None:
    found = score(ours, theirs)
    assert found >= wanted if wanted else found == 0


def test_a_cost_that_cannot_be_right_counts_against_it() -> None:
    ours = sku("酷玩点卡", "50 元", "48.50")
    fair, dear, cheap = (score(ours, item("酷玩 50元 卡密", cost)) for cost in ("46", "60", "3"))
    assert fair > dear == cheap


def test_the_shelf_finds_what_comparing_everything_finds() -> None:
    names = ["酷玩点卡", "星豆咖啡券", "云帆会员", "Pixelwave Plus", "麦浪音乐"]
    labels = [
        SkuLabel(uuid4(), name, f"{face} 元", f"{face} 元", Money(face * 97, "CNY"), "code")
        for name in names
        for face in (10, 20, 50, 100)
    ]
    skus, shelf = [thing_of(label) for label in labels], Shelf(labels)
    for name in names:
        theirs = item(f"特惠 {name} 50元 官方")
        best = max(skus, key=lambda one: score(one, theirs))
        assert shelf.best(theirs, frozenset())[0][0] == best.id
        assert best.id not in [found for found, _match in shelf.best(theirs, frozenset({best.id}))]


# -- with tables ------------------------------------------------------------------------------------


def told(fair: Market, name: str, sold: list[SoldItem]) -> None:
    note_items(supplier=Supplier.objects.get(shop_id=fair.shop, id=fair.ids[name]), items=sold, now=utc_now())


@pytest.fixture
def named(fair: Market) -> str:
    """What the SKU is called; a supplier sells it under another name, and other things."""
    (label,) = catalog.sku_labels(fair.shop, [fair.sku])
    fair.supplier("anna")
    Offer.objects.filter(shop_id=fair.shop).delete()
    base = SoldItem("1", "", "card", Decimal("40"), "CNY")
    variants = (ItemSku("a", "50元", Decimal("41")), ItemSku("b", "30元", Decimal("20")))
    told(fair, "anna", [
        replace(base, id="7", name=f"【自动发货】{label.product_name} 50元 官方卡密"),
        replace(base, id="8", name=f"{label.product_name} 30元"),
        replace(base, id="9", name="完全别的东西 50元"),
        replace(base, id="10", name=f"{label.product_name} 50元 直充", kind="direct"),
        replace(base, id="11", name=label.product_name, skus=variants),
    ])  # fmt: skip
    return label.product_name


def test_a_sku_is_shown_what_it_may_be_bought_as(fair: Market, named: str) -> None:
    found = queries.suggestions_for_sku(fair.shop, fair.sku)
    assert [one.item.item_id for one in found] == ["7", "11"]
    assert found[0].score >= 80
    assert "face" in found[0].reasons
    assert queries.suggestions_for_sku(uuid4(), fair.sku) == []


def test_items_are_shown_which_sku_they_may_be_page_by_page(fair: Market, named: str) -> None:
    seen: dict[str, list[UUID]] = {}
    after = None
    for _page in range(10):
        page, after = queries.suggestions_for_items(fair.shop, after=after, limit=2)
        for one, best in page:
            assert one.id not in seen
            seen[f"{one.item_id}:{one.name}"] = [match.sku_id for match in best]
        if after is None:
            break
    assert len(seen) == 7
    (right,) = [skus for name, skus in seen.items() if name.startswith("7:")]
    assert right[0] == fair.sku
    assert [skus for name, skus in seen.items() if name.startswith("9:")] == [[]]


def test_yes_makes_an_offer_and_no_is_remembered(fair: Market, named: str) -> None:
    first, second = queries.suggestions_for_sku(fair.shop, fair.sku)
    pairs = [(fair.sku, first.item.id), (fair.sku, first.item.id)]
    assert confirm_matches(shop_id=fair.shop, pairs=pairs, actor="test", now=utc_now()) == 1
    assert confirm_matches(shop_id=fair.shop, pairs=pairs, actor="test", now=utc_now()) == 0
    assert Offer.objects.get(shop_id=fair.shop).item_id == first.item.id
    for _twice in range(2):
        dismiss_match(shop_id=fair.shop, sku_id=fair.sku, item=second.item.id, actor="test", now=utc_now())
    assert queries.suggestions_for_sku(fair.shop, fair.sku) == []
    (page, _after) = queries.suggestions_for_items(fair.shop, limit=50)
    assert fair.sku not in [match.sku_id for one, best in page for match in best if one.id == second.item.id]
    assert first.item.id not in [one.id for one, _best in page]
    counts = dict(rows("SELECT action, count(*) FROM kernel_audit WHERE action LIKE 'supply.%%' GROUP BY action"))
    assert counts["supply.match_dismissed"] == 1


def test_a_foreign_pair_makes_none_of_them(fair: Market, named: str) -> None:
    known = Item.objects.filter(shop_id=fair.shop, item_id="7").get().id
    before = Offer.objects.filter(shop_id=fair.shop).count()
    for pair in ((uuid4(), known), (fair.sku, uuid4())):
        with pytest.raises(OfferInvalid):
            confirm_matches(shop_id=fair.shop, pairs=[(fair.sku, known), pair], actor="test", now=utc_now())
        with pytest.raises(ItemNotFound):
            dismiss_match(shop_id=fair.shop, sku_id=pair[0], item=pair[1], actor="test", now=utc_now())
    assert Offer.objects.filter(shop_id=fair.shop).count() == before
