"""Promises: versions that never change, in force from a minute on, the narrowest for an order by when it was placed."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import InternalError, connection, transaction
from django.db.utils import IntegrityError
from hypothesis import given
from hypothesis import strategies as st

from goodfor.aftersales import queries
from goodfor.aftersales.errors import InvalidTerms, PromiseNotFound
from goodfor.aftersales.mapping import terms_from_json, terms_to_json
from goodfor.aftersales.models import Promise
from goodfor.aftersales.operations.set_promise import NOTICE, set_promise
from goodfor.aftersales.terms import EXCLUDABLE, PAID_FOR, REASONS, check_terms
from goodfor.aftersales.types import Compensation, Hours, PromiseView, Terms
from goodfor.catalog import queries as catalog
from goodfor.cli import world
from goodfor.kernel import audit, sql
from goodfor.kernel.clock import utc_now
from goodfor.kernel.tenancy import platform_job
from goodfor.kernel.tests.snapshot import start_from
from goodfor.orders import claim_states
from goodfor.orders.tests.factories import together
from goodfor.supply.models import Item, Offer, Supplier
from goodfor.supply.operations.note_items import note_items
from goodfor.supply.providers.values import Item as SoldItem
from goodfor.supply.providers.values import Stock

TEN_TIMES = Compensation(multiple=10, claim_cap_minor=10_000, day_cap_minor=100_000)
MONTH = Terms(claim_days=31)
HOURS = Hours(days={0: (time(9), time(18, 30)), 5: (time(0), time(0))}, free=frozenset({"2026-10-01"}))


@pytest.fixture
def shop(transactional_db: None) -> world.DemoShop:
    return start_from("promises", lambda: world.make_shop(utc_now()))


@pytest.fixture
def now() -> datetime:
    return utc_now()


Put = Callable[..., PromiseView]


@pytest.fixture
def put(shop: world.DemoShop, now: datetime) -> Put:
    def put(terms: Terms | None, scope: Any = "shop", scope_id: UUID | None = None, at: datetime = now) -> PromiseView:
        return set_promise(
            shop_id=shop.shop_id, scope=scope, scope_id=scope_id, terms=terms, actor="staff:li", now=at
        )  # fmt: skip

    return put


def events() -> list[dict[str, Any]]:
    with platform_job("test"), connection.cursor() as cursor:
        cursor.execute("SELECT payload::text FROM kernel_event WHERE name = 'aftersales.promise_set' ORDER BY id")
        return [json.loads(row[0]) for row in cursor.fetchall()]


def supplier_of(shop_id: UUID, sku_id: UUID, code: str, at: datetime) -> UUID:
    """Somebody who offers the SKU since then."""
    row = Supplier.objects.create(
        shop_id=shop_id, code=code, name=code, protocol="kasushou", currency="CNY", enabled=True, hook=uuid4().hex,
        created_at=at,
    )  # fmt: skip
    note_items(supplier=row, items=[SoldItem("1", "x", "card", Decimal(1), "CNY", stock=Stock("exact", 4))], now=at)
    item = Item.objects.get(shop_id=shop_id, supplier_id=row.id)
    Offer.objects.create(shop_id=shop_id, sku_id=sku_id, item=item, supplier_id=row.id, created_at=at)
    return row.id


# -- JSON and bounds, pure ----------------------------------------------------------------------------


_minor = st.integers(0, 10**8)
_hours = st.none() | st.just(HOURS)
_paid = st.builds(
    lambda times, cap, more, reasons, **rest: Compensation(times, "price", cap, cap + more, tuple(reasons), **rest),
    st.integers(0, 100), st.integers(1, 10**6), _minor,
    st.lists(st.sampled_from(PAID_FOR[:2]), min_size=1, unique=True),
    evidence=st.sampled_from(["supplier", "any"]), way=st.sampled_from(["wallet", "hand"]),
)  # fmt: skip
_terms = st.builds(
    Terms, st.booleans(), st.sampled_from(["refund", "replace"]), st.integers(10, 600_000), st.integers(60, 600_000),
    st.integers(604_800, 2_000_000), st.integers(1, 366), st.booleans(), st.just(Compensation()) | _paid, _minor,
    _minor, _minor, st.just(()) | st.just(("expired",)), _hours,
)  # fmt: skip


@given(_terms)
def test_json_and_back_is_the_same(terms: Terms) -> None:
    kept = terms_to_json(terms)
    assert terms_from_json(kept) == terms
    assert terms_to_json(terms_from_json(kept)) == kept
    if "used" not in terms.compensation.reasons or "used" not in terms.excluded:
        check_terms(terms)


def test_what_is_missing_has_its_default_and_what_is_unknown_is_refused() -> None:
    assert terms_from_json({}) == Terms()
    assert terms_from_json({"compensation": {"multiple": 2}}).compensation == Compensation(multiple=2)
    assert terms_from_json({"hours": {"days": {"0": ["09:00", "18:00"]}}}).hours == Hours(days={0: (time(9), time(18))})
    for kept, field in (({"x": 1}, "x"), ({"compensation": {"y": 1}}, "y"), ({"hours": {"z": 1}}, "z")):
        with pytest.raises(InvalidTerms) as refused:
            terms_from_json(kept)
        assert refused.value.data["field"] == field


@pytest.mark.parametrize(
    ("field", "terms"),
    [
        ("delivery_seconds", Terms(delivery_seconds=9)),
        ("answer_seconds", Terms(answer_seconds=0)),
        ("decision_seconds", Terms(answer_seconds=7_200, decision_seconds=3_600)),
        ("decision_seconds", Terms(decision_seconds=31 * 86_400)),
        ("claim_days", Terms(claim_days=0)),
        ("claim_days", Terms(claim_days=True)),
        ("first", Terms(first="both")),  # type: ignore[arg-type]
        ("instant_refund", Terms(instant_refund=1)),  # type: ignore[arg-type]
        ("goodwill_answer_minor", Terms(goodwill_answer_minor=-1)),
        ("multiple", Terms(compensation=replace(TEN_TIMES, multiple=101))),
        ("claim_cap_minor", Terms(compensation=replace(TEN_TIMES, claim_cap_minor=0))),
        ("day_cap_minor", Terms(compensation=replace(TEN_TIMES, day_cap_minor=9_999))),
        ("reasons", Terms(compensation=replace(TEN_TIMES, reasons=()))),
        ("reasons", Terms(compensation=replace(TEN_TIMES, reasons=("changed_mind",)))),
        ("reasons", Terms(compensation=replace(TEN_TIMES, reasons=("used", "used")))),
        ("reasons", Terms(compensation=TEN_TIMES, excluded=("used",))),
        ("base", Terms(compensation=replace(TEN_TIMES, base="face"))),  # type: ignore[arg-type]
        ("evidence", Terms(compensation=replace(TEN_TIMES, evidence="word"))),  # type: ignore[arg-type]
        ("way", Terms(compensation=replace(TEN_TIMES, way="points"))),  # type: ignore[arg-type]
        ("excluded", Terms(excluded=("invalid",))),
        ("excluded", Terms(excluded=("changed_mind",))),
    ],
)
def test_terms_that_cannot_be_kept(field: str, terms: Terms) -> None:
    with pytest.raises(InvalidTerms) as refused:
        check_terms(terms)
    assert refused.value.data["field"] == field


def test_what_was_paid_for_is_always_covered() -> None:
    check_terms(Terms())
    check_terms(Terms(compensation=TEN_TIMES, change_of_mind=False, excluded=("changed_mind", "expired")))
    assert set(REASONS) == {*claim_states.REASONS, "top_up_missing"}
    assert set(EXCLUDABLE) < set(REASONS)
    assert {"invalid", "wrong", "not_received", "top_up_missing"} == set(REASONS) - set(EXCLUDABLE)


# -- versions -----------------------------------------------------------------------------------------


def test_versions_follow_each_other_and_the_same_is_none(shop: world.DemoShop, put: Put, now: datetime) -> None:
    first = put(MONTH)
    assert (first.version, first.from_at, first.made_by) == (1, now + NOTICE, "staff:li")
    assert put(MONTH, at=now + timedelta(hours=1)) == first
    second = put(Terms())
    assert (second.version, put(None).version) == (2, 3)
    assert put(None).version == 3
    versions = queries.history(shop.shop_id, "shop", None)
    assert [(one.version, one.terms) for one in versions] == [(3, None), (2, Terms()), (1, MONTH)]
    lines = audit.lines_of(shop_id=shop.shop_id, subject=("aftersales.promise", first.id))
    assert [(line.action, line.actor, line.data["version"]) for line in lines] == [("promise_set", "staff:li", 1)]
    assert [(one["promise_version"], one["removed"]) for one in events()] == [(1, False), (2, False), (3, True)]


def test_what_was_never_promised_is_not_taken_away(shop: world.DemoShop, put: Put) -> None:
    with pytest.raises(PromiseNotFound):
        put(None)
    with pytest.raises(InvalidTerms):
        put(Terms(claim_days=0))
    other = world.make_shop(utc_now(), code="other")
    shelf = catalog.shelves(other.shop_id)[0].id
    for scope, scope_id in (
        ("sku", uuid4()), ("sku", other.skus["kw-50"]), ("category", shelf), ("category", None), ("supplier", uuid4()),
        ("shop", uuid4()), ("planet", None),
    ):  # fmt: skip
        with pytest.raises(PromiseNotFound):
            put(MONTH, scope, scope_id)
    assert Promise.objects.count() == 0
    assert events() == []


def test_a_clock_that_is_behind_slips_nothing_in(shop: world.DemoShop, put: Put, now: datetime) -> None:
    put(MONTH)
    late = put(Terms(), at=now - timedelta(minutes=10))
    assert (late.version, late.from_at) == (2, now + NOTICE)
    assert queries.promise_for(shop.shop_id, shop.skus["kw-50"], now + NOTICE).version == 2


def test_rows_never_change_and_never_go(shop: world.DemoShop, put: Put) -> None:
    put(MONTH)
    for statement in (
        "UPDATE aftersales_promise SET from_at = from_at - interval '1 day'", "DELETE FROM aftersales_promise",
        "TRUNCATE aftersales_promise",
    ):  # fmt: skip
        refused = pytest.raises((IntegrityError, InternalError), match="is refused")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert queries.promises_of(shop.shop_id)[0].terms == MONTH


def test_twenty_at_once_make_twenty_versions(shop: world.DemoShop, now: datetime) -> None:
    def work(index: int) -> int:
        terms = Terms(claim_days=index + 1)
        made = set_promise(shop_id=shop.shop_id, scope="shop", scope_id=None, terms=terms, actor="t", now=utc_now())
        return made.version

    assert sorted(together(work, 20)) == list(range(1, 21))
    kept = queries.history(shop.shop_id, "shop", None)
    assert [one.version for one in kept] == list(range(20, 0, -1))
    assert [one.from_at for one in kept] == sorted((one.from_at for one in kept), reverse=True)


# -- which one binds ----------------------------------------------------------------------------------


def test_an_order_has_what_was_in_force_when_it_was_placed(shop: world.DemoShop, put: Put, now: datetime) -> None:
    sku = shop.skus["kw-50"]
    assert queries.promise_for(shop.shop_id, sku, now) == queries.BUILT_IN
    put(MONTH)
    put(Terms(claim_days=7), at=now + timedelta(hours=1))
    second = timedelta(seconds=1)
    for at, days in (
        (now + NOTICE - second, 30), (now + NOTICE, 31), (now + timedelta(hours=1), 31),
        (now + timedelta(hours=1) + NOTICE - second, 31), (now + timedelta(hours=1) + NOTICE, 7),
    ):  # fmt: skip
        assert queries.promise_for(shop.shop_id, sku, at).terms.claim_days == days
        assert queries.promise_of_shop(shop.shop_id, at).terms.claim_days == days


def test_the_narrowest_wins_and_what_is_taken_away_gives_way(shop: world.DemoShop, put: Put, now: datetime) -> None:
    sku, other = shop.skus["kw-50"], [one for one in shop.skus.values() if one != shop.skus["kw-50"]][-1]
    category = catalog.category_of(shop.shop_id, sku)
    assert category is not None
    assert category != catalog.category_of(shop.shop_id, other)
    assert catalog.category_of(uuid4(), sku) is None
    early = now - timedelta(days=2)
    supplier = supplier_of(shop.shop_id, sku, "first", early)
    at = now + NOTICE

    def bound(of: UUID = sku, **more: Any) -> tuple[str, int]:
        found = queries.promise_for(shop.shop_id, of, at, **more)
        return found.scope, found.terms.claim_days

    put(Terms(claim_days=1))
    assert bound() == ("shop", 1)
    put(Terms(claim_days=2), "supplier", supplier)
    assert bound() == ("supplier", 2)
    assert bound(supplier_id=supplier) == ("supplier", 2)
    assert bound(other) == ("shop", 1)
    put(Terms(claim_days=3), "category", category)
    assert bound() == bound(category_id=category) == ("category", 3)
    assert bound(other) == ("shop", 1)
    put(Terms(claim_days=4), "sku", sku)
    assert bound() == ("sku", 4)
    assert bound(other) == ("shop", 1)
    for scope, scope_id, wider in (
        ("sku", sku, ("category", 3)), ("category", category, ("supplier", 2)), ("supplier", supplier, ("shop", 1)),
        ("shop", None, ("shop", 30)),
    ):  # fmt: skip
        put(None, scope, scope_id, at=now + timedelta(seconds=1))
        at = now + timedelta(seconds=1) + NOTICE
        assert bound() == wider
    assert [(one.scope, one.terms) for one in queries.promises_of(shop.shop_id)] == [
        ("shop", None), ("supplier", None), ("category", None), ("sku", None),
    ]  # fmt: skip


def test_a_suppliers_promise_is_for_what_only_they_sell(shop: world.DemoShop, put: Put, now: datetime) -> None:
    """Whoever else begins to offer it later changes nothing for orders placed before."""
    sku = shop.skus["kw-50"]
    mine = supplier_of(shop.shop_id, sku, "first", now - timedelta(days=2))
    put(Terms(claim_days=2), "supplier", mine)
    before, after = now + NOTICE, now + timedelta(days=3)
    assert queries.promise_for(shop.shop_id, sku, before).scope == "supplier"
    supplier_of(shop.shop_id, sku, "second", now + timedelta(days=2))
    assert queries.promise_for(shop.shop_id, sku, before).scope == "supplier"
    assert queries.promise_for(shop.shop_id, sku, after) == queries.BUILT_IN
    Offer.objects.filter(shop_id=shop.shop_id, supplier_id=mine).update(enabled=False)
    assert queries.promise_for(shop.shop_id, sku, before).scope == "supplier"


def test_another_shops_promise_is_none_of_ours(shop: world.DemoShop, put: Put, now: datetime) -> None:
    other = world.make_shop(utc_now(), code="other")
    put(MONTH)
    assert queries.promise_for(other.shop_id, other.skus["kw-50"], now + NOTICE) == queries.BUILT_IN
    assert queries.promises_of(other.shop_id) == queries.history(other.shop_id, "shop", None) == []


def test_asking_is_one_query_by_the_index(shop: world.DemoShop, put: Put, now: datetime) -> None:
    sku, asked = shop.skus["kw-50"], []
    put(MONTH)
    queries.promise_for(shop.shop_id, sku, now)
    category = catalog.category_of(shop.shop_id, sku)
    assert category is not None
    put(MONTH, "category", category)

    def watch(name: str, text: str, params: Any) -> None:
        asked.append(name)

    sql.observers.append(watch)
    try:
        from_django = len(connection.queries_log)
        connection.force_debug_cursor = True
        queries.promise_for(shop.shop_id, sku, now + NOTICE, category_id=category)
        assert (len(asked), len(connection.queries_log) - from_django) == (1, 0)
    finally:
        connection.force_debug_cursor = False
        sql.observers.remove(watch)
    with platform_job("test"), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO aftersales_promise (id, shop_id, scope, scope_id, version, terms, from_at, made_at, made_by)"
            " SELECT gen_random_uuid(), %s, 'category', %s, n + 1, '{}', now(), now() - interval '1 minute', 'x'"
            " FROM generate_series(1, 5000) n",
            [shop.shop_id, category],
        )
        cursor.execute("ANALYZE aftersales_promise")
        text = sql.Statement("goodfor.aftersales", "sql/promise_at.sql").text
        params = {"shop_id": shop.shop_id, "sku_id": sku, "at": now, "supplier_id": None, "category_id": category}
        cursor.execute("EXPLAIN (ANALYZE, FORMAT TEXT) " + text, params)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Seq Scan" not in plan, plan
    assert "Sort Key: aftersales_promise.from_at" not in plan or "Incremental Sort" in plan, plan
