"""Buyers with money on their balance: each order is placed and paid, and waits for what is to be bought."""

import threading
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from goodfor.kernel.clock import utc_now
from goodfor.ledger import operations as ledger
from goodfor.ledger.types import Entry, Line
from goodfor.orders.operations.open_wallet import open_wallet
from goodfor.orders.operations.pay_from_wallet import pay_from_wallet
from goodfor.orders.operations.place_order import place_order
from goodfor.orders.types import Buyer, LineRequest

BALANCE_MINOR = 1_000_000_000_00


@dataclass(frozen=True, slots=True)
class Bought:
    """An order that is paid. `paid_at`: by our clock, before the call."""

    order_id: UUID
    line_id: UUID
    quantity: int
    paid_at: datetime


class Buyers:
    """`count` of them: money is taken from one balance at a time, so that they do not wait for each other."""

    def __init__(self, shop_id: UUID, count: int = 16) -> None:
        self.shop_id = shop_id
        self.ids = [uuid4() for _ in range(count)]
        self._turn = 0
        self._lock = threading.Lock()
        for buyer in self.ids:
            wallet = open_wallet(shop_id=shop_id, buyer_id=buyer, currency="CNY", now=utc_now())
            paid = (Line("1002:bank:manual", BALANCE_MINOR), Line(wallet, -BALANCE_MINOR))
            entry = Entry(f"topup:soak-{buyer}", "top_up", paid, utc_now(), ("identity.buyer", buyer))
            ledger.post(shop_id=shop_id, currency="CNY", entries=(entry,), now=utc_now())

    def buy(self, sku_id: UUID, quantity: int = 1) -> Bought:
        """One line. Raises what placing and paying raise."""
        with self._lock:
            self._turn += 1
            buyer = self.ids[self._turn % len(self.ids)]
            address = f"10.{self._turn >> 16 & 255}.{self._turn >> 8 & 255}.{self._turn & 255}"
        placed = place_order(
            shop_id=self.shop_id, lines=[LineRequest(sku_id, quantity)], buyer=Buyer(f"soak:{uuid4()}", ip=address),
            channel="storefront", now=utc_now(),
        )  # fmt: skip
        paid_at = utc_now()
        pay_from_wallet(shop_id=self.shop_id, order_id=placed.order_id, buyer_id=buyer, now=paid_at)
        return Bought(placed.order_id, placed.lines[0].line_id, quantity, paid_at)
