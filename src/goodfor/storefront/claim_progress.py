"""One claim as its buyer follows it: what happens now and until when, what happened, what was written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from goodfor.aftersales import queries as aftersales
from goodfor.aftersales import states
from goodfor.aftersales.types import DecisionView, PictureView, ReplyView
from goodfor.kit.writing import plain_money
from goodfor.orders import claim_states
from goodfor.orders import queries as orders
from goodfor.orders.types import OrderView
from goodfor.payments.types import RefundView
from goodfor.storefront.claim_grants import ShownGrant, grants_of_claim
from goodfor.storefront.claims import ShownClaim

#: What the big line says.
_NOW: Final[dict[str, Any]] = {
    claim_states.REPLACED: gettext_lazy("新码已到手"),
    claim_states.REPLACING: gettext_lazy("正在为你换新码"),
    claim_states.REJECTED: gettext_lazy("这次没有通过"),
    claim_states.WITHDRAWN: gettext_lazy("已撤回"),
    states.CHECKING: gettext_lazy("正在向供货方核实"),
    states.ASKING: gettext_lazy("等你补充"),
    states.PERSON: gettext_lazy("正由人处理"),
    states.CARRYING: gettext_lazy("已同意，正在办理"),
}
_DECIDED: Final[dict[str, Any]] = {
    states.REFUND: gettext_lazy("决定退款"),
    states.REPLACE: gettext_lazy("决定换新码"),
    states.REJECT: gettext_lazy("决定不通过"),
    states.VOID_REFUND: gettext_lazy("同意，先向供货方收回"),
    states.ASK_SUPPLIER: gettext_lazy("向供货方核实"),
    states.ASK_BUYER: gettext_lazy("请你补充"),
    states.TO_PERSON: gettext_lazy("转由人处理"),
}
_GOOD: Final = frozenset(states.REMEDIES)


@dataclass(frozen=True, slots=True)
class Progress:
    """All that the page shows beside the claim and its clock. `said`: why it is so; `note`: what the staff added."""

    shown: ShownClaim
    headline: str
    said: str
    note: str
    timeline: Sequence[dict[str, Any]]
    refund: RefundView | None
    replies: Sequence[ReplyView]
    pictures: Sequence[PictureView]
    grants: Sequence[ShownGrant]
    may_withdraw: bool
    may_object: bool
    may_write: bool
    may_rate: bool
    rating: int | None


def progress_of(shop_id: UUID, order: OrderView, shown: ShownClaim, now: datetime) -> Progress:
    """What the page of a claim shows."""
    case, claim = shown.case, shown.claim
    decisions = aftersales.decisions(shop_id, claim.id) if case else []
    replies = aftersales.replies(shop_id, claim.id) if case else []
    refund = orders.refund_of_claim(shop_id, order, claim.id)
    grants = grants_of_claim(shop_id, order.id, claim.id)
    latest = decisions[-1] if decisions else None
    ended = not shown.live
    return Progress(
        shown=shown,
        headline=_headline(shown),
        said=_said(shop_id, shown, latest),
        note=latest.note if latest else "",
        timeline=_timeline(shop_id, shown, decisions, refund, grants),
        refund=refund,
        replies=replies,
        pictures=aftersales.pictures_of(shop_id, claim.id),
        grants=grants,
        may_withdraw=claim.state == claim_states.OPEN and not (case and case.state == states.CARRYING),
        may_object=case is not None and aftersales.may_object(shop_id, case, now),
        may_write=bool(case) and shown.live,
        may_rate=bool(case and ended and case.rating is None and claim.state != claim_states.WITHDRAWN),
        rating=case.rating if case else None,
    )


def _headline(shown: ShownClaim) -> str:
    claim, case = shown.claim, shown.case
    if claim.state == claim_states.REFUNDED:
        return _("款已退回") if claim.refund_back else _("已同意退款")
    return str(_NOW.get(claim.state) or (_NOW.get(case.state) if case else None) or _("已登记"))


def _said(shop_id: UUID, shown: ShownClaim, latest: DecisionView | None) -> str:
    """Why it is so, in the words of the decision; for claims without a case what happens next."""
    if shown.claim.state == claim_states.WITHDRAWN:
        return _("你已撤回这次申请。还有问题，可以重新提交。")
    words = aftersales.why_words(shop_id, shown.claim.id) if latest else ""
    if words:
        return str(words)
    return _("卖家会向供货方核实；码本身无效，就退款或换码。进度都在这一页。") if shown.live else ""


# -- what happened --------------------------------------------------------------------------------------


def _timeline(
    shop_id: UUID,
    shown: ShownClaim,
    decisions: Sequence[DecisionView],
    refund: RefundView | None,
    grants: Sequence[ShownGrant],
) -> list[dict[str, Any]]:
    """Everything with its time, oldest first; what happened in one moment stays in this order."""
    claim = shown.claim
    items = [_item(claim.opened_at, _("提交：%(reason)s") % {"reason": shown.reason})]
    items += [_decision(decision) for decision in decisions]
    items += [_item(at, _("供货方已答复")) for at in aftersales.supplier_answers(shop_id, claim.id)]
    if claim.state == claim_states.REPLACED and claim.closed_at:
        items.append(_item(claim.closed_at, _("新码已到手，旧码停用"), "green"))
    if claim.state == claim_states.WITHDRAWN and claim.closed_at:
        items.append(_item(claim.closed_at, _("已撤回")))
    items += _money(refund, grants)
    return sorted(items, key=lambda item: item["at"])


def _item(at: datetime, label: str, tone: str = "", **more: Any) -> dict[str, Any]:
    return {"at": at, "label": label, "tone": tone, **more}


def decision_words(action: str) -> str:
    """What was decided, in words."""
    return str(_DECIDED.get(action, action))


def _decision(decision: DecisionView) -> dict[str, Any]:
    label = decision_words(decision.action)
    tone = "green" if decision.action in _GOOD else "amber"
    who = pgettext("claim", "自动处理") if decision.by == "system" else pgettext("claim", "客服")
    return _item(decision.at, label, tone, who=who, text=decision.note)


def _money(refund: RefundView | None, grants: Sequence[ShownGrant]) -> list[dict[str, Any]]:
    items = []
    if refund is not None:
        amount = {"amount": plain_money(refund.amount)}
        items.append(_item(refund.created_at, _("发起退款 %(amount)s") % amount, "green"))
        if refund.accepted_at:
            items.append(_item(refund.accepted_at, _("支付渠道已受理"), "green"))
        if refund.finished_at and refund.done:
            items.append(_item(refund.finished_at, _("%(amount)s 已到账") % amount, "green"))
    for shown in grants:
        amount = {"kind": shown.kind, "amount": plain_money(shown.grant.amount)}
        items.append(_item(shown.grant.made_at, _("%(kind)s：%(amount)s") % amount, "green"))
        if shown.grant.paid_at and shown.grant.paid_at != shown.grant.made_at:
            items.append(_item(shown.grant.paid_at, _("%(kind)s：%(amount)s 已到账") % amount, "green"))
    return items
