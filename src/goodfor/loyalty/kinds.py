"""Kinds of wallets, and of what happens in them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

POINTS: Final = "points"
GROWTH: Final = "growth"
CASHBACK: Final = "cashback"
GIFT: Final = "gift"
WELFARE: Final = "welfare"


@dataclass(frozen=True, slots=True)
class Kind:
    """What units of a kind may do. `account`: the ledger account that owes them; none: they are worth nothing.

    `transferable`: to another owner. `spendable`: growth only counts.
    """

    name: str
    account: str
    spendable: bool = True
    transferable: bool = False

    @property
    def valued(self) -> bool:
        """Whether the books owe something for them."""
        return bool(self.account)


KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        one.name: one
        for one in (
            Kind(POINTS, "2203:points", transferable=True),
            Kind(GROWTH, "", spendable=False),
            Kind(CASHBACK, "2203:points:cashback"),
            Kind(GIFT, "2203:points:gift", transferable=True),
            Kind(WELFARE, "2203:points:welfare"),
        )
    }
)

#: Between a wallet and the order that it pays, in the books: what units buy, while the order has it not.
REDEEMED: Final = "2203:redeemed"

EARN: Final = "earn"
SPEND: Final = "spend"
EXPIRE: Final = "expire"
ADJUST: Final = "adjust"
RESTORE: Final = "restore"
CLAWBACK: Final = "clawback"
GIVEN: Final = "given"
RECEIVED: Final = "received"
REVALUE: Final = "revalue"

#: What brings units, and what takes them. An adjustment does either.
INFLOWS: Final = (EARN, RESTORE, RECEIVED)
OUTFLOWS: Final = (SPEND, EXPIRE, CLAWBACK, GIVEN)
ENTRIES: Final = (*INFLOWS, *OUTFLOWS, ADJUST)

#: Why units came or went that no sale is behind: the books call them marketing.
SALE: Final = "sale"
PRESENT: Final = "present"

#: Of one movement: more is a mistake. With the worth of a lot below, their product stays within 64 bits.
MOST_UNITS: Final = 10**9
#: What a lot may be worth, in minor units of its shop's currency.
MOST_MINOR: Final = 9 * 10**9
