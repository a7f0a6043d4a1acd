"""`soak race`: many buyers, few codes, through HTTP; half pay at the cashier of the stand-in, half from a balance."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from rich.console import Console

from goodfor.cli import world
from goodfor.cli.bench.result import Bar, BenchResult
from goodfor.cli.demo.shopper import Client, Shopper, Unexpected
from goodfor.cli.soak import proof
from goodfor.cli.stack import Stack
from goodfor.kernel.clock import utc_now

SLUG, SKU = "kuwan-coin", "kw-100"
REFUSED = ("409", "429")


@dataclass
class Tally:
    """What the buyers of all rounds saw."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    secrets: list[str] = field(default_factory=list, repr=False)
    refused: int = 0
    odd: list[str] = field(default_factory=list)

    def won(self, secret: str) -> None:
        """A buyer holds a code."""
        with self.lock:
            self.secrets.append(secret)

    def lost(self, reason: str) -> None:
        """A buyer was refused, for lack of stock or for another reason."""
        with self.lock:
            if any(code in reason for code in REFUSED):
                self.refused += 1
            else:
                self.odd.append(reason)


def run(stack: Stack, console: Console, *, rounds: int = 20, buyers: int = 200, codes: int = 50) -> BenchResult:
    """Rounds of `buyers` for `codes`. Every winner reveals, so that duplicates are seen as a buyer sees them."""
    tally, began = Tally(), time.monotonic()
    wrong_rounds, sold_before = 0, proof.sold(stack, SKU)
    for number in range(rounds):
        world.load_codes(
            stack.made.shop_id, stack.made.skus[SKU], world.random_codes(codes), utc_now(), cost_minor=9000
        )
        gate = threading.Barrier(buyers)
        with ThreadPoolExecutor(buyers) as pool:
            list(pool.map(partial(_buy, stack, tally, gate, number), range(buyers)))
        sold = proof.sold(stack, SKU)
        wrong_rounds += int(sold - sold_before != codes)
        console.print(f"{number + 1}/{rounds}: {sold - sold_before} sold, {time.monotonic() - began:.0f} s")
        sold_before = sold
    waited = proof.wait_settled(stack, 60)
    figures, bars = proof.end(stack, console)
    doubles = len(tally.secrets) - len(set(tally.secrets))
    for reason in tally.odd[:5]:
        console.print(reason, markup=False)
    return BenchResult(
        "race",
        {
            "rounds": rounds,
            "buyers": buyers,
            "codes": codes,
            "codes_in_buyers_hands": len(tally.secrets),
            "refused": tally.refused,
            "seconds": time.monotonic() - began,
            "settled_after_seconds": waited,
            **figures,
        },
        [
            Bar(f"rounds that sold other than {codes}", wrong_rounds, "= 0", wrong_rounds == 0),
            Bar(
                "codes shown to winners",
                len(tally.secrets),
                f"= {rounds * codes}",
                len(tally.secrets) == rounds * codes,
            ),
            Bar("codes shown to two buyers", doubles, "= 0", doubles == 0),
            Bar("other answers", len(tally.odd), "= 0", not tally.odd),
            *bars,
        ],
    )


def _buy(stack: Stack, tally: Tally, gate: threading.Barrier, number: int, buyer: int) -> None:
    address = f"10.{number}.{buyer // 250}.{buyer % 250 + 1}"
    try:
        if buyer % 2:
            _from_balance(stack, tally, gate, address)
        else:
            _in_the_shop(stack, tally, gate, address)
    except Exception as error:
        tally.lost(f"{type(error).__name__}: {error}")


def _from_balance(stack: Stack, tally: Tally, gate: threading.Barrier, address: str) -> None:
    client = Client(stack.url, stack.made.api_key, address)
    try:
        gate.wait(60)
        order = client.buy(stack.made.skus[SKU])
        tally.won(str(client.reveal(order["number"])[0]["secret"]))
    finally:
        client.close()


def _in_the_shop(stack: Stack, tally: Tally, gate: threading.Barrier, address: str) -> None:
    shopper = Shopper(stack.url, address)
    try:
        gate.wait(60)
        number = shopper.checkout(SLUG, stack.made.skus[SKU])
        shopper.pay(shopper.way(number))
        limit = time.monotonic() + 30
        while shopper.state(number) != "delivered":
            if time.monotonic() > limit:
                raise Unexpected("paid and not delivered within 30 s")
            time.sleep(0.2)
        tally.won(shopper.reveal(number)[-1])
    finally:
        shopper.close()
