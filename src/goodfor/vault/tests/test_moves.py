"""Quarantine, restore, void, lots, reveal and key rotation."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from goodfor.kernel.crypto import DecryptFailed, keyring
from goodfor.kernel.statemachine import IllegalTransition
from goodfor.vault import operations, queries, tasks
from goodfor.vault.errors import CodeNotFound, LotNotFound, OutOfStock, ReservationLost, TooManyCodes
from goodfor.vault.importing.sealing import blind_index  # noqa: F401
from goodfor.vault.states import BATCH_MACHINE, CODE_NUMBERS, LOT_MACHINE, MACHINE
from goodfor.vault.tests.factories import codes, fold, load, rows, states_of
from goodfor.vault.types import StockLevel

pytestmark = pytest.mark.django_db(transaction=True)
MINUTES = timedelta(minutes=15)


def ids_of(shop: UUID) -> list[UUID]:
    return [row[0] for row in rows("SELECT id FROM vault_code WHERE shop_id = %s ORDER BY id", [shop])]


def by_hand(now: datetime) -> dict[str, object]:
    return {"reason": "reported", "actor": "staff:1", "now": now}


def test_machines_are_whole() -> None:
    assert MACHINE.terminal == {"void"}
    assert BATCH_MACHINE.terminal == {"active", "cancelled"}
    assert LOT_MACHINE.terminal == frozenset()
    assert set(CODE_NUMBERS) == MACHINE.states


def test_quarantined_codes_are_not_sold_and_come_back(shop: UUID, sku: UUID, now: datetime) -> None:
    load(shop, sku, 3, now)
    first, second, third = ids_of(shop)
    assert operations.quarantine_codes(shop_id=shop, code_ids=[first, third], **by_hand(now)) == 2
    assert queries.stock(shop, [sku], now) == {sku: StockLevel(1, 0, 0)}
    with pytest.raises(OutOfStock):
        operations.take(shop_id=shop, sku_id=sku, holder_id=uuid4(), quantity=2, now=now)
    holder = uuid4()
    operations.take(shop_id=shop, sku_id=sku, holder_id=holder, quantity=1, now=now)
    assert [code.code_id for code in queries.held(shop, holder)] == [second]
    fold(now)
    assert rows("SELECT state FROM vault_lot WHERE shop_id = %s", [shop]) == [("drained",)]
    assert operations.restore_codes(shop_id=shop, code_ids=[first], **by_hand(now)) == 1
    assert operations.take(shop_id=shop, sku_id=sku, holder_id=uuid4(), quantity=1, now=now).count == 1
    history = rows(
        "SELECT from_state, to_state FROM kernel_history WHERE shop_id = %s AND machine = 'vault.code' ORDER BY 1",
        [shop],
    )
    assert history == [("free", "quarantined")] * 2 + [("quarantined", "free")]
    assert rows("SELECT action FROM kernel_audit WHERE shop_id = %s AND action ~ 'codes' ORDER BY 1", [shop]) == [
        ("vault.codes_quarantined",),
        ("vault.codes_restored",),
    ]


def test_quarantine_of_a_sold_code_hides_it_until_it_is_restored(shop: UUID, sku: UUID, now: datetime) -> None:
    load(shop, sku, 2, now)
    holder = uuid4()
    operations.take(shop_id=shop, sku_id=sku, holder_id=holder, quantity=2, now=now)
    before = operations.reveal(shop_id=shop, holder_id=holder, code_ids=None, now=now)
    operations.quarantine_codes(shop_id=shop, code_ids=[before[0].code_id], **by_hand(now))
    assert [c.code_id for c in operations.reveal(shop_id=shop, holder_id=holder, code_ids=None, now=now)] == [
        before[1].code_id
    ]
    assert operations.take_back(shop_id=shop, holder_id=holder, now=now).count == 0
    operations.restore_codes(shop_id=shop, code_ids=[before[0].code_id], **by_hand(now))
    assert operations.reveal(shop_id=shop, holder_id=holder, code_ids=None, now=now) == before
    assert states_of(shop) == {2: 2}


def test_quarantine_of_a_reserved_code_loses_the_reservation(shop: UUID, sku: UUID, now: datetime) -> None:
    load(shop, sku, 2, now)
    holder = uuid4()
    operations.reserve(shop_id=shop, sku_id=sku, holder_id=holder, quantity=2, until=now + MINUTES, now=now)
    operations.quarantine_codes(shop_id=shop, code_ids=ids_of(shop)[:1], **by_hand(now))
    with pytest.raises(ReservationLost):
        operations.sell_reserved(shop_id=shop, holder_id=holder, quantity=2, now=now)
    assert operations.release(shop_id=shop, holder_id=holder, now=now) == 1
    assert states_of(shop) == {0: 1, 3: 1}


def test_void_is_final_and_tells_the_cost(shop: UUID, sku: UUID, now: datetime) -> None:
    load(shop, sku, 3, now, unit_cost_minor=250)
    ids = ids_of(shop)
    assert operations.void_codes(shop_id=shop, code_ids=ids[:2], **by_hand(now)) == 2
    ((payload,),) = rows("SELECT payload::text FROM kernel_event WHERE name = 'vault.codes_voided'")
    assert '"cost_minor": 500' in payload
    for move in (operations.restore_codes, operations.quarantine_codes, operations.void_codes):
        with pytest.raises(IllegalTransition):
            move(shop_id=shop, code_ids=[ids[0]], **by_hand(now))
    operations.take(shop_id=shop, sku_id=sku, holder_id=uuid4(), quantity=1, now=now)
    with pytest.raises(IllegalTransition):
        operations.void_codes(shop_id=shop, code_ids=[ids[2]], **by_hand(now))
    assert states_of(shop) == {2: 1, 4: 2}


def test_moves_are_all_or_nothing_and_stay_in_the_shop(shop: UUID, sku: UUID, now: datetime) -> None:
    load(shop, sku, 2, now)
    ids = ids_of(shop)
    for shop_id, asked in ((uuid4(), ids), (shop, [*ids, uuid4()])):
        with pytest.raises(CodeNotFound):
            operations.quarantine_codes(shop_id=shop_id, code_ids=asked, **by_hand(now))
    with pytest.raises(TooManyCodes):
        operations.quarantine_codes(shop_id=shop, code_ids=[uuid4()] * 1001, **by_hand(now))
    operations.void_codes(shop_id=shop, code_ids=ids[:1], **by_hand(now))
    with pytest.raises(IllegalTransition):
        operations.quarantine_codes(shop_id=shop, code_ids=ids, **by_hand(now))
    assert states_of(shop) == {0: 1, 4: 1}


def test_whole_batches_leave_the_shelf_and_come_back(shop: UUID, sku: UUID, now: datetime) -> None:
    done = load(shop, sku, codes(4, prefix="AAAA"), now)
    load(shop, sku, codes(1, prefix="BBBB"), now)
    holder, buyer = uuid4(), uuid4()
    operations.reserve(shop_id=shop, sku_id=sku, holder_id=holder, quantity=1, until=now + MINUTES, now=now)
    operations.take(shop_id=shop, sku_id=sku, holder_id=buyer, quantity=1, now=now)
    assert operations.quarantine_lots(shop_id=shop, batch_id=done.batch.id, **by_hand(now)) == 1
    assert operations.quarantine_lots(shop_id=shop, batch_id=done.batch.id, **by_hand(now)) == 0
    assert queries.stock(shop, [sku], now)[sku].available == 1
    with pytest.raises(ReservationLost):
        operations.sell_reserved(shop_id=shop, holder_id=holder, quantity=1, now=now)
    assert len(operations.reveal(shop_id=shop, holder_id=buyer, code_ids=None, now=now)) == 1
    assert operations.release(shop_id=shop, holder_id=holder, now=now) == 1
    assert operations.take(shop_id=shop, sku_id=sku, holder_id=uuid4(), quantity=1, now=now).count == 1
    with pytest.raises(OutOfStock):
        operations.take(shop_id=shop, sku_id=sku, holder_id=uuid4(), quantity=1, now=now)
    assert operations.restore_lots(shop_id=shop, batch_id=done.batch.id, **by_hand(now)) == 1
    assert operations.take(shop_id=shop, sku_id=sku, holder_id=uuid4(), quantity=3, now=now).count == 3
    fold(now)
    assert rows("SELECT DISTINCT state FROM vault_lot WHERE shop_id = %s", [shop]) == [("drained",)]
    with pytest.raises(LotNotFound):
        operations.quarantine_lots(shop_id=uuid4(), batch_id=done.batch.id, **by_hand(now))


def test_an_empty_lot_that_is_restored_drains_again(shop: UUID, sku: UUID, now: datetime) -> None:
    done = load(shop, sku, 1, now)
    operations.take(shop_id=shop, sku_id=sku, holder_id=uuid4(), quantity=1, now=now)
    fold(now)
    operations.quarantine_lots(shop_id=shop, batch_id=done.batch.id, **by_hand(now))
    operations.restore_lots(shop_id=shop, batch_id=done.batch.id, **by_hand(now))
    fold(now)
    assert rows("SELECT state FROM vault_lot WHERE shop_id = %s", [shop]) == [("drained",)]


def test_reveal_shows_only_what_is_asked_and_notes_the_first_time(shop: UUID, sku: UUID, now: datetime) -> None:
    pairs = codes(3)
    load(shop, sku, pairs, now, expires_at=now + MINUTES)
    holder = uuid4()
    operations.take(shop_id=shop, sku_id=sku, holder_id=holder, quantity=2, now=now)
    ids = ids_of(shop)
    shown = operations.reveal(shop_id=shop, holder_id=holder, code_ids=[ids[1], ids[2], uuid4()], now=now)
    assert [(code.code_id, code.number, code.secret, code.expires_at) for code in shown] == [
        (ids[1], *pairs[1], now + MINUTES)
    ]
    assert pairs[1][0] not in repr(shown)
    assert pairs[1][1] not in repr(shown)
    operations.reveal(shop_id=shop, holder_id=holder, code_ids=None, now=now + MINUTES)
    assert [code.revealed_at for code in queries.held(shop, holder)] == [now + MINUTES, now]


def test_a_blob_moved_to_another_row_does_not_open(shop: UUID, sku: UUID, now: datetime) -> None:
    load(shop, sku, 2, now)
    first, second = ids_of(shop)
    rows(
        "UPDATE vault_code SET blob = (SELECT blob FROM vault_code WHERE id = %s) WHERE id = %s RETURNING 1",
        [first, second],
    )
    holder = uuid4()
    operations.take(shop_id=shop, sku_id=sku, holder_id=holder, quantity=2, now=now)
    with pytest.raises(DecryptFailed):
        operations.reveal(shop_id=shop, holder_id=holder, code_ids=[second], now=now)
    assert queries.held(shop, holder)[1].revealed_at is None


def test_rotation_in_chunks_loses_nothing(shop: UUID, sku: UUID, now: datetime) -> None:
    pairs = codes(25, prefix="R")
    load(shop, sku, pairs, now)
    old = keyring().active_key_id
    holder = uuid4()
    operations.take(shop_id=shop, sku_id=sku, holder_id=holder, quantity=10, now=now)
    new = keyring().rotate()
    step = operations.rotate_keys(limit=10, now=now)
    assert (step.found, queries.keys_in_use()) == (10, {old: 15, new: 10})
    load(shop, sku, [("n", "NEW-KEY-01")], now)
    step = operations.rotate_keys(after=step.after, limit=10, now=now)
    step = operations.rotate_keys(after=step.after, limit=10, now=now)
    assert (step.found, step.after) == (5, None)
    assert operations.rotate_keys(now=now).found == 0
    assert queries.keys_in_use() == {new: 26}
    shown = operations.reveal(shop_id=shop, holder_id=holder, code_ids=None, now=now)
    assert [(code.number, code.secret) for code in shown] == pairs[:10]


def test_loops_do_their_work(shop: UUID, sku: UUID, now: datetime) -> None:
    done = load(shop, sku, 3, now, expires_at=now + MINUTES)
    operations.reserve(shop_id=shop, sku_id=sku, holder_id=uuid4(), quantity=1, until=now, now=now)
    assert tasks.fold_stock(now) == 2
    assert tasks.expire_reservations(now + MINUTES) == 1
    assert tasks.expire_lots(now + MINUTES) == 1
    assert tasks.purge_cancelled(now) == 0
    assert done.batch.state == "active"


@pytest.mark.parametrize(
    ("prepare", "update"),
    [
        ("sold", "state = 0, holder_id = NULL, sold_at = NULL, revealed_at = NULL"),
        ("sold", "state = 1, sold_at = NULL, revealed_at = NULL, reserved_until = now()"),
        ("sold", "holder_id = gen_random_uuid()"),
        ("sold", "state = 4"),
        ("sold", "holder_id = NULL"),
        ("sold", "sold_at = NULL"),
        ("free", "state = 2"),
        ("free", "state = 1"),
        ("free", "state = 5"),
        ("free", "holder_id = gen_random_uuid()"),
        ("free", "lot_id = gen_random_uuid()"),
        ("free", "sku_id = gen_random_uuid()"),
        ("free", "fingerprint = '\\x00'"),
    ],
)
def test_the_table_itself_refuses_the_worst(shop: UUID, sku: UUID, now: datetime, prepare: str, update: str) -> None:
    load(shop, sku, 1, now)
    if prepare == "sold":
        holder = uuid4()
        operations.take(shop_id=shop, sku_id=sku, holder_id=holder, quantity=1, now=now)
        operations.reveal(shop_id=shop, holder_id=holder, code_ids=None, now=now)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE vault_code SET {update} WHERE shop_id = %s", [shop])


def test_codes_on_sale_cannot_be_deleted(shop: UUID, sku: UUID, now: datetime) -> None:
    load(shop, sku, 1, now)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM vault_code WHERE shop_id = %s", [shop])
    assert states_of(shop) == {0: 1}
