"""A shop that has nothing in stock, and suppliers of several protocols that offer all it sells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from goodfor.catalog import operations as catalog
from goodfor.cli.soak.sql import rows
from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.sandbox.suppliers.client import SuppliersClient
from goodfor.supply.operations.book_attempt import record_top_up
from goodfor.supply.operations.connect_supplier import Connection, Contract, connect_supplier, switch_supplier
from goodfor.supply.operations.set_offers import Terms, set_offer, set_route
from goodfor.supply.operations.sync import read_balance, sweep
from goodfor.supply.providers.values import Balance

ACTOR = "soak"
PRICE_MINOR = 4850
#: What a euro costs, for suppliers who take nothing else.
EURO = Decimal("7.5")
FIRST_ITEM = 1001


@dataclass(frozen=True, slots=True)
class Stall:
    """A supplier to be: `paid_minor` in advance (None: settled by the month), in the shop's currency."""

    vendor: str
    name: str
    cost: str
    paid_minor: int | None
    delay: float | None = None
    #: What may be lost in a day to prices that rise after the question, where the protocol has no guard.
    surprise_minor: int | None = None

    @property
    def code(self) -> str:
        """In the shop, and as faults name the site."""
        return f"{self.vendor}-{self.name}"

    @property
    def key(self) -> str:
        """As faults name the site."""
        return f"{self.vendor}/{self.name}"

    @property
    def currency(self) -> str:
        """Kinguin takes euros."""
        return "EUR" if self.vendor == "kinguin" else "CNY"

    @property
    def rate(self) -> Decimal:
        """One of theirs in the shop's."""
        return EURO if self.currency == "EUR" else Decimal(1)


@dataclass
class Market:
    """`stalls` by the code of the supplier; `ids`: the supplier's row."""

    shop_id: UUID
    skus: list[UUID]
    stalls: dict[str, Stall] = field(default_factory=dict)
    ids: dict[str, UUID] = field(default_factory=dict)


def make_market(shop_id: UUID, count: int, *, slug: str = "hub", deadline: int = 600, floor_minor: int = 0) -> Market:
    """`count` SKUs of a product `slug` that are in stock nowhere; buyers wait `deadline` seconds at most."""
    now = utc_now()
    category = catalog.create_category(shop_id=shop_id, slug=slug, name="现采", position=9, actor=ACTOR, now=now)
    product = catalog.create_product(
        shop_id=shop_id, category_id=category, slug=slug, name="云朵视频 月卡", summary="", how_to_use="",
        validity_text="", scenes=[], position=9, actor=ACTOR, now=now,
    )  # fmt: skip
    skus = []
    for number in range(count):
        sku = catalog.create_sku(
            shop_id=shop_id, product_id=product, code=f"{slug}-{number}", name=f"月卡 {number}",
            price=Money(PRICE_MINOR, "CNY"), position=number, actor=ACTOR, now=now,
        )  # fmt: skip
        set_route(
            shop_id=shop_id, sku_id=sku, deadline_seconds=deadline, floor_minor=floor_minor, actor=ACTOR, now=now
        )  # fmt: skip
        skus.append(sku)
    return Market(shop_id, skus)


def open_stalls(
    market: Market,
    client: SuppliersClient,
    stalls: Sequence[Stall],
    *,
    terms: Terms = Terms(),  # noqa: B008 (frozen)
) -> None:
    """Connect each, read all it sells, offer each of its items for one SKU, and switch it on."""
    for stall in stalls:
        held = Decimal(stall.paid_minor or 0) / 100 if stall.paid_minor is not None else Decimal(10_000_000)
        made = client.site(stall.vendor, stall.name, balance=str(held), delay=stall.delay)
        client.seed(
            stall.vendor, stall.name, len(market.skus), cost=stall.cost, stock=None, first=FIRST_ITEM, kind="card"
        )
        supplier_id = connect(market, stall, made)
        if not isinstance(read_balance(shop_id=market.shop_id, supplier_id=supplier_id, now=utc_now()), Balance):
            raise RuntimeError(f"{stall.code} does not say its balance")
        sweep(shop_id=market.shop_id, supplier_id=supplier_id, now=utc_now())
        offer_all(market, supplier_id, terms)
        switch_supplier(shop_id=market.shop_id, supplier_id=supplier_id, enabled=True, actor=ACTOR, now=utc_now())


def connect(market: Market, stall: Stall, made: Mapping[str, Any]) -> UUID:
    """The supplier's row, and its prepayment in the books."""
    now, shop_id = utc_now(), market.shop_id
    wanted = Connection(
        stall.vendor, stall.code, stall.code, stall.currency, made["config"], made["secrets"]
    )  # fmt: skip
    contract = Contract(
        cycle="monthly" if stall.paid_minor is None else "prepaid", rate=stall.rate, surprise_minor=stall.surprise_minor
    )
    view = connect_supplier(
        shop_id=shop_id, wanted=wanted, contract=contract, shop_currency="CNY", actor=ACTOR, now=now
    )
    if stall.paid_minor:
        # Its id and code are all that is looked at.
        who: Any = view
        record_top_up(
            shop_id=shop_id, supplier=who, amount_minor=stall.paid_minor, currency="CNY",
            reference=f"top:{uuid4()}", actor=ACTOR, now=now,
        )  # fmt: skip
    market.stalls[stall.code], market.ids[stall.code] = stall, view.id
    return view.id


def offer_all(market: Market, supplier_id: UUID, terms: Terms) -> None:
    """Item 1001 for the first SKU and so on."""
    found = rows(
        "SELECT id, item_id FROM supply_item WHERE shop_id = %s AND supplier_id = %s", market.shop_id, supplier_id
    )
    for item, item_id in found:
        sku = market.skus[int(item_id) - FIRST_ITEM]
        set_offer(shop_id=market.shop_id, sku_id=sku, item=item, terms=terms, actor=ACTOR, now=utc_now())
