"""`soak notify`: the same notify many times in parallel; one delivery, one payment, one set of postings."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
from rich.console import Console

from goodfor.cli import world
from goodfor.cli.bench.result import Bar, BenchResult
from goodfor.cli.demo.shopper import TIMEOUT, Shopper
from goodfor.cli.soak import proof
from goodfor.cli.stack import Stack
from goodfor.kernel.clock import utc_now
from goodfor.sandbox.demo import DEMO_MD5_KEY, DEMO_PID
from goodfor.sandbox.fen import format_fen
from goodfor.sandbox.signing import md5_sign

SLUG, SKU = "kuwan-coin", "kw-100"
#: An order's own: codes sold to it, payments that settle it, facts applied, ledger transactions (payment, delivery).
_ENDS = """
SELECT (SELECT count(*) FROM vault_code c JOIN orders_line l ON l.shop_id = c.shop_id AND l.id = c.holder_id
        WHERE l.shop_id = o.shop_id AND l.order_id = o.id AND c.state = 2),
       (SELECT count(*) FROM payments_payment p WHERE p.shop_id = o.shop_id AND p.source_id = o.id AND p.settles),
       (SELECT count(*) FROM payments_fact f JOIN payments_payment p ON p.id = f.payment_id AND p.shop_id = f.shop_id
        WHERE p.shop_id = o.shop_id AND p.source_id = o.id AND f.applied_at IS NOT NULL),
       (SELECT count(DISTINCT g.tx_id) FROM ledger_posting g WHERE g.shop_id = o.shop_id AND g.order_id = o.id)
FROM orders_order o WHERE o.shop_id = %s AND o.number = %s AND o.state = 'delivered'
"""
ONCE = (1, 1, 1, 2)


def run(stack: Stack, console: Console, *, rounds: int = 10, copies: int = 50) -> BenchResult:
    """`rounds` orders, each notified by `copies` equal calls at once; the stand-in's own notify is lost."""
    made, codes = stack.made, world.random_codes(rounds * 2)
    world.load_codes(made.shop_id, made.skus[SKU], codes, utc_now(), cost_minor=9000)
    stack.control.fault("lost_notify", times=None, pid=DEMO_PID)
    answers: Counter[str] = Counter()
    wrong: list[str] = []
    began = time.monotonic()
    for number in range(rounds):
        shopper = Shopper(stack.url, f"10.9.0.{number + 1}")
        try:
            order = shopper.checkout(SLUG, stack.made.skus[SKU])
            trade = shopper.pay(shopper.way(order))
        finally:
            shopper.close()
        answers += _storm(_address(stack, trade), copies)
        found = proof.rows(_ENDS, stack.made.shop_id, order)
        if not found or tuple(found[0]) != ONCE:
            wrong.append(f"{order}: {found}")
        console.print(f"{number + 1}/{rounds}: {dict(answers)} {found}", markup=False)
    stack.control.reset_faults()
    proof.wait_settled(stack, 30)
    sold = proof.sold(stack, SKU)
    figures, bars = proof.end(stack, console)
    good = answers["200 success"]
    return BenchResult(
        "notify",
        {
            "rounds": rounds,
            "copies": copies,
            "answers": dict(answers),
            "seconds": time.monotonic() - began,
            **figures,
        },
        [
            Bar("codes sold", sold, f"= {rounds}", sold == rounds),
            Bar("orders not delivered, paid and booked exactly once", len(wrong), "= 0", not wrong),
            Bar("notifies answered with success", good, f"= {rounds * copies}", good == rounds * copies),
            *bars,
        ],
    )


def _address(stack: Stack, trade_no: str) -> str:
    """The notify as the protocol writes it: epay v1, GET with the signed result."""
    trade = stack.control.trade(trade_no=trade_no)
    trade = trade.get("trade", trade)
    params = {
        "pid": str(trade["pid"]),
        "trade_no": trade_no,
        "out_trade_no": str(trade["out_trade_no"]),
        "type": str(trade["type"]),
        "name": str(trade["name"]),
        "money": format_fen(int(trade["money_fen"])),
        "trade_status": "TRADE_SUCCESS",
    }
    signed = {**params, "sign": md5_sign(params, DEMO_MD5_KEY), "sign_type": "MD5"}
    return str(httpx.URL(str(trade["notify_url"]), params=signed))


def _storm(address: str, copies: int) -> Counter[str]:
    gate = threading.Barrier(copies)
    with httpx.Client(timeout=TIMEOUT, limits=httpx.Limits(max_connections=copies)) as http:

        def call(_number: int) -> str:
            gate.wait(30)
            answer = http.get(address)
            return f"{answer.status_code} {answer.text[:20]}"

        with ThreadPoolExecutor(copies) as pool:
            return Counter(pool.map(call, range(copies)))
