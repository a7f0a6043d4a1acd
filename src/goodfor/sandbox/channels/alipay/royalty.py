"""Royalty of Alipay: bound receivers, settling a trade, asking after it, what is left."""

from typing import Any

from goodfor.sandbox.channels import books, sharing
from goodfor.sandbox.channels.alipay.common import answer, biz, money, text, trade
from goodfor.sandbox.channels.desk import Desk
from goodfor.sandbox.channels.rows import BookRefused, Payment, Refused, Split
from goodfor.sandbox.fen import format_fen
from goodfor.sandbox.ledger import beijing
from goodfor.sandbox.web import Handler, Request, Response

TYPES = ("userId", "loginName", "openId")
MOST_BOUND = 20
MOST_SYNC = 5
MOST_ASYNC = 50
MAX_PERCENT = 30


def _receivers(request: Request) -> list[tuple[str, str, str]]:
    found = biz(request).get("receiver_list")
    if not isinstance(found, list) or not 0 < len(found) <= MOST_BOUND:
        raise Refused("ACQ.INVALID_PARAMETER", "参数有误:receiver_list")
    for one in found:
        if one.get("type") not in TYPES:
            raise Refused("ACQ.INVALID_PARAMETER", "参数有误:type")
    return [(one["type"], text(one, "account", 64), str(one.get("name") or "")) for one in found]


def bind(desk: Desk, request: Request) -> Response:
    """Binding twice changes nothing."""
    text(biz(request), "out_request_no", 32)
    with desk.db.write() as conn:
        for kind, account, name in _receivers(request):
            conn.execute(
                "INSERT INTO receivers (channel, merchant, type, account, name, relation)"
                " VALUES ('alipay', ?, ?, ?, ?, '') ON CONFLICT DO UPDATE SET name = excluded.name",
                (request.params["app_id"], kind, account, name),
            )
    return answer(result_code="SUCCESS")


def unbind(desk: Desk, request: Request) -> Response:
    """Unbinding twice changes nothing."""
    with desk.db.write() as conn:
        for kind, account, _name in _receivers(request):
            conn.execute(
                "DELETE FROM receivers WHERE channel = 'alipay' AND merchant = ? AND type = ? AND account = ?",
                (request.params["app_id"], kind, account),
            )
    return answer(result_code="SUCCESS")


def settle(desk: Desk, request: Request) -> Response:
    """Sync is all or nothing and done at once; async may be done in part, asked for later."""
    content, payment = biz(request), trade(desk, request)
    number, asked = text(content, "out_request_no", 64), content.get("royalty_parameters")
    is_async = content.get("royalty_mode") == "async"
    finish = str((content.get("extend_params") or {}).get("royalty_finish")).lower() == "true"
    if not isinstance(asked, list) or len(asked) > (MOST_ASYNC if is_async else MOST_SYNC):
        raise Refused("ACQ.INVALID_PARAMETER", "参数有误:royalty_parameters")
    if not payment.splitting or payment.state != "paid":
        raise Refused("ACQ.TRADE_SETTLE_ERROR")
    lines = [_line(one) for one in asked]
    now_ms = desk.now_ms()
    with desk.db.write() as conn:
        sharing.settle(conn, payment, now_ms)
        if sharing.find(conn, "alipay", payment.merchant, number) is None:
            _check(desk, conn, payment, lines, is_async)
        slow = desk.faults.take("split_processing", pid="alipay", out_trade_no=payment.number) if is_async else None
        split = sharing.open_split(
            conn, payment, number=number, ref=f"{now_ms}{desk.token('', 12)}", finish=finish, now_ms=now_ms,
            settle_ms=now_ms if slow is None else now_ms + slow.number("seconds") * 1000, lines=lines,
        )  # fmt: skip
        sharing.settle(conn, payment, now_ms)
    return answer(trade_no=payment.ref, settle_no=split.ref)


def _line(one: dict[str, Any]) -> dict[str, Any]:
    if one.get("royalty_type", "transfer") != "transfer" or one.get("trans_in_type", "userId") not in TYPES:
        raise Refused("ACQ.INVALID_PARAMETER", "参数有误:royalty_parameters")
    kind, account = one.get("trans_in_type", "userId"), text(one, "trans_in", 64)
    return {"type": kind, "account": account, "amount": money(one, "amount"), "description": str(one.get("desc") or "")}


def _check(desk: Desk, conn: Any, payment: Payment, lines: list[dict[str, Any]], is_async: bool) -> None:
    row = conn.execute(
        "SELECT coalesce(sum(s.amount), 0) AS n FROM shares s JOIN splits p ON p.seq = s.split WHERE p.payment = ?"
        " AND s.state <> 'closed'",
        (payment.seq,),
    ).fetchone()
    if (row["n"] + sum(line["amount"] for line in lines)) * 100 > payment.amount * MAX_PERCENT:
        raise Refused("ACQ.ROYALTY_RATIO_EXCEED")
    bound = {
        (known["type"], known["account"])
        for known in conn.execute("SELECT type, account FROM receivers WHERE channel = 'alipay' AND merchant = ?",
                                  (payment.merchant,))
    }  # fmt: skip
    for line in lines:
        fault = desk.faults.take("split_failed", pid="alipay", out_trade_no=payment.number)
        why = "" if fault is None else fault.text("reason")
        why = why or ("" if (line["type"], line["account"]) in bound else "RECEIVER_NOT_BOUND")
        if why and not is_async:
            raise Refused("ACQ.ROYALTY_RECEIVER_INVALID", why)
        line["fail_reason"] = why


def settle_query(desk: Desk, request: Request) -> Response:
    """By settle_no, or by trade_no and out_request_no."""
    content = biz(request)
    with desk.db.write() as conn:
        row = conn.execute(
            "SELECT number, payment FROM splits WHERE channel = 'alipay' AND merchant = ? AND (ref = ? OR number = ?)",
            (request.params["app_id"], content.get("settle_no") or " ", content.get("out_request_no") or " "),
        ).fetchone()
        if row is None:
            raise BookRefused("not_found")
        sharing.settle(conn, books.payment_at(conn, row["payment"]), desk.now_ms())
        split = sharing.find(conn, "alipay", request.params["app_id"], row["number"])
        assert split is not None
        shares = sharing.shares_of(conn, split)
    words = {"pending": "PROCESSING", "success": "SUCCESS", "closed": "FAIL"}
    lines = [
        {
            "operation_type": "transfer", "trans_in": share.account, "trans_in_type": share.type,
            "amount": format_fen(share.amount), "state": words[share.state], "detail_id": share.id,
            "execute_dt": beijing(share.ended_ms),
            **({"error_code": share.fail_reason} if share.state == "closed" else {}),
        }
        for share in shares
    ]  # fmt: skip
    return answer(out_request_no=split.number, operation_dt=beijing(split.created_ms), royalty_detail_list=lines)


def left(desk: Desk, request: Request) -> Response:
    """What can still be settled."""
    payment = trade(desk, request)
    with desk.db.write() as conn:
        sharing.settle(conn, payment, desk.now_ms())
        return answer(unsettled_amount=format_fen(max(0, sharing.free(conn, payment))))


def returns_of(desk: Desk, content: dict[str, Any], payment: Payment) -> list[tuple[Split, str, int]]:
    """What a refund takes back from receivers: (split, account, fen). Raises Refused when they have not that much."""
    asked = content.get("refund_royalty_parameters") or []
    if not isinstance(asked, list):
        raise Refused("ACQ.INVALID_PARAMETER", "参数有误:refund_royalty_parameters")
    found = []
    with desk.db.read() as conn:
        splits = books.select(conn, Split, "splits", "payment = ? ORDER BY seq", payment.seq)
        for one in asked:
            account, amount = text(one, "trans_out", 64), money(one, "amount")
            able = [split for split in splits if sharing.returnable(conn, split, account) >= amount]
            if not able:
                raise Refused("ACQ.ROYALTY_RECEIVER_INVALID", account)
            found.append((able[0], account, amount))
    return found


def take_back(desk: Desk, number: str, wanted: list[tuple[Split, str, int]]) -> None:
    """Takes shares back for a refund; the same refund number does it once."""
    with desk.db.write() as conn:
        for index, (split, account, amount) in enumerate(wanted):
            name = f"{split.seq}-{number}-{index}"
            sharing.give_back(
                conn, split, number=name, ref=f"rb-{name}", account=account, amount=amount, description="refund",
                fail_reason="", now_ms=desk.now_ms(),
            )  # fmt: skip


METHODS: dict[str, tuple[str, Handler]] = {
    "alipay.trade.royalty.relation.bind": ("split", bind),
    "alipay.trade.royalty.relation.unbind": ("split", unbind),
    "alipay.trade.order.settle": ("split", settle),
    "alipay.trade.order.settle.query": ("split_query", settle_query),
    "alipay.trade.order.onsettle.query": ("split_query", left),
}
