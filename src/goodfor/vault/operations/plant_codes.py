"""Make unsold codes bait: they stay among the others, and nobody can ever buy them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.crypto import Sealed, keyring
from goodfor.kernel.sql import Statement
from goodfor.kernel.statemachine import IllegalTransition
from goodfor.vault.importing.sealing import code_aad, split_plaintext
from goodfor.vault.locks import lock_codes
from goodfor.vault.marks import marks_of
from goodfor.vault.models import Code
from goodfor.vault.moving import move_codes
from goodfor.vault.states import FREE, QUARANTINED
from goodfor.vault.types import PlantedCode

_SEALED = Statement("goodfor.vault", "sql/sealed_codes.sql")


@transaction.atomic
def plant_codes(
    *, shop_id: UUID, code_ids: Sequence[UUID], reason: str, actor: str, now: datetime
) -> list[PlantedCode]:  # fmt: skip
    """Take free codes (or quarantined ones that were never sold) out of the stock for good; how each is known again.

    The table itself keeps them from being sold, and they are in whatever is exported of their batch.
    Raises CodeNotFound, IllegalTransition (it has a buyer, or is written off), TooManyCodes.
    """
    codes = lock_codes(shop_id, code_ids)
    for code in codes:
        if code.sold_at is not None or code.holder_id is not None or code.state not in (FREE, QUARANTINED):
            raise IllegalTransition(machine="vault.code", from_state=code.state, to_state="planted")
    free = [code.id for code in codes if code.state == FREE]
    if free:
        move_codes(
            shop_id=shop_id, code_ids=free, target=lambda _: QUARANTINED, action="vault.codes_planted", reason=reason,
            actor=actor, now=now,
        )  # fmt: skip
    ids = [code.id for code in codes]
    Code.objects.filter(shop_id=shop_id, id__in=ids).update(canary=True)
    ring, found = keyring(), []
    for code_id, sku_id, key_id, blob in _SEALED.rows({"shop_id": shop_id, "code_ids": ids}):
        text = ring.open(Sealed(key_id, bytes(blob)), code_aad(shop_id.bytes, sku_id.bytes, code_id.bytes))
        number, secret = split_plaintext(text)
        found.append(PlantedCode(code_id, sku_id, marks_of(shop_id, number=number, secret=secret)))
    return found
