"""Where `soak subscriptions` is held: who lives through the year, what they do, and what must be true in the end."""

import os
import random
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import connections
from rich.console import Console

from goodfor.cli import world
from goodfor.cli.bench.result import Bar, BenchResult
from goodfor.cli.soak.sql import rows
from goodfor.cli.soak.subscriptions_channel import HttpChannel, http_channel
from goodfor.finance.operations.follow_books import follow_books
from goodfor.identity.operations.add_staff import add_staff
from goodfor.identity.operations.create_user import create_user
from goodfor.kernel import audit, faultpoints, invariants, relay
from goodfor.kernel.clock import told_by
from goodfor.kernel.errors import DomainError
from goodfor.kernel.loops import REGISTRY
from goodfor.ledger import queries as ledger
from goodfor.loyalty.operations.set_terms import set_terms
from goodfor.loyalty.types import Terms as PointTerms
from goodfor.orders.operations import refund_order
from goodfor.orders.types import Buyer
from goodfor.payments import queries as payments
from goodfor.payments.operations.open_account import open_account
from goodfor.payments.operations.sandbox_consents import set_mood, sign_consent
from goodfor.payments.types import SigningRequest
from goodfor.subscriptions import queries as subscriptions
from goodfor.subscriptions import states
from goodfor.subscriptions.operations.cancel import cancel, keep
from goodfor.subscriptions.operations.change_plan import change_next, upgrade
from goodfor.subscriptions.operations.pause import pause, resume
from goodfor.subscriptions.operations.pick import pick
from goodfor.subscriptions.operations.refund_period import refund_period
from goodfor.subscriptions.operations.set_plan import make_plan, move_plan
from goodfor.subscriptions.operations.sign import sign, sign_anew
from goodfor.subscriptions.types import PlanView, PlanWish
from goodfor.vault import queries as vault

#: A month's last day but one, so that February is short.
START: Final = datetime(2027, 1, 30, 2, tzinfo=UTC)
SKU: Final = "kw-50"
LOOPS: Final = (
    "payments.mandates", "subscriptions.turn", "subscriptions.charge", "payments.charges", "payments.refunds",
)  # fmt: skip
AFTER: Final = ("subscriptions.settle", "subscriptions.remind", "subscriptions.recognise", "vault.fold_stock")
ROUNDS_A_DAY: Final = 3
#: Of those who look at a subscription that goes on, so many give another consent.
ANEW: Final = 0.1
#: The chance to die at each point that an armed process passes: at once, after a while, deep in the round.
CHANCES: Final = ("*=0.05", "*=0.005", "*=0.0005")


@dataclass(frozen=True, slots=True)
class Size:
    """How much of it."""

    count: int
    days: int
    http: int
    picks: int
    kills: int
    monthly: int
    seed: int


@dataclass
class Life:
    """One member. `channel`: the stand-in, where he signs over HTTP."""

    owner: UUID
    subscription_id: UUID | None = None
    channel: HttpChannel | None = None
    bad_until: datetime | None = None


@dataclass
class Year:
    """The shop and its clock."""

    made: world.DemoShop
    size: Size
    dice: random.Random
    now: datetime = START
    staff: str = ""
    account_id: UUID | None = None
    plans: list[PlanView] = field(default_factory=list)
    lives: list[Life] = field(default_factory=list)
    did: dict[str, int] = field(default_factory=dict)

    @property
    def shop_id(self) -> UUID:
        """Of the demo."""
        return self.made.shop_id

    def count(self, what: str, by: int = 1) -> None:
        """Note that something was done."""
        self.did[what] = self.did.get(what, 0) + by


def run(made: world.DemoShop, console: Console, size: Size) -> BenchResult:
    """All of it."""
    year, began = Year(made, size, random.Random(size.seed)), time.monotonic()  # noqa: S311
    with (
        tempfile.TemporaryDirectory() as folder,
        told_by(lambda: year.now),
        http_channel(Path(folder), lambda: year.now, made.shop_id) as channel,
    ):
        _furnish(year, channel)
        for day in range(size.days):
            _day(year)
            if day % 10 == 0:
                console.print(f"{size.seed}: day {day} {year.now:%Y-%m-%d} {time.monotonic() - began:.0f} s {year.did}")
        _calm(year)
        return _end(year, channel, console, time.monotonic() - began)


def _furnish(year: Year, channel: HttpChannel) -> None:
    """A shop with three plans, goods, and members who have not signed yet."""
    now, shop_id = year.now, year.shop_id
    user_id = create_user(username="soak-subscriptions")
    year.staff = add_staff(shop_id=shop_id, user_id=user_id, role="owner", actor="soak", now=now).actor
    year.account_id = open_account(
        shop_id=shop_id, provider="sandbox", code="told", name="模拟", currency="CNY",
        config={"page_url": "/pay/sandbox", "mandates": True}, secrets={"key": "x" * 32, "secret": "x" * 32},
        methods=("alipay",), enabled=True, actor="soak", now=now,
    ).id  # fmt: skip
    set_terms(shop_id=shop_id, terms=PointTerms(on=True), actor="soak", now=now)
    sku_id = year.made.skus[SKU]
    wishes = (
        PlanWish("小月卡", 3000, 1, 1, (sku_id,), default_kind=states.POINTS, default_points=100, pause_days=60),
        PlanWish("大月卡", 8000, 1, 2, (sku_id,), carry=1, pause_days=60),
        PlanWish("季卡", 7777, 3, 2, (sku_id,), pause_days=60),
        PlanWish("年卡", 36_500, 12, 6, (sku_id,), default_kind=states.POINTS, default_points=10),
    )
    for number, wish in enumerate(wishes):
        plan = make_plan(shop_id=shop_id, slug=f"plan-{number}", wish=wish, actor=year.staff, now=now)
        move_plan(shop_id=shop_id, plan_id=plan.id, to_state=states.ON_SALE, actor=year.staff, now=now)
        year.plans.append(plan)
    year.lives = [Life(uuid4(), channel=channel if n < year.size.http else None) for n in range(year.size.count)]


def _day(year: Year) -> None:
    """What members and the staff do, and the rounds of the worker, some of which die."""
    _stock(year)
    for life in year.lives:
        _act(year, life)
    for _ in range(ROUNDS_A_DAY):
        if year.dice.randrange(100) < year.size.kills:
            _dying(year)
        _work(year.now)
        year.now += timedelta(hours=24 / ROUNDS_A_DAY)


def _stock(year: Year) -> None:
    """Enough codes for what may be picked today."""
    level = vault.stock(year.shop_id, [year.made.skus[SKU]]).get(year.made.skus[SKU])
    if (level.available if level else 0) < year.size.count:
        more = max(200, year.size.count)
        world.load_codes(year.shop_id, year.made.skus[SKU], world.random_codes(more), year.now, cost_minor=800)


def _act(year: Year, life: Life) -> None:
    """A member's day; mostly nothing. What is refused by the state of things is refused."""
    dice = year.dice
    if life.subscription_id is None:
        if dice.random() < 0.1:
            _sign(year, life)
        return
    if life.bad_until is not None and life.bad_until <= year.now:
        _mood(year, life, "")
        life.bad_until = None
    try:
        _wish(year, life)
    except DomainError as refused:
        year.count(f"refused {refused.code}")


def _wish(year: Year, life: Life) -> None:
    dice, chance, now = year.dice, year.dice.random(), year.now
    mine: dict[str, Any] = {
        "shop_id": year.shop_id, "subscription_id": life.subscription_id, "owner": life.owner, "now": now,
    }  # fmt: skip
    if dice.randrange(3000) < year.size.picks * 2:
        done = pick(**mine, sku_id=year.made.skus[SKU], buyer=Buyer(f"buyer:{life.owner.hex}"), request_key=uuid4().hex)
        year.count("picked")
        if dice.random() < 0.05:
            refund_order(
                shop_id=year.shop_id, order_id=done.order_id, reason="soak", actor="staff:soak", by_staff=True, now=now
            )
            year.count("picks given back")
    elif chance < 0.003:
        _mood(year, life, dice.choice(("no_funds", "needs_buyer", "limit")))
        life.bad_until = now + timedelta(days=dice.randint(1, 20))
        year.count("moods")
    elif chance < 0.005:
        pause(**mine, days=dice.randint(1, 20))
        year.count("paused")
    elif chance < 0.006:
        resume(**mine)
        year.count("resumed")
    elif chance < 0.008:
        upgrade(**mine, plan_id=dice.choice(year.plans).id)
        year.count("upgrades")
    elif chance < 0.010:
        change_next(**mine, plan_id=dice.choice(year.plans).id)
        year.count("changes for the next")
    elif chance < 0.0115:
        cancel(**mine)
        year.count("cancelled")
        if dice.random() < 0.3:
            keep(**mine)
    elif chance < 0.012:
        _refund(year, life)
    elif chance < 0.016:
        _sign_again(year, life)


def _sign(year: Year, life: Life) -> None:
    account_id = life.channel.account_id if life.channel else year.account_id
    assert account_id is not None
    often = year.dice.randrange(100) < year.size.monthly
    plan = year.dice.choice(year.plans[:2] if often else year.plans[2:])
    begun = sign(
        shop_id=year.shop_id, plan_id=plan.id, owner=life.owner, account_id=account_id,
        request=_request(), request_key=uuid4().hex, now=year.now,
    )  # fmt: skip
    life.subscription_id = begun.subscription_id
    year.count("signed")
    if year.dice.random() < 0.95:
        _consent(year, life, begun.instruction)


def _sign_again(year: Year, life: Life) -> None:
    """Whoever's is over signs for another; whoever's is not gives another consent."""
    view = subscriptions.subscription(year.shop_id, life.subscription_id or uuid4(), year.now)
    if view.state == states.ENDED:
        life.subscription_id = None
        return
    if year.dice.random() > ANEW:
        return
    account_id = life.channel.account_id if life.channel else year.account_id
    assert account_id is not None
    begun = sign_anew(
        shop_id=year.shop_id, subscription_id=view.id, owner=life.owner, account_id=account_id, request=_request(),
        now=year.now,
    )  # fmt: skip
    _consent(year, life, begun.instruction)
    year.count("signed anew")


def _refund(year: Year, life: Life) -> None:
    assert life.subscription_id is not None
    paid = [
        one for one in subscriptions.periods(year.shop_id, life.subscription_id, year.now)
        if one.state in (states.PAID, states.CLOSED)
    ]  # fmt: skip
    if paid:
        refund_period(
            shop_id=year.shop_id, period_id=paid[0].id, whole=year.dice.random() < 0.5, reason="soak",
            actor=year.staff, proven=True, now=year.now,
        )  # fmt: skip
        year.count("periods given back")


def _request() -> SigningRequest:
    return SigningRequest("会员", "云雀", "https://shop.example/notify", "https://shop.example/me", device="mobile")


def _consent(year: Year, life: Life, instruction: Any) -> None:
    number = _mandate(year, life)
    if life.channel is not None:
        life.channel.sign(number, instruction)
    else:
        sign_consent(shop_id=year.shop_id, number=number)


def _mood(year: Year, life: Life, refuses: str) -> None:
    if life.channel is not None:
        life.channel.mood(refuses)
    elif life.subscription_id is not None:
        set_mood(shop_id=year.shop_id, number=_mandate(year, life), refuses=refuses)


def _mandate(year: Year, life: Life) -> str:
    return payments.mandates_of(year.shop_id, f"subscription:{life.subscription_id}")[0].number


def _work(now: datetime) -> None:
    """What the worker does in a while, to its end."""
    for name in LOOPS:
        _through(name, now)
        while relay.relay_batch(now):
            pass
    for name in AFTER:
        _through(name, now)
    while relay.relay_batch(now):
        pass


def _through(name: str, now: datetime) -> None:
    for _ in range(200):
        if not REGISTRY[name].fn(now):
            return


def _dying(year: Year) -> None:
    """The same in a process of its own that may die at any of its points; what it left is for the next."""
    chance = year.dice.choice(CHANCES)
    connections.close_all()
    child = os.fork()
    if not child:
        try:
            faultpoints.arm(chance)
            _work(year.now)
        finally:
            os._exit(0)
    _pid, status = os.waitpid(child, 0)
    year.count("killed" if os.WIFSIGNALED(status) else "survived")


def _calm(year: Year) -> None:
    """Nobody does anything more: all that is under way comes to its end."""
    for _ in range(8):
        year.now += timedelta(hours=2)
        _work(year.now)


def _end(year: Year, channel: HttpChannel, console: Console, seconds: float) -> BenchResult:
    """What the channels' own books say, against ours."""
    shop_id, currency = year.shop_id, "CNY"
    taken, back, odd = _channel_books(year)
    over_http = channel.taken()
    cash, returned = taken + over_http[0], back + over_http[1]
    income = ledger.balance(shop_id, "5001:sub", currency)
    owed = subscriptions.deferred(shop_id, currency).amount_minor
    difference = cash - returned - owed - income
    while follow_books(now=year.now):
        pass
    _through("ledger.roll_up", year.now)
    while audit.seal(year.now):
        pass
    broken = [one for one in invariants.run_all(year.now) if not one.ok]
    for one in broken:
        console.print(f"{one.invariant.name}: {one.count} {one.violations[:3]}", markup=False)
    picks = rows("SELECT count(*), count(DISTINCT order_id) FROM subscriptions_pick WHERE shop_id = %s", shop_id)[0]
    periods = rows("SELECT state, count(*) FROM subscriptions_period WHERE shop_id = %s GROUP BY 1 ORDER BY 1", shop_id)
    figures: dict[str, Any] = {
        "seconds": seconds, "cash_minor": cash, "refunded_minor": returned, "owed_minor": owed, "income_minor": income,
        "picks": int(picks[0]), **{f"periods_{state}": int(number) for state, number in periods}, **year.did,
    }  # fmt: skip
    killed = year.did.get("killed", 0)
    bars = [
        Bar("minor units between income and cash less refunds less what is owed", difference, "= 0", difference == 0),
        Bar("periods that a channel charged twice, or charged and we do not know", odd + channel.doubled(shop_id),
            "= 0", odd + channel.doubled(shop_id) == 0),
        Bar("periods paid", int(dict(periods).get("closed", 0)), "> 0", int(dict(periods).get("closed", 0)) > 0),
        Bar("processes killed on their way", killed, "> 0", killed > 0 or not year.size.kills),
        Bar("invariants violated", len(broken), "= 0", not broken),
    ]  # fmt: skip
    return BenchResult("subscriptions", figures, bars)


def _channel_books(year: Year) -> tuple[int, int, int]:
    """What the told channel took and gave back, and how many of its charges are not one period's one payment."""
    took = rows(
        "SELECT coalesce(sum(t.amount_minor), 0), coalesce(sum(t.refunded_minor), 0) FROM payments_sandbox_trade t"
        " WHERE t.shop_id = %s AND t.state = 'paid'",
        year.shop_id,
    )[0]
    odd = rows(
        "SELECT count(*) FROM (SELECT y.source_id FROM payments_sandbox_trade t"
        " LEFT JOIN payments_payment y ON y.shop_id = t.shop_id AND y.number = t.number"
        " WHERE t.shop_id = %s AND t.state = 'paid' AND t.refunded_minor < t.amount_minor"
        " GROUP BY y.source_id HAVING count(*) > 1 OR y.source_id IS NULL) x",
        year.shop_id,
    )[0]
    return int(took[0]), int(took[1]), int(odd[0])
