"""Makers of shops, staff, clients and signed requests for tests."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from http_message_signatures import HTTPMessageSigner, MappingKeyResolver
from http_message_signatures.algorithms import ED25519, HMAC_SHA256

from goodfor.identity.operations.add_staff import add_staff
from goodfor.identity.operations.create_api_client import create_api_client
from goodfor.identity.operations.create_shop import create_shop
from goodfor.identity.operations.create_user import create_user
from goodfor.identity.types import NewApiKey, Role, Scope, ShopView, StaffView

_numbers = itertools.count(1)


def make_shop(now: datetime, **over: Any) -> ShopView:
    values = {
        "code": f"shop-{next(_numbers)}",
        "name": "小店",
        "currency": "CNY",
        "actor": "test",
        "now": now,
    }
    return create_shop(**{**values, **over})


def make_staff(shop: ShopView, now: datetime, role: str = Role.OWNER) -> StaffView:
    user_id = create_user(username=f"user-{next(_numbers)}")
    return add_staff(shop_id=shop.id, user_id=user_id, role=role, actor="test", now=now)


def make_client(shop: ShopView, now: datetime, scopes: Iterable[str] = tuple(Scope), **over: Any) -> NewApiKey:
    return create_api_client(
        **{"shop_id": shop.id, "name": "ERP", "scopes": scopes, "actor": "test", "now": now, **over}
    )


@dataclass
class Message:
    """A request to sign, as the library wants it."""

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


WHOLE = ("@method", "@target-uri", "content-digest", "idempotency-key")


def sign(
    message: Message,
    *,
    key: Any,
    key_id: str,
    created: datetime,
    nonce: str | None = "nonce-0001",
    cover: Iterable[str] = WHOLE,
    algorithm: str = "hmac-sha256",
    **options: Any,
) -> Message:
    signer = HTTPMessageSigner(
        signature_algorithm=ED25519 if algorithm == "ed25519" else HMAC_SHA256,
        key_resolver=MappingKeyResolver(public_keys={}, private_keys={key_id: key}),
    )
    if message.body or "content-digest" in cover:
        options = {"body": message.body, **options}
    signer.sign(message, key_id=key_id, created=created, nonce=nonce, covered_component_ids=tuple(cover), **options)
    return message
