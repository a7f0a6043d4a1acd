"""What is refused at the door, each with a stable code and nothing changed."""

import base64
import json
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.test import Client

from goodfor.identity.models import Shop
from goodfor.identity.operations import revoke_api_client, set_signing_key
from goodfor.identity.tests.factories import Message, make_client, make_shop, sign
from goodfor.identity.types import NewApiKey, ShopView
from goodfor.kernel.clock import utc_now
from goodfor.openapi import auth
from goodfor.openapi.bodies import MAX_BYTES
from goodfor.openapi.ratelimit import Limiter
from goodfor.openapi.tests.conftest import Ask, ask_with

pytestmark = [pytest.mark.django_db, pytest.mark.urls("goodfor.openapi.tests.dummy")]


def check(response: Any, status: int, code: str) -> dict[str, Any]:
    """The problem, after all that every problem must have was checked."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = json.loads(response.content)
    assert body["code"] == code
    assert body["type"] == f"urn:goodfor:problem:{code}"
    assert body["status"] == status
    assert body["title"]
    return body


def test_good(ask: Ask, shop: ShopView) -> None:
    response = ask("GET", "/echo")
    assert response.json() == {"limit": 5, "shop": str(shop.id)}
    assert response["RateLimit-Policy"] == '"client";q=100000;w=60'
    assert response["RateLimit"].startswith('"client";r=')
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "auth", ["", "Bearer", "Bearer x", "Basic abc", "Bearer gf_a_b", "Bearer gf_abcdefgh_é", "Bearer gf_" + "x" * 5000]
)
def test_no_key(ask: Ask, auth: str) -> None:
    response = ask("GET", "/echo", auth=auth)
    check(response, 401, "invalid_api_key")
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_revoked(ask: Ask, key: NewApiKey, shop: ShopView, came: datetime) -> None:
    assert ask("GET", "/echo").status_code == 200
    revoke_api_client(shop_id=shop.id, client_id=key.client.id, actor="t", now=came)
    check(ask("GET", "/echo"), 401, "invalid_api_key")


def test_scopes(shop: ShopView, came: datetime) -> None:
    ask = ask_with(make_client(shop, came, ["orders:write"]).api_key)
    assert check(ask("GET", "/echo"), 403, "insufficient_scope")["scope"] == "products:read"
    reader = ask_with(make_client(shop, came, ["products:read"]).api_key)
    check(reader("POST", "/things", json={"name": "x"}, idem="k"), 403, "insufficient_scope")
    assert Shop.objects.get(pk=shop.id).name == shop.name


@pytest.mark.parametrize("path", ["/nothing", "/", "/echo/", "/things/1", "/../admin", "/%E4%BD%A0"])
def test_unknown_route(ask: Ask, path: str) -> None:
    check(ask("GET", path), 404, "route_not_found")


def test_wrong_method(ask: Ask) -> None:
    response = ask("DELETE", "/echo")
    check(response, 405, "method_not_allowed")
    assert response["Allow"] == "GET"
    check(ask("GET", "/things"), 405, "method_not_allowed")


@pytest.mark.parametrize("query", ["limit=0", "limit=10", "limit=x", "limit=1.5", "limit=" + "9" * 500])
def test_bad_query(ask: Ask, query: str) -> None:
    problem = check(ask("GET", f"/echo?{query}"), 422, "validation_failed")
    assert [(e["in"], e["pointer"]) for e in problem["errors"]] == [("query", "/limit")]


@pytest.mark.parametrize("path", ["/echo?limit=%00", "/echo?x=a%00b", "/ec%00ho"])
def test_nul_in_address(ask: Ask, path: str) -> None:
    check(ask("GET", path), 422, "validation_failed")


BAD_BODIES: list[tuple[bytes, int, str, str | None]] = [
    (b"", 415, "unsupported_media_type", None),
    (b"{", 400, "invalid_json", None),
    (b'{"name": "\xff"}', 400, "invalid_json", None),
    (b'{"name": "\\ud800"}', 400, "invalid_json", None),
    (b'{"name": "a\x00b"}', 400, "invalid_json", None),
    (b"\xef\xbb\xbf{}", 400, "invalid_json", None),
    ('{"name": "中"}'.encode("gb18030"), 400, "invalid_json", None),
    (b"[" * 100_000, 400, "invalid_json", None),
    (b'{"name":' + b"[" * 5000 + b"]" * 5000 + b"}", 400, "invalid_json", None),
    (b"null", 422, "validation_failed", ""),
    (b"[]", 422, "validation_failed", ""),
    (b"{}", 422, "validation_failed", "/name"),
    (b'{"name": 1}', 422, "validation_failed", "/name"),
    (b'{"name": ""}', 422, "validation_failed", "/name"),
    (b'{"name": "a\\u0000b"}', 422, "validation_failed", "/name"),
    (b'{"name": "' + b"x" * 65 + b'"}', 422, "validation_failed", "/name"),
    (b'{"name": "x", "hunter2": 1}', 422, "validation_failed", "/hunter2"),
    (b'{"name": "x", "items": [{"count": 1}, {"count": 0}]}', 422, "validation_failed", "/items/1/count"),
    (b'{"name": "x", "items": [{"count": -5}]}', 422, "validation_failed", "/items/0/count"),
    (b'{"name": "x", "items": [{"count": "3"}]}', 422, "validation_failed", "/items/0/count"),
    (b'{"name": "x", "items": [{"count": 1.0}]}', 422, "validation_failed", "/items/0/count"),
    (b'{"name": "x", "items": [{"count": true}]}', 422, "validation_failed", "/items/0/count"),
    (b'{"name": "x", "items": [{"count": NaN}]}', 422, "validation_failed", "/items/0/count"),
    (b'{"name": "x", "items": [{"count": 1e400}]}', 422, "validation_failed", "/items/0/count"),
    (b'{"name": "x", "items": [{"count": ' + b"9" * 4000 + b"}]}", 422, "validation_failed", "/items/0/count"),
    (b'{"name": "x", "mode": "hunter2"}', 422, "validation_failed", "/mode"),
]


@pytest.mark.parametrize(("raw", "status", "code", "pointer"), BAD_BODIES)
def test_bad_bodies(ask: Ask, shop: ShopView, raw: bytes, status: int, code: str, pointer: str | None) -> None:
    response = ask("POST", "/things", raw=raw, idem="k")
    problem = check(response, status, code)
    if pointer is not None:
        assert [error["pointer"] for error in problem["errors"]] == [pointer]
        assert all(error["message"] for error in problem["errors"])
        if pointer != "/hunter2":  # the name of an unknown field is its pointer
            assert b"hunter2" not in response.content
    assert Shop.objects.get(pk=shop.id).name == shop.name


def test_many_errors_are_cut(ask: Ask) -> None:
    body = {"name": "x", **{f"field{i}": 1 for i in range(500)}}
    assert len(check(ask("POST", "/things", json=body, idem="k"), 422, "validation_failed")["errors"]) == 20


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""])
def test_media_type(ask: Ask, content_type: str) -> None:
    response = ask("POST", "/things", raw=b'{"name": "x"}', content_type=content_type, idem="k")
    check(response, 415, "unsupported_media_type")


def test_compressed_body(ask: Ask) -> None:
    check(ask("POST", "/things", json={"name": "x"}, idem="k", Content_Encoding="gzip"), 415, "unsupported_media_type")


def test_media_type_with_charset(ask: Ask) -> None:
    response = ask("POST", "/things", json={"name": "x"}, content_type="Application/JSON; charset=utf-8", idem="k")
    assert response.status_code == 201


def test_too_large(ask: Ask, shop: ShopView) -> None:
    for size in (MAX_BYTES + 1, 10 * 1024 * 1024):
        raw = b'{"name": "' + b"x" * (size - 12) + b'"}'
        assert check(ask("POST", "/things", raw=raw, idem="k"), 413, "body_too_large")["max_bytes"] == MAX_BYTES
    assert Shop.objects.get(pk=shop.id).name == shop.name


def _wsgi(key: NewApiKey, stream: BytesIO, **environ: str) -> Any:
    """A request as a server hands it over, without the test client's own care."""
    full = {
        "REQUEST_METHOD": "POST", "PATH_INFO": "/api/v1/things", "QUERY_STRING": "", "SERVER_NAME": "testserver",
        "SERVER_PORT": "80", "CONTENT_TYPE": "application/json", "wsgi.input": stream, "wsgi.url_scheme": "http",
        "HTTP_AUTHORIZATION": f"Bearer {key.api_key}", "HTTP_IDEMPOTENCY_KEY": "k", **environ,
    }  # fmt: skip
    return WSGIHandler().get_response(WSGIRequest(full))


def test_chunked_body_is_read_and_measured(key: NewApiKey, settings: Any) -> None:
    settings.MIDDLEWARE = []
    chunked = {"HTTP_TRANSFER_ENCODING": "chunked"}
    assert _wsgi(key, BytesIO(b'{"name": "x"}'), **chunked).status_code == 201
    huge = BytesIO(b" " * 10 * 1024 * 1024)
    check(_wsgi(key, huge, **chunked), 413, "body_too_large")
    assert huge.tell() < MAX_BYTES + 100_000


@pytest.mark.parametrize(("length", "status"), [("99999999999999999999", 413), ("-1", 400), ("abc", 400), ("²", 400)])
def test_lying_lengths(key: NewApiKey, settings: Any, length: str, status: int) -> None:
    settings.MIDDLEWARE = []
    assert _wsgi(key, BytesIO(b"{}"), CONTENT_LENGTH=length).status_code == status


def test_rate_limit(shop: ShopView, came: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth, "_limiter", Limiter(workers=1))
    ask = ask_with(make_client(shop, came, rate_per_minute=3).api_key)
    assert [ask("GET", "/echo").status_code for _ in range(3)] == [200] * 3
    response = ask("POST", "/things", json={"name": "x"}, idem="k")
    problem = check(response, 429, "rate_limited")
    assert 1 <= int(response["Retry-After"]) == problem["retry_after"] <= 20
    assert response["RateLimit-Policy"] == '"client";q=3;w=60'
    assert response["RateLimit"].startswith('"client";r=0;t=')
    assert Shop.objects.get(pk=shop.id).name == shop.name


def test_language_of_problems(ask: Ask) -> None:
    chinese = ask("GET", "/nothing").json()["title"]
    assert chinese == "没有这个接口"
    assert ask("GET", "/nothing", Accept_Language="zh-CN").json()["title"] == chinese
    english = ask("GET", "/nothing", Accept_Language="en-GB,en;q=0.9").json()
    assert english["title"].isascii()
    assert english["code"] == "route_not_found"
    body = {"name": "x", "items": [{"count": 11}]}
    problem = ask("POST", "/things", json=body, idem="k", Accept_Language="en").json()
    assert problem["errors"][0]["message"].isascii()
    assert "10" in problem["errors"][0]["message"]


def test_our_faults_say_nothing(ask: Ask, shop: ShopView) -> None:
    response = ask("POST", "/things", json={"name": "x", "mode": "bug"}, idem="k")
    check(response, 500, "internal_error")
    assert b"hunter2" not in response.content
    assert Shop.objects.get(pk=shop.id).name == shop.name
    assert ask("POST", "/things", json={"name": "x"}, idem="k").status_code == 201


def test_document_is_open_and_cached() -> None:
    response = Client().get("/api/v1/openapi.json")
    assert response.status_code == 200
    assert response.json()["openapi"] == "3.1.0"


def _send(message: Message, key: NewApiKey) -> Any:
    path = message.url.removeprefix("http://testserver")
    headers = {"Authorization": f"Bearer {key.api_key}", **message.headers}
    return Client().generic(message.method, path, message.body, content_type="application/json", headers=headers)


def _order(key: NewApiKey, secret: bytes, created: datetime, nonce: str = "nonce-0001", idem: str = "k-1") -> Message:
    message = Message("POST", "http://testserver/api/v1/things", {"Idempotency-Key": idem}, b'{"name": "x"}')
    return sign(message, key=secret, key_id=key.client.key_id, created=created, nonce=nonce)


def test_signatures(key: NewApiKey, shop: ShopView, ask: Ask) -> None:
    now = utc_now()
    shown = set_signing_key(shop_id=shop.id, client_id=key.client.id, algorithm="hmac-sha256", actor="t", now=now)
    assert shown is not None
    secret = base64.urlsafe_b64decode(shown.secret)
    check(ask("POST", "/things", json={"name": "x"}, idem="k-1"), 401, "signature_required")
    check(_send(_order(key, b"wrong" * 7, now), key), 401, "invalid_signature")
    check(_send(_order(key, secret, now - timedelta(seconds=301)), key), 401, "signature_expired")
    check(_send(_order(key, secret, now + timedelta(seconds=60)), key), 401, "signature_expired")
    tampered = _order(key, secret, now)
    tampered.body = b'{"name": "y"}'
    check(_send(tampered, key), 401, "invalid_signature")
    swapped = _order(key, secret, now)
    swapped.headers["Idempotency-Key"] = "k-2"
    check(_send(swapped, key), 401, "invalid_signature")
    assert Shop.objects.get(pk=shop.id).name == shop.name
    good = _order(key, secret, now)
    assert _send(good, key).status_code == 201
    check(_send(good, key), 401, "signature_replayed")
    again = _send(_order(key, secret, now, "nonce-0002"), key)
    assert again["Idempotency-Replayed"] == "true"
    assert Shop.objects.get(pk=shop.id).name == shop.name + "+"


def test_signature_without_a_key_on_file(key: NewApiKey) -> None:
    check(_send(_order(key, b"s" * 32, utc_now()), key), 401, "invalid_signature")


def test_foreign_shop_is_out_of_reach(ask: Ask, came: datetime) -> None:
    other = make_shop(came)
    stranger = ask_with(make_client(other, came).api_key)
    assert stranger("GET", "/echo").json()["shop"] == str(other.id)
