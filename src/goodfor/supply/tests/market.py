"""A shop with suppliers at stand-ins, for the tests of supply: real sites over HTTP, real tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.db import connection

from goodfor.cli import world
from goodfor.kernel.clock import utc_now
from goodfor.kernel.tests.snapshot import start_from
from goodfor.ledger import queries as books
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
from goodfor.supply.tests.counter.books import Item, Site
from goodfor.supply.tests.counter.server import SupplierSandbox, supplier_sandbox
from goodfor.supply.types import WantLine

PRICE = 4850
COST = Decimal("8.00")


@dataclass
class Market:
    """A shop, its sandbox of suppliers, and steps."""

    shop: UUID
    sku: UUID
    now: datetime
    sandbox: SupplierSandbox
    api_key: str = ""
    ids: dict[str, UUID] = field(default_factory=dict)
    sites: dict[str, Site] = field(default_factory=dict)

    def supplier(
        self, name: str, *, cost: Decimal = COST, paid: int | None = 100_000, terms: Terms | None = None,
        form: list[dict[str, Any]] | None = None,
    ) -> Site:  # fmt: skip
        """Connect a site that sells one item for the SKU; `paid`: what was paid in advance, in fen.

        With a `form` (as the protocol writes it) the item is a top-up, and the form is read.
        """
        site = Site(name, money=Decimal(paid or 0) / 100 if paid is not None else Decimal(1_000_000))
        site.items["101"] = Item("101", f"{name} 50 元", cost)
        if form is not None:
            site.items["101"] = Item("101", f"{name} 50 元", cost, kind="direct", form=form)
        config, secrets = self.sandbox.add("kasushou", site)
        wanted = Connection("kasushou", name, name, "CNY", config, secrets)
        contract = Contract(cycle="prepaid" if paid is not None else "monthly")
        view = connect_supplier(
            shop_id=self.shop, wanted=wanted, contract=contract, shop_currency="CNY", actor="test", now=self.now
        )
        self.ids[name], self.sites[name] = view.id, site
        assert isinstance(read_balance(shop_id=self.shop, supplier_id=view.id, now=self.now), Balance)
        if paid:
            self.top_up(name, paid)
        assert sweep(shop_id=self.shop, supplier_id=view.id, now=self.now) == 1
        switch_supplier(shop_id=self.shop, supplier_id=view.id, enabled=True, actor="test", now=self.now)
        self.offer(name, terms or Terms())
        if form is not None:
            read_hinted(now=utc_now())
        return site

    def top_up(self, name: str, minor: int) -> None:
        row = Supplier.objects.get(shop_id=self.shop, id=self.ids[name])
        record_top_up(
            shop_id=self.shop, supplier=row, amount_minor=minor, currency="CNY", reference=f"top:{uuid4()}",
            actor="test", now=self.now,
        )  # fmt: skip

    def offer(self, name: str, terms: Terms) -> UUID:
        item = KnownItem.objects.get(shop_id=self.shop, supplier_id=self.ids[name], item_id="101")
        return set_offer(shop_id=self.shop, sku_id=self.sku, item=item.id, terms=terms, actor="test", now=self.now)

    def want(self, quantity: int = 1, *, seconds: int = 600, price: int = PRICE, channel: str = "storefront") -> UUID:
        """Ask for so many; the line's id."""
        line = uuid4()
        want_supply(
            shop_id=self.shop, order_id=uuid4(), lines=[WantLine(line, self.sku, quantity, price)], currency="CNY",
            channel=channel, deadline_at=self.now + timedelta(seconds=seconds), now=self.now,
        )  # fmt: skip
        return line

    def buy(self, at: datetime | None = None) -> int:
        return buy_due(now=at or utc_now())

    def later(self, seconds: float) -> int:
        """As if so much time had passed: ask and buy what is due then."""
        at = utc_now() + timedelta(seconds=seconds)
        return ask_due(now=at) + buy_due(now=at)

    def wants(self, line: UUID) -> list[Want]:
        return list(Want.objects.filter(shop_id=self.shop, line_id=line).order_by("part"))

    def attempts(self, line: UUID) -> list[Attempt]:
        return list(Attempt.objects.filter(shop_id=self.shop, want__line_id=line).order_by("id"))

    def states(self, line: UUID) -> list[str]:
        return [attempt.state for attempt in self.attempts(line)]

    def reserved(self, line: UUID) -> int:
        return int(rows("SELECT count(*) FROM vault_code WHERE holder_id = %s AND state = 1", [line])[0][0])

    def balance(self, account: str) -> int:
        found = [row for row in books.trial_balance(self.shop) if row.code == account]
        return found[0].debit_minor - found[0].credit_minor if found else 0

    def prepaid(self, name: str) -> int:
        return self.balance(entries.prepaid(name))


def rows(text: str, params: list[Any] | None = None) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(text, params or [])
        return cursor.fetchall()


@contextmanager
def market() -> Iterator[Market]:
    """A fresh one."""
    now = utc_now()
    made = start_from("supply", lambda: world.make_shop(now))
    with supplier_sandbox() as sandbox:
        yield Market(made.shop_id, made.skus["kw-50"], utc_now(), sandbox, made.api_key)
