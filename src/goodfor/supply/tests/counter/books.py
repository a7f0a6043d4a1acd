"""A supplier's books: one account with money, items with stock, orders by our number, codes each issued once."""

import random
import secrets
import threading
import time
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


@dataclass
class Item:
    """Something that is sold. `kind`: card or direct."""

    id: str
    name: str
    cost: Decimal
    stock: int = 1_000_000
    kind: str = "card"
    state: str = "on"
    form: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Order:
    """A purchase. `state`: waiting, done or failed; goods are there from `ready_at` on."""

    number: str
    ref: str
    item: Item
    quantity: int
    charged: Decimal
    placed_at: float
    ready_at: float
    notify_url: str = ""
    form: dict[str, str] = field(default_factory=dict)
    state: str = "waiting"
    refunded: Decimal = Decimal(0)
    codes: list[tuple[str, str]] = field(default_factory=list)
    word: str = ""


class Refusal(Exception):
    """The site says no. `why`: balance, stock, off_sale, price, duplicate, request."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


@dataclass
class Faults:
    """Switches. Each number is how many of the next matching calls it meets; chances are of one, for storms."""

    #: The order is made and paid for, the answer never comes; or never made.
    lose_after: int = 0
    lose_before: int = 0
    html_502: int = 0
    refuse: int = 0
    refuse_why: str = "stock"
    #: Questions: "not found" so many times, or a word nobody knows.
    not_found: int = 0
    strange_word: int = 0
    #: Seconds until goods are there; None: at once. `never`: not at all.
    delay: float = 0.0
    never: bool = False
    fail_later: int = 0
    #: Codes of the next orders: so many too few or too many, one that was issued before, dirt around them.
    too_few: int = 0
    too_many: int = 0
    repeat_code: int = 0
    dirty: int = 0
    dead: bool = False
    chances: dict[str, float] = field(default_factory=dict)


class Site:
    """One supplier. All methods are safe for threads."""

    def __init__(self, name: str, *, money: Decimal = Decimal(1_000_000), seed: int = 1) -> None:
        self.name = name
        self.key = f"key-of-{name}-0001"
        self.lock = threading.RLock()
        self.opening = self.money = money
        self.items: dict[str, Item] = {}
        self.orders: dict[str, Order] = {}
        self.issued: list[str] = []
        self.faults = Faults()
        self.calls: list[str] = []
        self.dice = random.Random(seed)
        self.refs = 0

    def meets(self, name: str) -> bool:
        """Whether this call meets a fault: one of the next, or by chance."""
        with self.lock:
            left = getattr(self.faults, name)
            if left:
                setattr(self.faults, name, left - 1)
                return True
            return self.dice.random() < self.faults.chances.get(name, 0.0)

    def buy(
        self, number: str, item_id: str, quantity: int, most_unit: Decimal | None, *, notify_url: str = "",
        form: dict[str, str] | None = None,
    ) -> Order:  # fmt: skip
        """Charge, and issue now or later. Raises Refusal."""
        with self.lock:
            if number in self.orders:
                raise Refusal("duplicate")
            if self.meets("refuse"):
                raise Refusal(self.faults.refuse_why)
            item = self.items.get(item_id)
            if item is None or item.state != "on":
                raise Refusal("off_sale")
            if most_unit is not None and item.cost > most_unit:
                raise Refusal("price")
            if item.stock < quantity:
                raise Refusal("stock")
            total = item.cost * quantity
            if self.money < total:
                raise Refusal("balance")
            self.refs += 1
            now = time.monotonic()
            ready = float("inf") if self.faults.never else now + self.faults.delay
            order = Order(
                number, f"S{self.name}{self.refs:08d}", item, quantity, total, now, ready, notify_url, form or {}
            )
            self.money -= total
            item.stock -= quantity
            self.orders[number] = order
            self.ripen(order)
            return order

    def ripen(self, order: Order) -> None:
        """Issue what is due."""
        with self.lock:
            if order.state != "waiting" or time.monotonic() < order.ready_at:
                return
            if self.meets("fail_later"):
                self.give_back(order, order.charged)
                order.state = "failed"
                return
            order.state = "done"
            if order.item.kind == "card":
                order.codes = self._codes(order.quantity)

    def _codes(self, count: int) -> list[tuple[str, str]]:
        if self.meets("too_few"):
            count -= 1
        if self.meets("too_many"):
            count += 1
        codes = [(f"N{secrets.token_hex(5).upper()}", f"C{secrets.token_hex(9).upper()}") for _ in range(count)]
        if codes and self.issued and self.meets("repeat_code"):
            codes[0] = ("", self.dice.choice(self.issued))
        self.issued += [secret for _number, secret in codes]
        if codes and self.meets("dirty"):
            codes[0] = ("", f"\ufeff {codes[0][1]}\r\n")
        return codes

    def give_back(self, order: Order, amount: Decimal) -> None:
        """Money of an order returns."""
        with self.lock:
            order.refunded += amount
            self.money += amount

    def find(self, number: str) -> Order | None:
        """By our number."""
        with self.lock:
            order = self.orders.get(number)
            if order is not None:
                self.ripen(order)
            return order

    @property
    def spent(self) -> Decimal:
        """What orders cost, less what came back: always what is missing of the opening balance."""
        with self.lock:
            total = sum((order.charged - order.refunded for order in self.orders.values()), Decimal(0))
            assert self.opening - self.money == total
            return total
