"""Codes out of a buyer's hands, and what was reserved under one name sold to another."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection

from goodfor.kernel.errors import DomainError
from goodfor.kernel.statemachine import IllegalTransition
from goodfor.vault import operations, queries
from goodfor.vault.errors import CodeNotFound, ReservationLost
from goodfor.vault.tests.factories import fold, load, rows, states_of
from goodfor.vault.types import StockLevel, Taken

pytestmark = pytest.mark.django_db(transaction=True)
LATER = timedelta(minutes=15)


def pull(shop: UUID, code_ids: list[UUID], now: datetime) -> int:
    return operations.pull_codes(shop_id=shop, code_ids=code_ids, reason="bad", actor="staff:1", now=now)


def sold(shop: UUID, sku: UUID, count: int, now: datetime) -> tuple[UUID, list[UUID]]:
    holder = uuid4()
    operations.take(shop_id=shop, sku_id=sku, holder_id=holder, quantity=count, now=now)
    return holder, [code.code_id for code in queries.held(shop, holder)]


def test_pulled_codes_are_out_of_sight_and_stay_on_record(shop: UUID, sku: UUID, now: datetime) -> None:
    load(shop, sku, 4, now)
    holder, ids = sold(shop, sku, 3, now)
    operations.reveal(shop_id=shop, holder_id=holder, code_ids=[ids[0]], now=now)
    assert pull(shop, ids[:2], now) == 2
    assert [code.code_id for code in queries.held(shop, holder)] == ids[2:]
    assert [(one.code_id, one.revealed_at) for one in queries.set_aside(shop, [holder])] == [
        (ids[0], now), (ids[1], None),
    ]  # fmt: skip
    assert queries.bought(shop, [holder], ids) == set(ids)
    assert queries.bought(shop, [uuid4()], ids) == set()
    assert operations.reveal(shop_id=shop, holder_id=holder, code_ids=ids[:2], now=now) == []
    assert operations.take_back(shop_id=shop, holder_id=holder, now=now).count == 1
    # The same again, and after it was written off: nothing more.
    operations.void_codes(shop_id=shop, code_ids=ids[:1], reason="x", actor="staff:1", now=now)
    assert pull(shop, ids[:2], now) == 0
    assert queries.origin(shop, ids)[ids[0]].state == "void"
    assert queries.origin(shop, ids)[ids[1]].state == "quarantined"
    fold(now)
    assert queries.stock(shop, [sku], now) == {sku: StockLevel(2, 0, 0)}
    assert states_of(shop) == {0: 2, 3: 1, 4: 1}
    actions = rows(
        "SELECT data->>'count' FROM kernel_audit WHERE shop_id = %s AND action = 'vault.codes_pulled'", [shop]
    )
    assert actions == [("2",)]


def test_what_nobody_bought_is_not_pulled(shop: UUID, sku: UUID, now: datetime) -> None:
    load(shop, sku, 2, now)
    holder, [mine] = sold(shop, sku, 1, now)
    [(free,)] = rows("SELECT id FROM vault_code WHERE shop_id = %s AND state = 0", [shop])
    for asked, error in (([mine, free], IllegalTransition), ([mine, uuid4()], CodeNotFound)):
        with pytest.raises(error):
            pull(shop, asked, now)
    with pytest.raises(CodeNotFound):
        pull(uuid4(), [mine], now)
    assert pull(shop, [], now) == 0
    assert [code.code_id for code in queries.held(shop, holder)] == [mine]
    assert states_of(shop) == {0: 1, 2: 1}


def test_handed_over_on_top_of_what_one_holds(shop: UUID, sku: UUID, now: datetime) -> None:
    load(shop, sku, 5, now)
    line, before = sold(shop, sku, 2, now)
    claim = uuid4()
    operations.reserve(shop_id=shop, sku_id=sku, holder_id=claim, quantity=2, until=now + LATER, now=now)
    new = queries.reserved_codes(shop, claim)

    def hand_over(quantity: int) -> Taken:
        return operations.hand_over(shop_id=shop, from_holder=claim, to_holder=line, quantity=quantity, now=now)

    with pytest.raises(ReservationLost):
        hand_over(1)
    assert queries.reserved_codes(shop, claim) == new
    assert hand_over(2).count == 2
    assert [code.code_id for code in queries.held(shop, line)] == [*before, *new]
    with pytest.raises(ReservationLost):
        hand_over(2)
    fold(now)
    assert queries.stock(shop, [sku], now) == {sku: StockLevel(1, 0, 4)}


def test_a_suspect_code_is_not_handed_over(shop: UUID, sku: UUID, now: datetime) -> None:
    batch = load(shop, sku, 2, now).batch
    claim, line = uuid4(), uuid4()
    operations.reserve(shop_id=shop, sku_id=sku, holder_id=claim, quantity=1, until=now + LATER, now=now)
    operations.quarantine_lots(shop_id=shop, batch_id=batch.id, reason="x", actor="staff:1", now=now)
    with pytest.raises(ReservationLost):
        operations.hand_over(shop_id=shop, from_holder=claim, to_holder=line, quantity=1, now=now)
    assert states_of(shop) == {0: 1, 1: 1}


def test_pulled_or_shown_or_back_on_the_shelf(shop: UUID, sku: UUID, now: datetime) -> None:
    """Side by side on one code, many times: it is never shown after it was free, and never free and suspect."""
    load(shop, sku, 40, now)
    for _ in range(20):
        holder, [code] = sold(shop, sku, 1, now)

        def act(name: str, holder: UUID = holder, code: UUID = code) -> str:
            try:
                if name == "pull":
                    pull(shop, [code], now)
                elif name == "reveal":
                    return str(len(operations.reveal(shop_id=shop, holder_id=holder, code_ids=[code], now=now)))
                elif name == "back":
                    return str(operations.take_back(shop_id=shop, holder_id=holder, now=now).count)
                else:
                    operations.quarantine_codes(shop_id=shop, code_ids=[code], reason="x", actor="s", now=now)
            except DomainError as error:
                return error.code
            finally:
                connection.close()
            return "done"

        with ThreadPoolExecutor(4) as pool:
            said = dict(zip(names := ("pull", "reveal", "back", "void"), pool.map(act, names), strict=True))
        [(state, shown)] = rows(
            "SELECT state, revealed_at IS NOT NULL FROM vault_code WHERE shop_id = %s AND id = %s", [shop, code]
        )
        if said["back"] == "1":
            assert (said["reveal"], shown) == ("0", False)
            assert said["pull"] == "illegal_transition"
        else:
            assert state == 3
            assert shown == (said["reveal"] == "1")
    fold(now)
    counted = rows(
        "SELECT sum(free), sum(reserved), sum(sold), sum(quarantined) FROM vault_lot WHERE shop_id = %s", [shop]
    )[0]
    found = states_of(shop)
    assert tuple(counted) == tuple(found.get(state, 0) for state in range(4))
