"""`soak edges`: a hundred of each odd payment. None is delivered wrongly; each is given back, or a person's case."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from rich.console import Console

from goodfor.cli.bench.result import Bar, BenchResult
from goodfor.cli.soak import paying, proof
from goodfor.cli.soak.gates import Gate, gate_of
from goodfor.cli.soak.gates.base import Lie, Underpaying
from goodfor.cli.soak.paying import Paying
from goodfor.cli.stack import Stack
from goodfor.kernel.clock import utc_now
from goodfor.orders.operations.cancel_order import cancel_order

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
#: So long what was found right must stay so.
STANDS = 10.0


@dataclass(frozen=True, slots=True)
class Till:
    """Where the odd payments are made."""

    stack: Stack
    gate: Gate
    sku_id: UUID

    def start(self, index: int, way: str = "") -> Paying:
        """An order and its first payment."""
        return paying.start(self.stack, index, way or self.gate.way, sku_id=self.sku_id)

    def also(self, one: Paying, way: str) -> Paying:
        """Another payment of the same order."""
        return paying.attempt(self.stack, one.order_id, one.number, way)


Kind = Callable[[Till, int], Paying]


def run(
    stack: Stack, console: Console, *, each: int = 100, threads: int = 6, channel: str = "epay"
) -> BenchResult:  # fmt: skip
    """`each` of every kind that the channel can have; notifies are the stand-in's own, or lies signed with the right
    key."""
    with gate_of(stack, channel) as gate:
        at = Till(stack, gate, gate.load(each * (len(KINDS) + 2)))
        kinds = {name: kind for name, kind in KINDS.items() if name not in gate.without}
        made: dict[str, list[Paying]] = {}
        errors: list[str] = []
        for place, (name, kind) in enumerate(kinds.items()):
            found: list[Paying] = []
            made[name] = found

            def one(index: int, kind: Kind = kind, found: list[Paying] = found) -> None:
                found.append(kind(at, index))

            base = (place + 1) * 10_000
            errors += [f"{name}: {error}" for error in paying.spread(range(base, base + each), one, threads)]
            console.print(f"{name}: {len(found)}")
        for name, why in gate.without.items():
            console.print(f"{name}: 无 / none: {why}", markup=False)
        gate.quiet()
        return _judged(stack, console, gate, made, each, errors)


def _judged(
    stack: Stack, console: Console, gate: Gate, made: dict[str, list[Paying]], each: int, errors: list[str]
) -> BenchResult:
    """What became of each, once all that can settle has settled."""
    shop_id, began = stack.made.shop_id, time.monotonic()
    while time.monotonic() - began < WAIT:
        if not (wrong := _wrong(ends := _ends(shop_id, made))) and not proof.differences(stack, gate):
            break
        time.sleep(0.5)
    waited = time.monotonic() - began
    # Who is lied to asks the channel some seconds later: what it makes of the answer counts.
    time.sleep(STANDS)
    wrong = _wrong(ends := _ends(shop_id, made))
    figures, bars = proof.end(stack, console, gate)
    # Of what was really paid short a person decides: it is owed, and there is a case for each.
    bars = [bar for bar in bars if bar.what != proof.OWED]
    for line in (*errors[:5], *(f"{name}: {count}" for name, count in wrong.items())):
        console.print(line, markup=False)
    late = ends["paid after expiry, stock left"]["delivered"]
    return BenchResult(
        "edges",
        {"channel": gate.name, "each": each, "ends": {name: dict(count) for name, count in ends.items()},
         "left_out": dict(gate.without), "errors": len(errors), "settled_after_seconds": waited, **figures},
        [
            Bar("kinds that ended otherwise than they should", len(wrong), "= 0", not wrong),
            Bar("paid after expiry with stock left: delivered", late, f"= {each}", late == each),
            Bar("lies that the shop never answered", gate.unheard(), "= 0", not gate.unheard()),
            Bar("errors", len(errors), "= 0", not errors),
            *bars,
        ],
    )  # fmt: skip


def _ends(shop_id: object, made: dict[str, list[Paying]]) -> dict[str, Counter[str]]:
    return {name: Counter(_end(shop_id, one) for one in ones) for name, ones in made.items()}


def _wrong(ends: dict[str, Counter[str]]) -> dict[str, dict[str, int]]:
    return {name: dict(count) for name, count in ends.items() if set(count) - RIGHT[name]}


def _end(shop_id: object, one: Paying) -> str:
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


def _too_late(at: Till, index: int) -> Paying:
    """Expired here, unpaid; then the buyer pays all the same. A code is left."""
    one = at.start(index)
    cancel_order(shop_id=at.stack.made.shop_id, order_id=one.order_id, actor="soak", now=utc_now())
    at.gate.pay(one, force=True)
    return one


def _twice(at: Till, index: int) -> Paying:
    """Two attempts of one account, both paid."""
    one = at.start(index)
    second = at.also(one, at.gate.again)
    at.gate.pay(one)
    at.gate.pay(second)
    return one


def _twice_elsewhere(at: Till, index: int) -> Paying:
    """Two attempts at two accounts, both paid."""
    one = at.start(index)
    second = at.also(one, at.gate.elsewhere)
    at.gate.pay(one)
    at.gate.pay(second)
    return one


def _short(at: Till, index: int) -> Paying:
    """The channel's books, notify and query all say that less came."""
    one = at.start(index)
    assert isinstance(at.gate, Underpaying), "left out by `Gate.without`"
    at.gate.underpay(one)
    return one


def _lied(about: Lie) -> Kind:
    """Nothing is paid, and a signed notify tells otherwise: of another sum; of another merchant of the same channel;
    at the address of another account, which knows nothing of it; or of the very payment, with a stolen key."""

    def kind(at: Till, index: int) -> Paying:
        one = at.start(index, at.gate.asked_way if about == "door" else "")
        at.gate.lie(one, about)
        return one

    return kind


KINDS: dict[str, Kind] = {
    "paid after expiry, stock left": _too_late,
    "paid twice, same channel": _twice,
    "paid twice, two channels": _twice_elsewhere,
    "amount off, really paid": _short,
    "amount off, a lie": _lied("amount"),
    "foreign merchant's notify": _lied("foreign"),
    "notify at another account's door": _lied("door"),
    "paid by word alone": _lied("word"),
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
