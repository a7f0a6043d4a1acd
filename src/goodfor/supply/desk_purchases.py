"""What the staff's desk reads of purchases. Part of `queries`."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from goodfor.kernel.sql import Tally
from goodfor.ledger import queries as ledger
from goodfor.ledger.types import NamedTx
from goodfor.supply import states
from goodfor.supply.desk_types import PurchaseSearch, PurchaseView
from goodfor.supply.errors import AttemptNotFound
from goodfor.supply.mapping import attempt_view
from goodfor.supply.models import Supplier
from goodfor.supply.purchase_models import Attempt

COUNT_LIMIT: Final = 10_000
#: How many purchases of a shop wait for a person, up to COUNT_LIMIT.
undecided: Final = Tally(__package__, "sql/undecided.sql")
WALK: Final = 500
#: Not ended, and not with a person yet: what may have been lost.
_OUT: Final = sorted(states.ASKED)


def _found(shop_id: UUID, search: PurchaseSearch) -> QuerySet[Attempt]:
    rows = Attempt.objects.filter(shop_id=shop_id)
    given: dict[str, Any] = {
        "state": search.state, "supplier_id": search.supplier_id, "want__order_id": search.order_id,
        "number": search.number, "state__in": search.states, "sent_at__gte": search.since, "sent_at__lt": search.until,
    }  # fmt: skip
    rows = rows.filter(**{name: value for name, value in given.items() if value is not None})
    if search.stale is not None:
        rows = rows.filter(state__in=_OUT, sent_at__lt=search.stale)
    return rows


def search_purchases(shop_id: UUID, search: PurchaseSearch, *, offset: int = 0, limit: int = 20) -> list[PurchaseView]:
    """A page of the purchases that fit, newest first."""
    rows = _found(shop_id, search).select_related("want").order_by("-sent_at", "-id")
    return _views(shop_id, list(rows[offset : offset + limit]))


def walk_purchases(shop_id: UUID, search: PurchaseSearch) -> Iterator[list[PurchaseView]]:
    """All purchases that fit, some hundred at a time."""
    offset = 0
    while page := search_purchases(shop_id, search, offset=offset, limit=WALK):
        yield page
        offset += WALK


def count_purchases(shop_id: UUID, search: PurchaseSearch, groups: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """How many fit in each group of states; each count stops at COUNT_LIMIT."""
    rows = _found(shop_id, search)
    return {
        name: rows.filter(state__in=list(some))[:COUNT_LIMIT].count() for name, some in groups.items()
    }  # fmt: skip


def purchases_by_ids(shop_id: UUID, ids: Sequence[UUID]) -> list[PurchaseView]:
    """These purchases, in this order; ids of other shops are left out."""
    rows = Attempt.objects.filter(shop_id=shop_id, id__in=list(ids)).select_related("want")
    known = {view.id: view for view in _views(shop_id, list(rows))}
    return [known[one] for one in ids if one in known]


def purchase(shop_id: UUID, attempt_id: UUID) -> PurchaseView:
    """One purchase with what it was for. Raises AttemptNotFound."""
    found = purchases_by_ids(shop_id, [attempt_id])
    if not found:
        raise AttemptNotFound
    return found[0]


def purchases_of_order(shop_id: UUID, order_id: UUID) -> list[PurchaseView]:
    """Every purchase for an order, oldest first."""
    rows = Attempt.objects.filter(shop_id=shop_id, want__order_id=order_id).select_related("want").order_by("id")
    return _views(shop_id, list(rows[:200]))


def stale(shop_id: UUID, before: datetime) -> int:
    """How many were sent before that instant and are not known to have ended, up to COUNT_LIMIT."""
    return _found(shop_id, PurchaseSearch(stale=before))[:COUNT_LIMIT].count()


def books_of_purchase(shop_id: UUID, attempt_id: UUID) -> list[NamedTx]:
    """What stands in the ledger about a purchase, oldest first."""
    return ledger.transactions_named(shop_id, [f"buy:{attempt_id}", f"bought:{attempt_id}:", f"returned:{attempt_id}:"])


def _views(shop_id: UUID, rows: Sequence[Attempt]) -> list[PurchaseView]:
    found = Supplier.objects.filter(shop_id=shop_id).in_bulk({row.supplier_id for row in rows})
    return [_view(row, found[row.supplier_id]) for row in rows]


def _view(row: Attempt, supplier: Supplier) -> PurchaseView:
    want = row.want
    return PurchaseView(
        attempt=attempt_view(row, want),
        supplier=supplier.name,
        supplier_contact=supplier.contact,
        protocol=supplier.protocol,
        sku_id=want.sku_id,
        kind=want.kind,
        variant=row.variant,
        item_ref=row.item_ref,
        wanted=want.quantity,
        price_minor=want.price_minor,
        currency=want.currency,
        channel=want.channel,
        want_state=want.state,
        want_reason=want.reason,
        deadline_at=want.deadline_at,
        answered_at=row.answered_at,
        not_found_at=row.not_found_at,
    )
