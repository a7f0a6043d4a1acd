"""Money beside the sales: the channel's bills and what it pays out, credit, taxes.

The house has operations for bills and fees; for the channel's payout to the bank, credit for later and the payment of
taxes it has none yet, so that these are entries of this soak, through `ledger.post`.
"""

import zipfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_FLOOR, Decimal
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

from django.conf import settings

from goodfor.cli.bench.bills import HEAD, SUMS
from goodfor.cli.year.back import Moved
from goodfor.cli.year.plan import BEIJING
from goodfor.cli.year.selling import CHANNEL_CODE, CREDIT, CREDIT_REVENUE, PROVIDER
from goodfor.cli.year.world import BANK, World
from goodfor.kernel.tenancy import platform_job
from goodfor.ledger import operations as ledger
from goodfor.ledger import queries as books
from goodfor.ledger.types import Entry, Line
from goodfor.payments.operations.import_bill import import_bill
from goodfor.payments.operations.want_bills import want_bill
from goodfor.payments.types import channel_account

#: What the channel keeps: 0.55 %, to four places of a yuan; of what goes back it returns as much.
FEE: Final = Decimal("0.0055")


@dataclass
class Money:
    """What the channel will bill, by its day; credit that is out; `fees` in yuan, as billed."""

    world: World
    by_day: dict[date, list[Moved]] = field(default_factory=lambda: defaultdict(list))
    fees: Decimal = Decimal(0)
    credit: int = 0
    lines: int = 0

    def note(self, moved: Iterable[Moved]) -> None:
        """The channel had these."""
        for one in moved:
            self.by_day[one.at.astimezone(BEIJING).date()].append(one)

    def bill(self, day: date, now: datetime) -> None:
        """Import the bill of a day; the channel pays out what it names, less what it kept, the morning after."""
        moved = self.by_day.pop(day, [])
        if not moved:
            return
        shop_id = self.world.shop_id
        bill_id = want_bill(
            shop_id=shop_id, account_id=self.world.till.channel_id, day=day, kind="trade", now=now
        )  # fmt: skip
        path = Path(str(settings.DATA_DIR)) / f"{bill_id}.zip"
        kept = write_bill(path, moved)
        self.lines += import_bill(shop_id=shop_id, bill_id=bill_id, path=path, now=now)
        self.fees += kept
        # As booked: a bill's fees are rounded once, half up.
        fee = int((kept * 100 + Decimal("0.5")).to_integral_value(ROUND_FLOOR))
        net = sum(one.amount for one in moved) - fee
        pending = channel_account(PROVIDER, CHANNEL_CODE)
        self._post(f"chset:{bill_id}", "channel_settlement", [(f"1002:bank:{BANK}", net), (pending, -net)], now)

    def month(self, now: datetime, *, last: bool = False) -> None:
        """Most credit becomes balance, some lapses; VAT is paid."""
        spent, lapsed = (0, self.credit) if last else (self.credit * 6 // 10, self.credit // 10)
        self.credit -= spent + lapsed
        lines = [(CREDIT, spent + lapsed), (self.world.till.wallets[0], -spent), (CREDIT_REVENUE, -lapsed)]
        self._post(f"credit:{uuid4()}", "credit_used", lines, now)
        self.tax(now)

    def tax(self, now: datetime) -> None:
        """What the books have of VAT goes to the state."""
        names = ("2221:vat:output", "2221:vat:input")
        signed = [(name, books.balance(self.world.shop_id, name, "CNY")) for name in names]
        owed, deducted = signed[0][1], signed[1][1]
        lines = [(names[0], owed), (names[1], -deducted), (f"1002:bank:{BANK}", deducted - owed)]
        self._post(f"vat:{uuid4()}", "vat_paid", lines, now)

    def _post(self, reference: str, kind: str, lines: Sequence[tuple[str, int]], now: datetime) -> None:
        kept = tuple(Line(account, amount) for account, amount in lines if amount)
        if kept:
            entry = Entry(reference, kind, kept, now)
            ledger.post(shop_id=self.world.shop_id, currency="CNY", entries=[entry], now=now)


def write_bill(path: Path, moved: Sequence[Moved]) -> Decimal:
    """A bill in Alipay's form; what it kept, in yuan."""
    kept, net, backs = Decimal(0), 0, 0
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open("20880000000000010156_业务明细.csv", "w", force_zip64=True) as file:
            file.write(
                "#支付宝业务明细查询\r\n#-----业务明细列表-----\r\n".encode("gbk") + HEAD.encode("gbk") + b"\r\n"
            )
            for number, one in enumerate(moved):
                fee = (Decimal(-one.amount) / 100 * FEE).quantize(Decimal("0.0001"))
                kept, net, backs = kept - fee, net + one.amount, backs + (one.amount < 0)
                file.write(_row(number, one, fee).encode("gbk"))
            file.write("#-----业务明细列表结束-----\r\n".encode("gbk"))
        sums = ["", "合计", str(len(moved) - backs), str(backs), _yuan(net), _yuan(net), f"{-kept:f}",
                f"{Decimal(net) / 100 - kept:f}"]  # fmt: skip
        text = ["#支付宝业务汇总查询", "#-----业务汇总列表-----", SUMS, "\t,".join(sums) + "\t",
                "#-----业务汇总列表结束-----", ""]  # fmt: skip
        archive.writestr("20880000000000010156_业务明细(汇总).csv", "\r\n".join(text).encode("gbk"))
    return kept


def _row(number: int, one: Moved, fee: Decimal) -> str:
    at = f"{one.at.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}"
    amount = _yuan(one.amount)
    number_there = f"{at[:10].replace('-', '')}220014{number:014d}"
    values = [
        number_there, one.payment, "退款" if one.refund else "交易", "订单", at, at, "", "", "", "", "2088****", amount,
        amount, "0.00", "0.00", "0.00", "0.00", "0.00", "", "0.00", "0.00", one.refund, f"{fee:f}", "0.00", "",
    ]  # fmt: skip
    return "\t,".join(values) + "\t\r\n"


def _yuan(fen: int) -> str:
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def close_months(shop_id: UUID, day: date, now: datetime) -> None:
    """The month before is shut softly on the third, for good on the eighth."""
    before = (day.replace(day=1) - timedelta(days=1)).replace(day=1)
    with platform_job("year"):
        if day.day == 3:
            ledger.soft_close_period(shop_id=shop_id, month=before, now=now)
        elif day.day == 8:
            for _again in range(5):
                if ledger.close_period(shop_id=shop_id, month=before, now=now) == "closed":
                    break


def morning(day: date) -> datetime:
    """Half past ten of a day in Beijing: bills are there, statements can be made."""
    return datetime.combine(day, time(10, 30), BEIJING)
