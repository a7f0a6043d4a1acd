"""Every row lock of settlement, with a lock timeout. Order: feed, book, statements, payout; the ledger last."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection

from goodfor.kernel.locks import LOCK_TIMEOUT_MS
from goodfor.settlement.errors import PayoutNotFound, StatementNotFound
from goodfor.settlement.models import Book, Feed, Policy, Statement
from goodfor.settlement.payout_models import Payout


def _limit_waiting() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{LOCK_TIMEOUT_MS}ms"])


def lock_feed(shop_id: UUID) -> Feed:
    """Lock the place that the books of a shop were read to: one reads at a time. The row is there."""
    _limit_waiting()
    return Feed.objects.select_for_update().get(shop_id=shop_id)


def lock_book(shop_id: UUID, party_id: UUID, currency: str) -> Book:
    """Lock the statements of a party: one is made at a time. The row is there."""
    _limit_waiting()
    return Book.objects.select_for_update().get(shop_id=shop_id, party_id=party_id, currency=currency)


def lock_policy(shop_id: UUID) -> Policy | None:
    """Lock how a shop settles; None where it has said nothing yet."""
    _limit_waiting()
    return Policy.objects.select_for_update().filter(shop_id=shop_id).first()


def lock_statement(shop_id: UUID, statement_id: UUID) -> Statement:
    """Lock one statement. Raises StatementNotFound."""
    _limit_waiting()
    row = Statement.objects.select_for_update().filter(shop_id=shop_id, id=statement_id).first()
    if row is None:
        raise StatementNotFound
    return row


def lock_statements(shop_id: UUID, statement_ids: Sequence[UUID]) -> list[Statement]:
    """Lock several, sorted. Raises StatementNotFound where one is not there."""
    _limit_waiting()
    rows = list(Statement.objects.select_for_update().filter(shop_id=shop_id, id__in=statement_ids).order_by("id"))
    if len(rows) != len(set(statement_ids)):
        raise StatementNotFound
    return rows


def lock_payout(shop_id: UUID, payout_id: UUID) -> tuple[Statement, Payout]:
    """Lock a payout after its statement. Raises PayoutNotFound."""
    statement_id = Payout.objects.filter(shop_id=shop_id, id=payout_id).values_list("statement_id", flat=True).first()
    if statement_id is None:
        raise PayoutNotFound
    statement = lock_statement(shop_id, statement_id)
    return statement, Payout.objects.select_for_update().get(shop_id=shop_id, id=payout_id)


def due_payouts(now: datetime, limit: int) -> list[tuple[UUID, UUID, str]]:
    """(shop, payout, way) of all shops whose time has come. Nothing is locked: each is leased by whoever takes it."""
    due = Payout.objects.filter(next_try_at__lte=now).order_by("next_try_at")
    return list(due.values_list("shop_id", "id", "way")[:limit])
