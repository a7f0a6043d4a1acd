"""Let codes out of quarantine."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.vault.errors import CodeStays
from goodfor.vault.locks import LockedCode
from goodfor.vault.moving import move_codes
from goodfor.vault.queries import planted
from goodfor.vault.states import FREE, SOLD


@transaction.atomic
def restore_codes(*, shop_id: UUID, code_ids: Sequence[UUID], reason: str, actor: str, now: datetime) -> int:
    """Restore quarantined codes (at most 1,000): sold ones to their holder, the others to stock; returns how many.

    Raises CodeNotFound, CodeStays (it is bait), IllegalTransition, TooManyCodes.
    """
    if planted(shop_id, code_ids):
        raise CodeStays
    return len(
        move_codes(
            shop_id=shop_id,
            code_ids=code_ids,
            target=_where_it_came_from,
            action="vault.codes_restored",
            reason=reason,
            actor=actor,
            now=now,
        )
    )


def _where_it_came_from(code: LockedCode) -> str:
    return FREE if code.sold_at is None else SOLD
