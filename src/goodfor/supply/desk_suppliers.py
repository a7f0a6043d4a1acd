"""What the staff's desk reads of suppliers: lists, sheets, items, calls. Part of `queries`."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from goodfor.kernel.crypto import DecryptFailed, keyring
from goodfor.supply.candidates import clock
from goodfor.supply.desk_types import BreakerView, CallLine, Contract, ItemView, Protocol, SupplierRow, SupplierSheet
from goodfor.supply.errors import ItemNotFound, SupplierNotFound
from goodfor.supply.mapping import site_of, supplier_view
from goodfor.supply.models import Item, Offer, Supplier
from goodfor.supply.notify_url import notify_url
from goodfor.supply.providers.base import Connector
from goodfor.supply.providers.registry import connector_for, connectors
from goodfor.supply.purchase_models import Attempt, Breaker, Call, Day, Score
from goodfor.supply.reads_report import consequence_now

_MARK: Final = "supply.secret_mark"


def protocols() -> list[Protocol]:
    """Every protocol that there is a connector for."""
    return [_protocol(one) for one in connectors()]


def protocol(key: str) -> Protocol | None:
    """One of them; None for a protocol that is not there (any more)."""
    found = connector_for(key)
    return _protocol(found) if found else None


def _protocol(one: Connector) -> Protocol:
    about = one.about
    return Protocol(
        key=about.protocol, label=about.label, kinds=frozenset(about.kinds), inline=about.inline,
        tells=one.webhook is not None, found=about.found_by != "nothing" or about.repeat == "same",
        guarded=about.guard != "none", currency=about.currency, can=one.can, fields=one.settings,
    )  # fmt: skip


def supplier_rows(shop_id: UUID, now: datetime, ids: Sequence[UUID] | None = None) -> list[SupplierRow]:
    """All suppliers of a shop, or these, by name: with how they did and what is broken."""
    rows = Supplier.objects.filter(shop_id=shop_id).order_by("name", "id")
    if ids is not None:
        rows = rows.filter(id__in=list(ids))
    scores = {one.supplier_id: one for one in Score.objects.filter(shop_id=shop_id)}
    broken: dict[UUID, list[Breaker]] = {}
    for one in Breaker.objects.filter(shop_id=shop_id, opened_at__isnull=False):
        broken.setdefault(one.supplier_id, []).append(one)
    return [_row(row, scores.get(row.id), broken.get(row.id, []), now) for row in rows]


def _row(row: Supplier, score: Score | None, broken: Sequence[Breaker], now: datetime) -> SupplierRow:
    whole = next((one for one in broken if one.item_key == ""), None)
    return SupplierRow(
        supplier=supplier_view(row),
        tries=score.tries if score else 0,
        success=score.success if score else None,
        p95_seconds=score.p95_seconds if score else None,
        breaker="" if whole is None else "half" if whole.until is not None and whole.until <= now else "open",
        breaker_reason=whole.reason if whole else "",
        items_out=sum(1 for one in broken if one.item_key),
        swept_at=row.swept_at,
    )


def supplier_sheet(shop_id: UUID, supplier_id: UUID, now: datetime) -> SupplierSheet:
    """One supplier with its contract. Raises SupplierNotFound."""
    row = Supplier.objects.filter(shop_id=shop_id, id=supplier_id).first()
    if row is None:
        raise SupplierNotFound
    try:
        secrets, readable = {key: _mark(value) for key, value in sorted(site_of(row).secrets.items()) if value}, True
    except DecryptFailed:
        secrets, readable = {}, False
    return SupplierSheet(
        row=supplier_rows(shop_id, now, [supplier_id])[0],
        contract=Contract(**{name: getattr(row, name) for name in Contract.__slots__}),
        secrets=secrets,
        readable=readable,
        notify_url=notify_url(row),
        breakers=tuple(breakers(shop_id, supplier_id, now)),
        sweep_at=row.sweep_at,
        created_at=row.created_at,
        surprise_used_minor=_used(shop_id, row.id, now),
        judged=consequence_now(shop_id, supplier_id),
    )


def _used(shop_id: UUID, key: UUID, now: datetime) -> int:
    _minute, day = clock(now)
    return Day.objects.filter(shop_id=shop_id, day=day, key=key).values_list("used", flat=True).first() or 0


def _mark(secret: str) -> str:
    keyed: bytes = keyring().blind_index(_MARK, secret.encode())
    return hashlib.sha256(keyed).hexdigest()[:4].upper()


def breakers(shop_id: UUID, supplier_id: UUID, now: datetime) -> list[BreakerView]:
    """Breakers of a supplier and its items that are not closed, the whole supplier's first."""
    rows = list(
        Breaker.objects.filter(shop_id=shop_id, supplier_id=supplier_id, opened_at__isnull=False).order_by("item_key")
    )
    ids = [UUID(row.item_key) for row in rows if row.item_key]
    names = dict(Item.objects.filter(shop_id=shop_id, id__in=ids).values_list("id", "name"))
    return [
        BreakerView(
            row.item_key, names.get(UUID(row.item_key), "") if row.item_key else "", row.reason, row.failures,
            row.opened_at, row.until, row.until <= now,
        )
        for row in rows
        if row.opened_at is not None and row.until is not None
    ]  # fmt: skip


def open_breakers(shop_id: UUID) -> int:
    """How many suppliers are not bought from as a whole."""
    return Breaker.objects.filter(shop_id=shop_id, item_key="", opened_at__isnull=False).count()


def search_items(
    shop_id: UUID, *, supplier_id: UUID | None = None, text: str = "", state: str = "", offset: int = 0, limit: int = 20
) -> list[ItemView]:
    """Items by name, or by their exact id; each word of the text must be in the name."""
    rows = Item.objects.filter(shop_id=shop_id)
    if supplier_id is not None:
        rows = rows.filter(supplier_id=supplier_id)
    if state:
        rows = rows.filter(state=state)
    words = text.split()[:6]
    if words:
        named = Q()
        for word in words:
            named &= Q(name__icontains=word)
        rows = rows.filter(named | Q(item_id=text.strip()[:64]))
    return items_as_views(shop_id, list(rows.order_by("supplier_id", "name", "id")[offset : offset + limit]))


def item(shop_id: UUID, item_ref: UUID) -> ItemView:
    """One item. Raises ItemNotFound."""
    found = items_as_views(shop_id, list(Item.objects.filter(shop_id=shop_id, id=item_ref)))
    if not found:
        raise ItemNotFound
    return found[0]


def items_as_views(shop_id: UUID, rows: Sequence[Item]) -> list[ItemView]:
    """With the names of their suppliers, and for how many SKUs each is used."""
    suppliers = {row.supplier_id for row in rows}
    names = dict(Supplier.objects.filter(shop_id=shop_id, id__in=suppliers).values_list("id", "name"))
    used: dict[UUID, int] = {}
    for one in Offer.objects.filter(shop_id=shop_id, item_id__in=[row.id for row in rows]).values_list(
        "item_id", flat=True
    ):
        used[one] = used.get(one, 0) + 1
    return [_item(row, names.get(row.supplier_id, ""), used.get(row.id, 0)) for row in rows]


def _item(row: Item, supplier: str, offers: int) -> ItemView:
    fields: dict[str, Any] = {
        name: getattr(row, name) for name in ItemView.__slots__ if name not in ("supplier", "offers")
    }
    return ItemView(**fields, supplier=supplier, offers=offers)


def calls(
    shop_id: UUID, *, supplier_id: UUID | None = None, attempt_id: UUID | None = None, limit: int = 50
) -> list[CallLine]:
    """Calls to a supplier, latest first, or about a purchase, in order. What was said: `show_call`."""
    rows = Call.objects.filter(shop_id=shop_id).defer("request", "reply", "url")
    if attempt_id is not None:
        rows = rows.filter(attempt_id=attempt_id).order_by("at", "id")
    elif supplier_id is not None:
        rows = rows.filter(supplier_id=supplier_id).order_by("-at", "-id")
    else:
        return []
    found = list(rows[:limit])
    about = [row.attempt_id for row in found if row.attempt_id]
    numbers = dict(Attempt.objects.filter(shop_id=shop_id, id__in=about).values_list("id", "number"))
    return [
        CallLine(
            row.id, row.supplier_id, row.attempt_id, numbers.get(row.attempt_id, "") if row.attempt_id else "",
            row.what, row.method, row.status, row.problem, row.milliseconds, row.at,
        )
        for row in found
    ]  # fmt: skip
