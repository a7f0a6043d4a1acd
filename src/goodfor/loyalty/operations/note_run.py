"""How far a run over the members of a shop is."""

from datetime import date
from uuid import UUID

from django.db import transaction

from goodfor.loyalty.models import RunMark


@transaction.atomic(savepoint=False)
def note_run(*, shop_id: UUID, name: str, day: date, after: UUID | None, through: bool) -> None:
    """Of this day: behind the member `after`, or `through`. Lost, the run looks at some members again, and no more."""
    RunMark.objects.update_or_create(
        shop_id=shop_id, name=name, defaults={"day": day, "after": after, "through": through}
    )
