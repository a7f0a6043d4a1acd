"""Somebody of the staff wants what is owed for the points to be reckoned anew."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from goodfor.identity import queries as identity
from goodfor.kernel import audit
from goodfor.loyalty.errors import InvalidPoints
from goodfor.loyalty.operations.note_run import note_run
from goodfor.loyalty.programme import RECKONING, revisions


@transaction.atomic(savepoint=False)
def ask_reckoning(*, shop_id: UUID, actor: str, now: datetime) -> None:
    """By the terms in force, from the first lot on; the loop `loyalty.reckon` does it. Asked again, it begins again.

    Raises InvalidPoints where the shop has no terms.
    """
    if not revisions(shop_id, limit=1):
        raise InvalidPoints(_("还没有积分规则"))
    day = now.astimezone(ZoneInfo(identity.shop_by_id(shop_id).timezone)).date()
    note_run(shop_id=shop_id, name=RECKONING, day=day, after=None, through=False)
    audit.record(
        shop_id=shop_id, actor=actor, action="loyalty.reckoning_asked", subject=("loyalty_terms", shop_id), data={},
        now=now,
    )  # fmt: skip
