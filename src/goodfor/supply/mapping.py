"""From rows to the values that leave the room, and to what connectors take."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from goodfor.kernel.crypto import Sealed, keyring
from goodfor.supply.models import Supplier
from goodfor.supply.providers.values import Item as SoldItem
from goodfor.supply.providers.values import OrderRef, Site
from goodfor.supply.purchase_models import Attempt, Want
from goodfor.supply.types import AttemptView, SupplierView


def secret_aad(supplier_id: object, shop_id: object) -> bytes:
    """Associated data that binds sealed secrets to their row."""
    return f"supply_supplier:{shop_id}:{supplier_id}".encode()


def form_aad(want_id: object, shop_id: object) -> bytes:
    """Associated data that binds a sealed form to its row."""
    return f"supply_want:{shop_id}:{want_id}".encode()


def site_of(row: Supplier) -> Site:
    """With secrets, for a connector. Raises DecryptFailed."""
    secrets: dict[str, str] = {}
    if row.secret_key_id is not None and row.secret_blob is not None:
        sealed = Sealed(row.secret_key_id, bytes(row.secret_blob))
        secrets = json.loads(keyring().open(sealed, secret_aad(row.id, row.shop_id)))
    return Site(row.id, row.shop_id, row.code, row.currency, dict(row.config), secrets)


def form_of(row: Want) -> Mapping[str, str]:
    """What the buyer filled in. Raises DecryptFailed."""
    if row.form_key_id is None or row.form_blob is None:
        return {}
    opened = keyring().open(Sealed(row.form_key_id, bytes(row.form_blob)), form_aad(row.id, row.shop_id))
    found = json.loads(opened)
    return {str(key): str(value) for key, value in found.items()}


def order_ref(row: Attempt) -> OrderRef:
    """How the supplier is asked about it."""
    return OrderRef(row.number, row.ref, row.sent_at, row.item_id, row.quantity // row.multiple)


def terms_of(item: SoldItem) -> dict[str, Any]:
    """What is kept of an item besides columns, as JSON."""
    return {
        "form": [
            {
                "key": one.key, "label": one.label, "type": one.type, "required": one.required, "hint": one.hint,
                "format": one.format, "regex": one.regex, "options": [list(option) for option in one.options],
            }
            for one in item.form
        ],
        "channels": sorted(item.channels),
        "banned_channels": sorted(item.banned_channels),
        "floors": {channel: str(floor) for channel, floor in item.floors.items()},
        "closed": [list(span) for span in item.closed],
        "countries": sorted(item.excluded_countries),
        "refundable": item.refundable,
        "repeatable": item.repeatable,
        "warranty": item.warranty_seconds,
    }  # fmt: skip


def tidy(cost: Decimal) -> Decimal:
    """The same amount with as few digits as it needs, at least two."""
    short = cost.normalize()
    return short if -int(short.as_tuple().exponent) >= 2 else short.quantize(Decimal("0.01"))


def supplier_view(row: Supplier) -> SupplierView:
    """Without secrets."""
    return SupplierView(
        id=row.id,
        shop_id=row.shop_id,
        code=row.code,
        name=row.name,
        protocol=row.protocol,
        currency=row.currency,
        config=dict(row.config),
        enabled=row.enabled,
        rate=row.rate,
        cycle=row.cycle,
        priority=row.priority,
        balance=row.balance,
        credit=row.credit,
        low_balance=row.low_balance,
        balance_at=row.balance_at,
        hook=row.hook,
    )


def attempt_view(row: Attempt, want: Want) -> AttemptView:
    """One purchase."""
    return AttemptView(
        id=row.id,
        want_id=row.want_id,
        order_id=want.order_id,
        line_id=want.line_id,
        supplier_id=row.supplier_id,
        number=row.number,
        item_id=row.item_id,
        quantity=row.quantity,
        got=row.got,
        state=row.state,
        ref=row.ref,
        max_cost=row.max_cost,
        charged=row.charged,
        refunded=row.refunded,
        currency=row.currency,
        reason=row.reason,
        word=row.word,
        trace=dict(row.trace),
        asked=row.asked,
        next_at=row.next_at,
        sent_at=row.sent_at,
        ended_at=row.ended_at,
    )
