"""What the soaks of payments share: orders placed and paid at the stand-in, and its notifies written by hand."""

import random
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode
from uuid import UUID

from django.db import connections

from goodfor.cli.stack import Stack
from goodfor.kernel.clock import utc_now
from goodfor.orders.operations.place_order import place_order
from goodfor.orders.operations.start_payment import start_payment
from goodfor.orders.types import Buyer, LineRequest, Payer
from goodfor.payments import queries as payments
from goodfor.payments.errors import ChannelRejected, ChannelUnavailable
from goodfor.payments.operations.open_account import open_account
from goodfor.payments.types import Instruction, PaymentView, RawRequest
from goodfor.sandbox.client import ControlClient
from goodfor.sandbox.demo import DEMO_MD5_KEY, DEMO_PID, demo_merchant
from goodfor.sandbox.fen import format_fen
from goodfor.sandbox.signing import md5_sign

SKU, PRICE_MINOR = "kw-100", 9650
T = TypeVar("T")
#: A call whose answer was lost is tried so often.
TRIES = 20


@dataclass(frozen=True, slots=True)
class Paying:
    """An order and its payment, which the buyer may complete."""

    order_id: UUID
    number: str
    payment: PaymentView
    #: What the buyer does next.
    todo: Instruction | None = None


def open_gate(stack: Stack, version: str) -> UUID:
    """An account at the stand-in that is called at each start: `gate1` (v1) or `gate2` (v2, refunds can be asked)."""
    merchant = demo_merchant()
    config = {"gateway": stack.gateway_url, "pid": merchant.pid, "version": version, "mode": "server"}
    more = {"platform_key": merchant.platform_public_pem} if version == "v2" else {"query_method": "POST"}
    secret = {"private_key": merchant.merchant_private_pem} if version == "v2" else {"key": merchant.md5_key}
    view = open_account(
        shop_id=stack.made.shop_id, provider="epay", code=f"gate{version[1:]}", name="易支付", currency="CNY",
        config={**config, **more}, secrets=secret, methods=("alipay", "wxpay"), enabled=True, actor="soak",
        now=utc_now(),
    )  # fmt: skip
    return view.id


def notify_url(stack: Stack) -> str:
    """Where the shop takes notifies."""
    return f"{stack.url}/pay/notify"


def start(stack: Stack, index: int, method: str, *, sku_id: UUID | None = None, url: str = "") -> Paying:
    """Place an order of one code and begin its payment; a lost answer is asked for again."""
    shop_id = stack.made.shop_id
    address = f"10.{index >> 16 & 255}.{index >> 8 & 255}.{index & 255}"
    placed = place_order(
        shop_id=shop_id, lines=[LineRequest(sku_id or stack.made.skus[SKU], 1)],
        buyer=Buyer(f"soak:{index}", ip=address), channel="storefront", now=utc_now(),
    )  # fmt: skip
    return attempt(stack, placed.order_id, placed.number, method, url=url)


def attempt(stack: Stack, order_id: UUID, number: str, method: str, *, url: str = "") -> Paying:
    """Begin a payment of a placed order."""
    todo = begin(stack.made.shop_id, order_id, method, url or notify_url(stack))
    return Paying(order_id, number, payments.payments_of(stack.made.shop_id, "order", order_id)[-1], todo)


def begin(shop_id: UUID, order_id: UUID, method: str, url: str) -> Instruction:
    """Begin a payment; a lost answer is asked for again, as a buyer presses the button again."""
    for tried in range(TRIES):
        try:
            return start_payment(
                shop_id=shop_id, order_id=order_id, method=method, return_url="http://127.0.0.1/o", notify_url=url,
                payer=Payer("127.0.0.1"), now=utc_now(),
            )  # fmt: skip
        except (ChannelUnavailable, ChannelRejected):
            if tried + 1 == TRIES:
                raise
            time.sleep(0.02)
    raise AssertionError


def pay(control: ControlClient, paying: Paying, *, force: bool = False) -> str:
    """The buyer pays at the stand-in; its trade number."""
    for tried in range(TRIES):
        try:
            done = control.pay(pid=DEMO_PID, out_trade_no=paying.payment.number, force=force)
            return str(done.get("trade", done)["trade_no"])
        except Exception:
            # The stand-in loses some of its answers; having been paid, it says so when asked again.
            if tried + 1 == TRIES:
                raise
            time.sleep(0.05)
    raise AssertionError


def notify(paying: Paying, trade_no: str, *, money: str = "", pid: str = DEMO_PID) -> RawRequest:
    """The honest notify of an EPay v1 gateway about this payment (or a lying one), as its request arrives."""
    fields = {
        "pid": pid,
        "trade_no": trade_no,
        "out_trade_no": paying.payment.number,
        "type": paying.payment.method,
        "name": "order",
        "money": money or format_fen(paying.payment.amount.amount_minor),
        "trade_status": "TRADE_SUCCESS",
    }
    signed = {**fields, "sign": md5_sign(fields, DEMO_MD5_KEY), "sign_type": "MD5"}
    return RawRequest("GET", "/pay/notify", urlencode(signed).encode())


def spread(work: Iterable[T], do: Callable[[T], None], threads: int) -> list[str]:
    """Do each piece on some thread, with that thread's own connection; what was raised, in words."""
    pieces, lock = iter(work), threading.Lock()
    errors: list[str] = []

    def run() -> None:
        try:
            while True:
                with lock:
                    piece = next(pieces, None)
                if piece is None:
                    return
                try:
                    do(piece)
                except Exception as error:
                    with lock:
                        errors.append(f"{type(error).__name__}: {error}")
        finally:
            connections.close_all()

    running = [threading.Thread(target=run, daemon=True) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return errors


def shuffled(things: Sequence[T], copies: int, seed: int) -> list[T]:
    """Each thing so often, in an order that no channel would keep."""
    found = [thing for thing in things for _ in range(copies)]
    random.Random(seed).shuffle(found)  # noqa: S311
    return found
