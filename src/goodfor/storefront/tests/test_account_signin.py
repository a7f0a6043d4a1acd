"""Signing in and out over HTTP: codes, passwords, cookies, and that a refusal tells and changes nothing."""

from collections.abc import Iterator

import pytest

from goodfor.identity.buyer_models import Buyer, BuyerSession
from goodfor.storefront import account, sending
from goodfor.storefront.tests.account_flow import (
    Mailbox,
    ask_code,
    browser,
    install,
    is_signed_in,
    plain,
    sign_in,
)
from goodfor.storefront.tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def box() -> Iterator[Mailbox]:
    yield install()
    sending.install(None)


def test_contact_then_code_then_in_then_out(world: World, box: Mailbox) -> None:
    client = browser()
    assert client.get("/signin").status_code == 200
    assert ask_code(client, " Lin@Example.com ")["Location"] == "/signin/code"
    assert box.sent[-1].contact.value == "lin@example.com"
    assert client.get("/signin/code").status_code == 200
    done = client.post("/signin/code", {"code": f" {box.code[:3]} {box.code[3:]} "})
    assert (done.status_code, done["Location"]) == (302, "/me")
    for name in (account.SESSION_COOKIE, account.DEVICE_COOKIE):
        cookie = client.cookies[name]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
    assert "订单与码包" in plain(client.get("/me"))
    assert client.get("/orders").status_code == 200
    assert client.get("/signin")["Location"] == "/me"
    assert client.post("/signout").status_code == 302
    assert not is_signed_in(client)
    assert Buyer.objects.filter(shop_id=world.shop_id).count() == 1
    assert BuyerSession.objects.filter(shop_id=world.shop_id, revoked_at__isnull=True).count() == 0


def test_account_pages_render(world: World, box: Mailbox) -> None:
    client = browser()
    sign_in(client, box)
    for path in (
        "/me",
        "/me/profile",
        "/me/accounts",
        "/me/messages",
        "/me/security",
        "/me/data",
        "/me/claim",
        "/me/prove",
        "/orders",
    ):
        response = client.get(path)
        assert response.status_code == 200, path
        assert response["Cache-Control"] == "no-store", path
