"""Givers are told that nobody has taken their gift and that it ends soon."""

from datetime import datetime
from typing import Final

from django.db import transaction

from goodfor.gifts import states
from goodfor.gifts.events import GiftEndsSoon
from goodfor.kernel.events import publish
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job

_WARN: Final = Statement("goodfor.gifts", "sql/warn.sql")
MOST: Final = 200


@transaction.atomic(savepoint=False)
def warn_givers(*, now: datetime) -> int:
    """The next of all shops, each once; how many were looked at. A link that was short anyhow is let be."""
    with platform_job("gifts that end soon"):
        rows = _WARN.rows(
            {"now": now, "soon": now + states.WARN_BEFORE, "least": states.WARN_BEFORE * 1.5, "most": MOST}
        )
    for shop_id, gift_id, number, kind, giver_ref, ends_at, worth_telling in rows:
        if worth_telling:
            event = GiftEndsSoon(gift_id, number, kind, giver_ref, ends_at.isoformat())
            publish(shop_id=shop_id, event=event, cause=("gift", gift_id), now=now)
    return len(rows)
