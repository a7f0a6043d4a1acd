"""Good codes in the place of a claim's bad ones. Runs in the caller's transaction, with the order's row locked."""

from datetime import datetime
from uuid import UUID

from goodfor.ledger import operations as ledger
from goodfor.orders import accounts, claim_states, store
from goodfor.orders.models import Claim, ClaimUnit
from goodfor.orders.operations.end_given import follow_given
from goodfor.orders.operations.move_claim import keep_trail, live_units, move_claim, tell_closed
from goodfor.vault import operations as vault
from goodfor.vault import queries as stock


def put_in_place(
    *, shop_id: UUID, order: store.LockedOrder, claim: Claim, actor: str, cause: str, now: datetime
) -> None:
    """What is reserved for the claim is the line's from now on, and each old code has its new one.

    The old ones are set aside already. Raises ReservationLost, after which the caller undoes it.
    """
    line = next(one for one in store.lines_of(shop_id, order.id) if one.id == claim.line_id)
    units = live_units(shop_id, [claim.id])
    new = stock.reserved_codes(shop_id, claim.id)
    taken = vault.hand_over(shop_id=shop_id, from_holder=claim.id, to_holder=line.id, quantity=len(units), now=now)
    for unit, code_id in zip(units, new, strict=True):
        unit.state, unit.new_code_id, unit.at = claim_states.REPLACED, code_id, now
    mine = ClaimUnit.objects.filter(shop_id=shop_id, claim_id=claim.id, state=claim_states.UNIT_LIVE)
    mine.bulk_update(units, ["state", "new_code_id", "at"], batch_size=500)
    old_and_new = {unit.code_id: code_id for unit, code_id in zip(units, new, strict=True) if unit.code_id is not None}
    follow_given(shop_id=shop_id, line_id=line.id, new=old_and_new, now=now)
    move_claim(claim, claim_states.REPLACED, actor=actor, cause=cause, now=now)
    tell_closed(order, claim, now)
    keep_trail(order, claim, "claim_replaced", actor, now, codes=len(units))
    entry = accounts.replacement_entry(
        order_id=order.id, line=line, claim_id=claim.id, cost_minor=taken.cost_minor, channel=order.channel, now=now
    )
    if entry:
        ledger.post(shop_id=shop_id, currency=order.total.currency, entries=(entry,), now=now)
