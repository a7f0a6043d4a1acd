"""Which ledger accounts a reward moves. Pure.

Approved: expense of marketing, with the programme as campaign, owed to the buyer. Paid: into the balance, less what
the buyer owes from rewards that were taken back. Taken back: the expense falls; what was paid comes out of the balance
as far as it reaches, and the rest is owed by the buyer.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from goodfor.ledger.types import Cause, Entry, Line

PAYABLE: Final = "2205:referral"
EXPENSE: Final = "6601:marketing"
#: Who caused an entry, so that this room's part of marketing can be told from others'.
REWARD: Final = "referrals.reward"


def claim(buyer_id: UUID) -> str:
    """What a buyer owes from rewards that were paid and taken back."""
    return f"1221:buyer:{buyer_id}:claim"


@dataclass(frozen=True, slots=True)
class Bears:
    """What the lines of a reward's entries belong to."""

    reward_id: UUID
    order_id: UUID
    line_id: UUID
    sku_id: UUID
    programme_id: UUID

    def line(self, account: str, minor: int) -> Line:
        """A posting of it."""
        return Line(account, minor, self.order_id, self.line_id, self.sku_id, campaign_id=self.programme_id)

    @property
    def cause(self) -> Cause:
        """What made the entry."""
        return (REWARD, self.reward_id)


def approved_entry(bears: Bears, minor: int, now: datetime) -> Entry:
    """It is owed."""
    lines = (bears.line(EXPENSE, minor), bears.line(PAYABLE, -minor))
    return Entry(f"referral:{bears.reward_id}", "referral", lines, now, bears.cause)


def paid_entry(bears: Bears, minor: int, *, buyer_id: UUID, wallet: str, owed_minor: int, now: datetime) -> Entry:
    """It is with the buyer; `owed_minor` of it meets what he owes."""
    lines = [bears.line(PAYABLE, minor)]
    if owed_minor:
        lines.append(bears.line(claim(buyer_id), -owed_minor))
    if minor > owed_minor:
        lines.append(bears.line(wallet, owed_minor - minor))
    return Entry(f"referralpaid:{bears.reward_id}", "referral_paid", tuple(lines), now, bears.cause)


def unpaid_back_entry(bears: Bears, minor: int, *, until: int, now: datetime) -> Entry:
    """Taken back before it was paid; `until`: how much of it is taken back now in all."""
    lines = (bears.line(PAYABLE, minor), bears.line(EXPENSE, -minor))
    return Entry(f"referralback:{bears.reward_id}:{until}", "referral_back", lines, now, bears.cause)


def paid_back_entry(
    bears: Bears, minor: int, *, buyer_id: UUID, wallet: str, wallet_minor: int, until: int, now: datetime
) -> Entry:
    """Taken back after it was paid: `wallet_minor` from the balance, the rest is owed."""
    lines = []
    if wallet_minor:
        lines.append(bears.line(wallet, wallet_minor))
    if minor > wallet_minor:
        lines.append(bears.line(claim(buyer_id), minor - wallet_minor))
    lines.append(bears.line(EXPENSE, -minor))
    return Entry(f"referralback:{bears.reward_id}:{until}", "referral_back", tuple(lines), now, bears.cause)
