"""Bad input through the real addresses: a clear refusal with a stable code, and nothing is changed."""

import base64
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import signing
from django.test import Client

from goodfor.cli import world
from goodfor.identity.operations.create_api_client import create_api_client
from goodfor.identity.operations.set_signing_key import set_signing_key
from goodfor.identity.tests.factories import Message, sign
from goodfor.identity.types import Scope
from goodfor.kernel.clock import utc_now
from goodfor.orders.operations import refund_order
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import broken, buy, open_till, place, sql
from goodfor.risk.tests.traces import is_trace
from goodfor.storefront import grants

pytestmark = pytest.mark.django_db(transaction=True)
#: What may change when a request is refused: the count of tries, a nonce that was used, when a key was last used,
#: a key of the installation that is made at its first use.
COUNTERS = {"storefront_attempt", "identity_nonce", "kernel_data_key"}


@dataclass
class World:
    """Two shops; `ask` speaks with the key of the first."""

    shop: Shop
    other: Shop
    till: Any

    def ask(
        self, method: str, path: str, body: Any = None, *, raw: bytes | None = None, key: str = "",
        idem: str | None = "k", content_type: str = "application/json", **headers: str,
    ) -> Any:  # fmt: skip
        sent = {"Authorization": f"Bearer {key or self.shop.demo.api_key}"}
        if idem is not None and method != "GET":
            sent["Idempotency-Key"] = idem
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        content = raw if raw is not None else (b"" if body is None else json.dumps(body).encode())
        client = Client(raise_request_exception=False)
        return client.generic(method, f"/api/v1{path}", content, content_type=content_type, headers=sent)


def stocked(code: str, now: datetime) -> Shop:
    demo = world.make_shop(now, code=code, name=code)
    codes = world.random_codes(20)
    world.load_codes(demo.shop_id, demo.skus["kw-50"], codes, now, cost_minor=800)
    return Shop(demo, demo.skus["kw-50"], codes)


@pytest.fixture
def at() -> datetime:
    return utc_now()


@pytest.fixture
def it(at: datetime) -> World:
    shop, other = stocked("demo", at), stocked("other", at)
    return World(shop, other, open_till(shop.demo.shop_id, at))


def rows() -> dict[str, int]:
    """Rows of every table of ours."""
    tables = sql("SELECT table_schema || '.' || quote_ident(table_name), table_name FROM information_schema.tables"
                 " WHERE table_type = 'BASE TABLE' AND table_schema NOT IN"
                 " ('pg_catalog', 'information_schema')")  # fmt: skip
    return {
        name: sql(f"SELECT count(*) FROM {full}")[0][0]
        for full, name in tables
        if name not in COUNTERS and not is_trace(name)
    }


def codes_by_state() -> list[Any]:
    return sql("SELECT shop_id, state, count(*) FROM vault_code GROUP BY shop_id, state ORDER BY 1, 2")


def refused(response: Any, status: int, code: str) -> None:
    assert response.status_code == status, (response.status_code, response.content[:500])
    assert response["Content-Type"].startswith("application/problem+json")
    body = json.loads(response.content)
    assert (body["code"], body["status"], body["type"]) == (code, status, f"urn:goodfor:problem:{code}")
    assert body["title"]


def order(sku: Any, quantity: Any = 1, **more: Any) -> dict[str, Any]:
    return {"lines": [{"sku_id": str(sku), "quantity": quantity}], "payment": "balance", **more}


def nothing_changes(attack: Callable[[], None]) -> None:
    before, states = rows(), codes_by_state()
    attack()
    assert rows() == before
    assert codes_by_state() == states


HUGE = b'{"x":"' + b"a" * 10_000_000 + b'"}'
DEEP = b"[" * 200_000
BODIES: list[tuple[str, Any, int, str]] = [
    ("10 MB of JSON", HUGE, 413, "body_too_large"),
    ("just above the limit", b" " * 1_048_577, 413, "body_too_large"),
    ("nested 200,000 deep", DEEP, 400, "invalid_json"),
    ("no JSON", b"{lines", 400, "invalid_json"),
    ("no UTF-8", b'{"payment": "\xff\xfe"}', 400, "invalid_json"),
    ("a NUL byte", b'{"payment":"bal\x00ance"}', 400, "invalid_json"),
    ("empty", b"", 415, "unsupported_media_type"),
    ("a list", [], 422, "validation_failed"),
    ("a number of 5,000 digits", b'{"lines":[{"sku_id":"SKU","quantity":' + b"9" * 5000 + b'}],"payment":"balance"}',
     400, "invalid_json"),
    ("an escaped NUL", {"external_ref": "a\x00b"}, 422, "validation_failed"),
    ("a lone surrogate", b'{"lines":[{"sku_id":"SKU","quantity":1}],"payment":"balance","external_ref":"\\ud800"}',
     400, "invalid_json"),
    ("quantity -1", {"quantity": -1}, 422, "validation_failed"),
    ("quantity 0", {"quantity": 0}, 422, "validation_failed"),
    ("quantity 2^63", {"quantity": 2**63}, 422, "validation_failed"),
    ("quantity 10^300", {"quantity": 10**300}, 422, "validation_failed"),
    ("quantity 1.0", {"quantity": 1.5}, 422, "validation_failed"),
    ("quantity text", {"quantity": "1"}, 422, "validation_failed"),
    ("quantity true", {"quantity": True}, 422, "validation_failed"),
    ("quantity above stock", {"quantity": 10_000}, 409, "out_of_stock"),
    ("unknown SKU", {"sku": uuid4()}, 404, "sku_unknown"),
    ("a SKU that is no id", {"sku": "' OR 1=1 --"}, 422, "validation_failed"),
    ("an unknown field", {"price": 1}, 422, "validation_failed"),
    ("a price of one's own", {"unit_price": {"amount_minor": 1}}, 422, "validation_failed"),
    ("another payment", {"payment": "free"}, 422, "validation_failed"),
    ("no lines", {"lines": []}, 422, "validation_failed"),
    ("21 lines", {"lines": [{"sku_id": str(uuid4()), "quantity": 1}] * 21}, 422, "validation_failed"),
    ("a reference of 65", {"external_ref": "x" * 65}, 422, "validation_failed"),
]  # fmt: skip


def test_bad_bodies_change_nothing(it: World) -> None:
    def attack() -> None:
        for name, body, status, code in BODIES:
            if isinstance(body, bytes):
                raw = body.replace(b"SKU", str(it.shop.sku_id).encode())
                response = it.ask("POST", "/orders", raw=raw, content_type="application/json" if raw else "")
            elif isinstance(body, dict):
                sent = order(body.pop("sku", it.shop.sku_id), body.pop("quantity", 1)) | body
                response = it.ask("POST", "/orders", sent)
            else:
                response = it.ask("POST", "/orders", body)
            assert response.status_code == status, (name, response.status_code, response.content[:300])
            refused(response, status, code)

    nothing_changes(attack)


def test_the_same_sku_twice_and_bad_keys(it: World) -> None:
    line = {"sku_id": str(it.shop.sku_id), "quantity": 1}

    def attack() -> None:
        refused(it.ask("POST", "/orders", {"lines": [line, line], "payment": "balance"}), 422, "invalid_order")
        refused(it.ask("POST", "/orders", order(it.shop.sku_id), idem=None), 400, "idempotency_key_required")
        for bad in ("", "x" * 256, "a b", "é"):
            refused(it.ask("POST", "/orders", order(it.shop.sku_id), idem=bad), 400, "idempotency_key_invalid")
        refused(it.ask("POST", "/orders", order(it.shop.sku_id), content_type="text/plain"), 415,
                "unsupported_media_type")  # fmt: skip
        refused(it.ask("POST", "/orders", order(it.shop.sku_id), Content_Encoding="gzip"), 415,
                "unsupported_media_type")  # fmt: skip
        refused(it.ask("DELETE", "/orders"), 405, "method_not_allowed")
        for path in ("/../admin", "/products/x%0Ay", "/%0A"):
            refused(it.ask("GET", path), 404, "route_not_found")

    nothing_changes(attack)


def test_bad_addresses_and_queries(it: World) -> None:
    bad = ["/orders?limit=0", "/orders?limit=-1", "/orders?limit=99999999999999999999", "/orders?limit=x",
           "/orders?cursor=%00", "/orders?cursor=x", "/orders?cursor=" + "A" * 300, "/products?cursor=%F0%9F",
           "/products?cursor=OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk6MDE5Yjc2ZGEtYTgwMC03MDAwLTgwMDAtMDAwMDAwMDAwMDAx",
           "/products?q=%25%25%25" + "%27" * 300, "/stock?sku_id=x", "/stock", "/balance/entries?cursor=AAAA",
           "/orders/G260101K7M3Q9XW2T%00", "/orders/..%2f..%2fetc", "/orders/" + "A" * 33, "/refunds/x",
           "/products/%00", "/products/' OR 1=1"]  # fmt: skip

    def attack() -> None:
        for path in bad:
            response = it.ask("GET", path)
            assert response.status_code < 500, (path, response.content)
            assert response.status_code == 200 or response["Content-Type"] == "application/problem+json", path

    nothing_changes(attack)


def test_a_foreign_shop_is_not_there(it: World, at: datetime) -> None:
    theirs = buy(it.other, at)
    refund = buy(it.other, at)
    refund_id = refund_order(shop_id=refund.shop_id, order_id=refund.id, reason="r", actor="client:x", now=at).refund_id
    code_id = sql("SELECT id FROM vault_code WHERE holder_id = %s", [theirs.lines[0].line_id])[0][0]
    mine = buy(it.shop, at)

    def attack() -> None:
        refused(it.ask("POST", "/orders", order(it.other.sku_id)), 404, "sku_unknown")
        for path in (f"/orders/{theirs.number}", f"/orders/{theirs.number}/codes"):
            refused(it.ask("GET", path), 404, "order_not_found")
        for action in ("codes/reveal", "cancel", "refunds"):
            refused(it.ask("POST", f"/orders/{theirs.number}/{action}", {}), 404, "order_not_found")
        reveal = f"/orders/{mine.number}/codes/reveal"
        refused(it.ask("POST", reveal, {"code_ids": [str(code_id)]}), 404, "code_not_held")
        assert it.ask("GET", f"/refunds/{refund_id}").status_code == 404
        stock = it.ask("GET", f"/stock?sku_ids={it.other.sku_id}")
        assert stock.status_code == 404 or all(item["available"] == 0 for item in stock.json()["items"])
        product = sql("SELECT product_id FROM catalog_sku WHERE id = %s", [it.other.sku_id])[0][0]
        refused(it.ask("GET", f"/products/{product}"), 404, "product_unknown")

    nothing_changes(attack)
    assert broken(at) == {}


def test_another_client_of_the_same_shop_sees_nothing(it: World, at: datetime) -> None:
    mine = buy(it.shop, at)
    stranger = create_api_client(
        shop_id=it.shop.demo.shop_id, name="x", scopes=[str(s) for s in Scope], rate_per_minute=6000, actor="t", now=at
    ).api_key

    def attack() -> None:
        refused(it.ask("GET", f"/orders/{mine.number}", key=stranger), 404, "order_not_found")
        for action in ("codes/reveal", "cancel", "refunds"):
            refused(it.ask("POST", f"/orders/{mine.number}/{action}", {}, key=stranger), 404, "order_not_found")
        # An empty wallet buys nothing, and the codes that were claimed for it come back.
        refused(it.ask("POST", "/orders", order(it.shop.sku_id), key=stranger), 409, "insufficient_funds")
        for bad in ("gf_x_y", it.shop.demo.api_key[:-1], it.shop.demo.api_key + "x", "\u5bc6", "x" * 9000):
            response = it.ask("GET", "/balance", key=bad.encode("utf-8").decode("latin-1"))
            refused(response, 401, "invalid_api_key")

    sql("UPDATE identity_api_client SET last_used_at = now()")
    assert it.ask("GET", "/balance", key=stranger).status_code == 200
    nothing_changes(attack)


def test_scopes_hold(it: World, at: datetime) -> None:
    reader = create_api_client(
        shop_id=it.shop.demo.shop_id, name="r", scopes=[str(Scope.ORDERS_READ)], actor="t", now=at
    ).api_key

    def attack() -> None:
        for method, path in (("POST", "/orders"), ("POST", "/orders/G260101AAAA/refunds"), ("GET", "/balance"),
                             ("POST", "/orders/G260101AAAA/codes/reveal")):  # fmt: skip
            refused(it.ask(method, path, {}, key=reader), 403, "insufficient_scope")

    nothing_changes(attack)


def test_replayed_expired_and_changed_signatures(it: World, at: datetime) -> None:
    demo = it.shop.demo
    secret = set_signing_key(shop_id=demo.shop_id, client_id=demo.client_id, algorithm="hmac-sha256", actor="t", now=at)
    assert secret is not None
    raw = base64.urlsafe_b64decode(secret.secret + "=" * (-len(secret.secret) % 4))
    key_id = demo.api_key.split("_")[1]
    body = json.dumps(order(it.shop.sku_id)).encode()

    def signed(created: datetime, nonce: str, content: bytes = body, idem: str = "s-1") -> dict[str, str]:
        message = Message("POST", "http://testserver/api/v1/orders", {"Idempotency-Key": idem}, content)
        sign(message, key=raw, key_id=key_id, created=created, nonce=nonce)
        return {k: v for k, v in message.headers.items() if k != "Idempotency-Key"}

    def attack() -> None:
        refused(it.ask("POST", "/orders", raw=body), 401, "signature_required")
        late = signed(at - timedelta(seconds=400), "nonce-late-1")
        refused(it.ask("POST", "/orders", raw=body, idem="s-1", **late), 401, "signature_expired")
        early = signed(at + timedelta(seconds=400), "nonce-early-1")
        refused(it.ask("POST", "/orders", raw=body, idem="s-1", **early), 401, "signature_expired")
        more = body.replace(b'"quantity": 1', b'"quantity": 9')
        refused(it.ask("POST", "/orders", raw=more, idem="s-1", **signed(at, "nonce-body-1")), 401, "invalid_signature")
        refused(it.ask("POST", "/orders", raw=body, idem="s-2", **signed(at, "nonce-key-11")), 401, "invalid_signature")

    nothing_changes(attack)
    good = signed(at, "nonce-good-1")
    assert it.ask("POST", "/orders", raw=body, idem="s-1", **good).status_code == 201
    nothing_changes(lambda: refused(it.ask("POST", "/orders", raw=body, idem="s-1", **good), 401, "signature_replayed"))
    assert broken(at) == {}


def test_callbacks_of_strangers_change_no_order(it: World, at: datetime) -> None:
    placed = place(it.shop, at)
    client = Client(raise_request_exception=False)
    account = it.till.account_id
    own = f"/pay/notify/{it.shop.demo.shop_id}/{account}"
    for path, body in (
        (own, b""), (own, b"number=" + placed.number.encode()), (own, b"\xff\x00" * 500), (own, b"a=1&" * 20_000),
        (own + "?sign=%00&number=1", b""), (f"/pay/notify/{it.other.demo.shop_id}/{account}", b"number=1"),
        (f"/pay/notify/{uuid4()}/{uuid4()}", b"x=1"), (own, b"trade_status=TRADE_SUCCESS&money=0.01&sign=x"),
    ):  # fmt: skip
        response = client.generic("POST", path, body, content_type="application/x-www-form-urlencoded")
        assert 400 <= response.status_code < 500, (path, body[:40], response.status_code)
        assert b"success" not in response.content
    assert sql("SELECT state FROM orders_order") == [("placed",)]
    assert sql("SELECT count(*) FROM payments_fact") == [(0,)]
    assert sql("SELECT count(*) FROM payments_inbox WHERE verified") == [(0,)]
    assert broken(at) == {}


@pytest.fixture
def alone(at: datetime) -> Shop:
    """One shop only: it answers on any host."""
    shop = stocked("demo", at)
    open_till(shop.demo.shop_id, at)
    return shop


def browser(**options: Any) -> Client:
    return Client(raise_request_exception=False, **options)


def anonymous(response: Any) -> str:
    """A page without what differs from call to call."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
    return re.sub(r"G26[0-9A-Z]+|guess\d+", "N", text)


def test_guessing_secrets_is_slowed_down_and_tells_nothing(alone: Shop, at: datetime) -> None:
    placed = place(alone, at)
    before = rows()
    client = browser()
    ends = [client.get(f"/o/{placed.number}?k=guess{i}") for i in range(10)]
    assert [e.status_code for e in ends] == [404] * 5 + [429] * 5
    unknown = browser(REMOTE_ADDR="198.51.100.77").get("/o/G260101ZZZZZZZZZZ?k=guess0")
    assert unknown.status_code == 404
    assert anonymous(unknown) == anonymous(ends[0])
    many = [browser().get(f"/o/G26010{i:04d}ZZZZZZ?k=x").status_code for i in range(40)]
    assert set(many[25:]) == {429}
    assert rows() == before
    assert "gf_orders" not in client.cookies


def test_forms_without_a_token_are_refused(alone: Shop, at: datetime) -> None:
    placed = place(alone, at)
    client = browser(enforce_csrf_checks=True)
    assert client.get(f"/o/{placed.number}?k={placed.secret}").status_code == 302
    for path in ("cancel", "reveal", "download", "pay", "lock", "proof"):
        assert client.post(f"/o/{placed.number}/{path}", {"method": "alipay"}).status_code == 403, path
    for path in ("/checkout", "/lookup", "/language", "/me/forget"):
        assert client.post(path, {}).status_code == 403, path
    assert sql("SELECT state FROM orders_order") == [("placed",)]


def test_nobody_is_led_away(alone: Shop) -> None:
    for target in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)",
                   "\t//evil.example",
                   "http:///evil.example", "///evil.example", "/%09/evil.example", "https:evil.example", "/x?k=secret",
                   "\x00//evil.example", "/\r\nSet-Cookie: a=b"):  # fmt: skip
        response = browser().post("/language", {"language": "en", "next": target})
        assert response.status_code < 500, target
        where = response.headers.get("Location", "/")
        assert where.startswith("/"), (target, where)
        assert not where.startswith(("//", "/\\")), (target, where)
        assert "k=" not in where
        assert "\n" not in where


def test_cookies_of_others_open_nothing(alone: Shop, at: datetime) -> None:
    bought, placed = buy(alone, at), place(alone, at)
    salt = f"storefront.orders:{alone.demo.shop_id.hex}:"
    row = [[bought.id.hex, bought.number, int(at.timestamp())]]
    forged = {
        "garbage": "x.y.z",
        "another shop's": signing.dumps(row, salt=f"storefront.orders:{uuid4().hex}:", compress=True),
        "another purpose": signing.dumps(row, salt=f"storefront.key:{alone.demo.shop_id.hex}:", compress=True),
        "another key": signing.dumps(row, key="stolen-from-elsewhere", salt=salt, compress=True),
        "empty": signing.dumps([], salt=salt),
        "wrong shape": signing.dumps({"a": [1]}, salt=salt),
        "bad row": signing.dumps([[1, 2], ["x", "y", "z"], None], salt=salt),
    }
    for what, cookie in forged.items():
        client = browser()
        client.cookies["gf_orders"] = cookie
        for path in ("reveal", "download"):
            response = client.post(f"/o/{bought.number}/{path}", {"code": str(uuid4())})
            assert response.status_code in (302, 404), (what, path, response.status_code)
            assert "proof" in response.headers.get("Location", "proof")
        assert bought.number not in client.get("/orders").content.decode(), what
    # A grant on one's own order opens no other order, even when its number is put into the address.
    client = browser()
    client.get(f"/o/{placed.number}?k={placed.secret}")
    assert grants.ORDERS_COOKIE in client.cookies
    code = sql("SELECT id FROM vault_code WHERE holder_id = %s", [bought.lines[0].line_id])[0][0]
    secrets = [secret for _number, secret in alone.codes]
    for number in (bought.number, placed.number):
        answer = client.post(f"/o/{number}/reveal", {"code": str(code)})
        assert answer.status_code < 500
        assert not any(secret in answer.content.decode() for secret in secrets)
    assert sql("SELECT count(*) FROM delivery_reveal") == [(0,)]


def test_bad_input_to_pages(alone: Shop) -> None:
    client = browser()
    before = rows()
    sku = alone.sku_id
    for path in ("/p/%00", "/p/%F0%9F", "/c/%00", "/search?q=%00%27", "/search?q=" + "x" * 5000, "/o/..%2f..%2fx",
                 "/checkout?p=kuwan-coin&sku=x&qty=-1", f"/checkout?p=kuwan-coin&sku={sku}&qty=99999999999999999999",
                 f"/checkout?p=%00&sku={sku}", "/o/AAAAAA?page=-1", "/p/" + "a" * 3000, "/media/..%2f..%2fsettings.py",
                 "/orders?page=9" * 50, "/search?after=%00", "/search?after=xxx", "/c/games?after=OTk5"):  # fmt: skip
        assert client.get(path).status_code in (200, 302, 400, 404, 414, 422), path
    for quantity in ("-1", "0", "1e9", "99999999999999999999", "\x00", "１"):
        form = {"p": "kuwan-coin", "sku": str(sku), "qty": quantity, "method": "nothing"}
        assert client.post("/checkout", form).status_code in (400, 404, 409, 422), quantity
    assert client.post("/checkout", {"p": "kuwan-coin", "sku": str(sku), "method": "alipay",
                                     "contact": "a\x00b@x.example"}).status_code == 422  # fmt: skip
    assert client.post("/lookup", {"number": "\x00", "secret": "\x00"}).status_code in (404, 422)
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400
    assert rows() == before
