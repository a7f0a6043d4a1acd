"""Following the postings: all of them, once, in order, whoever commits when."""

import random
import threading
from uuid import UUID, uuid4

import pytest
from django.db import connections, transaction

from goodfor.kernel.errors import InvalidInput
from goodfor.ledger import queries
from goodfor.ledger.operations import hold, post
from goodfor.ledger.tests.factories import BANK, NOW, ORDER, SALES, entry, put, sql, together, wallet
from goodfor.ledger.types import Entry, Line, Position, PostingRow

pytestmark = pytest.mark.django_db(transaction=True)
SHOP = UUID("0190a1b2-0000-7000-8000-000000000001")
FILTERS = [{}, {"codes": [ORDER, SALES]}, {"prefixes": ["220", "1002:"]}, {"codes": [SALES], "prefixes": ["2203"]}]


def all_of(limit: int, **filters: list[str]) -> list[PostingRow]:
    rows: list[PostingRow] = []
    after: Position | None = None
    while True:
        page = queries.postings(SHOP, after=after, limit=limit, **filters)  # type: ignore[arg-type]
        rows += page
        if len(page) < limit:
            return rows
        after = page[-1].position


def plain(**filters: list[str]) -> list[tuple[int, int]]:
    rows = sql(
        "SELECT p.tx_id, p.seq, a.code FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id "
        "WHERE p.shop_id = %s AND p.layer = 0 ORDER BY p.xid, p.tx_id, p.seq",
        [SHOP],
    )
    codes, prefixes = filters.get("codes", []), filters.get("prefixes", [])
    return [
        (tx, seq)
        for tx, seq, code in rows
        if not filters or code in codes or any(code.startswith(prefix) for prefix in prefixes)
    ]


@pytest.mark.parametrize("filters", FILTERS)
def test_pages_of_any_size_hold_everything_once(filters: dict[str, list[str]]) -> None:
    code = wallet(SHOP, 500)
    for n in range(1, 8):
        put(
            SHOP,
            *(entry(f"r:{n}:{k}", (code, n), (BANK, k + 1), (ORDER, -n), (SALES, -k - 1)) for k in range(n % 3 + 1)),
        )
        hold(shop_id=SHOP, currency="CNY", entry=entry(f"h:{n}", (code, 1), (ORDER, -1)), now=NOW)
        put(uuid4(), entry("r:1", (BANK, 5), (ORDER, -5)))
    wanted = plain(**filters)
    assert len(wanted) > 10
    for limit in (1, 2, 3, 7, 10_000):
        assert [(r.tx_id, r.seq) for r in all_of(limit, **filters)] == wanted
    assert [(r.tx_id, r.seq) for r in queries.all_postings(SHOP, **filters)] == wanted  # type: ignore[arg-type]


def test_a_row_says_everything() -> None:
    line = Line(BANK, 5, *(uuid4() for _ in range(7)), channel="wechat")
    (tx,) = post(shop_id=SHOP, currency="USD", entries=[Entry("r:1", "k", (line, Line(ORDER, -5)), NOW)], now=NOW)
    first, second = queries.postings(SHOP)
    xid = sql("SELECT xid::text::bigint FROM ledger_tx WHERE id = %s", [tx])[0][0]
    assert first == PostingRow(
        tx, 1, BANK, "USD", 5, line.order_id, line.order_line_id, line.sku_id, line.supplier_id, line.party_id,
        line.brand_id, line.campaign_id, "wechat", NOW, NOW, xid, "r:1", "k",
    )  # fmt: skip
    assert (second.code, second.amount_minor, second.party_id, second.channel) == (ORDER, -5, None, "")
    assert queries.postings(SHOP, upto_xid=xid) == []
    assert queries.postings(SHOP, upto_xid=xid + 1) == [first, second]
    assert queries.horizon() > xid
    for limit in (0, 10_001):
        with pytest.raises(InvalidInput):
            queries.postings(SHOP, limit=limit)


@pytest.mark.parametrize("filters", [{}, {"codes": [ORDER]}])
def test_what_is_still_being_written_holds_the_rest_back(filters: dict[str, list[str]]) -> None:
    begun, go = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            put(SHOP, entry("slow", (BANK, 7), (ORDER, -7)))
            begun.set()
            go.wait(10)
        connections.close_all()

    put(SHOP, entry("first", (BANK, 1), (ORDER, -1)))
    thread = threading.Thread(target=slow)
    thread.start()
    assert begun.wait(10)
    put(SHOP, entry("fast", (BANK, 2), (ORDER, -2)))
    seen = all_of(10, **filters)
    assert {r.reference for r in seen} == {"first"}
    go.set()
    thread.join(10)
    more = queries.postings(SHOP, after=seen[-1].position, **filters)  # type: ignore[arg-type]
    assert {r.reference for r in more} == {"slow", "fast"}


def test_a_reader_that_follows_many_writers_misses_nothing() -> None:
    done = threading.Event()

    def writer(seed: int) -> int:
        rng = random.Random(seed)
        for step in range(50):
            put(SHOP, *(entry(f"w:{seed}:{step}:{k}", (BANK, 1), (ORDER, -1)) for k in range(rng.randint(1, 3))))
        return 0

    def reader() -> list[tuple[int, int]]:
        seen, after, over = [], None, False
        while True:
            page = queries.postings(SHOP, after=after, limit=17)
            seen += [(r.tx_id, r.seq) for r in page]
            after = page[-1].position if page else after
            if len(page) < 17:
                if over:
                    return seen
                over = done.is_set()

    def end() -> int:
        results = together([(lambda s=s: writer(s)) for s in range(4)])
        done.set()
        return sum(results)

    total, seen = together([end, reader])
    assert total == 0
    assert seen == plain()
