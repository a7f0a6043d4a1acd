"""Each truth of the vault: planted violations are found, exactly."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection

from goodfor.kernel.sql import Statement
from goodfor.vault import operations
from goodfor.vault.invariants import INVARIANTS
from goodfor.vault.tests.conftest import violated
from goodfor.vault.tests.factories import codes, fold, load, rows

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def unguarded() -> Iterator[None]:
    """Past triggers and foreign keys; CHECKs are dropped by the plant that needs it."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            yield
        finally:
            cursor.execute("SET session_replication_role = DEFAULT")


PLANTS: list[tuple[str, str, str]] = [
    ("vault.code_in_one_state", "vault_code_holder",
     "UPDATE vault_code SET holder_id = gen_random_uuid() WHERE id = {free}"),
    ("vault.code_in_one_state", "vault_code_sold_at", "UPDATE vault_code SET sold_at = NULL WHERE id = {sold}"),
    ("vault.code_belongs_to_its_lot", "", "UPDATE vault_code SET sku_id = gen_random_uuid() WHERE id = {free}"),
    ("vault.reservation_in_time", "",
     "UPDATE vault_code SET reserved_until = '2025-12-31 23:57:59Z' WHERE id = {reserved}"),
    ("vault.drained_lots_are_empty", "", "UPDATE vault_lot SET state = 'drained' WHERE id = {lot}"),
    ("vault.batch_counts_equal_lots", "", "UPDATE vault_batch SET accepted = accepted - 1 WHERE id = {batch}"),
    ("vault.batch_counts_equal_lots", "vault_batch_activated_at",
     "UPDATE vault_batch SET state = 'staging' WHERE id = {batch}"),
    ("vault.stock_counts_equal_lots", "", "UPDATE vault_stock SET free = free + 1 WHERE sku_id = {sku}"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "check", "plant"), PLANTS)
def test_planted_violation_is_found_alone(
    shop: UUID, sku: UUID, now: datetime, name: str, check: str, plant: str
) -> None:
    world = make_world(shop, sku, now)
    assert violated(now) == {}
    definition = rows("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [check])
    table = rows("SELECT conrelid::regclass::text FROM pg_constraint WHERE conname = %s", [check])
    with connection.cursor() as cursor:
        if check:
            cursor.execute(f'ALTER TABLE {table[0][0]} DROP CONSTRAINT "{check}"')
        try:
            with unguarded():
                cursor.execute(plant.format(**world))
            assert list(violated(now)) == [name]
            assert len(violated(now)[name]) == 1
        finally:
            if check:
                clean = f'ALTER TABLE {table[0][0]} ADD CONSTRAINT "{check}" {definition[0][0]} NOT VALID'
                cursor.execute(clean)


PAIRED = [
    # A code that vanished or changed its state behind the books shows in more than one truth.
    ("DELETE FROM vault_code WHERE id = {free}", {"vault.lot_counts_equal_rows", "vault.lot_is_whole"}),
    ("UPDATE vault_lot SET sold = sold + 1 WHERE id = {lot}",
     {"vault.lot_counts_equal_rows", "vault.stock_counts_equal_lots"}),
    ("UPDATE vault_code SET state = 2, holder_id = gen_random_uuid(), sold_at = now() WHERE id = {free}",
     {"vault.lot_counts_equal_rows"}),
    ("UPDATE vault_lot SET state = 'staged' WHERE id = {lot}",
     {"vault.staged_codes_are_free", "vault.batch_counts_equal_lots"}),
]  # fmt: skip


@pytest.mark.parametrize(("plant", "names"), PAIRED)
def test_planted_violation_is_found_by_all_it_breaks(
    shop: UUID, sku: UUID, now: datetime, plant: str, names: set[str]
) -> None:
    world = make_world(shop, sku, now)
    with unguarded(), connection.cursor() as cursor:
        cursor.execute(plant.format(**world))
    assert set(violated(now)) == names


def test_planted_twin_is_found(shop: UUID, sku: UUID, now: datetime) -> None:
    world = make_world(shop, sku, now)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE vault_code DROP CONSTRAINT vault_code_once")
        with unguarded():
            cursor.execute(
                "UPDATE vault_code SET fingerprint = (SELECT fingerprint FROM vault_code WHERE id = {sold})"
                " WHERE id = {free}".format(**world)
            )
        assert list(violated(now)) == ["vault.sold_once"]
        with unguarded():
            cursor.execute("DELETE FROM vault_code")
        cursor.execute("ALTER TABLE vault_code ADD CONSTRAINT vault_code_once UNIQUE (shop_id, fingerprint)")


def test_every_truth_was_broken_once() -> None:
    broken = {name for name, _, _ in PLANTS} | {name for _, names in PAIRED for name in names} | {"vault.sold_once"}
    assert broken == {invariant.name for invariant in INVARIANTS}


def make_world(shop: UUID, sku: UUID, now: datetime) -> dict[str, str]:
    """One code free, one reserved, one sold; all folded. Ids as SQL literals."""
    done = load(shop, sku, codes(3), now)
    operations.take(shop_id=shop, sku_id=sku, holder_id=uuid4(), quantity=1, now=now)
    until = now + timedelta(minutes=1)
    operations.reserve(shop_id=shop, sku_id=sku, holder_id=uuid4(), quantity=1, until=until, now=now)
    fold(now)
    found = dict(rows("SELECT state, id FROM vault_code WHERE shop_id = %s", [shop]))
    lot = rows("SELECT id FROM vault_lot WHERE shop_id = %s", [shop])[0][0]
    named = {"free": found[0], "reserved": found[1], "sold": found[2], "lot": lot, "batch": done.batch.id, "sku": sku}
    return {name: f"'{value}'" for name, value in named.items()}


@pytest.mark.parametrize(("path", "quantity"), [("sql/claim_one.sql", 1), ("sql/claim.sql", 5)])
def test_claims_walk_only_the_index_of_free_codes(
    shop: UUID, sku: UUID, now: datetime, path: str, quantity: int
) -> None:
    """With a generic plan, other SKUs in the table and sold codes before the free ones."""
    other = uuid4()
    load(shop, other, 3000, now)
    load(shop, sku, 3000, now)
    operations.take(shop_id=shop, sku_id=sku, holder_id=uuid4(), quantity=2000, now=now)
    fold(now)
    params = {
        "shop_id": shop, "sku_id": sku, "holder_id": uuid4(), "quantity": quantity, "state": 2, "good_until": now,
        "reserved_until": None, "sold_at": now, "from_start": False,
    }  # fmt: skip
    statement = Statement("goodfor.vault", path)
    statement.text = "EXPLAIN (ANALYZE, BUFFERS) " + statement.text
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE vault_code")
        cursor.execute("SET plan_cache_mode = force_generic_plan")
        try:
            plan = "\n".join(row[0] for row in statement.rows(params))
        finally:
            cursor.execute("RESET plan_cache_mode")
    assert "Index Scan using vault_code_free on vault_code" in plan
    assert "Seq Scan on vault_code" not in plan
    assert plan.count("Index Scan using vault_code_pkey") == 1
    buffers = int(plan.split("shared hit=")[1].split()[0])
    assert buffers < 60 + 30 * quantity
