"""`soak edges`: a hundred of each odd payment. None is delivered wrongly; each is given back, or a person's case."""

import time
from collections import Counter
from collections.abc import Callable

from rich.console import Console

from goodfor.cli import world
from goodfor.cli.bench.result import Bar, BenchResult
from goodfor.cli.soak import paying, proof
from goodfor.cli.stack import Stack
from goodfor.kernel.clock import utc_now
from goodfor.orders.operations.cancel_order import cancel_order
from goodfor.orders.operations.receive_payment import receive_payment
from goodfor.payments import queries as payments
from goodfor.sandbox.demo import DEMO_PID

_ENDS = """
SELECT o.state,
       coalesce((SELECT sum(p.captured_minor) FROM payments_payment p
                 WHERE p.shop_id = o.shop_id AND p.source_id = o.id), 0)::bigint,
       coalesce((SELECT sum(r.amount_minor) FROM payments_refund r JOIN payments_payment p ON p.id = r.payment_id
                 WHERE p.shop_id = o.shop_id AND p.source_id = o.id AND r.state = 'succeeded'), 0)::bigint,
       EXISTS (SELECT FROM payments_case k JOIN payments_payment p ON p.shop_id = k.shop_id AND p.id = k.payment_id
               WHERE p.shop_id = o.shop_id AND p.source_id = o.id)
FROM orders_order o WHERE o.shop_id = %s AND o.id = %s
"""
#: Refunds of a payment too many are sent by the worker.
WAIT = 300.0
Kind = Callable[[Stack, int], paying.Paying]


def run(stack: Stack, console: Console, *, each: int = 100, threads: int = 6) -> BenchResult:
    """`each` of every kind; notifies are the stand-in's own, or lies signed with the right key."""
    shop_id = stack.made.shop_id
    paying.open_gate(stack, "v1")
    paying.open_gate(stack, "v2")
    world.load_codes(
        shop_id, stack.made.skus[paying.SKU], world.random_codes(each * (len(KINDS) + 2)), utc_now(), cost_minor=9000
    )
    made: dict[str, list[paying.Paying]] = {}
    errors: list[str] = []
    for place, (name, kind) in enumerate(KINDS.items()):
        found: list[paying.Paying] = []
        made[name] = found

        def one(index: int, kind: Kind = kind, found: list[paying.Paying] = found) -> None:
            found.append(kind(stack, index))

        base = (place + 1) * 10_000
        errors += [f"{name}: {error}" for error in paying.spread(range(base, base + each), one, threads)]
        console.print(f"{name}: {len(found)}")
    began = time.monotonic()
    while (wrong := _wrong(ends := _ends(shop_id, made))) and time.monotonic() - began < WAIT:
        time.sleep(0.5)
    waited = time.monotonic() - began
    figures, bars = proof.end(stack, console)
    # Of what was really paid short a person decides: it is owed, and there is a case for each.
    bars = [bar for bar in bars if bar.what != proof.OWED]
    for line in (*errors[:5], *(f"{name}: {count}" for name, count in wrong.items())):
        console.print(line, markup=False)
    late = ends["paid after expiry, stock left"]["delivered"]
    return BenchResult(
        "edges",
        {"each": each, "ends": {name: dict(count) for name, count in ends.items()}, "errors": len(errors),
         "settled_after_seconds": waited, **figures},
        [
            Bar("kinds that ended otherwise than they should", len(wrong), "= 0", not wrong),
            Bar("paid after expiry with stock left: delivered", late, f"= {each}", late == each),
            Bar("errors", len(errors), "= 0", not errors),
            *bars,
        ],
    )  # fmt: skip


def _ends(shop_id: object, made: dict[str, list[paying.Paying]]) -> dict[str, Counter[str]]:
    return {name: Counter(_end(shop_id, one) for one in ones) for name, ones in made.items()}


def _wrong(ends: dict[str, Counter[str]]) -> dict[str, dict[str, int]]:
    return {name: dict(count) for name, count in ends.items() if set(count) - RIGHT[name]}


def _end(shop_id: object, one: paying.Paying) -> str:
    """delivered, unpaid; or what became of money that came: given back, a case, kept without either."""
    state, came, back, case = proof.rows(_ENDS, shop_id, one.order_id)[0]
    if state == "delivered":
        price = one.payment.amount.amount_minor
        if came - back == price:
            return "delivered, the rest given back" if back else "delivered"
        return "delivered wrongly"
    if not came:
        return "case" if case else "unpaid"
    if came == back:
        return "given back"
    return "case" if case else "kept"


def _told(stack: Stack, one: paying.Paying, trade: str, account: object = None, **lies: str) -> None:
    """A notify by hand, to the account of the payment or to another one."""
    raw = paying.notify(one, trade, **lies)
    receive_payment(
        shop_id=stack.made.shop_id, account_id=account or one.payment.account_id, raw=raw, now=utc_now()  # type: ignore[arg-type]
    )  # fmt: skip


def _too_late(stack: Stack, index: int) -> paying.Paying:
    """Expired here, unpaid; then the buyer pays all the same. A code is left."""
    one = paying.start(stack, index, "gate1/alipay")
    cancel_order(shop_id=stack.made.shop_id, order_id=one.order_id, actor="soak", now=utc_now())
    paying.pay(stack.control, one, force=True)
    return one


def _twice(stack: Stack, index: int) -> paying.Paying:
    """Two attempts of one account, both paid."""
    one = paying.start(stack, index, "gate1/alipay")
    paying.begin(stack.made.shop_id, one.order_id, "gate1/wxpay", paying.notify_url(stack))
    second = payments.payments_of(stack.made.shop_id, "order", one.order_id)[-1]
    paying.pay(stack.control, one)
    paying.pay(stack.control, paying.Paying(one.order_id, one.number, second))
    return one


def _twice_elsewhere(stack: Stack, index: int) -> paying.Paying:
    """Two attempts at two accounts, both paid."""
    one = paying.start(stack, index, "gate1/alipay")
    paying.begin(stack.made.shop_id, one.order_id, "gate2/alipay", paying.notify_url(stack))
    second = payments.payments_of(stack.made.shop_id, "order", one.order_id)[-1]
    paying.pay(stack.control, one)
    paying.pay(stack.control, paying.Paying(one.order_id, one.number, second))
    return one


def _short(stack: Stack, index: int) -> paying.Paying:
    """The channel's books, notify and query all say that less came."""
    one = paying.start(stack, index, "gate1/alipay")
    stack.control.fault("short_payment", money="0.01", pid=DEMO_PID, out_trade_no=one.payment.number)
    paying.pay(stack.control, one)
    return one


def _lied_amount(stack: Stack, index: int) -> paying.Paying:
    """A signed notify says another amount before anything was paid."""
    one = paying.start(stack, index, "gate1/alipay")
    _told(stack, one, "2026010108000500001", money="0.01")
    return one


def _foreign(stack: Stack, index: int) -> paying.Paying:
    """A signed notify of another merchant of the same gateway."""
    one = paying.start(stack, index, "gate1/alipay")
    _told(stack, one, "2026010108000500002", pid="1002")
    return one


def _wrong_door(stack: Stack, index: int) -> paying.Paying:
    """The notify of account A, paid there, arrives at account B's address: B knows nothing of it."""
    one = paying.start(stack, index, "gate2/alipay")
    _told(stack, one, "2026010108000500003", account=stack.epay_account)
    return one


def _nobodys(stack: Stack, index: int) -> paying.Paying:
    """A signed notify about a payment that was never made: forged with a stolen key."""
    one = paying.start(stack, index, "gate1/alipay")
    _told(stack, one, "2026010108000500004")
    return one


KINDS: dict[str, Kind] = {
    "paid after expiry, stock left": _too_late,
    "paid twice, same channel": _twice,
    "paid twice, two channels": _twice_elsewhere,
    "amount off, really paid": _short,
    "amount off, a lie": _lied_amount,
    "foreign merchant's notify": _foreign,
    "notify at another account's door": _wrong_door,
    "paid by word alone": _nobodys,
}
RIGHT: dict[str, set[str]] = {
    "paid after expiry, stock left": {"delivered"},
    "paid twice, same channel": {"delivered, the rest given back"},
    "paid twice, two channels": {"delivered, the rest given back"},
    "amount off, really paid": {"case", "given back"},
    "amount off, a lie": {"unpaid", "case"},
    "foreign merchant's notify": {"unpaid", "case"},
    "notify at another account's door": {"unpaid", "case"},
    "paid by word alone": {"unpaid", "case"},
}
