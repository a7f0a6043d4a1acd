"""Seal the secrets of accounts and the names of receivers anew under the active key, while they are used."""

from datetime import datetime
from uuid import UUID

from goodfor.kernel.sealed import Step, reseal_rows
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job
from goodfor.payments.mapping import receiver_aad, secret_aad

CHUNK = 50
_PICK = Statement("goodfor.payments", "sql/reseal_pick.sql")
_STORE = Statement("goodfor.payments", "sql/reseal_store.sql")
_PICK_NAMES = Statement("goodfor.payments", "sql/reseal_pick_names.sql")
_STORE_NAMES = Statement("goodfor.payments", "sql/reseal_store_names.sql")


def reseal_account_secrets(*, after: UUID | None = None, limit: int = CHUNK, now: datetime) -> Step:  # noqa: ARG001
    """Re-encrypt up to `limit` of them with an id beyond `after`; one that is changed meanwhile keeps the change.

    The kernel's loop calls it until a whole pass finds nothing. Can stop anywhere.
    """
    with platform_job("key rotation"):
        return reseal_rows(_PICK, _STORE, _aad, after=after, limit=limit)


def reseal_receiver_names(*, after: UUID | None = None, limit: int = CHUNK, now: datetime) -> Step:  # noqa: ARG001
    """The same of legal names."""
    with platform_job("key rotation"):
        return reseal_rows(_PICK_NAMES, _STORE_NAMES, _name_aad, after=after, limit=limit)


def _name_aad(receiver_id: UUID, shop_id: UUID) -> bytes:
    return receiver_aad(shop_id, receiver_id)


def _aad(account_id: UUID, shop_id: UUID) -> bytes:
    return secret_aad(shop_id, account_id)
