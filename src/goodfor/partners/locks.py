"""Every row lock of partners. With a lock timeout, as everywhere.

Order: account > spend > supply > the order > the wallet > the ledger; exchange > word > the order > the ledger.
"""

from typing import TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Model

from goodfor.kernel.errors import DomainError
from goodfor.kernel.locks import LOCK_TIMEOUT_MS
from goodfor.partners.errors import ExchangeNotFound, PartnerNotFound, SpendNotFound
from goodfor.partners.models import Account, Exchange, Spend, Supply, Word

T = TypeVar("T", bound=Model)


def lock_account(shop_id: UUID, account_id: UUID) -> Account:
    """Its caps are counted, and what it says of an order is heard, by one at a time. Raises PartnerNotFound."""
    return _locked(Account, shop_id, account_id, PartnerNotFound)


def lock_spend(shop_id: UUID, spend_id: UUID) -> Spend:
    """Raises SpendNotFound."""
    return _locked(Spend, shop_id, spend_id, SpendNotFound)


def lock_supply(shop_id: UUID, supply_id: UUID) -> Supply:
    """Raises SpendNotFound."""
    return _locked(Supply, shop_id, supply_id, SpendNotFound)


def lock_exchange(shop_id: UUID, exchange_id: UUID) -> Exchange:
    """Raises ExchangeNotFound."""
    return _locked(Exchange, shop_id, exchange_id, ExchangeNotFound)


def lock_word(shop_id: UUID, word_id: UUID) -> Word:
    """Raises ExchangeNotFound."""
    return _locked(Word, shop_id, word_id, ExchangeNotFound)


def lock_words(shop_id: UUID, exchange_id: UUID) -> list[Word]:
    """All of an exchange that is held."""
    return list(Word.objects.select_for_update(no_key=True).filter(shop_id=shop_id, exchange_id=exchange_id))


def _locked(model: type[T], shop_id: UUID, row_id: UUID, missing: type[DomainError]) -> T:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{LOCK_TIMEOUT_MS}ms"])
    rows = model._default_manager.select_for_update(no_key=True).filter(shop_id=shop_id, id=row_id)
    row = rows.first()
    if row is None:
        raise missing
    return row
