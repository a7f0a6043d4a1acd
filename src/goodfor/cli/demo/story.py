"""The story of the demo: a file of codes, its sales by every road, and the payments that go wrong."""

import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from rich.console import Console

from goodfor.cli import world
from goodfor.cli.demo import books, workbook
from goodfor.cli.demo.held import expect, wait_for
from goodfor.cli.demo.report import Outcome
from goodfor.cli.demo.shopper import Client, Shopper, Unexpected
from goodfor.cli.stack import Stack
from goodfor.kernel.clock import utc_now
from goodfor.ledger import queries as ledger
from goodfor.orders import queries as orders
from goodfor.orders.operations.expire_order import expire_order
from goodfor.payments import queries as payments
from goodfor.payments.types import suspense_account
from goodfor.sandbox.demo import DEMO_MD5_KEY, DEMO_PID
from goodfor.vault import queries as vault
from goodfor.vault.operations import dry_run
from goodfor.vault.operations.import_file import import_file
from goodfor.vault.types import ImportOptions

GAMES, COIN, COIN_100, RIDE = "kuwan-coin", "kw-50", "kw-100", "sy-20"


def tell(stack: Stack, console: Console) -> Outcome:
    """Every step in order; a step that fails does not stop the others. Asserts nothing in silence."""
    outcome, story = Outcome(), Story(stack)
    steps: tuple[tuple[str, Callable[[], str]], ...] = (
        ("试导入 XLSX / dry run", story.try_file),
        ("导入 5,000 个卡密 / import", story.load_file),
        ("再次导入同一文件 / the same file again", story.load_again),
        ("网店购买 3 张（无脚本） / storefront", story.buy_in_the_shop),
        ("API 余额购买 10 张 / API, balance", story.buy_by_api),
        ("同一幂等键重发 / the same key again", story.buy_twice),
        ("API 下单，顾客到收银台付 / API, checkout", story.buy_by_checkout),
        ("退款：余额、未看码 / refund to the balance", story.give_back),
        ("退款：易支付、未看码 / refund by EPay", story.give_back_by_channel),
        ("过期后才付，仍有货 / late, in stock", story.pay_late),
        ("过期后才付，已无货 / late, sold out", story.pay_too_late),
        ("同一订单付两次 / paid twice", story.pay_twice),
        ("通知金额不符 / wrong amount in a notify", story.pay_with_a_lie),
        ("顾客真的少付 / paid too little", story.pay_too_little),
        ("等退款全部到账 / refunds arrive", story.wait_for_money),
        ("与替身账本逐笔核对 / the stand-in's books", story.compare_books),
    )
    try:
        outcome.walk(console, steps)
    finally:
        story.close()
    return outcome


class Story:
    """Holds what later steps need of earlier ones."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.shop_id = stack.made.shop_id
        self.skus = stack.made.skus
        self.folder = tempfile.TemporaryDirectory(prefix="goodfor-demo-")
        self.path = Path(self.folder.name) / "酷玩点数卡 50 元 五千张.xlsx"
        self.written = workbook.write(self.path)
        self.options = ImportOptions(currency="CNY", unit_cost_minor=4500)
        self.shopper = Shopper(stack.url, "203.0.113.7")
        self.client = Client(stack.url, stack.made.api_key)
        self.last_key = self.last_number = ""

    def close(self) -> None:
        """End connections, remove the file."""
        self.shopper.close()
        self.client.close()
        self.folder.cleanup()

    # -- the file -------------------------------------------------------------------------------------------

    def try_file(self) -> str:
        """A dry run finds what is wrong with the file and writes nothing."""
        found = dry_run(
            shop_id=self.shop_id, sku_id=self.skus[COIN], path=self.path, options=self.options, now=utc_now()
        )
        expect("good codes", found.counts.accepted, len(self.written.good))
        expect("faults", dict(found.by_problem), dict(self.written.faults))
        expect("stock", self._stock(COIN), 0)
        return f"{found.counts.accepted:,} 个可用；" + "，".join(
            f"{k} {v}" for k, v in sorted(found.by_problem.items())
        )

    def load_file(self) -> str:
        """The import accepts what the dry run promised."""
        done = import_file(
            shop_id=self.shop_id, sku_id=self.skus[COIN], path=self.path, options=self.options, actor=world.ACTOR,
            now=utc_now(),
        )  # fmt: skip
        expect("accepted", done.batch.counts.accepted, len(self.written.good))
        expect("faults", dict(done.by_problem), dict(self.written.faults))
        expect("stock", self._stock(COIN), len(self.written.good))
        return f"入库 {done.batch.counts.accepted:,}，拒绝 {done.batch.counts.faults} 行"

    def load_again(self) -> str:
        """Refused as a whole, by its name."""
        try:
            self.load_file()
        except Exception as error:
            expect("refusal", getattr(error, "code", type(error).__name__), "batch_already_imported")
            return "已拒绝 batch_already_imported"
        raise Unexpected("the same file was taken twice")

    # -- sales ----------------------------------------------------------------------------------------------

    def buy_in_the_shop(self) -> str:
        """Product page, checkout, pay page, cashier, order page, codes."""
        number = self.shopper.order(GAMES, self.skus[COIN], 3)
        self.shopper.pay(self.shopper.way(number))
        self._until(number, "delivered")
        texts = self.shopper.reveal(number)
        self._are_ours(texts[0::2], texts[1::2], 3)
        return f"{number} 已付、已发、看到 3 个卡密"

    def buy_by_api(self) -> str:
        """Ten codes in one call; each is one of the file's, leading zeros kept."""
        before = self.client.available()
        self.last_key = f"demo-{time.monotonic_ns()}"
        order = self.client.buy(self.skus[COIN], 10, key=self.last_key)
        self.last_number = order["number"]
        expect("state", order["state"], "delivered")
        codes = self.client.reveal(order["number"])
        self._are_ours([c["number"] for c in codes], [c["secret"] for c in codes], 10)
        expect("paid", before - self.client.available(), order["total"]["amount_minor"])
        return f"{order['number']} 即时发出 10 个，余额扣 {order['total']['amount']}"

    def buy_twice(self) -> str:
        """A repetition is answered with the first order and costs nothing."""
        before = self.client.available()
        again = self.client.buy(self.skus[COIN], 10, key=self.last_key)
        expect("order", again["number"], self.last_number)
        expect("balance", self.client.available(), before)
        return "原样返回，未再扣款"

    def buy_by_checkout(self) -> str:
        """A client's customer opens the link, chooses a method and pays at the cashier."""
        number = self._by_checkout("customer-1")
        self._until(number, "delivered")
        codes = self.client.reveal(number)
        self._are_ours([c["number"] for c in codes], [c["secret"] for c in codes], 1)
        return f"{number} 顾客付款后发出"

    def _by_checkout(self, customer: str) -> str:
        order = self.client.buy(self.skus[COIN], 1, payment="checkout", buyer=customer)
        guest = Shopper(self.stack.url, "203.0.113.8")
        try:
            guest.get(order["checkout"]["url"].removeprefix(self.stack.url))
            guest.pay(guest.choose(order["number"], "wechat"))
        finally:
            guest.close()
        return str(order["number"])

    # -- money that goes back -------------------------------------------------------------------------------

    def give_back(self) -> str:
        """Unseen codes go back on the shelf, the money to the wallet at once."""
        balance, stock = self.client.available(), self._stock(COIN)
        order = self.client.buy(self.skus[COIN], 2)
        refund = self.client.refund(order["number"])
        expect("refund", refund["state"], "succeeded")
        expect("balance", self.client.available(), balance)
        expect("stock", self._stock(COIN), stock)
        return f"{order['number']} 退 {refund['amount']['amount']}，2 个卡密重新上架"

    def give_back_by_channel(self) -> str:
        """By the same channel; the worker asks it and waits until it has paid."""
        stock = self._stock(COIN)
        number = self._by_checkout("customer-2")
        self._until(number, "delivered")
        refund = self.client.refund(number)
        self._until(number, "refunded")
        expect("stock", self._stock(COIN), stock)
        return f"{number} 原路退 {refund['amount']['amount']} 已到账"

    def pay_late(self) -> str:
        """Money after the time to pay: there is stock, so it is delivered."""
        number = self.shopper.order(GAMES, self.skus[COIN])
        way = self.shopper.way(number)
        self._expire(number)
        self.shopper.pay(way)
        self._until(number, "delivered")
        return f"{number} 过期后付款，照常发出"

    def pay_too_late(self) -> str:
        """Money after the time to pay, and somebody else has the last code: refunded by the same route."""
        world.load_codes(self.shop_id, self.skus[COIN_100], world.random_codes(1), utc_now(), cost_minor=9000)
        number = self.shopper.order(GAMES, self.skus[COIN_100])
        way = self.shopper.way(number)
        self._expire(number)
        expect("other buyer", self.client.buy(self.skus[COIN_100])["state"], "delivered")
        self.shopper.pay(way)
        self._until(number, "refunded")
        return f"{number} 已无货，原路退回"

    def pay_twice(self) -> str:
        """Two methods opened, both paid: one delivers, the other goes back."""
        number = self.shopper.order(GAMES, self.skus[COIN], method="alipay")
        first = self.shopper.cashier(self.shopper.way(number))[1]
        second = self.shopper.cashier(self.shopper.choose(number, "wechat"))[1]
        for address in (first, second):
            expect("cashier", self.shopper.http.post(address, data={"type": "alipay"}).status_code, 303)
        self._until(number, "delivered")
        order = orders.order_by_number(self.shop_id, number)
        wait_for("the second payment", lambda: self._given_back(order.id) == order.total.amount_minor)
        return f"{number} 发一次货，第二笔 {order.total.as_decimal_string()} 已退回"

    def _given_back(self, order_id: object) -> int:
        paid = payments.payments_of(self.shop_id, "order", order_id)  # type: ignore[arg-type]
        refunds = [r for p in paid if not p.settles for r in payments.refunds_of(self.shop_id, p.id)]
        return sum(r.amount.amount_minor for r in refunds if r.done)

    def pay_with_a_lie(self) -> str:
        """A signed notify that names 0.01: never believed, a case; what the channel's books say is what counts."""
        cases = len(payments.open_cases(self.shop_id))
        number = self.shopper.order(GAMES, self.skus[COIN])
        self.stack.control.fault("wrong_amount_notify", money="0.01", instead=1, pid=DEMO_PID, times=1)
        self.shopper.pay(self.shopper.way(number))
        wait_for("a case", lambda: len(payments.open_cases(self.shop_id)) > cases)
        case = payments.open_cases(self.shop_id)[-1]
        self._until(number, "delivered")
        settled = orders.order_by_number(self.shop_id, number)
        paid = payments.settling_of(self.shop_id, "order", settled.id)
        expect("captured", paid.captured_minor if paid else 0, settled.total.amount_minor)
        return f"{number} 立案 {case.kind}；按渠道账实收 {settled.total.as_decimal_string()} 发出"

    def pay_too_little(self) -> str:
        """The channel itself, when asked, says one fen: no codes now or later, a case, the fen in suspense."""
        stock, suspense = self._stock(COIN), self._suspense()
        number = self.shopper.order(GAMES, self.skus[COIN])
        self.stack.control.fault("short_payment", money="0.01", pid=DEMO_PID, times=1)
        self.shopper.pay(self.shopper.way(number))
        order = orders.order_by_number(self.shop_id, number)
        (payment,) = payments.payments_of(self.shop_id, "order", order.id)
        wait_for("a case", lambda: bool(payments.cases_of(self.shop_id, payment.id)))
        expect("cases", [case.kind for case in payments.cases_of(self.shop_id, payment.id)], ["underpaid"])
        asked = self.stack.control.trade(pid=DEMO_PID, out_trade_no=payment.number)
        expect("the channel's books", (asked["money_fen"], asked["paid_fen"]), (order.total.amount_minor, 1))
        expect("suspense", self._suspense() - suspense, 1)
        expect("state", orders.order_by_number(self.shop_id, number).state, "placed")
        self._expire(number)
        expect("state", orders.order_by_number(self.shop_id, number).state, "expired")
        expect("codes", [code for line in order.lines for code in vault.held(self.shop_id, line.line_id)], [])
        expect("stock", self._stock(COIN), stock)
        return f"{number} 应收 {order.total.as_decimal_string()} 实收 0.01：立案 underpaid，入待查，从不发货"

    def _suspense(self) -> int:
        # The account's natural side is what we miss; money that came too much or too little is on the other.
        return -ledger.balance(self.shop_id, suspense_account("epay"), "CNY")

    # -- the end --------------------------------------------------------------------------------------------

    def wait_for_money(self) -> str:
        """No refund under way, no notify under way, no event unheard."""
        expect("quiet", self.stack.control.wait_quiet(10), True)
        wait_for("refunds", lambda: books.open_refunds(self.shop_id) == 0)
        return "没有在途退款"

    def compare_books(self) -> str:
        """Each trade, in and out, to the fen."""
        theirs = self.stack.control.books(DEMO_PID, DEMO_MD5_KEY)
        different = books.differences(self.shop_id, theirs)
        if different:
            raise Unexpected("; ".join(different[:5]))
        totals = theirs["totals"]
        return f"{totals['paid_count']} 笔收 {totals['paid_fen']} 分，退 {totals['refunded_fen']} 分，逐笔相符"

    # -- small parts ----------------------------------------------------------------------------------------

    def _stock(self, sku: str) -> int:
        level = vault.stock(self.shop_id, [self.skus[sku]]).get(self.skus[sku])
        return level.available if level else 0

    def _are_ours(self, numbers: list[str], secrets: list[str], count: int) -> None:
        expect("codes", (len(set(numbers)), len(secrets)), (count, count))
        for number, secret in zip(numbers, secrets, strict=True):
            if self.written.good.get(number) != secret:
                raise Unexpected("a code that was shown is not the one of the file")

    def _expire(self, number: str) -> None:
        order = orders.order_by_number(self.shop_id, number)
        later = order.pay_by + timedelta(seconds=1)
        expect("expiry", expire_order(shop_id=self.shop_id, order_id=order.id, now=later), True)

    def _until(self, number: str, state: str) -> None:
        wait_for(f"{number} {state}", lambda: orders.order_by_number(self.shop_id, number).state == state)
