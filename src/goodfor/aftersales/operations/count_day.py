"""Count a day of a shop's public figures anew, from the rows of orders, claims and payments themselves."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction

from goodfor.aftersales.figure_models import FigureDay, FigureKey, FigureTurn
from goodfor.aftersales.figures import BOUNDS, CATEGORY, PLACES, SHOP, SKU, Count, added, next_count
from goodfor.aftersales.operations.set_reserve import BOOKS
from goodfor.aftersales.sealing import figure_key_aad
from goodfor.identity import queries as identity
from goodfor.kernel.crypto import keyring
from goodfor.kernel.ids import uuid7
from goodfor.kernel.sql import Statement

AGAIN: Final = timedelta(minutes=5)
# A day of a long history: the plan for no day in particular reads all orders.
_DELIVERED: Final = Statement("goodfor.aftersales", "sql/figure_delivered.sql", planned_each_time=True)
_BAD: Final = Statement("goodfor.aftersales", "sql/figure_bad.sql", planned_each_time=True)
_REPLACED: Final = Statement("goodfor.aftersales", "sql/figure_replaced.sql", planned_each_time=True)
_REFUNDS: Final = Statement("goodfor.aftersales", "sql/figure_refunds.sql", planned_each_time=True)
_CASES: Final = Statement("goodfor.aftersales", "sql/figure_cases.sql", planned_each_time=True)
_GRANTS: Final = Statement("goodfor.aftersales", "sql/figure_grants.sql", planned_each_time=True)
_CATEGORIES: Final = Statement("goodfor.aftersales", "sql/figure_categories.sql")


@transaction.atomic(savepoint=False)
def count_day(*, shop_id: UUID, day: date, now: datetime) -> None:
    """All of a day of the books; the same again changes nothing. The shop's signing key is made with its first day."""
    counted = _by_sku(shop_id, day)
    homes: dict[UUID, UUID] = dict(_CATEGORIES.rows({"shop_id": shop_id, "sku_ids": list(counted)}))
    scopes: dict[tuple[str, UUID], list[Count]] = defaultdict(list)
    for sku_id, count in counted.items():
        scopes[SHOP, shop_id].append(count)
        scopes[SKU, sku_id].append(count)
        if sku_id in homes:
            scopes[CATEGORY, homes[sku_id]].append(count)
    FigureDay.objects.filter(shop_id=shop_id, day=day).delete()
    FigureDay.objects.bulk_create(
        _row(shop_id, scope, scope_id, day, added(counts)) for (scope, scope_id), counts in scopes.items()
    )
    today = now.astimezone(BOOKS).date()
    turn = {"counted_at": now, "due_at": next_count(day, today, now)}
    if not FigureTurn.objects.filter(shop_id=shop_id, day=day).update(**turn):
        FigureTurn.objects.create(shop_id=shop_id, day=day, **turn)
    _key(shop_id, now)


def put_off_day(*, shop_id: UUID, day: date, now: datetime) -> None:
    """It failed for now."""
    FigureTurn.objects.filter(shop_id=shop_id, day=day).update(due_at=now + AGAIN)


def _by_sku(shop_id: UUID, day: date) -> dict[UUID, Count]:
    since = datetime.combine(day, time(), BOOKS)
    asked = {
        "shop_id": shop_id, "since": since, "until": datetime.combine(day + timedelta(days=1), time(), BOOKS),
    }  # fmt: skip
    timed = {**asked, "bounds": list(BOUNDS)}
    parts: dict[UUID, list[Count]] = defaultdict(list)
    for sku_id, place, lines, units in _DELIVERED.rows(timed):
        parts[sku_id].append(Count(units=units, speeds=_at(place, lines)))
    for sku_id, units in _REPLACED.rows(asked):
        parts[sku_id].append(Count(units=units))
    for sku_id, units in _BAD.rows(asked):
        parts[sku_id].append(Count(bad=units))
    for sku_id, place, refunds in _REFUNDS.rows(timed):
        parts[sku_id].append(Count(backs=_at(place, refunds)))
    for sku_id, *counts in _CASES.rows(asked):
        parts[sku_id].append(Count(**dict(zip(("decided", "automatic", "due", "kept"), counts, strict=True))))
    currency = identity.shop_by_id(shop_id).currency
    for sku_id, grants, minor in _GRANTS.rows({**asked, "currency": currency}):
        parts[sku_id].append(Count(grants=grants, granted_minor=minor))
    return {sku_id: added(counts) for sku_id, counts in parts.items()}


def _at(place: int | None, count: int) -> tuple[int, ...]:
    """So many in one place; none where nothing was timed."""
    return () if place is None else (0,) * place + (count,) + (0,) * (PLACES - place - 1)


def _row(shop_id: UUID, scope: str, scope_id: UUID, day: date, count: Count) -> FigureDay:
    values: dict[str, Any] = {name: getattr(count, name) for name in Count.__dataclass_fields__}
    return FigureDay(
        shop_id=shop_id, scope=scope, scope_id=scope_id, day=day,
        **{**values, "speeds": list(count.speeds), "backs": list(count.backs)},
    )  # fmt: skip


def _key(shop_id: UUID, now: datetime) -> None:
    if FigureKey.objects.filter(shop_id=shop_id).exists():
        return
    private, key_row_id = Ed25519PrivateKey.generate(), uuid7()
    sealed = keyring().seal(private.private_bytes_raw(), figure_key_aad(key_row_id))
    made = FigureKey(
        id=key_row_id, shop_id=shop_id, public_key=private.public_key().public_bytes_raw(), key_id=sealed.key_id,
        blob=sealed.blob, made_at=now,
    )  # fmt: skip
    FigureKey.objects.bulk_create([made], ignore_conflicts=True)
