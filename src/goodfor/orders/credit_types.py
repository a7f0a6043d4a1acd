"""What meets a part of an order's price beside money. Reached through `types`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Credit:
    """So many minor units of an order's price are met by units of a wallet of `kind` (points, welfare).

    The caller takes them in the same transaction; from then on they are owed as `2203:redeemed`.
    """

    kind: str
    minor: int


@dataclass(frozen=True, slots=True)
class CreditView:
    """What units met of an order, and what of that is the wallet's again (`back_minor`, of all refunds together)."""

    kind: str
    minor: int
    back_minor: int
