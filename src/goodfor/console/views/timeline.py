"""An order's past in the order of time: moves of states, words of channels, showings of codes, acts of the staff."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import audit_words, hold_words, words
from goodfor.console.types import Visitor
from goodfor.console.views.message_items import message_items
from goodfor.delivery import queries as delivery
from goodfor.identity import queries as identity
from goodfor.identity.types import Permission
from goodfor.kernel import audit
from goodfor.kit.words import state_label, state_tone
from goodfor.kit.writing import plain_money
from goodfor.orders import queries as orders
from goodfor.orders.types import DeskOrder
from goodfor.payments import queries as payments
from goodfor.payments.types import CaseView, PaymentView, RefundView

Item = dict[str, Any]
#: What happened in one instant is told in this order: the order is placed, then paid for, then all else.
FIRST, LATER = 0, 2
#: Lines of the audit trail that belong to an order's past; its moves of states are told already.
ACTS = frozenset(
    {
        "order_refunded",
        "order_partly_refunded",
        "codes_revealed",
        "claim_opened",
        "claim_withdrawn",
        "orders.order_claimed",
    }
)


def timeline_of(
    visitor: Visitor,
    order: DeskOrder,
    attempts: Sequence[PaymentView],
    refunds: Sequence[RefundView],
    cases: Sequence[CaseView],
) -> list[Item]:
    """Everything that is known, oldest first."""
    who = _People(visitor)
    items = _moves(visitor, order, attempts, refunds, who)
    items += _facts(visitor, attempts)
    items += [
        {
            "at": case.opened_at,
            "label": _("异常：%(what)s") % {"what": words.word(words.CASE_KINDS, case.kind)},
            "tone": "red",
            "text": case.resolution,
            "href": reverse("desk:case", args=[case.id]),
        }
        for case in cases
    ]
    items += _acts(visitor, order, who)
    items += message_items(visitor.shop.id, order.id)
    return sorted(items, key=lambda item: (item["at"], item.get("rank", LATER)))


class _People:
    """Names of those who did something, looked up once."""

    def __init__(self, visitor: Visitor) -> None:
        self.names = {one.actor: one.username for one in identity.staff_of_shop(visitor.shop.id)}

    def name(self, actor: str) -> str:
        kind, _colon, _rest = actor.partition(":")
        if actor in self.names:
            return self.names[actor]
        kinds = {"buyer": _("买家"), "client": "API", "system": _("系统"), "channel": _("支付通道"), "staff": _("员工")}
        return str(kinds.get(kind, actor))


def _moves(
    visitor: Visitor,
    order: DeskOrder,
    attempts: Sequence[PaymentView],
    refunds: Sequence[RefundView],
    who: _People,
) -> list[Item]:
    payment_of = {payment.id: payment for payment in attempts}
    refund_of = {refund.id: refund for refund in refunds}
    items: list[Item] = []
    for step in orders.order_history(visitor.shop.id, [order.id, *payment_of, *refund_of]):
        item: Item = {"at": step.at, "who": who.name(step.actor)}
        if step.subject_id in payment_of:
            payment = payment_of[step.subject_id]
            item |= {
                "rank": FIRST + 1,
                "label": _("支付：%(state)s") % {"state": words.word(words.PAYMENT_STATES, step.to_state)},
                "text": f"{plain_money(payment.amount)} {words.word(words.METHODS, payment.method)} {payment.number}",
                "tone": words.PAYMENT_TONES.get(step.to_state, ""),
            }
        elif step.subject_id in refund_of:
            refund = refund_of[step.subject_id]
            item |= {
                "label": _("退款：%(state)s") % {"state": words.word(words.REFUND_STATES, step.to_state)},
                "text": f"{plain_money(refund.amount)} {refund.number} {refund.failure}".strip(),
                "tone": "red" if step.to_state in ("failed", "unknown") else "",
            }
        elif step.machine == hold_words.MACHINE:
            label, tone = hold_words.move(step.to_state)
            item |= {"label": label, "tone": tone}
        else:
            tone = state_tone(step.to_state)
            item["rank"] = LATER if step.from_state else FIRST
            item |= {
                "label": _("订单：%(state)s") % {"state": state_label(step.to_state)},
                "tone": tone.replace("plain", ""),
            }
        items.append(item)
    return items


def _facts(visitor: Visitor, attempts: Sequence[PaymentView]) -> list[Item]:
    items: list[Item] = []
    for payment in attempts:
        for recorded in payments.facts_of(visitor.shop.id, payment.id):
            fact = recorded.fact
            if fact.source == "local":
                continue
            items.append(
                {
                    "at": fact.happened_at,
                    "label": words.word(words.FACTS, fact.kind),
                    "text": f"{plain_money(fact.amount)} {fact.channel_ref}",
                    "who": _("支付通道"),
                }
            )
    return items


def _acts(visitor: Visitor, order: DeskOrder, who: _People) -> list[Item]:
    """Lines of the audit trail about this order, and when its codes were first seen, which no role must not know."""
    items: list[Item] = []
    if visitor.may(Permission.AUDIT_VIEW) or visitor.may(Permission.ORDERS_REFUND):
        for line in audit.lines_of(shop_id=visitor.shop.id, subject=("order", order.id)):
            if line.action in ACTS:
                # A claim's reason is a key of its own, and has no words here.
                text = "" if line.action == "claim_opened" else str(line.data.get("reason", ""))
                label = audit_words.action(line.action)
                items.append({"at": line.at, "label": label, "who": who.name(line.actor), "text": text})
        return items
    seen: dict[Any, datetime] = delivery.revealed(visitor.shop.id, [line.line_id for line in order.lines])
    return [{"at": at, "label": audit_words.action("codes_revealed")} for at in sorted(set(seen.values()))]
