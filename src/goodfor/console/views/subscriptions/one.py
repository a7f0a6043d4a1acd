"""Who has a plan: a list, one subscription with its periods and picks, and what the staff may do with it."""

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import subscription_words as words
from goodfor.console.frame import console_page, done, show
from goodfor.console.risk_rule_words import People
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.console.views.code_forms import uuid_of
from goodfor.console.views.points.member import buyer_of_ref
from goodfor.identity import queries as identity
from goodfor.identity.errors import BuyerNotFound
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import InvalidInput
from goodfor.orders import queries as orders
from goodfor.payments import queries as payments
from goodfor.subscriptions import queries as subscriptions
from goodfor.subscriptions import states
from goodfor.subscriptions.operations.cancel import cancel_by_staff
from goodfor.subscriptions.operations.pause import pause_by_staff
from goodfor.subscriptions.operations.refund_period import refund_period
from goodfor.subscriptions.types import PeriodView, SubscriptionView

PAGE: Final = "desk:subscriptions"
SHOWN: Final = 50


@console_page(Permission.SUBSCRIPTIONS_VIEW)
def listed(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Newest first. `state`, `plan`, `contact` narrow it, `before` continues it."""
    shop_id, now, asked = visitor.shop.id, utc_now(), request.GET
    state = asked.get("state", "") if asked.get("state", "") in words.SUBSCRIPTIONS else ""
    contact = asked.get("contact", "").strip()[:120]
    owner = buyer_of_ref(shop_id, None, contact) if contact else None
    rows: list[SubscriptionView] = []
    if not contact or owner is not None:
        rows = subscriptions.search(
            shop_id, now, state=state, plan_id=uuid_of(asked.get("plan", "")), owner=owner,
            before=uuid_of(asked.get("before", "")), limit=SHOWN + 1,
        )  # fmt: skip
    context = {
        "title": _("买家的订阅"),
        "rows": [(view, words.SUBSCRIPTIONS[view.state], _name(shop_id, view.owner)) for view in rows[:SHOWN]],
        "more": rows[SHOWN - 1].id if len(rows) > SHOWN else None,
        "states": [(key, word) for key, (word, _tone) in words.SUBSCRIPTIONS.items()],
        "state": state,
        "contact": contact,
        "plans": subscriptions.plans(shop_id),
        "plan": asked.get("plan", ""),
    }
    return show(request, visitor, "subscriptions/list", context, page=PAGE)


@console_page(Permission.SUBSCRIPTIONS_VIEW)
def subscription(request: HttpRequest, visitor: Visitor, subscription_id: UUID) -> HttpResponse:
    """Its periods, charges, picks and history."""
    shop_id, now, people = visitor.shop.id, utc_now(), People(visitor.shop.id)
    view = subscriptions.subscription(shop_id, subscription_id, now)
    may, live = visitor.may(Permission.SUBSCRIPTIONS_SET), view.state in states.LIVE
    may_refund = visitor.may(Permission.ORDERS_REFUND)
    picks = subscriptions.picks(shop_id, view.id)
    context: dict[str, Any] = {
        "title": view.plan.name,
        "view": view,
        "state": words.SUBSCRIPTIONS[view.state],
        "why": words.WHYS.get(view.why, ""),
        "owner": _name(shop_id, view.owner),
        "cycle": words.CYCLES[view.terms.months],
        "next": subscriptions.next_charge(shop_id, view),
        "periods": [_period(shop_id, one, may=may_refund) for one in subscriptions.periods(shop_id, view.id, now)],
        "picks": [(one, orders.order_view(shop_id, one.order_id)) for one in picks],
        "steps": [
            (words.SUBSCRIPTIONS[step.to_state][0], words.BY.get(step.actor) or people.name(step.actor), step.at)
            for step in subscriptions.steps(shop_id, view.id)
        ],
        "may_end": may and live,
        "may_pause": may and view.state == states.ACTIVE and not view.stops and view.pause_left > 0
        and not view.pausing,
    }  # fmt: skip
    return show(
        request, visitor, "subscriptions/one", context, page=PAGE, crumbs=[(_("买家的订阅"), reverse(PAGE))]
    )  # fmt: skip


@console_page(Permission.SUBSCRIPTIONS_SET, methods=("POST",))
def act(request: HttpRequest, visitor: Visitor, subscription_id: UUID) -> HttpResponse:
    """`act`: cancel (with what is paid), end (at once) or pause (`days`), with a `reason`."""
    sent, shop_id = request.POST, visitor.shop.id
    what, days = sent.get("act", ""), sent.get("days", "")
    subscriptions.subscription(shop_id, subscription_id, utc_now())
    if what not in ("cancel", "end", "pause"):
        raise InvalidInput(_("没有这个操作"))
    require_fresh_proof(request)
    asked: dict[str, Any] = {
        "shop_id": shop_id, "subscription_id": subscription_id, "actor": visitor.actor,
        "reason": sent.get("reason", "")[:200], "now": utc_now(),
    }  # fmt: skip
    if what == "pause":
        pause_by_staff(**asked, days=int(days) if days.isascii() and days.isdigit() and len(days) < 4 else 0)
    else:
        cancel_by_staff(**asked, at_once=what == "end")
    said = {"cancel": _("不再续订，已付的用到期末"), "end": _("已结束"), "pause": _("从这一期结束后开始暂停")}[what]
    return done(request, said, reverse("desk:subscription", args=[subscription_id]))


@console_page(Permission.ORDERS_REFUND, methods=("POST",))
def refund(request: HttpRequest, visitor: Visitor, subscription_id: UUID) -> HttpResponse:
    """`period`: which; `whole`: all of it, else what is not used yet; with a `reason`."""
    shop_id, now = visitor.shop.id, utc_now()
    chosen = uuid_of(request.POST.get("period", ""))
    subscriptions.subscription(shop_id, subscription_id, now)
    found = {one.id for one in subscriptions.periods(shop_id, subscription_id, now)}
    if chosen is None or chosen not in found:
        raise InvalidInput(_("没有这个操作"))
    require_fresh_proof(request)
    given = refund_period(
        shop_id=shop_id, period_id=chosen, whole=request.POST.get("whole") == "1",
        reason=request.POST.get("reason", "")[:200], actor=visitor.actor, proven=True, now=now,
    )  # fmt: skip
    said = _("已受理退款 %(amount)s") % {"amount": given.as_decimal_string()}
    return done(request, said, reverse("desk:subscription", args=[subscription_id]))


def _period(shop_id: UUID, one: PeriodView, *, may: bool) -> dict[str, Any]:
    word, tone = words.PERIODS[one.state]
    return {
        "one": one,
        "word": word,
        "tone": tone,
        "kind": words.KINDS[one.kind],
        "why": words.WHYS.get(one.why, ""),
        "charges": payments.payments_of(shop_id, "subscription_period", one.id),
        "may_refund": may and one.state in (states.PAID, states.CLOSED),
    }


def _name(shop_id: UUID, owner: UUID) -> str:
    """Who has it, as far as the staff may see it."""
    try:
        view = identity.buyer_view(shop_id, owner)
    except BuyerNotFound:
        return _("已注销")
    contacts = " ".join(held.contact.masked for held in view.contacts)
    return f"{view.name} {contacts}".strip() or str(owner)[:8]
