"""The story of the supply demo: a shop without stock, two suppliers, and what goes wrong at them."""

import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from rich.console import Console

from goodfor.cli import world
from goodfor.cli.demo.held import expect, wait_for
from goodfor.cli.demo.report import Outcome
from goodfor.cli.demo.shopper import Shopper, Unexpected
from goodfor.cli.stack import Stack
from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.ledger import queries as ledger
from goodfor.orders import queries as orders
from goodfor.sandbox.suppliers.server import StandIn, SupplierSandbox
from goodfor.supply import queries as supply
from goodfor.supply.operations.connect_supplier import Connection, Contract, connect_supplier, switch_supplier
from goodfor.supply.operations.set_offers import Terms, set_offer, set_route
from goodfor.supply.operations.sync import read_balance, sweep
from goodfor.supply.operations.top_up import top_up_supplier
from goodfor.supply.providers.values import Balance
from goodfor.supply.types import AttemptView

PRODUCT, SKU = "shunyu-ride", "sy-20"
CHEAP, DEAR = "qingniao", "yunduo"
#: (code, name, vendor, cost): the cheaper one is asked first.
SITES = ((CHEAP, "青鸟供货", "kasushou", "12.00"), (DEAR, "云朵供货", "kayixin", "13.50"))
PAID_MINOR = 100_000
DEADLINE_SECONDS = 15


def tell(stack: Stack, console: Console) -> Outcome:
    """Every step in order; a step that fails does not stop the others."""
    outcome = Outcome()
    with tempfile.TemporaryDirectory(prefix="goodfor-supply-") as folder, SupplierSandbox(Path(folder)) as sandbox:
        story = Story(stack, sandbox)
        steps: tuple[tuple[str, Callable[[], str]], ...] = (
            ("接入两家供应商 / connect two suppliers", story.connect),
            ("没有库存，照常上架 / on sale without stock", story.on_sale),
            ("从最便宜的一家采购 / bought where it is cheapest", story.cheapest),
            ("第一家拒单，换下一家 / refused, the next one delivers", story.fail_over),
            ("应答丢失，查明只买一次 / the answer is lost, asked about, bought once", story.lost_answer),
            ("发来用过的卡密，拒收另买 / a used code is refused", story.used_code),
            ("全部断供，按时退款 / an outage, refunded on time", story.outage),
            ("与供应商账本核对 / the suppliers' books", story.compare_books),
        )
        try:
            outcome.walk(console, steps)
        finally:
            story.shopper.close()
    return outcome


class Story:
    """Holds what later steps need of earlier ones."""

    def __init__(self, stack: Stack, sandbox: SupplierSandbox) -> None:
        self.stack, self.sandbox = stack, sandbox
        self.shop_id: UUID = stack.made.shop_id
        self.sku: UUID = stack.made.skus[SKU]
        self.shopper = Shopper(stack.url, "203.0.113.9")
        self.sites: dict[str, StandIn] = {}
        self.ids: dict[str, UUID] = {}

    def connect(self) -> str:
        """Settings, a test call, the prepayment, the catalogue, an offer."""
        for code, name, vendor, cost in SITES:
            site = self.sandbox.site(vendor, code, balance=Decimal(PAID_MINOR) / 100)
            site.seed(1, first=101, name="顺屿打车券 20 元", cost=cost, face="20")
            self.sites[code] = site
            self._connect(code, name, vendor, site)
        set_route(
            shop_id=self.shop_id, sku_id=self.sku, deadline_seconds=DEADLINE_SECONDS, actor=world.ACTOR, now=utc_now()
        )
        return "，".join(f"{name} 成本 {cost}" for _code, name, _vendor, cost in SITES)

    def _connect(self, code: str, name: str, vendor: str, site: StandIn) -> None:
        about: dict[str, Any] = {"shop_id": self.shop_id, "actor": world.ACTOR, "now": utc_now()}
        wanted = Connection(vendor, code, name, "CNY", site.config, site.secrets)
        made = connect_supplier(wanted=wanted, contract=Contract(), shop_currency="CNY", **about)
        place: dict[str, Any] = {"shop_id": self.shop_id, "supplier_id": made.id, "now": utc_now()}
        told = read_balance(**place)
        if not isinstance(told, Balance):
            raise Unexpected(f"{name}: {told}")
        top_up_supplier(supplier_id=made.id, amount=Money(PAID_MINOR, "CNY"), key=made.id, note="", **about)
        expect("items", sweep(**place), 1)
        switch_supplier(supplier_id=made.id, enabled=True, **about)
        (item,) = supply.search_items(self.shop_id, supplier_id=made.id)
        set_offer(sku_id=self.sku, item=item.id, terms=Terms(), **about)
        self.ids[code] = made.id

    def on_sale(self) -> str:
        """The page sells what suppliers have."""
        found = supply.buyable(self.shop_id, [self.sku], utc_now())
        if self.sku not in found:
            raise Unexpected("nothing can be bought")
        self.shopper.get(f"/p/{PRODUCT}")
        return f"自有库存 0，可采购 {found[self.sku].units} 件"

    def cheapest(self) -> str:
        """Paid, bought, shown."""
        number, seconds = self._sale("delivered")
        (only,) = self._purchases(number)
        expect("supplier", only.supplier_id, self.ids[CHEAP])
        self._shown(number)
        return f"{number} 付款后 {seconds:.1f} 秒看到卡密，{self._name(only)} 成本 {only.charged}"

    def fail_over(self) -> str:
        """A definite no: the next one is asked at once."""
        self.sites[CHEAP].fault("refuse", why="busy", on="create")
        number, seconds = self._sale("delivered")
        first, second = self._purchases(number)
        expect("ends", (first.state, second.state), ("rejected", "delivered"))
        expect("suppliers", (first.supplier_id, second.supplier_id), (self.ids[CHEAP], self.ids[DEAR]))
        self._shown(number)
        between = (second.sent_at - first.sent_at).total_seconds() * 1000
        return f"{number} {self._name(first)} 拒单，{between:.0f} 毫秒后转 {self._name(second)}，共 {seconds:.1f} 秒"

    def lost_answer(self) -> str:
        """They worked, their answer never came: nobody else is asked until it is known."""
        before = self._orders()
        self.sites[CHEAP].fault("lost_answer", on="create")
        number, seconds = self._sale("delivered", 60.0)
        (only,) = self._purchases(number)
        expect("ends", (only.state, only.asked > 0), ("delivered", True))
        expect("orders at suppliers", self._orders() - before, 1)
        self._shown(number)
        return f"{number} 结果不明，询问 {only.asked} 次后确认，{seconds:.1f} 秒，只买了一次"

    def used_code(self) -> str:
        """A code that was given out before is not handed to a buyer."""
        self.sites[CHEAP].fault("used_code")
        number, seconds = self._sale("delivered", 60.0)
        purchases = self._purchases(number)
        expect("good ones", [one.got for one in purchases], [0, 1])
        self._shown(number)
        return (
            f"{number} 拒收 {self._name(purchases[0])} 的重复卡密，由 {self._name(purchases[1])} 发出，{seconds:.1f} 秒"
        )

    def outage(self) -> str:
        """Nobody can: the money is back by the deadline, with the reason."""
        for site in self.sites.values():
            site.fault("refuse", why="stock", on="create", times=None)
        try:
            number, seconds = self._sale("refunded", DEADLINE_SECONDS + 15.0)
        finally:
            self.sandbox.reset_faults()
        expect("codes", [one.got for one in self._purchases(number) if one.got], [])
        return f"{number} 无人能供，{seconds:.1f} 秒内全额退款"

    def compare_books(self) -> str:
        """What is left of each prepayment, here and there, to the fen."""
        left = []
        for code, name, _vendor, _cost in SITES:
            ours = ledger.balance(self.shop_id, supply.prepaid_account(code), "CNY")
            theirs = Decimal(str(self.sites[code].totals()["balance"]))
            expect(f"balance at {code}", Decimal(ours) / 100, theirs)
            left.append(f"{name} 余 {theirs:.2f}")
        return "，".join(left) + "，逐分相符"

    # -- small parts ----------------------------------------------------------------------------------------

    def _sale(self, end: str, seconds: float = 20.0) -> tuple[str, float]:
        """One unit bought in the shop; the number, and the seconds from the payment to that end."""
        number = self.shopper.order(PRODUCT, self.sku, 1)
        self.shopper.pay(self.shopper.way(number))
        began = time.monotonic()
        wait_for(f"{number} {end}", lambda: orders.order_by_number(self.shop_id, number).state == end, seconds)
        return number, time.monotonic() - began

    def _shown(self, number: str) -> None:
        """The buyer sees a code that the suppliers' books know, and nobody saw before."""
        texts = set(self.shopper.reveal(number))
        known = [code for site in self.sites.values() for order in site.orders() for code in order.codes]
        expect("codes", len([one for one in known if one.secret in texts]), 1)

    def _purchases(self, number: str) -> list[AttemptView]:
        return supply.attempts_of_order(self.shop_id, orders.order_by_number(self.shop_id, number).id)

    def _name(self, purchase: AttemptView) -> str:
        return supply.supplier(self.shop_id, purchase.supplier_id).name

    def _orders(self) -> int:
        return sum(int(site.totals()["orders"]) for site in self.sites.values())
