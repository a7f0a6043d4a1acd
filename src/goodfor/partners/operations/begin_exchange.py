"""A partner's person wants something: our row comes first, then the partner is asked."""

from datetime import datetime, time
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from goodfor.identity import queries as identity
from goodfor.kernel.ids import secret_token, uuid7
from goodfor.kernel.sql import Statement
from goodfor.kernel.statemachine import record_history
from goodfor.partners import schedule, states
from goodfor.partners.errors import EntryNeeded, OfferGone
from goodfor.partners.locks import lock_account
from goodfor.partners.mapping import exchange_view, hold_json
from goodfor.partners.models import Account, Exchange, Offer
from goodfor.partners.types import ExchangeView, ExchangeWish

_EXCHANGED_TODAY: Final = Statement("goodfor.partners", "sql/exchanged_today.sql")


@transaction.atomic(savepoint=False)
def begin_exchange(*, shop_id: UUID, account_id: UUID, wish: ExchangeWish, now: datetime) -> ExchangeView:
    """The row, or the one that the same request made before. The points are what the page showed, else OfferGone.

    Raises EntryNeeded (nobody who could exchange anything, or the partner is off), OfferGone, PartnerNotFound.
    """
    account = lock_account(shop_id, account_id)
    if not account.enabled or account.role != states.MALL or wish.uid == states.NOBODY:
        raise EntryNeeded
    asked = {"shop_id": shop_id, "account": account, "uid": wish.uid, "request_key": wish.request_key[:40]}
    known = Exchange.objects.filter(**asked).first()
    if known is not None:
        return exchange_view(known, account.currency)
    offer = Offer.objects.filter(shop_id=shop_id, account=account, sku_id=wish.sku_id, on=True).first()
    if offer is None or offer.units != wish.units or not _within_caps(account, wish.units, now):
        raise OfferGone
    row = Exchange.objects.create(
        **asked, id=uuid7(), order_num=f"M{secret_token(12)}", sku_id=wish.sku_id, units=wish.units,
        worth_minor=wish.units * account.value_centi // 100, order_id=wish.order_id, hold=hold_json(wish.hold), at=now,
        go_on_at=now + schedule.LEASE,
    )  # fmt: skip
    record_history(
        shop_id=shop_id, machine=states.EXCHANGE, subject_id=row.id, moves=[(None, states.EX_ASKED)], actor="guest",
        cause=f"partner:{account.code}", now=now,
    )  # fmt: skip
    return exchange_view(row, account.currency)


def _within_caps(account: Account, units: int, now: datetime) -> bool:
    zone = ZoneInfo(identity.shop_by_id(account.shop_id).timezone)
    since = datetime.combine(now.astimezone(zone).date(), time(), zone)
    taken = _EXCHANGED_TODAY.row({"shop_id": account.shop_id, "account_id": account.id, "since": since})
    return units <= account.call_most and (taken[0] if taken else 0) + units <= account.day_most
