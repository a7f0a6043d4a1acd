"""Transfers of Alipay to bank accounts: taken on once by their number, under way or done, asked for later."""

import re
import sqlite3
from typing import Any

from goodfor.sandbox.channels.alipay.common import answer, biz, money, text
from goodfor.sandbox.channels.desk import Desk
from goodfor.sandbox.channels.rows import Refused
from goodfor.sandbox.fen import format_fen
from goodfor.sandbox.ledger import beijing
from goodfor.sandbox.web import Handler, Request, Response

_NUMBER = re.compile(r"[0-9A-Za-z_-]{1,64}", re.ASCII)
_CARD = re.compile(r"[0-9]{8,34}", re.ASCII)
_PRODUCT, _SCENE = "TRANS_BANKCARD_NO_PWD", "DIRECT_TRANSFER"
_OF_COMPANIES = ("inst_name", "inst_province", "inst_city", "inst_branch_name")
_WORDS = {"dealing": "DEALING", "success": "SUCCESS", "failed": "FAIL"}
#: An account that the bank does not know: what is sent there fails after it was taken on.
CLOSED_ACCOUNT = "6222020200000000404"


def _bad(name: str) -> Refused:
    return Refused("INVALID_PARAMETER", f"参数有误:{name}")


def _wanted(content: dict[str, Any]) -> dict[str, Any]:
    number = text(content, "out_biz_no", 64)
    if not _NUMBER.fullmatch(number):
        raise _bad("out_biz_no")
    if content.get("product_code") != _PRODUCT or content.get("biz_scene") != _SCENE:
        raise _bad("product_code")
    payee = content.get("payee_info")
    if not isinstance(payee, dict) or payee.get("identity_type") != "BANKCARD_ACCOUNT":
        raise _bad("payee_info")
    bank = payee.get("bankcard_ext_info")
    if not isinstance(bank, dict) or bank.get("account_type") not in ("1", "2"):
        raise _bad("bankcard_ext_info")
    needed = _OF_COMPANIES if bank["account_type"] == "1" else ("inst_name",)
    card = text(payee, "identity", 64)
    if not all(bank.get(name) for name in needed) or not _CARD.fullmatch(card):
        raise Refused("PAYEE_CARD_INFO_ERROR", "收款方银行卡信息有误")
    return {
        "number": number,
        "amount": money(content, "trans_amount"),
        "account": card,
        "name": text(payee, "name", 128),
        "bank": " ".join(str(bank.get(name) or "") for name in _OF_COMPANIES).strip(),
        "title": text(content, "order_title", 128),
    }


def transfer(desk: Desk, request: Request) -> Response:
    """Takes it on. The same number with the same content is answered as it stands; with another it is refused."""
    wanted, app_id, now_ms = _wanted(biz(request)), request.params["app_id"], desk.now_ms()
    with desk.db.write() as conn:
        row = _find(conn, app_id, wanted["number"], now_ms)
        if row is None:
            fault = desk.faults.take("transfer_refused", pid="alipay", out_trade_no=wanted["number"])
            if fault is not None:
                raise Refused(fault.text("reason"), "业务受理失败")
            row = _open(desk, conn, app_id, wanted, now_ms)
        elif any(row[name] != wanted[name] for name in ("amount", "account", "name")):
            raise Refused("PAYMENT_INFO_INCONSISTENCY", "两次请求商户单号一样，但是参数不一致")
    return answer(
        out_biz_no=row["number"], order_id=row["ref"], pay_fund_order_id=row["ref"],
        # What fails later was taken on before.
        status=_WORDS["dealing" if row["state"] == "failed" else row["state"]], trans_date=beijing(row["created_ms"]),
    )  # fmt: skip


def _open(desk: Desk, conn: sqlite3.Connection, app_id: str, wanted: dict[str, Any], now_ms: int) -> sqlite3.Row:
    fault = desk.faults.take("transfer_dealing", pid="alipay", out_trade_no=wanted["number"])
    ends = "failed" if wanted["account"] == CLOSED_ACCOUNT or (fault and fault.text("outcome") == "failed") else ""
    at_once = fault is None and not ends
    conn.execute(
        "INSERT INTO transfers (channel, merchant, number, ref, amount, account, name, bank, title, state, settle_to,"
        " settle_ms, created_ms, ended_ms) VALUES ('alipay', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            app_id, wanted["number"], f"{now_ms}{desk.digits(15)}", wanted["amount"], wanted["account"], wanted["name"],
            wanted["bank"], wanted["title"], "success" if at_once else "dealing", ends or "success",
            None if at_once else now_ms + (fault.number("seconds") * 1000 if fault else 0), now_ms,
            now_ms if at_once else None,
        ),
    )  # fmt: skip
    row: sqlite3.Row = conn.execute(
        "SELECT * FROM transfers WHERE channel = 'alipay' AND merchant = ? AND number = ?", (app_id, wanted["number"])
    ).fetchone()
    return row


def _find(conn: sqlite3.Connection, app_id: str, number: str, now_ms: int) -> sqlite3.Row | None:
    """As it stands now, ended where its time has come."""
    conn.execute(
        "UPDATE transfers SET state = settle_to, ended_ms = settle_ms, settle_ms = NULL,"
        " reason = CASE settle_to WHEN 'failed' THEN 'PAYEE_CARD_INFO_ERROR' ELSE '' END WHERE settle_ms <= ?",
        (now_ms,),
    )
    found: sqlite3.Row | None = conn.execute(
        "SELECT * FROM transfers WHERE channel = 'alipay' AND merchant = ? AND number = ?", (app_id, number)
    ).fetchone()
    return found


def query(desk: Desk, request: Request) -> Response:
    """By out_biz_no with product and scene."""
    content = biz(request)
    if content.get("product_code") != _PRODUCT or content.get("biz_scene") != _SCENE:
        raise _bad("product_code")
    with desk.db.write() as conn:
        row = _find(conn, request.params["app_id"], text(content, "out_biz_no", 64), desk.now_ms())
    if row is None:
        raise Refused("ORDER_NOT_EXIST", "转账订单不存在")
    fields = {"error_code": row["reason"], "fail_reason": "收款方银行卡信息有误"} if row["state"] == "failed" else {}
    return answer(
        out_biz_no=row["number"], order_id=row["ref"], pay_fund_order_id=row["ref"], status=_WORDS[row["state"]],
        trans_amount=format_fen(row["amount"]), pay_date=beijing(row["ended_ms"]), **fields,
    )  # fmt: skip


METHODS: dict[str, tuple[str, Handler]] = {
    "alipay.fund.trans.uni.transfer": ("transfer", transfer),
    "alipay.fund.trans.common.query": ("transfer_query", query),
}
