"""Keep the invoice title that came with an order, sealed. Runs in the caller's transaction."""

import json
from dataclasses import asdict
from uuid import UUID

from goodfor.kernel.crypto import keyring
from goodfor.orders.claims import invoice_aad
from goodfor.orders.models import InvoiceTitle
from goodfor.orders.types import Invoice


def keep_invoice(*, shop_id: UUID, order_id: UUID, invoice: Invoice) -> None:
    """One title an order; the face has checked its fields."""
    sealed = keyring().seal(json.dumps(asdict(invoice)).encode(), invoice_aad(order_id))
    InvoiceTitle.objects.create(order_id=order_id, shop_id=shop_id, key_id=sealed.key_id, blob=sealed.blob)
