"""Who answers risk control's engine, and what becomes known later: results of payments and claims, labels, reviews."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib import import_module
from typing import Any, Final
from uuid import UUID

from goodfor.aftersales import states as case_states
from goodfor.aftersales.events import CaseDecided
from goodfor.kernel import events
from goodfor.kernel.events import StoredEvent
from goodfor.orders import queries as orders
from goodfor.orders import states as order_states
from goodfor.orders.errors import HoldNotFound, HoldOver, OrderNotFound
from goodfor.orders.events import OrderPaid
from goodfor.orders.operations.refuse_delivery import refuse_delivery
from goodfor.orders.operations.release_delivery import release_delivery
from goodfor.payments import queries as payments
from goodfor.payments.errors import PaymentDisputed, PaymentNotFound
from goodfor.payments.events import CaseOpened, DisputeEnded, PaymentClosed
from goodfor.risk import enrichment, evaluate, queries, rule_states, wiring
from goodfor.risk.events import RiskReviewed
from goodfor.risk.ids import instant_of
from goodfor.risk.operations.label import label
from goodfor.risk.operations.note_subject import note_subject
from goodfor.risk.pieces import LastSeen, Partly, Pieces
from goodfor.risk.types import Act, Result, Scene, Value

ORDER: Final = "order"
PAYMENT: Final = "payment"
ACTOR: Final = "system"
#: Cases of a payment that no honest one opens: less than was asked for, or to somebody else.
_BAD_CASES: Final = frozenset({"underpaid", "foreign"})
_DISPUTE: Final = "dispute"
#: Why a claim was rejected, where it says that what was claimed is not so. That somebody was refused often is no proof.
FALSE: Final = frozenset({"used_after", "was_shown", "staff_reject", "staff_final"})
#: The staff's acts never link, and ask for no group.
_PAID_SCENES: Final = frozenset({str(Scene.ORDER), str(Scene.PAY)})


def connect() -> None:
    """Put the engine's parts together; called once by the wiring."""
    wiring.install(Pieces(rules=evaluate, model=Champion(), enrich=enriched), warm_up=warm_up)


def warm_up() -> None:
    """Tables of addresses, and the library that models are asked with."""
    enrichment.warm()
    _scoring()


def _scoring() -> Any:
    # By name and late: a command that judges nothing need not load numbers by the million.
    return import_module("goodfor.risk.model.scoring")


@dataclass(frozen=True, slots=True)
class Score:
    """What a model says, as the engine keeps it."""

    model_id: UUID | None
    score: float | None
    challengers: Mapping[UUID, float]


class Champion:
    """The model that serves a shop's acts of a kind; without one there is no score."""

    def score(self, shop_id: UUID, scene: Scene, snapshot: Mapping[str, Value]) -> Score | None:
        """The chance that the act is bad. Raises ModelFailed where a model is there and cannot be read."""
        scored = _scoring().score(shop_id, scene, snapshot)
        return None if scored is None else Score(scored.model_id, scored.score, dict(scored.challengers))

    def reasons(self, shop_id: UUID, scene: Scene, snapshot: Mapping[str, Value]) -> Sequence[Mapping[str, Any]]:
        """What spoke most against it."""
        return [asdict(one) for one in _scoring().reasons(shop_id, scene, snapshot)]


def enriched(act: Act, last_seen: LastSeen | None) -> dict[str, Value]:
    """What tables in memory know of an act. Raises Partly while one of them is missing."""
    seen = None
    if last_seen is not None:
        seen = enrichment.LastSeen(last_seen.at, last_seen.province, last_seen.city, last_seen.provinces_90d)
    found = enrichment.enrich(act, seen, _made_at(act.buyer))
    if enrichment.trouble():
        raise Partly(found)
    return found


def _made_at(buyer: str) -> datetime | None:
    """When an account was made: its id tells. None for guests, programs and whoever has none yet."""
    kind, _sep, name = buyer.partition(":")
    try:
        buyer_id = UUID(name) if kind == "buyer" else None
    except ValueError:
        return None
    return instant_of(buyer_id) if buyer_id is not None and buyer_id.version == 7 else None


def listen() -> None:
    """Hear what becomes of acts; called once by the wiring."""
    events.register(OrderPaid, on_order_paid, name="risk.on_order_paid")
    events.register(PaymentClosed, on_payment_closed, name="risk.on_payment_closed", concern=is_of_order)
    events.register(CaseOpened, on_case_opened, name="risk.on_case_opened", concern=says_something)
    events.register(DisputeEnded, on_dispute_ended, name="risk.on_dispute_ended", concern=is_of_order)
    events.register(CaseDecided, on_case_decided, name="risk.on_case_decided", concern=is_remedy_or_refusal)
    events.register(RiskReviewed, on_reviewed, name="risk.on_reviewed", concern=is_about_goods)


# -- payments ---------------------------------------------------------------------------------------


def on_order_paid(event: StoredEvent) -> None:
    """The money is there: whoever set out to pay did."""
    _pay_result(event, UUID(event.payload["order_id"]), Result.GOOD)


def is_of_order(event: StoredEvent) -> bool:
    """Whether a payment was one for an order."""
    return bool(event.payload["source_type"] == ORDER)


def on_payment_closed(event: StoredEvent) -> None:
    """An attempt ended unpaid: bad where its order was given up by nobody and simply never paid."""
    order_id = UUID(event.payload["source_id"])
    with suppress(OrderNotFound):
        if orders.order_view(event.shop_id, order_id).state == order_states.EXPIRED:
            _pay_result(event, order_id, Result.BAD)


def says_something(event: StoredEvent) -> bool:
    """Whether a case is about a payment that no honest one makes, or that a bank asks back."""
    return event.payload["kind"] in _BAD_CASES | {_DISPUTE}


def on_case_opened(event: StoredEvent) -> None:
    """Money that does not fit, or a chargeback: the label that models learn from."""
    case = payments.case_by_id(event.shop_id, UUID(event.payload["case_id"]))
    if case is None or case.payment_id is None:
        return
    with suppress(PaymentNotFound):
        payment = payments.payment(event.shop_id, case.payment_id)
        if payment.source_type != ORDER:
            return
        if event.payload["kind"] == _DISPUTE:
            _chargeback(event, payment.source_id, payment.id, bad=True)
        else:
            _pay_result(event, payment.source_id, Result.BAD)


def on_dispute_ended(event: StoredEvent) -> None:
    """The bank found for the shop: the order was good after all."""
    if event.payload["won"]:
        order_id = UUID(event.payload["source_id"])
        settling = payments.settling_of(event.shop_id, ORDER, order_id)
        _chargeback(event, order_id, settling.id if settling else None, bad=False)


def _pay_result(event: StoredEvent, order_id: UUID, result: Result) -> None:
    note_subject(shop_id=event.shop_id, scene=Scene.PAY, subject=(ORDER, order_id), result=result, at=event.occurred_at)


def _chargeback(event: StoredEvent, order_id: UUID, payment_id: UUID | None, *, bad: bool) -> None:
    subjects = [(ORDER, order_id)] + ([(PAYMENT, payment_id)] if payment_id else [])
    for subject in subjects:
        label(
            shop_id=event.shop_id, bad=bad, source=rule_states.CHARGEBACK, known_at=event.occurred_at, by=ACTOR,
            now=event.occurred_at, subject=subject,
        )  # fmt: skip


# -- claims -----------------------------------------------------------------------------------------


def is_remedy_or_refusal(event: StoredEvent) -> bool:
    """Whether a decision says that the claim was true, or that it was not."""
    told = event.payload
    return bool(told["proven"]) or (told["action"] == case_states.REJECT and told["why"] in FALSE)


def on_case_decided(event: StoredEvent) -> None:
    """A claim was proven, or proved false: its result, and a label of the decision that let it be made."""
    order_id, proven = UUID(event.payload["order_id"]), bool(event.payload["proven"])
    result = Result.GOOD if proven else Result.BAD
    noted = note_subject(
        shop_id=event.shop_id, scene=Scene.CLAIM, subject=(ORDER, order_id), result=result, at=event.occurred_at
    )
    judged = [one for one in queries.decisions_of(event.shop_id, ORDER, order_id) if one.scene is Scene.CLAIM]
    decision_id = noted or (judged[0].id if judged else None)
    if decision_id is not None:
        label(
            shop_id=event.shop_id, bad=not proven, source=rule_states.CLAIM_FALSE, known_at=event.occurred_at,
            by=ACTOR, now=event.occurred_at, decision_id=decision_id,
        )  # fmt: skip


# -- reviews ----------------------------------------------------------------------------------------


def is_about_goods(event: StoredEvent) -> bool:
    """Whether somebody decided about an order that waits; of a look at codes it is asked when it is tried again."""
    told = event.payload
    return told["scene"] in _PAID_SCENES and bool(told["subject_id"]) and told["outcome"] != rule_states.ASK


def on_reviewed(event: StoredEvent) -> None:
    """Deliver what was released, give back what was refused; nothing where the order went another way meanwhile."""
    told = event.payload
    subject_id = UUID(told["subject_id"])
    order_id = _order_of_payment(event.shop_id, subject_id) if told["subject_type"] == PAYMENT else subject_id
    if order_id is None:
        return
    end = release_delivery if told["outcome"] == rule_states.RELEASE else refuse_delivery
    cause = "overdue" if told["automatic"] else "reviewed"
    with suppress(OrderNotFound, HoldNotFound, HoldOver, PaymentDisputed):
        end(shop_id=event.shop_id, order_id=order_id, actor=ACTOR, cause=cause, now=event.occurred_at)


def _order_of_payment(shop_id: UUID, payment_id: UUID) -> UUID | None:
    try:
        payment = payments.payment(shop_id, payment_id)
    except PaymentNotFound:
        return None
    return payment.source_id if payment.source_type == ORDER else None
