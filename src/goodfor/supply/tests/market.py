"""A shop with suppliers at stand-ins, for the tests of supply: real sites over HTTP, real tables, a clock that is told.

The stand-ins run once for all tests of a process; every market opens sites of its own there. Their clock goes ahead
with `Market.to`, so that signatures fit and deliveries come due without anybody waiting.
"""

import atexit
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction

from goodfor.cli import world
from goodfor.kernel.clock import utc_now
from goodfor.kernel.tests.snapshot import start_from
from goodfor.ledger import queries as books
from goodfor.sandbox.suppliers.server import StandIn, SupplierSandbox
from goodfor.supply import entries
from goodfor.supply.models import Item as KnownItem
from goodfor.supply.models import Supplier
from goodfor.supply.operations.ask import ask_due
from goodfor.supply.operations.book_attempt import record_top_up
from goodfor.supply.operations.buy_due import buy_due
from goodfor.supply.operations.connect_supplier import Connection, Contract, connect_supplier, switch_supplier
from goodfor.supply.operations.set_offers import Terms, set_offer
from goodfor.supply.operations.sync import read_balance, read_hinted, sweep
from goodfor.supply.operations.want_supply import want_supply
from goodfor.supply.providers.values import Balance
from goodfor.supply.purchase_models import Attempt, Want
from goodfor.supply.types import WantLine
from goodfor.vault import operations as vault

PRICE = 4850
COST = Decimal("8.00")
ITEM = "1001"
_names = count(1)
#: How far the stand-ins' clock is ahead of the real one, in seconds.
_ahead = [0.0]


@lru_cache(maxsize=1)
def stand_ins() -> SupplierSandbox:
    """The stand-ins of this process."""
    place = tempfile.TemporaryDirectory(prefix="goodfor-stand-ins-")
    atexit.register(place.cleanup)
    made = SupplierSandbox(place.name, clock=lambda: time.time() + _ahead[0])
    atexit.register(made.stop)
    return made


def told_time() -> datetime:
    """Now, by the clock that is told."""
    return utc_now() + timedelta(seconds=_ahead[0])


@dataclass
class Market:
    """A shop, the stand-ins, and steps."""

    shop: UUID
    sku: UUID
    now: datetime
    sandbox: SupplierSandbox
    ids: dict[str, UUID] = field(default_factory=dict)
    sites: dict[str, StandIn] = field(default_factory=dict)
    api_key: str = ""

    def supplier(
        self, name: str, *, protocol: str = "kasushou", cost: Decimal = COST, paid: int | None = 100_000,
        terms: Terms | None = None, item: Mapping[str, Any] | None = None, config: Mapping[str, Any] | None = None,
        contract: Contract | None = None, form: list[dict[str, Any]] | None = None,
    ) -> StandIn:  # fmt: skip
        """Connect a site that sells one item for the SKU; `paid`: what was paid in advance, in fen.

        `item`: as the stand-in's `seed` takes it; `config`: settings beside those of the stand-in. With a
        `form` (as the protocol writes it) the item is a top-up, and the form is read.
        """
        money = Decimal(paid) / 100 if paid is not None else Decimal(1_000_000)
        site = self.sandbox.site(protocol, f"{name}-{next(_names)}", balance=money, delay=0)
        site.seed(
            1,
            first=int(ITEM),
            **{
                "name": f"{name} 50 元",
                "cost": cost,
                "stock": None,
                **({"kind": "direct", "form": form} if form is not None else {}),
                **(item or {}),
            },
        )
        if protocol == "goodfor_shop":
            # An installation has no path in its address.
            site.own_port()
        self.sites[name] = site
        contract = contract or Contract(cycle="prepaid" if paid is not None else "monthly")
        wanted = Connection(
            protocol, name, name, site.site.currency, {**site.config, **(config or {})}, site.secrets
        )  # fmt: skip
        view = connect_supplier(
            shop_id=self.shop, wanted=wanted, contract=contract, shop_currency="CNY", actor="test", now=self.now
        )
        self.ids[name] = view.id
        assert isinstance(read_balance(shop_id=self.shop, supplier_id=view.id, now=self.now), Balance)
        if paid:
            self.top_up(name, paid)
        assert sweep(shop_id=self.shop, supplier_id=view.id, now=self.now) >= 1
        switch_supplier(shop_id=self.shop, supplier_id=view.id, enabled=True, actor="test", now=self.now)
        self.offer(name, terms or Terms())
        if form is not None:
            read_hinted(now=utc_now())
        return site

    def top_up(self, name: str, minor: int) -> None:
        row = Supplier.objects.get(shop_id=self.shop, id=self.ids[name])
        if row.cycle == "prepaid" and row.currency == "CNY":
            record_top_up(
                shop_id=self.shop, supplier=row, amount_minor=minor, currency="CNY", reference=f"top:{uuid4()}",
                actor="test", now=self.now,
            )  # fmt: skip

    def item(self, name: str, item_id: str = ITEM) -> KnownItem:
        """What the hub knows of an item; of the only one, where the protocol has numbers of its own for items."""
        known = KnownItem.objects.filter(shop_id=self.shop, supplier_id=self.ids[name])
        return known.filter(item_id=item_id).first() or known.get()

    def offer(self, name: str, terms: Terms) -> UUID:
        item = self.item(name)
        return set_offer(shop_id=self.shop, sku_id=self.sku, item=item.id, terms=terms, actor="test", now=self.now)

    def want(
        self, quantity: int = 1, *, seconds: int = 600, price: int = PRICE, channel: str = "storefront",
        kind: str = "code", form: Mapping[str, str] | None = None,
    ) -> UUID:  # fmt: skip
        """Ask for so many; the line's id."""
        line, at = uuid4(), self.at
        want_supply(
            shop_id=self.shop, order_id=uuid4(), lines=[WantLine(line, self.sku, quantity, price, kind, form or {})],
            currency="CNY", channel=channel, deadline_at=at + timedelta(seconds=seconds), now=at,
        )  # fmt: skip
        return line

    @property
    def at(self) -> datetime:
        """Now, by the clock that is told."""
        return told_time()

    def to(self, seconds: float) -> datetime:
        """As if it were so much later than it really is; what is due at the stand-ins is done."""
        _ahead[0] = max(_ahead[0], seconds)
        while self.sandbox.house.due():
            pass
        return self.at

    def buy(self, at: datetime | None = None) -> int:
        return buy_due(now=at or self.at)

    def later(self, seconds: float) -> int:
        """As if so much time had passed: ask and buy what is due then."""
        at = self.to(seconds)
        return ask_due(now=at) + buy_due(now=at)

    def wants(self, line: UUID) -> list[Want]:
        return list(Want.objects.filter(shop_id=self.shop, line_id=line).order_by("part"))

    def attempts(self, line: UUID) -> list[Attempt]:
        return list(Attempt.objects.filter(shop_id=self.shop, want__line_id=line).order_by("id"))

    def states(self, line: UUID) -> list[str]:
        return [attempt.state for attempt in self.attempts(line)]

    def reserved(self, line: UUID) -> int:
        return int(rows("SELECT count(*) FROM vault_code WHERE holder_id = %s AND state = 1", [line])[0][0])

    def on_shelf(self) -> int:
        """Codes that anybody may buy."""
        return int(rows("SELECT count(*) FROM vault_code WHERE shop_id = %s AND state = 0", [self.shop])[0][0])

    def secrets(self, line: UUID) -> list[str]:
        """What lies reserved for a line, opened; it stays reserved."""
        with transaction.atomic():
            vault.sell_reserved(shop_id=self.shop, holder_id=line, quantity=self.reserved(line), now=self.at)
            opened = vault.reveal(shop_id=self.shop, holder_id=line, code_ids=None, now=self.at)
            transaction.set_rollback(True)
        return sorted(code.secret for code in opened)

    def balance(self, account: str) -> int:
        found = [row for row in books.trial_balance(self.shop) if row.code == account]
        return found[0].debit_minor - found[0].credit_minor if found else 0

    def prepaid(self, name: str) -> int:
        return self.balance(entries.prepaid(name))


def spent(site: StandIn) -> Decimal:
    """What orders there cost, less what came back: always what is missing of the money."""
    totals = site.totals()
    assert totals["balanced"]
    return Decimal(totals["charged"]) - Decimal(totals["refunded"])


def issued(site: StandIn) -> list[str]:
    """The secrets that were given out, oldest first."""
    return [code.secret for order in site.orders() for code in order.codes]


def rows(text: str, params: list[Any] | None = None) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(text, params or [])
        return cursor.fetchall()


def settle_down(sandbox: SupplierSandbox) -> None:
    """Nothing that was to come reaches the next test, and nobody calls any more."""
    with sandbox.house.db.write() as conn:
        conn.execute("DELETE FROM steps")
        conn.execute("UPDATE pushes SET state = 'given_up' WHERE state = 'waiting'")
    until = time.monotonic() + 5
    while time.monotonic() < until:
        with sandbox.house.db.read() as conn:
            if conn.execute("SELECT 1 FROM pushes WHERE state = 'sending' LIMIT 1").fetchone() is None:
                break
        time.sleep(0.003)


@contextmanager
def on_time() -> Iterator[SupplierSandbox]:
    """The stand-ins, without faults, their clock at the real time; afterwards as well."""
    sandbox = stand_ins()
    _ahead[0] = 0.0
    sandbox.reset_faults()
    try:
        yield sandbox
    finally:
        settle_down(sandbox)
        sandbox.reset_faults()
        _ahead[0] = 0.0


@contextmanager
def market() -> Iterator[Market]:
    """A fresh one."""
    now = utc_now()
    made = start_from("supply", lambda: world.make_shop(now))
    with on_time() as sandbox:
        yield Market(made.shop_id, made.skus["kw-50"], utc_now(), sandbox, api_key=made.api_key)
