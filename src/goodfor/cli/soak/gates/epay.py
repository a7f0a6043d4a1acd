"""EPay: `gate1` speaks v1, `gate2` v2, both called at each start; both at the same merchant of the stand-in."""

from collections.abc import Mapping
from typing import Self
from uuid import UUID

from goodfor.cli import world
from goodfor.cli.demo import books as demo_books
from goodfor.cli.soak import paying
from goodfor.cli.soak.gates.base import Books, Lie
from goodfor.cli.soak.paying import Paying
from goodfor.cli.stack import Stack
from goodfor.kernel.clock import utc_now
from goodfor.orders.operations.receive_payment import receive_payment
from goodfor.sandbox.demo import DEMO_MD5_KEY, DEMO_PID

OTHER_PID = "1002"
#: What happens to notifies meanwhile, to as many as answers get lost.
NOTICES: tuple[tuple[str, dict[str, object]], ...] = (
    ("duplicate_notify", {"count": 3}),
    ("concurrent_notify", {"count": 3}),
    ("delay_notify", {"ms": 2000}),
)


class EpayGate:
    """Lies are written by hand here: the merchant's key, which signs them, is known to both sides."""

    name = "epay"
    way, again, elsewhere, asked_way = "gate1/alipay", "gate1/wxpay", "gate2/alipay", "gate2/alipay"
    without: Mapping[str, str] = {}

    def __init__(self, stack: Stack) -> None:
        self.stack = stack

    def __enter__(self) -> Self:
        """Open both versions."""
        paying.open_gate(self.stack, "v1")
        paying.open_gate(self.stack, "v2")
        return self

    def __exit__(self, *_error: object) -> None:
        """Nothing was started."""

    def load(self, codes: int) -> UUID:
        """Of the demo shop's own SKU."""
        shop, sku_id = self.stack.made.shop_id, self.stack.made.skus[paying.SKU]
        world.load_codes(shop, sku_id, world.random_codes(codes), utc_now(), cost_minor=9000)
        found: UUID = sku_id
        return found

    def tell(self, base: str) -> None:
        """Every payment names its own address."""

    def pay(self, paying_: Paying, *, force: bool = False) -> None:
        """At the stand-in."""
        paying.pay(self.stack.control, paying_, force=force)

    def approve(self, paying_: Paying) -> None:
        """Paying is all there is."""
        self.pay(paying_)

    def underpay(self, paying_: Paying) -> None:
        """A cent comes, by the fault of that name."""
        self.stack.control.fault("short_payment", money="0.01", pid=DEMO_PID, out_trade_no=paying_.payment.number)
        self.pay(paying_)

    def lie(self, paying_: Paying, about: Lie) -> None:
        """A v1 notify; at the door of the account that `up` made, or else at the payment's own."""
        raw = paying.notify(
            paying_, f"2026010108{paying_.payment.number[-12:]}", money="0.01" if about == "amount" else "",
            pid=OTHER_PID if about == "foreign" else DEMO_PID,
        )  # fmt: skip
        door = self.stack.epay_account if about == "door" else paying_.payment.account_id
        receive_payment(shop_id=self.stack.made.shop_id, account_id=door, raw=raw, now=utc_now())

    def unheard(self) -> int:
        """They are handed in right here."""
        return 0

    def quiet(self) -> None:
        """As the stand-in counts."""
        self.stack.control.wait_quiet(60)

    def lose(self, calls: int, drop: int, error: int) -> None:
        """Calls of v2."""
        for endpoint in ("create", "query", "refund", "refundquery"):
            for kind, each, more in rates(drop, error):
                for skip in turns(calls, each):
                    self.stack.control.fault(kind, on=endpoint, times=1, skip=skip, **more)
        for kind, more in NOTICES:
            for skip in turns(calls, drop):
                self.stack.control.fault(kind, times=1, skip=skip, **more)

    def mend(self) -> Mapping[str, int]:
        """Counts of what `lose` set."""
        return counted(self.stack.control.reset_faults())

    def books(self) -> Mapping[str, Books]:
        """By the merchant's own call."""
        told = self.stack.control.books(DEMO_PID, DEMO_MD5_KEY)
        return {"epay": Books(demo_books.trades(told), tuple(demo_books.problems(told)))}


def rates(drop: int, error: int) -> tuple[tuple[str, int, dict[str, object]], ...]:
    """Kinds of faults and how many calls there are to one of it: answers lost or late, and 500s before and after the
    work."""
    return (
        ("lost_answer", drop, {}),
        ("delay", drop, {"ms": 300}),
        ("error_burst", error * 2, {"status": 500, "work": "after"}),
        ("error_burst", error * 2, {"status": 500, "work": "before"}),
    )


def turns(calls: int, each: int) -> list[int]:
    """How many calls each fault lets pass: a fault is taken once, and a queue of them makes a rate."""
    return [number * each + each // 2 for number in range(2 * calls // each)]


def counted(faults: list[dict[str, object]]) -> dict[str, int]:
    """Hits by kind."""
    hits: dict[str, int] = {"lost_answer": 0, "error_burst": 0}
    for fault in faults:
        hits[str(fault["kind"])] = hits.get(str(fault["kind"]), 0) + int(str(fault["hits"]))
    return hits
