"""A shop with two suppliers of one protocol, the second a little dearer, and what must be true at the end of a cell."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from goodfor.catalog import queries as catalog
from goodfor.catalog.operations import create_sku
from goodfor.cli import world
from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.kernel.tests.snapshot import start_from
from goodfor.sandbox.suppliers.server import StandIn, SupplierSandbox
from goodfor.sandbox.suppliers.types import Order
from goodfor.supply import entries, queries, states
from goodfor.supply.operations.ask import ask_due
from goodfor.supply.operations.buy_due import buy_due
from goodfor.supply.operations.connect_supplier import Contract
from goodfor.supply.operations.sync import read_hinted, sweep
from goodfor.supply.providers.base import Descriptor
from goodfor.supply.providers.registry import connector_for
from goodfor.supply.purchase_models import Attempt, Want
from goodfor.supply.tests.market import ITEM, PRICE, Market, on_time, rows, settle_down
from goodfor.supply.tests.scenarios.kits import Kit, kit_of
from goodfor.supply.tests.scenarios.listener import Listener

COSTS: Final = {"anna": Decimal("4.00"), "bert": Decimal("4.50")}
MONEY: Final = Decimal(1000)
#: Of suppliers without a guard: prices move as far in no scenario.
SURPRISE_MINOR: Final = 10_000
#: Reasons of purchases that were paid for and brought nothing good.
_BAD: Final = frozenset({"doubles", "bad_codes", "too_few"})
_MOST_STEPS: Final = 60
#: Seconds until what was only accepted is asked about for the first time, and a little more.
_FIRST: Final = 1.5


@dataclass(frozen=True)
class _World:
    """What is kept of a market between cells: ids and names, by the suppliers' names."""

    shop: UUID
    sku: UUID
    ids: dict[str, UUID]
    sites: dict[str, str]


@dataclass
class Stall:
    """`a` is cheaper than `b`. What happened there before this cell does not count."""

    market: Market
    protocol: str
    number: int
    kit: Kit
    about: Descriptor
    listener: Listener
    #: Rows of the stand-ins' books from which this cell counts.
    marks: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def a(self) -> StandIn:
        return self.market.sites["anna"]

    @property
    def b(self) -> StandIn:
        return self.market.sites["bert"]

    def end(self, usual: str) -> str:
        """Where this scenario ends at this protocol."""
        other = self.kit.ends.get(self.number)
        return usual if other is None else other.word

    # -- steps ---------------------------------------------------------------------------------------

    def want(self, quantity: int = 1) -> UUID:
        """An order line, with an hour to go."""
        return self.market.want(quantity, seconds=7200, kind=self.kit.kind, form=self.kit.form)

    def buy(self, quantity: int = 1) -> UUID:
        """A line, and the first go at it."""
        line = self.want(quantity)
        self.market.buy()
        return line

    def ask(self) -> None:
        """The loops go round once, now."""
        at = self.market.to(0)
        ask_due(now=at)
        buy_due(now=at)

    def run(self, seconds: float) -> None:
        """So much time passes: the loops do what comes due, when it comes due."""
        until = self.market.at + timedelta(seconds=seconds)
        for _step in range(_MOST_STEPS):
            due = self._next()
            if due is None or due > until:
                break
            at = self.market.to((due - utc_now()).total_seconds() + 0.01)
            ask_due(now=at)
            buy_due(now=at)
        else:
            raise AssertionError("it does not come to rest")
        self.market.to((until - utc_now()).total_seconds())

    def _next(self) -> datetime | None:
        found = [
            *Attempt.objects.filter(shop_id=self.market.shop, next_at__isnull=False).values_list("next_at", flat=True),
            *Want.objects.filter(shop_id=self.market.shop, next_at__isnull=False).values_list("next_at", flat=True),
        ]
        return min(found, default=None)

    def told(self, site: StandIn) -> list[int]:
        """What was answered to this site's calls, once all were sent."""
        self.market.to(0)
        self._quiet()
        name = "anna" if site is self.a else "bert"
        return self.listener.statuses(self.hook(name))

    def hook(self, name: str) -> str:
        """The unguessable part of a supplier's address."""
        return queries.supplier(self.market.shop, self.market.ids[name]).hook

    def sweep(self, name: str) -> None:
        """Read the catalogue whole, then what it made us look at."""
        sweep(shop_id=self.market.shop, supplier_id=self.market.ids[name], now=utc_now())
        read_hinted(now=self.market.at + timedelta(seconds=1))

    def _quiet(self, seconds: float = 5.0) -> None:
        until = time.monotonic() + seconds
        house = self.market.sandbox.house
        while time.monotonic() < until:
            with house.db.read() as conn:
                found = conn.execute("SELECT 1 FROM pushes WHERE state IN ('waiting', 'sending') LIMIT 1").fetchone()
            if found is None:
                return
            house.outbox.wake()
            time.sleep(0.003)
        raise AssertionError("calls back do not come to an end")

    # -- what came of it -------------------------------------------------------------------------------

    def orders(self, site: StandIn) -> list[Order]:
        """Orders at a site in this cell."""
        return [order for order in site.orders() if order.seq > self.marks[site.key]["orders"]]

    def calls(self, site: StandIn, endpoint: str) -> list[str]:
        """What came of the calls to an endpoint in this cell."""
        since = self.marks[site.key]["calls"]
        found = [one for one in site.books()["calls"] if one["endpoint"] == endpoint and one["seq"] > since]
        return [one["verdict"] for one in found]

    def counts(self) -> tuple[int, int]:
        """How many orders there are at both."""
        return len(self.orders(self.a)), len(self.orders(self.b))

    def states(self, line: UUID) -> list[str]:
        return self.market.states(line)

    def attempt(self, line: UUID) -> Attempt:
        """The newest purchase for a line."""
        return self.market.attempts(line)[-1]

    def supplied(self, line: UUID, *by: str, quantity: int = 1) -> None:
        """The line has all it wanted, its purchases ended like this, and its codes are those of the books.

        A top-up is asked about on the schedule alone: the first question is waited for.
        """
        if self.kit.kind == "direct":
            self.run(_FIRST)
        assert self.states(line) == list(by), [(one.state, one.reason, one.word) for one in self.market.attempts(line)]
        assert {want.state for want in self.market.wants(line)} == {"supplied"}
        if self.kit.kind == "code":
            assert self.market.reserved(line) == quantity
            assert self.market.secrets(line) == self.given(line)

    def given(self, line: UUID) -> list[str]:
        """What the suppliers gave out for a line, by their books."""
        numbers = {one.number for one in self.market.attempts(line)}
        orders = [order for site in (self.a, self.b) for order in self.orders(site) if order.number in numbers]
        return sorted(self.shown(code) for order in orders for code in order.codes)

    def shown(self, code: Any) -> str:
        """What of a code is sold."""
        return str(code.link or code.secret)

    def agree(self) -> None:
        """Our books and their books, our vault and what they gave out: the same."""
        for name, site in self.market.sites.items():
            if site.key in self.marks:
                theirs = sum(self._owed(order) for order in self.orders(site))
                assert self._booked(name) == theirs, f"{name}: booked {self._booked(name)}, by their books {theirs}"
        there = [one for one in Attempt.objects.filter(shop_id=self.market.shop) if one.state in states.WITH_GOODS]
        if self.kit.kind == "code":
            kept = rows("SELECT count(*) FROM vault_code WHERE shop_id = %s", [self.market.shop])[0][0]
            marked = rows("SELECT count(*) FROM supply_mark WHERE shop_id = %s", [self.market.shop])[0][0]
            assert kept == marked
            assert kept >= sum(one.got for one in there)

    def _booked(self, name: str) -> int:
        """What a supplier got of us in this cell, less what came back, in minor units of the shop."""
        if self.kit.rate == 1:
            return int(MONEY * 100) - self.market.prepaid(name)
        return -self.market.balance(entries.accrued(name))

    def _owed(self, order: Order) -> int:
        """What an order should be in our books. Nothing yet while it is not known; what was not told did not come."""
        attempt = Attempt.objects.filter(shop_id=self.market.shop, number=order.number).get()
        back = order.refunded if self.about.partial_refunds else Decimal(0)
        if attempt.state in states.WITH_GOODS or (attempt.state == "failed" and attempt.reason in _BAD):
            return self._minor(order.charged) - self._minor(back)
        if attempt.state in states.ENDED:
            assert order.charged == order.refunded, f"{attempt.state} ({attempt.reason}), and they kept the money"
        return 0

    def _minor(self, amount: Decimal) -> int:
        return entries.minor(amount, self.kit.rate, 2)


def _world(protocol: str, kit: Kit) -> _World:
    now = utc_now()
    made = world.make_shop(now)
    with on_time() as sandbox:
        sku = made.skus["kw-50"] if kit.kind == "code" else _top_up_of(made.shop_id, made.skus["kw-50"])
        market = Market(made.shop_id, sku, now, sandbox)
        for name, cost in COSTS.items():
            market.supplier(
                name, protocol=protocol, cost=cost, paid=int(MONEY * 100), item=_item(kit, cost), config=kit.config,
                contract=Contract(cycle="prepaid", rate=kit.rate, surprise_minor=SURPRISE_MINOR),
            )  # fmt: skip
        sites = {name: site.site.name for name, site in market.sites.items()}
        return _World(market.shop, market.sku, market.ids, sites)


def _top_up_of(shop_id: UUID, sku_id: UUID) -> UUID:
    product = catalog.desk_sku(shop_id, sku_id).product_id
    return create_sku(
        shop_id=shop_id, product_id=product, code="top-up", name="直充", price=Money(PRICE, "CNY"),
        delivery_kind="direct", actor="test", now=utc_now(),
    )  # fmt: skip


def _item(kit: Kit, cost: Decimal) -> dict[str, Any]:
    return {"kind": "card", "face": cost, **kit.item}


@contextmanager
def stall(protocol: str, number: int, listener: Listener) -> Iterator[Stall]:
    """A fresh one, in a committing test with an empty database."""
    kit, connector = kit_of(protocol), connector_for(protocol)
    assert connector is not None
    kept = start_from(f"scenarios:{protocol}", lambda: _world(protocol, kit), seconds=3600)
    with on_time() as sandbox:
        market = Market(kept.shop, kept.sku, utc_now(), sandbox, kept.ids)
        made = Stall(market, protocol, number, kit, connector.about, listener)
        for name, site_name in kept.sites.items():
            market.sites[name] = _tidied(made, sandbox, name, sandbox.site(protocol, site_name))
        yield made
        settle_down(sandbox)
        made.agree()


def _tidied(made: Stall, sandbox: SupplierSandbox, name: str, site: StandIn) -> StandIn:
    """The site as it was in the beginning, but for its past."""
    cost = COSTS[name]
    # Some have one address for the account instead of one for each order.
    sandbox.site(site.site.vendor, site.site.name, push_url=f"{made.listener.url}/supply/hook/{made.hook(name)}")
    site.seed(1, first=int(ITEM), **{"name": f"{name} 50 元", "cost": cost, "stock": None, **_item(made.kit, cost)})
    site.topup(MONEY - site.site.balance)
    sandbox.house.flush()
    with sandbox.house.db.read() as conn:
        made.marks[site.key] = {
            table: conn.execute(f"SELECT coalesce(max(seq), 0) FROM {table}").fetchone()[0]
            for table in ("orders", "calls")
        }
    return site
