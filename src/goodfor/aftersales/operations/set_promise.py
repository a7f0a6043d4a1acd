"""Promise something for a shop, a supplier's goods, a category or a SKU, or take that promise away."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.aftersales.errors import PromiseNotFound
from goodfor.aftersales.events import PromiseSet
from goodfor.aftersales.mapping import promise_view, terms_to_json
from goodfor.aftersales.models import Promise
from goodfor.aftersales.terms import check_terms
from goodfor.aftersales.types import PromiseView, Scope, Terms
from goodfor.catalog import queries as catalog
from goodfor.kernel import audit
from goodfor.kernel.events import publish
from goodfor.kernel.locks import advisory_xact_lock
from goodfor.supply import queries as supply
from goodfor.supply.errors import SupplierNotFound

__all__ = ["NOTICE", "check_scope", "check_terms", "set_promise"]
#: Between saving and taking force: no page that was just loaded, and no clock that is late, shows another promise.
NOTICE: Final = timedelta(seconds=60)


def set_promise(
    *, shop_id: UUID, scope: Scope, scope_id: UUID | None, terms: Terms | None, actor: str, now: datetime
) -> PromiseView:
    """The next version, in force a minute from now; `terms` None: taken away, what is wider holds again.

    What is the same as the last version makes no new one. Orders placed before keep theirs. Raises InvalidTerms,
    PromiseNotFound.
    """
    if terms is not None:
        check_terms(terms)
    kept = None if terms is None else terms_to_json(terms)
    with transaction.atomic():
        check_scope(shop_id, scope, scope_id)
        advisory_xact_lock(("promise", shop_id, scope, scope_id))
        last = Promise.objects.filter(shop_id=shop_id, scope=scope, scope_id=scope_id).order_by("-version").first()
        if last is None and kept is None:
            raise PromiseNotFound
        if last is not None and last.terms == kept:
            return promise_view(last)
        row = Promise.objects.create(
            shop_id=shop_id,
            scope=scope,
            scope_id=scope_id,
            version=last.version + 1 if last else 1,
            terms=kept,
            # A clock that is behind that of the process which set the last one does not slip a version in before it.
            from_at=max(now + NOTICE, last.from_at) if last else now + NOTICE,
            made_at=now,
            made_by=actor[:80],
        )
        _tell(row, actor, now)
    return promise_view(row)


def check_scope(shop_id: UUID, scope: Scope, scope_id: UUID | None) -> None:
    """Raises PromiseNotFound unless this is something of the shop."""
    known = scope == "shop" and scope_id is None
    if scope_id is not None:
        if scope == "sku":
            known = bool(catalog.desk_skus(shop_id, [scope_id]))
        elif scope == "category":
            known = any(shelf.id == scope_id for shelf in catalog.shelves(shop_id))
        elif scope == "supplier":
            known = _is_supplier(shop_id, scope_id)
    if not known:
        raise PromiseNotFound


def _is_supplier(shop_id: UUID, supplier_id: UUID) -> bool:
    try:
        supply.supplier(shop_id, supplier_id)
    except SupplierNotFound:
        return False
    return True


def _tell(row: Promise, actor: str, now: datetime) -> None:
    removed = row.terms is None
    audit.record(
        shop_id=row.shop_id,
        actor=actor,
        action="promise_set",
        subject=("aftersales.promise", row.id),
        data={
            "scope": row.scope,
            "scope_id": str(row.scope_id) if row.scope_id else None,
            "version": row.version,
            "removed": removed,
        },
        now=now,
    )
    event = PromiseSet(row.scope, row.scope_id, row.version, row.from_at, removed)
    publish(shop_id=row.shop_id, event=event, now=now)
