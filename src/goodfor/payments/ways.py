"""The ways to pay that a shop offers now, and the accounts behind each. Part of `queries`."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db.models import Q, Sum

from goodfor.kernel.crypto import DecryptFailed
from goodfor.payments.health_models import AccountHealth
from goodfor.payments.mapping import opened
from goodfor.payments.models import Account
from goodfor.payments.operations.note_call import minute_of
from goodfor.payments.providers.registry import payer_source
from goodfor.payments.routing import Candidate, Health, Paying, needs_asking, ranked, wishes

#: How far back the routing looks.
MINUTES = 10


def candidates(shop_id: UUID, paying: Paying, now: datetime) -> list[Candidate]:
    """Every method of every account that is switched on; the balance is not among them."""
    currency = paying.amount.currency
    valid = Q(valid_from__lte=now) & (Q(valid_to__isnull=True) | Q(valid_to__gt=now))
    rows = Account.objects.filter(valid, shop_id=shop_id, enabled=True, currency=currency).exclude(provider="balance")
    return [
        Candidate(
            row.id, row.provider, row.code, method, *wishes(row.config, row.currency), *_payer(row, method, paying)
        )
        for row in rows.order_by("provider", "code")
        for method in row.methods
    ]


def _payer(row: Account, method: str, paying: Paying) -> tuple[str, bool]:
    """(application, can be asked); secrets are opened only where it matters."""
    source = payer_source(row.provider)
    app = source.payer_app(row.config, method) if source else ""
    if source is None or not app or not paying.may_ask:
        return app, False
    try:
        return app, source.can_ask_payer(opened(row), method)
    except DecryptFailed:
        return app, False


def routes(shop_id: UUID, brand: str, paying: Paying, now: datetime) -> list[Candidate]:
    """The accounts that can take this payment, the first to be tried first; none for a brand that nobody serves."""
    found = [one for one in candidates(shop_id, paying, now) if one.brand == brand]
    return ranked(found, paying, _health(shop_id, {one.account_id for one in found}, now)) if found else []


def brands(shop_id: UUID, paying: Paying, now: datetime) -> list[str]:
    """The brands that can take this payment, in the order of the accounts behind them."""
    return list(dict.fromkeys(ranked_brands(candidates(shop_id, paying, now), paying)))


def unknown_payer(shop_id: UUID, brand: str, paying: Paying, now: datetime) -> Candidate | None:
    """The way that this payment would best go if only we knew who pays: where the buyer's browser is to be asked."""
    first = next(iter(routes(shop_id, brand, replace(paying, may_ask=True), now)), None)
    return first if first is not None and needs_asking(first, paying) else None


def ranked_brands(found: Sequence[Candidate], paying: Paying) -> list[str]:
    """The brand of each candidate that can serve, by the accounts' priorities."""
    by_brand: dict[str, list[Candidate]] = {}
    for one in found:
        by_brand.setdefault(one.brand, []).append(one)
    able = {brand: ranked(ones, paying, {}) for brand, ones in by_brand.items()}
    return sorted((brand for brand, ones in able.items() if ones), key=lambda brand: able[brand][0].priority)


def _health(shop_id: UUID, account_ids: set[UUID], now: datetime) -> dict[UUID, Health]:
    rows = AccountHealth.objects.filter(
        shop_id=shop_id, account_id__in=account_ids, minute__gt=minute_of(now) - MINUTES
    ).values("account_id")
    counted = rows.annotate(answered_sum=Sum("answered"), silent_sum=Sum("silent"))
    return {row["account_id"]: Health(row["answered_sum"], row["silent_sum"]) for row in counted}
