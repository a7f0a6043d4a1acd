"""Send a browser away with a challenge and take it back once; steps of passkeys and foreign sign-ins."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from goodfor.identity.buyer_models import Ceremony
from goodfor.kernel.crypto import Sealed, keyring
from goodfor.kernel.ids import uuid7
from goodfor.kernel.sql import Statement

LIFETIME = timedelta(minutes=10)
_TAKE = Statement("goodfor.identity", "sql/take_ceremony.sql")


def open_ceremony(shop_id: UUID, kind: str, buyer_id: UUID | None, payload: dict[str, Any], now: datetime) -> UUID:
    """Keep what the answer is to be held against, sealed, for ten minutes."""
    row_id = uuid7()
    sealed = keyring().seal(json.dumps(payload).encode(), _aad(shop_id, row_id))
    Ceremony.objects.create(
        id=row_id,
        shop_id=shop_id,
        kind=kind,
        buyer_id=buyer_id,
        payload_key_id=sealed.key_id,
        payload_blob=sealed.blob,
        expires_at=now + LIFETIME,
    )
    return row_id


def take_ceremony(
    shop_id: UUID, ceremony_id: UUID, kind: str, buyer_id: UUID | None, now: datetime, *, any_buyer: bool = False
) -> tuple[dict[str, Any], UUID | None] | None:
    """(payload, buyer) and the ceremony is over; None when there is none, it is too old, or another buyer's."""
    row = _TAKE.row(
        {
            "shop_id": shop_id,
            "ceremony_id": ceremony_id,
            "kind": kind,
            "buyer_id": buyer_id,
            "any_buyer": any_buyer or buyer_id is None,
            "now": now,
        }
    )
    if row is None or not row[2]:
        return None
    payload: dict[str, Any] = json.loads(keyring().open(Sealed(row[0], bytes(row[1])), _aad(shop_id, ceremony_id)))
    return payload, row[3]


def _aad(shop_id: UUID, row_id: UUID) -> bytes:
    return b"identity.ceremony:" + shop_id.bytes + row_id.bytes
