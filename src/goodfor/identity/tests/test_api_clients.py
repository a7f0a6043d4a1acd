"""API clients: keys shown once, rotated with grace, revoked at once; signatures used once."""

import base64
import threading
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import IntegrityError, connection, transaction

from goodfor.identity.errors import (
    ClientNotFound,
    ClientRevoked,
    InvalidApiKey,
    InvalidIdentity,
    InvalidSignature,
    ShopNotFound,
    SignatureReplayed,
    SignatureRequired,
)
from goodfor.identity.models import ApiClient, SignatureNonce
from goodfor.identity.operations.check_signature import check_signature
from goodfor.identity.operations.purge_nonces import purge_nonces
from goodfor.identity.operations.revoke_api_client import revoke_api_client
from goodfor.identity.operations.rotate_api_key import rotate_api_key
from goodfor.identity.operations.set_signing_key import set_signing_key
from goodfor.identity.operations.touch_api_client import touch_api_client
from goodfor.identity.operations.use_nonce import use_nonce
from goodfor.identity.queries import authenticate, client_by_key_id, client_of_shop, clients_of_shop
from goodfor.identity.tests.factories import Message, make_client, make_shop, sign
from goodfor.identity.types import SignedRequest

pytestmark = pytest.mark.django_db


def _audit_actions() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT action FROM kernel_audit WHERE shop_id IS NOT NULL ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def test_create_and_authenticate(now: datetime, django_assert_num_queries: Any) -> None:
    shop = make_shop(now)
    new = make_client(shop, now, ["orders:read"], rate_per_minute=30)
    caller = authenticate(f"Bearer {new.api_key}", now)
    assert (caller.shop_id, caller.client_id, caller.currency) == (shop.id, new.client.id, "CNY")
    assert caller.scopes == {"orders:read"}
    assert caller.rate_per_minute == 30
    assert caller.wallet_account == f"2207:wallet:{new.client.id}"
    assert caller.touch_due
    row = ApiClient.objects.get(shop_id=shop.id)
    secret = new.api_key.split("_", 2)[2]
    assert secret.encode() not in bytes(row.secret_hash)
    assert _audit_actions() == ["identity.shop_created", "identity.api_client_created"]


def test_wrong_keys(now: datetime) -> None:
    new = make_client(make_shop(now), now)
    for key in (new.api_key + "x", new.api_key[:-1], "gf_nobody22_" + "x" * 43, "", "gf_a_b", "gf_\x00_b"):
        with pytest.raises(InvalidApiKey):
            authenticate(f"Bearer {key}", now)


@pytest.mark.parametrize(
    "over",
    [
        {"name": " "}, {"name": "x" * 101}, {"scopes": []}, {"scopes": ["admin"]}, {"rate_per_minute": 0},
        {"rate_per_minute": 1_000_001},
    ],
)  # fmt: skip
def test_bad_clients(now: datetime, over: dict[str, Any]) -> None:
    shop = make_shop(now)
    with pytest.raises(InvalidIdentity):
        make_client(shop, now, **over)
    assert clients_of_shop(shop.id) == []


def test_unknown_shop(now: datetime) -> None:
    shop = make_shop(now)
    with pytest.raises(ShopNotFound):
        make_client(shop, now, shop_id=uuid4())


def test_rotation_with_grace(now: datetime) -> None:
    shop = make_shop(now)
    first = make_client(shop, now)
    second = rotate_api_key(shop_id=shop.id, client_id=first.client.id, grace=timedelta(hours=1), actor="test", now=now)
    assert second.api_key != first.api_key
    for key in (first, second):
        assert authenticate(f"Bearer {key.api_key}", now + timedelta(minutes=59)).client_id == first.client.id
    late = now + timedelta(hours=1)
    with pytest.raises(InvalidApiKey):
        authenticate(f"Bearer {first.api_key}", late)
    assert authenticate(f"Bearer {second.api_key}", late)
    third = rotate_api_key(shop_id=shop.id, client_id=first.client.id, grace=timedelta(0), actor="test", now=now)
    for key in (first, second):
        with pytest.raises(InvalidApiKey):
            authenticate(f"Bearer {key.api_key}", now)
    assert authenticate(f"Bearer {third.api_key}", now)
    with pytest.raises(InvalidIdentity):
        rotate_api_key(shop_id=shop.id, client_id=first.client.id, grace=timedelta(days=31), actor="t", now=now)


def test_revocation(now: datetime) -> None:
    shop = make_shop(now)
    new = make_client(shop, now)
    assert revoke_api_client(shop_id=shop.id, client_id=new.client.id, actor="test", now=now)
    assert not revoke_api_client(shop_id=shop.id, client_id=new.client.id, actor="test", now=now)
    assert _audit_actions().count("identity.api_client_revoked") == 1
    with pytest.raises(InvalidApiKey):
        authenticate(f"Bearer {new.api_key}", now)
    with pytest.raises(ClientRevoked):
        rotate_api_key(shop_id=shop.id, client_id=new.client.id, actor="test", now=now)
    with pytest.raises(ClientRevoked):
        set_signing_key(shop_id=shop.id, client_id=new.client.id, algorithm=None, actor="test", now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiClient.objects.filter(shop_id=shop.id).update(revoked_at=None, active=True)


def test_other_shops_clients_are_not_there(now: datetime) -> None:
    mine, theirs = make_shop(now), make_shop(now)
    new = make_client(theirs, now)
    before = ApiClient.objects.filter(shop_id=theirs.id).values().get()
    audited = len(_audit_actions())
    with pytest.raises(ClientNotFound):
        rotate_api_key(shop_id=mine.id, client_id=new.client.id, actor="test", now=now)
    with pytest.raises(ClientNotFound):
        revoke_api_client(shop_id=mine.id, client_id=new.client.id, actor="test", now=now)
    with pytest.raises(ClientNotFound):
        set_signing_key(shop_id=mine.id, client_id=new.client.id, algorithm="hmac-sha256", actor="t", now=now)
    with pytest.raises(ClientNotFound):
        client_of_shop(shop_id=mine.id, client_id=new.client.id)
    with pytest.raises(ClientNotFound):
        client_by_key_id(shop_id=mine.id, key_id=new.client.key_id)
    assert client_by_key_id(shop_id=theirs.id, key_id=new.client.key_id) == new.client
    assert ApiClient.objects.filter(shop_id=theirs.id).values().get() == before
    assert len(_audit_actions()) == audited


def test_touch_is_rare(now: datetime) -> None:
    shop = make_shop(now)
    new = make_client(shop, now)
    who = {"shop_id": shop.id, "client_id": new.client.id}
    assert touch_api_client(**who, now=now)
    assert not touch_api_client(**who, now=now + timedelta(minutes=10))
    assert not authenticate(f"Bearer {new.api_key}", now + timedelta(minutes=10)).touch_due
    assert authenticate(f"Bearer {new.api_key}", now + timedelta(minutes=11)).touch_due
    assert touch_api_client(**who, now=now + timedelta(minutes=11))


def _request(key: Any, key_id: str, now: datetime, nonce: str = "nonce-0001", **over: Any) -> SignedRequest:
    message = Message("POST", "https://a.example/api/v1/orders", {"Idempotency-Key": "k"}, b"{}")
    sign(message, key=key, key_id=key_id, created=now, nonce=nonce, **over)
    return SignedRequest(message.method, message.url, message.headers, message.body)


def test_signed_with_a_shared_secret(now: datetime) -> None:
    shop = make_shop(now)
    new = make_client(shop, now)
    shown = set_signing_key(shop_id=shop.id, client_id=new.client.id, algorithm="hmac-sha256", actor="test", now=now)
    assert shown is not None
    raw = base64.urlsafe_b64decode(shown.secret)
    row = ApiClient.objects.get(shop_id=shop.id)
    assert raw not in bytes(row.signing_secret_blob)
    caller = authenticate(f"Bearer {new.api_key}", now)
    assert caller.require_signature
    unsigned = SignedRequest("GET", "https://a.example/", {}, b"")
    with pytest.raises(SignatureRequired):
        check_signature(caller=caller, request=unsigned, now=now)
    request = _request(raw, new.client.key_id, now)
    assert check_signature(caller=caller, request=request, now=now)
    with pytest.raises(SignatureReplayed):
        check_signature(caller=caller, request=request, now=now)
    assert check_signature(caller=caller, request=_request(raw, new.client.key_id, now, "nonce-0002"), now=now)
    # another client of the shop may use the same nonce, but not this client's key
    other = authenticate(f"Bearer {make_client(shop, now).api_key}", now)
    with pytest.raises(InvalidSignature):
        check_signature(caller=other, request=request, now=now)
    assert SignatureNonce.objects.filter(shop_id=shop.id).count() == 2


def test_signed_with_ed25519(now: datetime) -> None:
    shop = make_shop(now)
    new = make_client(shop, now)
    private = Ed25519PrivateKey.generate()
    who = {"shop_id": shop.id, "client_id": new.client.id, "actor": "test", "now": now}
    for bad in (None, b"short", b"x" * 33):
        with pytest.raises(InvalidIdentity):
            set_signing_key(**who, algorithm="ed25519", public_key=bad)
    with pytest.raises(InvalidIdentity):
        set_signing_key(**who, algorithm="rsa")
    raw = private.public_key().public_bytes_raw()
    assert set_signing_key(**who, algorithm="ed25519", public_key=raw, require=False) is None
    caller = authenticate(f"Bearer {new.api_key}", now)
    assert not check_signature(caller=caller, request=SignedRequest("GET", "https://a/", {}, b""), now=now)
    assert check_signature(
        caller=caller, request=_request(private, new.client.key_id, now, algorithm="ed25519"), now=now
    )
    assert set_signing_key(**who, algorithm=None) is None
    assert authenticate(f"Bearer {new.api_key}", now).signing_algorithm == ""


def test_nonces_are_purged(now: datetime) -> None:
    shop, client = make_shop(now), uuid4()
    for i, age in enumerate((1, 0, -1)):
        expires = now - timedelta(seconds=age)
        use_nonce(shop_id=shop.id, client_id=client, nonce=f"nonce-{i}", expires_at=expires)
    assert purge_nonces(now=now) == 1
    assert SignatureNonce.objects.filter(shop_id=shop.id).count() == 2


@pytest.mark.django_db(transaction=True)
def test_one_of_many_replays_wins(now: datetime) -> None:
    shop, client, outcomes = make_shop(now), uuid4(), []
    barrier = threading.Barrier(8)

    def run() -> None:
        barrier.wait()
        try:
            use_nonce(shop_id=shop.id, client_id=client, nonce="nonce-0001", expires_at=now)
            outcomes.append(True)
        except SignatureReplayed:
            outcomes.append(False)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [False] * 7 + [True]
