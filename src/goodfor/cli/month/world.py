"""The shop of the month: eight suppliers, a product of each, buyers with balances, and what every code really is."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Final
from uuid import UUID

from goodfor.aftersales.operations.set_promise import set_promise
from goodfor.aftersales.operations.set_recourse import set_recourse
from goodfor.aftersales.operations.set_reserve import set_reserve
from goodfor.aftersales.types import Compensation, Terms
from goodfor.cli.hub.market import FIRST_ITEM, PRICE_MINOR, Market, Stall, connect, make_market
from goodfor.cli.month import people
from goodfor.cli.soak.sql import rows
from goodfor.identity.operations.create_api_client import create_api_client
from goodfor.identity.types import Scope
from goodfor.kernel.clock import told_by
from goodfor.kernel.money import Money
from goodfor.kernel.tenancy import platform_job
from goodfor.orders.operations.top_up_wallet import top_up_wallet
from goodfor.sandbox.suppliers.server import StandIn, SupplierSandbox
from goodfor.supply.operations.buy_due import buy_due
from goodfor.supply.operations.connect_supplier import switch_supplier
from goodfor.supply.operations.restock import restock
from goodfor.supply.operations.set_offers import Terms as OfferTerms
from goodfor.supply.operations.set_offers import set_offer
from goodfor.supply.operations.sync import read_balance, sweep

ACTOR: Final = "month"
#: Six can be asked about a code, four of them say when it was used; two sell and say nothing.
TELLS_TIME, TELLS, SILENT = 4, 2, 2
PACK: Final = 500
#: Stock below this is bought anew.
LOW: Final = 120
PAID_MINOR: Final = 10_000_000_000
#: What is promised: an answer within the hour, a decision within a day, ten times the price for a bad code.
TERMS: Final = Terms(
    compensation=Compensation(multiple=10, claim_cap_minor=100_000, day_cap_minor=100_000_000),
    goodwill_answer_minor=200,
    goodwill_decision_minor=500,
)


#: What goes wrong after the sale, at which suppliers, all the month: they cannot be reached, take their time, lie.
TROUBLE: Final[tuple[tuple[str, tuple[int, ...], dict[str, Any]], ...]] = (
    ("down", (0, 1, 2, 3, 4, 5), {"share": 0.05}),
    ("slow_void", (2, 3), {"share": 0.3, "seconds": 900.0}),
    ("lies_about_codes", (1, 4), {"share": 0.02}),
    ("judge", (0, 1, 2, 3, 4, 5, 6, 7), {"seconds": 7_200.0, "outcome": "books"}),
)


class Told:
    """The clock of the month."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        """Now."""
        return self.at

    def seconds(self) -> float:
        """Now, for stand-ins."""
        return self.at.timestamp()


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who buys, from which balance."""

    client_id: UUID
    wallet: str


@dataclass
class World:
    """`truth`: what each code really is, by its secret; `origin`: at which stand-in it was bought."""

    shop_id: UUID
    told: Told
    sandbox: SupplierSandbox
    market: Market
    rng: Random
    sites: list[StandIn] = field(default_factory=list)
    buyers: list[Buyer] = field(default_factory=list)
    truth: dict[str, str] = field(default_factory=dict)
    origin: dict[str, tuple[StandIn, str]] = field(default_factory=dict)
    #: The newest order at each stand-in that was looked at already.
    known: dict[str, int] = field(default_factory=dict)
    #: The secrets of the batch that is bad.
    bad: set[str] = field(default_factory=set)
    bad_due: tuple[datetime, int] | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def skus(self) -> list[UUID]:
        """One of each supplier."""
        return self.market.skus


@contextmanager
def make_world(shop_id: UUID, start: datetime, buyers: int, rng: Random) -> Iterator[World]:
    """Made the hour before it starts; the clock of this process and of the stand-ins is the world's."""
    told = Told(start - timedelta(hours=1))
    with TemporaryDirectory(prefix="goodfor-month-") as folder, told_by(told):
        sandbox = SupplierSandbox(str(Path(folder)), clock=told.seconds)
        try:
            names = TELLS_TIME + TELLS + SILENT
            market = make_market(shop_id, names, slug="month")
            world = World(shop_id, told, sandbox, market, rng)
            for number in range(names):
                _open(world, number)
            _buyers(world, buyers)
            set_reserve(shop_id=shop_id, basis_points=800, actor=ACTOR, now=told.at)
            set_promise(shop_id=shop_id, scope="shop", scope_id=None, terms=TERMS, actor=ACTOR, now=told.at)
            yield world
        finally:
            sandbox.stop()


def _open(world: World, number: int) -> None:
    """Supplier `number` sells its own product, and the next one's a little dearer."""
    shop_id, now = world.shop_id, world.told.at
    vendor = "kayixin" if number < TELLS_TIME + TELLS else "kasushou"
    stall = Stall(vendor, f"m{number}", "30.00", PAID_MINOR)
    site = world.sandbox.site(vendor, stall.name, balance=PAID_MINOR // 100, delay=0)
    site.seed(len(world.skus), first=FIRST_ITEM, cost="30.00", stock=None, kind="card")
    config: dict[str, Any] = dict(site.config)
    if vendor == "kayixin":
        config["used_time"] = "1" if number < TELLS_TIME else ""
    supplier_id = connect(world.market, stall, {"config": config, "secrets": site.secrets})
    read_balance(shop_id=shop_id, supplier_id=supplier_id, now=now)
    sweep(shop_id=shop_id, supplier_id=supplier_id, now=now)
    items = rows("SELECT id, item_id FROM supply_item WHERE shop_id = %s AND supplier_id = %s", shop_id, supplier_id)
    wanted = {number: 1, (number + 1) % len(world.skus): 2}
    for item, item_id in items:
        place = int(item_id) - FIRST_ITEM
        if place in wanted:
            terms = OfferTerms(priority=wanted[place])
            set_offer(shop_id=shop_id, sku_id=world.skus[place], item=item, terms=terms, actor=ACTOR, now=now)
    switch_supplier(shop_id=shop_id, supplier_id=supplier_id, enabled=True, actor=ACTOR, now=now)
    set_recourse(
        shop_id=shop_id, supplier_id=supplier_id, cost=True, compensation_points=2_000, actor=ACTOR, now=now
    )  # fmt: skip
    for kind, who, more in TROUBLE:
        if number in who:
            site.fault(kind, times=None, **more)
    world.sites.append(site)


def _buyers(world: World, count: int) -> None:
    now, scopes = world.told.at, [str(scope) for scope in Scope]
    for number in range(count):
        made = create_api_client(
            shop_id=world.shop_id, name=f"买家 {number}", scopes=scopes, actor=ACTOR, now=now
        ).client  # fmt: skip
        top_up_wallet(
            shop_id=world.shop_id, client_id=made.id, wallet_account=made.wallet_account,
            amount=Money(100_000_000, "CNY"), reference=f"month-{made.id}", actor=ACTOR, now=now,
        )  # fmt: skip
        world.buyers.append(Buyer(made.id, made.wallet_account))


def fill(world: World, now: datetime) -> int:
    """Buy a pack of whatever runs low; how many packs."""
    with platform_job("month"):
        held = dict(rows("SELECT sku_id, count(*) FROM vault_code WHERE shop_id = %s AND state = 0 GROUP BY 1",
                         world.shop_id))  # fmt: skip
    short = [sku for sku in world.skus if held.get(sku, 0) < LOW]
    for sku in short:
        restock(
            shop_id=world.shop_id, sku_id=sku, quantity=PACK, at_most=Money(PRICE_MINOR, "CNY"), actor=ACTOR, now=now
        )
    while short and buy_due(now=now):
        learn(world, now)
    return len(short)


def learn(world: World, now: datetime) -> None:
    """Decide what the codes that came are: mostly good. One pack, once its time has come, is bad as a whole."""
    for number, site in enumerate(world.sites):
        for order in site.orders(after=world.known.get(site.key, 0)):
            due = world.bad_due
            bad = due is not None and now >= due[0] and number == due[1] and len(order.codes) == PACK
            if bad:
                world.bad_due, world.bad = None, {code.secret for code in order.codes}
            for code in order.codes:
                truth = people.INVALID if bad else people.truth_of(world.rng)
                world.truth[code.secret], world.origin[code.secret] = truth, (site, code.ref)
                if truth == people.INVALID:
                    site.use(code.ref, "invalid")
                elif truth == people.USED:
                    site.use(code.ref, "used", at=(now - timedelta(hours=world.rng.uniform(1, 200))).timestamp())
            world.known[site.key] = order.seq
