"""A person decides about a change of a price that is larger than its rule allows."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.catalog import operations as catalog_does
from goodfor.catalog.types import PriceChange
from goodfor.kernel import audit
from goodfor.kernel.statemachine import record_history
from goodfor.supply import states
from goodfor.supply.errors import MoveDecided
from goodfor.supply.locks import lock_move
from goodfor.supply.operations.set_watch import LONG_AGO
from goodfor.supply.watch_models import PriceMove, Watch


@transaction.atomic
def decide_move(*, shop_id: UUID, move_id: UUID, approve: bool, actor: str, now: datetime) -> None:
    """Set the price as proposed, or leave it. Raises MoveNotFound, MoveDecided, and what the catalog refuses."""
    move = lock_move(shop_id, move_id)
    if move.state != states.MOVE_WAITING:
        raise MoveDecided(state=move.state)
    if approve:
        change = PriceChange("set", move.new_minor, move.currency)
        catalog_does.change_price(shop_id=shop_id, sku_id=move.sku_id, change=change, actor=actor, now=now)
    state = states.MOVE_DONE if approve else states.MOVE_REFUSED
    PriceMove.objects.filter(shop_id=shop_id, id=move.id, state=states.MOVE_WAITING).update(
        state=state, decided_by=actor, decided_at=now
    )
    # Whether it is sold at a loss now is looked at at once.
    Watch.objects.filter(shop_id=shop_id, sku_id=move.sku_id).update(looked_at=LONG_AGO)
    record_history(
        shop_id=shop_id, machine=states.MOVE, subject_id=move.id, moves=[(states.MOVE_WAITING, state)], actor=actor,
        cause="decided", now=now,
    )  # fmt: skip
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="supply.price_approved" if approve else "supply.price_refused",
        subject=("catalog.sku", move.sku_id),
        data={"move": str(move.id), "old_minor": move.old_minor, "new_minor": move.new_minor},
        now=now,
    )
