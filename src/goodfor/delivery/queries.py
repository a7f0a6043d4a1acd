"""Reads of delivery."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from goodfor.delivery.models import TopUp
from goodfor.delivery.types import BoughtCode, MaskedCode, TopUpProof
from goodfor.kernel.sql import Statement
from goodfor.vault import queries as vault

_REVEALS = Statement(__package__, "sql/reveals.sql")


def revealed(shop_id: UUID, holder_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """First showing of each code that was ever shown, by code id."""
    return dict(_REVEALS.rows({"shop_id": shop_id, "holder_ids": list(holder_ids)}))


def masked_codes(shop_id: UUID, holder_ids: Sequence[UUID]) -> list[MaskedCode]:
    """The codes of an order's lines, without their text, in order."""
    shown = revealed(shop_id, holder_ids)
    codes: list[MaskedCode] = []
    for holder_id in holder_ids:
        for held in vault.held(shop_id, holder_id):
            position = len(codes) + 1
            codes.append(MaskedCode(held.code_id, holder_id, position, held.expires_at, shown.get(held.code_id)))
    return codes


def bought_codes(shop_id: UUID, holder_ids: Sequence[UUID]) -> list[BoughtCode]:
    """Every code of an order's lines: those that can be shown, in order, then those that were set aside."""
    codes = {
        one.code_id: BoughtCode(one.code_id, one.line_id, one.revealed_at) for one in masked_codes(shop_id, holder_ids)
    }
    # Asked for afterwards: one that is set aside in between is found, and once.
    for aside in vault.set_aside(shop_id, holder_ids):
        codes[aside.code_id] = BoughtCode(aside.code_id, aside.holder_id, aside.revealed_at, aside=True)
    return list(codes.values())


def top_up_proofs(shop_id: UUID, line_ids: Sequence[UUID]) -> list[TopUpProof]:
    """How the accounts of an order's lines were topped up, oldest first."""
    rows = TopUp.objects.filter(shop_id=shop_id, holder_id__in=line_ids).order_by("done_at", "id")
    return [
        TopUpProof(row.holder_id, row.number, row.supplier, row.ref, row.units, row.message, row.done_at)
        for row in rows
    ]
