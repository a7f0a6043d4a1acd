"""`soak limits`: 32 requests at once, over HTTP, against a limit of a rule and against an exact limit of a shelf.

The rule counts what was written down before: of any number at once no more pass than it allows (fewer may: each sees
the others). What one buyer may have of a SKU is counted under a lock: exactly so many pass.
"""

import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import httpx
from rich.console import Console

from goodfor.catalog import queries as catalog
from goodfor.catalog.operations.change_sku import change_sku
from goodfor.cli import world
from goodfor.cli.bench.result import Bar, BenchResult
from goodfor.cli.demo.shopper import Client
from goodfor.cli.stack import Stack
from goodfor.identity.operations.add_staff import add_staff
from goodfor.identity.operations.create_user import create_user
from goodfor.kernel import invariants
from goodfor.kernel.clock import utc_now
from goodfor.risk.operations.save_draft import save_draft
from goodfor.risk.operations.submit_rule import set_state
from goodfor.risk.rule_types import RuleText
from goodfor.risk.types import Outcome, Scene

#: What orders are counted by the rule, and which are limited by their shelf.
RULED, EXACT = "kw-100", "kw-50"
#: Orders of one customer an hour; codes of one customer.
MOST_BY_RULE, MOST_EXACT = 5, 3
AT_ONCE, ROUNDS = 32, 100
TRIES_ALONE = MOST_BY_RULE + 2
#: Refusals that are what a limit is for.
REFUSED = frozenset({"not_possible_now", "per_buyer_limit"})


@dataclass
class Tally:
    """How many passed in each round, and what else was answered."""

    by_rule: list[int] = field(default_factory=list)
    exact: list[int] = field(default_factory=list)
    #: Of a customer who sends one order after another, two more than the rule allows.
    alone: int = 0
    #: Let through to be looked at by a person, its codes kept: one denial in seventy.
    held: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    #: Did not get a lock in time; whoever asks again is served.
    busy: int = 0
    odd: Counter[str] = field(default_factory=Counter)


def prepare(made: world.DemoShop, now: datetime, *, rounds: int) -> None:
    """A rule that counts, a limit of a SKU, and codes enough for all that may pass and more."""
    user = create_user(username=f"limits-{uuid.uuid4().hex[:8]}")
    owner = add_staff(shop_id=made.shop_id, user_id=user, role="owner", actor="soak", now=now).actor
    says = RuleText(
        name="一小时五单", text=f'buyer_orders_1h > {MOST_BY_RULE} and sku == "{made.skus[RULED]}"',
        scenes=(Scene.ORDER,), outcome=Outcome.DENY, label="R0014", threat="hoarding", words="soak", hard=True,
    )  # fmt: skip
    rule = save_draft(shop_id=made.shop_id, says=says, code="five-an-hour", actor=owner, now=now)
    for state in ("shadow", "live"):
        set_state(shop_id=made.shop_id, rule_id=rule.id, state=state, actor=owner, now=now)
    sku_id = made.skus[EXACT]
    sku = catalog.skus_for_sale(made.shop_id, [sku_id])[sku_id]
    change_sku(
        shop_id=made.shop_id, sku_id=sku_id, price=sku.price, per_order_limit=1, per_buyer_limit=MOST_EXACT,
        actor="soak", now=now,
    )  # fmt: skip
    for code, most in ((RULED, MOST_BY_RULE), (EXACT, MOST_EXACT)):
        codes = world.random_codes(rounds * (most + 3) + TRIES_ALONE)
        world.load_codes(made.shop_id, made.skus[code], codes, now, cost_minor=100)


def blow(
    url: str, made: world.DemoShop, *, rounds: int, at_once: int = AT_ONCE, say: Callable[[str], None] = lambda _: None
) -> Tally:
    """Rounds of one customer who sends so many orders at the same moment, by as many connections."""
    tally = Tally()
    clients = [Client(url, made.api_key) for _ in range(at_once)]
    gate = threading.Barrier(at_once, timeout=60)

    def one(client: Client, sku_id: UUID, payment: str, buyer: str) -> httpx.Response:
        body = {"lines": [{"sku_id": str(sku_id), "quantity": 1}], "payment": payment, "buyer": {"ref": buyer}}
        gate.wait()
        return client.post("/orders", body)

    with ThreadPoolExecutor(at_once) as pool:

        def burst(sku_id: UUID, payment: str, buyer: str) -> list[httpx.Response]:
            sent = [pool.submit(one, client, sku_id, payment, buyer) for client in clients]
            return [each.result() for each in sent]

        try:
            for number in range(rounds):
                buyer = f"burst-{number}-{uuid.uuid4().hex[:8]}"
                # Paid from the balance: what passes is delivered, and cannot be called back.
                tally.by_rule.append(_passed(tally, burst(made.skus[RULED], "balance", buyer), "delivered"))
                tally.exact.append(_passed(tally, burst(made.skus[EXACT], "checkout", buyer), "placed"))
                say(f"{number + 1}/{rounds}: {tally.by_rule[-1]} and {tally.exact[-1]} of {at_once}")
            tally.alone = _alone(tally, clients[0], made.skus[RULED])
        finally:
            for client in clients:
                client.close()
    return tally


def _alone(tally: Tally, client: Client, sku_id: UUID) -> int:
    """At once all may see each other, and none pass; one after another exactly so many do."""
    body = {
        "lines": [{"sku_id": str(sku_id), "quantity": 1}], "payment": "balance",
        "buyer": {"ref": f"alone-{uuid.uuid4().hex[:8]}"},
    }  # fmt: skip
    return _passed(tally, [client.post("/orders", body) for _ in range(TRIES_ALONE)], "delivered")


def _passed(tally: Tally, answers: list[httpx.Response], wanted: str) -> int:
    passed = 0
    for answer in answers:
        told = answer.json()
        if answer.status_code == 201 and told["state"] == wanted:
            passed += 1
        elif answer.status_code == 201 and told.get("held_until"):
            tally.held += 1
        elif (code := str(told.get("code", ""))) in REFUSED:
            tally.refused[code] += 1
        elif answer.status_code == 503:
            tally.busy += 1
        else:
            tally.odd[f"{answer.status_code} {code or told.get('state', '')}"] += 1
    return passed


def bars(tally: Tally) -> list[Bar]:
    """What the limits are held to."""
    above = sum(passed > MOST_BY_RULE for passed in tally.by_rule)
    wrong = sum(passed != MOST_EXACT for passed in tally.exact)
    return [
        Bar("rounds in which more than the rule allows passed", above, "= 0", above == 0),
        Bar("passed the rule one after another", tally.alone, f"= {MOST_BY_RULE}", tally.alone == MOST_BY_RULE),
        Bar("rounds in which other than the exact limit passed", wrong, "= 0", wrong == 0),
        Bar("other answers", sum(tally.odd.values()), "= 0", not tally.odd),
    ]


def figures(tally: Tally, seconds: float) -> dict[str, object]:
    """Figures of all rounds."""
    spread = {str(passed): count for passed, count in sorted(Counter(tally.by_rule).items())}
    return {
        "rounds": len(tally.by_rule), "at_once": AT_ONCE, "limit_of_the_rule": MOST_BY_RULE,
        "rounds_by_passed_under_the_rule": spread, "passed_one_after_another": tally.alone, "exact_limit": MOST_EXACT,
        "rounds_by_passed_under_the_exact": {str(n): c for n, c in sorted(Counter(tally.exact).items())},
        "held_to_be_looked_at": tally.held, "refused": dict(tally.refused), "busy": tally.busy,
        "odd": dict(tally.odd), "seconds": seconds,
    }  # fmt: skip


def run(stack: Stack, console: Console, *, rounds: int = ROUNDS) -> BenchResult:
    """All of it against a server of its own, and the audit after that."""
    began = time.monotonic()
    prepare(stack.made, utc_now(), rounds=rounds)
    tally = blow(stack.url, stack.made, rounds=rounds, say=console.print)
    console.print("正在审计 / audit")
    broken = [found for found in invariants.run_all(utc_now()) if not found.ok]
    for found in broken:
        console.print(f"{found.invariant.name}: {found.count} {found.violations[:3]}", markup=False)
    held = Bar("invariants violated", len(broken), "= 0", not broken)
    some = Bar("passed the rule in all rounds", sum(tally.by_rule), "> 0", sum(tally.by_rule) > 0)
    return BenchResult("limits", figures(tally, time.monotonic() - began), [*bars(tally), some, held])
