"""The pages over HTTP: what they show, what they refuse, and that a refusal changes nothing."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from types import SimpleNamespace

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from goodfor.kernel.clock import utc_now
from goodfor.storefront import grants
from goodfor.storefront.models import Attempt
from goodfor.storefront.tests.world import World
from goodfor.storefront.types import Grant, PayHint
from goodfor.storefront.views import orders as order_views
from goodfor.storefront.views.payment import usable

pytestmark = pytest.mark.django_db(transaction=True)


def text_of(response: HttpResponse) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))


def open_order(client: Client, world: World, state: str = "delivered") -> str:
    """The number of an order that this browser has just proved."""
    number, secret = world.orders[state]
    response = client.get(f"/o/{number}", {"k": secret})
    assert response.status_code == 302
    return number


def make_stale(client: Client, world: World) -> None:
    """Age this browser's proofs by 31 minutes; the short-lived key goes, as it would have."""
    request = RequestFactory().get("/")
    request.COOKIES.update({name: morsel.value for name, morsel in client.cookies.items()})
    held = grants.grants_of(request, world.shop_id)
    response = HttpResponse()
    old = [Grant(g.order_id, g.number, utc_now() - timedelta(minutes=31)) for g in held]
    grants.write_grants(response, request, world.shop_id, old)
    client.cookies[grants.ORDERS_COOKIE] = response.cookies[grants.ORDERS_COOKIE].value
    del client.cookies[grants.KEY_COOKIE]


def code_ids(client: Client, number: str) -> list[str]:
    return re.findall(r'data-code="([0-9a-f-]{36})"', client.get(f"/o/{number}").content.decode())


@pytest.fixture
def viewed(client: Client) -> Callable[[str], int]:
    """How many codes of an order were ever shown."""

    def count(number: str) -> int:
        return client.get(f"/o/{number}").content.decode().count("已查看")

    return count


PUBLIC = ["/", "/c", "/search", "/lookup", "/orders", "/me", "/help", "/terms", "/privacy"]


@pytest.mark.parametrize("path", PUBLIC)
def test_page_has_its_headers(client: Client, world: World, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    policy = response["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "form-action 'self'" in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert client.head(path).status_code == 200
    assert client.put(path).status_code == 405


def test_private_pages_are_never_stored(client: Client, world: World) -> None:
    number = open_order(client, world)
    for path in (f"/o/{number}", "/orders", "/lookup", f"/o/{number}/proof", f"/o/{number}/state", "/checkout"):
        assert client.get(path)["Cache-Control"] == "no-store", path


def test_category_search_and_product(client: Client, world: World) -> None:
    assert f"/p/{world.product_slug}" in client.get(f"/c/{world.category_slug}").content.decode()
    assert f"/p/{world.product_slug}" in client.get("/search", {"q": world.query}).content.decode()
    assert str(world.sku_id) in client.get(f"/p/{world.product_slug}").content.decode()
    assert "售罄" in text_of(client.get(f"/p/{world.sold_out_slug}"))
    assert client.get("/search", {"q": "\x00 zzz"}).status_code == 200


@pytest.mark.parametrize("path", ["/p/none", "/c/none", "/no/such/page", "/p/%00"])
def test_what_is_not_there_says_what_to_do(client: Client, world: World, path: str) -> None:
    response = client.get(path)
    assert response.status_code in (404, 422)
    assert "回首页" in text_of(response)


def test_broken_cursor_is_refused_kindly(client: Client, world: World) -> None:
    response = client.get("/c", {"after": "broken"})
    assert response.status_code == 422
    assert "回首页" in text_of(response)


def test_search_text_is_escaped(client: Client, world: World) -> None:
    assert b"<script>alert" not in client.get("/search", {"q": "<script>alert(1)</script>"}).content


def checkout(client: Client, world: World, **changes: str) -> HttpResponse:
    sent = {"p": world.product_slug, "sku": str(world.sku_id), "qty": "2", "contact": "", "method": world.method}
    return client.post("/checkout", {**sent, **changes})


def test_checkout_shows_the_price_and_places_one_order(client: Client, world: World) -> None:
    shown = client.get("/checkout", {"p": world.product_slug, "sku": str(world.sku_id), "qty": "2"})
    assert shown.status_code == 200
    response = checkout(client, world)
    assert response.status_code == 302
    assert re.fullmatch(r"/o/[0-9A-Z]+/pay\?go=1", response["Location"])
    number = response["Location"].split("/")[2]
    assert "k=" not in response["Location"]
    for name in (grants.ORDERS_COOKIE, grants.KEY_COOKIE, grants.BUYER_COOKIE):
        assert client.cookies[name]["httponly"], name
    assert number in client.get("/orders").content.decode()
    assert client.get(f"/o/{number}/pay").status_code == 200
    page = client.get(f"/o/{number}")
    assert "等待付款" in text_of(page)
    assert client.get(f"/o/{number}/state").json() == {"state": "placed"}


def orders_held(client: Client) -> int:
    return client.get("/orders").content.decode().count('<a class="ticket"')


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"contact": "nobody"}, 422),
        ({"method": "nope"}, 422),
        ({"method": ""}, 422),
        ({"sku": "00000000-0000-0000-0000-000000000000"}, 404),
        ({"sku": "' or 1=1"}, 404),
        ({"p": "none"}, 404),
        ({"qty": "9999"}, 409),
    ],
)
def test_refused_checkout_places_nothing(client: Client, world: World, changes: dict[str, str], status: int) -> None:
    response = checkout(client, world, **changes)
    assert response.status_code == status
    assert orders_held(client) == 0


def test_forms_need_their_token(world: World) -> None:
    strict = Client(enforce_csrf_checks=True)
    number, secret = world.orders["delivered"]
    assert checkout(strict, world).status_code == 403
    assert orders_held(strict) == 0
    assert strict.post("/lookup", {"number": number, "secret": secret}).status_code == 403
    strict.get(f"/o/{number}", {"k": secret})
    for path in ("reveal", "download", "cancel", "lock", "proof", "pay"):
        refused = strict.post(f"/o/{number}/{path}", {"code": "x"})
        assert refused.status_code == 403, path
        assert "这一页打开太久了" in text_of(refused)


def test_unpaid_order_can_be_cancelled(client: Client, world: World) -> None:
    number = checkout(client, world)["Location"].split("/")[2]
    assert client.post(f"/o/{number}/cancel").status_code == 302
    assert "订单已取消" in text_of(client.get(f"/o/{number}"))


def test_stranger_learns_nothing_from_an_order_number(client: Client, world: World) -> None:
    number, _ = world.orders["delivered"]
    known, unknown = client.get(f"/o/{number}"), client.get("/o/G260101ZZZZZZZZZZ")
    assert known.status_code == unknown.status_code == 200

    def same(response: HttpResponse, its: str) -> str:
        body = response.content.decode().replace(its, "N")
        return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", body)

    assert same(known, number) == same(unknown, "G260101ZZZZZZZZZZ")
    for path in ("reveal", "download", "cancel"):
        assert client.post(f"/o/{number}/{path}").status_code == 302
    assert client.get(f"/o/{number}/state").status_code == 404
    assert client.get(f"/o/{number}/pay").status_code == 302
    assert client.get(f"/o/{number}/receipt").status_code == 302


def test_link_with_secret_is_taken_once_and_cleaned(client: Client, world: World) -> None:
    number, secret = world.orders["delivered"]
    response = client.get(f"/o/{number}", {"k": secret})
    assert (response.status_code, response["Location"]) == (302, f"/o/{number}")
    assert client.cookies[grants.ORDERS_COOKIE]["httponly"]
    page = client.get(f"/o/{number}")
    assert "码已到手" in text_of(page)
    assert secret in page.content.decode()


def test_same_answer_for_unknown_number_and_wrong_secret(client: Client, world: World) -> None:
    number, _ = world.orders["delivered"]
    answers = [
        client.post("/lookup", {"number": n, "secret": "wrong-wrong-wrong-wrong"})
        for n in (number, "G260101ZZZZZZZZZZ")
    ]
    assert [a.status_code for a in answers] == [404, 404]
    shown = [text_of(a).replace(number, "N").replace("G260101ZZZZZZZZZZ", "N") for a in answers]
    assert shown[0] == shown[1]
    assert grants.ORDERS_COOKIE not in client.cookies
    assert client.get(f"/o/{number}", {"k": "wrong"}).status_code == 404


def test_look_up_finds_the_order(client: Client, world: World) -> None:
    number, secret = world.orders["delivered"]
    response = client.post("/lookup", {"number": number.lower(), "secret": f" {secret} "})
    assert (response.status_code, response["Location"]) == (302, f"/o/{number}")
    assert orders_held(client) == 1


@pytest.fixture
def _still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_views, "utc_now", lambda: datetime(2026, 6, 1, 12, 1, tzinfo=UTC))


@pytest.mark.usefixtures("_still")
def test_sixth_try_on_an_order_waits_even_with_the_right_secret(client: Client, world: World) -> None:
    number, secret = world.orders["delivered"]
    for _ in range(5):
        assert client.post("/lookup", {"number": number, "secret": "wrong"}).status_code == 404
    refused = client.post("/lookup", {"number": number, "secret": secret})
    assert (refused.status_code, refused["Retry-After"]) == (429, "60")
    assert grants.ORDERS_COOKIE not in client.cookies
    # Another address, the owner's, is not locked out.
    allowed = client.post("/lookup", {"number": number, "secret": secret}, REMOTE_ADDR="198.51.100.7")
    assert allowed.status_code == 302


@pytest.fixture
def _open_doors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the last line of counts stands: what would hold if the doors before it did not."""
    entry = SimpleNamespace(answer=None, tell=lambda **_told: None)
    monkeypatch.setattr(order_views, "go_in", lambda *_asked, **_more: entry)


@pytest.mark.usefixtures("_still", "_open_doors")
def test_ninth_try_on_an_order_is_refused_even_with_the_right_secret(client: Client, world: World) -> None:
    number, secret = world.orders["delivered"]
    for _ in range(order_views.TRIES_PER_ORDER):
        assert client.post("/lookup", {"number": number, "secret": "wrong"}).status_code == 404
    refused = client.post("/lookup", {"number": number, "secret": secret})
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) == 540
    assert grants.ORDERS_COOKIE not in client.cookies
    # Another address, the owner's, is not locked out.
    allowed = client.post("/lookup", {"number": number, "secret": secret}, REMOTE_ADDR="198.51.100.7")
    assert allowed.status_code == 302
    assert not Attempt.objects.filter(shop_id=world.shop_id, tries__gt=order_views.TRIES_PER_ORDER + 1).exists()


@pytest.mark.usefixtures("_still", "_open_doors")
def test_one_address_cannot_try_number_after_number(client: Client, world: World) -> None:
    statuses = [
        client.post("/lookup", {"number": f"G260101{i:010d}", "secret": "wrong"}).status_code
        for i in range(order_views.TRIES_PER_ADDRESS + 1)
    ]
    assert statuses == [404] * order_views.TRIES_PER_ADDRESS + [429]


def test_codes_are_masked_and_revealed_one_by_one(client: Client, world: World, viewed: Callable[[str], int]) -> None:
    number = open_order(client, world)
    page = client.get(f"/o/{number}").content.decode()
    assert not any(code in page for code in world.codes)
    ids = code_ids(client, number)
    assert len(ids) == len(world.codes) == 3
    response = client.post(f"/o/{number}/reveal", {"code": ids[0]})
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    plain = re.sub(r"<[^>]+>", "", response.content.decode())
    assert sum(code in plain for code in world.codes) == 1
    assert viewed(number) == 1
    assert not any(code in client.get(f"/o/{number}").content.decode() for code in world.codes)


def test_reveal_for_our_script_gives_exactly_the_code(client: Client, world: World) -> None:
    number = open_order(client, world)
    ids = code_ids(client, number)
    response = client.post(f"/o/{number}/reveal", {"code": ids[1]}, headers={"X-Requested-With": "fetch"})
    found = response.json()["codes"]
    assert [code["id"] for code in found] == [ids[1]]
    assert found[0]["secret"] in world.codes
    assert response["Cache-Control"] == "no-store"


def test_stale_proof_shows_no_code(client: Client, world: World, viewed: Callable[[str], int]) -> None:
    number = open_order(client, world)
    ids = code_ids(client, number)
    make_stale(client, world)
    page = client.get(f"/o/{number}")
    assert page.status_code == 200
    assert world.orders["delivered"][1] not in page.content.decode()
    to_proof = f"/o/{number}/proof"
    assert client.post(f"/o/{number}/reveal", {"code": ids[0]})["Location"] == to_proof
    assert client.post(f"/o/{number}/download", {"format": "txt"})["Location"] == to_proof
    assert client.get(f"/o/{number}/receipt")["Location"] == to_proof
    script = client.post(f"/o/{number}/reveal", {"code": ids[0]}, headers={"X-Requested-With": "fetch"})
    assert (script.status_code, script.json()["code"]) == (403, "proof_needed")
    assert viewed(number) == 0
    assert client.post(to_proof, {"secret": "wrong"}).status_code == 404
    assert client.post(to_proof, {"secret": world.orders["delivered"][1]})["Location"] == f"/o/{number}"
    assert client.post(f"/o/{number}/reveal", {"code": ids[0]}).status_code == 200


def test_owner_can_lock_at_once(client: Client, world: World) -> None:
    number = open_order(client, world)
    client.post(f"/o/{number}/lock")
    assert client.post(f"/o/{number}/download")["Location"] == f"/o/{number}/proof"


def test_foreign_code_ids_are_refused(client: Client, world: World, viewed: Callable[[str], int]) -> None:
    number = open_order(client, world)
    response = client.post(f"/o/{number}/reveal", {"code": "0197f000-0000-7000-8000-000000000001"})
    assert response.status_code == 404
    assert client.post(f"/o/{number}/reveal", {"code": "rubbish"}).status_code == 302
    assert viewed(number) == 0


def test_download_is_exact(client: Client, world: World, viewed: Callable[[str], int]) -> None:
    number = open_order(client, world)
    response = client.post(f"/o/{number}/download", {"format": "txt"})
    lines = response.content.decode("utf-8-sig").split("\r\n")
    assert sorted(line.split(",")[-1] for line in lines if line) == sorted(world.codes)
    assert response["Content-Disposition"] == f'attachment; filename="{number}.txt"'
    assert viewed(number) == 3
    table = client.post(f"/o/{number}/download", {"format": "csv"}).content.decode("utf-8-sig")
    assert len(table.strip().split("\r\n")) == 4


def test_receipt_has_number_and_secret(client: Client, world: World) -> None:
    number = open_order(client, world)
    body = client.get(f"/o/{number}/receipt").content.decode("utf-8-sig")
    assert world.orders["delivered"][1] in body
    assert f"/o/{number}\r\n" in body


def test_language_by_cookie_and_back_to_the_page(client: Client, world: World) -> None:
    response = client.post("/language", {"language": "en", "next": "/help"})
    assert (response.status_code, response["Location"]) == (302, "/help")
    page = client.get("/help")
    assert 'lang="en"' in page.content.decode()
    assert "How to buy" in text_of(page)
    for bad in ("https://evil.example/", "//evil.example", "javascript:alert(1)", "/o/G260101ZZZZZZZZZZ?k=secret"):
        assert client.post("/language", {"language": "en", "next": bad})["Location"] == "/"
    client.post("/language", {"language": "xx"})
    assert client.cookies["gf_lang"].value == "en"


def test_this_device_forgets_orders(client: Client, world: World) -> None:
    open_order(client, world)
    assert orders_held(client) == 1
    client.post("/me/forget")
    assert orders_held(client) == 0


def test_unsafe_address_never_becomes_a_link() -> None:
    for url in ("javascript:alert(1)", "data:text/html,x", "//evil.example", "https://a b;script-src *", ""):
        assert not usable(PayHint("redirect", "m", url)), url
    assert usable(PayHint("redirect", "m", "https://pay.example/x?y=1"))
    assert usable(PayHint("qr", "m", "weixin://wxpay/bizpayurl?pr=x"))
