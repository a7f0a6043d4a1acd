"""What is read to compare our word with a supplier's account: purchases by day and number, statements by day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Q

from goodfor.supply import states
from goodfor.supply.account_models import Statement as Account
from goodfor.supply.account_models import StatementLine
from goodfor.supply.purchase_models import Attempt


@dataclass(frozen=True, slots=True)
class BoughtRow:
    """A purchase as we know it: what they took and what came back, exact, in the supplier's currency."""

    id: UUID
    number: str
    ref: str
    charged: Decimal
    refunded: Decimal
    currency: str
    sent_at: datetime
    #: It counts in our books: goods came, or money was taken for nothing good and is claimed.
    counts: bool
    #: Goods came when nobody waited any more.
    late: bool
    #: It has ended.
    ended: bool
    order_id: UUID


@dataclass(frozen=True, slots=True)
class ToldRow:
    """A line of a supplier's statement. `amount`: what adds to the account there is positive."""

    statement_id: UUID
    place: int
    at: datetime
    number: str
    ref: str
    amount: Decimal


def bought_between(shop_id: UUID, supplier_id: UUID, since: datetime, until: datetime) -> Iterator[BoughtRow]:
    """Purchases that were sent from `since` until before `until`."""
    rows = Attempt.objects.filter(shop_id=shop_id, supplier_id=supplier_id, sent_at__gte=since, sent_at__lt=until)
    return (_bought(row) for row in rows.select_related("want").order_by("sent_at", "id").iterator(2_000))


def bought_by_number(
    shop_id: UUID, supplier_id: UUID, numbers: Sequence[str], refs: Sequence[str], since: datetime
) -> list[BoughtRow]:  # fmt: skip
    """Purchases of these numbers of ours, and those sent since then of these numbers of theirs."""
    mine = Q(number__in=[one for one in numbers if one])
    theirs = Q(ref__in=[one for one in refs if one], sent_at__gte=since)
    rows = Attempt.objects.filter(mine | theirs, shop_id=shop_id, supplier_id=supplier_id)
    return [_bought(row) for row in rows.select_related("want").order_by("id")]


def told_between(shop_id: UUID, supplier_id: UUID, since: datetime, until: datetime) -> list[ToldRow]:
    """Lines of that time of the statement that was taken in last of those that tell of it; none: nobody has told."""
    lines = StatementLine.objects.filter(shop_id=shop_id, place__gt=0, at__gte=since, at__lt=until)
    mine = lines.filter(statement_id__in=_statements(shop_id, supplier_id, since, until))
    last = mine.order_by("-statement_id").values_list("statement_id", flat=True).first()
    if last is None:
        return []
    rows = mine.filter(statement_id=last).order_by("place")
    return [ToldRow(row.statement_id, row.place, row.at or since, row.number, row.ref, row.amount) for row in rows]


def told_at_all(shop_id: UUID, supplier_id: UUID, since: datetime, until: datetime) -> bool:
    """Whether a statement covers that time, even without a line."""
    return bool(_statements(shop_id, supplier_id, since, until))


def shops_told(since: datetime) -> list[UUID]:
    """Shops whose suppliers' statements reach to then or later; a platform job's question."""
    rows = Account.objects.filter(until_at__gte=since).order_by("shop_id").values_list("shop_id", flat=True)
    return list(rows.distinct())


def _statements(shop_id: UUID, supplier_id: UUID, since: datetime, until: datetime) -> list[UUID]:
    rows = Account.objects.filter(shop_id=shop_id, supplier_id=supplier_id, from_at__lt=until, until_at__gte=since)
    return list(rows.values_list("id", flat=True))


def _bought(row: Attempt) -> BoughtRow:
    return BoughtRow(
        row.id, row.number, row.ref, row.charged or Decimal(0), row.refunded, row.currency, row.sent_at,
        row.state in states.WITH_GOODS or row.claimed_minor > 0, row.state == states.LATE, row.state in states.ENDED,
        row.want.order_id,
    )  # fmt: skip
