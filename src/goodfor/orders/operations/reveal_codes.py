"""Show the codes of an order to its owner."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.delivery import operations as delivery
from goodfor.delivery import queries as delivered
from goodfor.delivery.errors import CodeNotHeld
from goodfor.delivery.types import RevealedCode
from goodfor.orders import given_states, states, store
from goodfor.orders.claims import remedied_codes
from goodfor.orders.errors import WrongState
from goodfor.orders.given import given_away
from goodfor.orders.models import Given
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
    not shown, even where somebody has let it out of quarantine; nor what was given away.

    Raises OrderNotFound, WrongState (not delivered, or refunded), CodeNotHeld.
    """
    order = store.lock_order(shop_id, order_id)
    if order.state != states.DELIVERED:
        raise WrongState(state=order.state)
    holders = [line.id for line in store.lines_of(shop_id, order_id) if line_id in (None, line.id)]
    if over := remedied_codes(shop_id, holders) | given_away(shop_id, holders).keys():
        if code_ids is None:
            held = delivered.masked_codes(shop_id, holders)
            code_ids = [code.code_id for code in held if code.code_id not in over]
        elif over.intersection(code_ids):
            raise CodeNotHeld
    return _shown(shop_id, order_id, holders, code_ids, actor, ip, now)


@transaction.atomic(savepoint=False)
def reveal_given(
    *, shop_id: UUID, order_id: UUID, gift_id: UUID, code_ids: Sequence[UUID] | None = None, actor: str, ip: str,
    now: datetime,
) -> list[RevealedCode]:  # fmt: skip
    """The same of codes of a gift, for `actor`, who opened it, and for nobody else.

    Raises OrderNotFound, WrongState (refunded), CodeNotHeld.
    """
    order = store.lock_order(shop_id, order_id)
    if order.state != states.DELIVERED:
        raise WrongState(state=order.state)
    rows = Given.objects.filter(shop_id=shop_id, gift_id=gift_id, order_id=order_id, state=given_states.PASSED)
    mine = dict(rows.filter(taker=actor[:80]).order_by("id").values_list("code_id", "line_id"))
    holders = list(dict.fromkeys(mine.values()))
    over = remedied_codes(shop_id, holders)
    wanted = [code_id for code_id in mine if code_id not in over] if code_ids is None else list(code_ids)
    if not wanted or not mine.keys() - over >= set(wanted):
        raise CodeNotHeld
    return _shown(shop_id, order_id, holders, wanted, actor, ip, now)


def _shown(
    shop_id: UUID, order_id: UUID, holders: Sequence[UUID], code_ids: Sequence[UUID] | None, actor: str, ip: str,
    now: datetime,
) -> list[RevealedCode]:  # fmt: skip
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
