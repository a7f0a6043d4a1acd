"""News of claims and promises, told to the buyer, and to the staff where they have to act: wiring, as `messages.py`.

Claims of programs are news for the staff alone.
"""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override, pgettext_lazy

from goodfor.aftersales import events as case_events
from goodfor.aftersales import queries as aftersales
from goodfor.aftersales import states as case_states
from goodfor.aftersales.types import CaseView, GrantView
from goodfor.config.telling import locale_of, order_and_buyer, shop_locale, tell_buyer, tell_staff
from goodfor.kernel import events
from goodfor.kernel.events import StoredEvent
from goodfor.kernel.money import Money
from goodfor.notify import queries as notify
from goodfor.orders import claim_states
from goodfor.orders import events as order_events
from goodfor.orders import queries as orders
from goodfor.orders.queries import order_facts
from goodfor.orders.reach import Reach
from goodfor.orders.types import ClaimView, OrderView

REASONS: Final[dict[str, Any]] = {
    "invalid": gettext_lazy("卡密无效"),
    "used": gettext_lazy("卡密已被使用"),
    "expired": gettext_lazy("卡密已过期"),
    "wrong": gettext_lazy("商品不符"),
    "not_received": gettext_lazy("没有收到"),
    "changed_mind": gettext_lazy("不想要了"),
    "top_up_missing": gettext_lazy("充值没到账"),
}
#: What was decided, in a subject line.
DECIDED: Final[dict[str, Any]] = {
    case_states.REFUND: gettext_lazy("售后已同意退款"),
    case_states.VOID_REFUND: gettext_lazy("售后已同意，收回卡密后退款"),
    case_states.REPLACE: gettext_lazy("售后已同意换新码"),
    case_states.REJECT: gettext_lazy("售后没有通过"),
}
GRANTS: Final[dict[str, Any]] = {
    case_states.COMPENSATION: gettext_lazy("按承诺赔付"),
    case_states.GOODWILL_DELIVERY: gettext_lazy("发货晚了，按承诺补偿"),
    case_states.GOODWILL_ANSWER: gettext_lazy("答复晚了，按承诺补偿"),
    case_states.GOODWILL_DECISION: gettext_lazy("处理晚了，按承诺补偿"),
}
#: What was late, as it ends a sentence.
LATE: Final[dict[str, Any]] = {
    case_states.GOODWILL_ANSWER: gettext_lazy("答复你"),
    case_states.GOODWILL_DECISION: pgettext_lazy("claim", "处理完"),
}


def listen() -> None:
    """Register everything; called once by the wiring."""
    heard: dict[type[events.Event], Callable[[StoredEvent], None]] = {
        order_events.OrderClaimOpened: on_claim_opened,
        order_events.OrderClaimClosed: on_claim_closed,
        case_events.CaseDecided: on_case_decided,
        case_events.BuyerAsked: on_buyer_asked,
        case_events.PersonNeeded: on_person_needed,
        case_events.ReplyWritten: on_reply_written,
        case_events.DeadlineMissed: on_deadline_missed,
        case_events.CaseEscalated: on_case_escalated,
        case_events.GrantMade: on_grant_made,
        case_events.GrantPaid: on_grant_paid,
        case_events.RecallOffered: on_recall_offered,
    }
    for event_class, handler in heard.items():
        events.register(event_class, handler, name=f"messages.{handler.__name__}", concern=_concern)


def _concern(event: StoredEvent) -> bool:
    """A shop without channels tells nobody. Handlers leave out the buyer of what a program claims."""
    return notify.speaks(event.shop_id)


def on_claim_opened(event: StoredEvent) -> None:
    """Told to the buyer while it is open; to the staff where nothing but people looks into it."""
    found = _about(event, UUID(event.payload["claim_id"]))
    if found is None or found.claim.state not in claim_states.LIVE:
        return
    if found.case is None or found.case.state != case_states.ASKING:
        found.tell(event, "claim_opened", {}, f"claim:{found.claim.id}")
    if found.case is None:
        _tell_staff(event, found, f"claim:{found.claim.id}")


def on_person_needed(event: StoredEvent) -> None:
    """To the staff, where it still is so: each time, an objection or an answer of the buyer is news."""
    found = _about(event, UUID(event.payload["case_id"]))
    if found is not None and found.case is not None and found.case.state == case_states.PERSON:
        _tell_staff(event, found, f"claim:{found.claim.id}:person:{event.id}")


def on_reply_written(event: StoredEvent) -> None:
    """What the staff wrote stands on the claim's page alone."""
    found = _about(event, UUID(event.payload["case_id"]))
    if found is None:
        return
    with override(locale_of(found.who)):
        answer = _("卖家给你留言了")
    found.tell(event, "claim_answered", {"answer": answer}, f"claim:{found.claim.id}:reply:{event.id}")


def on_case_decided(event: StoredEvent) -> None:
    """Money, another code, or no: each time it is decided."""
    found, action = _about(event, UUID(event.payload["case_id"])), event.payload["action"]
    if found is None or action not in DECIDED:
        return
    with override(locale_of(found.who)):
        there = action == case_states.REPLACE and found.claim.state == claim_states.REPLACED
        answer = _("新码已到手，旧码停用") if there else str(DECIDED[action])
        more = {"answer": answer, "why": found.why(event.payload["why"])}
    found.tell(event, "claim_decided", more, f"claim:{found.claim.id}:{event.id}")


def on_claim_closed(event: StoredEvent) -> None:
    """What no decision told of: taken back by the buyer, paid with the whole order, a new code that came later."""
    found = _about(event, UUID(event.payload["claim_id"]))
    if found is None:
        return
    decided = found.case.decided_at if found.case else None
    with override(locale_of(found.who)):
        answers = {
            claim_states.WITHDRAWN: _("已按你的要求撤回"),
            claim_states.REFUNDED: "" if decided else _("已同意退款，款项按原路退回"),
            claim_states.REPLACED: "" if decided == found.claim.closed_at else _("新码已到手，旧码停用"),
        }
        answer = answers.get(event.payload["state"], "")
    if answer:
        found.tell(event, "claim_answered", {"answer": answer}, f"claim:{found.claim.id}")


def on_buyer_asked(event: StoredEvent) -> None:
    """The clocks stand still until they answer."""
    found = _about(event, UUID(event.payload["case_id"]))
    if found is None or found.case is None or found.case.state != case_states.ASKING:
        return
    with override(locale_of(found.who)):
        why = found.why(event.payload["why"])
    found.tell(event, "claim_question", {"why": why}, f"claim:{found.claim.id}:{event.id}")


def on_deadline_missed(event: StoredEvent) -> None:
    """Before the buyer asks. A late delivery is told by what is given for it."""
    what, case_id = event.payload["what"], event.payload["case_id"]
    found = _about(event, UUID(case_id)) if case_id and what in LATE else None
    if found is None:
        return
    minor = event.payload["goodwill_minor"]
    with override(locale_of(found.who)):
        more = {"what": str(LATE[what]), "amount": Money(minor, event.payload["currency"]) if minor else ""}
    found.tell(event, "claim_late", more, f"claim:{found.claim.id}:{what}")


def on_case_escalated(event: StoredEvent) -> None:
    """Nobody has dealt with it in time."""
    found = _about(event, UUID(event.payload["case_id"]))
    if found is None:
        return
    with override(shop_locale(event.shop_id)):
        late = _("没有按时处理完，已升级到店主") if event.payload["level"] > 1 else _("没有按时答复")
        claim = {**found.facts(), "what": late, "amount": "", "url": _desk(found)}
    subject = f"claim:{found.claim.id}:level:{event.payload['level']}"
    context = {"order": order_facts(found.order), "claim": claim}
    tell_staff(event, "claim_escalated", subject, context, about_id=found.order.id)


def on_grant_made(event: StoredEvent) -> None:
    """Only what waits for its buyer: what was paid at once is told as paid."""
    grant = _grant(event)
    if grant is not None and grant.state == case_states.OWED and not _told_as_late(grant):
        _tell_grant(event, "grant_owed", grant)


def on_grant_paid(event: StoredEvent) -> None:
    """It is with the buyer."""
    grant = _grant(event)
    if grant is not None and not (_told_as_late(grant) and grant.paid_at == grant.made_at):
        _tell_grant(event, "grant_paid", grant)


def on_recall_offered(event: StoredEvent) -> None:
    """Before they complain."""
    found = order_and_buyer(event)
    if found is None:
        return
    order, who = found
    line = next((line for line in order.lines if str(line.line_id) == event.payload["line_id"]), None)
    recall = {
        "title": line.title if line else "",
        "codes": event.payload["codes"],
        "url": f"/o/{order.number}/claim?line={event.payload['line_id']}",
    }
    subject = f"recall:{event.payload['recall_id']}:{event.payload['line_id']}"
    tell_buyer(event, "recall_offered", order, who, {"recall": recall}, subject=subject)


# -- whom and what --------------------------------------------------------------------------------------


class _About:
    """A claim, its case, its order and whose that is."""

    def __init__(self, order: OrderView, who: Reach, claim: ClaimView, case: CaseView | None) -> None:
        self.order, self.who, self.claim, self.case = order, who, claim, case

    def facts(self) -> dict[str, Any]:
        """The names under `claim` that all scenes have."""
        until = self.claim.answer_by
        if self.case:
            until = (self.case.answer_by if self.case.answered_at is None else self.case.decide_by) or until
        return {
            "number": f"{self.order.number}-{self.claim.id.hex[-4:].upper()}",
            "reason": str(REASONS.get(self.claim.reason, self.claim.reason)),
            "answer": "",
            "deadline": until,
            "url": f"/o/{self.order.number}/claim/{self.claim.id}",
        }

    def why(self, key: str) -> str:
        """A decision in words."""
        return aftersales.why_words(self.order.shop_id, self.claim.id, key) if self.case else ""

    def tell(self, event: StoredEvent, scene: str, more: dict[str, Any], subject: str) -> None:
        """To the buyer."""
        with override(locale_of(self.who)):
            context = {"claim": {**self.facts(), **more}}
        tell_buyer(event, scene, self.order, self.who, context, subject=subject)


def _about(event: StoredEvent, claim_id: UUID) -> _About | None:
    found = order_and_buyer(event, of_programs=True)
    if found is None:
        return None
    claims = orders.claims_of_order(event.shop_id, found[0].id)
    claim = next((claim for claim in claims if claim.id == claim_id), None)
    return _About(*found, claim, aftersales.case_in(event.shop_id, found[0].id, claim_id)) if claim else None


def _tell_staff(event: StoredEvent, found: _About, subject: str) -> None:
    with override(shop_locale(event.shop_id)):
        claim = found.facts() | {"url": _desk(found)}
    context = {"order": order_facts(found.order), "claim": claim}
    tell_staff(event, "claim_opened", subject, context, about_id=found.order.id)


def _desk(found: _About) -> str:
    return f"/console/claims/{found.claim.id}/" if found.case else f"/console/orders/{found.order.number}/"


def _grant(event: StoredEvent) -> GrantView | None:
    known = aftersales.grants_of_order(event.shop_id, UUID(event.payload["order_id"]))
    return next((grant for grant in known if str(grant.id) == event.payload["grant_id"]), None)


def _told_as_late(grant: GrantView) -> bool:
    """The message about the missed deadline tells of it."""
    return grant.kind in LATE


def _tell_grant(event: StoredEvent, scene: str, grant: GrantView) -> None:
    found = order_and_buyer(event)
    if found is None:
        return
    order, who = found
    path = f"/o/{order.number}/claim/{grant.case_id}" if grant.case_id else f"/o/{order.number}"
    with override(locale_of(who)):
        told = {"kind": str(GRANTS.get(grant.kind, grant.kind)), "amount": grant.amount, "url": path}
    tell_buyer(event, scene, order, who, {"grant": told}, subject=f"grant:{grant.id}")
