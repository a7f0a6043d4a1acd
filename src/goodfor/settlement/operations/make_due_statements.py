"""Make the statements whose cycles have ended."""

from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction

from goodfor.kernel.tenancy import platform_job
from goodfor.settlement import accounts, ports, schedule
from goodfor.settlement.models import Book
from goodfor.settlement.operations.collect import collect
from goodfor.settlement.operations.make_statement import is_listed, open_book
from goodfor.settlement.operations.state_items import state_items
from goodfor.settlement.types import Party

log = structlog.get_logger(__name__)


def make_due_statements(*, now: datetime) -> int:
    """All shops; how many statements were made. A cycle without anything new has none.

    Each is a transaction of its own, and one that fails keeps no other waiting: the next run tries it again.
    """
    with platform_job("due statements"):
        shops = ports.parties().shops()
    return sum(_of_shop(shop_id, now) for shop_id in shops)


def _of_shop(shop_id: UUID, now: datetime) -> int:
    upto = {(row.party_id, row.currency): row.stated_upto for row in Book.objects.filter(shop_id=shop_id)}
    due: list[tuple[Party, datetime]] = []
    for party in ports.parties().parties_of(shop_id):
        if not accounts.accrued(party.kind, party.code):
            continue
        since = upto.get((party.id, party.currency))
        due += [(party, cutoff) for cutoff in schedule.cutoffs(party.cycle, party.cycle_day, since, now)]
    if not due:
        return 0
    collect(shop_id=shop_id, now=now)
    return sum(_one(shop_id, party, cutoff, now) for party, cutoff in due)


def _one(shop_id: UUID, party: Party, cutoff: datetime, now: datetime) -> int:
    try:
        with transaction.atomic():
            book = open_book(shop_id, party)
            if book.stated_upto is not None and book.stated_upto >= cutoff:
                return 0
            made = state_items(
                shop_id=shop_id,
                party=party,
                book=book,
                cutoff=cutoff,
                confirmation=is_listed(party),
                actor="system",
                now=now,
            )
    except Exception:
        log.exception("statement_not_made", party=str(party.id), cutoff=cutoff.isoformat())
        return 0
    return 1 if made else 0
