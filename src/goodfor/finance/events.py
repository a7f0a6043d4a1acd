"""Facts about whose money it is."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from goodfor.kernel.events import Event


@dataclass(frozen=True, slots=True)
class SharesBooked(Event):
    """What parties get of a delivered order is booked; `share_minor` in all, by `parties` of them."""

    name: ClassVar[str] = "finance.shares_booked"
    order_id: UUID
    share_minor: int
    parties: int
    currency: str


@dataclass(frozen=True, slots=True)
class OrderProfitFinal(Event):
    """Nothing more is expected of an order: what it earned is final."""

    name: ClassVar[str] = "finance.order_profit_final"
    order_id: UUID
    number: str
    profit_minor: int
    currency: str
