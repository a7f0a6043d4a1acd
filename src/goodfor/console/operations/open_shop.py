"""Another shop of the same person, who is its owner."""

import re
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.console.errors import HostNeeded, TooManyShops
from goodfor.identity import queries as identity
from goodfor.identity.operations.add_staff import add_staff
from goodfor.identity.operations.create_shop import create_shop
from goodfor.identity.types import Role, ShopView
from goodfor.kernel.locks import advisory_xact_lock

MAX_SHOPS, MAX_HOST = 20, 253
_HOST = re.compile(r"[a-z0-9]([a-z0-9.:-]*[a-z0-9])?")


@transaction.atomic
def open_shop(
    *, user_id: int, code: str, name: str, host: str, currency: str, timezone: str, actor: str, now: datetime
) -> ShopView:
    """Open a shop with a host of its own and make the person its owner.

    Raises HostNeeded, TooManyShops, InvalidIdentity, ShopExists; then nothing is there.
    Without a host two shops could not be told apart: the one that has none stays the one that answers to any name.
    """
    if len(host) > MAX_HOST or not _HOST.fullmatch(identity.normal_host(host)):
        raise HostNeeded
    advisory_xact_lock(("start", "shops", user_id))
    owned: list[UUID] = [shop.id for shop, staff in identity.places_of_user(user_id) if staff.role == Role.OWNER]
    if len(owned) >= MAX_SHOPS:
        raise TooManyShops(limit=MAX_SHOPS)
    shop = create_shop(
        code=code.strip().lower(), name=name, currency=currency, timezone=timezone, host=host, actor=actor, now=now
    )
    add_staff(shop_id=shop.id, user_id=user_id, role=Role.OWNER, actor=actor, now=now)
    return shop
