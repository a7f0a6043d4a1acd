"""`soak storm`: thousands of payments whose notifies come five times each, in any order, while others ask and refund.

Every order is delivered once or given back once, and the ledger equals the stand-in's books.
"""

import threading
import time

from django.db import connections
from rich.console import Console
from rich.progress import track

from goodfor.cli import world
from goodfor.cli.bench.result import Bar, BenchResult
from goodfor.cli.soak import paying, proof
from goodfor.cli.stack import Stack
from goodfor.kernel.clock import utc_now
from goodfor.orders import queries as orders
from goodfor.orders.operations.receive_payment import receive_payment
from goodfor.orders.operations.refund_order import refund_order
from goodfor.payments.operations.poll_due import poll_due

_TWICE = """
SELECT count(*) FROM (SELECT l.order_id FROM vault_code c
                      JOIN orders_line l ON l.shop_id = c.shop_id AND l.id = c.holder_id
                      WHERE c.shop_id = %s AND c.state = 2 GROUP BY l.order_id HAVING count(*) <> 1) x
"""
#: Of so many orders one is given back, from the moment on that its first notify was answered.
REFUND_EACH = 10


def run(
    stack: Stack, console: Console, *, count: int = 10_000, copies: int = 5, threads: int = 12, chunk: int = 500
) -> BenchResult:
    """`count` payments in chunks; all copies of a chunk's notifies are shuffled and called at once."""
    shop_id = stack.made.shop_id
    world.load_codes(shop_id, stack.made.skus[paying.SKU], world.random_codes(count + 100), utc_now(), cost_minor=9000)
    stack.control.fault("lost_notify", times=None)
    account, answers = paying.open_gate(stack, "v1"), {"success": 0, "other": 0}
    errors: list[str] = []
    lock, stop = threading.Lock(), threading.Event()
    asking = threading.Thread(target=_ask, args=(stop, errors), daemon=True)
    asking.start()
    began = time.monotonic()
    for base in track(range(0, count, chunk), description="支付 / payments", console=console, transient=True):
        made: list[paying.Paying] = []
        trades: dict[str, str] = {}

        def start(index: int, made: list[paying.Paying] = made, trades: dict[str, str] = trades) -> None:
            one = paying.start(stack, index, "gate1/alipay")
            trade = paying.pay(stack.control, one)
            with lock:
                made.append(one)
                trades[one.number] = trade

        errors += paying.spread(range(base + 1, min(base + chunk, count) + 1), start, threads)

        def call(one: paying.Paying, trades: dict[str, str] = trades) -> None:
            raw = paying.notify(one, trades[one.number])
            reply = receive_payment(shop_id=shop_id, account_id=account, raw=raw, now=utc_now())
            with lock:
                answers["success" if reply.status == 200 and reply.body == b"success" else "other"] += 1
            if one.order_id.int % REFUND_EACH == 0 and orders.order_view(shop_id, one.order_id).state == "delivered":
                refund_order(shop_id=shop_id, order_id=one.order_id, reason="soak", actor="soak", now=utc_now())

        errors += paying.spread(paying.shuffled(made, copies, base), call, threads)
    seconds = time.monotonic() - began
    stop.set()
    asking.join(30)
    stack.control.reset_faults()
    waited = proof.wait_settled(stack, 300)
    figures, bars = proof.end(stack, console)
    for error in errors[:5]:
        console.print(error, markup=False)
    states = figures["orders_by_state"]
    ended = states.get("delivered", 0) + states.get("refunded", 0)
    twice = int(proof.rows(_TWICE, shop_id)[0][0])
    return BenchResult(
        "storm",
        {"payments": count, "copies": copies, "answers": answers, "seconds": seconds,
         "payments_per_s": count / seconds, "settled_after_seconds": waited, "errors": len(errors), **figures},
        [
            Bar("orders delivered once or given back", ended, f"= {count}", ended == count),
            Bar("orders with other than one code", twice, "= 0", twice == 0),
            Bar("notifies answered with success", answers["success"], f"= {count * copies}",
                answers["success"] == count * copies),
            Bar("errors", len(errors), "= 0", not errors),
            *bars,
        ],
    )  # fmt: skip


def _ask(stop: threading.Event, errors: list[str]) -> None:
    """The asker at work all the time, besides the worker's own."""
    try:
        while not stop.wait(0.05):
            poll_due(now=utc_now())
    except Exception as error:
        errors.append(f"asker: {type(error).__name__}: {error}")
    finally:
        connections.close_all()
