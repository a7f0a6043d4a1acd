"""`soak storm`: thousands of payments whose notifies come five times each, in any order, while others ask and refund.

Every order is delivered once or given back once, and the ledger equals the stand-in's books.
"""

import threading
import time
from collections import Counter
from typing import Any

from django.db import connections
from rich.console import Console
from rich.progress import track

from goodfor.cli.bench.result import Bar, BenchResult
from goodfor.cli.soak import paying, proof
from goodfor.cli.soak.catcher import Caught, catching
from goodfor.cli.soak.gates import gate_of
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
_COUNTING = threading.Lock()


def run(
    stack: Stack, console: Console, *, count: int = 10_000, copies: int = 5, threads: int = 12, chunk: int = 500,
    channel: str = "epay",
) -> BenchResult:  # fmt: skip
    """`count` payments in chunks; all copies of a chunk's notifies, as the stand-in sent them, are shuffled and called
    at once."""
    errors: list[str] = []
    answers: Counter[str] = Counter()
    stop = threading.Event()
    with gate_of(stack, channel) as gate, catching() as catcher:
        sku_id = gate.load(count + 100)
        gate.tell(catcher.url)
        asking = threading.Thread(target=_ask, args=(stop, errors), daemon=True)
        asking.start()
        began = time.monotonic()
        for base in track(range(0, count, chunk), description="支付 / payments", console=console, transient=True):
            made: list[paying.Paying] = []

            def start(index: int, made: list[paying.Paying] = made) -> None:
                one = paying.start(stack, index, gate.way, sku_id=sku_id, url=catcher.url)
                gate.pay(one)
                made.append(one)

            errors += paying.spread(range(base + 1, min(base + chunk, count) + 1), start, threads)
            gate.quiet()
            tenth = [one for one in made if one.order_id.int % REFUND_EACH == 0]
            caught: list[Caught | paying.Paying] = [*catcher.take(), *tenth]
            pieces = paying.shuffled(caught, copies, base)
            errors += paying.spread(pieces, lambda piece: _do(stack, piece, answers), threads)
        seconds = time.monotonic() - began
        gate.tell(paying.notify_url(stack))
        stop.set()
        asking.join(30)
        waited = proof.wait_settled(stack, 300, gate)
        figures, bars = proof.end(stack, console, gate)
    for error in errors[:5]:
        console.print(error, markup=False)
    return _result(stack, count, copies, errors, answers, seconds, waited, channel, figures, bars)


def _do(stack: Stack, piece: Caught | paying.Paying, answers: Counter[str]) -> None:
    """Hand a notify in, or give an order back if it is delivered by now."""
    shop_id = stack.made.shop_id
    if isinstance(piece, Caught):
        reply = receive_payment(shop_id=shop_id, account_id=piece.account_id, raw=piece.raw, now=utc_now())
        with _COUNTING:
            answers["taken" if reply.status in (200, 204) else f"{reply.status}"] += 1
    elif orders.order_view(shop_id, piece.order_id).state == "delivered":
        refund_order(shop_id=shop_id, order_id=piece.order_id, reason="soak", actor="soak", now=utc_now())


def _result(
    stack: Stack, count: int, copies: int, errors: list[str], answers: Counter[str], seconds: float, waited: float,
    channel: str, figures: dict[str, Any], bars: list[Bar],
) -> BenchResult:  # fmt: skip
    states, told = figures["orders_by_state"], answers.total()
    ended = states.get("delivered", 0) + states.get("refunded", 0)
    twice = int(proof.rows(_TWICE, stack.made.shop_id)[0][0])
    return BenchResult(
        "storm",
        {"channel": channel, "payments": count, "copies": copies, "answers": dict(answers), "seconds": seconds,
         "payments_per_s": count / seconds, "settled_after_seconds": waited, "errors": len(errors), **figures},
        [
            Bar("orders delivered once or given back", ended, f"= {count}", ended == count),
            Bar("orders with other than one code", twice, "= 0", twice == 0),
            Bar("notifies called", told, f">= {count * copies}", told >= count * copies),
            Bar("notifies that were not taken", told - answers["taken"], "= 0", told == answers["taken"]),
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
