"""What the writers of exports share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from goodfor.kernel.errors import InvalidInput
from goodfor.kernel.money import Money

Encoding = Literal["utf-8", "gbk"]
#: GB 18030 reads as GBK wherever GBK has the character, and has all others.
CODECS: Mapping[str, str] = {"utf-8": "utf-8-sig", "gbk": "gb18030"}


@dataclass(frozen=True, slots=True)
class Period:
    """The books of a shop from one day to another, both included."""

    shop_id: UUID
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Account:
    """An account in the books of the accountant's software."""

    code: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """How to write. `encoding` is for CSV and vouchers; the rest is for vouchers, which are of one currency.

    `accounts`: beginnings of our codes to the accountant's accounts, the longest beginning counts; without one the
    four digits of the code. `word`: 凭证字. `maker`: 制单人.
    """

    encoding: Encoding = "utf-8"
    currency: str = "CNY"
    accounts: Mapping[str, Account] = field(default_factory=dict)
    word: str = "记"
    maker: str = "Goodfor"

    @property
    def codec(self) -> str:
        """The codec by its name in Python. Raises InvalidInput for another encoding than utf-8 and gbk."""
        if self.encoding not in CODECS:
            raise InvalidInput("not an encoding of exports", encoding=str(self.encoding)[:20])
        return CODECS[self.encoding]


@dataclass(frozen=True, slots=True)
class JournalLine:
    """A posted line with its transaction; amounts debit positive."""

    day: date
    tx_id: int
    seq: int
    reference: str
    kind: str
    rule_version: int
    adjustment: bool
    currency: str
    code: str
    amount_minor: int
    order_id: UUID | None
    order_line_id: UUID | None
    sku_id: UUID | None
    supplier_id: UUID | None
    party_id: UUID | None
    brand_id: UUID | None
    campaign_id: UUID | None
    channel: str
    effective_at: datetime
    recorded_at: datetime
    cause_type: str
    cause_id: UUID | None
    actor: str


def decimal(amount_minor: int, currency: str) -> str:
    """Exactly, with the currency's decimals: "9.90"."""
    return Money(amount_minor, currency).as_decimal_string()
