"""`soak kill`: web, worker and database get SIGKILL under load; nothing that was acknowledged is lost."""

import random
import threading
import time
import uuid
from dataclasses import dataclass, field

from rich.console import Console

from goodfor.cli import world
from goodfor.cli.bench.result import Bar, BenchResult
from goodfor.cli.demo.shopper import Client, Shopper
from goodfor.cli.soak import proof
from goodfor.cli.stack import Stack
from goodfor.kernel.clock import utc_now

SLUG, SKU = "kuwan-coin", "kw-100"
#: Orders give themselves ten minutes to be delivered or refunded; a refund may wait for the channel a little longer.
DEADLINE = 660.0
_DELIVERED = "SELECT number FROM orders_order WHERE shop_id = %s AND state = 'delivered'"
_ENDED = "SELECT number FROM orders_order WHERE shop_id = %s AND state IN ('delivered', 'refunded')"


@dataclass
class Told:
    """What buyers were told: key of the write -> order number, and numbers that the cashier took money for."""

    stop: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)
    bought: dict[str, str] = field(default_factory=dict)
    changed: int = 0
    paid: list[str] = field(default_factory=list)
    tries: int = 0


def run(
    stack: Stack, console: Console, *, kills: int = 30, clients: int = 4, shoppers: int = 2, pause: float = 1.5
) -> BenchResult:
    """`kills` kills of a random part, each after `pause` seconds of load; then wait for the deadlines and audit."""
    world.load_codes(stack.made.shop_id, stack.made.skus[SKU], world.random_codes(60_000), utc_now(), cost_minor=9000)
    stack.fresh()
    told, began, back = Told(), time.monotonic(), [0.0]
    threads = [threading.Thread(target=_client, args=(stack, told), daemon=True) for _ in range(clients)]
    threads += [threading.Thread(target=_shopper, args=(stack, told, i), daemon=True) for i in range(shoppers)]
    for thread in threads:
        thread.start()
    parts = {"web": stack.kill_web, "worker": stack.kill_worker, "database": stack.kill_database}
    counts = dict.fromkeys(parts, 0)
    for number in range(kills):
        time.sleep(pause)
        part = random.choice(list(parts)) if number >= 3 else list(parts)[number]  # noqa: S311
        parts[part]()
        counts[part] += 1
        time.sleep(0.2)
        back.append(stack.wait_ready(90))
        console.print(
            f"{number + 1}/{kills} {part}: back in {back[-1]:.1f} s; {len(told.bought)} bought, {len(told.paid)} paid"
        )
    time.sleep(pause)
    told.stop.set()
    for thread in threads:
        thread.join(60)
    stack.wait_ready(90)
    stack.fresh()
    waited = proof.wait_settled(stack, DEADLINE)
    figures, bars = proof.end(stack, console)
    lost = set(told.bought.values()) - {str(row[0]) for row in proof.rows(_DELIVERED, stack.made.shop_id)}
    open_paid = set(told.paid) - {str(row[0]) for row in proof.rows(_ENDED, stack.made.shop_id)}
    doubled = len(told.bought) - len(set(told.bought.values()))
    return BenchResult(
        "kill",
        {
            "kills": counts,
            "acknowledged_balance_orders": len(told.bought),
            "acknowledged_channel_payments": len(told.paid),
            "failed_tries": told.tries,
            "slowest_return_seconds": max(back),
            "settled_after_seconds": waited,
            "seconds": time.monotonic() - began,
            **figures,
        },
        [
            Bar("acknowledged balance orders without their code", len(lost), "= 0", not lost),
            Bar("one order under two keys", doubled, "= 0", doubled == 0),
            Bar("a repeated key that named another order", told.changed, "= 0", told.changed == 0),
            Bar("acknowledged payments without code or refund", len(open_paid), "= 0", not open_paid),
            *bars,
        ],
    )


def _client(stack: Stack, told: Told) -> None:
    """Orders from the balance; a key is repeated until it is answered, and now and then once more after."""
    client = Client(stack.url, stack.made.api_key)
    while not told.stop.is_set():
        key = uuid.uuid4().hex
        while not told.stop.is_set():
            try:
                number = str(client.buy(stack.made.skus[SKU], key=key)["number"])
            except Exception:
                with told.lock:
                    told.tries += 1
                told.stop.wait(0.1)
                continue
            with told.lock:
                told.changed += int(told.bought.setdefault(key, number) != number)
            if random.random() < 0.8:  # noqa: S311
                break
    client.close()


def _shopper(stack: Stack, told: Told, lane: int) -> None:
    """Guests, one after the other; each pays at the cashier, which belongs to nobody we kill."""
    guest = 0
    while not told.stop.is_set():
        guest += 1
        shopper = Shopper(stack.url, f"10.{lane}.{guest // 250 % 250}.{guest % 250 + 1}")
        try:
            number = shopper.checkout(SLUG, stack.made.skus[SKU])
            shopper.pay(shopper.way(number))
            with told.lock:
                told.paid.append(number)
        except Exception:
            with told.lock:
                told.tries += 1
            told.stop.wait(0.1)
        finally:
            shopper.close()
