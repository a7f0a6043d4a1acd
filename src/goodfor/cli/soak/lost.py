"""`soak lost`: answers that get lost after the work was done, errors, and processes that die between any two steps.

Web and worker are armed (`kernel/faultpoints.py`): they kill themselves at named points. After the asker has had its
time, our books and the stand-in's are the same, nothing was given back twice and nothing got lost.
"""

import os
import threading
import time
from collections.abc import Mapping
from uuid import UUID

from rich.console import Console
from rich.progress import Progress

from goodfor.cli.bench.result import Bar, BenchResult
from goodfor.cli.soak import paying, proof
from goodfor.cli.soak.gates import Gate, gate_of
from goodfor.cli.stack import Stack
from goodfor.kernel import faultpoints
from goodfor.kernel.clock import utc_now
from goodfor.orders import queries as orders
from goodfor.orders.operations.refund_order import refund_order
from goodfor.payments.errors import ChannelUnavailable

#: The longest wait between two questions about a refund of unknown end is an hour; most end within minutes.
SETTLE = 600.0
#: Until the processes are up again; a machine that is at its limit takes minutes.
BACK = 240.0
#: So often a buyer orders before the soak is told of an error.
ORDERS = 5
_REFUNDS = """
SELECT count(*) FILTER (WHERE state = 'succeeded'), count(*) FILTER (WHERE state NOT IN ('succeeded', 'failed')),
       count(*) FILTER (WHERE state = 'failed') FROM payments_refund WHERE shop_id = %s
"""


def run(
    stack: Stack, console: Console, *, count: int = 5_000, refunds: int = 2_000, threads: int = 8, drop: int = 20,
    error: int = 50, chance: float = 0.003, channel: str = "epay",
) -> BenchResult:  # fmt: skip
    """Of `drop` calls to the stand-in one loses its answer, of `error` one is a 500; `chance`: to die at a point."""
    with gate_of(stack, channel) as gate:
        return _lossy(stack, console, gate, count, refunds, threads, (drop, error, chance))


def _lossy(
    stack: Stack, console: Console, gate: Gate, count: int, refunds: int, threads: int,
    rates: tuple[int, int, float],
) -> BenchResult:  # fmt: skip
    drop, error, chance = rates
    shop_id, sku_id = stack.made.shop_id, gate.load(count + 100)
    os.environ[faultpoints.NAME] = f"*={chance}"
    stack.kill_web()
    stack.kill_worker()
    time.sleep(0.5)
    stack.wait_ready(BACK)
    errors: list[str] = []
    gate.lose(count, drop, error)
    began = time.monotonic()
    given = _trade(stack, console, gate, sku_id, (count, refunds, threads), errors)
    restarts = {child.spec.name: child.restarts for child in stack.supervisor.children}
    os.environ.pop(faultpoints.NAME)
    hits = gate.mend()
    disturbed = [hits[kind] for kind in ("lost_answer", "error_burst")]
    stack.kill_web()
    stack.kill_worker()
    time.sleep(0.5)
    stack.wait_ready(BACK)
    waited = proof.wait_settled(stack, SETTLE, gate)
    waited += _wait_ended(stack, count, SETTLE - waited)
    figures, bars_ = proof.end(stack, console, gate)
    for text in errors[:5]:
        console.print(text, markup=False)
    done, unfinished, failed = (int(n) for n in proof.rows(_REFUNDS, shop_id)[0])
    ended = _ended(figures["orders_by_state"])
    return BenchResult(
        "lost",
        {"channel": gate.name, "payments": count,
         "refunds": given, "refunds_done": done, "refunds_failed": failed, "faults": dict(hits),
         "restarts": restarts, "seconds": time.monotonic() - began, "settled_after_seconds": waited,
         "errors": len(errors), **figures},
        [
            Bar("orders delivered or given back", ended, f"= {count}", ended == count),
            Bar("refunds whose end is not known", unfinished, "= 0", unfinished == 0),
            Bar("refunds arrived", done, f"= {refunds}", done == refunds),
            Bar("answers lost and errors given", sum(disturbed), "> 0", all(disturbed)),
            Bar("processes that died", sum(restarts.values()), "> 0", sum(restarts.values()) > 0),
            *bars_,
        ],
    )  # fmt: skip


def _ended(states: Mapping[str, int]) -> int:
    return states.get("delivered", 0) + states.get("refunded", 0)


def _wait_ended(stack: Stack, count: int, seconds: float) -> float:
    """Where a buyer only approves, the money is taken when the asker comes by: until then nobody is owed anything."""
    began = time.monotonic()
    while _ended(proof.states(stack)) < count and time.monotonic() - began < seconds:
        time.sleep(0.5)
    return time.monotonic() - began


def _trade(
    stack: Stack, console: Console, gate: Gate, sku_id: UUID, sizes: tuple[int, int, int], errors: list[str]
) -> int:
    """Sell `count`, and give `refunds` of them back once they are delivered; how many refunds were asked for."""
    (count, refunds, threads), shop_id = sizes, stack.made.shop_id
    lock = threading.Lock()
    made: list[paying.Paying] = []
    with Progress(console=console, transient=True) as bars:
        paid_bar, back_bar = (
            bars.add_task("支付 / payments", total=count),
            bars.add_task("退款 / refunds", total=refunds),
        )

        def buy(index: int) -> None:
            one = _begun(stack, gate, sku_id, index)
            gate.approve(one)
            with lock:
                made.append(one)
            bars.advance(paid_bar)

        errors += paying.spread(range(1, count + 1), buy, threads)
        given = 0
        until = time.monotonic() + SETTLE
        waiting = list(made)
        while given < refunds and waiting and time.monotonic() < until:
            later = []
            for one in waiting:
                if given < refunds and orders.order_view(shop_id, one.order_id).state == "delivered":
                    refund_order(shop_id=shop_id, order_id=one.order_id, reason="soak", actor="soak", now=utc_now())
                    given += 1
                    bars.advance(back_bar)
                else:
                    later.append(one)
            waiting = later
            time.sleep(0.5)
        # Let the worker send them while answers still get lost and processes still die.
        calm = time.monotonic() + 60
        while time.monotonic() < calm and int(proof.rows(_REFUNDS, shop_id)[0][0]) < refunds:
            time.sleep(0.5)
    return given


def _begun(stack: Stack, gate: Gate, sku_id: UUID, index: int) -> paying.Paying:
    """An order that can be paid; a buyer who cannot begin orders anew.

    Stripe answers the same for a day where its first answer was a 500, and no number is ever begun under two keys.
    """
    for tried in range(ORDERS):
        try:
            return paying.start(stack, index + tried * 100_000, gate.asked_way, sku_id=sku_id)
        except ChannelUnavailable:
            if tried + 1 == ORDERS:
                raise
    raise AssertionError
