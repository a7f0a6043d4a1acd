"""What the calls of Alipay share: content, fields, the trade that is meant, replies."""

import json
import re
from typing import Any

from goodfor.sandbox.channels import demo
from goodfor.sandbox.channels.desk import Desk
from goodfor.sandbox.channels.rows import BookRefused, Payment, Refund, Refused
from goodfor.sandbox.fen import format_fen, parse_fen
from goodfor.sandbox.ledger import beijing
from goodfor.sandbox.web import Request, Response

FORM_NEVER = frozenset({"sign"})
NOTIFY_NEVER = frozenset({"sign", "sign_type"})
_MONEY = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?", re.ASCII)


def biz(request: Request) -> dict[str, Any]:
    """biz_content. Raises Refused."""
    try:
        found = json.loads(request.params.get("biz_content") or "{}")
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Refused("isv.invalid-parameter", "biz_content不是JSON")
    return found


def text(content: dict[str, Any], name: str, most: int) -> str:
    """A text of 1 to `most` characters. Raises Refused."""
    value = content.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= most:
        raise Refused("ACQ.INVALID_PARAMETER", f"参数有误:{name}")
    return value


def money(content: dict[str, Any], name: str) -> int:
    """Yuan as text or number, in fen, above zero. Raises Refused."""
    value = str(content.get(name, ""))
    if _MONEY.fullmatch(value) is None or parse_fen(value) == 0:
        raise Refused("ACQ.INVALID_PARAMETER", f"参数有误:{name}")
    return parse_fen(value)


def answer(**fields: object) -> Response:
    """A success in Alipay's envelope, to be signed."""
    body = {"code": "10000", "msg": "Success", **fields}
    return Response(200, json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode())


def trade(desk: Desk, request: Request, *, unseen: bool = False) -> Payment:
    """The trade of the caller that trade_no or out_trade_no names, once a buyer has opened it. Raises BookRefused."""
    content = biz(request)
    ref, number = str(content.get("trade_no") or ""), str(content.get("out_trade_no") or "")
    found = desk.payment("alipay", ref=ref, number=number, merchant=request.params["app_id"], any=" ")
    if found is None or (found.seen_ms is None and not unseen):
        raise BookRefused("not_found")
    return found


def status_of(payment: Payment) -> str:
    """trade_status."""
    if payment.state == "open":
        return "WAIT_BUYER_PAY"
    closed = payment.state == "closed" or payment.refunded == payment.amount
    return "TRADE_CLOSED" if closed else "TRADE_SUCCESS"


def notify_fields(payment: Payment, status: str, refund: Refund | None = None) -> dict[str, str]:
    """A notify's fields before those that each sending adds."""
    amount = format_fen(payment.amount)
    fields = {
        "app_id": payment.merchant,
        "auth_app_id": payment.merchant,
        "charset": "utf-8",
        "version": "1.0",
        "notify_type": "trade_status_sync",
        "trade_no": payment.ref,
        "out_trade_no": payment.number,
        "buyer_id": demo.ALIPAY_BUYER_ID,
        "seller_id": demo.ALIPAY_SELLER_ID,
        "trade_status": status,
        "total_amount": amount,
        "subject": payment.subject,
        "gmt_create": beijing(payment.created_ms),
    }
    if payment.paid_ms is not None:
        fields |= {
            "receipt_amount": amount,
            "invoice_amount": amount,
            "buyer_pay_amount": amount,
            "gmt_payment": beijing(payment.paid_ms),
            "fund_bill_list": f'[{{"amount":"{amount}","fundChannel":"ALIPAYACCOUNT"}}]',
        }
    if refund is not None:
        fields |= {
            "out_biz_no": refund.number,
            "refund_fee": format_fen(payment.refunded),
            "gmt_refund": beijing(refund.ended_ms),
        }
    if payment.more.get("passback_params"):
        fields["passback_params"] = payment.more["passback_params"]
    return fields
