"""Request idempotency: a key with the hash of its body, and the answer stored in the transaction of the effect.

Keys are kept for a week (`purge.KEY_AGE`): after that a repetition is a new request.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.crypto import Sealed, keyring
from goodfor.kernel.errors import Conflict, InvalidInput
from goodfor.kernel.sql import Statement

_KEY_ID_BYTES = 4
_CLAIM = Statement(__package__, "sql/idempotency_claim.sql")
_FINISH = Statement(__package__, "sql/idempotency_finish.sql")
_STORE = Statement(__package__, "sql/idempotency_store.sql")
_LOOKUP = Statement(__package__, "sql/idempotency_lookup.sql")


@dataclass(frozen=True, slots=True)
class Replay:
    """The answer given before."""

    status: int
    body: bytes


class KeyReused(InvalidInput):
    """The key came with another body before."""

    code = "idempotency_key_reused"
    http_status = 422
    title = _("同一个幂等键不能用于不同的请求内容")


class InProgress(Conflict):
    """The first request with this key has no answer yet."""

    code = "idempotency_in_progress"
    title = _("相同的请求正在处理，请稍后重试")


class LostRace(Exception):
    """Another request with the key committed first: roll back and look up its answer."""


def lookup(*, shop_id: UUID, scope: str, key: str, body_hash: bytes) -> Replay | None:
    """The stored answer, or None. Raises KeyReused, InProgress."""
    row = _LOOKUP.row({"shop_id": shop_id, "scope": scope, "key": key})
    return None if row is None else _replay(row, body_hash)


def claim(*, shop_id: UUID, scope: str, key: str, body_hash: bytes, now: datetime) -> Replay | None:
    """Insert the key at the start of a transaction; waits for a concurrent holder. None: go on, then `finish`.

    Raises KeyReused, InProgress.
    """
    params = {"shop_id": shop_id, "scope": scope, "key": key, "body_hash": body_hash, "now": now}
    if _CLAIM.row(params) is not None:
        return None
    row = _LOOKUP.row(params)
    if row is None:
        raise InProgress
    return _replay(row, body_hash)


def finish(*, shop_id: UUID, scope: str, key: str, status: int, body: bytes) -> None:
    """Store the answer of a claimed key."""
    _FINISH.run({"shop_id": shop_id, "scope": scope, "key": key, "status": status, "answer": body})


def store(*, shop_id: UUID, scope: str, key: str, body_hash: bytes, status: int, body: bytes, now: datetime) -> None:
    """Insert key and answer in one statement at the end of the transaction (hot path, after `lookup` said None).

    Raises LostRace when another request with the key committed meanwhile: the whole transaction must roll back.
    """
    params = {"shop_id": shop_id, "scope": scope, "key": key, "body_hash": body_hash, "now": now}
    if _STORE.run({**params, "status": status, "answer": body}) != 1:
        raise LostRace


def seal_answer(content: bytes, aad: bytes) -> bytes:
    """An answer that the database may not know in plain, as it is stored: key id (4 bytes), sealed content.

    `sealed.ANSWERS` counts the keys by these four bytes.
    """
    sealed = keyring().seal(content, aad)
    return sealed.key_id.to_bytes(_KEY_ID_BYTES, "big") + sealed.blob


def open_answer(stored: bytes, aad: bytes) -> bytes:
    """What `seal_answer` sealed. Raises DecryptFailed."""
    return keyring().open(Sealed(int.from_bytes(stored[:_KEY_ID_BYTES], "big"), stored[_KEY_ID_BYTES:]), aad)


def _replay(row: tuple[object, ...], body_hash: bytes) -> Replay:
    stored_hash, status, answer = row
    if bytes(stored_hash) != body_hash:  # type: ignore[call-overload]
        raise KeyReused
    if status is None:
        raise InProgress
    return Replay(int(status), bytes(answer))  # type: ignore[call-overload]
