"""Nobody waits for this money any more: have the open attempts of a source closed at their channels."""

from datetime import datetime
from uuid import UUID

from django.db.models.functions import Least

from goodfor.payments import states
from goodfor.payments.models import Payment


def end_attempts(*, shop_id: UUID, source_type: str, source_id: UUID, now: datetime) -> int:
    """Let open attempts expire now; the loop closes each at its channel, asking first. Returns how many.

    In the caller's transaction; a channel that cannot close takes money until the attempt's own end all the same. What
    was to be charged by a mandate is not sent any more, and refused.
    """
    open_attempts = Payment.objects.filter(
        shop_id=shop_id, source_type=source_type, source_id=source_id, state__in=states.PAYABLE
    )
    return open_attempts.update(expires_at=Least("expires_at", now), next_poll_at=now)
