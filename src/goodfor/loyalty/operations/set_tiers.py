"""Say which tiers a shop has from now on."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.loyalty import tiers as rules
from goodfor.loyalty.locks import lock_terms
from goodfor.loyalty.tier_models import TiersRevision
from goodfor.loyalty.tier_types import TierSet


@transaction.atomic(savepoint=False)
def set_tiers(*, shop_id: UUID, tiers: TierSet, actor: str, now: datetime) -> int:
    """The number of the set in force; the same again changes nothing. Members are looked at in the next run.

    Raises InvalidPoints with the field.
    """
    rules.checked(tiers)
    lock_terms(shop_id)
    last = TiersRevision.objects.filter(shop_id=shop_id).order_by("-number").first()
    if last is not None and rules.from_json(last.tiers) == tiers:
        return last.number
    row = TiersRevision(
        shop_id=shop_id, number=last.number + 1 if last else 1, tiers=rules.to_json(tiers), made_at=now,
        made_by=actor[:80],
    )  # fmt: skip
    TiersRevision.objects.bulk_create([row])
    audit.record(
        shop_id=shop_id, actor=actor, action="loyalty.tiers_set", subject=("loyalty_tiers", shop_id),
        data={"number": row.number, "tiers": row.tiers}, now=now,
    )  # fmt: skip
    return row.number
