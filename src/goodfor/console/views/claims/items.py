"""One claim in parts: what happened when, what is known and what it means, and claims like it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.aftersales import queries as aftersales
from goodfor.aftersales.queries import DeskCase, Outcomes
from goodfor.aftersales.types import DecisionView
from goodfor.console import aftersale_money_words as money
from goodfor.console import claim_words as words
from goodfor.console import rule_words
from goodfor.console.types import Visitor
from goodfor.identity import queries as identity
from goodfor.identity.types import Permission
from goodfor.kit import writing
from goodfor.orders import queries as orders
from goodfor.supply.types import InquiryView

Item = dict[str, Any]
#: Things of one instant are told in this order.
FIRST: Final = 0
LATER: Final = 1


class People:
    """Names of those who did something, looked up once."""

    def __init__(self, visitor: Visitor) -> None:
        self.names = {one.actor: one.username for one in identity.staff_of_shop(visitor.shop.id)}

    def name(self, actor: str) -> str:
        """Who it was, in words."""
        kinds = {"buyer": _("买家"), "guest": _("买家"), "client": "API", "system": _("自动"), "staff": _("员工")}
        return self.names.get(actor) or str(kinds.get(actor.partition(":")[0], actor))


def timeline_of(visitor: Visitor, case: DeskCase, thread: Sequence[InquiryView]) -> list[Item]:
    """Everything that is known about it, oldest first: claim, decisions, supplier, letters, missed times."""
    who, shop_id = People(visitor), visitor.shop.id
    said = orders.claim_text(shop_id, case.id)
    items: list[Item] = [
        {"at": case.opened_at, "rank": FIRST, "who": _("买家"), "text": said,
         "label": _("申请售后：%(reason)s") % {"reason": words.reason(case.reason)}},
    ]  # fmt: skip
    items += [_decision(shop_id, case.id, one, who) for one in aftersales.decisions(shop_id, case.id)]
    items += [
        {"at": one.at, "text": one.text,
         "label": _("买家留言") if one.author == "buyer" else _("回复买家"), "who": who.name(one.author)}
        for one in aftersales.replies(shop_id, case.id)
    ]  # fmt: skip
    for inquiry in thread:
        items += _asked(inquiry)
    items += _moves(visitor, case, who)
    missed = ((case.answer_missed_at, _("首次答复超时")), (case.decision_missed_at, _("处理结果超时")))
    items += [{"at": at, "label": label, "tone": "red"} for at, label in missed if at is not None]
    return sorted(items, key=lambda item: (item["at"], item.get("rank", LATER)))


def _decision(shop_id: UUID, case_id: UUID, one: DecisionView, who: People) -> Item:
    why = aftersales.why_words(shop_id, case_id, one.why) if one.why else ""
    tone = "green" if one.action in ("refund", "replace", "void_refund") else "red" if one.action == "reject" else ""
    return {
        "at": one.at,
        "label": words.action(one.action),
        "who": who.name(one.by),
        "tone": tone,
        "text": " ".join(part for part in (why, one.note) if part),
    }


def _asked(one: InquiryView) -> list[Item]:
    kind = words.INQUIRIES.get(one.kind, one.kind)
    items: list[Item] = [{"at": one.asked_at, "label": _("找供应商：%(what)s") % {"what": kind}, "who": _("自动")}]
    if one.ended_at is not None:
        items.append({
            "at": one.ended_at,
            "label": _("供应商回答：%(what)s") % {"what": words.said(one.said)},
            "text": _("使用时间 %(at)s") % {"at": writing.full_time(one.used_at)} if one.used_at else "",
            "who": _("供应商"),
        })  # fmt: skip
    return items


def _moves(visitor: Visitor, case: DeskCase, who: People) -> list[Item]:
    """What became of the claim itself."""
    # Moves of the case, which has the claim's id, are told by its decisions.
    found = [one for one in orders.order_history(visitor.shop.id, [case.id]) if one.to_state in words.CLAIM_STATES]
    return [
        {"at": step.at, "who": who.name(step.actor), "tone": tone,
         "label": _("售后：%(state)s") % {"state": label}}
        for step in found
        if step.from_state
        for label, tone in [words.CLAIM_STATES[step.to_state]]
    ]  # fmt: skip


def evidence_of(case: DeskCase, currency: str) -> list[dict[str, Any]]:
    """Each fact in words, and what it means: first what the suggestion rests on (`used`), last what says nothing."""
    grounds = set(case.suggestion.rule.when) if case.suggestion else set()
    rows = [
        {
            "label": fact.label,
            "value": rule_words.value_words(name, case.facts[name], currency),
            "means": fact.means,
            "used": name in grounds,
            "empty": not case.facts[name],
        }
        for name, fact in words.FACTS.items()
        if name in case.facts
    ]
    return sorted(rows, key=lambda row: (not row["used"], row["empty"]))


def thread_rows(thread: Sequence[InquiryView]) -> list[tuple[InquiryView, Any, Any, str, str]]:
    """(inquiry, kind, state, its tone, what was said), in words."""
    return [
        (one, words.INQUIRIES.get(one.kind, one.kind), *words.INQUIRY_STATES.get(one.state, (one.state, "plain")),
         words.said(one.said) if one.said else "")
        for one in thread
    ]  # fmt: skip


def similar_rows(found: Mapping[str, Outcomes], case: DeskCase) -> list[dict[str, Any]]:
    """Claims like this one, by what they share."""
    at = reverse("desk:claims")
    return [
        {
            "label": words.GROUPS[kind],
            "found": one,
            "href": f"{at}?tab=all&code_batch={case.batch_id}" if kind == "batch" else "",
            "latest": [
                (row, words.reason(row.reason), words.action(row.action) if row.action else words.state(row.state)[0])
                for row in one.latest
            ],
        }
        for kind, one in found.items()
        if one.total
    ]


def money_rows(visitor: Visitor, case: DeskCase) -> list[tuple[Any, Any, Any, str, Any]]:
    """(what, amount, state in words, its tone, when): paid beyond the price, and what a supplier is to make good."""
    shop_id = visitor.shop.id
    rows: list[tuple[Any, Any, Any, str, Any]] = [
        (money.GRANTS.get(one.kind, one.kind), one.amount, *money.GRANT_STATES.get(one.state, (one.state, "plain")),
         one.paid_at or one.made_at)
        for one in aftersales.grants_of_case(shop_id, case.id)
    ]  # fmt: skip
    if visitor.may(Permission.SUPPLY_VIEW):
        rows += [
            (words.BEARERS["supplier"], one.amount, *money.RECOVERIES.get(one.state, (one.state, "plain")),
             one.ended_at or one.made_at)
            for one in aftersales.recoveries_of_case(shop_id, case.id)
        ]  # fmt: skip
    return rows
