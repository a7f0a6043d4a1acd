"""Profit sharing of WeChat Pay: receivers, splits, what is left, giving the rest free, returns."""

from typing import Any

from goodfor.sandbox.channels import books, sharing
from goodfor.sandbox.channels.desk import Desk
from goodfor.sandbox.channels.journal import held
from goodfor.sandbox.channels.rows import Payment, Refused, Return, Split
from goodfor.sandbox.channels.wechat import signing
from goodfor.sandbox.channels.wechat.common import caller, fen, stamp, text, wrong
from goodfor.sandbox.web import Handler, Request, Response, json_response

TYPES = ("MERCHANT_ID", "PERSONAL_OPENID", "PERSONAL_SUB_OPENID")
RELATIONS = frozenset(
    (
        *("SERVICE_PROVIDER", "STORE", "STAFF", "STORE_OWNER", "PARTNER", "HEADQUARTER"),
        *("BRAND", "DISTRIBUTOR", "USER", "SUPPLIER", "CUSTOM"),
    )
)
MAX_RATIO = 3000
MOST_RECEIVERS = 50
MOST_SPLITS = 50
MOST_RETURNS = 20


def _receiver(body: dict[str, Any]) -> tuple[str, str]:
    kind = body.get("type")
    if kind not in TYPES:
        raise wrong("type不符合要求")
    return str(kind), text(body, "account", 64)


def add_receiver(desk: Desk, request: Request) -> Response:
    """Adding twice changes nothing; a merchant needs its full name, sealed."""
    mchid, body = caller(desk, request), request.json()
    kind, account = _receiver(body)
    relation = body.get("relation_type")
    if relation not in RELATIONS or (relation == "CUSTOM" and not text(body, "custom_relation", 10)):
        raise wrong("relation_type不符合要求")
    sealed = text(body, "name", 1024, least=1 if kind == "MERCHANT_ID" else 0)
    name = signing.open_name(sealed) if sealed else ""
    with desk.db.write() as conn:
        conn.execute(
            "INSERT INTO receivers (channel, merchant, type, account, name, relation) VALUES ('wechat', ?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET name = excluded.name, relation = excluded.relation",
            (mchid, kind, account, name, relation),
        )
    return json_response({"type": kind, "account": account, "relation_type": relation, **_named(sealed)})


def _named(sealed: str) -> dict[str, str]:
    return {"name": sealed} if sealed else {}


def delete_receiver(desk: Desk, request: Request) -> Response:
    """Deleting one that is not there changes nothing."""
    mchid, (kind, account) = caller(desk, request), _receiver(request.json())
    with desk.db.write() as conn:
        conn.execute(
            "DELETE FROM receivers WHERE channel = 'wechat' AND merchant = ? AND type = ? AND account = ?",
            (mchid, kind, account),
        )
    return json_response({"type": kind, "account": account})


def _payment(desk: Desk, mchid: str, ref: str) -> Payment:
    payment = desk.payment("wechat", ref=ref or " ", merchant=mchid)
    if payment is None or payment.state != "paid":
        raise Refused("RESOURCE_NOT_EXISTS", "订单不存在", 404)
    if not payment.splitting:
        raise Refused("NOT_SHARE_ORDER", "非分账订单不支持分账", 403)
    return payment


def create(desk: Desk, request: Request) -> Response:
    """Accepted now, done right after: ask for the result."""
    mchid, body = caller(desk, request), request.json()
    payment, number = _payment(desk, mchid, text(body, "transaction_id", 32)), text(body, "out_order_no", 64)
    if type(body.get("unfreeze_unsplit")) is not bool:
        raise wrong("unfreeze_unsplit不符合要求")
    asked = body.get("receivers")
    if not isinstance(asked, list) or not 0 < len(asked) <= MOST_RECEIVERS:
        raise wrong("receivers不符合要求")
    lines = []
    for one in asked:
        kind, account = _receiver(one)
        what = text(one, "description", 80)
        lines.append({"type": kind, "account": account, "amount": fen(one, "amount"), "description": what})
    return _split(desk, mchid, payment, number, lines, finish=body["unfreeze_unsplit"] is True)


def unfreeze(desk: Desk, request: Request) -> Response:
    """The rest goes to the merchant, and nothing more can be split."""
    mchid, body = caller(desk, request), request.json()
    text(body, "description", 80)
    payment = _payment(desk, mchid, text(body, "transaction_id", 32))
    return _split(desk, mchid, payment, text(body, "out_order_no", 64), [], finish=True)


def _split(
    desk: Desk, mchid: str, payment: Payment, number: str, lines: list[dict[str, Any]], *, finish: bool
) -> Response:
    now_ms = desk.now_ms()
    with desk.db.write() as conn:
        sharing.settle(conn, payment, now_ms)
        if sharing.find(conn, "wechat", mchid, number) is None:
            before = books.select(conn, Split, "splits", "payment = ?", payment.seq)
            taken = sum(share.amount for split in before for share in sharing.shares_of(conn, split))
            _limits(desk, payment, len(before), taken + sum(line["amount"] for line in lines))
            known = {
                (row["type"], row["account"])
                for row in conn.execute("SELECT type, account FROM receivers WHERE merchant = ?", (mchid,))
            }
            for line in lines:
                line["fail_reason"] = _fault(desk, payment, line, known)
        slow = desk.faults.take("split_processing", pid="wechat", out_trade_no=payment.number)
        split = sharing.open_split(
            conn, payment, number=number, ref=f"30{desk.now_ms()}{desk.token('', 12)}", finish=finish, now_ms=now_ms,
            settle_ms=now_ms if slow is None else now_ms + slow.number("seconds") * 1000, lines=lines,
        )  # fmt: skip
    return _told(desk, payment, split)


def _fault(desk: Desk, payment: Payment, line: dict[str, Any], known: set[tuple[str, str]]) -> str:
    if (line["type"], line["account"]) not in known:
        return "NO_RELATION"
    fault = desk.faults.take(
        "split_failed", pid="wechat", out_trade_no=payment.number,
        when=lambda one: one.text("account") in ("", line["account"]),
    )  # fmt: skip
    return "" if fault is None else fault.text("reason")


def _limits(desk: Desk, payment: Payment, splits: int, total: int) -> None:
    if splits >= MOST_SPLITS:
        raise Refused("INVALID_REQUEST", "分账次数超过限制")
    if desk.now_ms() - (payment.paid_ms or 0) < desk.limits.wechat_split_wait * 1000:
        raise Refused("INVALID_REQUEST", "订单支付后需等待1分钟再分账")
    if total * 10_000 > payment.amount * MAX_RATIO:
        raise Refused("RULE_LIMIT", "分账金额超过最大比例", 403)


def _told(desk: Desk, payment: Payment, split: Split) -> Response:
    with desk.db.read() as conn:
        shares = sharing.shares_of(conn, split)
        free = not split.finish or not held(conn, payment)
    words = {"pending": "PENDING", "success": "SUCCESS", "closed": "CLOSED"}
    lines = [
        {
            "type": share.type,
            "account": share.account,
            "amount": share.amount,
            "description": share.description,
            "result": words[share.state],
            **({"fail_reason": share.fail_reason} if share.state == "closed" else {}),
            "detail_id": share.id,
            "create_time": stamp(split.created_ms),
            **({"finish_time": stamp(share.ended_ms)} if share.ended_ms else {}),
        }
        for share in shares
    ]
    done = free and split.settle_ms <= desk.now_ms() and all(share.state != "pending" for share in shares)
    return json_response(
        {
            "transaction_id": payment.ref,
            "out_order_no": split.number,
            "order_id": split.ref,
            "state": "FINISHED" if done else "PROCESSING",
            "receivers": lines,
        }
    )


def query(desk: Desk, request: Request, split_no: str) -> Response:
    """The result, receiver by receiver."""
    mchid = caller(desk, request)
    payment = _payment(desk, mchid, request.query.get("transaction_id", ""))
    with desk.db.write() as conn:
        sharing.settle(conn, payment, desk.now_ms())
        split = sharing.find(conn, "wechat", mchid, split_no)
    if split is None or split.payment != payment.seq:
        raise Refused("RESOURCE_NOT_EXISTS", "分账单不存在", 404)
    return _told(desk, payment, split)


def amounts(desk: Desk, request: Request, transaction_id: str) -> Response:
    """What is not split yet."""
    payment = _payment(desk, caller(desk, request), transaction_id)
    with desk.db.write() as conn:
        sharing.settle(conn, payment, desk.now_ms())
        left = max(0, sharing.free(conn, payment))
    return json_response({"transaction_id": payment.ref, "unsplit_amount": left})


def max_ratio(desk: Desk, request: Request, sub_mchid: str) -> Response:
    """In 1/10000."""
    caller(desk, request)
    return json_response({"sub_mchid": sub_mchid, "max_ratio": MAX_RATIO})


def give_back(desk: Desk, request: Request) -> Response:
    """From a merchant that was given a share."""
    mchid, body = caller(desk, request), request.json()
    number, account = text(body, "out_return_no", 64), text(body, "return_mchid", 32)
    what = text(body, "description", 80)
    now_ms = desk.now_ms()
    with desk.db.write() as conn:
        by_ref = books.select(
            conn, Split, "splits", "merchant = ? AND (ref = ? OR number = ?)",
            mchid, body.get("order_id") or " ", body.get("out_order_no") or " ",
        )  # fmt: skip
        if not by_ref:
            raise Refused("RESOURCE_NOT_EXISTS", "分账单不存在", 404)
        split = by_ref[0]
        payment = books.payment_at(conn, split.payment)
        sharing.settle(conn, payment, now_ms)
        so_far = books.select(conn, Return, "returns", "split = ? AND account = ?", split.seq, account)
        fault = None
        if number not in [row.number for row in so_far]:
            if len(so_far) >= MOST_RETURNS:
                raise Refused("INVALID_REQUEST", "回退次数超过限制")
            fault = desk.faults.take("return_failed", pid="wechat", out_trade_no=payment.number)
        made = sharing.give_back(
            conn, split, number=number, ref=f"31{now_ms}{desk.token('', 12)}", account=account,
            amount=fen(body, "amount"), description=what, now_ms=now_ms,
            fail_reason="" if fault is None else fault.text("reason"),
        )  # fmt: skip
    return _returned(split, made)


def query_return(desk: Desk, request: Request, return_no: str) -> Response:
    """The result of a return."""
    mchid = caller(desk, request)
    with desk.db.read() as conn:
        found = books.select(conn, Return, "returns", "merchant = ? AND number = ?", mchid, return_no)
        split = books.select(conn, Split, "splits", "seq = ?", found[0].split if found else 0)
    if not split or split[0].number != request.query.get("out_order_no"):
        raise Refused("RESOURCE_NOT_EXISTS", "回退单不存在", 404)
    return _returned(split[0], found[0])


def _returned(split: Split, made: Return) -> Response:
    return json_response(
        {
            "order_id": split.ref,
            "out_order_no": split.number,
            "out_return_no": made.number,
            "return_id": made.ref,
            "return_mchid": made.account,
            "amount": made.amount,
            "description": made.description,
            "result": made.state.upper(),
            **({"fail_reason": made.fail_reason} if made.fail_reason else {}),
            "create_time": stamp(made.created_ms),
            "finish_time": stamp(made.created_ms),
        }
    )


_AT = "/v3/profitsharing"
ROUTES: list[tuple[str, str, str, Handler]] = [
    ("POST", f"{_AT}/receivers/add", "split", add_receiver),
    ("POST", f"{_AT}/receivers/delete", "split", delete_receiver),
    ("POST", f"{_AT}/orders", "split", create),
    ("POST", f"{_AT}/orders/unfreeze", "split", unfreeze),
    ("GET", f"{_AT}/orders/{{split_no}}", "split_query", query),
    ("GET", f"{_AT}/transactions/{{transaction_id}}/amounts", "split_query", amounts),
    ("GET", f"{_AT}/merchant-configs/{{sub_mchid}}", "split_query", max_ratio),
    ("POST", f"{_AT}/return-orders", "split", give_back),
    ("GET", f"{_AT}/return-orders/{{return_no}}", "split_query", query_return),
]
