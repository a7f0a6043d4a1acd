"""A buyer complained about codes, or the complaint ended: kept with the purchases that they came from."""

from datetime import datetime
from uuid import UUID

from goodfor.supply import states
from goodfor.supply.health_models import Complaint
from goodfor.supply.purchase_models import Attempt


def note_complaint(*, shop_id: UUID, claim_id: UUID, line_id: UUID, units: int, now: datetime) -> int:
    """How many purchases it is about: none where the line came from the shop's own stock. The same again does nothing.

    Which of a line's codes are meant is not known here; with several purchases each is noted, for at most what it
    delivered.
    """
    bought = Attempt.objects.filter(shop_id=shop_id, want__line_id=line_id, state__in=sorted(states.WITH_GOODS))
    rows = [
        Complaint(
            claim_id=claim_id, attempt_id=one.id, shop_id=shop_id, supplier_id=one.supplier_id,
            units=max(1, min(units, one.got or one.quantity)), at=now,
        )
        for one in bought
    ]  # fmt: skip
    Complaint.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def note_complaint_end(*, shop_id: UUID, claim_id: UUID, upheld: bool) -> None:
    """`upheld`: the buyer had the money or a good code; else it was rejected or withdrawn, and it counts no more."""
    known = Complaint.objects.filter(shop_id=shop_id, claim_id=claim_id)
    if upheld:
        known.update(upheld=True)
    else:
        known.delete()
