"""Reads of claims and invoice titles."""

import json
from collections.abc import Sequence
from uuid import UUID

from goodfor.kernel.crypto import Sealed, keyring
from goodfor.orders import claim_states
from goodfor.orders.models import Claim, InvoiceTitle
from goodfor.orders.types import ClaimView, Invoice


def claim_view(row: Claim) -> ClaimView:
    """A claim as its owner sees it, without their words."""
    return ClaimView(
        id=row.id,
        order_id=row.order_id,
        line_id=row.line_id,
        reason=row.reason,
        code_ids=tuple(row.code_ids),
        state=row.state,
        opened_at=row.opened_at,
        answer_by=row.answer_by,
        closed_at=row.closed_at,
    )


def claims_of_order(shop_id: UUID, order_id: UUID) -> list[ClaimView]:
    """The claims on an order, latest first."""
    return [claim_view(row) for row in Claim.objects.filter(shop_id=shop_id, order_id=order_id).order_by("-id")]


def claims_of_orders(shop_id: UUID, order_ids: Sequence[UUID]) -> list[ClaimView]:
    """The claims on several orders, latest first."""
    return [claim_view(row) for row in Claim.objects.filter(shop_id=shop_id, order_id__in=order_ids).order_by("-id")]


def open_claims(shop_id: UUID, limit: int = 50) -> list[ClaimView]:
    """What waits for the staff, most urgent first."""
    rows = Claim.objects.filter(shop_id=shop_id, state=claim_states.OPEN).order_by("answer_by", "id")
    return [claim_view(row) for row in rows[: min(limit, 200)]]


def claim_text(shop_id: UUID, claim_id: UUID) -> str:
    """The buyer's own words; empty for none. For the owner and the staff."""
    row = Claim.objects.filter(shop_id=shop_id, id=claim_id).first()
    if row is None or row.text_blob is None or row.text_key_id is None:
        return ""
    return keyring().open(Sealed(row.text_key_id, bytes(row.text_blob)), claim_aad(claim_id)).decode()


def invoice_of_order(shop_id: UUID, order_id: UUID) -> Invoice | None:
    """The invoice title that came with an order. For the owner and the staff."""
    row = InvoiceTitle.objects.filter(shop_id=shop_id, order_id=order_id).first()
    if row is None:
        return None
    return Invoice(**json.loads(keyring().open(Sealed(row.key_id, bytes(row.blob)), invoice_aad(order_id))))


def claim_aad(claim_id: UUID) -> bytes:
    """What binds the sealed words of a claim to it."""
    return claim_id.bytes


def invoice_aad(order_id: UUID) -> bytes:
    """What binds a sealed title to its order."""
    return b"invoice:" + order_id.bytes
