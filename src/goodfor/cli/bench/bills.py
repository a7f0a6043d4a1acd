"""`bench bills`: a day's bill of a million rows, as Alipay gives it, taken in whole; a damaged one refused whole."""

import time
import zipfile
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from rich.console import Console

from goodfor.cli.bench.memory import PeakMemory
from goodfor.cli.bench.result import Bar, BenchResult
from goodfor.cli.bench.site import running_site
from goodfor.cli.lazy import load

SECONDS, MEMORY_MB = 120, 500
DAY = date(2026, 1, 2)
#: Of so many rows one gives money back.
REFUND_EACH = 20
HEAD = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,"
    "商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,"
    "商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注"
)
SUMS = "门店编号,门店名称,交易订单总笔数,退款订单总笔数,订单金额（元）,商家实收（元）,服务费（元）,实收净额（元）"


def run(*, json: bool = False, rows: str = "1000000") -> BenchResult:  # noqa: ARG001
    """The time and the memory of reading, checking and storing. Option: rows."""
    console, count = Console(stderr=True), int(rows)
    with running_site(console, web=False) as site:
        folder = Path(str(load("django.conf").settings.DATA_DIR))
        good, bad = folder / "bench-bill.zip", folder / "bench-bad.zip"
        console.print(f"写入 {count:,} 行账单 / writing a bill of {count:,} rows")
        came, went, fee = write_bill(good, count)
        write_bill(bad, count, off_by=1)
        account_id = channel_account(site.made.shop_id)
        seconds, peak, view = take_in(site.made.shop_id, account_id, good, DAY)
        console.print(f"{seconds:.1f} s, peak {peak / 2**20:.0f} MB")
        refused = _refused(site.made.shop_id, account_id, bad, DAY.replace(day=3))
    same = (view.rows, view.came.amount_minor, view.went.amount_minor, view.fee * 100) == (count, came, went, fee)
    figures: dict[str, Any] = {
        "rows": count, "seconds": round(seconds, 1), "rows_per_s": round(count / seconds),
        "peak_memory_mb": round(peak / 2**20), "came_minor": came, "went_minor": went, "fee_minor": fee,
    }  # fmt: skip
    return BenchResult(
        "bills",
        figures,
        [
            Bar("seconds for the bill", round(seconds, 1), f"< {SECONDS}", seconds < SECONDS),
            Bar("peak memory, MB", round(peak / 2**20), f"<= {MEMORY_MB}", peak <= MEMORY_MB * 2**20),
            Bar("totals equal to the summary", int(same), "= 1", same),
            Bar("rows left of a damaged file", refused, "= 0", refused == 0),
        ],
    )


def write_bill(path: Path, count: int, off_by: int = 0) -> tuple[int, int, int]:
    """A bill in Alipay's form; what came, what went, the fee (fen, negative). `off_by`: one amount is so much off."""
    came = went = fees = 0
    backs = 0
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open("20880000000000010156_20260102_业务明细.csv", "w", force_zip64=True) as file:
            file.write(
                "#支付宝业务明细查询\r\n#-----业务明细列表-----\r\n".encode("gbk") + HEAD.encode("gbk") + b"\r\n"
            )
            for n in range(count):
                back = n % REFUND_EACH == REFUND_EACH - 1
                amount = -(100 + n % 90) if back else 990 + n % 9000
                fee = -(amount * 6 // 1000) if not back else 0
                backs, came, went = backs + back, came + max(0, amount), went - min(0, amount)
                fees += fee
                shown = amount + (off_by if n == count // 2 else 0)
                file.write(_row(n, shown, fee, back=back).encode("gbk"))
            file.write("#-----业务明细列表结束-----\r\n".encode("gbk"))
        net = came - went
        sums = ["", "合计", str(count - backs), str(backs), _yuan(net), _yuan(net), _yuan(fees), _yuan(net + fees)]
        text = "\r\n".join(
            [
                "#支付宝业务汇总查询",
                "#-----业务汇总列表-----",
                SUMS,
                "\t,".join(sums) + "\t",
                "#-----业务汇总列表结束-----",
                "",
            ]
        )
        archive.writestr("20880000000000010156_20260102_业务明细(汇总).csv", text.encode("gbk"))
    return came, went, fees


def _row(n: int, amount: int, fee: int, *, back: bool) -> str:
    at = f"2026-01-02 {n % 24:02d}:{n % 60:02d}:{n % 59:02d}"
    values = [
        f"20260102220014{n:014d}", f"P260102{n:010d}", "退款" if back else "交易", "订单", at, at, "", "", "", "",
        "2088****", _yuan(amount), _yuan(amount), "0.00", "0.00", "0.00", "0.00", "0.00", "", "0.00", "0.00",
        f"R260102{n:010d}" if back else "", _yuan(fee), "0.00", "",
    ]  # fmt: skip
    return "\t,".join(values) + "\t\r\n"


def _yuan(fen: int) -> str:
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def channel_account(shop_id: UUID) -> UUID:
    """An account at Alipay, with the stand-in's keys; nothing is called."""
    demo = load("goodfor.sandbox.channels.demo")
    view = load("goodfor.payments.operations.open_account").open_account(
        shop_id=shop_id, provider="alipay", code="bench", name="bench", currency="CNY",
        config={
            "app_id": demo.ALIPAY_APP_ID, "seller_id": demo.ALIPAY_SELLER_ID, "mode": "key",
            "alipay_public_key": demo.platform_public_pem(),
        },
        secrets={"private_key": demo.merchant_private_pem()}, methods=("page",), enabled=False, actor="bench",
        now=load("goodfor.kernel.clock").utc_now(),
    )  # fmt: skip
    found: UUID = view.id
    return found


def _wanted(shop_id: UUID, account_id: UUID, day: date) -> UUID:
    found: UUID = load("goodfor.payments.operations.want_bills").want_bill(
        shop_id=shop_id, account_id=account_id, day=day, kind="trade", now=load("goodfor.kernel.clock").utc_now()
    )
    return found


def take_in(shop_id: UUID, account_id: UUID, path: Path, day: date) -> tuple[float, int, Any]:
    """Import that file as the bill of a day; (seconds, the most memory, what was taken in)."""
    bill_id = _wanted(shop_id, account_id, day)
    now = load("goodfor.kernel.clock").utc_now()
    import_bill = load("goodfor.payments.operations.import_bill").import_bill
    with PeakMemory() as memory:
        began = time.perf_counter()
        import_bill(shop_id=shop_id, bill_id=bill_id, path=path, now=now)
        seconds = time.perf_counter() - began
    return seconds, memory.peak, load("goodfor.payments.queries").bill(shop_id, bill_id)


def _refused(shop_id: UUID, account_id: UUID, path: Path, day: date) -> int:
    """Rows that a file with one wrong digit leaves behind; it must be refused."""
    bill_id = _wanted(shop_id, account_id, day)
    bad = load("goodfor.payments.providers.bills").BadBill
    try:
        load("goodfor.payments.operations.import_bill").import_bill(
            shop_id=shop_id, bill_id=bill_id, path=path, now=load("goodfor.kernel.clock").utc_now()
        )
    except bad:
        lines = load("goodfor.payments.bill_models").BillLine.objects
        return int(lines.filter(shop_id=shop_id, bill_id=bill_id).count())
    return -1
