"""Bills of Alipay: a zip with two GBK tables, its address good for 30 seconds; names in the zip are GBK too."""

import struct
import zlib
from datetime import date, datetime
from typing import Any

from goodfor.sandbox.channels import books, statements
from goodfor.sandbox.channels.alipay.common import answer, biz
from goodfor.sandbox.channels.desk import Desk
from goodfor.sandbox.channels.journal import moves
from goodfor.sandbox.channels.rows import Payment, Refused
from goodfor.sandbox.channels.statements import Line
from goodfor.sandbox.fen import format_fen
from goodfor.sandbox.ledger import BEIJING, beijing
from goodfor.sandbox.web import Handler, Request, Response

_HEAD = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,"
    "商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,"
    "商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注"
)
_SUM_HEAD = "门店编号,门店名称,交易订单总笔数,退款订单总笔数,订单金额（元）,商家实收（元）,服务费（元）,实收净额（元）"
_ACCOUNT_HEAD = (
    "账务流水号,业务流水号,商户订单号,商品名称,发生时间,对方账号,收入金额（+元）,支出金额（-元）,账户余额（元）,交易渠道,"
    "业务类型,备注"
)
_ACCOUNT_SUMS = "类型,收入笔数,收入金额（+元）,支出笔数,支出金额（-元）,总金额（元）"
_URL_SECONDS = 30
_TIME = "%Y-%m-%d %H:%M:%S"
_TYPES = {"pay": "交易", "refund": "退款", "fee": "收费", "fee_back": "退费", "split": "分账"}


def download_url(desk: Desk, request: Request) -> Response:
    """`bill_type` trade or signcustomer, `bill_date` a day or a month that is over."""
    content, merchant = biz(request), request.params["app_id"]
    kind, day = content.get("bill_type"), str(content.get("bill_date") or "")
    if kind not in ("trade", "signcustomer"):
        raise Refused("isp.invalid-parameter", "bill_type")
    try:
        start, end = _bounds(day)
    except ValueError:
        raise Refused("isp.invalid-parameter", "bill_date") from None
    if not statements.is_ready(desk, end):
        raise Refused("isp.bill_not_exist", "账单未生成")
    if kind == "trade":
        detail, total = _trades(statements.lines(desk, "alipay", merchant, start, end))
    else:
        detail, total = _account(desk, merchant, start, end)
    name = f"{merchant}_{day.replace('-', '')}"
    file = _zip({f"{name}_业务明细.csv": detail, f"{name}_业务明细(汇总).csv": total})
    token = statements.keep(desk, "alipay", merchant, file, "application/zip")
    return answer(bill_download_url=f"{desk.url}/alipay/bill?token={token}")


def _bounds(day: str) -> tuple[int, int]:
    if len(day) == 10:
        return statements.bounds(day)
    first = date.fromisoformat(f"{day}-01")
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return statements.bounds(str(first))[0], statements.bounds(str(after))[0]


def download(desk: Desk, request: Request) -> Response:
    """The file."""
    content, kind = statements.fetch(desk, "alipay", request.query.get("token", ""), _URL_SECONDS)
    return Response(200, content, (("Content-Type", kind),))


def _trades(lines: list[Line]) -> tuple[str, str]:
    rows, paid, back, fees = [], 0, 0, 0
    for line in lines:
        payment, refund = line.payment, line.refund
        amount = payment.amount if refund is None else -refund.amount
        fee = -payment.fee if refund is None else refund.fee_back
        paid, back, fees = paid + max(0, amount), back + max(0, -amount), fees + fee
        zero = "0.00"
        row = [
            payment.ref, payment.number, "交易" if refund is None else "退款", payment.subject,
            beijing(payment.created_ms), beijing(line.at_ms), "", "", "", "", "2088****", format_fen(amount),
            format_fen(amount), zero, zero, zero, zero, zero, "", zero, zero, "" if refund is None else refund.number,
            format_fen(fee), zero, "",
        ]  # fmt: skip
        rows.append(",".join(f"{value.replace(',', '，')}\t" for value in row))
    detail = ["#支付宝业务明细查询", "#-----业务明细列表-----", _HEAD, *rows, "#-----业务明细列表结束-----"]
    count = sum(line.refund is None for line in lines)
    sums = ["", "合计", str(count), str(len(lines) - count), format_fen(paid - back), format_fen(paid - back),
            format_fen(fees), format_fen(paid - back + fees)]  # fmt: skip
    row_text = ",".join(f"{value}\t" for value in sums)
    total = ["#支付宝业务汇总查询", "#-----业务汇总列表-----", _SUM_HEAD, row_text, "#-----业务汇总列表结束-----"]
    return _lines(detail), _lines(total)


def _account(desk: Desk, merchant: str, start: int, end: int) -> tuple[str, str]:
    with desk.db.read() as conn:
        found = [row for row in moves(conn, "alipay", merchant, end) if row["at_ms"] >= start]
    rows = []
    for row in found:
        come, gone = max(0, row["amount"]), min(0, row["amount"])
        values = [
            f"9{row['id']:015d}", row["ref"], row["ref"], "", beijing(row["at_ms"]), "2088****", format_fen(come),
            format_fen(gone), format_fen(row["after"]), "支付宝", row["kind"], "",
        ]  # fmt: skip
        rows.append(",".join(f"{value}\t" for value in values))
    detail = ["#支付宝账务明细查询", "#-----账务明细列表-----", _ACCOUNT_HEAD, *rows, "#-----账务明细列表结束-----"]
    come, gone = (sum(act(0, row["amount"]) for row in found) for act in (max, min))
    ins = sum(row["amount"] > 0 for row in found)
    sums = ["合计", str(ins), format_fen(come), str(len(found) - ins), format_fen(gone), format_fen(come + gone)]
    row_text = ",".join(f"{value}\t" for value in sums)
    total = ["#支付宝账务汇总查询", "#-----账务汇总列表-----", _ACCOUNT_SUMS, row_text, "#-----账务汇总列表结束-----"]
    return _lines(detail), _lines(total)


def account_log(desk: Desk, request: Request) -> Response:
    """The money account between two times (half-open, 31 days at most), in pages of 1000 to 2000."""
    content, merchant = biz(request), request.params["app_id"]
    try:
        start, end = (
            int(datetime.strptime(str(content.get(name)), _TIME).replace(tzinfo=BEIJING).timestamp() * 1000)
            for name in ("start_time", "end_time")
        )
        page, size = int(content.get("page_no") or 1), int(content.get("page_size") or 2000)
    except ValueError:
        raise Refused("isp.invalid-parameter", "start_time, end_time, page_no, page_size") from None
    if not (0 < end - start <= 31 * 86_400_000 and page > 0 and 1000 <= size <= 2000):
        raise Refused("isp.invalid-parameter", "at most 31 days, 1000 to 2000 rows")
    with desk.db.read() as conn:
        found = [row for row in moves(conn, "alipay", merchant, end) if row["at_ms"] >= start]
        of = {row["payment"]: books.payment_at(conn, row["payment"]) for row in found}
    rows = [_logged(row, of[row["payment"]]) for row in found[(page - 1) * size : page * size]]
    return answer(page_no=str(page), page_size=str(size), total_size=str(len(found)), detail_list=rows)


def _logged(row: dict[str, Any], payment: Payment) -> dict[str, str]:
    told = {
        "account_log_id": f"9{row['id']:015d}",
        "alipay_order_no": payment.ref,
        "merchant_order_no": payment.number,
        "direction": "收入" if row["amount"] > 0 else "支出",
        "trans_amount": format_fen(abs(row["amount"])),
        "balance": format_fen(row["after"]),
        "type": _TYPES.get(row["kind"], "其它"),
        "biz_desc": row["kind"],
        "trans_dt": beijing(row["at_ms"]),
    }
    if row["kind"] in ("refund", "fee_back"):
        told["merchant_out_refund_no"] = str(row["ref"]).partition("|")[2]
    return told


def _lines(lines: list[str]) -> str:
    return "\r\n".join([*lines, ""])


def _zip(files: dict[str, str]) -> bytes:
    """Stored by hand: `zipfile` writes names as ASCII or UTF-8 only, and the real files have GBK names."""
    body, directory = b"", b""
    for name, text in files.items():
        raw, content = name.encode("gbk"), text.encode("gbk", "replace")
        packer = zlib.compressobj(wbits=-15)
        packed = packer.compress(content) + packer.flush()
        common = struct.pack(
            "<HHHHHIIIHH", 20, 0, 8, 0, 0x21, zlib.crc32(content), len(packed), len(content), len(raw), 0
        )
        directory += b"PK\x01\x02" + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, len(body)) + raw
        body += b"PK\x03\x04" + common + raw + packed
    end = struct.pack("<HHHHIIH", 0, 0, len(files), len(files), len(directory), len(body), 0)
    return body + directory + b"PK\x05\x06" + end


METHODS: dict[str, tuple[str, Handler]] = {
    "alipay.data.dataservice.bill.downloadurl.query": ("bill", download_url),
    "alipay.data.bill.accountlog.query": ("bill", account_log),
}
