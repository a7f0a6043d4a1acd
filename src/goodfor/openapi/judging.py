"""Risk control before what a program asks for: outside of its transaction. Of a repetition whose answer is looked for
first it is not asked again; a balance order's is judged anew, and answered as before whatever comes out.

A program can be asked for no proof: an order that would need one waits a little once it is paid. Of the caller's own
address nothing is told: it is a server, and all of its customers come from there.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from goodfor.aftersales import queries as aftersales
from goodfor.catalog import queries as catalog
from goodfor.identity.types import ApiCaller
from goodfor.kernel.ids import uuid7
from goodfor.openapi.errors import UnderReview
from goodfor.openapi.schemas import OrderIn, PaymentIn
from goodfor.orders import queries as orders
from goodfor.orders.operations.hold_delivery import hold_delivery
from goodfor.orders.types import HoldOrder, OrderView
from goodfor.risk import review_queries, rule_states
from goodfor.risk.errors import Refused
from goodfor.risk.operations import assess, note
from goodfor.risk.operations.open_review import open_review
from goodfor.risk.types import Act, Decision, Outcome, Result, Scene, Value

#: What money comes back for.
_GIVES_BACK: Final = frozenset({"paid", "delivered"})
#: What a person said of an order's codes holds for so long.
_SAID_FOR: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Judged:
    """What was decided of an order that will be called `order_id`, or of a claim; `hold`: let the order wait so."""

    act: Act
    decision: Decision
    order_id: UUID
    hold: HoldOrder | None = None

    @property
    def word(self) -> str:
        """The outcome as rooms above keep it; empty where nothing speaks against it."""
        return "" if self.decision.outcome is Outcome.ALLOW else str(self.decision.outcome)

    def went_well(self) -> None:
        """Note it, in the caller's transaction."""
        note(self.act, Result.GOOD, self.decision.id)


def judge_order(caller: ApiCaller, body: OrderIn, now: datetime) -> Judged:
    """Before an order. Raises Refused, SkuUnknown, NotOnSale."""
    # A SKU may stand in several lines: by itself, and in a bundle.
    quantities: Counter[UUID] = Counter()
    for line in body.lines:
        quantities[line.sku_id] += line.quantity
    skus = catalog.skus_for_sale(caller.shop_id, list(quantities))
    totals = {sku.price.currency: 0 for sku in skus.values()}
    for sku_id, sku in skus.items():
        totals[sku.price.currency] += sku.price.amount_minor * quantities[sku_id]
    # What mixes currencies is refused in a moment.
    [(currency, amount), *_others] = totals.items()
    order_id, customer = uuid7(), body.buyer
    buyer = f"client:{caller.client_id}" + (f":{customer.ref}" if customer else "")
    contact = (customer.contact or "") if customer else ""
    act = Act(
        shop_id=caller.shop_id,
        scene=Scene.ORDER,
        at=now,
        buyer=orders.buyer_key(buyer),
        ip=(customer.ip or "") if customer else "",
        phone="" if "@" in contact else contact,
        mail=contact if "@" in contact else "",
        subject=("order", order_id),
        amount_minor=amount,
        currency=currency,
        facts=_facts(caller.shop_id, buyer, body, list(quantities), now),
    )
    decision = assess(act)
    if decision.outcome is Outcome.DENY:
        raise Refused
    # Also where its customer pays on the shop's own page: what is asked there is about paying, which may look well.
    return Judged(act, decision, order_id, orders.hold_of(decision))


def _facts(shop_id: UUID, buyer: str, body: OrderIn, sku_ids: list[UUID], now: datetime) -> dict[str, Value]:
    facts: dict[str, Value] = {
        "quantity": sum(line.quantity for line in body.lines),
        "sku": str(sku_ids[0]) if len(sku_ids) == 1 else None,
    }
    if body.payment == "balance" or body.buyer is None:
        # Paid for before, or by many whom the program does not name: what a single buyer does says nothing here.
        return facts
    return {
        **facts,
        **orders.buyer_facts(shop_id, buyer, now).facts,
        "sku_liquidity": orders.liquidity_of(shop_id, sku_ids),
    }


def judge_pay(caller: ApiCaller, order: OrderView, body: PaymentIn, now: datetime) -> None:
    """Before a program's customer sets out to pay; what looks bad waits once it is paid. Raises Refused, WrongState."""
    if order.state != "placed":
        return
    buyer = orders.buyer_named(caller.shop_id, order.id)
    act = Act(
        shop_id=caller.shop_id,
        scene=Scene.PAY,
        at=now,
        buyer=buyer,
        ip=body.ip or "",
        instrument=body.payer or "",
        subject=("order", order.id),
        amount_minor=order.total.amount_minor,
        currency=order.currency,
        facts=orders.pay_facts(caller.shop_id, order, buyer, body.method, now),
    )
    decision = assess(act)
    if decision.outcome is Outcome.DENY:
        raise Refused
    hold = orders.hold_of(decision)
    if hold is not None:
        hold_delivery(shop_id=caller.shop_id, order_id=order.id, hold=hold, actor="system", now=now)


def judge_claim(caller: ApiCaller, order: OrderView, line_id: UUID, now: datetime) -> Judged:
    """Before a claim: whatever is said of it, it is taken, and a person looks."""
    line = next((one for one in order.lines if one.line_id == line_id), None)
    amount = line.net if line else order.total
    act = Act(
        shop_id=caller.shop_id,
        scene=Scene.CLAIM,
        at=now,
        buyer=orders.buyer_named(caller.shop_id, order.id),
        subject=("order", order.id),
        amount_minor=amount.amount_minor,
        currency=amount.currency,
        facts=aftersales.claim_facts(caller.shop_id, order, line_id, now),
    )
    return Judged(act, assess(act), order.id)


def judge_refund(caller: ApiCaller, order: OrderView, now: datetime) -> Judged | None:
    """Before an order is given back at once, by nobody's decision; None: there is nothing yet to give back.

    It is a claim that a program decides itself: what a person should look at is refused, and can be claimed instead.
    Raises Refused.
    """
    if order.state not in _GIVES_BACK:
        return None
    judged = judge_claim(caller, order, order.lines[0].line_id, now)
    if judged.decision.outcome not in (Outcome.ALLOW, Outcome.CHALLENGE):
        raise Refused
    return judged


def judge_reveal(caller: ApiCaller, order: OrderView, now: datetime) -> Judged:
    """Before a program is shown codes: it is counted as itself, whoever its customers are.

    It can be asked for no proof; what a person has to look at is refused until one has. Raises Refused, UnderReview.
    """
    subject = ("order", order.id)
    act = Act(
        shop_id=caller.shop_id,
        scene=Scene.REVEAL,
        at=now,
        buyer=caller.actor,
        subject=subject,
        amount_minor=order.total.amount_minor,
        currency=order.currency,
        facts={
            "seconds_since_delivery": (now - order.delivered_at).total_seconds() if order.delivered_at else None,
            "quantity": order.quantity,
        },
    )
    if review_queries.waits(caller.shop_id, Scene.REVEAL, subject):
        raise UnderReview
    said = review_queries.last_said(caller.shop_id, Scene.REVEAL, subject, now - _SAID_FOR)
    if said == rule_states.DENY:
        # Programs try again; nobody has to look again for that.
        raise Refused
    decision = assess(act)
    if decision.outcome in (Outcome.ALLOW, Outcome.CHALLENGE):
        return Judged(act, decision, order.id)
    if decision.outcome is Outcome.DENY:
        raise Refused
    if said != rule_states.RELEASE:
        open_review(
            shop_id=caller.shop_id, decision_id=decision.id, scene=Scene.REVEAL, now=now, subject=subject,
            amount_minor=act.amount_minor, currency=act.currency,
        )  # fmt: skip
        raise UnderReview
    return Judged(act, decision, order.id)
