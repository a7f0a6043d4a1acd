"""A member looks in: points, more for days in a row."""

from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from goodfor.identity import queries as identity
from goodfor.kernel.sql import Statement
from goodfor.ledger import operations as ledger
from goodfor.loyalty import kinds, moving, programme
from goodfor.loyalty import terms as reckoning
from goodfor.loyalty.errors import NoCheckIn
from goodfor.loyalty.models import CheckIn
from goodfor.loyalty.moving import Lives
from goodfor.loyalty.store import Why
from goodfor.loyalty.types import CheckedIn, Holder, Source

_CHECK_IN: Final = Statement("goodfor.loyalty", "sql/check_in.sql")


@transaction.atomic(savepoint=False)
def check_in(*, shop_id: UUID, owner: UUID, now: datetime) -> CheckedIn:
    """Once a day of the shop's, for who has bought something and kept it: accounts alone bring nothing.

    Raises NoCheckIn (the shop gives nothing for it, or he has never bought anything).
    """
    terms = programme.terms_at(shop_id, now)
    if not terms.on or not terms.checkin:
        raise NoCheckIn
    shop = identity.shop_by_id(shop_id)
    zone = ZoneInfo(shop.timezone)
    day = now.astimezone(zone).date()
    row = _CHECK_IN.row({"shop_id": shop_id, "owner": owner, "day": day, "table": list(terms.checkin), "now": now})
    if row is None:
        known = CheckIn.objects.filter(shop_id=shop_id, owner=owner, day=day).first()
        if known is None:
            raise NoCheckIn
        return CheckedIn(day, known.streak, known.units, again=True)
    streak, units = row
    if units:
        why = Why(Source("checkin", day.isoformat()), kinds.PRESENT, "", "buyer", None, now)
        lives = Lives(reckoning.worth(terms, units), None, reckoning.ends_at(terms.live_months, now, zone))
        moved = moving.give(shop_id, Holder(owner), units, lives, why)
        if moved.entries:
            ledger.post(shop_id=shop_id, currency=shop.currency, entries=moved.entries, now=now)
    return CheckedIn(day, streak, units)
