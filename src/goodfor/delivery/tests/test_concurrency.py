"""Races in delivery: no code twice, no line half delivered, no showing unwritten, no deadlock."""

import time
from collections import Counter
from datetime import datetime
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from goodfor.delivery.operations import deliver_now, deliver_reserved, reveal
from goodfor.delivery.queries import masked_codes
from goodfor.delivery.tests.factories import Stocked, bought, held, levels, line, race, reserved, stocked
from goodfor.vault import operations as vault
from goodfor.vault import queries as stock
from goodfor.vault.errors import OutOfStock
from goodfor.vault.tests.factories import rows

pytestmark = pytest.mark.django_db(transaction=True)


def show(of: Stocked, holders: list[UUID], now: datetime, actor: str = "t", code_ids: list[UUID] | None = None) -> int:
    shown = reveal(
        shop_id=of.shop_id, subject=("order", holders[0]), holder_ids=holders, code_ids=code_ids, actor=actor,
        ip="192.0.2.1", now=now,
    )  # fmt: skip
    return len(shown)


def showings(of: Stocked) -> Counter[UUID]:
    """How often each code was written down as shown."""
    return Counter(code for (code,) in rows("SELECT code_id FROM delivery_reveal WHERE shop_id = %s", [of.shop_id]))


def audits() -> list[tuple[int, int]]:
    """(count of codes, number of audit lines that say so)."""
    return rows(
        "SELECT (data->>'count')::int, count(*) FROM kernel_audit WHERE action = 'codes_revealed' GROUP BY 1 ORDER BY 1"
    )


# -- delivering -------------------------------------------------------------------------------------


def test_forty_lines_race_for_twenty_codes(now: datetime) -> None:
    shop = stocked(20, now)
    lines = [line(shop) for _ in range(40)]

    def buy(number: int) -> str:
        with transaction.atomic():
            deliver_now(shop_id=shop.shop_id, lines=[lines[number]], now=now)
        return "delivered"

    assert race(40, buy) == {"delivered": 20, "out_of_stock": 20}
    assert Counter(held(shop, lines)) == {1: 20, 0: 20}
    assert levels(shop, now) == (0, 0, 20)


def test_orders_of_two_skus_get_both_or_neither(now: datetime) -> None:
    """Half of them name the SKUs the other way round."""
    first = stocked(20, now)
    second = stocked(9, now, shop_id=first.shop_id)
    orders = [[line(first, 2), line(second, 2)] for _ in range(16)]

    def buy(number: int) -> str:
        lines = orders[number] if number % 2 else orders[number][::-1]
        for _attempt in range(100):
            try:
                with transaction.atomic():
                    deliver_now(shop_id=first.shop_id, lines=lines, now=now)
            except OutOfStock:
                # Codes that another buyer held for a moment may be free again.
                time.sleep(0.01)
            else:
                return "delivered"
        return "out_of_stock"

    assert race(16, buy) == {"delivered": 4, "out_of_stock": 12}
    assert Counter(tuple(held(first, lines)) for lines in orders) == {(2, 2): 4, (0, 0): 12}
    assert (levels(first, now), levels(second, now)) == ((12, 0, 8), (1, 0, 8))


def test_one_reserved_line_is_delivered_once(now: datetime) -> None:
    shop = stocked(10, now)
    made = reserved(shop, now, 3)

    def deliver(_: int) -> str:
        deliver_reserved(shop_id=shop.shop_id, lines=[made], now=now)
        return "delivered"

    assert race(12, deliver) == {"delivered": 1, "holder_has_codes": 11}
    assert (held(shop, [made]), levels(shop, now)) == ([3], (7, 0, 3))


def test_money_against_the_end_of_the_reservation(now: datetime) -> None:
    """Delivery and release meet: each line ends with exactly its codes, from its reservation or from free stock."""
    shop = stocked(24, now)
    lines = [reserved(shop, now, 2) for _ in range(12)]

    def act(number: int) -> str:
        made = lines[number % 12]
        if number >= 12:
            vault.release(shop_id=shop.shop_id, holder_id=made.line_id, now=now)
            return "released"
        for _attempt in range(100):
            try:
                deliver_reserved(shop_id=shop.shop_id, lines=[made], now=now)
            except OutOfStock:
                time.sleep(0.01)
            else:
                return "delivered"
        return "out_of_stock"

    assert race(24, act) == {"delivered": 12, "released": 12}
    assert held(shop, lines) == [2] * 12
    assert levels(shop, now) == (0, 0, 24)


def test_reserved_and_free_at_once_sell_what_is_there(now: datetime) -> None:
    shop = stocked(30, now)
    waiting = [reserved(shop, now, 2) for _ in range(10)]
    walk_in = [line(shop) for _ in range(20)]

    def act(number: int) -> str:
        if number < 10:
            deliver_reserved(shop_id=shop.shop_id, lines=[waiting[number]], now=now)
            return "reserved"
        with transaction.atomic():
            deliver_now(shop_id=shop.shop_id, lines=[walk_in[number - 10]], now=now)
        return "walk-in"

    answers = race(30, act)
    assert answers["reserved"] == 10
    assert (answers["walk-in"], answers["out_of_stock"]) == (10, 10)
    assert held(shop, waiting) == [2] * 10
    assert sum(held(shop, walk_in)) == 10
    assert levels(shop, now) == (0, 0, 30)


# -- showing ----------------------------------------------------------------------------------------


def test_the_same_codes_shown_many_times_at_once(now: datetime) -> None:
    """Each showing has its rows and its audit line, and the codes were first seen once."""
    shop = stocked(4, now)
    made = bought(shop, now, 3).line_id
    assert race(16, lambda number: f"shown {show(shop, [made], now, f'guest:{number}')}") == {"shown 3": 16}
    assert set(showings(shop).values()) == {16}
    assert len(showings(shop)) == 3
    assert audits() == [(3, 16)]
    assert rows("SELECT actor, count(*) FROM delivery_reveal GROUP BY actor ORDER BY actor") == sorted(
        (f"guest:{number}", 3) for number in range(16)
    )
    assert [code.revealed_at for code in masked_codes(shop.shop_id, [made])] == [now] * 3


def test_lines_asked_for_in_opposite_orders_do_not_lock_each_other_out(now: datetime) -> None:
    shop = stocked(60, now)
    lines = [bought(shop, now, 20).line_id for _ in range(3)]

    def act(number: int) -> str:
        holders = lines if number % 2 else lines[::-1]
        return f"shown {sum(show(shop, holders, now) for _ in range(4))}"

    assert race(12, act) == {"shown 240": 12}
    assert set(showings(shop).values()) == {48}
    assert audits() == [(60, 48)]


def test_right_and_wrong_askers_at_once(now: datetime) -> None:
    """The wrong ones leave no trace, whatever the right ones do meanwhile."""
    shop, other = stocked(3, now), stocked(1, now)
    made, theirs = bought(shop, now, 3).line_id, bought(other, now).line_id
    codes = [code.code_id for code in stock.held(shop.shop_id, made)]

    def act(number: int) -> str:
        if number % 4 == 0:
            return f"shown {show(shop, [made], now, code_ids=codes[:2])}"
        if number % 4 == 1:
            return f"shown {show(shop, [made], now, code_ids=[codes[2], uuid4()])}"
        if number % 4 == 2:
            return f"shown {show(other, [made], now)}"
        return f"shown {show(other, [theirs], now, code_ids=codes)}"

    assert race(16, act) == {"shown 2": 4, "code_not_held": 12}
    assert showings(shop) == {codes[0]: 4, codes[1]: 4}
    assert showings(other) == {}
    assert audits() == [(2, 4)]
    assert rows("SELECT id FROM vault_code WHERE revealed_at IS NOT NULL ORDER BY id") == [(codes[0],), (codes[1],)]


def test_showing_against_taking_back(now: datetime) -> None:
    """A refund takes what nobody has seen; what was shown stays sold and is written down."""
    shop = stocked(20, now)
    made = bought(shop, now, 20).line_id
    codes = [code.code_id for code in stock.held(shop.shop_id, made)]

    def act(number: int) -> str:
        if number == 0:
            return f"back {vault.take_back(shop_id=shop.shop_id, holder_id=made, now=now).count}"
        return f"shown {show(shop, [made], now, code_ids=[codes[number]])}"

    answers = race(20, act)
    back = next(int(answer.split()[1]) for answer in answers if answer.startswith("back"))
    assert answers["shown 1"] + back == 20
    assert answers["code_not_held"] == 19 - answers["shown 1"]
    assert set(showings(shop)) == {code.code_id for code in stock.held(shop.shop_id, made)}
    assert set(showings(shop).values()) <= {1}
    assert levels(shop, now) == (back, 0, answers["shown 1"])
