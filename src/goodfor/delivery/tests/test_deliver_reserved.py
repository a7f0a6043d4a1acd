"""Delivery of what was reserved: those very codes; where the reservation is lost, free ones; else nothing."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from goodfor.delivery.operations import deliver_reserved
from goodfor.delivery.tests.factories import HOLD, Stocked, bought, held, levels, line, refused, reserved, stocked
from goodfor.delivery.types import Delivered, ToDeliver
from goodfor.vault import operations as vault
from goodfor.vault.errors import HolderHasCodes, InvalidQuantity, OutOfStock
from goodfor.vault.tests.factories import rows
from goodfor.vault.types import Taken

pytestmark = pytest.mark.django_db(transaction=True)


def codes_of(of: Stocked, made: ToDeliver) -> list[UUID]:
    return [
        code_id
        for (code_id,) in rows(
            "SELECT id FROM vault_code WHERE shop_id = %s AND holder_id = %s ORDER BY id", [of.shop_id, made.line_id]
        )
    ]


def test_the_reserved_codes_themselves_are_sold(now: datetime) -> None:
    shop = stocked(6, now, unit_cost_minor=800)
    reserved(shop, now, 1)
    made = reserved(shop, now, 3)
    promised = codes_of(shop, made)
    assert deliver_reserved(shop_id=shop.shop_id, lines=[made], now=now) == [
        Delivered(made.line_id, shop.sku_id, Taken(3, 2400))
    ]
    assert codes_of(shop, made) == promised
    assert levels(shop, now) == (2, 1, 3)
    assert rows("SELECT count(*) FROM vault_code WHERE sold_at = %s AND reserved_until IS NULL", [now]) == [(3,)]
    assert rows("SELECT count(*) FROM delivery_reveal") == [(0,)]


def test_every_line_gets_its_own(now: datetime) -> None:
    shops = [stocked(4, now, unit_cost_minor=1)]
    shops += [stocked(4, now, shop_id=shops[0].shop_id, unit_cost_minor=cost) for cost in (20, 300)]
    lines = [reserved(of, now, quantity) for of, quantity in zip(shops, (1, 2, 3), strict=True)]
    # One of them ran out: it takes free codes, the others what they hold.
    vault.release(shop_id=shops[1].shop_id, holder_id=lines[1].line_id, now=now)
    done = deliver_reserved(shop_id=shops[0].shop_id, lines=lines[::-1], now=now)
    assert {made.line_id: made.taken for made in done} == {
        lines[0].line_id: Taken(1, 1), lines[1].line_id: Taken(2, 40), lines[2].line_id: Taken(3, 900),
    }  # fmt: skip
    assert [made.sku_id for made in done] == sorted(of.sku_id for of in shops)
    assert [levels(of, now) for of in shops] == [(3, 0, 1), (2, 0, 2), (1, 0, 3)]


def test_a_reservation_past_its_time_that_nobody_released_still_sells(now: datetime) -> None:
    shop = stocked(2, now)
    made = reserved(shop, now, 2)
    late = now + HOLD + timedelta(seconds=90)
    deliver_reserved(shop_id=shop.shop_id, lines=[made], now=late)
    assert levels(shop, late) == (0, 0, 2)


def test_a_released_reservation_takes_free_codes(now: datetime) -> None:
    shop = stocked(3, now)
    made = reserved(shop, now, 2)
    # The vault itself frees it half a minute after its end.
    late = now + HOLD + timedelta(seconds=31)
    assert vault.expire_reservations(now=late) == 2
    assert levels(shop, late) == (3, 0, 0)
    [done] = deliver_reserved(shop_id=shop.shop_id, lines=[made], now=late)
    assert done.taken == Taken(2, 200)
    assert (held(shop, [made]), levels(shop, late)) == ([2], (1, 0, 2))


@pytest.mark.parametrize("quantity", [1, 2, 4, 5])
def test_a_reservation_of_another_size_is_given_back_first(now: datetime, quantity: int) -> None:
    shop = stocked(5, now)
    kept = reserved(shop, now, 3)
    [done] = deliver_reserved(shop_id=shop.shop_id, lines=[ToDeliver(kept.line_id, shop.sku_id, quantity)], now=now)
    assert done.taken == Taken(quantity, 100 * quantity)
    assert (held(shop, [kept]), levels(shop, now)) == ([quantity], (5 - quantity, 0, quantity))


def test_a_code_that_became_suspect_is_replaced(now: datetime) -> None:
    shop = stocked(3, now)
    made = reserved(shop, now, 2)
    suspect = codes_of(shop, made)[0]
    vault.quarantine_codes(shop_id=shop.shop_id, code_ids=[suspect], reason="t", actor="t", now=now)
    deliver_reserved(shop_id=shop.shop_id, lines=[made], now=now)
    assert suspect not in codes_of(shop, made)
    assert (held(shop, [made]), levels(shop, now)) == ([2], (0, 0, 2))


def test_codes_that_expired_in_the_reservation_are_not_sold(now: datetime) -> None:
    shop = stocked(2, now, expires_at=now + timedelta(hours=1))
    made = reserved(shop, now, 2)
    with refused(OutOfStock, sku_id=str(shop.sku_id), quantity=2):
        deliver_reserved(shop_id=shop.shop_id, lines=[made], now=now + timedelta(hours=1))
    assert codes_of(shop, made) != []


def test_a_line_without_a_reservation_takes_free_codes(now: datetime) -> None:
    shop = stocked(2, now)
    made = line(shop, 2)
    deliver_reserved(shop_id=shop.shop_id, lines=[made], now=now)
    assert (held(shop, [made]), levels(shop, now)) == ([2], (0, 0, 2))


def test_a_shortage_leaves_everything_as_it_was(now: datetime) -> None:
    """What was sold or released for the lines before is undone, even where the caller goes on."""
    rich = stocked(5, now)
    poor = stocked(2, now, shop_id=rich.shop_id)
    kept, lost = reserved(rich, now, 2), line(poor, 3)
    for lines in ([kept, lost], [lost, kept], [reserved(poor, now, 1), lost, kept]):
        with refused(OutOfStock, sku_id=str(poor.sku_id), quantity=3):
            deliver_reserved(shop_id=rich.shop_id, lines=lines, now=now)
    assert levels(rich, now) == (3, 2, 0)
    with transaction.atomic():
        with pytest.raises(OutOfStock):
            deliver_reserved(shop_id=rich.shop_id, lines=[kept, lost], now=now)
        # The caller's transaction is alive: it can begin the refund, or deliver what it can.
        deliver_reserved(shop_id=rich.shop_id, lines=[kept], now=now)
    assert (levels(rich, now), levels(poor, now)) == ((3, 0, 2), (1, 1, 0))


def test_a_reservation_too_small_stays_when_there_is_no_more(now: datetime) -> None:
    shop = stocked(3, now)
    made = reserved(shop, now, 2)
    with refused(OutOfStock, sku_id=str(shop.sku_id), quantity=4):
        deliver_reserved(shop_id=shop.shop_id, lines=[ToDeliver(made.line_id, shop.sku_id, 4)], now=now)
    assert levels(shop, now) == (1, 2, 0)


def test_a_line_is_delivered_once(now: datetime) -> None:
    shop = stocked(8, now)
    made = reserved(shop, now, 2)
    deliver_reserved(shop_id=shop.shop_id, lines=[made], now=now)
    for again in (made, bought(shop, now, 1), ToDeliver(made.line_id, shop.sku_id, 1)):
        with refused(HolderHasCodes, holder_id=str(again.line_id)):
            deliver_reserved(shop_id=shop.shop_id, lines=[again], now=now)
    with refused(HolderHasCodes, holder_id=str(made.line_id)):
        deliver_reserved(shop_id=shop.shop_id, lines=[line(shop, 2), made], now=now)
    assert levels(shop, now) == (5, 0, 3)


@pytest.mark.parametrize("quantity", [0, -1, 10_001])
def test_a_quantity_that_cannot_be_is_refused(now: datetime, quantity: int) -> None:
    shop = stocked(2, now)
    kept = reserved(shop, now)
    with refused(InvalidQuantity, limit=10_000):
        deliver_reserved(shop_id=shop.shop_id, lines=[ToDeliver(kept.line_id, shop.sku_id, quantity)], now=now)


def test_reservations_of_another_shop_are_not_sold_or_released(now: datetime) -> None:
    shop, other = stocked(2, now), stocked(2, now)
    theirs = reserved(other, now, 2)
    for shop_id in (shop.shop_id, uuid4()):
        with refused(OutOfStock, sku_id=str(other.sku_id), quantity=2):
            deliver_reserved(shop_id=shop_id, lines=[theirs], now=now)
    assert levels(other, now) == (0, 2, 0)
    # A line of the same id in this shop is another line.
    deliver_reserved(shop_id=shop.shop_id, lines=[ToDeliver(theirs.line_id, shop.sku_id, 2)], now=now)
    assert (levels(shop, now), levels(other, now)) == ((0, 0, 2), (0, 2, 0))


def test_no_lines_need_nothing(now: datetime) -> None:
    assert deliver_reserved(shop_id=uuid4(), lines=[], now=now) == []
