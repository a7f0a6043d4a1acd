"""Every row lock of cards outside of sql/. With a lock timeout, as everywhere.

Order: program > batch > walk > card > the order and what is below it > the ledger.
"""

from typing import TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Model

from goodfor.cards.errors import BatchNotFound, CardRefused, ProgramNotFound, WalkGone
from goodfor.cards.models import Batch, Card, Program, Walk
from goodfor.kernel.errors import DomainError
from goodfor.kernel.locks import LOCK_TIMEOUT_MS, advisory_xact_lock

T = TypeVar("T", bound=Model)


def lock_serials(shop_id: UUID) -> None:
    """One at a time takes serial numbers of a shop."""
    advisory_xact_lock(("card", shop_id))


def lock_program(shop_id: UUID, program_id: UUID) -> Program:
    """Raises ProgramNotFound."""
    return _locked(Program, shop_id, program_id, ProgramNotFound)


def lock_batch(shop_id: UUID, batch_id: UUID) -> Batch:
    """Raises BatchNotFound."""
    return _locked(Batch, shop_id, batch_id, BatchNotFound)


def lock_walk(shop_id: UUID, walk_id: UUID) -> Walk:
    """Raises WalkGone."""
    return _locked(Walk, shop_id, walk_id, WalkGone)


def lock_card(shop_id: UUID, card_id: UUID) -> Card:
    """Raises CardRefused: to whoever holds a card all that is not good is alike."""
    return _locked(Card, shop_id, card_id, CardRefused)


def _locked(model: type[T], shop_id: UUID, row_id: UUID, missing: type[DomainError]) -> T:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{LOCK_TIMEOUT_MS}ms"])
    rows = model._default_manager.select_for_update(no_key=True).filter(shop_id=shop_id, id=row_id)
    row = rows.first()
    if row is None:
        raise missing
    return row
