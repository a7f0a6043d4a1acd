"""Claims brought to just before a step, at a supplier's stand-in, and what there is of each once it is over."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from goodfor.aftersales import queries
from goodfor.aftersales.operations.decide_case import decide_case
from goodfor.aftersales.operations.make_claim import make_claim
from goodfor.aftersales.operations.object_to import object_to
from goodfor.aftersales.operations.pull_batch import pull_batch
from goodfor.aftersales.operations.start_recall import start_recall
from goodfor.aftersales.recall_tasks import tell_holders
from goodfor.cli import world
from goodfor.kernel import relay
from goodfor.kernel.clock import utc_now
from goodfor.orders import queries as orders
from goodfor.orders.deciding import STAFF, Decider
from goodfor.orders.operations import place_order, reveal_codes
from goodfor.orders.tests.claiming import codes_of
from goodfor.orders.tests.factories import Till, begin, pay, relay_all, sql
from goodfor.orders.types import Buyer, LineRequest, OrderView
from goodfor.payments.operations.run_due_refunds import run_due_refunds
from goodfor.sandbox.suppliers.server import StandIn
from goodfor.supply.inquiry_models import BoughtCode
from goodfor.supply.operations.buy_due import buy_due
from goodfor.supply.operations.complain_about import complain_about
from goodfor.supply.operations.inquire import inquire_due
from goodfor.supply.tests.market import Market


@dataclass
class Step:
    """What the process does that is killed; `times`: until it is."""

    work: Callable[[], Any]
    times: int = 1


@dataclass
class Ground:
    """A shop that promises ten times the price for bad codes, and a supplier who can be asked and takes back."""

    fair: Market
    till: Till
    orders: list[OrderView] = field(default_factory=list)

    @property
    def shop(self) -> UUID:
        return self.fair.shop

    @property
    def site(self) -> StandIn:
        return self.fair.sites["kaya"] if "kaya" in self.fair.sites else self.fair.supplier("kaya", protocol="kayixin")

    def sell(self, *, seen: bool) -> OrderView:
        """A delivered order of one code, from the shelf or from the supplier."""
        placed = place_order(
            shop_id=self.shop, lines=[LineRequest(self.fair.sku, 1)], buyer=Buyer("guest:a", ip="192.0.2.1"),
            channel="storefront", now=utc_now(),
        )  # fmt: skip
        pay(begin(self.till, placed.order_id, utc_now()), utc_now())
        self.fair.buy()
        relay_all(utc_now())
        order = orders.order_view(self.shop, placed.order_id)
        assert order.state == "delivered"
        if seen:
            reveal_codes(
                shop_id=self.shop, order_id=order.id, code_ids=None, actor="guest:x", ip="", now=utc_now()
            )  # fmt: skip
        self.orders.append(order)
        return order

    def bought(self, *, seen: bool = True) -> OrderView:
        """An order of what the supplier sold."""
        assert self.site
        return self.sell(seen=seen)

    def mark(self, order: OrderView, state: str, at: float | None = None) -> None:
        """What the supplier knows of its code."""
        self.site.use(BoughtCode.objects.get(shop_id=self.shop, code_id=codes_of(order)[0]).code_ref, state, at=at)

    def tap(self, order: OrderView, reason: str) -> Callable[[], Any]:
        """Its buyer claims."""
        return partial(
            make_claim, shop_id=self.shop, order_id=order.id, line_id=order.lines[0].line_id, reason=reason, fresh=True,
            actor="guest:x", now=utc_now(),
        )  # fmt: skip

    def case_id(self) -> UUID:
        [case] = queries.cases_of_order(self.shop, self.orders[0].id)
        return case.id

    def inquire(self) -> None:
        assert inquire_due(now=utc_now()) == 1

    def by_person(self) -> Callable[[], Any]:
        """The staff gives the money back."""
        return partial(
            decide_case, shop_id=self.shop, case_id=self.case_id(), action="refund", actor="staff:1",
            by=Decider(STAFF, "staff:1", proven=True, by_person=True), now=utc_now(),
        )  # fmt: skip


# -- scenes: each to just before a step -----------------------------------------------------------------


def asking() -> Step:
    return Step(partial(inquire_due, now=utc_now()))


def news() -> Step:
    return Step(partial(relay.relay_batch, utc_now()), 500)


def unseen(ground: Ground) -> Step:
    return Step(ground.tap(ground.bought(seen=False), "changed_mind"))


def money_out(ground: Ground) -> Step:
    unseen(ground).work()
    return Step(partial(run_due_refunds, now=utc_now()))


def to_be_asked(ground: Ground) -> Step:
    order = ground.bought()
    ground.mark(order, "invalid")
    ground.tap(order, "invalid")()
    return asking()


def answered_bad(ground: Ground) -> Step:
    to_be_asked(ground)
    ground.inquire()
    return news()


def to_be_bought(ground: Ground) -> Step:
    answered_bad(ground)
    relay_all(utc_now())
    return Step(partial(buy_due, now=utc_now()))


def came(ground: Ground) -> Step:
    to_be_bought(ground).work()
    return news()


def cannot_be_had(ground: Ground) -> Step:
    to_be_bought(ground)
    ground.site.fault("refuse", on="create", why="off_sale", times=9)
    buy_due(now=utc_now())
    return news()


def to_be_taken_back(ground: Ground) -> Step:
    ground.tap(ground.bought(), "changed_mind")()
    ground.inquire()
    relay_all(utc_now())
    return asking()


def taken_back(ground: Ground) -> Step:
    to_be_taken_back(ground)
    ground.inquire()
    return news()


def complained(ground: Ground) -> Step:
    order = ground.bought()
    codes = codes_of(order)
    ground.mark(order, "invalid")
    ground.tap(order, "invalid")()
    ground.inquire()
    relay_all(utc_now())
    buy_due(now=utc_now())
    relay_all(utc_now())
    ground.site.fault("judge", seconds=30)
    told = {"shop_id": ground.shop, "subject": ground.case_id(), "code_ids": codes, "text": "无效"}
    assert complain_about(**told, now=utc_now()) == 1
    return asking()


def rejected(ground: Ground) -> Step:
    order = ground.bought()
    ground.mark(order, "used", at=utc_now().timestamp() + 30)
    ground.tap(order, "used")()
    ground.inquire()
    relay_all(utc_now())
    assert queries.case(ground.shop, ground.case_id()).why == "used_after"
    return Step(partial(
        object_to, shop_id=ground.shop, case_id=ground.case_id(), text="没用过", actor="guest:x", now=utc_now()
    ))  # fmt: skip


def before_a_person(ground: Ground) -> Step:
    rejected(ground).work()
    ground.inquire()
    relay_all(utc_now())
    assert queries.case(ground.shop, ground.case_id()).state == "person"
    return Step(ground.by_person())


def recalled(ground: Ground, *, seen: bool = False) -> Step:
    """Codes of the shop's own; there is nothing to put in their place."""
    world.load_codes(ground.shop, ground.fair.sku, world.random_codes(1), utc_now(), cost_minor=800)
    ground.sell(seen=seen)
    [(batch,)] = sql("SELECT DISTINCT batch_id FROM vault_lot WHERE shop_id = %s", [ground.shop])
    pull_batch(shop_id=ground.shop, batch_id=batch, actor="staff:1", now=utc_now())
    start_recall(shop_id=ground.shop, batch_id=batch, actor="staff:1", now=utc_now())
    return Step(partial(tell_holders, utc_now()))


def offered(ground: Ground) -> Step:
    return recalled(ground, seen=True)


# -- ends: what there is once nothing waits any more ------------------------------------------------------


@dataclass(frozen=True)
class End:
    """How often each thing is there. `bought`, `back`: orders at the supplier, and what it paid back, in yuan."""

    claim: str
    refunds: int
    compensations: int = 0
    recoveries: int = 0
    bought: int = 1
    back: str = "0.0000"
    taken_back: int = 0


MONEY = End("refunded", 1)
#: A new code, bought; the old one was bad.
NEW = End("replaced", 0, 1, 1, bought=2)
#: The money, since there was no new one.
INSTEAD = End("refunded", 1, 1, 1)
BACK = End("refunded", 1, back="8.0000", taken_back=1)
RECALLED = End("refunded", 1, 1, bought=0)

SCENES: list[tuple[Callable[[Ground], Step], End, tuple[str, ...]]] = [
    (unseen, MONEY, ("aftersales.claimed", "orders.claim_refunding", "orders.claim_refunded", "aftersales.decided")),
    (money_out, MONEY, ("refunds.claimed", "refunds.called", "refunds.settling")),
    (to_be_asked, NEW, ("supply.answered",)),
    (answered_bad, NEW, ("orders.replacing", "orders.replacement_begun", "aftersales.decided")),
    # Nothing went out: they say twice that they know nothing of it, and nobody else has any.
    (to_be_bought, INSTEAD, ("supply.begun",)),
    (to_be_bought, NEW, ("supply.called", "supply.settling")),
    (came, NEW, ("orders.replacement_came", "orders.replacement_put")),
    (cannot_be_had, INSTEAD, ("orders.replacement_failed", "orders.claim_refunding", "orders.claim_refunded")),
    (to_be_taken_back, BACK, ("supply.answered", "supply.void_called")),
    (taken_back, BACK, ("orders.claim_refunding", "orders.claim_refunded", "aftersales.decided")),
    (complained, End("replaced", 0, 1, 1, bought=2, back="8.0000"), ("supply.complain_called",)),
    (rejected, MONEY, ("aftersales.objected", "aftersales.decided")),
    (before_a_person, MONEY, ("orders.claim_refunding", "orders.claim_refunded", "aftersales.decided")),
    (recalled, RECALLED, ("aftersales.claimed", "orders.claim_refunding", "orders.claim_refunded",
                          "aftersales.decided", "aftersales.recalling")),
    (offered, RECALLED, ("aftersales.recalling",)),
]  # fmt: skip
