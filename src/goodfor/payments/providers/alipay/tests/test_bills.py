"""Bills: a file of each kind read, each damage refused, 200,000 rows in little memory, and the way they come."""

import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import psutil
import pytest

from goodfor.kernel.money import Money
from goodfor.kernel.outcomes import Outcome, Pending, Rejected, Succeeded, Unknown
from goodfor.payments.providers.alipay.adapter import AlipayProvider
from goodfor.payments.providers.alipay.tests.kit import SELLER, Gateway, account, no, ok, running
from goodfor.payments.providers.bills import BadBill, BillKind, BillRow

ALI = AlipayProvider()
DAY = date(2026, 1, 1)
READY = datetime(2026, 1, 2, 2, 0, tzinfo=UTC)
URL = "alipay.data.dataservice.bill.downloadurl.query"
TRADE_HEADER = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,"
    "对方账户,订单金额（元）,"
    "商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,"
    "退款批次号/请求号,服务费（元）,分润（元）,备注"
)
TRADE_SUMMARY = (
    "门店编号,门店名称,交易订单总笔数,退款订单总笔数,订单金额（元）,商家实收（元）,支付宝优惠（元）,商家优惠（元）,卡消费金额（元）,"
    "服务费（元）,分润（元）,实收净额（元）"
)
FUND_HEADER = (
    "账务流水号,业务流水号,商户订单号,商品名称,发生时间,对方账号,收入金额（+元）,支出金额（-元）,"
    "账户余额（元）,交易渠道,业务类型,备注"
)  # fmt: skip
FUND_SUMMARY = "业务类型,收入笔数,收入金额（+元）,支出笔数,支出金额（-元）,总金额（元）"


def trade_line(number: int, *, refund: bool = False) -> str:
    sign, word, ref = ("-", "退款", f"R{number}") if refund else ("", "交易", "")
    fee = "0.00" if refund else "-0.06"
    cells = [
        f"2026010122{number:08}", f"P{number}", word, "点卡 100 点", "2026-01-01 08:00:00", "2026-01-01 08:00:05", "",
        "", "", "", "*晓(b***@example.test)", f"{sign}9.90", f"{sign}9.90", "0.00", "0.00", "0.00", "0.00", "0.00", "",
        "0.00", "0.00", ref, fee, "0.00", "备注",
    ]  # fmt: skip
    return ",".join(f"{cell}\t" for cell in cells)


def table(marker: str, header: str, lines: Iterator[str] | list[str], *, start: str = "") -> Iterator[str]:
    yield f"#支付宝{start or marker}查询"
    yield f"#账号：[{SELLER}0156]"
    yield "#起始日期：[2026年01月01日 00:00:00]   终止日期：[2026年01月02日 00:00:00]"
    yield f"#-----------------------{marker}列表--------------------"
    yield header
    yield from lines
    yield f"#-----------------------{marker}列表结束----------------"
    yield "#导出时间：[2026年01月02日 09:01:02]"


def trade_total(payments: int, refunds: int) -> str:
    gross = Money(990 * (payments - refunds), "CNY").as_decimal_string()
    fee = Money(-6 * payments, "CNY").as_decimal_string()
    net = Money(990 * (payments - refunds) - 6 * payments, "CNY").as_decimal_string()
    return f"合计\t,\t,{payments},{refunds},{gross},{gross},0.00,0.00,0.00,{fee},0.00,{net}"


def trade_bill(payments: int = 3, refunds: int = 1) -> tuple[str, str]:
    lines = [trade_line(n) for n in range(payments)] + [trade_line(n, refund=True) for n in range(refunds)]
    detail = "\r\n".join(table("业务明细", TRADE_HEADER, lines)) + "\r\n"
    rows = [trade_total(payments, refunds).replace("合计", ""), trade_total(payments, refunds)]
    return detail, "\r\n".join(table("业务汇总", TRADE_SUMMARY, rows)) + "\r\n"


def fund_bill() -> tuple[str, str]:
    lines = [
        f"1001\t,2026010122{1:018}\t,P1\t,点卡\t,2026-01-01 08:00:05\t,*晓\t,9.90,0.00,109.90,支付宝,在线支付\t,\t",
        "1002\t,9002\t,P1\t,\t,2026-01-01 08:00:06\t,\t, ,-0.06,109.84,,收费\t,服务费\t",
        "1003\t,9003\t,P1\t,\t,2026-01-01 09:00:00\t,\t,,-9.90,99.94,,交易退款\t,\t",
        "1004\t,9004\t,\t,\t,2026-01-01 10:00:00\t,\t,0.06,,100.00,,收费\t,退费\t",
        "1005\t,9005\t,\t,\t,2026-01-01 11:00:00\t,\t,,-50.00,50.00,,提现\t,\t",
    ]
    rows = ["合计,2,9.96,3,-59.96,-50.00"]
    return (
        "\r\n".join(table("账务明细", FUND_HEADER, lines)) + "\r\n",
        "\r\n".join(table("账务汇总", FUND_SUMMARY, rows)) + "\r\n",
    )


def gbk_name(name: str) -> str:
    """A name whose bytes in the zip are GBK, as Alipay's tools write it."""
    return name.encode("gbk").decode("cp437")


class GbkInfo(zipfile.ZipInfo):
    """Writes its name as the bytes that it was given."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802
        return self.filename.encode("cp437"), self.flag_bits


def packed(detail: str | bytes, summary: str | bytes, kind: BillKind = "trade") -> bytes:
    word = "业务明细" if kind == "trade" else "账务明细"
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, text in ((f"{SELLER}_{word}.csv", detail), (f"{SELLER}_{word}(汇总).csv", summary)):
            info = GbkInfo(gbk_name(name))
            info.compress_type = zipfile.ZIP_DEFLATED
            bundle.writestr(info, text if isinstance(text, bytes) else text.encode("gb18030"))
    return made.getvalue()


def rows_of(tmp_path: Path, body: bytes, kind: BillKind = "trade") -> list[BillRow]:
    path = tmp_path / "bill.zip"
    path.write_bytes(body)
    return list(ALI.read_bill(account(), kind, path))


def test_a_trade_bill(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, packed(*trade_bill()))
    assert [row.kind for row in rows] == ["payment"] * 3 + ["refund"]
    first, last = rows[0], rows[-1]
    assert (first.our_ref, first.channel_ref, first.amount) == ("P0", "202601012200000000", Money(990, "CNY"))
    assert (first.fee, first.line, first.note) == (Decimal("-0.06"), 6, "备注")
    assert first.happened_at == datetime(2026, 1, 1, 0, 0, 5, tzinfo=UTC)
    assert (last.our_ref, last.refund_ref, last.amount, last.fee) == ("P0", "R0", Money(-990, "CNY"), Decimal(0))
    assert rows_of(tmp_path, packed(*trade_bill(0, 0))) == []
    bare = "\r\n".join(table("业务汇总", TRADE_SUMMARY, []))
    assert rows_of(tmp_path, packed(trade_bill(0, 0)[0], bare)) == []


def test_a_fund_bill(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, packed(*fund_bill(), "fund"), "fund")
    assert [row.kind for row in rows] == ["payment", "fee", "refund", "other", "payout"]
    assert [row.amount.amount_minor for row in rows] == [990, -6, -990, 6, -5000]
    assert [row.balance.amount_minor if row.balance else None for row in rows] == [10990, 10984, 9994, 10000, 5000]
    assert (rows[0].our_ref, rows[1].channel_ref) == ("P1", "9002")


def refused(tmp_path: Path, body: bytes, kind: BillKind = "trade") -> str:
    with pytest.raises(BadBill) as caught:
        rows_of(tmp_path, body, kind)
    return caught.value.code


Edit = Callable[[str, str], tuple[str | bytes, str | bytes]]
DAMAGES: dict[str, tuple[Edit, str]] = {
    "a flipped digit": (lambda d, s: (d.replace("\t,9.90\t,9.90", "\t,9.91\t,9.90", 1), s), "total_differs"),
    "a flipped fee": (lambda d, s: (d.replace("-0.06", "-0.05", 1), s), "total_differs"),
    "a missing row": (lambda d, s: (d.replace(trade_line(1) + "\r\n", ""), s), "count_differs"),
    "a row twice": (lambda d, s: (d.replace(trade_line(1), "\r\n".join([trade_line(1)] * 2)), s), "count_differs"),
    "one row for another": (
        lambda d, s: (d.replace(trade_line(1), trade_line(1).replace("9.90", "9.80")), s), "total_differs"),
    "a count that is off": (lambda d, s: (d, s.replace(",3,1,", ",4,1,")), "count_differs"),
    "counts that balance": (lambda d, s: (d, s.replace(",3,1,", ",2,2,")), "count_differs"),
    "a sum that is off": (lambda d, s: (d, s.replace("19.80,19.80", "19.90,19.90")), "bad_summary"),
    "a net that is off": (lambda d, s: (d, s.replace("19.62", "19.63")), "bad_summary"),
    "a total unlike its rows": (lambda d, s: (d, s.replace("合计\t,\t,3,", "合计\t,\t,4,")), "bad_summary"),
    "no summary": (lambda d, s: (d, ""), "missing_end"),
    "an empty summary": (lambda d, s: (d, "\r\n".join(table("业务汇总", TRADE_SUMMARY, []))), "count_differs"),
    "no end": (lambda d, s: (d[: d.index("#-----------------------业务明细列表结束")], s), "missing_end"),
    "a row after the end": (lambda d, s: (d + trade_line(9), s), "outside_of_table"),
    "a second table": (lambda d, s: (d + d, s), "second_table"),
    "an unknown column": (lambda d, s: (d.replace("终端号", "终端"), s), "unknown_header"),
    "a column twice": (lambda d, s: (d.replace("门店名称", "门店编号"), s), "unknown_header"),
    "a column less": (lambda d, s: (d.replace(",服务费（元）", ""), s), "unknown_header"),
    "an unknown sum": (lambda d, s: (d, s.replace("卡消费", "券消费")), "unknown_header"),
    "a cell less": (lambda d, s: (d.replace(trade_line(1), trade_line(1)[: -len(",备注\t")]), s), "wrong_columns"),
    "a cell more": (lambda d, s: (d.replace("点卡 100 点", "点卡,100 点", 1), s), "wrong_columns"),
    "an open quote": (lambda d, s: (d.replace("点卡 100 点", '"点卡', 1), s), "not_csv"),
    "another merchant": (lambda d, s: (d.replace(SELLER, "2088000000000009"), s), "foreign_merchant"),
    "another's summary": (lambda d, s: (d, s.replace(SELLER, "2088000000000009")), "foreign_merchant"),
    "a payment below zero": (lambda d, s: (d.replace(",9.90\t", ",-9.90\t", 1), s), "bad_amount"),
    "no amount": (lambda d, s: (d.replace(",9.90\t", ",\t", 1), s), "bad_amount"),
    "three decimals": (lambda d, s: (d.replace(",9.90\t", ",9.901\t", 1), s), "bad_amount"),
    "words for an amount": (lambda d, s: (d.replace(",9.90\t", ",1e3\t", 1), s), "bad_amount"),
    "not a number": (lambda d, s: (d.replace(",9.90\t", ",NaN\t", 1), s), "bad_amount"),
    "an unknown kind": (lambda d, s: (d.replace(",交易\t", ",转账\t", 1), s), "unknown_kind"),
    "no time": (lambda d, s: (d.replace("2026-01-01 08:00:05", "", 1), s), "bad_time"),
    "no number": (lambda d, s: (d.replace(",P1\t", ",\t", 1), s), "bad_number"),
    "a refund without number": (lambda d, s: (d.replace(",R0\t", ",\t"), s), "bad_number"),
    "another charset": (lambda d, s: (d.encode() + b"\xff\xff\r\n", s), "not_gbk"),
    "an endless line": (lambda d, s: (d.replace("备注\t", "长" * 70_000, 1), s), "line_too_long"),
    "a count of words": (lambda d, s: (d, s.replace(",3,1,", ",三,1,")), "bad_summary"),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_damages(tmp_path: Path, damage: str) -> None:
    edit, code = DAMAGES[damage]
    detail, summary = trade_bill()
    edited = edit(detail, summary)
    assert edited != (detail, summary)
    assert refused(tmp_path, packed(*edited)) == code


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("9.90,0.00,109.90", "9.91,0.00,109.90", "total_differs"),
        ("9.90,0.00,109.90", "9.90,-1.00,109.90", "bad_amount"),
        ("9.90,0.00,109.90", "-9.90,0.00,109.90", "bad_amount"), ("9.90,0.00,109.90", "9.90,0.00,", "bad_amount"),
        ("交易渠道", "渠道", "unknown_header"), ("-账务明细列表结束", "-账务明细列表完", "second_table"),
    ],
)  # fmt: skip
def test_damages_of_a_fund_bill(tmp_path: Path, old: str, new: str, code: str) -> None:
    detail, summary = fund_bill()
    assert old in detail
    assert refused(tmp_path, packed(detail.replace(old, new), summary, "fund"), "fund") == code
    wrong = summary.replace("-59.96", "-59.95")
    assert refused(tmp_path, packed(detail, wrong, "fund"), "fund") == "bad_summary"


def test_damaged_zips(tmp_path: Path) -> None:
    good = packed(*trade_bill())
    assert refused(tmp_path, good[: len(good) // 2]) == "damaged_file"
    assert refused(tmp_path, b"") == "damaged_file"
    assert refused(tmp_path, b"<html>") == "damaged_file"
    at = good.index(b"PK\x03\x04") + 120
    for bit in range(8):
        flipped = good[:at] + bytes([good[at] ^ (1 << bit)]) + good[at + 1 :]
        assert refused(tmp_path, flipped)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as bundle:
        bundle.writestr("detail.csv", "x")
    assert refused(tmp_path, made.getvalue()) == "unexpected_files"
    # The other kind's file is not taken for this one.
    assert refused(tmp_path, packed(*fund_bill(), "fund"), "trade") == "unknown_header"


@pytest.mark.soak
def test_many_rows_in_little_memory(tmp_path: Path) -> None:
    count, path = 60_000, tmp_path / "bill.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as bundle:
        info = GbkInfo(gbk_name("1_业务明细.csv"))
        info.compress_type = zipfile.ZIP_DEFLATED
        with bundle.open(info, "w") as file:
            for line in table("业务明细", TRADE_HEADER, (trade_line(n) for n in range(count))):
                file.write(f"{line}\r\n".encode("gb18030"))
        total = "\r\n".join(table("业务汇总", TRADE_SUMMARY, [trade_total(count, 0)]))
        bundle.writestr(GbkInfo(gbk_name("1_业务明细(汇总).csv")), total.encode("gb18030"))
    process, grown, start = psutil.Process(), 0, 0
    for number, _ in enumerate(ALI.read_bill(account(), "trade", path), 1):
        if number % 6_000 == 1:
            now = process.memory_info().rss
            start = start or now
            grown = max(grown, now - start)
    assert number == count
    assert grown < 8_000_000


@pytest.fixture
def gate() -> Iterator[Gateway]:
    with running() as gateway:
        yield gateway


def fetched(gate: Gateway, tmp_path: Path, kind: BillKind = "trade", now: datetime = READY) -> Outcome:
    return ALI.download_bill(account(gate.url), DAY, kind, tmp_path / "bill.zip", now)


def test_the_way_of_a_bill(gate: Gateway, tmp_path: Path) -> None:
    place = gate.url.replace("gateway.do", "bills/1")
    gate.answers[URL] = ok(bill_download_url=f"{place}?token=x")
    gate.files["/bills/1"] = body = packed(*trade_bill())
    assert fetched(gate, tmp_path) == Succeeded()
    assert (tmp_path / "bill.zip").read_bytes() == body
    assert gate.content(URL) == {"bill_type": "trade", "bill_date": "2026-01-01"}
    assert len(list(ALI.read_bill(account(), "trade", tmp_path / "bill.zip"))) == 4
    assert ALI.bill_kinds(account()) == ("trade", "fund")
    gate.files["/bills/1"] = body[:-40]
    assert fetched(gate, tmp_path) == Unknown("damaged_file")
    gate.files["/bills/1"] = b"<html>expired</html>"
    assert fetched(gate, tmp_path) == Unknown("damaged_file")
    del gate.files["/bills/1"]
    assert fetched(gate, tmp_path, "fund") == Unknown("http_404")
    assert gate.calls[-1][1]["bill_type"] == "signcustomer"


def test_before_it_is_ready_and_when_there_is_none(gate: Gateway, tmp_path: Path) -> None:
    early = READY.replace(hour=1, minute=59)
    assert fetched(gate, tmp_path, now=early) == Pending()
    assert gate.calls == []
    gate.answers[URL] = no("isp.bill_not_exist")
    assert fetched(gate, tmp_path) == Pending()
    assert fetched(gate, tmp_path, now=READY.replace(hour=16)) == Rejected("no_statement")
    gate.answers[URL] = no("isv.invalid-arguments", "40002")
    assert fetched(gate, tmp_path) == Unknown("refused")
    gate.answers[URL] = None
    assert fetched(gate, tmp_path) == Unknown("connection_lost")


@pytest.mark.parametrize(
    "url", ["", "file:///etc/passwd", "https://10.0.0.1/x", "https://u:p@bills.example.test/", "http://192.168.0.1/x",
            "https://bills.example.test/\x00", "https://账.example/", "ftp://bills.example.test/", "https:///x"],
)  # fmt: skip
def test_addresses_that_nobody_goes_to(gate: Gateway, tmp_path: Path, url: str) -> None:
    gate.answers[URL] = ok(bill_download_url=url)
    assert fetched(gate, tmp_path) == Unknown("unsafe_address")
