"""Refunds at Alipay: our refund number is `out_request_no`, and the same number never pays twice.

Success of the call only says that it was taken; `fund_change` Y says that money moved by it. Anything else is asked.
"""

from datetime import datetime
from typing import Any

from goodfor.kernel.outcomes import Outcome, Pending, Rejected, Succeeded, Unknown
from goodfor.payments.providers.alipay import client
from goodfor.payments.providers.alipay.client import Refused, text_of
from goodfor.payments.providers.alipay.settings import Settings
from goodfor.payments.providers.alipay.shapes import is_channel_number, yuan
from goodfor.payments.providers.base import NO_FUNDS, NOT_FOUND, WINDOW_OVER, RefundAttempt

_CODES = {"ACQ.SELLER_BALANCE_NOT_ENOUGH": NO_FUNDS, "ACQ.TRADE_HAS_FINISHED": WINDOW_OVER}


def refund(settings: Settings, attempt: RefundAttempt, now: datetime) -> Outcome:
    """Give back. `refund_fee` of the reply is what went back of the trade in all."""

    def ask() -> Outcome:
        content = {
            **_trade(attempt),
            "refund_amount": attempt.amount.as_decimal_string(),
            "out_request_no": attempt.number,
        }
        if attempt.reason:
            content["refund_reason"] = attempt.reason[:200]
        reply = client.call(settings, "alipay.trade.refund", content, now)
        _require_trade(reply, attempt)
        total = yuan(text_of(reply, "refund_fee"))
        if total is None:
            return Unknown("bad_reply")
        if text_of(reply, "fund_change") != "Y":
            return Pending(attempt.number)
        if total < attempt.refunded_before + attempt.amount:
            return Unknown("other_amount")
        return Succeeded(ref=attempt.number)

    return client.guarded(ask, _refused)


def query_refund(settings: Settings, attempt: RefundAttempt, now: datetime) -> Outcome:
    """Ask. A success without any word of a refund is how Alipay says that it knows none of this number."""

    def ask() -> Outcome:
        content = {**_trade(attempt), "out_request_no": attempt.number}
        reply = client.call(settings, "alipay.trade.fastpay.refund.query", content, now)
        if not text_of(reply, "refund_status") and not text_of(reply, "refund_amount"):
            return Rejected(NOT_FOUND)
        _require_trade(reply, attempt)
        client.require_same(reply, "out_request_no", attempt.number)
        if yuan(text_of(reply, "refund_amount")) != attempt.amount:
            return Unknown("other_amount")
        status = text_of(reply, "refund_status")
        if status == "REFUND_SUCCESS":
            return Succeeded(ref=attempt.number)
        return Pending(attempt.number) if status == "" else Unknown("bad_status")

    return client.guarded(ask, _not_there)


def _trade(attempt: RefundAttempt) -> dict[str, str]:
    if is_channel_number(attempt.channel_ref):
        return {"trade_no": attempt.channel_ref}
    return {"out_trade_no": attempt.payment_number}


def _require_trade(reply: dict[str, Any], attempt: RefundAttempt) -> None:
    client.require_same(reply, "out_trade_no", attempt.payment_number)
    if is_channel_number(attempt.channel_ref):
        client.require_same(reply, "trade_no", attempt.channel_ref)


def _refused(problem: Refused) -> Outcome:
    known = _CODES.get(problem.sub_code)
    return Rejected(known, problem.text) if known else client.rejected(problem)


def _not_there(problem: Refused) -> Outcome:
    return Rejected(NOT_FOUND) if problem.says(client.TRADE_NOT_EXIST) else Unknown(client.REFUSED)
