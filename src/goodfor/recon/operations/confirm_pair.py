"""A person says that a row of ours and a row of theirs are the same thing."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from goodfor.kernel import audit
from goodfor.kernel.ids import uuid7
from goodfor.recon import states
from goodfor.recon.errors import PairRefused
from goodfor.recon.models import Pairing, Row, Run
from goodfor.recon.operations.reconcile import mark_stale


def confirm_pair(
    *, shop_id: UUID, area: str, ours_id: int, theirs_id: int, note: str = "", actor: str, now: datetime
) -> UUID:  # fmt: skip
    """Pair two live rows for all runs to come, and have their days compared again. Amounts may differ: that is told.

    Raises PairRefused: not there, not one kind, one of them paired by somebody before.
    """
    rows = {row.id: row for row in Row.objects.filter(shop_id=shop_id, id__in=[ours_id, theirs_id], live=True)}
    ours, theirs = rows.get(ours_id), rows.get(theirs_id)
    if ours is None or theirs is None or (ours.side, theirs.side) != (states.OURS, area) or ours.kind != theirs.kind:
        raise PairRefused
    pairing_id = uuid7()
    try:
        with transaction.atomic():
            Pairing.objects.create(
                id=pairing_id, shop_id=shop_id, area=area, account=theirs.account, ours_source=ours.source,
                theirs_source=theirs.source, note=note[:200], actor=actor[:100], at=now,
            )  # fmt: skip
            runs = Run.objects.filter(shop_id=shop_id, area=area, account=theirs.account, live=True)
            days = [row.day for row in runs.filter(day__in=(ours.day, theirs.day))]
            mark_stale(shop_id=shop_id, area=area, account=theirs.account, days=list(days))
            audit.record(
                shop_id=shop_id, actor=actor, action="recon.pair_confirmed", subject=("recon.pairing", pairing_id),
                data={"ours": ours.source, "theirs": theirs.source, "note": note[:200]}, now=now,
            )  # fmt: skip
    except IntegrityError:
        raise PairRefused from None
    return pairing_id
