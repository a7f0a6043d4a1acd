"""Note by what a buyer is known. A step of others, in their transaction."""

from datetime import datetime
from uuid import UUID

from goodfor.referrals.marks import marks_of
from goodfor.referrals.models import Mark
from goodfor.referrals.types import Names


def note_marks(*, shop_id: UUID, buyer_id: UUID, names: Names, now: datetime) -> dict[str, str]:
    """Keep the hashes of what is known, each once; what was noted, in hex, as evidence."""
    marks = marks_of(shop_id, names)
    rows = [Mark(shop_id=shop_id, kind=kind, mark=mark, buyer=buyer_id, first_at=now) for kind, mark in marks.items()]
    if rows:
        Mark.objects.bulk_create(rows, ignore_conflicts=True)
    return {kind: mark.hex()[:16] for kind, mark in marks.items()}
