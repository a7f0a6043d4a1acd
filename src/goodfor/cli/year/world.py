"""The shop of the year: suppliers of five cycles, contracts, taxes, parties and agreements, buyers with balances."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from uuid import UUID

from goodfor.aftersales.operations.set_promise import set_promise
from goodfor.aftersales.operations.set_reserve import set_reserve
from goodfor.aftersales.types import Compensation
from goodfor.aftersales.types import Terms as Promise
from goodfor.catalog import queries as catalog
from goodfor.cli import world as demo
from goodfor.cli.hub.market import FIRST_ITEM, Market, Stall, connect, make_market
from goodfor.cli.month.world import Told
from goodfor.cli.soak.sql import rows
from goodfor.cli.year.selling import CHANNEL_CODE, CREDIT, PROVIDER, Till
from goodfor.finance import operations as finance
from goodfor.finance.types import AgreementInput, Bank, PartyInput, PartyView, Terms, Tier
from goodfor.identity import queries as identity
from goodfor.identity.operations.change_shop import change_shop
from goodfor.identity.operations.create_api_client import create_api_client
from goodfor.identity.types import Scope
from goodfor.kernel.clock import told_by
from goodfor.kernel.money import Money
from goodfor.kernel.tenancy import platform_job
from goodfor.ledger import operations as ledger
from goodfor.orders.operations.top_up_wallet import top_up_wallet
from goodfor.payments.operations.open_account import open_account
from goodfor.sandbox.channels import demo as channels
from goodfor.sandbox.suppliers.server import SupplierSandbox
from goodfor.settlement import operations as settlement
from goodfor.settlement.types import PolicyView
from goodfor.supply.operations.connect_supplier import switch_supplier
from goodfor.supply.operations.set_offers import Terms as OfferTerms
from goodfor.supply.operations.set_offers import set_offer
from goodfor.supply.operations.sync import read_balance, sweep

ACTOR: Final = "year"
BANK: Final = "main"
#: The cycle, how the supplier's goods count, input VAT in the cost, who bears what the channel keeps.
SUPPLIERS: Final = (
    ("t1", "agent", 0, "platform"),
    ("weekly", "agent", 0, "supplier"),
    ("monthly", "principal", 1300, "platform"),
    ("manual", "principal", 600, "platform"),
    ("prepaid", "principal", 0, "platform"),
)
#: SKUs of each supplier.
EACH: Final = 2
COST: Final = "30.00"
PAID_MINOR: Final = 50_000_000_000
BUYERS: Final = 12
#: SKUs of the shop's own that it sells beside.
OWN: Final = 3
OWN_COST: Final = 2_500


@dataclass
class World:
    """`parties` by code; `own`: places of SKUs that the shop imports itself."""

    shop_id: UUID
    told: Told
    market: Market
    till: Till
    parties: dict[str, PartyView] = field(default_factory=dict)
    own: frozenset[int] = frozenset()


@contextmanager
def make_world(made: Any, start: datetime) -> Iterator[World]:
    """Made the day before it starts; the clock of this process and of the stand-ins is the world's."""
    told = Told(start - timedelta(days=1))
    with TemporaryDirectory(prefix="goodfor-year-") as folder, told_by(told):
        sandbox = SupplierSandbox(str(Path(folder)), clock=told.seconds)
        try:
            market = make_market(made.shop_id, EACH * len(SUPPLIERS), slug="year")
            for number in range(len(SUPPLIERS)):
                _supplier(market, sandbox, number, told.at)
            world = World(made.shop_id, told, market, _till(made, market, told.at))
            world.own = frozenset(range(len(market.skus), len(world.till.skus)))
            _taxes(world, told.at)
            _parties(world, told.at)
            _limits(made.shop_id, told.at)
            set_reserve(shop_id=made.shop_id, basis_points=200, actor=ACTOR, now=told.at)
            terms = Promise(compensation=Compensation(multiple=3, claim_cap_minor=50_000, day_cap_minor=100_000_000))
            set_promise(
                shop_id=made.shop_id, scope="shop", scope_id=None, terms=terms, actor=ACTOR, now=told.at
            )  # fmt: skip
            yield world
        finally:
            sandbox.stop()


def _limits(shop_id: UUID, now: datetime) -> None:
    """One person decides the refunds of the whole shop: without the bounds of a person's and a day's."""
    shop = identity.shop_by_id(shop_id)
    # As the page of settings keeps a field that was emptied.
    bounds = dict.fromkeys(("refund_daily_limit_minor", "refund_daily_cap_minor"), -1)
    change_shop(
        shop_id=shop_id, name=shop.name, locale=shop.locale, timezone=shop.timezone, settings=bounds, actor=ACTOR,
        now=now,
    )  # fmt: skip


def _supplier(market: Market, sandbox: SupplierSandbox, number: int, now: datetime) -> None:
    cycle, shop_id = SUPPLIERS[number][0], market.shop_id
    stall = Stall("kayixin", cycle, COST, PAID_MINOR if cycle == "prepaid" else None)
    site = sandbox.site(stall.vendor, stall.name, balance=PAID_MINOR // 100, delay=0)
    site.seed(len(market.skus), first=FIRST_ITEM, cost=COST, stock=None, kind="card")
    supplier_id = connect(market, stall, {"config": dict(site.config), "secrets": site.secrets})
    read_balance(shop_id=shop_id, supplier_id=supplier_id, now=now)
    sweep(shop_id=shop_id, supplier_id=supplier_id, now=now)
    for item, item_id in rows(
        "SELECT id, item_id FROM supply_item WHERE shop_id = %s AND supplier_id = %s", shop_id, supplier_id
    ):
        place = int(item_id) - FIRST_ITEM
        if place // EACH == number:
            set_offer(
                shop_id=shop_id, sku_id=market.skus[place], item=item, terms=OfferTerms(), actor=ACTOR, now=now
            )  # fmt: skip
    switch_supplier(shop_id=shop_id, supplier_id=supplier_id, enabled=True, actor=ACTOR, now=now)


def _till(made: Any, market: Market, now: datetime) -> Till:
    shop_id = made.shop_id
    skus = (*market.skus, *(made.skus[code] for code in sorted(made.skus)[:OWN]))
    on_sale = catalog.skus_for_sale(shop_id, skus)
    buyers = []
    for number in range(BUYERS):
        scopes = [str(scope) for scope in Scope]
        one = create_api_client(shop_id=shop_id, name=f"买家 {number}", scopes=scopes, actor=ACTOR, now=now).client
        buyers.append((one.id, one.wallet_account))
        for part in range(4):
            top_up_wallet(
                shop_id=shop_id, client_id=one.id, wallet_account=one.wallet_account, actor=ACTOR, now=now,
                amount=Money(200_000_000_000, "CNY"), reference=f"year-{one.id}-{part}",
            )  # fmt: skip
    ledger.open_account(shop_id=shop_id, code=CREDIT, currency="CNY", guarded=True, now=now)
    with platform_job("year"):
        balance = rows("SELECT id FROM payments_account WHERE shop_id = %s AND provider = 'balance'", shop_id)[0][0]
    return Till(
        shop_id, tuple(skus), tuple(on_sale[sku].price.amount_minor for sku in skus),
        tuple(on_sale[sku].title for sku in skus), tuple(one for one, _wallet in buyers),
        tuple(wallet for _one, wallet in buyers), balance, open_channel(shop_id, now),
    )  # fmt: skip


def open_channel(shop_id: UUID, now: datetime) -> UUID:
    """An account at Alipay, with the stand-in's keys; nothing is called."""
    view = open_account(
        shop_id=shop_id, provider=PROVIDER, code=CHANNEL_CODE, name="支付宝", currency="CNY",
        config={
            "app_id": channels.ALIPAY_APP_ID, "seller_id": channels.ALIPAY_SELLER_ID, "mode": "key",
            "alipay_public_key": channels.platform_public_pem(),
        },
        secrets={"private_key": channels.merchant_private_pem()}, methods=("page",), enabled=False, actor=ACTOR,
        now=now,
    )  # fmt: skip
    found: UUID = view.id
    return found


def _taxes(world: World, now: datetime) -> None:
    """Goods at 13 %, fees of an agent at 6 %; half the own goods are cards, which are not taxed when they are sold."""
    shop_id = world.shop_id
    for name, rate in (("goods", 1300), ("fee", 600)):
        finance.set_tax_rate(shop_id=shop_id, tax_class=name, rate_bp=rate, valid_from=now, actor=ACTOR, now=now)
    for place, sku in enumerate(world.till.skus):
        finance.set_sku_tax(
            shop_id=shop_id, sku_id=sku, tax_class="goods", valid_from=now, actor=ACTOR, now=now,
            card_sale=place in world.own and place % 2 == 0,
        )  # fmt: skip
    finance.set_fee_rate(
        shop_id=shop_id, provider=PROVIDER, account_code="", millionths=5_500, valid_from=now, actor=ACTOR, now=now
    )
    for cycle, model, input_bp, bearer in SUPPLIERS:
        finance.set_contract(
            shop_id=shop_id, supplier_code=f"kayixin-{cycle}", model=model, valid_from=now, actor=ACTOR, now=now,
            tax_class="fee" if model == "agent" else "", input_bp=input_bp, cycle=cycle, fee_bearer=bearer,
        )  # fmt: skip


def _parties(world: World, now: datetime) -> None:
    wanted = [
        *(PartyInput("supplier", f"kayixin-{cycle}", f"供应商 {cycle}", supplier_code=f"kayixin-{cycle}", cycle=cycle,
                     hold_back_bp=100 if cycle == "weekly" else 0)
          for cycle, *_more in SUPPLIERS),
        PartyInput("supplier", "stock", "自采", cycle="monthly", cycle_day=5),
        PartyInput("brand", "mingpai", "名牌", cycle="monthly", cycle_day=3, hold_back_bp=500),
        PartyInput("distributor", "li", "李四", cycle="t1", min_payout_minor=20_000),
        PartyInput("distributor", "wang", "王五", cycle="weekly", cycle_day=2),
        PartyInput("shop", "partner", "伙伴店", cycle="manual"),
    ]  # fmt: skip
    for one in wanted:
        party = finance.open_party(shop_id=world.shop_id, party=one, actor=ACTOR, now=now)
        bank = Bank(one.name, "示例银行", f"62220000{len(world.parties):08d}")
        world.parties[one.code] = finance.set_bank(
            shop_id=world.shop_id, party_id=party.id, bank=bank, actor=ACTOR, now=now
        )
    policy = PolicyView(1_000_000, BANK, "示例银行", "好码小店", "6222000000009999")
    settlement.set_policy(shop_id=world.shop_id, policy=policy, actor=ACTOR, now=now)
    for says in _agreements(world, now):
        finance.set_agreement(shop_id=world.shop_id, says=says, actor=ACTOR, now=now)


def _agreements(world: World, now: datetime) -> list[AgreementInput]:
    """A brand by the month's volume, distributors a percentage and so much a unit (capped), a shop of the margin."""
    ids = {code: party.id for code, party in world.parties.items()}
    tiers = Terms("tiers", tiers=(Tier(0, 100), Tier(200, 150), Tier(5_000, 200)))
    return [
        AgreementInput("brand", ids["mingpai"], tiers, now, scope="supplier", scope_ref="kayixin-monthly", priority=10),
        AgreementInput("li", ids["li"], Terms("percent", bp=233), now, base="net_of_discount", priority=20),
        AgreementInput("wang", ids["wang"], Terms("fixed", minor=37), now, priority=30, line_cap_minor=80),
        AgreementInput("partner", ids["partner"], Terms("percent", bp=777), now, base="margin", priority=40,
                       month_cap_minor=2_000_000),
    ]  # fmt: skip


def next_version(world: World, now: datetime, back: timedelta) -> UUID:
    """Another percentage for one of them, dated back; its differences are booked by the loop. The version's id."""
    says = AgreementInput(
        "li", world.parties["li"].id, Terms("percent", bp=311), now - back, base="net_of_discount", priority=20
    )
    return finance.set_agreement(shop_id=world.shop_id, says=says, actor=ACTOR, now=now).id


def load(world: World, place: int, count: int, now: datetime) -> None:
    """Import codes of the shop's own through a file."""
    demo.load_codes(
        world.shop_id, world.till.skus[place], demo.random_codes(count), now, cost_minor=OWN_COST
    )  # fmt: skip
