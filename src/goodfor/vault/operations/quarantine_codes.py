"""Take single codes off sale, or away from their holder, as suspect."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.events import publish
from goodfor.vault.events import StockQuarantined
from goodfor.vault.moving import move_codes
from goodfor.vault.states import QUARANTINED


@transaction.atomic
def quarantine_codes(*, shop_id: UUID, code_ids: Sequence[UUID], reason: str, actor: str, now: datetime) -> int:
    """Quarantine free, reserved or sold codes (at most 1,000); returns how many.

    A reserved code loses its holder (the order will find its reservation lost), a sold one keeps it but cannot be
    revealed. Raises CodeNotFound, IllegalTransition, TooManyCodes.
    """
    codes = move_codes(
        shop_id=shop_id,
        code_ids=code_ids,
        target=lambda _: QUARANTINED,
        action="vault.codes_quarantined",
        reason=reason,
        actor=actor,
        now=now,
    )
    for sku_id, count in Counter(code.sku_id for code in codes).items():
        publish(shop_id=shop_id, event=StockQuarantined(sku_id, count, [], reason[:200]), now=now)
    return len(codes)
