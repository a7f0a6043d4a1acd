"""One payment, and one case with what can be done about it."""

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import split_words, words
from goodfor.console.access import is_fresh
from goodfor.console.errors import NotAllowed
from goodfor.console.frame import console_page, done, show
from goodfor.console.refund_words import is_large, proof_if_asked, today_words
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.console.views.splits import pot_row
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.orders import queries as orders
from goodfor.orders.operations import retry_other_refund, retry_refund
from goodfor.orders.operations.answer_dispute import answer_dispute
from goodfor.orders.operations.open_wallet import open_wallet
from goodfor.orders.types import BANK
from goodfor.payments import queries as payments
from goodfor.payments.operations.close_case import close_case
from goodfor.payments.operations.resolve_refund import resolve_refund
from goodfor.payments.types import CaseView, PaymentView, RefundView
from goodfor.subscriptions import queries as subscriptions
from goodfor.subscriptions.types import SOURCE as SUBSCRIPTION_PERIOD

PAYMENTS: Final = "desk:payments"
CASES: Final = "desk:cases"


@console_page(Permission.PAYMENTS_VIEW)
def payment(request: HttpRequest, visitor: Visitor, number: str) -> HttpResponse:
    """A payment with everything that its channel ever said, its refunds and its cases."""
    shop_id = visitor.shop.id
    found = payments.payment_by_number(shop_id, number)
    pot = payments.pot_of(shop_id, found.id)
    context = {
        "title": found.number,
        "payment": found,
        "state": words.word(words.PAYMENT_STATES, found.state),
        "tone": words.PAYMENT_TONES.get(found.state, "plain"),
        "method": words.word(words.METHODS, found.method),
        "order_number": _order_number(visitor, found),
        "history": orders.order_history(shop_id, [found.id]),
        "states": words.PAYMENT_STATES,
        "facts": payments.facts_of(shop_id, found.id),
        "refunds": [(r, words.word(words.REFUND_STATES, r.state)) for r in payments.refunds_of(shop_id, found.id)],
        "pot": pot_row(pot) if pot else None,
        "may_split": visitor.may(Permission.PAYMENTS_RESOLVE),
        "cases": [(case, words.word(words.CASE_KINDS, case.kind)) for case in payments.cases_of(shop_id, found.id)],
    }
    return show(request, visitor, "payment", context, page=PAYMENTS, crumbs=[(_("支付流水"), reverse(PAYMENTS))])


def _order_number(visitor: Visitor, found: PaymentView) -> str:
    rows = orders.desk_orders(visitor.shop.id, [found.source_id]) if found.source_type == "order" else []
    return rows[0].number if rows else ""


@console_page(Permission.PAYMENTS_VIEW, methods=("GET", "POST"))
def case(request: HttpRequest, visitor: Visitor, case_id: Any) -> HttpResponse:
    """A case: what is known, and deciding it."""
    found = payments.case(visitor.shop.id, case_id)
    if request.method != "POST":
        return _case(request, visitor, found)
    if not visitor.may(Permission.PAYMENTS_RESOLVE):
        raise NotAllowed
    try:
        _resolve(request, visitor, found)
    except DomainError as error:
        return _case(request, visitor, payments.case(visitor.shop.id, case_id), error)
    return done(request, _("已处理"), reverse("desk:case", args=[case_id]))


def _case(request: HttpRequest, visitor: Visitor, found: CaseView, error: DomainError | None = None) -> HttpResponse:
    shop_id = visitor.shop.id
    paid = payments.payment(shop_id, found.payment_id) if found.payment_id else None
    refund = payments.refund(shop_id, found.refund_id) if found.refund_id else None
    may_repeat = refund is not None and refund.state == "failed" and visitor.may(Permission.ORDERS_REFUND)
    context = {
        "title": words.word(words.CASE_KINDS, found.kind),
        "case": found,
        "next": words.CASE_NEXT.get(found.kind, ""),
        "detail": [(key, _detail(found.kind, key, value)) for key, value in sorted(found.detail.items())],
        "payment": paid,
        "order_number": _order_number(visitor, paid) if paid else "",
        "refund": refund,
        "refund_state": words.word(words.REFUND_STATES, refund.state) if refund else "",
        "may_resolve": visitor.may(Permission.PAYMENTS_RESOLVE) and found.state == "open",
        "may_decide": refund is not None and refund.state == "unknown",
        "has_wallet": bool(paid and refund and refund.state == "failed" and _buyer(shop_id, paid)),
        "may_repeat": may_repeat,
        "refunds_today": today_words(visitor, utc_now()) if may_repeat else [],
        "may_answer": found.kind == "dispute" and found.state == "open" and found.payment_id is not None,
        "disputes": payments.disputes_of(shop_id, found.payment_id) if found.payment_id else [],
        "error": error,
    }
    status = error.http_status if error else 200
    return show(request, visitor, "case", context, page=CASES, crumbs=[(_("异常单"), reverse(CASES))], status=status)


def _detail(kind: str, key: str, value: Any) -> Any:
    """Reasons of splits in words; all else as it was written down."""
    return split_words.reason(str(value)) if key == "reason" and kind.startswith("split_") else value


def _resolve(request: HttpRequest, visitor: Visitor, found: CaseView) -> None:
    """`act`: arrived or absent decide an unknown refund; repeat asks for a refused one again, wallet and by_hand pay it
    another way (to the buyer's balance; by the shop's bank, outside of here); close ends the case.
    """
    note, act = request.POST.get("note", "").strip(), request.POST.get("act", "")
    shop_id, now = visitor.shop.id, utc_now()
    if not note:
        raise InvalidInput(_("请写下怎么处理的"))
    refund = payments.refund(shop_id, found.refund_id) if found.refund_id else None
    if act == "close":
        close_case(shop_id=shop_id, case_id=found.id, resolution=note, actor=visitor.actor, now=now)
        return
    if act == "evidence" and found.kind == "dispute":
        require_fresh_proof(request)
        _answer(visitor, found, note)
        return
    if refund is None or act not in ("arrived", "absent", "repeat", "wallet", "by_hand"):
        raise InvalidInput(_("没有这个操作"))
    if act in ("wallet", "by_hand") or is_large(visitor, refund.amount):
        require_fresh_proof(request)
    if act in ("repeat", "wallet", "by_hand"):
        if not visitor.may(Permission.ORDERS_REFUND):
            raise NotAllowed
        payment = payments.payment(shop_id, refund.payment_id)
        # Which closes the case of the try that failed, too.
        paid_from = BANK if act == "by_hand" else ""
        if act == "wallet":
            buyer_id = _buyer(shop_id, payment)
            if buyer_id is None:
                raise InvalidInput(_("这位买家没有账号，不能退到余额"))
            currency = payment.amount.currency
            paid_from = open_wallet(shop_id=shop_id, buyer_id=buyer_id, currency=currency, now=now)
        asked: dict[str, Any] = {
            "shop_id": shop_id, "refund_id": refund.id, "actor": visitor.actor, "paid_from": paid_from,
            "proven": is_fresh(request, now), "now": now,
        }  # fmt: skip
        with proof_if_asked(request):
            if refund.of_order:
                retry_refund(**asked, order_id=payment.source_id)
            else:
                retry_other_refund(**asked)
        return
    _decide(visitor, refund, act == "arrived", note)


def _answer(visitor: Visitor, found: CaseView, note: str) -> None:
    """Hand in the evidence of a dispute; the case stays open until the bank has decided."""
    if found.payment_id is None:
        raise InvalidInput(_("没有这个操作"))
    for one in payments.disputes_of(visitor.shop.id, found.payment_id):
        if one.state == "open":
            answer_dispute(
                shop_id=visitor.shop.id, dispute_id=one.id, text=note, actor=visitor.actor, now=utc_now()
            )  # fmt: skip


def _buyer(shop_id: UUID, paid: PaymentView) -> UUID | None:
    """The account that paid; None for a guest, who has no balance."""
    if paid.source_type == SUBSCRIPTION_PERIOD:
        return subscriptions.owner_of_period(shop_id, paid.source_id)
    rows = orders.desk_orders(shop_id, [paid.source_id]) if paid.source_type == "order" else []
    kind, _sep, buyer = (rows[0].buyer_ref or "").partition(":") if rows else ("", "", "")
    return UUID(hex=buyer) if kind == "buyer" else None


def _decide(visitor: Visitor, refund: RefundView, arrived: bool, note: str) -> None:
    # What follows for the order, the event of the refund tells: orders hears RefundSucceeded.
    resolve_refund(
        shop_id=visitor.shop.id, refund_id=refund.id, arrived=arrived, note=note, actor=visitor.actor, now=utc_now()
    )
