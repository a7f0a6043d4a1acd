"""Refunds of WeChat Pay: ask, query, and apply for another way when the buyer's card is gone."""

from typing import Any

from goodfor.sandbox.channels import books
from goodfor.sandbox.channels.desk import Desk
from goodfor.sandbox.channels.rows import Payment, Refund, Refused
from goodfor.sandbox.channels.wechat.common import caller, fen, part, stamp, text, wrong
from goodfor.sandbox.web import Handler, Request, Response, json_response

STATES = {
    "processing": "PROCESSING",
    "success": "SUCCESS",
    "abnormal": "ABNORMAL",
    "closed": "CLOSED",
    "failed": "CLOSED",
}
_DAY_MS = 86_400_000
MOST_REFUNDS = 50


def told(payment: Payment, refund: Refund) -> dict[str, Any]:
    """A refund as the notify tells it."""
    return {
        "mchid": payment.merchant,
        "out_trade_no": payment.number,
        "transaction_id": payment.ref,
        "out_refund_no": refund.number,
        "refund_id": refund.ref,
        "refund_status": STATES[refund.state],
        **({"success_time": stamp(refund.ended_ms or 0)} if refund.state == "success" else {}),
        "user_received_account": "支付用户零钱",
        "amount": _amount(payment, refund),
    }


def _amount(payment: Payment, refund: Refund) -> dict[str, Any]:
    return {
        "total": payment.amount,
        "refund": refund.amount,
        "payer_total": payment.amount,
        "payer_refund": refund.amount,
    }


def _reply(payment: Payment, refund: Refund) -> Response:
    return json_response(
        {
            "refund_id": refund.ref,
            "out_refund_no": refund.number,
            "transaction_id": payment.ref,
            "out_trade_no": payment.number,
            "channel": "ORIGINAL",
            "user_received_account": "支付用户零钱",
            **({"success_time": stamp(refund.ended_ms or 0)} if refund.state == "success" else {}),
            "create_time": stamp(refund.created_ms),
            "status": STATES[refund.state],
            "funds_account": "AVAILABLE",
            "amount": {
                **_amount(payment, refund),
                "currency": payment.currency,
                "settlement_refund": refund.amount,
                "settlement_total": payment.amount,
                "discount_refund": 0,
            },
        }
    )


def create(desk: Desk, request: Request) -> Response:
    """The same out_refund_no is refunded once, whenever it is asked for."""
    mchid, body = caller(desk, request), request.json()
    number, amount = text(body, "out_refund_no", 64), part(body, "amount")
    text(body, "reason", 80, least=0)
    if amount.get("currency") != "CNY":
        raise wrong("currency不符合要求")
    payment = desk.payment(
        "wechat", ref=text(body, "transaction_id", 32, least=0), merchant=mchid,
        number=text(body, "out_trade_no", 32, least=0), any=" ",
    )  # fmt: skip
    if payment is None:
        raise Refused("RESOURCE_NOT_EXISTS", "订单不存在", 404)
    if fen(amount, "total") != payment.amount:
        raise wrong("订单金额与退款请求中的不一致")
    key = f"{mchid}|{number}"
    with desk.db.read() as conn:
        before = books.refunds_of(conn, payment)
    if key not in [row.key for row in before]:
        if len(before) >= MOST_REFUNDS:
            raise Refused("INVALID_REQUEST", "部分退款次数超过限制")
        if payment.paid_ms is not None and desk.now_ms() - payment.paid_ms > 365 * _DAY_MS:
            raise Refused("INVALID_REQUEST", "订单已超过退款期限")
    refund = desk.refund(
        payment, key=key, number=number, ref=f"50{payment.ref[2:20]}{desk.now_ms() % 10**9:09d}{len(before):02d}",
        amount=fen(amount, "refund"), reason=str(body.get("reason") or ""),
        notify_url=text(body, "notify_url", 256, least=0), gap_seconds=desk.limits.wechat_refund_gap,
    )  # fmt: skip
    return _reply(payment, refund)


def _mine(desk: Desk, mchid: str, *, key: str = "", ref: str = "") -> tuple[Payment, Refund]:
    desk.settle_due()
    with desk.db.read() as conn:
        refund = books.find_refund(conn, "wechat", key=key, ref=ref)
        payment = None if refund is None else books.payment_at(conn, refund.payment)
    if refund is None or payment is None or payment.merchant != mchid:
        raise Refused("RESOURCE_NOT_EXISTS", "退款单不存在", 404)
    return payment, refund


def query(desk: Desk, request: Request, refund_no: str) -> Response:
    """By the merchant's number."""
    mchid = caller(desk, request)
    return _reply(*_mine(desk, mchid, key=f"{mchid}|{refund_no}"))


def abnormal(desk: Desk, request: Request, refund_id: str) -> Response:
    """An abnormal refund goes to another card of the buyer, or to the merchant's account."""
    mchid, body = caller(desk, request), request.json()
    payment, refund = _mine(desk, mchid, ref=refund_id)
    if body.get("out_refund_no") != refund.number:
        raise wrong("out_refund_no不符合要求")
    if body.get("type") not in ("USER_BANK_CARD", "MERCHANT_BANK_CARD"):
        raise wrong("type不符合要求")
    if refund.state != "abnormal":
        raise Refused("INVALID_REQUEST", "退款单状态非异常")
    return _reply(payment, desk.end_refund(refund, "success"))


_AT = "/v3/refund/domestic/refunds"
ROUTES: list[tuple[str, str, str, Handler]] = [
    ("POST", _AT, "refund", create),
    ("GET", f"{_AT}/{{refund_no}}", "refund_query", query),
    ("POST", f"{_AT}/{{refund_id}}/apply-abnormal-refund", "refund", abnormal),
]
