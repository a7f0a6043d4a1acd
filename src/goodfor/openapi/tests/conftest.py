"""A shop, a client and a way to ask."""

import json as json_module
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from goodfor.identity.tests.factories import make_client, make_shop
from goodfor.identity.types import NewApiKey, ShopView
from goodfor.kernel.clock import utc_now

Ask = Callable[..., Any]


@pytest.fixture
def shop(db: None) -> ShopView:
    return make_shop(utc_now())


@pytest.fixture
def key(shop: ShopView) -> NewApiKey:
    return make_client(shop, utc_now(), rate_per_minute=100_000)


@pytest.fixture
def came() -> datetime:
    return utc_now()


def ask_with(api_key: str) -> Ask:
    """ask(method, path, json=..., idem=..., **headers) with this key."""
    client = Client(raise_request_exception=False)

    def ask(
        method: str,
        path: str,
        *,
        json: Any = None,
        raw: bytes | None = None,
        idem: str | None = None,
        content_type: str = "application/json",
        auth: str | None = None,
        **headers: Any,
    ) -> Any:
        sent = {"Authorization": f"Bearer {api_key}" if auth is None else auth}
        if idem is not None:
            sent["Idempotency-Key"] = idem
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        body = raw if raw is not None else (b"" if json is None else json_module.dumps(json).encode())
        return client.generic(method, f"/api/v1{path}", body, content_type=content_type if body else "", headers=sent)

    return ask  # fmt: skip


@pytest.fixture
def ask(key: NewApiKey) -> Ask:
    return ask_with(key.api_key)
