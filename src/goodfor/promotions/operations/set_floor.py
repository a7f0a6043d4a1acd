"""The shop says what every piece has to keep over its cost, whatever campaigns promise."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.identity import queries as identity
from goodfor.identity.types import Permission
from goodfor.kernel import audit
from goodfor.kernel.errors import Forbidden
from goodfor.kernel.sql import Statement
from goodfor.promotions.errors import InvalidCampaign
from goodfor.promotions.plan_cache import floor_of

MOST: Final = 1_000_000_000
_SET: Final = Statement("goodfor.promotions", "sql/set_floor.sql")


@transaction.atomic
def set_floor(*, shop_id: UUID, floor_minor: int, actor: str, now: datetime) -> bool:
    """In fen a piece; 0: none but the cost. Every cart from the next one on is priced by it, where no campaign says its
    own. False: it was so already. Raises Forbidden (who may not set up the shop), InvalidCampaign(field).
    """
    person = identity.staff_by_actor(shop_id, actor)
    if person is None or not person.may(Permission.SHOP_CONFIGURE):
        raise Forbidden
    if not 0 <= floor_minor <= MOST:
        raise InvalidCampaign(field="floor")
    before = floor_of(shop_id)
    if before == floor_minor:
        return False
    zone = identity.shop_by_id(shop_id).timezone
    _SET.run({"shop_id": shop_id, "timezone": zone, "floor": floor_minor, "now": now})
    audit.record(
        shop_id=shop_id, actor=actor, action="promotions_floor_set", subject=("shop", shop_id),
        data={"from_minor": before, "to_minor": floor_minor}, now=now,
    )  # fmt: skip
    return True
