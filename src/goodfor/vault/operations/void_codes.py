"""Write codes off."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.events import publish
from goodfor.vault.events import CodesVoided
from goodfor.vault.locks import LockedCode
from goodfor.vault.moving import move_codes
from goodfor.vault.states import VOID


@transaction.atomic
def void_codes(*, shop_id: UUID, code_ids: Sequence[UUID], reason: str, actor: str, now: datetime) -> int:
    """Void free or quarantined codes (at most 1,000) for good; returns how many.

    Publishes the cost of those that were never sold. Raises CodeNotFound, IllegalTransition, TooManyCodes.
    """
    codes = move_codes(
        shop_id=shop_id,
        code_ids=code_ids,
        target=lambda _: VOID,
        action="vault.codes_voided",
        reason=reason,
        actor=actor,
        now=now,
    )
    unsold: dict[tuple[UUID, str], list[LockedCode]] = defaultdict(list)
    for code in codes:
        if code.sold_at is None:
            unsold[code.sku_id, code.currency].append(code)
    for (sku_id, currency), group in unsold.items():
        cost = sum(code.unit_cost_minor for code in group)
        publish(shop_id=shop_id, event=CodesVoided(sku_id, len(group), cost, currency, reason[:200]), now=now)
    return len(codes)
