"""Every row lock of partners. With a lock timeout, as everywhere.

Order: account > spend or exchange > the order or the wallet > the ledger.
"""

from typing import TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Model

from goodfor.kernel.errors import DomainError
from goodfor.kernel.locks import LOCK_TIMEOUT_MS
from goodfor.partners.errors import PartnerNotFound, SpendNotFound
from goodfor.partners.models import Account, Spend

T = TypeVar("T", bound=Model)


def lock_account(shop_id: UUID, account_id: UUID) -> Account:
    """Its caps are counted, and what it says of an order is heard, by one at a time. Raises PartnerNotFound."""
    return _locked(Account, shop_id, account_id, PartnerNotFound)


def lock_spend(shop_id: UUID, spend_id: UUID) -> Spend:
    """Raises SpendNotFound."""
    return _locked(Spend, shop_id, spend_id, SpendNotFound)


def _locked(model: type[T], shop_id: UUID, row_id: UUID, missing: type[DomainError]) -> T:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{LOCK_TIMEOUT_MS}ms"])
    rows = model._default_manager.select_for_update(no_key=True).filter(shop_id=shop_id, id=row_id)
    row = rows.first()
    if row is None:
        raise missing
    return row
