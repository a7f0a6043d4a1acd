"""`bench search`: words typed into the shop's search over 100,000 products, cards included, server time."""

import statistics
import time
from typing import Any
from uuid import UUID

from rich.console import Console

from goodfor.cli.bench.result import Bar, BenchResult
from goodfor.cli.bench.site import running_site
from goodfor.cli.lazy import load

BAR_MS = 50
ROUNDS = 15
FIRST = ("星河", "酷玩", "顺屿", "墨园", "青柠", "云帆", "极光", "山海", "小满", "南风")
LAST = ("影视会员", "点数卡", "打车券", "读书卡", "音乐会员", "咖啡券", "外卖红包", "游戏钱包", "流量包", "加油卡")
LATIN = ("Steam", "River", "Nova", "Orbit", "Pixel", "Lumen", "Quill", "Ember", "Delta", "Harbor")
#: What is typed: a whole name, a part, one character, two scripts, slips of the finger, a number, what is not there.
QUERIES = ("酷玩点数卡", "酷玩", "卡", "会员 steam", "steem", "harbour", "99999", "没有的东西")
_PRODUCTS = """
INSERT INTO catalog_product (id, shop_id, category_id, slug, name, summary, how_to_use, validity_text, image_name,
       on_sale, position, created_at, scenes, search_name, search_text, search_grams)
SELECT gen_random_uuid(), p.shop_id, p.category_id, 's' || n, w, '', '', '', '', true, 1000 + n, p.created_at, '{}',
       catalog_plain(w), catalog_plain(w), catalog_grams(catalog_plain(w))
  FROM (SELECT * FROM catalog_product WHERE shop_id = %(shop)s ORDER BY id LIMIT 1) p, generate_series(1, %(many)s) n,
       LATERAL (SELECT (%(first)s::text[])[1 + n %% 10] || (%(last)s::text[])[1 + n / 10 %% 10] || ' '
                    || (%(latin)s::text[])[1 + n / 100 %% 10] || ' ' || n) AS t (w)
"""
_SKUS = """
INSERT INTO catalog_sku (id, shop_id, product_id, code, name, face_value_label, price_minor, currency, per_order_limit,
       delivery_kind, hold_seconds, on_sale, position)
SELECT gen_random_uuid(), shop_id, id, slug, 'n', '', 1 + position, 'CNY', 1, 'code', 900, true, 0
  FROM catalog_product WHERE shop_id = %(shop)s AND position > 1000
"""


def run(*, json: bool = False, products: str = "100000", rounds: str = str(ROUNDS)) -> BenchResult:  # noqa: ARG001
    """The query of the search page, in this process. Options: products, rounds."""
    console = Console(stderr=True)
    with running_site(console, web=False) as site:
        console.print(f"写入 {int(products):,} 个商品 / writing products")
        fill_products(site.made.shop_id, int(products))
        found = {query: _measure(site.made.shop_id, query, int(rounds)) for query in QUERIES}
    figures: dict[str, Any] = {"products": int(products)}
    for query, (median, worst, hits) in found.items():
        console.print(f"{query}: median {median:.1f} ms, worst {worst:.1f} ms, {hits} on the page")
        figures[query] = {"median_ms": round(median, 1), "worst_ms": round(worst, 1), "hits": hits}
    bars = [Bar(query, round(row[0], 1), f"< {BAR_MS} ms", row[0] < BAR_MS) for query, row in found.items()]
    return BenchResult("search", figures, bars)


def fill_products(shop_id: UUID, many: int) -> None:
    """So many products with one SKU each, on the shelf of the shop's first."""
    values = {"shop": shop_id, "many": many, "first": list(FIRST), "last": list(LAST), "latin": list(LATIN)}
    with load("django.db").connection.cursor() as cursor:
        cursor.execute(_PRODUCTS, values)
        cursor.execute(_SKUS, values)
        cursor.execute("VACUUM (ANALYZE) catalog_product")
        cursor.execute("VACUUM (ANALYZE) catalog_sku")
        cursor.execute("CHECKPOINT")


def _measure(shop_id: UUID, query: str, rounds: int) -> tuple[float, float, int]:
    """Median and worst of several in ms, and how many cards the page shows."""
    list_products = load("goodfor.catalog.queries").list_products
    times: list[float] = []
    hits = 0
    for _ in range(rounds + 1):
        began = time.perf_counter()
        hits = len(list_products(shop_id, query=query).items)
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times[1:]), max(times[1:]), hits
