"""Reserve, take, sell, release, take back: exact counts, the right order, nothing partial."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from goodfor.vault import operations, queries
from goodfor.vault.errors import HolderHasCodes, InvalidQuantity, OutOfStock, ReservationLost
from goodfor.vault.tests.factories import codes, fold, load, rows, states_of
from goodfor.vault.types import StockLevel, Taken, TakenBack

pytestmark = pytest.mark.django_db(transaction=True)
MINUTES = timedelta(minutes=15)


def secrets_of(shop: UUID, holder: UUID, now: datetime) -> list[str]:
    return [code.secret for code in operations.reveal(shop_id=shop, holder_id=holder, code_ids=None, now=now)]


def test_take_sells_in_the_order_of_the_file(shop: UUID, sku: UUID, now: datetime) -> None:
    pairs = codes(5)
    load(shop, sku, pairs, now)
    first, second = uuid4(), uuid4()
    assert operations.take(shop_id=shop, sku_id=sku, holder_id=first, quantity=1, now=now) == Taken(1, 100)
    assert operations.take(shop_id=shop, sku_id=sku, holder_id=second, quantity=3, now=now) == Taken(3, 300)
    assert secrets_of(shop, first, now) == [pairs[0][1]]
    assert secrets_of(shop, second, now) == [secret for _, secret in pairs[1:4]]
    assert queries.stock(shop, [sku], now) == {sku: StockLevel(1, 0, 4)}
    fold(now)
    assert queries.stock(shop, [sku], now) == {sku: StockLevel(1, 0, 4)}


@pytest.mark.parametrize("quantity", [1, 4])
def test_a_shortage_takes_nothing_and_leaves_the_transaction_usable(
    shop: UUID, sku: UUID, now: datetime, quantity: int
) -> None:
    if quantity > 1:
        load(shop, sku, quantity - 1, now)
    with transaction.atomic():
        with pytest.raises(OutOfStock) as caught:
            operations.take(shop_id=shop, sku_id=sku, holder_id=uuid4(), quantity=quantity, now=now)
        assert caught.value.data == {"sku_id": str(sku), "quantity": quantity}
    assert states_of(shop) == ({0: quantity - 1} if quantity > 1 else {})
    with pytest.raises(OutOfStock):
        operations.reserve(shop_id=shop, sku_id=sku, holder_id=uuid4(), quantity=quantity, until=now + MINUTES, now=now)
    assert states_of(shop) == ({0: quantity - 1} if quantity > 1 else {})


@pytest.mark.parametrize("quantity", [0, -1, 10_001, True, 2**70])
def test_odd_quantities_are_refused(shop: UUID, sku: UUID, now: datetime, quantity: int) -> None:
    with pytest.raises(InvalidQuantity):
        operations.take(shop_id=shop, sku_id=sku, holder_id=uuid4(), quantity=quantity, now=now)
    with pytest.raises(InvalidQuantity):
        operations.sell_reserved(shop_id=shop, holder_id=uuid4(), quantity=quantity, now=now)


def test_use_first_then_earliest_expiry_then_oldest(shop: UUID, sku: UUID, now: datetime) -> None:
    day = timedelta(days=1)
    load(shop, sku, [("n1", "NEVER-0001")], now)
    load(shop, sku, [("l1", "LATE-00001")], now, expires_at=now + 90 * day)
    load(shop, sku, [("s1", "SOON-00001")], now, expires_at=now + 30 * day)
    load(shop, sku, [("s2", "SOON-00002")], now + day, expires_at=now + 30 * day)
    load(shop, sku, [("f1", "FIRST-0001")], now, use_first=True)
    sold = []
    for _ in range(5):
        holder = uuid4()
        operations.take(shop_id=shop, sku_id=sku, holder_id=holder, quantity=1, now=now)
        sold += secrets_of(shop, holder, now)
    assert sold == ["FIRST-0001", "SOON-00001", "SOON-00002", "LATE-00001", "NEVER-0001"]


def test_many_codes_across_lots_with_their_costs(shop: UUID, sku: UUID, now: datetime) -> None:
    load(shop, sku, codes(3, prefix="AAAA"), now, unit_cost_minor=100)
    load(shop, sku, codes(3, prefix="BBBB"), now, unit_cost_minor=7)
    taken = operations.take(shop_id=shop, sku_id=sku, holder_id=uuid4(), quantity=5, now=now)
    assert taken == Taken(5, 314)


def test_expired_lots_are_not_sold_even_before_the_loop_saw_them(shop: UUID, sku: UUID, now: datetime) -> None:
    load(shop, sku, 2, now, expires_at=now + MINUTES)
    later = now + MINUTES
    assert queries.stock(shop, [sku], now)[sku].available == 2
    assert queries.stock(shop, [sku], later)[sku].available == 0
    with pytest.raises(OutOfStock):
        operations.take(shop_id=shop, sku_id=sku, holder_id=uuid4(), quantity=1, now=later)
    with pytest.raises(OutOfStock):
        # Would expire while it is promised.
        operations.reserve(shop_id=shop, sku_id=sku, holder_id=uuid4(), quantity=1, until=later, now=now)
    assert operations.expire_lots(now=later) == 1
    assert operations.expire_lots(now=later) == 0
    assert rows("SELECT state FROM vault_lot WHERE shop_id = %s", [shop]) == [("expired",)]
    assert queries.stock(shop, [sku], now)[sku].available == 0


def test_reserve_sell(shop: UUID, sku: UUID, now: datetime) -> None:
    load(shop, sku, 3, now)
    holder = uuid4()
    operations.reserve(shop_id=shop, sku_id=sku, holder_id=holder, quantity=2, until=now + MINUTES, now=now)
    assert queries.stock(shop, [sku], now) == {sku: StockLevel(1, 2, 0)}
    assert queries.held(shop, holder) == []
    assert secrets_of(shop, holder, now) == []
    assert operations.sell_reserved(shop_id=shop, holder_id=holder, quantity=2, now=now) == Taken(2, 200)
    assert queries.stock(shop, [sku], now) == {sku: StockLevel(1, 0, 2)}
    assert len(queries.held(shop, holder)) == 2
    with pytest.raises(ReservationLost):
        operations.sell_reserved(shop_id=shop, holder_id=holder, quantity=2, now=now)


@pytest.mark.parametrize("quantity", [1, 3])
def test_selling_another_number_than_reserved_sells_nothing(
    shop: UUID, sku: UUID, now: datetime, quantity: int
) -> None:
    load(shop, sku, 3, now)
    holder = uuid4()
    operations.reserve(shop_id=shop, sku_id=sku, holder_id=holder, quantity=2, until=now + MINUTES, now=now)
    with pytest.raises(ReservationLost):
        operations.sell_reserved(shop_id=shop, holder_id=holder, quantity=quantity, now=now)
    assert states_of(shop) == {0: 1, 1: 2}


def test_release_then_somebody_else(shop: UUID, sku: UUID, now: datetime) -> None:
    load(shop, sku, 2, now)
    holder = uuid4()
    operations.reserve(shop_id=shop, sku_id=sku, holder_id=holder, quantity=2, until=now + MINUTES, now=now)
    fold(now)
    assert operations.release(shop_id=shop, holder_id=holder, now=now) == 2
    assert operations.release(shop_id=shop, holder_id=holder, now=now) == 0
    assert queries.stock(shop, [sku], now) == {sku: StockLevel(2, 0, 0)}
    assert operations.take(shop_id=shop, sku_id=sku, holder_id=holder, quantity=2, now=now).count == 2


def test_codes_freed_behind_the_hint_are_found(shop: UUID, sku: UUID, now: datetime) -> None:
    load(shop, sku, 4, now)
    early, late = uuid4(), uuid4()
    operations.reserve(shop_id=shop, sku_id=sku, holder_id=early, quantity=2, until=now + MINUTES, now=now)
    fold(now)
    hint = rows("SELECT first_free_id FROM vault_lot WHERE shop_id = %s", [shop])[0][0]
    third = rows("SELECT id FROM vault_code WHERE shop_id = %s ORDER BY id OFFSET 2 LIMIT 1", [shop])[0][0]
    assert hint == third
    operations.release(shop_id=shop, holder_id=early, now=now)
    assert operations.take(shop_id=shop, sku_id=sku, holder_id=late, quantity=4, now=now).count == 4


def test_reservations_out_of_time_are_freed_after_a_grace(shop: UUID, sku: UUID, now: datetime) -> None:
    load(shop, sku, 2, now)
    holder = uuid4()
    operations.reserve(shop_id=shop, sku_id=sku, holder_id=holder, quantity=2, until=now + MINUTES, now=now)
    assert operations.expire_reservations(now=now + MINUTES + timedelta(seconds=30)) == 0
    assert operations.expire_reservations(limit=1, now=now + MINUTES + timedelta(seconds=31)) == 1
    with pytest.raises(ReservationLost):
        operations.sell_reserved(shop_id=shop, holder_id=holder, quantity=2, now=now)
    assert operations.expire_reservations(now=now + MINUTES + timedelta(seconds=31)) == 1
    assert queries.stock(shop, [sku], now) == {sku: StockLevel(2, 0, 0)}


@pytest.mark.parametrize("quantity", [1, 2])
def test_a_holder_claims_once(shop: UUID, sku: UUID, now: datetime, quantity: int) -> None:
    load(shop, sku, 5, now)
    holder = uuid4()
    operations.take(shop_id=shop, sku_id=sku, holder_id=holder, quantity=quantity, now=now)
    with pytest.raises(HolderHasCodes):
        operations.take(shop_id=shop, sku_id=sku, holder_id=holder, quantity=quantity, now=now)
    with pytest.raises(HolderHasCodes):
        operations.reserve(shop_id=shop, sku_id=sku, holder_id=holder, quantity=1, until=now + MINUTES, now=now)
    assert states_of(shop) == {0: 5 - quantity, 2: quantity}


def test_shops_do_not_see_each_other(shop: UUID, sku: UUID, now: datetime) -> None:
    load(shop, sku, 2, now)
    other, holder = uuid4(), uuid4()
    with pytest.raises(OutOfStock):
        operations.take(shop_id=other, sku_id=sku, holder_id=holder, quantity=1, now=now)
    operations.take(shop_id=shop, sku_id=sku, holder_id=holder, quantity=1, now=now)
    assert operations.reveal(shop_id=other, holder_id=holder, code_ids=None, now=now) == []
    assert queries.held(other, holder) == []
    assert queries.stock(other, [sku], now) == {}
    assert operations.release(shop_id=other, holder_id=holder, now=now) == 0
    assert operations.take_back(shop_id=other, holder_id=holder, now=now) == TakenBack(0, 0, 0)


def test_take_back_frees_what_nobody_saw(shop: UUID, sku: UUID, now: datetime) -> None:
    load(shop, sku, 4, now)
    holder = uuid4()
    operations.take(shop_id=shop, sku_id=sku, holder_id=holder, quantity=4, now=now)
    fold(now)
    assert rows("SELECT state FROM vault_lot WHERE shop_id = %s", [shop]) == [("drained",)]
    ids = [code.code_id for code in queries.held(shop, holder)]
    operations.reveal(shop_id=shop, holder_id=holder, code_ids=[ids[0]], now=now)
    assert operations.take_back(shop_id=shop, holder_id=holder, seen=[ids[1]], now=now) == TakenBack(2, 200, 2)
    assert rows("SELECT state FROM vault_lot WHERE shop_id = %s", [shop]) == [("open",)]
    assert queries.stock(shop, [sku], now) == {sku: StockLevel(2, 0, 2)}
    assert [code.code_id for code in queries.held(shop, holder)] == ids[:2]
    assert operations.take(shop_id=shop, sku_id=sku, holder_id=uuid4(), quantity=2, now=now).count == 2
    fold(now)


def test_drained_lots_leave_the_way_of_claims(shop: UUID, sku: UUID, now: datetime) -> None:
    load(shop, sku, codes(2, prefix="AAAA"), now)
    load(shop, sku, codes(2, prefix="BBBB"), now)
    operations.take(shop_id=shop, sku_id=sku, holder_id=uuid4(), quantity=2, now=now)
    fold(now)
    assert sorted(rows("SELECT state FROM vault_lot WHERE shop_id = %s", [shop])) == [("drained",), ("open",)]
    assert operations.take(shop_id=shop, sku_id=sku, holder_id=uuid4(), quantity=2, now=now).count == 2
    history = rows(
        "SELECT from_state, to_state FROM kernel_history WHERE shop_id = %s AND machine = 'vault.lot' ORDER BY at",
        [shop],
    )
    assert history.count(("open", "drained")) == 1
    fold(now)


def test_stock_counts_wait_for_commit(shop: UUID, sku: UUID, now: datetime) -> None:
    load(shop, sku, 2, now)
    with pytest.raises(RuntimeError), transaction.atomic():
        operations.take(shop_id=shop, sku_id=sku, holder_id=uuid4(), quantity=2, now=now)
        raise RuntimeError
    assert queries.stock(shop, [sku], now) == {sku: StockLevel(2, 0, 0)}
