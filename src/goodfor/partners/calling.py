"""Calls to partners. Each outcome is a value; what is not known for certain is None."""

from datetime import datetime
from typing import Final

from goodfor.kernel.ids import secret_token
from goodfor.kernel.outbound import http
from goodfor.partners import protocol
from goodfor.partners.mapping import secret_of
from goodfor.partners.models import Account, Exchange
from goodfor.partners.protocol import PointsAnswer

#: Whole exchanges. After so long a mall takes an order for failed, and so do we.
DEDUCT_SECONDS: Final = 30.0
OTHER_SECONDS: Final = 10.0
#: The word for heard.
HEARD: Final = "ok"
FAILED: Final = "order failed"
_OK: Final = 200


def ask_state(account: Account, order_num: str, biz_id: str, now: datetime) -> bool | None:
    """What a mall says of an order of its own; None: not ended, or nothing that counts."""
    body = _get(account, account.query_url, {"orderNum": order_num, "bizId": biz_id}, OTHER_SECONDS, now)
    return protocol.read_state(body) if body is not None else None


def ask_points(account: Account, row: Exchange, item: str, ip: str, now: datetime) -> PointsAnswer | None:
    """Ask a partner for its person's points; None: whatever happened there, it is not known here."""
    params = {
        "uid": row.uid, "credits": str(row.units), "itemCode": item, "description": account.name,
        "orderNum": row.order_num, "type": "virtual", "facePrice": str(row.worth_minor),
        "actualPrice": str(row.worth_minor), "ip": ip, "params": "", "waitAudit": "false",
    }  # fmt: skip
    body = _get(account, account.deduct_url, params, DEDUCT_SECONDS, now)
    return protocol.read_answer(body) if body is not None else None


def tell_result(account: Account, row: Exchange, *, success: bool, now: datetime) -> str:
    """Tell a partner what became of an exchange; what it answered, in a few characters."""
    params = {
        "uid": row.uid, "orderNum": row.order_num, "bizId": row.biz_id, "success": "true" if success else "false",
        "errorMessage": "" if success else FAILED,
    }  # fmt: skip
    body = _get(account, account.notice_url, params, OTHER_SECONDS, now)
    return "" if body is None else body[:40].decode("utf-8", "replace").strip()


def _get(account: Account, url: str, params: dict[str, str], seconds: float, now: datetime) -> bytes | None:
    """The body of a good answer; None for anything else."""
    full = protocol.signed(
        account.signing, {**params, "appKey": account.app_key}, secret_of(account), now=now, nonce=secret_token(16)
    )
    try:
        reply = http.send("GET", protocol.link(url, full), seconds=seconds)
    except (http.NotSent, http.NoAnswer):
        return None
    return reply.body if reply.status == _OK else None
