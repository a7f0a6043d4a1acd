"""What the shop shows: lists, shelves, words, pages; and what a sale needs to know."""

import base64
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from goodfor.catalog import queries
from goodfor.catalog.errors import NotOnSale, ProductUnknown, SkuUnknown
from goodfor.catalog.operations import change_sku, set_on_sale
from goodfor.catalog.queries import MAX_PAGE, get_product, list_products, sku_by_code, skus_for_sale
from goodfor.catalog.tests.factories import NOW, category, cny, offer, product, rows, sku
from goodfor.catalog.types import CategoryView, ProductCard, SkuForSale, SkuView
from goodfor.kernel.errors import InvalidInput

pytestmark = pytest.mark.django_db
#: What one types to break a search, or PostgreSQL.
NASTY = ["\x00", "a\x00b", "\ud800", "'", '"', "';--", "\\", "%", "_", "$$", "{}", "%s", "\u202e", "💥", "\n", "NULL"]


def off(shop_id: UUID, **which: UUID) -> None:
    set_on_sale(shop_id=shop_id, on_sale=False, actor="t", now=NOW, **which)


def names(shop_id: UUID, **asked: Any) -> list[str]:
    return [card.name for card in list_products(shop_id, **asked).items]


# -- lists ------------------------------------------------------------------------------------------


def test_a_card_tells_the_product_and_its_lowest_price() -> None:
    shop = uuid4()
    shelf = category(shop, slug="games", name="游戏点卡")
    made = product(shop, shelf, slug="kuwan", name="酷玩点数卡", summary="全部游戏可用")
    dear = sku(shop, made, price=cny(9650), face_value_label="100 元", position=0)
    cheap = sku(shop, made, price=cny(4850), face_value_label="50 元", position=1)
    plain = sku(shop, made, price=cny(5000), position=2)
    hidden = sku(shop, made, price=cny(1), face_value_label="1 元", position=3)
    for position, label in enumerate(("500 元", "1000 元"), start=4):
        sku(shop, made, price=cny(90_000 + position), face_value_label=label, position=position)
    off(shop, sku_id=hidden)
    page = list_products(shop)
    assert page.next is None
    [card] = page.items
    assert card == ProductCard(
        id=made, slug="kuwan", name="酷玩点数卡", summary="全部游戏可用", category_slug="games",
        category_name="游戏点卡", image_url=None, from_price=cny(4850), face_label="100 元 / 50 元 / 500 元",
        sku_ids=card.sku_ids,
    )  # fmt: skip
    assert card.sku_ids[:3] == (cheap, plain, dear)
    assert len(card.sku_ids) == 5


def test_only_what_can_be_bought_is_listed() -> None:
    shop = uuid4()
    shelf = category(shop)
    shown, hidden, empty, partly = (product(shop, shelf, name=name) for name in ("在售", "下架", "没有规格", "部分"))
    sku(shop, shown)
    sku(shop, hidden)
    kept, gone = sku(shop, partly), sku(shop, partly)
    off(shop, product_id=hidden)
    off(shop, sku_id=gone)
    assert names(shop) == ["在售", "部分"]
    assert list_products(shop).items[1].sku_ids == (kept,)
    off(shop, sku_id=kept)
    assert names(shop) == ["在售"]
    assert get_product(shop, empty).skus == ()
    set_on_sale(shop_id=shop, sku_id=gone, on_sale=True, actor="t", now=NOW)
    assert names(shop) == ["在售", "部分"]


def test_products_stand_in_the_order_of_the_shop() -> None:
    shop = uuid4()
    for name, position in (("乙", 2), ("甲", -1), ("丙", 2)):
        offer(shop, name=name, position=position)
    assert names(shop) == ["甲", "乙", "丙"]


def test_a_shelf_shows_its_own_products() -> None:
    shop = uuid4()
    games, travel = category(shop, slug="games"), category(shop, slug="出行")
    offer(shop, category_id=games, name="点卡")
    offer(shop, category_id=travel, name="打车券")
    assert names(shop, category="games") == ["点卡"]
    assert names(shop, category="出行") == ["打车券"]
    assert names(shop, category="GAMES") == []
    assert names(shop, category="") == ["点卡", "打车券"]
    assert names(shop, category="games", query="打车") == []
    for nothing in ("nowhere", "game_", "%", "g" * 5000, *NASTY):
        assert names(shop, category=nothing) == []


def test_shelves_count_what_they_show() -> None:
    shop = uuid4()
    full, empty, half, bare = (
        category(shop, slug=slug, name=name, position=position)
        for slug, name, position in (("b", "满", 2), ("c", "空", 0), ("a", "半", 1), ("d", "光", 3))
    )
    first = offer(shop, category_id=full)
    sku(shop, first.product_id)
    sku(shop, first.product_id)
    offer(shop, category_id=full)
    shown, hidden, without = (offer(shop, category_id=half) for _ in range(3))
    off(shop, product_id=hidden.product_id)
    off(shop, sku_id=without.sku_id)
    product(shop, bare)
    assert queries.categories(shop) == [CategoryView(half, "a", "半", 1), CategoryView(full, "b", "满", 2)]
    for shelf in queries.categories(shop):
        assert len(list_products(shop, category=shelf.slug).items) == shelf.count
    off(shop, sku_id=shown.sku_id)
    assert [shelf.slug for shelf in queries.categories(shop)] == ["b"]
    assert empty not in {shelf.id for shelf in queries.categories(shop)}


# -- words ------------------------------------------------------------------------------------------


@pytest.fixture
def searched() -> UUID:
    shop = uuid4()
    video, games = category(shop, slug="video", name="影音会员"), category(shop, slug="games", name="Game Cards")
    offer(shop, category_id=video, name="星河影视会员", summary="电视、手机、电脑通用", position=1)
    steam = offer(shop, category_id=games, name="Steam 钱包 50% off_sale\\x", summary="Worldwide Wallet", position=2)
    sku(shop, steam.product_id, face_value_label="US$20")
    gone = sku(shop, steam.product_id, face_value_label="绝版")
    off(shop, sku_id=gone)
    offer(shop, category_id=games, name="酷玩 点数", summary="", position=3)
    return shop


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("星河", [1]), ("影视", [1]), ("星河 通用", [1]), ("通用 星河", [1]), ("星河 酷玩", []), ("影音", [1]),
        ("steam", [2]), ("STEAM", [2]), ("tea", [2]), ("wallet Steam", [2]), ("game", [2, 3]), ("点", [3]),
        ("US$20", [2]), ("us$20 钱包", [2]), ("绝版", []), ("没有", []),
        ("", [1, 2, 3]), ("   ", [1, 2, 3]), ("　", [1, 2, 3]), ("　星河　", [1]), ("\t酷玩\n", [3]),
        # Signs that LIKE or SQL would read as its own are text.
        ("%", [2]), ("50%", [2]), ("5%0", []), ("%%", []), ("_", [2]), ("off_sale", [2]), ("off__ale", []),
        ("s_eam", []), ("\\", [2]), ("\\x", [2]), ("\\\\", []), ("\\%", []), ("' OR 1=1 --", []),
        # NUL bytes and half characters are nothing.
        ("\x00", [1, 2, 3]), ("星\x00河", [1]), ("\ud800", [1, 2, 3]), ("\udc00星河", [1]),
        # Six different words count; what comes after them is not read.
        ("s t e a m w 没有", [2]), ("s s s s s s 没有", []), ("s " * 1000, [2, 3]),
        ("星河" * 100_000, []), ("星河 " * 100_000, [1]), ("%" * 100_000, []), (" ".join("%_\\" * 20_000), [2]),
    ],
)  # fmt: skip
def test_words_are_looked_for_as_they_are(searched: UUID, query: str, found: list[int]) -> None:
    firsts = {1: "星河", 2: "Steam", 3: "酷玩"}
    assert [
        next(i for i, first in firsts.items() if name.startswith(first)) for name in names(searched, query=query)
    ] == found


@pytest.mark.parametrize("query", NASTY)
def test_no_query_breaks_anything(searched: UUID, query: str) -> None:
    for asked in (query, f"星河{query}", f"{query} 星河 {query}"):
        assert len(list_products(searched, query=asked).items) <= 3
        with pytest.raises(ProductUnknown):
            get_product(searched, asked)
        with pytest.raises(SkuUnknown):
            sku_by_code(searched, asked)


def test_many_words_for_a_product_of_many_skus_cost_little() -> None:
    """Each word looks through the SKUs once, not through every combination of them."""
    shop = uuid4()
    made = product(shop, category(shop), name="a b c d e f")
    for _ in range(40):
        sku(shop, made, face_value_label="a b c d e f")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '5s'")
    assert names(shop, query="a b c d e f") == ["a b c d e f"]
    assert len(list_products(shop, query="f e d c b a").items[0].sku_ids) == 40


# -- pages ------------------------------------------------------------------------------------------


def walked(shop_id: UUID, limit: int, **asked: Any) -> list[list[str]]:
    pages, after = [], None
    while True:
        page = list_products(shop_id, after=after, limit=limit, **asked)
        pages.append([card.name for card in page.items])
        after = page.next
        if after is None:
            return pages


def test_pages_follow_each_other_without_gap_or_overlap() -> None:
    shop = uuid4()
    shelf = category(shop, slug="all")
    for number in range(7):
        # Three of one place: the id decides among them. Two SKUs each: a product is still one product.
        made = offer(shop, category_id=shelf, name=f"卡{number}", position=(0, 5, 5, 5, -2, 9, 9)[number])
        sku(shop, made.product_id)
    order = ["卡4", "卡0", "卡1", "卡2", "卡3", "卡5", "卡6"]
    assert walked(shop, 3) == [order[:3], order[3:6], order[6:]]
    assert walked(shop, 7) == [order]
    assert walked(shop, 1, category="all", query="卡") == [[name] for name in order]
    # What is put up or taken away meanwhile moves nothing that is still to come.
    page = list_products(shop, limit=3)
    offer(shop, category_id=shelf, name="新", position=-9)
    off(shop, product_id=page.items[2].id)
    assert [card.name for card in list_products(shop, after=page.next, limit=3).items] == order[3:6]


@pytest.mark.parametrize(("limit", "most"), [(-5, 1), (0, 1), (1, 1), (200, 200), (10**9, 200)])
def test_a_page_has_its_bounds(limit: int, most: int) -> None:
    shop = uuid4()
    shelf = category(shop)
    first = offer(shop, category_id=shelf)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO catalog_product (id, shop_id, category_id, slug, name, summary, how_to_use, validity_text,"
            " image_name, on_sale, position, created_at) SELECT gen_random_uuid(), shop_id, category_id, 's' || n, 'n',"
            " '', '', '', '', true, n, created_at FROM catalog_product, generate_series(1, 204) n WHERE id = %s",
            [first.product_id],
        )
        cursor.execute(
            "INSERT INTO catalog_sku (id, shop_id, product_id, code, name, face_value_label, price_minor, currency,"
            " per_order_limit, delivery_kind, hold_seconds, on_sale, position) SELECT gen_random_uuid(), shop_id, id,"
            " slug, 'n', '', 1, 'CNY', 1, 'code', 900, true, 0 FROM catalog_product WHERE position > 0"
        )
    assert MAX_PAGE == 200
    page = list_products(shop, limit=limit)
    assert (len(page.items), page.next is not None) == (most, True)


def packed(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


ID = "0198c0de-0000-7000-8000-000000000000"


@pytest.mark.parametrize(
    "cursor",
    ["x", "???", "=", "====", "abc", "汉字", "\x00", "\ud800", "a" * 5000, packed("1"), packed(":"),
     packed("1:"), packed(f":{ID}"),
     packed(f"a:{ID}"), packed(f"1.5:{ID}"), packed("1:not-an-id"), packed(f"1:{ID}:2"), packed(f"{'9' * 5000}:{ID}"),
     base64.urlsafe_b64encode(b"\xff\xfe:\xff").decode()],
)  # fmt: skip
def test_a_broken_cursor_is_refused(cursor: str) -> None:
    shop = offer().shop_id
    with pytest.raises(InvalidInput) as caught:
        list_products(shop, after=cursor)
    assert (caught.value.code, caught.value.data) == ("invalid_input", {"field": "cursor"})


@pytest.mark.parametrize(
    ("position", "found"), [(2**31, 0), (2**70, 0), (10**4000, 0), (-(2**31) - 1, 1), (-(2**70), 1)]
)
def test_a_cursor_beyond_all_places_is_only_a_place(position: int, found: int) -> None:
    shop = offer().shop_id
    assert len(list_products(shop, after=packed(f"{position}:{ID}")).items) == found


# -- one product, one SKU ---------------------------------------------------------------------------


def test_a_product_by_slug_and_by_id_on_sale_or_not() -> None:
    shop = uuid4()
    shelf = category(shop, slug="video", name="影音")
    made = product(
        shop, shelf, slug="星河", name="星河影视", summary="简介", how_to_use="兑换", validity_text="长期", position=3
    )
    second = sku(shop, made, code="b", name="季卡", position=2, per_buyer_limit=3, list_price=cny(6800))
    first = sku(shop, made, code="a", name="月卡", position=1, face_value_label="1 个月", per_order_limit=9)
    off(shop, sku_id=second)
    view = get_product(shop, "星河")
    assert (view.id, view.slug, view.name, view.summary) == (made, "星河", "星河影视", "简介")
    assert (view.how_to_use, view.validity_text, view.image_url, view.on_sale) == ("兑换", "长期", None, True)
    assert (view.category.id, view.category.slug, view.category.name) == (shelf, "video", "影音")
    assert view.skus == (
        SkuView(first, "a", "月卡", "1 个月", cny(4850), None, 9, None, "code", True),
        SkuView(second, "b", "季卡", "", cny(4850), cny(6800), 10_000, 3, "code", False),
    )
    off(shop, product_id=made)
    for key in ("星河", made, str(made), made.hex, str(made).upper()):
        hidden = get_product(shop, key)
        assert (hidden.id, hidden.on_sale, len(hidden.skus)) == (made, False, 2)


def test_a_product_that_is_not_there() -> None:
    made = offer(slug="x" * 64)
    assert get_product(made.shop_id, "x" * 64).id == made.product_id
    for key in (
        "",
        "x" * 63,
        "x" * 65,
        "x" * 100_000,
        "X" * 64,
        "%",
        str(uuid4()),
        uuid4(),
        made.sku_id,
        made.category_id,
    ):
        with pytest.raises(ProductUnknown):
            get_product(made.shop_id, key)


def test_a_sku_by_the_operators_code_or_by_its_id() -> None:
    shop = uuid4()
    made = offer(shop)
    wanted = sku(shop, made.product_id, code="KW 50/元_%", name="50 元")
    for key in ("KW 50/元_%", str(wanted), wanted.hex):
        found = sku_by_code(shop, key)
        assert (found.id, found.code, found.name) == (wanted, "KW 50/元_%", "50 元")
    for key in ("", "kw 50/元_%", "KW 50/元__", "KW%", str(made.product_id), str(uuid4()), "k" * 5000):
        with pytest.raises(SkuUnknown) as caught:
            sku_by_code(shop, key)
        assert caught.value.data == {"sku": key[:80]}
    off(shop, sku_id=wanted)
    assert sku_by_code(shop, "KW 50/元_%").on_sale is False
    assert set(queries.sku_ids(shop)) == {made.sku_id, wanted}


def test_what_a_sale_needs_to_know() -> None:
    shop = uuid4()
    shelf = category(shop)
    made = product(shop, shelf, name="酷玩点数卡")
    first = sku(shop, made, name="50 元", per_order_limit=20, per_buyer_limit=5, hold_seconds=600)
    second = sku(shop, made, name="100 元", price=cny(9650))
    assert skus_for_sale(shop, [second, first, first]) == {
        first: SkuForSale(first, "酷玩点数卡 50 元", cny(4850), 20, 5, "code", 600, made, shelf),
        second: SkuForSale(second, "酷玩点数卡 100 元", cny(9650), 10_000, None, "code", 900, made, shelf),
    }
    assert skus_for_sale(shop, []) == {}
    change_sku(
        shop_id=shop, sku_id=second, price=cny(9000), per_order_limit=1, per_buyer_limit=None, actor="t", now=NOW
    )
    assert skus_for_sale(shop, [second])[second].price == cny(9000)
    unknown = uuid4()
    with pytest.raises(SkuUnknown) as caught:
        skus_for_sale(shop, [first, unknown])
    assert caught.value.data == {"sku_id": str(unknown)}
    off(shop, sku_id=first)
    with pytest.raises(NotOnSale):
        skus_for_sale(shop, [first, second])


def test_the_longest_title_fits_an_order() -> None:
    shop = uuid4()
    made = product(shop, category(shop), name="名" * 120)
    longest = sku(shop, made, name="格" * 120)
    [(most,)] = rows(
        "SELECT character_maximum_length FROM information_schema.columns"
        " WHERE table_name = 'orders_line' AND column_name = 'title'"
    )
    assert len(skus_for_sale(shop, [longest])[longest].title) == 241 <= most


@pytest.mark.django_db(transaction=True)
def test_a_product_whose_last_sku_goes_while_the_page_is_read_is_left_out() -> None:
    made = offer(name="会消失")
    other = offer(made.shop_id, name="留下")
    gone: list[UUID] = []

    def take_off() -> None:
        try:
            off(made.shop_id, sku_id=made.sku_id)
        finally:
            connection.close()

    def between(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not gone and sql.lstrip().startswith("SELECT") and 'FROM "catalog_sku"' in sql.split("WHERE")[0]:
            gone.append(made.sku_id)
            with ThreadPoolExecutor(1) as pool:
                pool.submit(take_off).result()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(between):
        page = list_products(made.shop_id)
    assert gone == [made.sku_id]
    assert [(card.name, card.sku_ids) for card in page.items] == [("留下", (other.sku_id,))]
