"""A vendor's access token, kept for all processes: read it, claim the right to fetch one, keep what was fetched."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F

from goodfor.kernel.crypto import DecryptFailed, Sealed, keyring
from goodfor.kernel.sql import Statement
from goodfor.notify.models import Token

_CLAIM: Final = Statement("goodfor.notify", "sql/claim_token.sql")
#: Who has claimed has this long to fetch; then somebody else may.
FETCH_WITHIN: Final = timedelta(seconds=20)
#: A token is not used in its last minutes: it could end on the way.
MARGIN: Final = timedelta(minutes=5)


def kept(*, shop_id: UUID, account_id: UUID, now: datetime) -> tuple[str, int] | None:
    """(token, its number) while it is good, else None."""
    row = Token.objects.filter(shop_id=shop_id, account_id=account_id, expires_at__gt=now).first()
    if row is None or row.token_key_id is None or row.token_blob is None:
        return None
    try:
        text = keyring().open(Sealed(row.token_key_id, bytes(row.token_blob)), token_aad(shop_id, account_id))
    except DecryptFailed:
        return None
    return text.decode(), row.fetched


def claim(*, shop_id: UUID, account_id: UUID, stale: int, now: datetime) -> bool:
    """True when the caller is to fetch: there is none, it has ended, or it is the refused one (`stale`)."""
    with transaction.atomic():
        params = {"shop_id": shop_id, "account_id": account_id, "stale": stale, "now": now, "until": now + FETCH_WITHIN}
        return _CLAIM.row(params) is not None


def keep(*, shop_id: UUID, account_id: UUID, token: str, seconds: int, now: datetime) -> int:
    """Keep what was fetched; its number."""
    sealed = keyring().seal(token.encode(), token_aad(shop_id, account_id))
    lifetime = max(timedelta(seconds=seconds) - MARGIN, timedelta(seconds=seconds) / 2)
    with transaction.atomic():
        rows = Token.objects.filter(shop_id=shop_id, account_id=account_id)
        rows.update(
            token_key_id=sealed.key_id,
            token_blob=sealed.blob,
            expires_at=now + lifetime,
            fetching_until=None,
            fetched=F("fetched") + 1,
        )
        return int(rows.values_list("fetched", flat=True).get())


def give_up(*, shop_id: UUID, account_id: UUID) -> None:
    """Nothing came: let the next one try."""
    with transaction.atomic():
        Token.objects.filter(shop_id=shop_id, account_id=account_id).update(fetching_until=None)


def token_aad(shop_id: UUID, account_id: UUID) -> bytes:
    """Binds a sealed access token to its account."""
    return f"notify_token:{shop_id}:{account_id}".encode()
