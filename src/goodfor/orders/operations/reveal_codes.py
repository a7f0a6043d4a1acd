"""Show the codes of an order to its owner."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.delivery import operations as delivery
from goodfor.delivery import queries as delivered
from goodfor.delivery.errors import CodeNotHeld
from goodfor.delivery.types import RevealedCode
from goodfor.orders import states, store
from goodfor.orders.claims import remedied_codes
from goodfor.orders.errors import WrongState
from goodfor.risk.operations.canary_seen import seen_among
from goodfor.vault import queries as vault


@transaction.atomic(savepoint=False)
def reveal_codes(
    *,
    shop_id: UUID,
    order_id: UUID,
    line_id: UUID | None = None,
    code_ids: Sequence[UUID] | None = None,
    actor: str,
    ip: str,
    now: datetime,
) -> list[RevealedCode]:
    """Decrypt codes of a delivered order; the face has checked who asks. The order's row is held meanwhile,
    so that a refund cannot slip between the look and the audit line. What a claim gave money or another code for is
    not shown, even where somebody has let it out of quarantine.

    Raises OrderNotFound, WrongState (not delivered, or refunded), CodeNotHeld.
    """
    order = store.lock_order(shop_id, order_id)
    if order.state != states.DELIVERED:
        raise WrongState(state=order.state)
    holders = [line.id for line in store.lines_of(shop_id, order_id) if line_id in (None, line.id)]
    if over := remedied_codes(shop_id, holders):
        if code_ids is None:
            held = delivered.masked_codes(shop_id, holders)
            code_ids = [code.code_id for code in held if code.code_id not in over]
        elif over.intersection(code_ids):
            raise CodeNotHeld
    shown = delivery.reveal(
        shop_id=shop_id,
        subject=("order", order_id),
        holder_ids=holders,
        code_ids=code_ids,
        actor=actor,
        ip=ip,
        now=now,
    )
    # Bait is never sold. A code that is no different from it was, so somebody put stolen goods into the stock.
    marks = [mark for code in shown for mark in vault.marks_of(shop_id, secret=code.secret, number=code.number)]
    seen_among(shop_id=shop_id, fingerprints=marks, place="reveal", now=now)
    return shown
