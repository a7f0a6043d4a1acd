"""Refunds at WeChat Pay: by our number, which is refunded once however often it is sent."""

from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote, urlencode

from goodfor.kernel.outcomes import Outcome, Pending, Rejected, Succeeded, Unknown
from goodfor.payments.providers.base import NO_FUNDS, NOT_FOUND, WINDOW_OVER, RefundAttempt
from goodfor.payments.providers.wechat import shapes
from goodfor.payments.providers.wechat.client import UNKNOWN_NUMBER, Caller, Refused, guarded
from goodfor.payments.providers.wechat.settings import Settings
from goodfor.payments.providers.wechat.shapes import BadReply

PATH: Final = "/v3/refund/domestic/refunds"
#: So long after the payment WeChat gives nothing back any more.
WINDOW: Final = timedelta(days=365)
_REASON: Final = 80


def give_back(mine: Settings, refund: RefundAttempt, now: datetime) -> Outcome:
    """Ask for the money back. Only a refusal that WeChat has signed is one."""
    body: dict[str, Any] = {
        "out_refund_no": refund.number,
        "amount": {
            "refund": refund.amount.amount_minor,
            "total": refund.paid.amount_minor,
            "currency": refund.amount.currency,
        },
    }
    if shapes.is_long_number(refund.channel_ref):
        body["transaction_id"] = refund.channel_ref
    else:
        body["out_trade_no"] = refund.payment_number
    if reason := shapes.cut(refund.reason, _REASON):
        body["reason"] = reason
    if refund.notify_url:
        body["notify_url"] = refund.notify_url

    def order() -> Outcome:
        return _state(Caller(mine, now).post(PATH, body), refund)

    def refused(no: Refused) -> Outcome:
        if not no.proven:
            return Unknown(no.reason)
        if no.code == "NOT_ENOUGH":
            return Rejected(NO_FUNDS, no.text)
        if no.code in UNKNOWN_NUMBER:
            # The payment was there: an answer that denies it decides nothing.
            return Unknown(no.reason)
        return Rejected(WINDOW_OVER if _is_old(mine, refund, now) else no.reason, no.text)

    return guarded(order, refused=refused)


def ask(mine: Settings, refund: RefundAttempt, now: datetime) -> Outcome:
    """What became of it."""
    return guarded(lambda: _state(Caller(mine, now).get(f"{PATH}/{quote(refund.number, safe='')}"), refund))


def _state(reply: dict[str, Any], refund: RefundAttempt) -> Outcome:
    """Raises BadReply for a reply about something else."""
    if reply.get("out_refund_no") != refund.number:
        raise BadReply("other_number")
    if shapes.fen(shapes.inner(reply, "amount"), "refund") != refund.amount:
        raise BadReply("other_amount")
    status, ref = reply.get("status"), shapes.text(reply, "refund_id", 64)
    if status == "SUCCESS":
        return Succeeded(ref=ref)
    if status == "CLOSED":
        return Rejected("refund_failed")
    if status == "ABNORMAL":
        # The buyer's card is gone: the money waits at WeChat until somebody says where it goes.
        return Rejected("refund_abnormal", shapes.text(reply, "user_received_account", 64))
    return Pending(ref) if status == "PROCESSING" else Unknown("bad_status")


def _is_old(mine: Settings, refund: RefundAttempt, now: datetime) -> bool:
    """Whether the payment is past the window; no answer is no proof."""
    number = quote(refund.payment_number, safe="")
    path = f"/v3/pay/transactions/out-trade-no/{number}?{urlencode({'mchid': mine.mchid})}"

    def look() -> Outcome:
        paid_at = shapes.moment(Caller(mine, now).get(path).get("success_time"))
        return Rejected(WINDOW_OVER) if paid_at is not None and now - paid_at > WINDOW else Rejected(NOT_FOUND)

    found = guarded(look)
    return isinstance(found, Rejected) and found.code == WINDOW_OVER
