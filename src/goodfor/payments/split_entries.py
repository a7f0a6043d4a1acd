"""What splits mean for the ledger. A share is a commission that is owed and paid at once: both are seen.

Frozen money stands apart from what settles with the channel's next settlement until it is shared out or given free.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from goodfor.ledger.types import Entry, Line
from goodfor.payments.split_models import Pot, SplitReturn, SplitShare
from goodfor.payments.types import channel_account

COMMISSION: Final = "6601:commission"


def frozen_account(provider: str, account_code: str) -> str:
    """The ledger account of money that a channel keeps frozen."""
    return f"1012:channel:{provider}:{account_code}:frozen"


def receiver_account(receiver_id: UUID) -> str:
    """The ledger account of what is owed to a receiver."""
    return f"2206:distributor:{receiver_id.hex}"


def frozen_entry(*, pot: Pot, amount_minor: int, fact_id: UUID, now: datetime) -> Entry:
    """What came of a payment is frozen."""
    lines = (
        Line(frozen_account(pot.provider, pot.account_code), amount_minor),
        Line(channel_account(pot.provider, pot.account_code), -amount_minor),
    )
    return Entry(f"freeze:{fact_id}", "freeze", lines, now, ("payments.payment", pot.payment_id))


def share_entry(*, pot: Pot, share: SplitShare, order_id: UUID | None, now: datetime) -> Entry:
    """A receiver has its share of what was paid for an order."""
    owed = receiver_account(share.receiver_id)
    lines = (
        Line(COMMISSION, share.amount_minor, order_id),
        Line(owed, -share.amount_minor, order_id),
        Line(owed, share.amount_minor, order_id),
        Line(frozen_account(pot.provider, pot.account_code), -share.amount_minor, order_id),
    )
    return Entry(f"split:{share.id}", "split", lines, now, ("payments.payment", pot.payment_id))


def release_entry(*, pot: Pot, given_minor: int, now: datetime) -> Entry | None:
    """The rest is ours; None when nothing is left. `given_minor`: what the receivers have."""
    rest = pot.frozen_minor - given_minor
    if not rest:
        return None
    lines = (
        Line(channel_account(pot.provider, pot.account_code), rest),
        Line(frozen_account(pot.provider, pot.account_code), -rest),
    )
    return Entry(f"unfreeze:{pot.payment_id}", "unfreeze", lines, now, ("payments.payment", pot.payment_id))


def return_entry(*, pot: Pot, back: SplitReturn, receiver_id: UUID, order_id: UUID | None, now: datetime) -> Entry:
    """A receiver gave back."""
    owed = receiver_account(receiver_id)
    lines = (
        Line(channel_account(pot.provider, pot.account_code), back.amount_minor, order_id),
        Line(owed, -back.amount_minor, order_id),
        Line(owed, back.amount_minor, order_id),
        Line(COMMISSION, -back.amount_minor, order_id),
    )
    return Entry(f"splitback:{back.id}", "split_return", lines, now, ("payments.payment", pot.payment_id))
