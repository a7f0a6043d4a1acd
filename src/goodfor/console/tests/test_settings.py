"""The settings pages: what they change, whom they refuse, and that a secret is never seen again."""

import base64
import csv
import re
import threading
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from django.urls import reverse

from goodfor.console import setting_words
from goodfor.console.listing.running import export_path
from goodfor.console.models import Export
from goodfor.console.tasks import write_exports
from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import PASSWORD, by_link, inside, person, proved, proved_as, sql, state_of_all
from goodfor.identity import queries as identity
from goodfor.identity.operations import add_staff
from goodfor.identity.providers.registry import PROVIDERS
from goodfor.identity.types import Role, Scope
from goodfor.kernel.clock import utc_now
from goodfor.payments import queries as payments
from goodfor.payments.mapping import opened
from goodfor.payments.models import Account
from goodfor.payments.operations.change_account import change_account
from goodfor.promotions import queries as promotions
from goodfor.sandbox.channels import demo as channels

pytestmark = pytest.mark.django_db(transaction=True)
KEY = "md5-KEY-of-the-merchant-0042"
EPAY = {
    "gateway": "https://pay.example.com", "pid": "1001", "version": "v1", "mode": "page", "query_method": "POST",
    "key": KEY, "code": "epay", "name": "易支付", "methods": ["wxpay", "alipay"],
    "place_wxpay": "2", "place_alipay": "1",
}  # fmt: skip


def actions(shop_id: UUID) -> list[str]:
    rows = sql(
        "SELECT action FROM kernel_audit WHERE shop_id = %s AND action NOT IN"
        " ('console.posted', 'console.proved', 'console.factor_added') ORDER BY id", [shop_id]
    )  # fmt: skip
    return [action for (action,) in rows]


def trail() -> str:
    return repr(sql("SELECT actor, action, subject_id, data::text FROM kernel_audit"))


def everything() -> str:
    """All text that lies anywhere in the database in the clear."""
    tables = sql(
        "SELECT table_name FROM information_schema.tables"
        " WHERE table_type = 'BASE TABLE' AND table_schema = current_schema()"
    )
    return "\n".join(repr(sql(f"SELECT t::text FROM {name} t")) for (name,) in tables)


def unproved_is_sent_away(client: Client, path: str, data: dict[str, Any]) -> None:
    before = state_of_all()
    answer = client.post(path, data)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/console/prove?next=")
    assert state_of_all() == before


# -- the shop ---------------------------------------------------------------------------------------

SHOP_FORM = {
    "name": "新店", "locale": "en", "timezone": "Asia/Tokyo", "name_en": "New shop", "support": "help@shop.example",
    "invoices": "1", "low_stock": "7", "refund_limit_minor": "123.45",
}  # fmt: skip


def test_shop_settings_are_kept_and_audited_old_and_new(shop: Shop) -> None:
    client, path = proved(shop.id), reverse("desk:settings-shop")
    page = client.get(path).content.decode()
    assert 'value="好码小店"' in page
    assert client.post(path, SHOP_FORM).status_code == 302
    found = identity.shop_by_id(shop.id)
    assert (found.name, found.locale, found.timezone) == ("新店", "en", "Asia/Tokyo")
    assert found.settings == {
        "support": "help@shop.example", "name_en": "New shop", "invoices": True, "low_stock": 7,
        "refund_limit_minor": 12345,
    }  # fmt: skip
    (line,) = sql("SELECT data -> 'before', data -> 'after' FROM kernel_audit WHERE action = 'identity.shop_changed'")
    assert '"name": "好码小店"' in line[0]
    assert '"refund_limit_minor": 12345' in line[1]
    assert client.post(path, SHOP_FORM).status_code == 302
    assert actions(shop.id).count("identity.shop_changed") == 1
    buyer = Client()
    assert "<title>New shop" in buyer.get("/", headers={"accept-language": "en"}).content.decode()
    assert "<title>新店" in buyer.get("/", headers={"accept-language": "zh-CN"}).content.decode()
    # Emptied fields go back to the default.
    assert client.post(path, {**SHOP_FORM, "low_stock": "", "name_en": ""}).status_code == 302
    assert identity.shop_by_id(shop.id).settings.keys() == {"support", "invoices", "refund_limit_minor"}


@pytest.mark.parametrize(
    "over",
    [{"name": ""}, {"name": "x" * 101}, {"locale": "fr"}, {"timezone": "Mars/Base"}, {"low_stock": "-1"},
     {"low_stock": "many"}, {"refund_limit_minor": "9.999"}, {"support": "x" * 201}, {"name_en": "a\x07b"}],
)  # fmt: skip
def test_shop_settings_refused(shop: Shop, over: dict[str, str]) -> None:
    client = proved(shop.id)
    before = state_of_all()
    assert client.post(reverse("desk:settings-shop"), {**SHOP_FORM, **over}).status_code == 422
    assert state_of_all() == before


def test_the_line_over_which_proof_is_asked_needs_proof(shop: Shop) -> None:
    unproved_is_sent_away(inside(shop.id), reverse("desk:settings-shop"), SHOP_FORM)


def test_the_floor_of_campaigns_needs_proof_and_is_audited(shop: Shop) -> None:
    at = reverse("desk:settings-floor")
    unproved_is_sent_away(inside(shop.id), at, {"floor": "1"})
    owner, operator = proved(shop.id), proved_as(person(shop.id, Role.OPERATOR, app=True))
    assert operator.post(at, {"floor": "1"}).status_code == 403
    assert owner.post(at, {"floor": "-1"}).status_code == 422
    assert promotions.floor_of(shop.id) == 0
    for _again in range(2):
        assert owner.post(at, {"floor": "1.50"}).status_code == 302
    assert promotions.floor_of(shop.id) == 150
    assert actions(shop.id).count("promotions_floor_set") == 1
    assert 'value="1.50"' in owner.get(reverse("desk:settings-shop")).content.decode()


# -- channels ---------------------------------------------------------------------------------------


def new_channel(client: Client, **over: Any) -> Any:
    return client.post(reverse("desk:channel-new") + "?provider=epay", {**EPAY, **over})


def epay_of(shop: Shop) -> Account:
    return Account.objects.get(shop_id=shop.id, code="epay", valid_to__isnull=True)


def test_an_account_is_opened_changed_and_its_secret_never_seen(shop: Shop) -> None:
    client = proved(shop.id)
    assert client.get(reverse("desk:channel-new") + "?provider=epay").status_code == 200
    answer = new_channel(client)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    first = epay_of(shop)
    assert (first.enabled, first.methods) == (False, ["alipay", "wxpay"])
    assert opened(first).secrets == {"key": KEY}
    page, edit = reverse("desk:channel", args=[first.id]), reverse("desk:channel-edit", args=[first.id])
    shown = client.get(page).content.decode()
    mark = payments.account_sheet(shop.id, first.id).secrets[0].mark
    assert re.fullmatch("[0-9a-f]{4}", mark)
    assert mark in shown
    assert f"/pay/notify/{shop.id}/{first.id}" in shown
    assert client.get(edit).status_code == 200
    # Everything but the secret changes; the secret is kept.
    changed = {**EPAY, "key": "", "pid": "1002", "name": "易支付二"}
    assert client.post(edit, changed).status_code == 302
    second = epay_of(shop)
    assert second.id != first.id
    assert (second.config["pid"], second.name, opened(second).secrets) == ("1002", "易支付二", {"key": KEY})
    sheet = payments.account_sheet(shop.id, second.id)
    assert (sheet.versions, sheet.secrets[0].mark, sheet.secrets[0].since) == (2, mark, first.valid_from)
    # A new secret has a new mark, from now on; the ended version is not there any more.
    assert client.post(reverse("desk:channel-edit", args=[second.id]), {**changed, "key": KEY + "b"}).status_code == 302
    third = payments.account_sheet(shop.id, epay_of(shop).id)
    assert third.secrets[0].mark != mark
    assert third.secrets[0].since == third.account.valid_from
    assert client.get(page).status_code == 404
    assert client.post(edit, changed).status_code == 404
    # Refused forms do not give it back either.
    for refused in (
        client.post(reverse("desk:channel-edit", args=[epay_of(shop).id]), {**EPAY, "gateway": "http://x"}),
        new_channel(client, code="two", gateway=""),
        new_channel(client),
    ):
        assert refused.status_code == 422
        assert KEY not in refused.content.decode()
    for path in (reverse("desk:channels"), reverse("desk:channel", args=[epay_of(shop).id]), "/console/audit/?tab=all"):
        assert KEY not in client.get(path).content.decode()
    assert KEY not in everything()
    assert actions(shop.id).count("payments.account_reconfigured") == 2
    (data,) = sql("SELECT data::text FROM kernel_audit WHERE action = 'payments.account_reconfigured' ORDER BY id")[0]
    assert '"name": "易支付二"' in data
    assert '"pid": "1001"' in data


def test_two_changes_of_one_account_do_not_undo_each_other(shop: Shop) -> None:
    client = proved(shop.id)
    new_channel(client)
    edit = reverse("desk:channel-edit", args=[epay_of(shop).id])
    cookies, found = client.cookies, []

    def change(pid: str) -> None:
        one = Client()
        one.cookies = cookies
        try:
            found.append(one.post(edit, {**EPAY, "key": "", "pid": pid}).status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=change, args=(str(number),)) for number in (2001, 2002, 2003)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found)[0] == 302
    assert set(sorted(found)[1:]) <= {404, 409}
    assert Account.objects.filter(shop_id=shop.id, code="epay").count() == 2


@pytest.mark.parametrize(
    "over",
    [{"gateway": "http://pay.example.com"}, {"gateway": ""}, {"pid": "a b"}, {"key": ""}, {"key": "short"},
     {"methods": []}, {"code": "a b"}, {"code": "balance"}, {"name": ""}, {"version": "v2"}],
)  # fmt: skip
def test_accounts_that_do_not_fit_are_refused(shop: Shop, over: dict[str, Any]) -> None:
    client = proved(shop.id)
    before = state_of_all()
    answer = new_channel(client, **over)
    assert answer.status_code == 422
    assert KEY not in answer.content.decode()
    assert state_of_all() == before


def test_what_a_form_does_not_demand_may_be_left_out(shop: Shop) -> None:
    client = proved(shop.id)
    wechat = {
        "name": "微信", "code": "wx", "mchid": channels.WECHAT_MCHID, "appid": channels.WECHAT_APP_ID,
        "serial_no": channels.WECHAT_MERCHANT_SERIAL, "private_key": channels.merchant_private_pem(),
        "apiv3_key": channels.WECHAT_API_V3_KEY, "key_mode": "public_key",
        "public_key_id": channels.WECHAT_PUBLIC_KEY_ID, "public_key": channels.platform_public_pem(),
        "methods": ["native", "jsapi"],
    }  # fmt: skip
    form = client.get(reverse("desk:channel-new") + "?provider=wechat").content.decode()
    for name, must in (("appid", True), ("private_key", True), ("app_secret", False), ("mini_appid", False)):
        (field,) = re.findall(rf'<(?:input|textarea) id="{name}"[^>]*>', form)
        assert (" required" in field) is must, field
    assert client.post(reverse("desk:channel-new") + "?provider=wechat", wechat).status_code == 302
    first = Account.objects.get(shop_id=shop.id, code="wx", valid_to__isnull=True)
    assert sorted(opened(first).secrets) == ["apiv3_key", "private_key"]
    # Given later, and kept from then on; what no form asks about stays as well.
    hidden = change_account(
        shop_id=shop.id, account_id=first.id, name="微信", config={**first.config, "fund_account": "BASIC"}, secrets={},
        methods=first.methods, actor="test", now=utc_now(),
    )  # fmt: skip
    rest = {**wechat, "private_key": "", "apiv3_key": ""}
    edit = reverse("desk:channel-edit", args=[hidden.id])
    assert client.post(edit, {**rest, "app_secret": channels.WECHAT_APP_SECRET}).status_code == 302
    second = Account.objects.get(shop_id=shop.id, code="wx", valid_to__isnull=True)
    assert opened(second).secrets["app_secret"] == channels.WECHAT_APP_SECRET
    assert client.post(reverse("desk:channel-edit", args=[second.id]), rest).status_code == 302
    third = Account.objects.get(shop_id=shop.id, code="wx", valid_to__isnull=True)
    assert opened(third).secrets["app_secret"] == channels.WECHAT_APP_SECRET
    assert third.config["fund_account"] == "BASIC"
    bad = client.post(reverse("desk:channel-edit", args=[third.id]), {**rest, "app_secret": "short"})
    assert bad.status_code == 422
    assert channels.WECHAT_APP_SECRET not in everything()


def test_switching_a_channel_needs_proof_and_is_noted(shop: Shop) -> None:
    client = proved(shop.id)
    new_channel(client)
    page = reverse("desk:channel", args=[epay_of(shop).id])
    # The first look makes the key of the marks.
    assert client.get(page).status_code == 200
    fresh = inside(shop.id)
    for act in ("enable", "disable", "limit", "withdrawn"):
        unproved_is_sent_away(fresh, page, {"act": act, "limit": "1"})
    for path in (reverse("desk:channel-new") + "?provider=epay", reverse("desk:channel-edit", args=[epay_of(shop).id])):
        unproved_is_sent_away(fresh, path, dict(EPAY))
        assert fresh.get(path).status_code == 302
    assert client.post(page, {"act": "enable"}).status_code == 302
    assert epay_of(shop).enabled
    assert client.post(page, {"act": "limit", "limit": "500"}).status_code == 302
    assert epay_of(shop).exposure_limit_minor == 50_000
    assert client.post(page, {"act": "limit", "limit": "x"}).status_code == 422
    assert client.post(page, {"act": "limit", "limit": ""}).status_code == 302
    assert epay_of(shop).exposure_limit_minor is None
    assert client.post(page, {"act": "disable"}).status_code == 302
    assert not epay_of(shop).enabled
    assert actions(shop.id).count("payments.account_changed") == 4


def test_the_test_of_a_channel_that_is_not_there_says_so(shop: Shop) -> None:
    client = proved(shop.id)
    new_channel(client, gateway="https://127.0.0.1:9")
    answer = client.post(reverse("desk:channel", args=[epay_of(shop).id]), {"act": "test"})
    assert answer.status_code == 200
    assert "连不上网关" in answer.content.decode()
    assert KEY not in answer.content.decode()
    assert "payments.account_probed" in actions(shop.id)
    balance = payments.accounts(shop.id, utc_now())[0]
    good = client.post(reverse("desk:channel", args=[balance.id]), {"act": "test"}).content.decode()
    assert "通道认得这个商户" in good


# -- staff ------------------------------------------------------------------------------------------


def test_an_invitation_is_shown_once_and_lets_one_in_once(shop: Shop) -> None:
    client, path = proved(shop.id), reverse("desk:staff")
    page = client.post(path, {"username": "xiao.wang", "role": "support"}).content.decode()
    (token,) = set(re.findall(r"/console/signin\?token=([A-Za-z0-9_.\-]+)", page))
    assert token not in client.get(path).content.decode()
    assert token not in everything()
    assert actions(shop.id)[-2:] == ["identity.staff_added", "identity.signin_link_issued"]
    there = Client()
    assert there.post("/console/signin", {"token": token}).status_code == 302
    assert there.get("/console/orders/").status_code == 200
    assert there.get(path).status_code == 403
    assert Client().post("/console/signin", {"token": token}).status_code == 403
    before = state_of_all()
    for name, role, status in (("xiao.wang", "owner", 409), ("", "owner", 422), ("x", "king", 422)):
        assert client.post(path, {"username": name, "role": role}).status_code == status
    assert state_of_all() == before


def test_no_link_for_somebody_who_also_works_elsewhere(shop: Shop, other: Shop) -> None:
    """The link opens the whole login: the owner of one shop would come into the other."""
    one = person(other.id, Role.OWNER)
    here = add_staff(shop_id=shop.id, user_id=one.staff.user_id, role=Role.VIEWER, actor="test", now=utc_now())
    client = proved(shop.id)
    before = state_of_all()
    assert client.post(reverse("desk:member", args=[here.id]), {"act": "link"}).status_code == 409
    assert client.post(reverse("desk:staff"), {"username": one.staff.username, "role": "viewer"}).status_code == 409
    assert state_of_all() == before
    mine = person(shop.id, Role.VIEWER)
    answer = client.post(reverse("desk:member", args=[mine.staff.id]), {"act": "link"})
    assert answer.status_code == 200
    assert "/console/signin?token=" in answer.content.decode()


def test_roles_sessions_and_letting_go(shop: Shop) -> None:
    client, one = proved(shop.id), person(shop.id, Role.OPERATOR)
    theirs, page = by_link(one), reverse("desk:member", args=[one.staff.id])
    for act in ("role", "leave", "sessions", "link", "return"):
        unproved_is_sent_away(inside(shop.id), page, {"act": act, "role": "viewer"})
    assert theirs.get("/console/cases/").status_code == 200
    assert client.post(page, {"act": "role", "role": "finance"}).status_code == 302
    assert theirs.get("/console/ledger/").status_code == 200
    assert client.post(page, {"act": "sessions"}).status_code == 302
    assert theirs.get("/console/orders/").status_code == 302
    theirs = by_link(one)
    assert client.post(page, {"act": "leave"}).status_code == 302
    assert theirs.get("/console/orders/").status_code == 302
    assert client.post(page, {"act": "link"}).status_code == 404
    assert client.post(page, {"act": "return"}).status_code == 302
    assert actions(shop.id).count("identity.role_changed") == 3
    assert actions(shop.id).count("console.sessions_ended") == 1


def test_the_last_owner_stays(shop: Shop) -> None:
    owner = person(shop.id, Role.OWNER, app=True)
    client = by_link(owner)
    client.post("/console/prove", {"code": owner.code(), "next": "/console/"})
    page = reverse("desk:member", args=[owner.staff.id])
    before = state_of_all()
    for sent in ({"act": "role", "role": "viewer"}, {"act": "leave"}):
        assert client.post(page, sent).status_code == 409
    assert state_of_all() == before


def test_two_owners_let_each_other_go_at_once(shop: Shop) -> None:
    owners = [person(shop.id, Role.OWNER, app=True) for _ in range(2)]
    clients = []
    for owner in owners:
        client = by_link(owner)
        assert client.post("/console/prove", {"code": owner.code(), "next": "/console/"}).status_code == 302
        clients.append(client)
    barrier, found = threading.Barrier(2), []

    def let_go(client: Client, staff_id: UUID) -> None:
        barrier.wait()
        try:
            found.append(client.post(reverse("desk:member", args=[staff_id]), {"act": "leave"}).status_code)
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=let_go, args=(client, owner.staff.id))
        for client, owner in zip(clients, reversed(owners), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    active = [one for one in identity.staff_of_shop(shop.id) if one.role == Role.OWNER and one.active]
    assert len(active) == 1
    assert 302 in found


# -- API clients ------------------------------------------------------------------------------------


def test_a_key_is_shown_once(shop: Shop) -> None:
    client, new = proved(shop.id), reverse("desk:client-new")
    unproved_is_sent_away(inside(shop.id), new, {"name": "ERP", "scopes": ["orders:read"], "rate_per_minute": "60"})
    page = client.post(new, {"name": "ERP", "scopes": ["orders:read"], "rate_per_minute": "60"}).content.decode()
    (key,) = set(re.findall(r"gf_[a-z0-9]{12}_[A-Za-z0-9_\-]{43}", page))
    caller = identity.authenticate(f"Bearer {key}", utc_now())
    assert (caller.scopes, caller.rate_per_minute) == (frozenset({"orders:read"}), 60)
    one = reverse("desk:client", args=[caller.client_id])
    secret = key.rpartition("_")[2] if key.count("_") == 2 else key.split("_", 2)[2]
    for path in (reverse("desk:clients"), one, "/console/audit/?tab=all"):
        assert secret not in client.get(path).content.decode()
    assert secret not in everything()
    # A new key, and the old one until its time is over.
    again = client.post(one, {"act": "rotate", "grace": "24"}).content.decode()
    (second,) = set(re.findall(r"gf_[a-z0-9]{12}_[A-Za-z0-9_\-]{43}", again))
    assert identity.authenticate(f"Bearer {key}", utc_now()).client_id == caller.client_id
    assert identity.authenticate(f"Bearer {second}", utc_now()).client_id == caller.client_id
    assert client.post(one, {"act": "rotate", "grace": "9999"}).status_code == 422
    assert second.split("_", 2)[2] not in everything()


def test_a_client_is_changed_signed_and_ended(shop: Shop, other: Shop) -> None:
    client, one = proved(shop.id), reverse("desk:client", args=[shop.demo.client_id])
    for act in ("save", "rotate", "revoke", "signing"):
        unproved_is_sent_away(inside(shop.id), one, {"act": act})
    sent = {"act": "save", "name": "合作方", "scopes": ["balance:read"], "rate_per_minute": "5"}
    assert client.post(one, sent).status_code == 302
    found = identity.client_of_shop(shop_id=shop.id, client_id=shop.demo.client_id)
    assert (found.name, found.scopes, found.rate_per_minute) == ("合作方", frozenset({"balance:read"}), 5)
    before = state_of_all()
    for over in ({"name": ""}, {"scopes": []}, {"scopes": ["all"]}, {"rate_per_minute": "0"}, {"rate_per_minute": "x"}):
        assert client.post(one, {**sent, **over}).status_code == 422
    assert client.post(one, {"act": "signing", "algorithm": "ed25519", "public_key": "x"}).status_code == 422
    assert state_of_all() == before
    shown = client.post(one, {"act": "signing", "algorithm": "hmac-sha256", "require": "1"}).content.decode()
    (secret,) = set(re.findall(r"[A-Za-z0-9_\-]{43}=", shown))
    assert len(base64.urlsafe_b64decode(secret)) == 32
    assert secret not in client.get(one).content.decode()
    assert secret not in everything()
    assert client.post(one, {"act": "revoke"}).status_code == 302
    assert client.post(one, sent).status_code == 409
    assert identity.client_of_shop(shop_id=shop.id, client_id=shop.demo.client_id).revoked_at is not None
    assert actions(shop.id)[-3:] == [
        "identity.api_client_changed", "identity.signing_key_set", "identity.api_client_revoked",
    ]  # fmt: skip


def test_an_operator_sees_clients_and_changes_none(shop: Shop) -> None:
    client, one = proved(shop.id, Role.OPERATOR), reverse("desk:client", args=[shop.demo.client_id])
    assert client.get(one).status_code == 200
    before = state_of_all()
    for act in ("save", "rotate", "revoke", "signing"):
        assert client.post(one, {"act": act}).status_code == 403
    assert state_of_all() == before


# -- sign-in apps, keys -----------------------------------------------------------------------------


def test_sign_in_apps(shop: Shop) -> None:
    assert set(setting_words.SIGNIN_APPS) == set(PROVIDERS)
    assert set(setting_words.SCOPES) == {str(scope) for scope in Scope}
    client, path = proved(shop.id), reverse("desk:signin-app") + "?provider=github"
    sent = {"label": "GitHub", "client_id": "app-1", "secret": "SECRET-of-github-7", "enabled": "1"}
    unproved_is_sent_away(inside(shop.id), path, sent)
    assert client.post(path, {**sent, "secret": ""}).status_code == 422
    assert client.post(path, sent).status_code == 302
    assert client.post(path, {**sent, "secret": "", "client_id": "app-2"}).status_code == 302
    refused = client.post(path, {**sent, "label": ""})
    assert refused.status_code == 422
    for page in (refused, client.get(path), client.get(reverse("desk:signin-apps"))):
        assert "SECRET-of-github-7" not in page.content.decode()
    assert "app-2" in client.get(reverse("desk:signin-apps")).content.decode()
    assert "SECRET-of-github-7" not in everything()
    assert client.get(reverse("desk:signin-app") + "?provider=other").status_code == 404


def test_keys_are_rotated_and_progress_is_shown(shop: Shop) -> None:
    client, path = proved(shop.id), reverse("desk:keys")
    unproved_is_sent_away(inside(shop.id), path, {"act": "rotate"})
    assert "所有内容都已用当前密钥加密" in client.get(path + "?count=1").content.decode()
    assert client.post(path, {"act": "rotate"}).status_code == 302
    shown = client.get(path + "?count=1").content.decode()
    assert "正在后台重新加密" in shown
    assert "vault_code" in shown
    assert client.post(path, {"act": "rotate"}).status_code == 409
    assert client.post(path, {"act": "retire", "key": "x"}).status_code == 404
    assert actions(shop.id).count("kernel.key_rotated") == 1


# -- audit and jobs ---------------------------------------------------------------------------------


def test_the_audit_trail_is_listed_filtered_and_checked(shop: Shop, other: Shop) -> None:
    client = proved(shop.id)
    client.post(reverse("desk:settings-shop"), SHOP_FORM)
    page = client.get("/console/audit/").content.decode()
    assert ">修改店铺设置</span>" in page
    assert ">identity.shop_changed</span>" in page
    assert '<span class="two" title="shop"><span>店铺</span>' in page
    assert "127.0.0.1" in page
    assert "好码小店 → 新店" in page
    assert "console.posted" not in page.split("<tbody>")[1]
    assert "console.posted" in client.get("/console/audit/?tab=all").content.decode()
    only = client.get("/console/audit/?prefix=vault.").content.decode().split("<tbody>")[1]
    assert "vault." in only
    assert "identity." not in only
    one = client.get("/console/audit/?action=identity.shop_changed").content.decode()
    assert '<optgroup label="店铺、成员与接口">' in one
    assert '<option value="identity.shop_changed" selected>修改店铺设置</option>' in one
    assert "动作：修改店铺设置" in one
    assert "identity.shop_changed" in one.split("<tbody>")[1]
    assert "vault." not in one.split("<tbody>")[1]
    whole = client.get("/console/audit/?action=vault.").content.decode()
    assert '<option value="vault." selected>卡密库：全部</option>' in whole
    assert "vault.import_begun" in whole.split("<tbody>")[1]
    assert "没有这个选项" in client.get("/console/audit/?action=vault").content.decode()
    theirs = client.get(f"/console/audit/?subject={other.demo.client_id}").content.decode()
    assert str(other.demo.client_id) not in theirs.split("<tbody>")[1]
    assert "还没有核对过" in page
    assert client.post(reverse("desk:audit-check")).status_code == 302
    assert "正在核对" in client.get(reverse("desk:audit-check")).content.decode()
    assert client.post(reverse("desk:audit-export"), {"format": "csv", "query": ""}).status_code == 302


@pytest.mark.parametrize(
    ("language", "label", "kind"), [("zh-hans", "修改店铺设置", "店铺"), ("en", "Changed the shop's settings", "Shop")]
)
def test_an_exported_trail_has_words_and_keys(shop: Shop, language: str, label: str, kind: str) -> None:
    client = proved(shop.id)
    client.post(reverse("desk:settings-shop"), SHOP_FORM)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    client.post(reverse("desk:audit-columns"), {"column": ["who"]})
    sent = {"format": "csv", "query": "action=identity.shop_changed"}
    assert client.post(reverse("desk:audit-export"), sent).status_code == 302
    write_exports(utc_now())
    (row,) = Export.objects.filter(shop_id=shop.id)
    assert row.state == "done"
    lines = list(csv.reader(export_path(row.id, "csv").open(encoding="utf-8-sig")))
    assert len(lines[0]) == 4, "time, who, and both keys, though neither of their columns is shown"
    assert {"identity.shop_changed", "shop"} <= set(lines[1])
    client.post(reverse("desk:audit-columns"), {"reset": "1"})
    client.post(reverse("desk:audit-export"), sent)
    write_exports(utc_now())
    row = Export.objects.filter(shop_id=shop.id).latest("created_at")
    lines = list(csv.reader(export_path(row.id, "csv").open(encoding="utf-8-sig")))
    assert lines[1][2:6] == [label, "identity.shop_changed", kind, "shop"]


def test_failed_jobs_are_shown_and_tried_again(shop: Shop) -> None:
    sql("DELETE FROM procrastinate_jobs")
    rows = sql(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, status, args) SELECT 'mail', 'test.job', 'failed',"
        ' \'{"code": "SECRET-CODE-1"}\' FROM generate_series(1, 2) RETURNING id'
    )
    ids = [row[0] for row in rows]
    sql("INSERT INTO kernel_job_failure VALUES (%s, 'ValueError, x.py:1', now())", [ids[0]])
    client, path = proved(shop.id), reverse("desk:jobs")
    page = client.get(path).content.decode()
    assert "ValueError, x.py:1" in page
    assert "SECRET-CODE-1" not in page
    assert '<span class="two" title="kernel.relay"><span>传达事件</span>' in page
    assert f'<span class="mono">test.job #{ids[0]}</span>' in page, "what has no words is shown as it is"
    sent = {"act": "jobs", "ids": ",".join(map(str, ids))}
    unproved_is_sent_away(inside(shop.id), path, sent)
    assert proved_post(shop, Role.FINANCE, path, sent) == 403
    assert sql("SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'") == [(2,)]
    assert client.post(path, sent).status_code == 302
    assert sql("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'") == [(2,)]
    before = state_of_all()
    assert client.post(path, sent).status_code == 409
    for bad in ({"act": "event", "event": "x"}, {"act": "jobs", "ids": "x"}, {"act": "events"}, {}):
        assert client.post(path, bad).status_code in (409, 422)
    assert state_of_all() == before
    sql("DELETE FROM procrastinate_jobs")


def proved_post(shop: Shop, role: str, path: str, data: dict[str, str]) -> int:
    return proved(shop.id, role).post(path, data).status_code


def test_other_shops_things_are_not_there(shop: Shop, other: Shop) -> None:
    theirs = proved(other.id)
    new_channel(theirs)
    client = proved(shop.id)
    staff_id = person(other.id, Role.VIEWER).staff.id
    before = state_of_all()
    for path, acts in (
        (reverse("desk:channel", args=[epay_of(other).id]), ("test", "enable", "limit")),
        (reverse("desk:channel-edit", args=[epay_of(other).id]), ("",)),
        (reverse("desk:member", args=[staff_id]), ("role", "leave", "link", "sessions")),
        (reverse("desk:client", args=[other.demo.client_id]), ("save", "rotate", "revoke", "signing")),
        (reverse("desk:client", args=[uuid4()]), ("save",)),
    ):
        assert client.get(path).status_code == 404
        for act in acts:
            assert client.post(path, {**EPAY, "act": act, "role": "viewer", "limit": "1"}).status_code == 404
    assert state_of_all() == before
    assert PASSWORD not in trail()
