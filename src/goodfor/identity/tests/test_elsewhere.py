"""Signing in by accounts elsewhere, against a stand-in that speaks OpenID Connect and WeChat's dialect."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.socialaccount.providers.weixin.views import WeixinOAuth2Adapter
from django.contrib.auth import get_user_model
from django.db import transaction

from goodfor.identity import queries as identity
from goodfor.identity.buyer_models import Buyer, BuyerLink, BuyerSession, Ceremony, OAuthApp
from goodfor.identity.errors import InvalidIdentity, LastWayIn, LinkRefused, LinkTaken, NotListed, ProviderAway
from goodfor.identity.operations.set_oauth_app import set_oauth_app
from goodfor.identity.operations.sign_in_elsewhere import begin_elsewhere, finish_elsewhere, unlink
from goodfor.identity.tests.buyers import AWAY, make_buyer
from goodfor.identity.tests.elsewhere import CLIENT, SECRET, Elsewhere, Person, running
from goodfor.identity.tests.factories import make_shop
from goodfor.identity.types import Arrival, ShopView, SignedInBuyer

pytestmark = pytest.mark.django_db(transaction=True)
CALLBACK = "https://shop.example/signin/with/openid_connect/back"


@pytest.fixture
def it() -> Iterator[Elsewhere]:
    with running() as elsewhere:
        yield elsewhere


def offer(shop: ShopView, it: Elsewhere, now: datetime, **over: Any) -> None:
    values = {
        "provider": "openid_connect", "label": "Example", "client_id": CLIENT, "secret": SECRET, "server_url": it.url,
    }  # fmt: skip
    set_oauth_app(shop_id=shop.id, actor="test", now=now, **{**values, **over})


@pytest.fixture
def shop(it: Elsewhere, now: datetime) -> ShopView:
    made = make_shop(now)
    offer(made, it, now)
    return made


def go(
    shop: ShopView,
    it: Elsewhere,
    now: datetime,
    buyer: SignedInBuyer | None = None,
    /,
    provider: str = "openid_connect",
    **over: Any,
) -> Arrival:
    """There and back."""
    sent = begin_elsewhere(shop_id=shop.id, provider=provider, callback=CALLBACK, after="/me", buyer=buyer, now=now)
    state, code = it.authorize(sent.address)
    given = {
        "shop_id": shop.id, "provider": provider, "ceremony_id": sent.ceremony_id, "state": state, "code": code,
        "buyer": buyer, "visitor": AWAY, "now": now,
    }  # fmt: skip
    return finish_elsewhere(**{**given, **over})


def nothing_of_allauths_is_kept() -> bool:
    models = (EmailAddress, SocialAccount, SocialApp, SocialToken, get_user_model())
    return not any(model.objects.exists() for model in models)


def test_a_stranger_gets_an_account_and_finds_it_again(shop: ShopView, it: Elsewhere, now: datetime) -> None:
    first, again = go(shop, it, now), go(shop, it, now)
    assert first.session is not None
    assert again.session is not None
    assert (first.session.created, again.session.created) == (True, False)
    assert first.session.buyer_id == again.session.buyer_id
    assert first.next == "/me"
    # The e-mail address is not trusted unless the shop says so: it opens nothing.
    assert identity.buyer_view(shop.id, first.session.buyer_id).contacts == ()
    assert [link.provider for link in identity.links_of(shop.id, first.session.buyer_id)] == ["openid_connect"]
    assert b"u-1" not in bytes(BuyerLink.objects.get(shop_id=shop.id).subject_index)
    assert nothing_of_allauths_is_kept()


def test_the_address_carries_state_nonce_and_pkce(shop: ShopView, it: Elsewhere, now: datetime) -> None:
    sent = begin_elsewhere(shop_id=shop.id, provider="openid_connect", callback=CALLBACK, after="", buyer=None, now=now)
    query = parse_qs(urlsplit(sent.address).query)
    assert query["code_challenge_method"] == ["S256"]
    assert len(query["state"][0]) == 43
    assert query["nonce"][0]
    assert query["redirect_uri"] == [CALLBACK]
    assert SECRET not in sent.address
    assert query["state"][0].encode() not in bytes(Ceremony.objects.get(shop_id=shop.id).payload_blob)


@pytest.mark.parametrize(
    "fault", ["no_nonce", "wrong_nonce", "other_sub", "token_error", "userinfo_error", "redirect", "garbage"]
)
def test_what_the_provider_does_not_confirm_lets_nobody_in(
    shop: ShopView, it: Elsewhere, now: datetime, fault: str
) -> None:
    sent = begin_elsewhere(shop_id=shop.id, provider="openid_connect", callback=CALLBACK, after="", buyer=None, now=now)
    state, code = it.authorize(sent.address)
    it.faults.add(fault)
    with pytest.raises((LinkRefused, ProviderAway)):
        finish_elsewhere(
            shop_id=shop.id, provider="openid_connect", ceremony_id=sent.ceremony_id, state=state, code=code,
            buyer=None, visitor=AWAY, now=now,
        )  # fmt: skip
    assert (Buyer.objects.count(), BuyerLink.objects.count(), BuyerSession.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize(
    "over",
    [{"state": "wrong"}, {"state": ""}, {"state": "\ud800"}, {"code": ""}, {"code": "x"}, {"provider": "github"}],
)
def test_wrong_state_code_or_provider(shop: ShopView, it: Elsewhere, now: datetime, over: dict[str, str]) -> None:
    with pytest.raises((LinkRefused, ProviderAway)):
        go(shop, it, now, **over)
    assert Buyer.objects.count() == 0


def test_a_ceremony_is_used_once_and_in_its_shop_and_in_time(shop: ShopView, it: Elsewhere, now: datetime) -> None:
    other = make_shop(now)
    offer(other, it, now)
    for over in ({"shop_id": other.id}, {"now": now + timedelta(minutes=11)}):
        with pytest.raises(LinkRefused):
            go(shop, it, now, **over)
    sent = begin_elsewhere(shop_id=shop.id, provider="openid_connect", callback=CALLBACK, after="", buyer=None, now=now)
    state, code = it.authorize(sent.address)
    given = {
        "shop_id": shop.id, "provider": "openid_connect", "ceremony_id": sent.ceremony_id, "state": state,
        "buyer": None, "visitor": AWAY, "now": now,
    }  # fmt: skip
    assert finish_elsewhere(**given, code=code)
    _, again = it.authorize(sent.address)
    with pytest.raises(LinkRefused):
        finish_elsewhere(**given, code=again)


def test_an_unverified_address_is_never_linked(shop: ShopView, it: Elsewhere, now: datetime) -> None:
    victim = make_buyer(shop.id, now)
    offer(shop, it, now, trust_email=True)
    it.person = Person(sub="attacker", verified=False)
    session = go(shop, it, now).session
    assert session is not None
    assert session.buyer_id != victim.buyer_id
    assert identity.buyer_view(shop.id, session.buyer_id).contacts == ()
    assert identity.links_of(shop.id, victim.buyer_id) == []


def test_a_verified_address_is_linked_only_where_the_shop_trusts_the_provider(
    shop: ShopView, it: Elsewhere, now: datetime
) -> None:
    owner = make_buyer(shop.id, now)
    untrusted = go(shop, it, now).session
    assert untrusted is not None
    assert untrusted.buyer_id != owner.buyer_id
    offer(shop, it, now, trust_email=True)
    it.person = Person(sub="u-2")
    trusted = go(shop, it, now).session
    assert trusted is not None
    assert trusted.buyer_id == owner.buyer_id
    # A third account there with the same address does not push the second one out.
    it.person = Person(sub="u-3")
    with pytest.raises(LinkTaken):
        go(shop, it, now)
    it.person = Person(sub="u-4", email="new@example.com")
    fresh = go(shop, it, now).session
    assert fresh is not None
    assert [c.contact.value for c in identity.buyer_view(shop.id, fresh.buyer_id).contacts] == ["new@example.com"]


def test_a_signed_in_buyer_links_and_unlinks(shop: ShopView, it: Elsewhere, now: datetime) -> None:
    buyer = make_buyer(shop.id, now)
    arrival = go(shop, it, now, buyer)
    assert arrival.session is None
    signed = go(shop, it, now).session
    assert signed is not None
    assert signed.buyer_id == buyer.buyer_id
    other = make_buyer(shop.id, now, "other@example.com")
    with pytest.raises(LinkTaken):
        go(shop, it, now, other)
    with pytest.raises(NotListed):
        unlink(buyer=other, provider="openid_connect", now=now)
    assert len(identity.links_of(shop.id, buyer.buyer_id)) == 1
    unlink(buyer=buyer, provider="openid_connect", now=now)
    assert identity.links_of(shop.id, buyer.buyer_id) == []


def test_a_link_that_was_begun_by_another_buyer_is_refused(shop: ShopView, it: Elsewhere, now: datetime) -> None:
    mine, other = make_buyer(shop.id, now), make_buyer(shop.id, now, "other@example.com")
    for wrong in (other, None):
        with pytest.raises(LinkRefused):
            go(shop, it, now, mine, **{"buyer": wrong})
    assert BuyerLink.objects.count() == 0


def test_the_only_way_in_cannot_be_unlinked(shop: ShopView, it: Elsewhere, now: datetime) -> None:
    session = go(shop, it, now).session
    assert session is not None
    buyer = identity.signed_in(shop.id, session.token, now)
    assert buyer is not None
    with pytest.raises(LastWayIn):
        unlink(buyer=buyer, provider="openid_connect", now=now)


def test_wechat_is_one_account_by_its_union_id(
    shop: ShopView, it: Elsewhere, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(WeixinOAuth2Adapter, "access_token_url", f"{it.url}/sns/oauth2/access_token")
    monkeypatch.setattr(WeixinOAuth2Adapter, "profile_url", f"{it.url}/sns/userinfo")
    for provider in ("weixin", "weixin_mp"):
        offer(shop, it, now, provider=provider, label="微信", server_url="")
    sent = begin_elsewhere(shop_id=shop.id, provider="weixin", callback=CALLBACK, after="", buyer=None, now=now)
    assert sent.address.startswith("https://open.weixin.qq.com/connect/qrconnect?appid=goodfor-test")
    assert sent.address.endswith("#wechat_redirect")
    inside = begin_elsewhere(shop_id=shop.id, provider="weixin_mp", callback=CALLBACK, after="", buyer=None, now=now)
    assert inside.address.startswith("https://open.weixin.qq.com/connect/oauth2/authorize?appid=goodfor-test")
    assert "snsapi_userinfo" in inside.address
    it.person = Person(openid="o-qr", unionid="un-1")
    by_qr = go(shop, it, now, provider="weixin").session
    it.person = Person(openid="o-mp", unionid="un-1")
    by_mp = go(shop, it, now, provider="weixin_mp").session
    it.person = Person(openid="o-qr")
    alone = go(shop, it, now, provider="weixin").session
    assert by_qr is not None
    assert by_mp is not None
    assert alone is not None
    assert by_qr.buyer_id == by_mp.buyer_id != alone.buyer_id
    with pytest.raises(LinkRefused):
        go(shop, it, now, provider="weixin", code="x")
    assert nothing_of_allauths_is_kept()


def test_a_provider_that_is_off_or_gone_is_away(shop: ShopView, it: Elsewhere, now: datetime) -> None:
    with pytest.raises(ProviderAway):
        go(shop, it, now, provider="github")
    offer(shop, it, now, secret=None, enabled=False)
    with pytest.raises(ProviderAway):
        go(shop, it, now)
    offer(shop, it, now, secret=None, server_url="http://127.0.0.1:9")
    with pytest.raises(ProviderAway):
        go(shop, it, now)


def test_the_provider_is_never_asked_inside_a_transaction(shop: ShopView, it: Elsewhere, now: datetime) -> None:
    with pytest.raises(RuntimeError, match="inside a transaction"), transaction.atomic():
        go(shop, it, now)
    assert it.calls == []


def test_an_apps_secret_is_sealed_and_never_shown(shop: ShopView, it: Elsewhere, now: datetime) -> None:
    row = OAuthApp.objects.get(shop_id=shop.id)
    assert SECRET.encode() not in bytes(row.secret_blob)
    (view,) = identity.oauth_apps(shop.id)
    assert SECRET not in repr(view)
    offer(shop, it, now, secret=None, label="Other")
    assert go(shop, it, now)
    other = make_shop(now)
    OAuthApp.objects.filter(pk=row.pk).update(shop_id=other.id)
    with pytest.raises(Exception, match="cannot open"):
        go(other, it, now)


@pytest.mark.parametrize(
    "bad",
    [
        {"provider": "myspace"},
        {"client_id": ""},
        {"label": "x" * 41},
        {"server_url": ""},
        {"server_url": "http://example.com"},
        {"server_url": "https://user:pw@example.com"},
        {"server_url": "file:///etc/passwd"},
        {"provider": "github"},
    ],
)
def test_bad_apps_are_refused(it: Elsewhere, now: datetime, bad: dict[str, str]) -> None:
    made = make_shop(now)
    with pytest.raises(InvalidIdentity):
        offer(made, it, now, **bad)
    with pytest.raises(InvalidIdentity):
        offer(made, it, now, secret=None)
    assert OAuthApp.objects.count() == 0
