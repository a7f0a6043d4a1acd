"""Bills of WeChat Pay: trades and the money account of a day, as text with a backtick before each value."""

import gzip
import hashlib

from goodfor.sandbox.channels import statements
from goodfor.sandbox.channels.desk import Desk
from goodfor.sandbox.channels.journal import moves
from goodfor.sandbox.channels.rows import Refused
from goodfor.sandbox.channels.statements import Line
from goodfor.sandbox.channels.wechat.common import caller, wrong
from goodfor.sandbox.fen import format_fen
from goodfor.sandbox.ledger import beijing
from goodfor.sandbox.web import Handler, Request, Response, json_response


def _names(text: str) -> list[str]:
    return text.split(",")


_HEAD = _names(
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易"
    "状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款"
    "金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
)
_SUMMARY = _names("总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额")
_FUND_HEAD = _names(
    "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元"
    "),资金变更提交申请人,备注,业务凭证号"
)
_FUND_SUMMARY = _names("资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额")
_REFUND_COLUMNS = frozenset(range(14, 20))
_ASKED = 25
_URL_SECONDS = 300
_NAMES = {"pay": "交易", "fee": "扣除交易手续费", "refund": "退款", "fee_back": "退还手续费", "split": "分账"}


def trade_bill(desk: Desk, request: Request) -> Response:
    """`bill_date`, `bill_type` ALL, SUCCESS or REFUND, `tar_type` GZIP or none."""
    kind = request.query.get("bill_type", "ALL")
    if kind not in ("ALL", "SUCCESS", "REFUND"):
        raise wrong("bill_type不符合要求")
    mchid, start, end = _day(desk, request)
    lines = statements.lines(desk, "wechat", mchid, start, end)
    if kind != "ALL":
        lines = [line for line in lines if (line.refund is not None) == (kind == "REFUND")]
    return _file(desk, request, mchid, _trades(lines, kind) if lines else "")


def fund_bill(desk: Desk, request: Request) -> Response:
    """`bill_date`, `account_type`; only BASIC has moves here. Frozen money counts as the merchant's."""
    account = request.query.get("account_type", "BASIC")
    if account not in ("BASIC", "OPERATION", "FEES"):
        raise wrong("account_type不符合要求")
    mchid, start, end = _day(desk, request)
    with desk.db.read() as conn:
        rows = [row for row in moves(conn, "wechat", mchid, end) if row["at_ms"] >= start]
    if account != "BASIC" or not rows:
        return _file(desk, request, mchid, "")
    table = [
        [
            beijing(row["at_ms"]), row["ref"], f"9{row['id']:015d}", _NAMES.get(row["kind"], row["kind"]),
            _NAMES.get(row["kind"], row["kind"]), "收入" if row["amount"] > 0 else "支出",
            format_fen(abs(row["amount"])), format_fen(row["after"]), "system", "", row["ref"],
        ]
        for row in rows
    ]  # fmt: skip
    come, gone = [r["amount"] for r in rows if r["amount"] > 0], [-r["amount"] for r in rows if r["amount"] < 0]
    sums = [str(len(rows)), str(len(come)), format_fen(sum(come)), str(len(gone)), format_fen(sum(gone))]
    return _file(desk, request, mchid, _text(_FUND_HEAD, table, _FUND_SUMMARY, sums))


def _day(desk: Desk, request: Request) -> tuple[str, int, int]:
    mchid = caller(desk, request)
    if request.query.get("tar_type", "GZIP") != "GZIP":
        raise wrong("tar_type不符合要求")
    try:
        start, end = statements.bounds(request.query.get("bill_date", ""))
    except ValueError:
        raise wrong("bill_date不符合要求") from None
    if not statements.is_ready(desk, end):
        raise Refused("STATEMENT_CREATING", "账单生成中，请稍后再试")
    return mchid, start, end


def _trades(lines: list[Line], kind: str) -> str:
    head = list(_HEAD)
    keep = [index for index in range(len(head)) if kind != "SUCCESS" or index not in (*_REFUND_COLUMNS, _ASKED)]
    table = []
    for line in lines:
        row = [_row(line)[index] for index in keep]
        if kind == "REFUND" and line.refund is not None:
            row[14:14] = [beijing(line.refund.created_ms), beijing(line.refund.ended_ms)]
        table.append(row)
    shown = [head[index] for index in keep]
    if kind == "REFUND":
        shown[14:14] = ["退款申请时间", "退款成功时间"]
    paid = sum(line.payment.amount for line in lines if line.refund is None)
    back = sum(line.refund.amount for line in lines if line.refund is not None)
    fees = sum(-line.refund.fee_back if line.refund else line.payment.fee for line in lines)
    sums = [str(len(lines)), format_fen(paid), format_fen(back), "0.00", _fee(fees), format_fen(paid), format_fen(back)]
    places = (0, 1, 4, 5) if kind == "SUCCESS" else range(7)
    return _text(shown, table, [_SUMMARY[place] for place in places], [sums[place] for place in places])


def _row(line: Line) -> list[str]:
    payment, refund = line.payment, line.refund
    more, zero = payment.more, "0.00"
    back = zero if refund is None else format_fen(refund.amount)
    paid = format_fen(payment.amount) if refund is None else zero
    return [
        beijing(line.at_ms), more.get("appid", ""), payment.merchant, "0", "", payment.ref, payment.number,
        more.get("openid") or "oTEST", payment.kind, "SUCCESS" if refund is None else "REFUND", "OTHERS", "CNY", paid,
        zero, "0" if refund is None else refund.ref, "0" if refund is None else refund.number, back, zero,
        "" if refund is None else "ORIGINAL", "" if refund is None else "SUCCESS", payment.subject,
        more.get("attach", ""), _fee(payment.fee if refund is None else -refund.fee_back), "0.60%", paid, back, "",
    ]  # fmt: skip


def _fee(amount: int) -> str:
    return f"{format_fen(amount)}000"


def _text(head: list[str], rows: list[list[str]], summary: list[str], sums: list[str]) -> str:
    body = [",".join(f"`{value}" for value in row) for row in [*rows]]
    last = ",".join(f"`{value}" for value in sums)
    return "\ufeff" + "\r\n".join([",".join(head), *body, ",".join(summary), last, ""])


def _file(desk: Desk, request: Request, mchid: str, content: str) -> Response:
    if not content:
        raise Refused("NO_STATEMENT_EXIST", "账单文件不存在")
    raw = content.encode()
    zipped = request.query.get("tar_type") == "GZIP"
    token = statements.keep(desk, "wechat", mchid, gzip.compress(raw) if zipped else raw, "application/octet-stream")
    return json_response(
        {
            "download_url": f"{desk.url}/wechat/v3/billdownload/file?token={token}",
            "hash_type": "SHA1",
            "hash_value": hashlib.sha1(raw, usedforsecurity=False).hexdigest(),
        }
    )


def download(desk: Desk, request: Request) -> Response:
    """The file; the reply is not signed. A merchant fetches only its own."""
    content, kind = statements.fetch(
        desk, "wechat", request.query.get("token", ""), _URL_SECONDS, caller(desk, request)
    )
    return Response(200, content, (("Content-Type", kind), ("X-Bill", "1")))


ROUTES: list[tuple[str, str, str, Handler]] = [
    ("GET", "/v3/bill/tradebill", "bill", trade_bill),
    ("GET", "/v3/bill/fundflowbill", "bill", fund_bill),
    ("GET", "/v3/billdownload/file", "bill", download),
]
