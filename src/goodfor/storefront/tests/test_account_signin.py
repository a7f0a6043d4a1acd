"""Signing in and out over HTTP: codes, passwords, cookies, and that a refusal tells and changes nothing."""

from typing import Any

import pytest
from django.test import Client

from goodfor.identity.buyer_models import Buyer, BuyerSession, Ceremony, OneTimeCode
from goodfor.identity.models import Shop
from goodfor.identity.operations.create_shop import create_shop
from goodfor.kernel.clock import utc_now
from goodfor.storefront import account, sending
from goodfor.storefront.tests.account_flow import (
    Mailbox,
    ask_code,
    browser,
    is_signed_in,
    plain,
    sign_in,
)
from goodfor.storefront.tests.world import World

GOOD = "湖边 纸飞机 吵闹 rhubarb"
pytestmark = pytest.mark.django_db(transaction=True)


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


@pytest.mark.parametrize(
    "path",
    [
        "/me",
        "/me/profile",
        "/me/accounts",
        "/me/messages",
        "/me/security",
        "/me/data",
        "/me/claim",
        "/me/prove",
        "/orders",
    ],
)
def test_account_pages_are_private_and_in_both_languages(world: World, box: Mailbox, path: str) -> None:
    client = browser()
    sign_in(client, box)
    for language in ("zh-hans", "en"):
        client.cookies["gf_lang"] = language
        response = client.get(path)
        assert response.status_code == 200
        assert response["Cache-Control"] == "no-store"
        assert "unsafe" not in response["Content-Security-Policy"]
    assert "lin@example.com" not in response.content.decode()


def test_code_pages_say_the_same_for_known_and_unknown_contacts(world: World, box: Mailbox) -> None:
    sign_in(browser(), box)
    shown = []
    for contact in ("lin@example.com", "new@example.com"):
        client = browser()
        asked = ask_code(client, contact)
        refused = client.post("/signin/code", {"code": box.wrong})
        text = plain(refused).replace(contact, "CONTACT")
        shown.append((asked.status_code, asked["Location"], refused.status_code, text))
    assert shown[0] == shown[1]
    assert shown[0][2] == 422
    assert "验证码不对或已失效" in shown[0][3]
    assert Buyer.objects.filter(shop_id=world.shop_id).count() == 1


def test_password_pages_say_the_same_for_known_and_unknown_contacts(world: World, box: Mailbox) -> None:
    owner = browser()
    sign_in(owner, box)
    assert owner.post("/me/security/password", {"password": GOOD}).status_code == 302
    sign_in(browser(), box, "plain@example.com")
    shown = set()
    for contact in ("lin@example.com", "plain@example.com", "new@example.com", "nonsense"):
        refused = browser().post("/signin/password", {"contact": contact, "password": "wrong"})
        shown.add((refused.status_code, plain(refused), refused.content.count(contact.encode())))
    assert len(shown) == 1
    assert browser().post("/signin/password", {"contact": "lin@example.com", "password": GOOD}).status_code == 302


def test_sixth_guess_waits_and_the_owners_browser_does_not(world: World, box: Mailbox) -> None:
    owner = browser()
    sign_in(owner, box)
    owner.post("/me/security/password", {"password": GOOD})
    owner.post("/signout")
    given = {"contact": "lin@example.com", "password": "wrong"}
    statuses = [browser().post("/signin/password", given, REMOTE_ADDR=f"203.0.113.{i}").status_code for i in range(7)]
    assert statuses == [422] * 5 + [429] * 2
    refused = browser().post("/signin/password", {**given, "password": GOOD}, REMOTE_ADDR="203.0.113.50")
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) <= 61
    assert "你常用的设备不受影响" in plain(refused)
    assert owner.post("/signin/password", {**given, "password": GOOD}).status_code == 302


def test_signing_in_gives_new_tokens_and_a_planted_one_opens_nothing(world: World, box: Mailbox) -> None:
    attacker, victim = browser(), browser()
    sign_in(attacker, box, "attacker@example.com")
    planted = attacker.cookies[account.SESSION_COOKIE].value
    victim.cookies[account.SESSION_COOKIE] = planted
    victim.get("/signin/code")
    csrf_before = browser_csrf(victim)
    sign_in_here(victim, box, "victim@example.com")
    assert victim.cookies[account.SESSION_COOKIE].value != planted
    assert browser_csrf(victim) != csrf_before
    assert not is_signed_in(attacker)
    stranger = browser()
    stranger.cookies[account.SESSION_COOKIE] = "A" * 43
    assert not is_signed_in(stranger)


def browser_csrf(client: Client) -> str:
    client.get("/me")
    return client.cookies["csrftoken"].value


def sign_in_here(client: Client, box: Mailbox, contact: str) -> None:
    """Without the look at /signin, which leads somebody who is signed in away."""
    assert client.post("/signin", {"contact": contact, "way": "code"}).status_code == 302
    assert client.post("/signin/code", {"code": box.code}).status_code == 302


def test_a_code_belongs_to_the_browser_that_asked(world: World, box: Mailbox) -> None:
    mine, other = browser(), browser()
    ask_code(mine, "lin@example.com")
    assert other.post("/signin/code", {"code": box.code})["Location"] == "/signin"
    assert not is_signed_in(other)
    other.cookies[account.CODE_COOKIE] = mine.cookies[account.CODE_COOKIE].value + "x"
    assert other.post("/signin/code", {"code": box.code})["Location"] == "/signin"
    assert Buyer.objects.filter(shop_id=world.shop_id).count() == 0


def test_a_code_can_be_sent_again(world: World, box: Mailbox) -> None:
    client = browser()
    ask_code(client, "lin@example.com", next="/orders")
    assert client.post("/signin/code", {"way": "again"}).status_code == 302
    assert len(box.sent) == 2
    assert client.post("/signin/code", {"code": box.code})["Location"] == "/orders"


def test_too_many_codes_are_refused_kindly(world: World, box: Mailbox) -> None:
    for i in range(5):
        assert ask_code(browser(REMOTE_ADDR=f"203.0.113.{i}"), "lin@example.com").status_code == 302
    refused = ask_code(browser(REMOTE_ADDR="203.0.113.9"), "lin@example.com")
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    assert len(box.sent) == 5


@pytest.mark.parametrize(
    "bad",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/o/G260101ZZZZZZZZZZ?k=secret",
    ],
)
def test_one_is_never_led_to_another_place(world: World, box: Mailbox, bad: str) -> None:
    client = browser()
    done = sign_in(client, box, next=bad)
    assert done["Location"] == "/me"
    assert client.get("/signin", {"next": bad})["Location"] == "/me"
    assert bad not in client.get("/me/prove", {"next": bad}).content.decode()


def test_another_shops_session_opens_nothing(world: World, box: Mailbox, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "other.example"]
    create_shop(code="other", name="别家", currency="CNY", host="other.example", actor="test", now=utc_now())
    Shop.objects.filter(pk=world.shop_id).update(host="testserver")
    client = browser()
    sign_in(client, box)
    assert is_signed_in(client)
    assert client.get("/me/security", headers={"host": "other.example"}).status_code == 302
    assert client.get("/me/security").status_code == 200


def test_without_a_sender_no_code_is_made(world: World, box: Mailbox) -> None:
    sending.install(None)
    refused = ask_code(browser(), "lin@example.com")
    assert refused.status_code == 503
    assert "现在发不了验证码" in plain(refused)
    assert OneTimeCode.objects.count() == 0


@pytest.mark.parametrize("contact", ["", "nobody", "12345", "x" * 200])
def test_bad_contact_is_shown_at_its_field(world: World, box: Mailbox, contact: str) -> None:
    refused = ask_code(browser(), contact)
    assert refused.status_code == 422
    assert box.sent == []


def test_forms_of_an_account_need_their_token(world: World, box: Mailbox) -> None:
    strict = Client(enforce_csrf_checks=True)
    for path in (
        "/signin",
        "/signin/code",
        "/signin/password",
        "/signin/passkey",
        "/signout",
        "/me/profile",
        "/me/data/delete",
    ):
        assert strict.post(path, {"contact": "lin@example.com", "way": "code"}).status_code == 403, path
    assert box.sent == []


def test_challenges_for_guests_are_limited_by_address(world: World, settings: Any) -> None:
    asked = [browser().post("/signin/passkey/options").status_code for _ in range(62)]
    assert asked == [200] * 60 + [429] * 2
    assert Ceremony.objects.filter(shop_id=world.shop_id).count() == 60
    assert browser().post("/signin/passkey/options", REMOTE_ADDR="203.0.113.8").status_code == 200


def test_cookies_are_secure_where_the_shop_is(world: World, box: Mailbox, settings: Any) -> None:
    plain_http, behind_tls = browser(), browser()
    sign_in(plain_http, box)
    assert not plain_http.cookies[account.SESSION_COOKIE]["secure"]
    settings.GOODFOR_PUBLIC_URL = "https://shop.example"
    ask_code(behind_tls, "lin@example.com")
    assert behind_tls.cookies[account.CODE_COOKIE]["secure"]


def test_the_contact_is_in_no_page_and_no_address_after_signing_in(world: World, box: Mailbox) -> None:
    client = browser()
    sign_in(client, box, "13800138000")
    assert "138****8000" in plain(client.get("/me"))
    for path in ("/me", "/me/security", "/me/prove", "/me/messages"):
        assert "13800138000" not in client.get(path).content.decode(), path
