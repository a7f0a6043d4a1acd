"""A shop with plans, a member who signs at the sandbox channel, and a clock that is told."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from goodfor.cli import world as demo_world
from goodfor.identity import queries as identity
from goodfor.identity.tests.factories import make_staff
from goodfor.kernel import invariants
from goodfor.kernel.clock import told_by
from goodfor.kernel.money import Money
from goodfor.kernel.tenancy import platform_job
from goodfor.kernel.tests.snapshot import start_from
from goodfor.ledger import queries as books
from goodfor.orders.operations import refund_order
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import KEY, relay_all, sql
from goodfor.orders.types import Buyer
from goodfor.payments import queries as payments
from goodfor.payments.mandate_models import MandateCharge
from goodfor.payments.operations.open_account import open_account
from goodfor.payments.operations.poll_mandates import poll_mandates, run_due_charges
from goodfor.payments.operations.run_due_refunds import run_due_refunds
from goodfor.payments.operations.sandbox_consents import set_mood, sign_consent
from goodfor.payments.types import SigningRequest
from goodfor.subscriptions import queries, states, tasks
from goodfor.subscriptions.models import Period, Subscription
from goodfor.subscriptions.operations.charge_due import charge_due
from goodfor.subscriptions.operations.pick import pick
from goodfor.subscriptions.operations.set_plan import make_plan, move_plan
from goodfor.subscriptions.operations.sign import sign
from goodfor.subscriptions.types import PeriodView, Picked, PlanView, PlanWish, SubscriptionView

#: A last day of a month, at noon in Beijing.
START = datetime(2026, 1, 31, 4, tzinfo=UTC)
PRICE = 3000
REQUEST = SigningRequest("会员", "云雀", "https://shop.example/notify", "/me/subscriptions")


@dataclass
class World:
    """`now` is the present of everything within `live`."""

    shop: Shop
    staff: str
    account_id: UUID
    now: datetime
    owner: UUID = field(default_factory=uuid4)

    @property
    def shop_id(self) -> UUID:
        return self.shop.demo.shop_id

    @property
    def sku_id(self) -> UUID:
        return self.shop.sku_id

    def open_account(self, **config: Any) -> None:
        """The channel's account, or a new version of it."""
        self.account_id = open_account(
            shop_id=self.shop_id, provider="sandbox", code="till", name="模拟", currency="CNY",
            config={"page_url": "/pay/sandbox", "mandates": True, **config}, secrets={"key": KEY, "secret": KEY},
            methods=("alipay",), enabled=True, actor="test", now=self.now,
        ).id  # fmt: skip

    def plan(self, price: int = PRICE, *, slug: str = "", on: bool = True, **terms: Any) -> PlanView:
        wish = PlanWish("月卡", price, terms.pop("months", 1), terms.pop("picks", 2), (self.sku_id,), **terms)
        made = make_plan(shop_id=self.shop_id, slug=slug, wish=wish, actor=self.staff, now=self.now)
        if on:
            move_plan(shop_id=self.shop_id, plan_id=made.id, to_state=states.ON_SALE, actor=self.staff, now=self.now)
        return made

    def sign(self, plan: PlanView, *, owner: UUID | None = None, request_key: str = "", signed: bool = True) -> UUID:
        """Begun, and signed at the channel."""
        begun = sign(
            shop_id=self.shop_id, plan_id=plan.id, owner=owner or self.owner, account_id=self.account_id,
            request=REQUEST, request_key=request_key or uuid4().hex, now=self.now,
        )  # fmt: skip
        if signed:
            assert sign_consent(shop_id=self.shop_id, number=self.number(begun.subscription_id)) is not None
        return begun.subscription_id

    def number(self, subscription_id: UUID) -> str:
        """Of the mandate that was begun last."""
        return payments.mandates_of(self.shop_id, f"subscription:{subscription_id}")[0].number

    def subscribe(self, plan: PlanView, *, owner: UUID | None = None) -> UUID:
        """Signed, charged and paid."""
        made = self.sign(plan, owner=owner)
        self.work()
        assert self.see(made).state == states.ACTIVE
        return made

    def refuse(self, subscription_id: UUID, code: str = "no_funds") -> None:
        set_mood(shop_id=self.shop_id, number=self.number(subscription_id), refuses=code)

    def work(self, rounds: int = 3) -> None:
        """What the worker's loops do, and all news is told; some seconds pass."""
        for _ in range(rounds):
            poll_mandates(now=self.now)
            tasks.turn(self.now)
            charge_due(now=self.now)
            run_due_charges(now=self.now)
            while run_due_refunds(now=self.now):
                pass
            relay_all(self.now)
            tasks.settle(self.now)
            tasks.recognise(self.now)
            self.now += timedelta(seconds=61)

    def wait(self, *, days: float = 0, until: datetime | None = None) -> None:
        """Time passes, from one moment at which something is due to the next."""
        end = until or self.now + timedelta(days=days)
        while self.now < end:
            due = [at for at in self._moments() if self.now < at < end]
            self.now = min([*due, end])
            self.work(1)
            tasks.reminders(self.now)
        self.work(2)

    def _moments(self) -> list[datetime]:
        found = []
        for one in Subscription.objects.filter(shop_id=self.shop_id).exclude(state=states.ENDED):
            found += [one.created_at + timedelta(hours=2)]
            if one.next_start and one.paid_until:
                ahead = one.next_start - timedelta(hours=one.ahead_hours)
                found += [one.paid_until, ahead, one.next_start, ahead - timedelta(days=5, hours=11)]
        for period in Period.objects.filter(shop_id=self.shop_id, settled_at__isnull=True):
            found += [period.ends_at - timedelta(days=n) for n in (0, 2, 7)]
            found += [max(period.next_try_at, self.now + timedelta(seconds=1))] if period.next_try_at else []
        charges = MandateCharge.objects.filter(shop_id=self.shop_id, state="announced")
        return found + [at for at in charges.values_list("opens_at", flat=True) if at]

    def see(self, subscription_id: UUID) -> SubscriptionView:
        return queries.subscription(self.shop_id, subscription_id, self.now)

    def periods(self, subscription_id: UUID) -> list[PeriodView]:
        """Oldest first."""
        return queries.periods(self.shop_id, subscription_id, self.now)[::-1]

    def pick(self, subscription_id: UUID, key: str = "", owner: UUID | None = None) -> Picked:
        whose = owner or self.owner
        return pick(
            shop_id=self.shop_id, subscription_id=subscription_id, owner=whose, sku_id=self.sku_id,
            buyer=Buyer(f"buyer:{whose.hex}", ip="2001:db8::1"), request_key=key or uuid4().hex, now=self.now,
        )  # fmt: skip

    def refund_pick(self, picked: Picked) -> None:
        refund_order(
            shop_id=self.shop_id, order_id=picked.order_id, reason="test", actor="staff:test", by_staff=True,
            now=self.now,
        )  # fmt: skip
        self.work(1)

    def booked(self, account: str) -> int:
        return books.balance(self.shop_id, account, "CNY")

    def taken(self) -> list[int]:
        """What the channel took, by its own books."""
        rows = sql(
            "SELECT amount_minor FROM payments_sandbox_trade WHERE shop_id = %s AND state = 'paid' ORDER BY id",
            [self.shop_id],
        )
        return [row[0] for row in rows]

    def told(self, name: str) -> list[dict[str, Any]]:
        rows = sql(
            "SELECT payload FROM kernel_event WHERE shop_id = %s AND name = %s ORDER BY id",
            [self.shop_id, f"subscriptions.{name}"],
        )
        return [json.loads(row[0]) if isinstance(row[0], str) else row[0] for row in rows]

    def faults(self, *rooms: str) -> dict[str, Sequence[Any]]:
        """What the audit says of the rooms that have a part in it; all of it is looked at once (test_life)."""
        relay_all(self.now)
        asked = rooms or ("subscriptions", "payments", "orders")
        with platform_job("audit in a test"):
            found = [invariants.run(one, self.now) for one in invariants.REGISTRY if one.room in asked]
        return {one.invariant.name: one.violations for one in found if not one.ok}

    def money(self, minor: int) -> Money:
        return Money(minor, "CNY")


@contextmanager
def live(world: World) -> Iterator[World]:
    """The whole process lives by its clock."""
    with told_by(lambda: world.now):
        yield world


@pytest.fixture
def world(transactional_db: None) -> Iterator[World]:
    def make() -> World:
        with told_by(lambda: START):
            demo = demo_world.make_shop(START)
            codes = demo_world.random_codes(60)
            sku_id = demo.skus["kw-50"]
            assert demo_world.load_codes(demo.shop_id, sku_id, codes, START, cost_minor=800) == 60
            staff = make_staff(identity.shop_by_id(demo.shop_id), START).actor
            made = World(Shop(demo, sku_id, codes), staff, demo.shop_id, START)
            made.open_account()
            return made

    made = start_from("subscriptions", make)
    made.owner = uuid4()
    with live(made):
        yield made
