"""What the staff's desk reads of payments: long lists and cases. Part of `queries`."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from goodfor.kernel.ids import uuid7_floor
from goodfor.kernel.sql import Statement
from goodfor.payments import states
from goodfor.payments.errors import CaseNotFound
from goodfor.payments.mapping import case_view, payment_view
from goodfor.payments.models import Account, Case, Payment
from goodfor.payments.types import CaseView, PaymentSearch, PaymentView

_PAGE = Statement(__package__, "sql/console_payments.sql", planned_each_time=True)
_COUNTS = Statement(__package__, "sql/console_payment_counts.sql", planned_each_time=True)
COUNT_LIMIT = 10_000
WALK = 1000
#: An id is made some moments before or after the time that is written beside it.
SLACK = timedelta(days=1)


def search_payments(
    shop_id: UUID, search: PaymentSearch, *, offset: int = 0, limit: int = 20, after: UUID | None = None
) -> list[PaymentView]:
    """A page of the payments that fit, newest first."""
    params = {**_params(shop_id, search), "offset": offset, "limit": limit, "after_id": after}
    return payments_by_ids(shop_id, [row[0] for row in _PAGE.rows(params)])


def walk_payments(shop_id: UUID, search: PaymentSearch) -> Iterator[list[PaymentView]]:
    """All payments that fit, a thousand at a time."""
    after: UUID | None = None
    while page := search_payments(shop_id, search, limit=WALK, after=after):
        yield page
        after = page[-1].id


def payments_by_ids(shop_id: UUID, ids: Sequence[UUID]) -> list[PaymentView]:
    """These payments, in this order; ids of other shops are left out."""
    found = {row.id: row for row in Payment.objects.filter(shop_id=shop_id, id__in=list(ids))}
    return [payment_view(found[one]) for one in ids if one in found]


def count_payments(shop_id: UUID, search: PaymentSearch) -> dict[str, int]:
    """How many payments fit in each state, whatever state is asked for; each count stops at COUNT_LIMIT."""
    if search.exact:
        params = {**_params(shop_id, search), "state": None, "offset": 0, "limit": COUNT_LIMIT, "after_id": None}
        counts = dict.fromkeys(states.PAYMENT.states, 0)
        for view in payments_by_ids(shop_id, [row[0] for row in _PAGE.rows(params)]):
            counts[view.state] += 1
        return counts
    return dict(_COUNTS.rows({**_params(shop_id, search), "limit": COUNT_LIMIT}))


def cases(
    shop_id: UUID, *, state: str | None = None, kind: str | None = None, offset: int = 0, limit: int = 20
) -> list[CaseView]:
    """Cases, latest first."""
    rows = Case.objects.filter(shop_id=shop_id).order_by("-id")
    if state:
        rows = rows.filter(state=state)
    if kind:
        rows = rows.filter(kind=kind)
    return [case_view(row) for row in rows[offset : offset + limit]]


def case(shop_id: UUID, case_id: UUID) -> CaseView:
    """One case. Raises CaseNotFound."""
    row = Case.objects.filter(shop_id=shop_id, id=case_id).first()
    if row is None:
        raise CaseNotFound
    return case_view(row)


def _params(shop_id: UUID, search: PaymentSearch) -> dict[str, Any]:
    accounts = Account.objects.filter(shop_id=shop_id).values_list("id", flat=True) if search.channel_ref else []
    return {
        "shop_id": shop_id,
        "state": search.state,
        "low": uuid7_floor(search.since - SLACK) if search.since else None,
        "high": uuid7_floor(search.until + SLACK) if search.until else None,
        "since": search.since,
        "until": search.until,
        "account_code": search.account_code,
        "method": search.method,
        "number": search.number,
        "source_id": search.source_id,
        "channel_ref": search.channel_ref,
        "account_ids": list(accounts),
    }
