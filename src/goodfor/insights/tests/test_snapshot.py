"""Snapshots: DuckDB says what PostgreSQL says, writes only what changed, and can reach nothing else."""

import json
import os
import random
import time
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from goodfor.identity.tests.factories import make_shop
from goodfor.insights import queries
from goodfor.insights.errors import InvalidAsk, NoSnapshot, SnapshotBusy, SnapshotTooHeavy
from goodfor.insights.operations.take_snapshot import Taken, days_of, key_of, take_snapshot
from goodfor.insights.snapshots import apart, store
from goodfor.insights.snapshots.apart import EngineFailed, engine
from goodfor.insights.tasks import take_snapshots
from goodfor.insights.tests.conftest import Market, roll_all
from goodfor.insights.tests.cubes import fill
from goodfor.insights.tests.recount import recount
from goodfor.insights.tests.test_cube import Trade
from goodfor.insights.types import MEASURES, NONE, Ask, Figures, Free
from goodfor.orders.tests.factories import sql

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 4, 20, 1, tzinfo=UTC)
FIRST, LAST = date(2025, 11, 20), date(2026, 4, 19)
#: A day is a file of its own from here on; before it a file holds a month.
DAYS_FROM = date(2026, 4, 1)


@pytest.fixture
def home(market: Market, settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path / "a 'b"
    return store.home(market.shop_id)


def parquets(home: Path) -> set[str]:
    return {path.name for path in home.glob("*.parquet")}


def orders(shop_id: UUID, many: int, seed: int) -> None:
    """So many paid orders of invented buyers, frozen as the roll-up freezes them."""
    luck = random.Random(seed)
    for n in range(many):
        order_id, paid = uuid4(), luck.randint(100, 99_999)
        day = FIRST + timedelta(days=luck.randint(0, (LAST - FIRST).days))
        at = datetime(day.year, day.month, day.day, 5, tzinfo=UTC)
        sql(
            "INSERT INTO orders_order (id, shop_id, number, state, channel, locale, total_minor, paid_minor,"
            " refunded_minor, currency, payment_id, placed_at, pay_by, paid_at, deliver_by, delivered_at)"
            " VALUES (%s, %s, %s, 'delivered', 'storefront', '', %s, %s, 0, 'CNY', %s, %s, %s, %s, %s, %s)",
            [order_id, shop_id, f"I{seed}x{n}", paid, paid, uuid4(), at, at, at, at, at],
        )
        sql(
            "INSERT INTO insights_order (order_id, shop_id, buyer, paid_on, currency, channel, method, segment)"
            " VALUES (%s, %s, %s, %s, 'CNY', %s, %s, %s)",
            [
                order_id, shop_id, luck.choice([None, *(UUID(int=buyer + 1) for buyer in range(many // 4))]), day,
                luck.choice(["api", "storefront"]), luck.choice(["", "alipay"]), luck.choice(["new", "returning"]),
            ],
        )  # fmt: skip


# -- equal ------------------------------------------------------------------------------------------

_KEYS = {
    "day": "day::text", "week": "date_trunc('week', day)::date::text", "month": "date_trunc('month', day)::date::text",
    "quarter": "date_trunc('quarter', day)::date::text", "year": "date_trunc('year', day)::date::text",
    "weekday": "extract(isodow FROM day)::int::text", "sku": "sku_id::text", "supplier": "supplier_id::text",
    "channel": "channel", "method": "method", "segment": "segment", "campaign": "campaign_id::text",
    "category": "coalesce((SELECT p.category_id FROM catalog_sku s JOIN catalog_product p ON p.id = s.product_id"
    f" WHERE s.id = sku_id AND s.shop_id = c.shop_id)::text, '{NONE}')",
}  # fmt: skip


def by_postgres(shop_id: UUID, asked: Free) -> dict[tuple[str, ...], Figures]:
    """The same question, asked of the database."""
    ask, keys = asked.ask, [_KEYS[name] for name in asked.by]
    found = sql(
        f"SELECT {', '.join(keys)}, {', '.join(f'sum({name})::bigint' for name in MEASURES)} FROM insights_cube c"
        " WHERE shop_id = %(shop)s AND grain = 'd' AND day BETWEEN %(first)s AND %(last)s AND currency = 'CNY'"
        " AND (%(skus)s::uuid[] IS NULL OR sku_id = ANY(%(skus)s::uuid[]))"
        " AND (%(suppliers)s::uuid[] IS NULL OR supplier_id = ANY(%(suppliers)s::uuid[]))"
        " AND (%(channels)s::text[] IS NULL OR channel = ANY(%(channels)s::text[]))"
        " AND (%(segments)s::text[] IS NULL OR segment = ANY(%(segments)s::text[]))"
        f" GROUP BY {', '.join(str(n + 1) for n in range(len(keys)))}",
        {
            "shop": shop_id, "first": ask.first, "last": ask.last, "skus": list(ask.sku_ids) if ask.sku_ids else None,
            "suppliers": list(ask.supplier_ids) if ask.supplier_ids else None,
            "channels": list(ask.channels) if ask.channels else None,
            "segments": list(ask.segments) if ask.segments else None,
        },
    )  # fmt: skip
    return {tuple(row[: len(keys)]): Figures(*row[len(keys) :]) for row in found}


def test_free_groups_are_those_of_the_database(market: Market, home: Path) -> None:
    skus = [market.first, market.second]
    fill(market.shop_id, FIRST, LAST, skus, [NONE, UUID(int=1)])
    take_snapshot(shop_id=market.shop_id, now=NOW)
    luck = random.Random(3)
    for _ in range(6):
        first = FIRST + timedelta(days=luck.randint(0, 140))
        ask = Ask(
            first, first + timedelta(days=luck.randint(0, 140)), "CNY",
            sku_ids=luck.choice([None, (market.second,)]), supplier_ids=luck.choice([None, (NONE,)]),
            channels=luck.choice([None, ("api", "no")]), segments=luck.choice([None, ("new",)]),
        )  # fmt: skip
        asked = Free(ask, tuple(luck.sample(sorted(_KEYS), luck.randint(1, 4))), most=10_000)  # type: ignore[arg-type]
        found = queries.free(market.shop_id, asked)
        assert not found.cut
        assert found.taken_at == NOW
        assert dict(found.rows) == by_postgres(market.shop_id, asked), asked
        paid = [figures.paid_minor for _keys, figures in found.rows]
        assert paid == sorted(paid, reverse=True)
    few = queries.free(market.shop_id, Free(Ask(FIRST, LAST, "CNY"), ("day",), order="", most=5))
    assert ([keys for keys, _figures in few.rows], few.cut) == (
        [((FIRST + timedelta(days=n)).isoformat(),) for n in range(5)], True,
    )  # fmt: skip
    assert queries.totals(market.shop_id, Ask(FIRST, LAST, "CNY")) == sum(
        (figures for _keys, figures in queries.free(
            market.shop_id, Free(Ask(FIRST, LAST, "CNY"), ("sku", "category"))).rows), Figures(),
    )  # fmt: skip


_COHORTS = """
WITH mine AS (SELECT buyer, paid_on, {part} AS part, o.paid_minor FROM insights_order f JOIN orders_order o ON o.id = f.order_id
               WHERE f.shop_id = %(shop)s AND f.currency = 'CNY' AND f.buyer IS NOT NULL AND paid_on <= %(last)s),
     met AS (SELECT buyer, min(paid_on) AS day, (array_agg(part ORDER BY paid_on, part COLLATE "C"))[1] AS part FROM mine
              GROUP BY 1)
SELECT m.part, date_trunc(%(unit)s, m.day)::date, date_trunc(%(unit)s, f.paid_on)::date, count(DISTINCT f.buyer),
       count(*), sum(f.paid_minor)::bigint
  FROM mine f JOIN met m USING (buyer) WHERE m.day >= date_trunc(%(unit)s, %(first)s::date) GROUP BY 1, 2, 3
"""  # noqa: E501


def test_cohorts_are_those_of_the_database(market: Market, home: Path) -> None:
    orders(market.shop_id, 160, 7)
    take_snapshot(shop_id=market.shop_id, now=NOW)
    first, last = date(2025, 12, 10), date(2026, 4, 2)
    asked: tuple[tuple[Any, str], ...] = (
        ("week", ""),
        ("month", "f.channel"),
        ("quarter", "method"),
        ("year", "segment"),
    )
    for unit, part in asked:
        expected: dict[Any, dict[date, tuple[int, ...]]] = defaultdict(dict)
        params = {"shop": market.shop_id, "unit": unit, "first": first, "last": last}
        for of, cohort, span, *counts in sql(_COHORTS.format(part=part or "''"), params):
            expected[(of, cohort)][span] = tuple(counts)
        assert len(expected) > 1
        by = part.removeprefix("f.")
        matrix = queries.cohort_matrix(market.shop_id, "CNY", unit=unit, first=first, last=last, by=by)
        assert {(of, row.cohort) for of, row in matrix.rows} == set(expected)
        for of, row in matrix.rows:
            spans = sorted(expected[(of, row.cohort)].items())
            assert row.buyers == spans[0][1][0]
            told = list(zip(row.kept, row.orders, row.paid_minor, strict=True))
            assert [one for one in told if any(one)] == [counts for _span, counts in spans]
            assert len(told) >= len(spans)


def test_the_snapshot_of_random_trade_is_its_postings(market: Market, now: datetime, home: Path) -> None:
    """From the books to the files: a recount of raw postings and orders finds what DuckDB says."""
    trade = Trade(market, now, 21)
    trade.by_balance()
    trade.by_channel()
    for _ in range(12):
        trade.act()
    roll_all(now)
    take_snapshot(shop_id=market.shop_id, now=now)
    ask = market.ask(now, 90)
    told: dict[tuple[str, ...], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for by in (("day", "sku", "channel", "method"), ("day", "sku", "channel", "segment")):
        told.clear()
        for keys, figures in queries.free(market.shop_id, Free(ask, by, most=10_000)).rows:  # type: ignore[arg-type]
            told[keys] |= {name: getattr(figures, name) for name in MEASURES if getattr(figures, name)}
        counted: dict[tuple[str, ...], dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for (_shop, day, _currency, sku_id, channel, method, segment), sums in recount().items():
            for name, value in sums.items():
                counted[(day.isoformat(), str(sku_id), channel, method if by[3] == "method" else segment)][name] += (
                    value
                )
        assert {keys: {n: v for n, v in sums.items() if v} for keys, sums in counted.items()} == {
            keys: dict(sums) for keys, sums in told.items() if sums
        }


# -- incremental ------------------------------------------------------------------------------------


def test_only_what_changed_is_written(market: Market, home: Path) -> None:
    assert queries.snapshot_taken_at(market.shop_id) is None
    with pytest.raises(NoSnapshot):
        queries.free(market.shop_id, Free(Ask(FIRST, LAST, "CNY"), ("day",)))
    fill(market.shop_id, FIRST, LAST, [market.first], [NONE])
    first = take_snapshot(shop_id=market.shop_id, now=NOW)
    days = (LAST - FIRST).days + 1
    # November to March, and the days of April.
    assert first == Taken(5 + 19, 0, days * 8)
    assert take_snapshot(shop_id=market.shop_id, now=NOW) == Taken(0, 24, days * 8)

    before = parquets(home)
    sql("UPDATE insights_cube SET fee_minor = fee_minor + 1, cost_minor = cost_minor - 1 WHERE grain = 'd' AND day IN"
        " ('2026-04-03', '2025-12-24')")  # fmt: skip
    sql("DELETE FROM insights_cube WHERE day = '2026-04-04'")
    assert take_snapshot(shop_id=market.shop_id, now=NOW) == Taken(2, 21, (days - 1) * 8)
    # Those before stay a while, for readers; then they go.
    assert before < parquets(home)
    later = datetime.fromtimestamp(time.time() + 3_700, UTC)
    for name in before:
        os.utime(home / name, (time.time(), time.time()))
    manifest = store.current(market.shop_id)
    assert manifest is not None
    assert store.sweep(market.shop_id, manifest, later) == 3
    assert len(parquets(home)) == 23
    # A month that is long over becomes one file.
    may = datetime(2026, 5, 12, 1, tzinfo=UTC)
    assert take_snapshot(shop_id=market.shop_id, now=may) == Taken(1, 5, (days - 1) * 8)
    # A file that is lost is written again.
    (home / store.current(market.shop_id).tables["cube"]["2026-04"].file).unlink()  # type: ignore[union-attr]
    assert take_snapshot(shop_id=market.shop_id, now=may).written == 1


def test_keys_hold_their_days() -> None:
    today = date(2026, 4, 11)
    for n in range(400):
        day = today - timedelta(days=n)
        first, last = days_of(key_of(day, today))
        assert first <= day <= last
        assert key_of(first, today) == key_of(last, today) == key_of(day, today)
    assert key_of(date(2026, 3, 31), today) == "2026-03"
    assert key_of(date(2026, 3, 31), date(2026, 4, 10)) == "2026-03-31"


def test_what_breaks_off_changes_nothing(market: Market, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(market.shop_id, LAST, LAST, [market.first], [NONE])
    take_snapshot(shop_id=market.shop_id, now=NOW)
    kept = (home / store.LIST).read_bytes()
    sql("UPDATE insights_cube SET units = units + 1")
    monkeypatch.setattr(apart.Engine, "write", lambda *_args: 3)
    with pytest.raises(Exception, match="3 rows, not 8"):
        take_snapshot(shop_id=market.shop_id, now=NOW)
    assert (home / store.LIST).read_bytes() == kept
    assert not list(home.glob("draft-*"))
    assert queries.free(market.shop_id, Free(Ask(LAST, LAST, "CNY"), ("sku",))).rows
    (home / store.LIST).write_text("{", encoding="utf-8")
    assert store.current(market.shop_id) is None


def test_it_holds_no_follower_of_transactions_back(market: Market, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A snapshot takes minutes in a large shop: relay, roll-ups and followers of the books must go on meanwhile."""
    fill(market.shop_id, LAST, LAST, [market.first], [NONE])
    ids: list[Any] = []
    write = apart.Engine.write

    def noted(*args: Any) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id_if_assigned()")
            ids.append(cursor.fetchone()[0])
        return write(*args)

    monkeypatch.setattr(apart.Engine, "write", noted)
    take_snapshot(shop_id=market.shop_id, now=NOW)
    assert ids == [None]


def test_the_night_takes_one(market: Market, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(market.shop_id, LAST, LAST, [market.first], [NONE])
    take_snapshots(datetime(2026, 4, 19, 17, 50, tzinfo=UTC))  # 01:50 in Beijing
    assert queries.snapshot_taken_at(market.shop_id) is None
    at = datetime(2026, 4, 19, 18, 10, tzinfo=UTC)
    take_snapshots(at)
    take_snapshots(at + timedelta(hours=1))
    assert queries.snapshot_taken_at(market.shop_id) == at
    monkeypatch.setattr(apart.Engine, "write", lambda *_args: 3)
    sql("UPDATE insights_cube SET units = units + 1")
    take_snapshots(at + timedelta(days=1))
    assert queries.snapshot_taken_at(market.shop_id) == at


# -- walls ------------------------------------------------------------------------------------------


def test_a_shop_has_its_own(market: Market, home: Path) -> None:
    other = make_shop(NOW)
    fill(market.shop_id, LAST, LAST, [market.first], [NONE])
    fill(other.id, LAST, LAST, [uuid4()], [NONE])
    take_snapshot(shop_id=market.shop_id, now=NOW)
    take_snapshot(shop_id=other.id, now=NOW)
    asked = Free(Ask(LAST, LAST, "CNY"), ("sku",))
    [(keys, _figures)] = queries.free(market.shop_id, asked).rows
    assert keys == (str(market.first),)
    running = engine(home)
    duck = running.__enter__()
    foreign = store.current(other.id).files(store.home(other.id), "cube")  # type: ignore[union-attr]
    for reach in (
        f"SELECT * FROM read_parquet('{foreign[0]}')", "SELECT * FROM read_csv('/etc/passwd')",
        "COPY (SELECT 1) TO '/tmp/goodfor-out.csv'", "ATTACH '/tmp/goodfor.db'", "INSTALL httpfs", "SET threads = 64",
        "SET enable_external_access = true", "SELECT * FROM read_text('https://example.org/')",
    ):  # fmt: skip
        with pytest.raises(EngineFailed):
            duck.ask(reach, {}, most=1)
    assert duck.ask("SELECT current_setting('threads')", {}, most=1) == [[2]]
    # The keys of the house are not in its environment.
    known = Path(f"/proc/{duck._process.pid}/environ").read_bytes()
    assert b"GOODFOR" not in known
    assert b"DATABASE" not in known
    running.__exit__(None, None, None)
    assert home.stat().st_mode & 0o077 == 0


def test_a_question_has_bounds(market: Market, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    began = time.monotonic()
    with engine(home) as duck, pytest.raises(SnapshotTooHeavy):
        duck.ask("SELECT count(*) FROM range(100000000) a, range(100000) b WHERE a.range % 7 = b.range % 5", {}, most=1,
                 seconds=0.8)  # fmt: skip
    assert time.monotonic() - began < 5
    assert not list(home.glob("spill-*"))
    monkeypatch.setattr(apart, "WAITS", 0.1)
    with apart.one_question(home), pytest.raises(SnapshotBusy), apart.one_question(home):
        pass
    fill(market.shop_id, LAST, LAST, [market.first], [NONE])
    take_snapshot(shop_id=market.shop_id, now=NOW)
    asked = Free(Ask(LAST, LAST, "CNY"), ("day",))
    wrong: list[Any] = [
        {"by": ()}, {"by": ("day",) * 2}, {"by": ("shop_id",)}, {"by": ("day", "sku", "week", "month", "year")},
        {"order": "margin_minor; DROP"}, {"most": 0}, {"most": 99_999}, {"ask": Ask(LAST, FIRST, "CNY")},
    ]  # fmt: skip
    for case in wrong:
        with pytest.raises(InvalidAsk):
            queries.free(market.shop_id, replace(asked, **case))
    for case in ({"unit": "day"}, {"by": "buyer"}, {"first": date(2001, 1, 1)}):
        with pytest.raises(InvalidAsk):
            queries.cohort_matrix(market.shop_id, "CNY", **{"unit": "week", "first": FIRST, "last": LAST, **case})  # type: ignore[arg-type]
    assert queries.free(market.shop_id, replace(asked, ask=Ask(LAST, LAST, "'; --"))).rows == ()
    json.dumps([list(keys) for keys, _figures in queries.free(market.shop_id, asked).rows])
