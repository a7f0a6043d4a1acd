"""Writes happen once: the answer is stored under the client's Idempotency-Key, in the transaction of the effect.

A refused write (any problem response) stores nothing and changed nothing, so its key may be used again.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from pydantic import BaseModel

from goodfor.identity.types import ApiCaller
from goodfor.kernel.errors import DomainError
from goodfor.kernel.idempotency import InProgress, LostRace, Replay, lookup, open_answer, seal_answer, store
from goodfor.openapi.answers import CONTENT_TYPE, encode
from goodfor.openapi.bodies import parse
from goodfor.openapi.errors import IdempotencyKeyInvalid, IdempotencyKeyRequired
from goodfor.openapi.requests import ApiRequest

M = TypeVar("M", bound=BaseModel)
#: (caller, body, idempotency key, now) -> (HTTP status, data of the answer)
Work = Callable[[ApiCaller, M, str, datetime], tuple[int, Any]]
_KEY_LENGTHS = range(1, 256)


def write(
    request: ApiRequest,
    model: type[M],
    work: "Work[M]",
    *,
    optional: bool = False,
    secret: Callable[[M], bool] | None = None,
    look_first: Callable[[M], bool] | None = None,
    before: Callable[[ApiCaller, M, datetime], None] | None = None,
) -> HttpResponse:
    """Do `work` once for the request's key; a repetition gets the stored answer and `Idempotency-Replayed: true`.

    `look_first` false: a first request, the common one, costs one statement less; a repetition then finds its answer
    only after its own work was rolled back, so it is for work that touches nothing but the database.
    `before` is called ahead of the transaction, unless the answer was found; what it refuses is refused.
    `secret`: true when the answer holds something that the database may not know in plain: it is stored sealed.
    Raises IdempotencyKeyRequired, IdempotencyKeyInvalid, KeyReused, InProgress, and what `parse` and `work` raise.
    """
    key = idempotency_key(request)
    body = parse(request, request.raw, model, optional=optional)
    caller, now = request.auth, request.came_at
    scope = f"api:{caller.client_id}"
    fingerprint = _fingerprint(request)
    aad = _aad(caller, key) if secret is not None and secret(body) else None
    if look_first is None or look_first(body):
        found = lookup(shop_id=caller.shop_id, scope=scope, key=key, body_hash=fingerprint)
        if found is not None:
            return _replayed(found, aad)
    try:
        if before is not None:
            before(caller, body, now)
        with transaction.atomic():
            status, data = work(caller, body, key, now)
            content = encode(data)
            store(
                shop_id=caller.shop_id,
                scope=scope,
                key=key,
                body_hash=fingerprint,
                status=status,
                body=content if aad is None else seal_answer(content, aad),
                now=now,
            )
    except (LostRace, DomainError) as error:
        # A twin of this request may have been first and be the very reason of the refusal: then its answer counts.
        found = lookup(shop_id=caller.shop_id, scope=scope, key=key, body_hash=fingerprint)
        if found is not None:
            return _replayed(found, aad)
        if isinstance(error, LostRace):
            raise InProgress from error
        raise
    return HttpResponse(content, content_type=CONTENT_TYPE, status=status)


def write_again(
    request: ApiRequest, model: type[M], work: "Work[M]", *, optional: bool = False,
    before: Callable[[ApiCaller, M, datetime], None] | None = None,
) -> HttpResponse:  # fmt: skip
    """Like `write` for work that may be repeated and whose answer may not be stored at all: a repetition works anew.

    `before` is called ahead of the transaction, each time.
    """
    key = idempotency_key(request)
    body = parse(request, request.raw, model, optional=optional)
    caller, now = request.auth, request.came_at
    scope = f"api:{caller.client_id}"
    fingerprint = _fingerprint(request)
    found = lookup(shop_id=caller.shop_id, scope=scope, key=key, body_hash=fingerprint)
    replayed = found is not None
    if before is not None:
        before(caller, body, now)
    try:
        with transaction.atomic():
            status, data = work(caller, body, key, now)
            if not replayed:
                store(
                    shop_id=caller.shop_id,
                    scope=scope,
                    key=key,
                    body_hash=fingerprint,
                    status=status,
                    body=b"",
                    now=now,
                )
    except LostRace as error:
        raise InProgress from error
    response = HttpResponse(encode(data), content_type=CONTENT_TYPE, status=status)
    if replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return response


def idempotency_key(request: HttpRequest) -> str:
    """The Idempotency-Key of a write. Raises IdempotencyKeyRequired, IdempotencyKeyInvalid."""
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        raise IdempotencyKeyRequired
    if len(key) not in _KEY_LENGTHS or not key.isascii() or not key.isprintable() or " " in key:
        raise IdempotencyKeyInvalid
    return str(key)


def _fingerprint(request: ApiRequest) -> bytes:
    """SHA-256 over method, address and body: the same key for anything else is a mistake."""
    return hashlib.sha256(f"{request.method} {request.path}\n".encode() + request.raw).digest()


def _replayed(found: Replay, aad: bytes | None) -> HttpResponse:
    content = found.body if aad is None else open_answer(found.body, aad)
    response = HttpResponse(content, content_type=CONTENT_TYPE, status=found.status)
    response.headers["Idempotency-Replayed"] = "true"
    return response


def _aad(caller: ApiCaller, key: str) -> bytes:
    return b"openapi.answer:" + caller.shop_id.bytes + caller.client_id.bytes + key.encode()
