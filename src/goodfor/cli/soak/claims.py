"""`soak claims`: refund, replacement, showing and a supplier's late void hit one code at once: exactly one outcome.

Every round sells a code or two from a balance, opens a claim on one of them and lets four go at it side by side. One of
refund and replacement comes through; money, claim and code agree, each time and in the audit.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from queue import Queue
from uuid import UUID, uuid4

from django.db import connection
from rich.console import Console
from rich.progress import Progress

from goodfor.cli import world
from goodfor.cli.bench.result import Bar, BenchResult
from goodfor.cli.soak.sql import rows
from goodfor.cli.stack import Stack
from goodfor.delivery import queries as delivery
from goodfor.kernel import invariants
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.kernel.money import Money
from goodfor.orders import queries as orders
from goodfor.orders.operations import (
    buy_with_balance,
    grant_refund,
    open_claim,
    replace_claim,
    reveal_codes,
    top_up_wallet,
)
from goodfor.orders.types import LineRequest, OrderView
from goodfor.vault import operations as vault

SKU = "kw-50"
DONE = "done"
#: What whoever comes second may be told.
TOO_LATE = {
    "refund": {"claim_moved"},
    "replace": {"claim_moved"},
    "reveal": {"code_not_held", "wrong_order_state"},
    # It was set aside by the others.
    "void": {"illegal_transition"},
}
_REFUNDED = """
SELECT coalesce(sum(r.amount_minor), 0)::bigint FROM payments_refund r JOIN payments_payment p
  ON p.id = r.payment_id AND p.shop_id = r.shop_id
WHERE r.shop_id = %s AND p.source_id = %s AND r.state <> 'failed'
"""
_CODE = "SELECT state, revealed_at IS NOT NULL FROM vault_code WHERE shop_id = %s AND id = %s"
_FREE, _ASIDE = 0, (3, 4)
#: Rounds that are played side by side, each about its own code.
TABLES = 3


@dataclass
class Field:
    """Where rounds are played. `lanes` are the four who go at a code."""

    made: world.DemoShop
    lanes: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(len(TOO_LATE)))
    ends: Counter[str] = field(default_factory=Counter)

    def close(self) -> None:
        """Let the four go, with their connections."""
        _leave(self.lanes, len(TOO_LATE))
        self.lanes.shutdown()


def _leave(hands: ThreadPoolExecutor, count: int) -> None:
    """Each of them closes its connection."""
    gate = threading.Barrier(count)

    def leave(_hand: int) -> None:
        gate.wait(10)
        connection.close()

    list(hands.map(leave, range(count)))


def make_field(made: world.DemoShop, rounds: int) -> Field:
    """Codes and money for so many rounds; the first of the tables."""
    now = utc_now()
    world.load_codes(made.shop_id, made.skus[SKU], world.random_codes(3 * rounds + 10), now, cost_minor=800)
    top_up_wallet(
        shop_id=made.shop_id, client_id=made.client_id, wallet_account=made.wallet_account,
        amount=Money(rounds * 20_000, "CNY"), reference=f"soak:{uuid4()}", actor="soak", now=now,
    )  # fmt: skip
    return Field(made)


def play(ground: Field, number: int) -> list[str]:
    """One round; what is wrong after it, in words. Every other order has two codes, two of three were seen."""
    shop_id, count = ground.made.shop_id, number % 2 + 1
    order = buy_with_balance(
        shop_id=shop_id, client_id=ground.made.client_id, wallet_account=ground.made.wallet_account, currency="CNY",
        lines=[LineRequest(ground.made.skus[SKU], count)], external_ref=None, now=utc_now(),
    )  # fmt: skip
    line = order.lines[0].line_id
    code = delivery.masked_codes(shop_id, [line])[0].code_id
    if number % 3:
        _show(shop_id, order.id, code)
    made = open_claim(
        shop_id=shop_id, order_id=order.id, line_id=line, reason="used", code_ids=[code], may_refund=False,
        actor="soak", now=utc_now(),
    )  # fmt: skip
    acts: dict[str, Callable[[], object]] = {
        "refund": lambda: grant_refund(shop_id=shop_id, claim_id=made.id, reason="soak", actor="system", now=utc_now()),
        "replace": lambda: replace_claim(
            shop_id=shop_id, claim_id=made.id, reason="soak", actor="system", now=utc_now()
        ),
        "reveal": lambda: _show(shop_id, order.id, code),
        "void": lambda: _void(shop_id, code, for_good=number % 4 == 0),
    }
    said = _at_once(ground.lanes, acts)
    wrong = _judge(ground, order, made.id, code, said)
    ground.ends[" ".join(sorted(name for name, word in said.items() if word == DONE))] += 1
    return [f"round {number}: {words}; {said}" for words in wrong]


def _show(shop_id: UUID, order_id: UUID, code: UUID) -> None:
    reveal_codes(shop_id=shop_id, order_id=order_id, code_ids=[code], actor="soak", ip="", now=utc_now())


def _void(shop_id: UUID, code: UUID, *, for_good: bool) -> None:
    """A supplier takes the code back, or says so: suspect at first, then written off."""
    vault.quarantine_codes(shop_id=shop_id, code_ids=[code], reason="late void", actor="soak", now=utc_now())
    if for_good:
        vault.void_codes(shop_id=shop_id, code_ids=[code], reason="late void", actor="soak", now=utc_now())


def _at_once(lanes: ThreadPoolExecutor, acts: dict[str, Callable[[], object]]) -> dict[str, str]:
    """What each of them came to: done, the code of a refusal, or the name of an error that nobody expects."""
    gate = threading.Barrier(len(acts))

    def one(name: str) -> str:
        gate.wait(30)
        try:
            acts[name]()
        except DomainError as error:
            return error.code
        except Exception as error:
            return f"{type(error).__name__}: {error}"
        return DONE

    return dict(zip(acts, lanes.map(one, acts), strict=True))


def _judge(ground: Field, order: OrderView, claim_id: UUID, code: UUID, said: dict[str, str]) -> list[str]:
    """Exactly one remedy, and everything agrees with it."""
    shop_id = ground.made.shop_id
    wrong = [f"{name} said {word}" for name, word in said.items() if word != DONE and word not in TOO_LATE[name]]
    won = [name for name in ("refund", "replace") if said[name] == DONE]
    if len(won) != 1:
        return [*wrong, f"{len(won)} remedies"]
    claim, [unit] = orders.claim(shop_id, claim_id), orders.claim_units(shop_id, claim_id)
    state = {"refund": "refunded", "replace": "replaced"}[won[0]]
    if (claim.state, unit.state) != (state, state):
        wrong.append(f"{won[0]} won, the claim is {claim.state}, its unit {unit.state}")
    price = order.lines[0].unit_price.amount_minor
    back = int(rows(_REFUNDED, shop_id, order.id)[0][0])
    if back != (price if won == ["refund"] else 0):
        wrong.append(f"{back} came back of {price}")
    [(stored, shown)] = rows(_CODE, shop_id, code)
    if stored not in (_ASIDE if not unit.restocked else (_FREE, *_ASIDE)):
        wrong.append(f"the code is {stored}")
    if unit.restocked and (shown or said["reveal"] == DONE):
        wrong.append("a code that was shown is on the shelf")
    ended = orders.order_view(shop_id, order.id).state
    held = [one.code_id for one in delivery.masked_codes(shop_id, [order.lines[0].line_id])]
    kept = order.quantity if won == ["replace"] else order.quantity - 1
    if code in held or len(held) != kept:
        wrong.append(f"{len(held)} codes are held of {kept}")
    if ended != ("delivered" if kept else "refunded"):
        wrong.append(f"the order is {ended}")
    return wrong


def run(stack: Stack, console: Console, *, rounds: int = 10_000) -> BenchResult:
    """So many rounds, then the audit."""
    tables = [make_field(stack.made, rounds), *(Field(stack.made) for _table in range(TABLES - 1))]
    began, free = time.monotonic(), Queue[Field]()
    for one in tables:
        free.put(one)

    def turn(number: int) -> list[str]:
        ground = free.get()
        try:
            return play(ground, number)
        finally:
            free.put(ground)

    wrong: list[str] = []
    with Progress(console=console, transient=True) as bars, ThreadPoolExecutor(TABLES) as players:
        bar = bars.add_task("回合 / rounds", total=rounds)
        for found in players.map(turn, range(rounds)):
            wrong += found
            bars.update(bar, advance=1)
        _leave(players, TABLES)
    seconds = time.monotonic() - began
    ends: Counter[str] = Counter()
    for one in tables:
        one.close()
        ends += one.ends
    console.print("正在审计 / audit")
    results = invariants.run_all(utc_now())
    failed = [result for result in results if not result.ok]
    for words in wrong[:10]:
        console.print(words, markup=False)
    for result in failed:
        console.print(f"{result.invariant.name}: {result.count} {result.violations[:3]}", markup=False)
    refunded = sum(count for end, count in ends.items() if "refund" in end.split())
    return BenchResult(
        "claims",
        {
            "rounds": rounds, "refunded": refunded, "replaced": rounds - refunded, "seconds": seconds,
            "ends": dict(ends.most_common()), "invariants": len(results),
        },
        [
            Bar("rounds with other than one outcome, or in which something disagrees", len(wrong), "= 0", not wrong),
            Bar("invariants violated", len(failed), "= 0", not failed),
        ],
    )  # fmt: skip
