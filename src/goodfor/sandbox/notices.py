"""The parameters of notify and return, honest or lying as a fault demands. Pure."""

import json

from goodfor.sandbox.demo import PLATFORM_KEY_NAME
from goodfor.sandbox.fen import format_fen
from goodfor.sandbox.keys import derive_private_key
from goodfor.sandbox.ledger import beijing
from goodfor.sandbox.outbox import LYING_NOTIFIES
from goodfor.sandbox.signing import Dialect, md5_sign, rsa_sign
from goodfor.sandbox.types import Merchant, Notice, Trade
from goodfor.sandbox.web import with_query

TRADE_SUCCESS = "TRADE_SUCCESS"


def dialect_of(merchant: Merchant) -> Dialect:
    """The MD5 dialect of this merchant."""
    return "ampersand_key" if merchant.md5_dialect == "ampersand_key" else "plain"


def sign(params: dict[str, str], merchant: Merchant, version: int) -> dict[str, str]:
    """The parameters with sign and sign_type: MD5 under the merchant key, or RSA under the platform key."""
    if version == 1:
        signature = md5_sign(params, merchant.md5_key, dialect=dialect_of(merchant))
        return {**params, "sign": signature, "sign_type": "MD5"}
    signature = rsa_sign(params, derive_private_key(PLATFORM_KEY_NAME))
    return {**params, "sign": signature, "sign_type": "RSA"}


def result_params(trade: Trade, now_ms: int) -> dict[str, str]:
    """The unsigned parameters that notify and return have in common."""
    params = {
        "pid": trade.pid,
        "trade_no": trade.trade_no,
        "out_trade_no": trade.out_trade_no,
        "type": trade.type,
        "name": trade.name,
        "money": format_fen(trade.shown_fen),
        "trade_status": TRADE_SUCCESS,
    }
    if trade.param:
        params["param"] = trade.param
    if trade.version == 2:
        params["api_trade_no"] = trade.api_trade_no
        params["addtime"] = beijing(trade.created_ms)
        params["endtime"] = beijing(trade.paid_ms)
        params["timestamp"] = str(now_ms // 1000)
    return params


def return_url(trade: Trade, merchant: Merchant, now_ms: int) -> str:
    """The buyer's way back, signed like a notify."""
    return with_query(trade.return_url, sign(result_params(trade, now_ms), merchant, trade.version))


def notify_url(trade: Trade, merchant: Merchant, notice: Notice, now_ms: int) -> str:
    """The notify as a URL to GET. A lie about content is validly signed; only `bad_signature_notify` is not."""
    params = result_params(trade, now_ms)
    detail: dict[str, str] = json.loads(notice.detail)
    if notice.fault == "wrong_amount_notify":
        params["money"] = detail["money"]
    elif notice.fault == "wrong_status_notify":
        params["trade_status"] = detail["status"]
    elif notice.fault == "foreign_pid_notify":
        params["pid"] = detail["as_pid"]
    signed = sign(params, merchant, trade.version)
    if notice.fault == "bad_signature_notify":
        signed["sign"] = spoiled(signed["sign"])
    return with_query(trade.notify_url, signed)


def spoiled(signature: str) -> str:
    """A signature of the right shape that is wrong."""
    first = signature[:1]
    return ("0" if first != "0" else "1") + signature[1:]


def is_faulty(notice: Notice) -> bool:
    """Whether sending this notice once more is the fault taking effect."""
    if notice.fault in LYING_NOTIFIES:
        return True
    if notice.fault == "concurrent_notify":
        return notice.attempt == 1
    if notice.fault == "duplicate_notify":
        return notice.attempt == 1 and notice.repeat_left < int(json.loads(notice.detail)["count"]) - 1
    return False
