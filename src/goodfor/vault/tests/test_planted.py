"""Bait in the stock: never sold whatever is tried, among what is exported, known again by its text."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from goodfor.kernel.statemachine import IllegalTransition
from goodfor.vault import operations, queries
from goodfor.vault.errors import BatchChanged, CodeNotFound, CodeStays, OutOfStock
from goodfor.vault.tests.factories import codes, fold, load, rows
from goodfor.vault.types import RevealedCode, StockLevel

pytestmark = pytest.mark.django_db(transaction=True)


def ids_of(shop: UUID) -> list[UUID]:
    return [row[0] for row in rows("SELECT id FROM vault_code WHERE shop_id = %s ORDER BY id", [shop])]


def plant(shop: UUID, code_ids: list[UUID], now: datetime) -> list[Any]:
    return operations.plant_codes(shop_id=shop, code_ids=code_ids, reason="bait", actor="staff:1", now=now)


def text_of(pages: Iterator[list[RevealedCode]]) -> list[tuple[str, str]]:
    return [(code.number, code.secret) for page in pages for code in page]


def test_it_is_never_sold(shop: UUID, sku: UUID, now: datetime) -> None:
    load(shop, sku, 5, now)
    bait, *others = ids_of(shop)
    (found,) = plant(shop, [bait], now)
    assert (found.code_id, found.sku_id, len(found.marks)) == (bait, sku, 2)
    assert queries.stock(shop, [sku], now) == {sku: StockLevel(4, 0, 0)}
    with pytest.raises(OutOfStock):
        operations.take(shop_id=shop, sku_id=sku, holder_id=uuid4(), quantity=5, now=now)
    holder = uuid4()
    assert operations.take(shop_id=shop, sku_id=sku, holder_id=holder, quantity=4, now=now).count == 4
    assert [code.code_id for code in queries.held(shop, holder)] == others
    fold(now)
    # Nor by letting it out, alone or with its lot, nor past all of the code.
    before = rows("SELECT t::text FROM vault_code t WHERE shop_id = %s ORDER BY 1", [shop])
    with pytest.raises(CodeStays):
        operations.restore_codes(shop_id=shop, code_ids=[bait], reason="x", actor="staff:1", now=now)
    batch_id = queries.batches(shop)[0].id
    operations.quarantine_lots(shop_id=shop, batch_id=batch_id, reason="x", actor="staff:1", now=now)
    operations.restore_lots(shop_id=shop, batch_id=batch_id, reason="x", actor="staff:1", now=now)
    for change in (
        "state = 0", f"state = 2, holder_id = '{uuid4()}', sold_at = now()", "canary = false",
        f"state = 1, holder_id = '{uuid4()}', reserved_until = now()", "sold_at = now()",
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            rows(f"UPDATE vault_code SET {change} WHERE shop_id = %s AND id = %s RETURNING 1", [shop, bait])
    assert rows("SELECT t::text FROM vault_code t WHERE shop_id = %s ORDER BY 1", [shop]) == before
    with pytest.raises(OutOfStock):
        operations.take(shop_id=shop, sku_id=sku, holder_id=uuid4(), quantity=1, now=now)


def test_what_has_a_buyer_is_no_bait(shop: UUID, sku: UUID, now: datetime) -> None:
    load(shop, sku, 2, now)
    first, second = ids_of(shop)
    operations.take(shop_id=shop, sku_id=sku, holder_id=uuid4(), quantity=1, now=now)
    operations.reserve(shop_id=shop, sku_id=sku, holder_id=uuid4(), quantity=1, until=now, now=now)
    before = rows("SELECT t::text FROM vault_code t ORDER BY 1")
    for code_id in (first, second):
        with pytest.raises(IllegalTransition):
            plant(shop, [code_id], now)
    with pytest.raises(CodeNotFound):
        plant(uuid4(), [first], now)
    assert rows("SELECT t::text FROM vault_code t ORDER BY 1") == before


def test_it_is_taken_away_like_all_others_and_known_again(shop: UUID, sku: UUID, now: datetime) -> None:
    pairs = codes(4)
    load(shop, sku, pairs, now)
    (_, bait, *_rest) = ids_of(shop)
    (found,) = plant(shop, [bait], now)
    batch_id = queries.batches(shop)[0].id
    assert queries.planted_in_batch(shop, batch_id) == 1
    assert queries.planted_in_batch(uuid4(), batch_id) == 0
    pages = operations.export_codes(shop_id=shop, batch_id=batch_id, reason="x", actor="staff:1", now=now)
    assert text_of(pages) == pairs
    assert rows("SELECT data->>'count' FROM kernel_audit WHERE action = 'vault.codes_exported'") == [("4",)]
    number, secret = pairs[1]
    assert queries.marks_of(shop, secret=secret, number=number) == found.marks
    assert queries.mark_of(shop, secret=f" {secret} ") == found.marks[1]
    assert queries.mark_of(uuid4(), secret=secret) != found.marks[1]
    assert queries.planted(shop, ids_of(shop)) == {bait: found.marks[0]}
    assert queries.planted(uuid4(), ids_of(shop)) == {}
    # What is written off with the rest of its batch is off for good.
    operations.void_codes(shop_id=shop, code_ids=[bait], reason="x", actor="staff:1", now=now)
    assert queries.planted_in_batch(shop, batch_id) == 0


def test_no_more_is_taken_away_than_was_written_down(shop: UUID, sku: UUID, now: datetime) -> None:
    """What comes back into the batch between the pages, or just before, is not given to a slow reader."""
    pairs = codes(6)
    load(shop, sku, pairs, now)
    aside = ids_of(shop)[2:]
    told: dict[str, Any] = {"shop_id": shop, "reason": "x", "actor": "staff:1", "now": now}
    operations.quarantine_codes(code_ids=aside, **told)
    batch_id = queries.batches(shop)[0].id
    pages = operations.export_codes(batch_id=batch_id, take_off_sale=False, most=2, **told)
    operations.restore_codes(code_ids=aside, **told)
    assert text_of(pages) == pairs[:2]
    before = rows("SELECT t::text FROM vault_code t ORDER BY 1") + rows("SELECT t::text FROM kernel_audit t ORDER BY 1")
    with pytest.raises(BatchChanged):
        operations.export_codes(batch_id=batch_id, most=5, **told)
    assert before == rows("SELECT t::text FROM vault_code t ORDER BY 1") + rows(
        "SELECT t::text FROM kernel_audit t ORDER BY 1"
    )
    assert rows("SELECT data->>'count' FROM kernel_audit WHERE action = 'vault.codes_exported'") == [("2",)]


def test_bait_of_one_part_has_one_mark(shop: UUID, sku: UUID, now: datetime) -> None:
    load(shop, sku, [("ONLY-SECRET-0001",), ("ONLY-SECRET-0002",)], now)
    (first, _second) = ids_of(shop)
    operations.quarantine_codes(shop_id=shop, code_ids=[first], reason="x", actor="staff:1", now=now)
    (found,) = plant(shop, [first], now)
    assert found.marks == queries.marks_of(shop, secret="ONLY-SECRET-0001")
    assert rows("SELECT state, canary FROM vault_code WHERE shop_id = %s ORDER BY id", [shop]) == [
        (3, True), (0, False),
    ]  # fmt: skip
