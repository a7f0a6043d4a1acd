"""`soak rush`: buyers race for the pieces of a flash sale and the uses of a coupon code, through pages and the cashier.

Some who won give up, some come back to pay when their order had expired; the others come again for what became free.
In the end each round has sold exactly its pieces and its uses: by orders, by the limits' counters, by what was paid.
"""

import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

import httpx
from django.db import connections
from rich.console import Console

from goodfor.cli import world
from goodfor.cli.bench.result import Bar, BenchResult
from goodfor.cli.demo.shopper import Form, Shopper, Unexpected, read
from goodfor.cli.soak import proof, sale
from goodfor.cli.stack import Stack
from goodfor.kernel.clock import utc_now
from goodfor.orders import queries as orders
from goodfor.orders.operations.expire_order import expire_order

SLUG, SKU = "kuwan-coin", "kw-100"
LISTED, FLASH, OFF = 9650, 6650, 500
#: Seconds of a visit at most, and visits of those who went away with nothing.
PATIENCE, WAVES = 300.0, 12
#: Of so many who won, one gives up, one pays late at once, one later than all others.
FATES = 8
SETTLE = 120.0


@dataclass
class Buyer:
    """One visitor, the order that he placed, and where an open cashier takes its money."""

    shopper: Shopper
    number: str = ""
    cashier: str = ""


@dataclass
class Round:
    """A sale: its campaigns, its code, who came, and what they met."""

    flash: UUID
    coupon: UUID
    code: str
    buyers: list[Buyer] = field(default_factory=list)
    met: Counter[str] = field(default_factory=Counter)
    odd: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def meet(self, what: str) -> None:
        """Count an answer."""
        with self.lock:
            self.met[what] += 1


def run(
    stack: Stack, console: Console, *, rounds: int = 20, buyers: int = 200, pieces: int = 50, uses: int = 20
) -> BenchResult:
    """Options: rounds, buyers, pieces, uses."""
    shop_id, sku_id, began = stack.made.shop_id, stack.made.skus[SKU], time.monotonic()
    actor = sale.owner(shop_id, utc_now())
    inexact: list[int] = []
    odd: list[str] = []
    met, totals = Counter[str](), Counter[str]()
    for number in range(rounds):
        world.load_codes(shop_id, sku_id, world.random_codes(buyers), utc_now(), cost_minor=3000)
        one, code = utc_now(), f"RUSH{number}X"
        this = Round(
            sale.open_flash(shop_id, sku_id, price=FLASH, units=pieces, actor=actor, now=one),
            sale.open_coupon(shop_id, code=code, off=OFF, uses=uses, actor=actor, now=one), code,
        )  # fmt: skip
        try:
            _play(stack, this, number, buyers)
            proof.wait_settled(stack, SETTLE)
        finally:
            for buyer in this.buyers:
                buyer.shopper.close()
        sold, used = sale.count(shop_id, this.flash), sale.count(shop_id, this.coupon)
        if not (sold.exact(pieces, off=LISTED - FLASH) and sold.pieces == pieces and used.exact(uses, off=OFF)):
            inexact.append(number)
            console.print(f"{number}: {sold} {used}", markup=False)
        totals.update(pieces=sold.pieces, uses=used.used, given_back=sold.refunded + used.refunded)
        odd, met = odd + this.odd, met + this.met
        for campaign in (this.flash, this.coupon):
            sale.close(shop_id, campaign, actor, utc_now())
        console.print(f"{number + 1}/{rounds}: {sold.pieces}, {used.used}, {time.monotonic() - began:.0f} s")
    figures, bars = proof.end(stack, console)
    for text in odd[:5]:
        console.print(text, markup=False)
    return BenchResult(
        "rush",
        {"rounds": rounds, "buyers": buyers, **totals, "answers": dict(met), "seconds": time.monotonic() - began,
         **figures},
        [
            Bar(f"rounds that sold other than {pieces} pieces and {uses} uses", len(inexact), "= 0", not inexact),
            Bar("pieces at the flash price", totals["pieces"], f"= {rounds * pieces}",
                totals["pieces"] == rounds * pieces),
            Bar("uses of the coupon", totals["uses"], f"= {rounds * uses}", totals["uses"] == rounds * uses),
            Bar("other answers", len(odd), "= 0", not odd),
            *bars,
        ],
    )  # fmt: skip


def _play(stack: Stack, this: Round, number: int, buyers: int) -> None:
    """All come at once; then those who got nothing come again, beside some who pay late, until nothing is left."""
    shop_id, sku_id = stack.made.shop_id, stack.made.skus[SKU]
    this.buyers += [Buyer(Shopper(stack.url, f"10.{number}.{n // 250}.{n % 250 + 1}")) for n in range(buyers)]
    waiting, beside, last = list(this.buyers), list[Buyer](), list[Buyer]()
    for wave in range(WAVES):
        gate = threading.Barrier(len(waiting) + len(beside))
        comes = partial(_visit, this, sku_id=sku_id, gate=gate)
        _each(this, [(buyer, comes) for buyer in waiting] + [
            (buyer, partial(_pay_late, this, gate=gate)) for buyer in beside
        ])  # fmt: skip
        won = [buyer for buyer in waiting if buyer.number]
        waiting, beside = [buyer for buyer in waiting if not buyer.number], []
        if wave == 0:
            gives_up, beside, last = (won[n::FATES] for n in range(3))
            _each(this, [(buyer, _give_up) for buyer in gives_up])
            _each(this, [(buyer, _open_cashier) for buyer in beside + last])
            for buyer in beside + last:
                expire_order(shop_id=shop_id, order_id=_order(stack, buyer), now=utc_now())
            won = [buyer for n, buyer in enumerate(won) if n % FATES > 2]
        _each(this, [(buyer, partial(_pay, this)) for buyer in won])
        proof.wait_settled(stack, SETTLE)
        if not waiting or (not beside and all(sale.count(shop_id, one).gone for one in (this.flash, this.coupon))):
            break
    _each(this, [(buyer, partial(_pay_late, this)) for buyer in beside + last])


def _each(this: Round, work: Sequence[tuple[Buyer, Callable[[Buyer], None]]]) -> None:
    """All at once, each on a thread of its own."""

    def one(what: tuple[Buyer, Callable[[Buyer], None]]) -> None:
        buyer, do = what
        try:
            do(buyer)
        except Exception as error:
            with this.lock:
                this.odd.append(f"{type(error).__name__}: {error}")
        finally:
            connections.close_all()

    if work:
        with ThreadPoolExecutor(len(work)) as pool:
            list(pool.map(one, work))


def _visit(this: Round, buyer: Buyer, *, sku_id: UUID, gate: threading.Barrier) -> None:
    """Look at the price with the code, and order as long as something is off it."""
    gate.wait(60)
    asked = {"p": SLUG, "sku": str(sku_id), "qty": "1", "code": this.code}
    page = buyer.shopper.http.get("/checkout", params={**asked, "deal": str(this.flash)})
    form: Form | None = None
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        found = re.match(r"/o/([0-9A-Z]+)/pay", page.headers.get("location", ""))
        if page.status_code == 302 and found:
            buyer.number = found[1]
            this.meet("placed")
            return
        if page.status_code == 503:
            # As its page says, or a lock that was not had in time: the same again.
            this.meet("busy")
            time.sleep(random.uniform(1.0, 4.0))  # noqa: S311
            page = _again(buyer, form) if form else buyer.shopper.http.get(page.request.url)
            continue
        form = next((one for one in read(page.text).forms if (one.action, one.method) == ("/checkout", "post")), None)
        if page.status_code == 409 and form is None:
            this.meet("sold out")
            page = buyer.shopper.http.get("/checkout", params=asked)
            continue
        if form is None or page.status_code not in (200, 409):
            raise Unexpected(f"checkout: {page.status_code}")
        if page.status_code == 409:
            this.meet("price changed")
        if int(dict(form.fields).get("seen", LISTED)) >= LISTED:
            this.meet("went away")
            return
        page = _again(buyer, form)
    raise Unexpected("no end of it")


def _again(buyer: Buyer, form: Form) -> httpx.Response:
    return buyer.shopper.http.post("/checkout", data=form.filled(method="alipay"))


def _order(stack: Stack, buyer: Buyer) -> UUID:
    found: UUID = orders.order_by_number(stack.made.shop_id, buyer.number).id
    return found


def _pay(this: Round, buyer: Buyer) -> None:
    buyer.shopper.pay(buyer.shopper.way(buyer.number))
    limit = time.monotonic() + 60
    while buyer.shopper.state(buyer.number) != "delivered":
        if time.monotonic() > limit:
            raise Unexpected("paid and not delivered within 60 s")
        time.sleep(0.3)
    this.meet("delivered")


def _give_up(buyer: Buyer) -> None:
    page = read(buyer.shopper.get(f"/o/{buyer.number}/pay").text)
    form = next(one for one in page.forms if one.action == f"/o/{buyer.number}/cancel")
    answer = buyer.shopper.http.post(form.action, data=form.filled())
    if answer.status_code != 302:
        raise Unexpected(f"cancel: {answer.status_code}")


def _open_cashier(buyer: Buyer) -> None:
    buyer.cashier = buyer.shopper.cashier(buyer.shopper.way(buyer.number))[1]


def _pay_late(this: Round, buyer: Buyer, *, gate: threading.Barrier | None = None) -> None:
    """The cashier was open all the while."""
    if gate is not None:
        gate.wait(60)
    answer = buyer.shopper.http.post(buyer.cashier, data={"type": "alipay"})
    if answer.status_code != 303:
        raise Unexpected(f"the cashier took no late money: {answer.status_code}")
    this.meet("paid late")
