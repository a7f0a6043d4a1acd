"""One order: everything that ever happened to it, and what can be done about it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.aftersales import queries as aftersales
from goodfor.console import claim_words, gift_words, hold_words, risk_links, words
from goodfor.console.access import is_fresh
from goodfor.console.errors import NotAllowed
from goodfor.console.frame import console_page, done, show
from goodfor.console.promo_trace import trace_of
from goodfor.console.refund_words import proof_if_asked, today_words
from goodfor.console.types import Visitor
from goodfor.console.views.finance import profit
from goodfor.console.views.message_items import messages_context
from goodfor.console.views.supply.cards import purchases_of
from goodfor.console.views.timeline import timeline_of
from goodfor.delivery import queries as delivery
from goodfor.gifts import queries as gifts
from goodfor.identity import queries as identity
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.kernel.money import Money
from goodfor.ledger import queries as ledger
from goodfor.orders import queries as orders
from goodfor.orders.operations import (
    add_note,
    cancel_order,
    refund_order,
    refund_part,
    refuse_delivery,
    release_delivery,
)
from goodfor.orders.operations.add_note import MAX_NOTE
from goodfor.orders.types import DeskOrder
from goodfor.payments import queries as payments

PAGE: Final = "desk:orders"
#: Why a hold ended: somebody of the staff said so.
BY_STAFF: Final = "staff"


@console_page(Permission.ORDERS_VIEW)
def order(request: HttpRequest, visitor: Visitor, number: str) -> HttpResponse:
    """Timeline, lines, payments, postings, reveals; never a code."""
    return _order(request, visitor, orders.desk_order(visitor.shop.id, number))


def _order(
    request: HttpRequest, visitor: Visitor, found: DeskOrder, error: DomainError | None = None,
    typed: Mapping[str, str] | None = None,
) -> HttpResponse:  # fmt: skip
    shop_id = visitor.shop.id
    attempts = payments.payments_of(shop_id, "order", found.id)
    refunds = [refund for payment in attempts for refund in payments.refunds_of(shop_id, payment.id)]
    cases = [case for payment in attempts for case in payments.cases_of(shop_id, payment.id)]
    holders = [line.line_id for line in found.lines]
    refundable = orders.refundable(shop_id, found.id)
    codes = delivery.masked_codes(shop_id, holders) if found.delivered_at else []
    who = {person.actor: person.username for person in identity.staff_of_shop(shop_id)}
    context: dict[str, Any] = {
        "title": found.number,
        "order": found,
        "contact": found.contact if visitor.may(Permission.BUYERS_VIEW) else orders.masked_contact(found.contact),
        "channel": words.word(words.CHANNELS, found.channel),
        "timeline": timeline_of(visitor, found, attempts, refunds, cases),
        "payments": [
            (p, words.word(words.PAYMENT_STATES, p.state), words.word(words.METHODS, p.method)) for p in attempts
        ],
        "refunds": [(r, words.word(words.REFUND_STATES, r.state)) for r in refunds],
        "cases": [(case, words.word(words.CASE_KINDS, case.kind)) for case in cases],
        "claims": [
            (one, claim_words.reason(one.reason), *claim_words.state(one.state))
            for one in aftersales.cases_of_order(shop_id, found.id)
        ],
        "codes": codes,
        "gifts": gift_words.rows(gifts.gifts_of(shop_id, found.id)) if codes else [],
        "shown": sum(1 for code in codes if code.revealed_at),
        "postings": _postings(visitor, found) if visitor.may(Permission.LEDGER_VIEW) else [],
        "gain": profit.card(visitor, found.id),
        "drill": found.number,
        "trace": trace_of(shop_id, found.id, found.total.currency) if visitor.may(Permission.PROMOTIONS_VIEW) else [],
        "refundable": refundable,
        "may_refund": visitor.may(Permission.ORDERS_REFUND) and refundable.amount_minor > 0,
        "refunds_today": today_words(visitor, utc_now()) if visitor.may(Permission.ORDERS_REFUND) else [],
        "may_part": visitor.may(Permission.ORDERS_REFUND)
        and found.state == "delivered"
        and refundable.amount_minor > 1,
        "hold": hold_words.card(visitor, found),
        "may_cancel": visitor.may(Permission.ORDERS_CANCEL) and found.state == "placed",
        "notes": [(one, who.get(one.author, one.author)) for one in orders.notes_of_order(shop_id, found.id)],
        "may_note": visitor.may(Permission.ORDERS_CANCEL),
        "most_note": MAX_NOTE,
        "may_see_buyer": visitor.may(Permission.BUYERS_VIEW),
        "risk_href": risk_links.decisions_page(order=found.number) if visitor.may(Permission.RISK_VIEW) else "",
        "purchases": purchases_of(visitor, found.id) if visitor.may(Permission.SUPPLY_VIEW) else [],
        "error": error,
        "typed": typed or {},
        "told": messages_context(visitor, found),
    }
    crumbs = [(_("订单"), reverse(PAGE))]
    return show(
        request, visitor, "order", context, page=PAGE, crumbs=crumbs, status=error.http_status if error else 200
    )


def _postings(visitor: Visitor, found: DeskOrder) -> list[tuple[Any, ...]]:
    """What was booked, with its kind and account in words."""
    return [
        (p, words.word(words.POSTING_KINDS, p.kind), ledger.account_label(p.account), Money(p.amount_minor, p.currency))
        for p in ledger.postings_of_order(visitor.shop.id, found.id)
    ]


@console_page(Permission.ORDERS_REFUND, methods=("POST",))
def refund(request: HttpRequest, visitor: Visitor, number: str) -> HttpResponse:
    """Give money back: all of the rest, or a part. Above the shop's limits it asks who one is first."""
    found = orders.desk_order(visitor.shop.id, number)
    whole, reason = request.POST.get("what") != "part", request.POST.get("reason", "").strip()
    now = utc_now()
    try:
        if not reason:
            raise InvalidInput(_("请填写退款原因"))
        amount = None if whole else _amount(request.POST.get("amount", ""), found.total.currency)
        with proof_if_asked(request):
            _refund(visitor, found, amount, reason, is_fresh(request, now), now)
    except DomainError as error:
        return _order(request, visitor, found, error, request.POST.dict())
    return done(request, _("退款已提交"), reverse("desk:order", args=[number]))


def _refund(visitor: Visitor, found: DeskOrder, amount: Money | None, reason: str, proven: bool, now: datetime) -> None:
    shop_id, actor = visitor.shop.id, visitor.actor
    if amount is None:
        refund_order(
            shop_id=shop_id, order_id=found.id, reason=reason, actor=actor, by_staff=True, proven=proven, now=now
        )
    else:
        refund_part(
            shop_id=shop_id, order_id=found.id, amount=amount, reason=reason, actor=actor, proven=proven, now=now
        )


@console_page(Permission.ORDERS_REFUND, methods=("POST",))
def release(request: HttpRequest, visitor: Visitor, number: str) -> HttpResponse:
    """A held order is fine: deliver it at once, or when it is paid."""
    found = orders.desk_order(visitor.shop.id, number)
    try:
        release_delivery(shop_id=visitor.shop.id, order_id=found.id, actor=visitor.actor, cause=BY_STAFF, now=utc_now())
    except DomainError as error:
        return _order(request, visitor, orders.desk_order(visitor.shop.id, number), error)
    return done(request, _("已放行"), reverse("desk:order", args=[number]))


@console_page(Permission.ORDERS_REFUND, methods=("POST",))
def refuse(request: HttpRequest, visitor: Visitor, number: str) -> HttpResponse:
    """A held order is not delivered: its money goes back, within the bounds of a refund."""
    found, now = orders.desk_order(visitor.shop.id, number), utc_now()
    try:
        with proof_if_asked(request):
            refuse_delivery(
                shop_id=visitor.shop.id, order_id=found.id, actor=visitor.actor, cause=BY_STAFF,
                proven=is_fresh(request, now), now=now,
            )  # fmt: skip
    except DomainError as error:
        return _order(request, visitor, orders.desk_order(visitor.shop.id, number), error)
    said = _("已拒绝，款项原路退回") if found.paid_at else _("已拒绝，订单已取消")
    return done(request, said, reverse("desk:order", args=[number]))


def _amount(text: str, currency: str) -> Money:
    try:
        return Money.parse(text.strip(), currency)
    except ValueError:
        raise InvalidInput(_("金额请写成 9.90 这样")) from None


@console_page(Permission.ORDERS_CANCEL, methods=("POST",))
def note(request: HttpRequest, visitor: Visitor, number: str) -> HttpResponse:
    """Write something down for one's colleagues; the buyer never sees it."""
    found = orders.desk_order(visitor.shop.id, number)
    try:
        add_note(
            shop_id=visitor.shop.id,
            order_id=found.id,
            text=request.POST.get("note", ""),
            actor=visitor.actor,
            now=utc_now(),
        )
    except DomainError as error:
        return _order(request, visitor, found, error, request.POST.dict())
    return done(request, _("备注已保存"), reverse("desk:order", args=[number]))


@console_page(Permission.ORDERS_CANCEL, methods=("POST",))
def cancel(request: HttpRequest, visitor: Visitor, number: str) -> HttpResponse:
    """Cancel an unpaid order."""
    found = orders.desk_order(visitor.shop.id, number)
    if not visitor.may(Permission.ORDERS_VIEW):
        raise NotAllowed
    try:
        cancel_order(shop_id=visitor.shop.id, order_id=found.id, actor=visitor.actor, now=utc_now())
    except DomainError as error:
        return _order(request, visitor, orders.desk_order(visitor.shop.id, number), error)
    return done(request, _("订单已取消"), reverse("desk:order", args=[number]))
