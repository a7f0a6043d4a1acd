"""A claim is right: good codes in the place of the bad ones, from the shelf or bought."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.kernel.events import publish
from goodfor.kernel.faultpoints import reach
from goodfor.orders import claim_states, store
from goodfor.orders.claim_reads import offered
from goodfor.orders.errors import NothingInItsPlace
from goodfor.orders.events import OrderClaimReplacing
from goodfor.orders.models import Claim
from goodfor.orders.operations.ask_suppliers import guarded_price
from goodfor.orders.operations.move_claim import check_open, keep_trail, live_units, locked_claim, move_claim
from goodfor.orders.operations.put_in_place import put_in_place
from goodfor.orders.types import DIRECT, LineRow
from goodfor.payments import queries as payments
from goodfor.payments.errors import PaymentDisputed
from goodfor.supply import queries as supply
from goodfor.supply.operations.want_supply import want_supply
from goodfor.supply.types import WantLine
from goodfor.vault import operations as vault
from goodfor.vault.errors import OutOfStock

REPLACED: Final = claim_states.REPLACED
REPLACING: Final = claim_states.REPLACING
#: A code that ends sooner is no good one.
GOOD_FOR: Final = timedelta(minutes=10)


def replace_claim(*, shop_id: UUID, claim_id: UUID, reason: str, actor: str, now: datetime) -> str:
    """`replaced` from the shelf at once, or `replacing`: suppliers are asked, once a claim, as for a sale that has its
    price; the end is heard later (`finish_replacement`, `fail_replacement`).

    The bad codes leave the buyer's hands at once, seen or not, and stay in quarantine whatever comes. Harmless when
    repeated. Raises ClaimNotFound, ClaimMoved, WrongState, PaymentDisputed (a bank has the money already) and, with
    nothing changed, NothingInItsPlace.
    """
    with transaction.atomic():
        state = _replace(shop_id, claim_id, reason, actor, now)
        reach("orders.replacing")
    reach("orders.replacement_begun")
    return state


def _replace(shop_id: UUID, claim_id: UUID, reason: str, actor: str, now: datetime) -> str:
    order, claim = locked_claim(shop_id, claim_id)
    if claim.state in (REPLACED, REPLACING):
        return claim.state
    check_open(order, claim)
    assert order.payment_id is not None
    if payments.holds_back(shop_id, order.payment_id):
        raise PaymentDisputed
    line = next(one for one in store.lines_of(shop_id, order.id) if one.id == claim.line_id)
    codes = [unit.code_id for unit in live_units(shop_id, [claim.id]) if unit.code_id is not None]
    if line.kind == DIRECT or not codes:
        raise NothingInItsPlace
    # Before new ones are taken, which waits for nobody: so two that move codes never wait for each other.
    vault.pull_codes(shop_id=shop_id, code_ids=codes, reason=f"claim:{claim.reason}", actor=actor, now=now)
    try:
        vault.reserve(
            shop_id=shop_id, sku_id=line.sku_id, holder_id=claim.id, quantity=len(codes), until=now + GOOD_FOR, now=now
        )
    except OutOfStock:
        _have_bought(shop_id, order, line, claim, len(codes), reason, actor, now)
        return REPLACING
    put_in_place(shop_id=shop_id, order=order, claim=claim, actor=actor, cause=reason, now=now)
    return REPLACED


def _have_bought(
    shop_id: UUID, order: store.LockedOrder, line: LineRow, claim: Claim, count: int, reason: str, actor: str,
    now: datetime,
) -> None:  # fmt: skip
    if claim.wanted_at is not None or not offered(shop_id, line.sku_id, count, order.channel, now):
        raise NothingInItsPlace
    losses = store.losses_of(shop_id, order.id) if order.discount_minor else {}
    want_supply(
        shop_id=shop_id,
        order_id=order.id,
        lines=[WantLine(claim.id, line.sku_id, count, guarded_price(line, losses.get(line.id, 0)))],
        currency=order.total.currency,
        channel=order.channel,
        deadline_at=now + timedelta(seconds=supply.deadline_seconds(shop_id, [line.sku_id])),
        now=now,
    )
    move_claim(claim, REPLACING, actor=actor, cause=reason, now=now, wanted_at=now)
    event = OrderClaimReplacing(claim.id, order.id, order.number)
    publish(shop_id=shop_id, event=event, cause=("order", order.id), now=now)
    keep_trail(order, claim, "claim_replacing", actor, now, codes=count)
