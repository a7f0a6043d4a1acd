"""Ask the hub for what an order's lines need; the loop buys it. Runs in the caller's transaction."""

import json
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from goodfor.kernel.crypto import keyring
from goodfor.kernel.ids import uuid7
from goodfor.kernel.statemachine import record_history
from goodfor.supply import states
from goodfor.supply.errors import AlreadyWanted
from goodfor.supply.mapping import form_aad
from goodfor.supply.purchase_models import Want
from goodfor.supply.types import WantLine


def want_supply(
    *, shop_id: UUID, order_id: UUID, lines: Sequence[WantLine], currency: str, channel: str, deadline_at: datetime,
    now: datetime,
) -> None:  # fmt: skip
    """Once for each line: its end comes as `LineSupplied` or `LineFailed`. Raises AlreadyWanted."""
    rows = [_row(shop_id, order_id, line, currency, channel, deadline_at, now) for line in lines]
    try:
        with transaction.atomic():
            Want.objects.bulk_create(rows)
    except IntegrityError as error:
        if "supply_want_once" in str(error):
            raise AlreadyWanted from None
        raise
    for row in rows:
        record_history(
            shop_id=shop_id,
            machine=states.WANT,
            subject_id=row.id,
            moves=[(None, states.OPEN)],
            actor="system",
            cause=f"order:{order_id}",
            now=now,
        )


def _row(
    shop_id: UUID, order_id: UUID, line: WantLine, currency: str, channel: str, deadline_at: datetime, now: datetime
) -> Want:
    want_id = uuid7()
    sealed = None
    if line.form:
        sealed = keyring().seal(json.dumps(dict(line.form)).encode(), form_aad(want_id, shop_id))
    return Want(
        id=want_id, shop_id=shop_id, order_id=order_id, line_id=line.line_id, sku_id=line.sku_id, kind=line.kind,
        quantity=line.quantity, price_minor=line.price_minor, currency=currency, channel=channel,
        form_key_id=sealed.key_id if sealed else None, form_blob=sealed.blob if sealed else None,
        next_at=now, deadline_at=deadline_at, created_at=now,
    )  # fmt: skip
