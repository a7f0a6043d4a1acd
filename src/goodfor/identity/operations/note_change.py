"""Tell a buyer that something about the account changed. Runs in the caller's transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from goodfor.identity.buyer_models import BuyerNotice
from goodfor.identity.events import BuyerAccountChanged
from goodfor.kernel.events import publish


def note_change(
    *, shop_id: UUID, buyer_id: UUID, kind: str, now: datetime, data: Mapping[str, Any] | None = None
) -> None:
    """A line on the buyer's message page, and news for whoever tells people things. `data` holds no secret."""
    notice = BuyerNotice.objects.create(shop_id=shop_id, buyer_id=buyer_id, kind=kind, data=dict(data or {}), at=now)
    event = BuyerAccountChanged(notice.id, buyer_id, kind, str((data or {}).get("label", "")))
    publish(shop_id=shop_id, event=event, now=now)
