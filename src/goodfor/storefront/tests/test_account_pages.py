"""The pages of an account over HTTP, without JavaScript: orders on a second device, security, consent, data."""

import io
import json
import re
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from goodfor.identity import queries as identity
from goodfor.identity.buyer_models import Buyer, BuyerSession
from goodfor.identity.operations.set_oauth_app import set_oauth_app
from goodfor.identity.tests.buyers import Authenticator
from goodfor.identity.tests.elsewhere import CLIENT, SECRET, running
from goodfor.kernel.clock import utc_now
from goodfor.orders import queries as orders
from goodfor.orders.operations.apply_payment_fact import apply_payment_fact
from goodfor.orders.operations.open_claim import open_claim
from goodfor.orders.operations.open_wallet import open_wallet
from goodfor.payments import queries as payments
from goodfor.payments.types import Fact
from goodfor.storefront.tests.account_flow import Mailbox, browser, is_signed_in, plain, prove, sign_in
from goodfor.storefront.tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
GOOD, MAIL = "湖边 纸飞机 吵闹 rhubarb", "lin@example.com"


def buy(client: Client, world: World, contact: str = "", qty: str = "1") -> str:
    """Through the checkout; the order's number."""
    sent = {"p": world.product_slug, "sku": str(world.sku_id), "qty": qty, "contact": contact, "method": world.method}
    done = client.post("/checkout", sent)
    assert done.status_code == 302, done.content.decode()
    return str(done["Location"].split("/")[2])


def pay(world: World, number: str) -> None:
    """The channel says that the money came."""
    order = orders.order_by_number(world.shop_id, number)
    payment = payments.payments_of(world.shop_id, "order", order.id)[0]
    fact = Fact(
        kind="paid", provider=payment.provider, account_id=payment.account_id, our_ref=payment.number,
        channel_ref=f"T{payment.number}", amount=payment.amount, happened_at=utc_now(), source="notify",
    )  # fmt: skip
    apply_payment_fact(shop_id=world.shop_id, fact=fact, now=utc_now())


def age_proofs(world: World) -> None:
    """Eleven minutes pass for every account's proof."""
    for row in BuyerSession.objects.filter(shop_id=world.shop_id, revoked_at__isnull=True, proved_at__isnull=False):
        row.proved_at -= timedelta(minutes=11)
        row.save(update_fields=["proved_at"])


def code_ids(client: Client, number: str) -> list[str]:
    return re.findall(r'data-code="([0-9a-f-]{36})"', client.get(f"/o/{number}").content.decode())


# -- orders -----------------------------------------------------------------------------------------


def test_the_code_is_found_again_on_a_second_device(world: World, box: Mailbox) -> None:
    first, second, stranger = browser(), browser(), browser()
    sign_in(first, box)
    number = buy(first, world)
    pay(world, number)
    assert orders.order_by_number(world.shop_id, number).state == "delivered"
    sign_in(second, box)
    sign_in(stranger, box, "other@example.com")
    assert number in second.get("/orders").content.decode()
    assert number not in stranger.get("/orders").content.decode()
    assert "码已到手" in plain(second.get(f"/o/{number}"))
    (code_id,) = code_ids(second, number)
    shown = second.post(f"/o/{number}/reveal", {"code": code_id})
    assert any(code in re.sub(r"<[^>]+>", "", shown.content.decode()) for code in all_codes(world))
    assert "查订单" in plain(stranger.get(f"/o/{number}"))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT actor FROM kernel_audit WHERE action = 'codes_revealed' AND subject_id = %s",
            [str(orders.order_by_number(world.shop_id, number).id)],
        )
        assert [row[0].split(":")[0] for row in cursor.fetchall()] == ["buyer"]


def all_codes(world: World) -> list[str]:
    return [f"7K{i:03d}QXW2TM9PL5RB" for i in range(world.stock)]


def test_codes_of_an_account_need_a_fresh_proof(world: World, box: Mailbox) -> None:
    first, second = browser(), browser()
    sign_in(first, box)
    number = buy(first, world)
    pay(world, number)
    sign_in(second, box)
    (code_id,) = code_ids(second, number)
    age_proofs(world)
    to_proof = f"/me/prove?next=%2Fo%2F{number}"
    assert second.post(f"/o/{number}/reveal", {"code": code_id})["Location"] == to_proof
    assert second.post(f"/o/{number}/download", {"format": "txt"})["Location"] == to_proof
    script = second.post(f"/o/{number}/reveal", {"code": code_id}, headers={"X-Requested-With": "fetch"})
    assert (script.status_code, script.json()["code"]) == (403, "proof_needed")
    assert "验证身份看码" in plain(second.get(f"/o/{number}"))
    before = second.cookies["gf_session"].value
    prove(second, box)
    assert second.cookies["gf_session"].value != before
    assert second.post(f"/o/{number}/reveal", {"code": code_id}).status_code == 200
    # Locking ends the account's proof as well.
    second.post(f"/o/{number}/lock")
    assert second.post(f"/o/{number}/reveal", {"code": code_id})["Location"] == to_proof


def test_an_order_of_the_account_can_be_paid_and_cancelled_on_a_second_device(world: World, box: Mailbox) -> None:
    first, second, stranger = browser(), browser(), browser()
    sign_in(first, box)
    number = buy(first, world)
    sign_in(second, box)
    sign_in(stranger, box, "other@example.com")
    assert second.get(f"/o/{number}/pay").status_code == 200
    assert second.get(f"/o/{number}/state").json() == {"state": "placed"}
    assert stranger.get(f"/o/{number}/state").status_code == 404
    assert stranger.post(f"/o/{number}/cancel")["Location"] == "/lookup"
    assert orders.order_by_number(world.shop_id, number).state == "placed"
    second.post(f"/o/{number}/cancel")
    assert orders.order_by_number(world.shop_id, number).state == "cancelled"


def test_checkout_offers_the_accounts_contact(world: World, box: Mailbox) -> None:
    client = browser()
    sign_in(client, box)
    page = client.get("/checkout", {"p": world.product_slug, "sku": str(world.sku_id)}).content.decode()
    assert f'value="{MAIL}"' in page


def test_guest_orders_are_offered_and_claimed_after_signing_in(world: World, box: Mailbox) -> None:
    elsewhere, here, stranger = browser(), browser(), browser()
    by_contact, by_secret = buy(elsewhere, world, MAIL), buy(here, world)
    foreign = buy(stranger, world, "other@example.com")
    sign_in(here, box)
    assert "有 2 笔以前的订单可以归入账号" in plain(here.get("/me"))
    page = here.get("/me/claim").content.decode()
    ids = re.findall(r'name="order" value="([0-9a-f-]{36})"', page)
    assert len(ids) == 2
    foreign_id = str(orders.order_by_number(world.shop_id, foreign).id)
    refused = here.post("/me/claim", {"order": [*ids, foreign_id]})
    assert refused.status_code == 404
    assert len(re.findall('name="order"', here.get("/me/claim").content.decode())) == 2
    assert here.post("/me/claim", {"order": ids})["Location"] == "/orders"
    other_device = browser()
    sign_in(other_device, box)
    listed = other_device.get("/orders").content.decode()
    assert by_contact in listed
    assert by_secret in listed
    assert foreign not in listed
    # The guest who placed it keeps what the secret opens.
    assert elsewhere.get(f"/o/{by_contact}/state").status_code == 200


def test_long_lists_are_paged(world: World, box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("goodfor.storefront.wallet.ORDERS_A_PAGE", 2)
    client = browser()
    sign_in(client, box)
    numbers = [buy(client, world) for _ in range(3)]
    page = client.get("/orders").content.decode()
    assert [n in page for n in numbers] == [False, True, True] or numbers[0] in page
    (cursor,) = re.findall(r"\?after=([0-9a-f-]{36})", page)
    assert numbers[0] in client.get("/orders", {"after": cursor}).content.decode()
    assert client.get("/orders", {"after": "rubbish"}).status_code == 200


# -- profile, messages, saved accounts --------------------------------------------------------------


def test_profile_is_kept_and_speaks_the_chosen_language(world: World, box: Mailbox) -> None:
    client = browser()
    sign_in(client, box)
    sent = {"name": "<b>林</b>", "birthday": "1994-05-06", "locale": "en"}
    assert client.post("/me/profile", sent)["Location"] == "/me"
    page = client.get("/me").content.decode()
    assert "&lt;b&gt;林&lt;/b&gt;" in page
    assert 'lang="en"' in page
    assert 'value="1994-05-06"' in client.get("/me/profile").content.decode()
    for bad in ({"birthday": "6.5.1994"}, {"birthday": "2999-01-01"}, {"locale": "xx"}, {"name": "x" * 61}):
        assert client.post("/me/profile", {**sent, **bad}).status_code == 422, bad
    assert Buyer.objects.get(shop_id=world.shop_id).birthday.isoformat() == "1994-05-06"


def test_saved_accounts(world: World, box: Mailbox) -> None:
    client = browser()
    sign_in(client, box)
    assert client.post("/me/accounts", {"label": "游戏号", "value": "player-777"}).status_code == 302
    page = client.get("/me/accounts").content.decode()
    assert "player-777" in page
    assert client.post("/me/accounts", {"label": "", "value": "x"}).status_code == 422
    (address,) = re.findall(r'action="(/me/accounts/[0-9a-f-]{36}/delete)"', page)
    assert client.post(address).status_code == 302
    assert "player-777" not in client.get("/me/accounts").content.decode()


def test_messages_and_consent(world: World, box: Mailbox) -> None:
    client, other = browser(), browser(REMOTE_ADDR="203.0.113.5")
    sign_in(client, box)
    sign_in(other, box)
    assert "消息与订阅 1" in plain(client.get("/me"))
    assert "账号在一台新设备上登录：Chrome · Windows" in plain(client.get("/me/messages"))
    assert "消息与订阅 1" not in plain(client.get("/me"))
    assert client.post("/me/consent", {"yes": ["email/marketing", "sms/service", "pigeon/post"]}).status_code == 302
    buyer_id = Buyer.objects.get(shop_id=world.shop_id).id
    held = {(c.channel, c.purpose): c.granted for c in identity.consents_of(world.shop_id, buyer_id)}
    assert [key for key, granted in held.items() if granted] == [("sms", "service"), ("email", "marketing")]
    page = client.get("/me/messages").content.decode()
    assert page.count(" checked") == 2


# -- security ---------------------------------------------------------------------------------------


def test_contact_is_changed_by_a_code_and_a_fresh_proof(world: World, box: Mailbox) -> None:
    client = browser()
    sign_in(client, box)
    age_proofs(world)
    asked = client.post("/me/contacts", {"contact": "13800138000", "back": "/me/security"})
    assert asked["Location"] == "/me/prove?next=%2Fme%2Fsecurity"
    assert len(box.sent) == 1
    prove(client, box)
    assert client.post("/me/contacts", {"contact": "nonsense"}).status_code == 422
    assert client.post("/me/contacts", {"contact": "13800138000"})["Location"] == "/me/contacts/code"
    assert client.post("/me/contacts/code", {"code": box.wrong}).status_code == 422
    assert client.post("/me/contacts/code", {"code": box.code})["Location"] == "/me/security"
    assert "138****8000" in plain(client.get("/me/security"))
    assert client.post("/me/contacts/email/delete").status_code == 302
    refused = client.post("/me/contacts/phone/delete")
    assert refused.status_code == 409
    assert "最后一种登录方式" in plain(refused)
    assert client.post("/me/contacts/pigeon/delete").status_code == 404


def test_password_is_set_with_advice_and_removed(world: World, box: Mailbox) -> None:
    client, other = browser(), browser()
    sign_in(client, box)
    sign_in(other, box)
    weak = client.post("/me/security/password", {"password": "lin12345"})
    assert weak.status_code == 422
    assert "密码太容易被猜到" in plain(weak)
    assert "lin12345" not in weak.content.decode()
    assert is_signed_in(other)
    assert client.post("/me/security/password", {"password": GOOD}).status_code == 302
    assert not is_signed_in(other)
    assert client.post("/me/security/password", {"password": ""}).status_code == 422
    assert client.post("/me/security/password", {"way": "remove"}).status_code == 302
    assert not identity.buyer_view(world.shop_id, Buyer.objects.get(shop_id=world.shop_id).id).has_password


def test_devices_are_listed_and_signed_out(world: World, box: Mailbox) -> None:
    client, other = browser(), browser()
    sign_in(client, box)
    sign_in(other, box)
    page = client.get("/me/security").content.decode()
    assert page.count("Chrome · Windows") >= 4
    (address,) = re.findall(r'action="(/me/devices/[0-9a-f-]{36}/revoke)"', page)
    assert client.post(address).status_code == 302
    assert not is_signed_in(other)
    sign_in(other, box)
    assert client.post("/me/devices/revoke-all")["Location"] == "/signin"
    assert not is_signed_in(client)
    assert not is_signed_in(other)


def test_passkey_ceremonies_over_http(world: World, box: Mailbox) -> None:
    client, other = browser(), browser()
    sign_in(client, box)
    key = Authenticator("http://testserver", "testserver")
    options = client.post("/me/passkeys/options", headers=FETCH).json()
    made = client.post("/me/passkeys", {"answer": json.dumps(key.create(options))}, headers=FETCH)
    assert made.json() == {"go": "/me/security"}
    assert "Chrome · Windows" in client.get("/me/security").content.decode()
    asked = other.post("/signin/passkey/options", headers=FETCH).json()
    assert "allowCredentials" not in asked["publicKey"]
    answer = json.dumps(key.get(asked))
    stranger = browser()
    assert stranger.post("/signin/passkey", {"answer": answer}, headers=FETCH).status_code == 422
    assert other.post("/signin/passkey", {"answer": "{"}, headers=FETCH).status_code == 422
    asked = other.post("/signin/passkey/options", headers=FETCH).json()
    given = {"answer": json.dumps(key.get(asked)), "next": "https://evil.example"}
    assert other.post("/signin/passkey", given, headers=FETCH).json() == {"go": "/me"}
    assert is_signed_in(other)
    age_proofs(world)
    assert other.post("/me/passkeys/options", headers=FETCH).json()["code"] == "fresh_proof_needed"
    asked = other.post("/me/prove/passkey/options", headers=FETCH).json()
    given = {"answer": json.dumps(key.get(asked)), "next": "/me/security"}
    assert other.post("/me/prove/passkey", given, headers=FETCH).json() == {"go": "/me/security"}
    (address,) = re.findall(r'action="(/me/passkeys/[0-9a-f-]{36}/delete)"', other.get("/me/security").content.decode())
    assert other.post(address).status_code == 302
    assert browser().post("/me/passkeys/options", headers=FETCH).status_code == 401


FETCH = {"X-Requested-With": "fetch"}


def test_signing_in_elsewhere_over_http(world: World, box: Mailbox) -> None:
    with running() as it:
        set_oauth_app(
            shop_id=world.shop_id, provider="openid_connect", label="Example", client_id=CLIENT, secret=SECRET,
            server_url=it.url, actor="test", now=utc_now(),
        )  # fmt: skip
        client, thief = browser(), browser()
        assert "用Example登录" in plain(client.get("/signin"))
        away = client.post("/signin/with/openid_connect", {"next": "/orders"})
        assert away.status_code == 200
        (address,) = re.findall(r'content="0;url=([^"]+)"', away.content.decode())
        state, code = it.authorize(address.replace("&amp;", "&"))
        back = "/signin/with/openid_connect/back"
        assert thief.get(back, {"state": state, "code": code}).status_code == 422
        assert client.get(back, {"state": state, "code": code})["Location"] == "/orders"
        assert is_signed_in(client)
        assert not is_signed_in(thief)
        assert client.get(back, {"state": state, "code": code}).status_code == 422
        assert client.get(back, {"error": "access_denied"}).status_code == 422
        assert browser().post("/signin/with/github").status_code == 503
        # A signed-in buyer links; nobody else can.
        owner = browser()
        sign_in(owner, box)
        it.person.sub = "u-2"
        away = owner.post("/me/links/openid_connect")
        (address,) = re.findall(r'content="0;url=([^"]+)"', away.content.decode())
        state, code = it.authorize(address.replace("&amp;", "&"))
        assert owner.get(back, {"state": state, "code": code})["Location"] == "/me/security"
        assert "绑定于" in plain(owner.get("/me/security"))
        assert owner.post("/me/links/openid_connect/delete").status_code == 302


# -- data -------------------------------------------------------------------------------------------


def unpacked(response: Any) -> tuple[dict[str, Any], str]:
    with zipfile.ZipFile(io.BytesIO(response.content)) as file:
        return json.loads(file.read("data.json")), file.read("data.html").decode()


def test_export_has_everything_and_codes_only_when_asked_for(world: World, box: Mailbox) -> None:
    client = browser()
    sign_in(client, box)
    client.post("/me/profile", {"name": "<i>林</i>", "birthday": "1994-05-06", "locale": "zh-hans"})
    client.post("/me/accounts", {"label": "游戏号", "value": "player-777"})
    client.post("/me/consent", {"yes": ["email/marketing"]})
    number = buy(client, world)
    pay(world, number)
    response = client.post("/me/data/export")
    assert response["Content-Type"] == "application/zip"
    assert response["Cache-Control"] == "no-store"
    data, page = unpacked(response)
    assert data["contacts"][0]["value"] == MAIL
    assert data["saved_accounts"] == [{"label": "游戏号", "value": "player-777"}]
    assert [order["number"] for order in data["orders"]] == [number]
    assert data["orders"][0]["codes"] == []
    assert not data["codes_included"]
    assert "不含卡密" in page
    assert "&lt;i&gt;林" in page
    assert not any(code in page or code in json.dumps(data) for code in all_codes(world))
    with_codes, shown = unpacked(client.post("/me/data/export", {"codes": "1"}))
    secrets = [code["secret"] for code in with_codes["orders"][0]["codes"]]
    assert len(secrets) == 1
    assert secrets[0] in all_codes(world)
    assert secrets[0] in shown
    assert "你的个人数据已导出" in plain(client.get("/me/messages"))
    age_proofs(world)
    asked = client.post("/me/data/export", {"codes": "1", "back": "/me/data"})
    assert asked["Location"] == "/me/prove?next=%2Fme%2Fdata"


def test_deletion_is_asked_for_and_taken_back(world: World, box: Mailbox) -> None:
    client, other = browser(), browser()
    sign_in(client, box)
    sign_in(other, box)
    age_proofs(world)
    assert client.post("/me/data/delete")["Location"].startswith("/me/prove")
    prove(client, box)
    assert client.post("/me/data/delete")["Location"] == "/me/data"
    assert not is_signed_in(other)
    assert "账号将在" in plain(client.get("/me"))
    assert client.post("/me/data/delete").status_code == 409
    assert client.post("/me/data/keep").status_code == 302
    assert "账号将在" not in plain(client.get("/me/data"))


def test_an_account_with_money_in_it_is_not_deleted(world: World, box: Mailbox) -> None:
    client = browser()
    sign_in(client, box)
    prove(client, box)
    number = buy(client, world)
    pay(world, number)
    order = orders.order_by_number(world.shop_id, number)
    buyer_id = Buyer.objects.get(shop_id=world.shop_id).id
    wallet = open_wallet(shop_id=world.shop_id, buyer_id=buyer_id, currency="CNY", now=utc_now())
    open_claim(
        shop_id=world.shop_id, order_id=order.id, line_id=order.lines[0].line_id, reason="changed_mind",
        paid_from=wallet, actor="buyer", now=utc_now(),
    )  # fmt: skip
    assert orders.buyer_balance(world.shop_id, buyer_id, "CNY") == order.total
    refused = client.post("/me/data/delete")
    assert refused.status_code == 409
    assert "账号将在" not in plain(client.get("/me"))
    assert 'action="/me/data/delete"' not in refused.content.decode()
