"""Open a buyer's own balance in a shop."""

from datetime import datetime
from uuid import UUID

from goodfor.ledger import operations as ledger
from goodfor.orders import accounts


def open_wallet(*, shop_id: UUID, buyer_id: UUID, currency: str, now: datetime) -> str:
    """The ledger account of the balance, which can never fall below zero; the same again does nothing."""
    code = accounts.buyer_wallet(buyer_id)
    ledger.open_account(shop_id=shop_id, code=code, currency=currency, guarded=True, now=now)
    return code
