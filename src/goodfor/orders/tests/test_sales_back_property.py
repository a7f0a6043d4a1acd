"""Refunds in any order take of every discount its part along: each step exact, and at the end all of it.

Orders with several campaigns and a gift, reckoned without a database; a few in every run, `goodfor soak promotions`
takes 20,000 (`orders/tests/test_offer_refunds.py` does the same in the books).
"""

import os
import random
from collections import Counter
from typing import Final
from uuid import UUID

import pytest

from goodfor.orders import sales_back, store
from goodfor.orders.accounts import Discounts
from goodfor.orders.types import LineRow

SCALE: Final = float(os.environ.get("GOODFOR_SOAK_SCALE", "1"))
FIRST: Final = int(os.environ.get("GOODFOR_SOAK_FIRST", "1000000"))
LONG: Final = max(1, round(20_000 * SCALE))
SHOP, ORDER = UUID(int=1), UUID(int=2)


def some_lines(luck: random.Random) -> tuple[list[LineRow], Discounts]:
    """One to four lines, and now and then a gift; each with the discounts of up to three campaigns."""
    lines, off = [], {}
    for n in range(luck.randint(1, 4)):
        quantity, price = luck.randint(1, 5), luck.choice([1, 3, 99, 101, 997, 3333, 12_000])
        room = quantity * (price - 1)
        by = {}
        for campaign in range(luck.randint(0, 3)):
            minor = min(room, luck.choice([1, 2, 7, 99, 500, 2500]))
            if minor:
                by[UUID(int=campaign + 10)] = minor
                room -= minor
        line = LineRow(UUID(int=100 + n), UUID(int=200 + n), quantity, price, None, discount_minor=sum(by.values()))
        lines.append(line)
        off[line.id] = by
    if luck.random() < 0.4:
        gift = LineRow(UUID(int=99), UUID(int=99), 2, 750, None, discount_minor=1500, gift=True)
        lines.append(gift)
        off[gift.id] = {UUID(int=10): 1500}
    return lines, off


def history(luck: random.Random, monkeypatch: pytest.MonkeyPatch) -> None:
    lines, off = some_lines(luck)
    sold = {line.id: line.net_minor for line in lines}
    back = dict.fromkeys(sold, 0)
    given: Counter[tuple[UUID, UUID]] = Counter()
    monkeypatch.setattr(store, "lines_of", lambda *_: lines)
    monkeypatch.setattr(store, "discounts_of", lambda *_: off)
    monkeypatch.setattr(sales_back, "_booked", lambda *_: (dict(sold), dict(back)))
    left, ends = sum(sold.values()), luck.random() < 0.7
    for _ in range(luck.randint(1, 7)):
        if left <= 1:
            break
        amount, of = luck.randint(1, max(1, min(left - 1, luck.choice([1, 3, 101, 5000])))), None
        if luck.random() < 0.5:
            of = luck.choice([line.id for line in lines if not line.gift])
        _step(sales_back.sales_back(SHOP, ORDER, amount, of), amount, sold, back, given, off)
        left -= amount
    if ends:
        _step(sales_back.sales_back(SHOP, ORDER, left), left, sold, back, given, off)
        assert back == sold
        assert given == {(line, campaign): minor for line, by in off.items() for campaign, minor in by.items()}


def _step(
    parts: list[sales_back.LineBack], amount: int, sold: dict[UUID, int], back: dict[UUID, int],
    given: Counter[tuple[UUID, UUID]], off: Discounts,
) -> None:  # fmt: skip
    """One refund is its parts; none takes more back than there is, and of each discount what its price took."""
    assert sum(one.minor for one in parts) == amount
    for one in parts:
        assert one.minor >= 0
        back[one.line.id] += one.minor
        assert back[one.line.id] <= sold[one.line.id]
        for campaign, minor in one.discounts.items():
            assert minor >= 0
            given[one.line.id, campaign] += minor
    for line, by in off.items():
        # A gift has no price: it goes as the whole order goes.
        of, since = (sold[line], back[line]) if sold[line] else (sum(sold.values()), sum(back.values()))
        for campaign, minor in by.items():
            assert given[line, campaign] == minor * since // of


def test_each_refund_takes_its_part_of_every_discount(monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in range(300):
        history(random.Random(seed), monkeypatch)


@pytest.mark.soak
def test_twenty_thousand_histories_of_refunds_end_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in range(FIRST, FIRST + LONG):
        history(random.Random(seed), monkeypatch)
