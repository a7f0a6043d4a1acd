"""Cut a want in two, so that several suppliers share it. The caller holds its row."""

import json
from datetime import datetime

from django.db.models import Max

from goodfor.kernel.crypto import keyring
from goodfor.kernel.ids import uuid7
from goodfor.kernel.statemachine import record_history
from goodfor.supply import states
from goodfor.supply.mapping import form_aad, form_of
from goodfor.supply.purchase_models import Want


def cut_want(want: Want, keep: int, now: datetime) -> None:
    """`keep` of what is still missing stay with this part; the rest becomes a part of its own, to be bought at once."""
    rest = want.quantity - want.delivered - keep
    form, new_id = form_of(want), uuid7()
    sealed = keyring().seal(json.dumps(dict(form)).encode(), form_aad(new_id, want.shop_id)) if form else None
    Want.objects.filter(shop_id=want.shop_id, id=want.id).update(quantity=want.quantity - rest)
    want.quantity -= rest
    known = Want.objects.filter(shop_id=want.shop_id, line_id=want.line_id)
    last = known.aggregate(last=Max("part"))["last"]
    Want.objects.create(
        id=new_id, shop_id=want.shop_id, order_id=want.order_id, line_id=want.line_id, part=last + 1,
        sku_id=want.sku_id, kind=want.kind, quantity=rest, price_minor=want.price_minor, currency=want.currency,
        channel=want.channel, form_key_id=sealed.key_id if sealed else None,
        form_blob=sealed.blob if sealed else None, next_at=now, deadline_at=want.deadline_at, created_at=now,
    )  # fmt: skip
    record_history(
        shop_id=want.shop_id, machine=states.WANT, subject_id=new_id, moves=[(None, states.OPEN)], actor="system",
        cause=f"cut:{want.id}", now=now,
    )  # fmt: skip
