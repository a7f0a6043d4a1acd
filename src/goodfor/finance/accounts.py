"""Which ledger accounts finance moves. Pure.

Source: chart of accounts and entries of the finance reference, 3.1 and 3.2.
"""

from typing import Final

from goodfor.finance import states
from goodfor.finance.types import PartyView

SALES: Final = "5001:sales:codes"
AGENCY_FEE: Final = "5001:fee:agency"
COST_OF_SALES: Final = "5401:cogs:codes"
COMMISSION: Final = "6601:commission"
VAT_OUTPUT: Final = "2221:vat:output"
VAT_INPUT: Final = "2221:vat:input"
#: Of a payment's provider and account: where it lies until the channel settles.
_CHANNEL: Final = "1012:channel:"


def accrued(party: PartyView) -> str:
    """What is owed to a party and stands on no statement yet. Raises ValueError for the platform, which owes itself."""
    if party.kind == states.SUPPLIER:
        return f"2202:supplier:{party.code}:{party.cycle}:accrued"
    if party.kind in (states.SHOP, states.BRAND):
        return f"2206:{party.kind}:{party.code}:payable"
    if party.kind == states.DISTRIBUTOR:
        return f"2206:distributor:{party.code}"
    raise ValueError("the platform is not paid by itself")


def statement(party: PartyView, no: str) -> str:
    """What is owed to a party by a locked statement."""
    if party.kind == states.SUPPLIER:
        return f"2202:supplier:{party.code}:statement:{no}"
    if party.kind == states.PLATFORM:
        raise ValueError("the platform is not paid by itself")
    return f"2206:{party.kind}:{party.code}:statement:{no}"


def deposit(party: PartyView) -> str:
    """What is held back of a party's money."""
    return f"2206:party:{_named(party)}:deposit"


def claim(party: PartyView) -> str:
    """What a party owes."""
    return f"1221:party:{_named(party)}:claim"


def _named(party: PartyView) -> str:
    """With its kind: a supplier and a distributor of one code are two."""
    return f"{party.kind}.{party.code}"


def channel_fee(provider: str) -> str:
    """What a channel keeps for itself."""
    return f"6603:channelfee:{provider}"


def channel_pending(provider: str, account_code: str) -> str:
    """Money at a channel that it has not settled."""
    return f"{_CHANNEL}{provider}:{account_code}:pending"


def channel_of(account: str) -> tuple[str, str] | None:
    """Provider and account of a channel's ledger account, or None for any other."""
    if not account.startswith(_CHANNEL):
        return None
    provider, code = account.split(":")[2:4]
    return provider, code
