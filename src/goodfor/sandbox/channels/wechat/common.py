"""What the calls of WeChat Pay share: the caller, typed fields, the transaction as it is told."""

import re
from datetime import datetime
from typing import Any

from goodfor.sandbox.channels.desk import Desk
from goodfor.sandbox.channels.rows import Payment, Refused
from goodfor.sandbox.channels.wechat import signing
from goodfor.sandbox.ledger import beijing
from goodfor.sandbox.web import Request

_NUMBER = re.compile(r"[0-9A-Za-z_|*-]{6,32}", re.ASCII)


def caller(desk: Desk, request: Request) -> str:
    """The merchant that signed."""
    return signing.merchant_of(request, desk.config.clock())


def stamp(at_ms: int) -> str:
    """RFC 3339 in Beijing time."""
    return beijing(at_ms, "%Y-%m-%dT%H:%M:%S+08:00")


def wrong(message: str) -> Refused:
    """PARAM_ERROR."""
    return Refused("PARAM_ERROR", message)


def text(body: dict[str, Any], name: str, most: int, *, least: int = 1) -> str:
    """A text field of `least` to `most` characters; `least` 0 makes it optional. Raises Refused."""
    value = body.get(name, "")
    if not isinstance(value, str) or not least <= len(value) <= most:
        raise wrong(f"{name}不符合要求")
    return value


def trade_number(body: dict[str, Any]) -> str:
    """out_trade_no. Raises Refused."""
    value = text(body, "out_trade_no", 32)
    if _NUMBER.fullmatch(value) is None:
        raise wrong("out_trade_no不符合要求")
    return value


def fen(body: dict[str, Any], name: str) -> int:
    """An integer of fen above zero. Raises Refused."""
    value = body.get(name)
    if type(value) is not int or value < 1:
        raise wrong(f"{name}不符合要求")
    return value


def part(body: dict[str, Any], name: str) -> dict[str, Any]:
    """An object inside. Raises Refused."""
    value = body.get(name)
    if not isinstance(value, dict):
        raise wrong(f"{name}不符合要求")
    return value


def moment(body: dict[str, Any], name: str) -> int | None:
    """An RFC 3339 time in milliseconds. Raises Refused."""
    value = body.get(name)
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        raise wrong(f"{name}不符合要求") from None
    if found.tzinfo is None:
        raise wrong(f"{name}不符合要求")
    return int(found.timestamp() * 1000)


#: Reasons for which a charge by contract is refused before it is taken on: there is no order then.
REFUSED_AT_ONCE = frozenset({"agreement_ended", "limit", "other"})
_DECLINED = {"no_funds": "用户余额不足", "needs_buyer": "用户银行卡或账户异常"}


def unseen(payment: Payment) -> bool:
    """Whether the books remember a charge that was refused at once."""
    return payment.more.get("declined", "") in REFUSED_AT_ONCE


def transaction(payment: Payment) -> dict[str, Any]:
    """The transaction as query and notify tell it."""
    more = payment.more
    told: dict[str, Any] = {
        "mchid": payment.merchant,
        "appid": more.get("appid", ""),
        "out_trade_no": payment.number,
    }
    amount = {"total": payment.amount, "currency": payment.currency}
    if payment.state != "paid":
        waiting = "ACCEPT" if payment.kind == "PAP" else "NOTPAY"
        state = "CLOSED" if payment.state == "closed" else waiting
        told |= {"trade_state": state, "trade_state_desc": state, "amount": amount}
        if why := more.get("declined"):
            told |= {"trade_state": "PAYERROR", "trade_state_desc": _DECLINED.get(why, "支付失败")}
        return told
    return {
        **told,
        "transaction_id": payment.ref,
        "trade_type": payment.kind,
        "trade_state": "REFUND" if payment.refunded else "SUCCESS",
        "trade_state_desc": "OK",
        "bank_type": "OTHERS",
        "attach": more.get("attach", ""),
        "success_time": stamp(payment.paid_ms or 0),
        "payer": {"openid": more.get("openid") or "oTEST"},
        "amount": {
            "total": payment.amount,
            "payer_total": payment.amount,
            "currency": payment.currency,
            "payer_currency": payment.currency,
        },
    }
