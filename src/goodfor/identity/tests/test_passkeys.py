"""Passkeys with a software authenticator: registration, sign-in, proof, and every way in which it must not work."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from goodfor.identity import queries as identity
from goodfor.identity.buyer_models import BuyerPasskey, BuyerSession, Ceremony
from goodfor.identity.errors import InvalidProfile, LastWayIn, NotListed, PasskeyRefused
from goodfor.identity.operations.change_contact import remove_contact
from goodfor.identity.operations.register_passkey import begin_passkey, finish_passkey, remove_passkey
from goodfor.identity.operations.use_passkey import ask_passkey, prove_by_passkey, sign_in_by_passkey
from goodfor.identity.tests.buyers import AWAY, BS, UP, Authenticator, buyer_of, let_in, make_buyer
from goodfor.identity.tests.factories import make_shop
from goodfor.identity.types import RelyingParty, ShopView, SignedInBuyer

pytestmark = pytest.mark.django_db(transaction=True)
HOST, ORIGIN = "shop.example", "https://shop.example"
PARTY = RelyingParty(HOST, "好码小店", ORIGIN)


@pytest.fixture
def shop(now: datetime) -> ShopView:
    return make_shop(now)


@pytest.fixture
def buyer(shop: ShopView, now: datetime) -> SignedInBuyer:
    return make_buyer(shop.id, now)


def register(buyer: SignedInBuyer, key: Authenticator, now: datetime) -> Any:
    sent = begin_passkey(buyer=buyer, party=PARTY, now=now)
    answer = key.create(dict(sent.options))
    return finish_passkey(
        buyer=buyer, party=PARTY, ceremony_id=sent.ceremony_id, answer=answer, label="Chrome · Mac", now=now
    )


def sign_in(
    shop: ShopView, key: Authenticator, now: datetime, change: Callable[[dict[str, Any]], None] = lambda a: None
) -> Any:
    sent = ask_passkey(shop_id=shop.id, party=PARTY, buyer=None, now=now)
    answer = key.get(dict(sent.options))
    change(answer)
    return sign_in_by_passkey(
        shop_id=shop.id, party=PARTY, ceremony_id=sent.ceremony_id, answer=answer, visitor=AWAY, now=now
    )


def test_a_passkey_opens_its_account_anywhere(shop: ShopView, buyer: SignedInBuyer, now: datetime) -> None:
    key = Authenticator(ORIGIN, HOST, flags=UP | 0x04 | 0x08 | BS)
    register(buyer, key, now)
    (listed,) = identity.passkeys_of(shop.id, buyer.buyer_id)
    assert (listed.label, listed.backed_up, listed.last_used_at) == ("Chrome · Mac", True, None)
    session = sign_in(shop, key, now)
    assert session.buyer_id == buyer.buyer_id
    assert identity.passkeys_of(shop.id, buyer.buyer_id)[0].last_used_at == now
    assert identity.signins_of(shop.id, buyer.buyer_id)[0].method == "passkey"
    # The options ask for a resident key and for the person.
    options = begin_passkey(buyer=buyer, party=PARTY, now=now).options["publicKey"]
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["rp"]["id"] == HOST
    assert len(options["excludeCredentials"]) == 1


def test_a_challenge_is_used_once_and_in_time(shop: ShopView, buyer: SignedInBuyer, now: datetime) -> None:
    key = Authenticator(ORIGIN, HOST)
    register(buyer, key, now)
    sent = ask_passkey(shop_id=shop.id, party=PARTY, buyer=None, now=now)
    answer = key.get(dict(sent.options))
    given = {"shop_id": shop.id, "party": PARTY, "ceremony_id": sent.ceremony_id, "answer": answer, "visitor": AWAY}
    assert sign_in_by_passkey(**given, now=now)
    with pytest.raises(PasskeyRefused):
        sign_in_by_passkey(**given, now=now)
    late = ask_passkey(shop_id=shop.id, party=PARTY, buyer=None, now=now)
    with pytest.raises(PasskeyRefused):
        sign_in_by_passkey(
            **{**given, "ceremony_id": late.ceremony_id, "answer": key.get(dict(late.options))},
            now=now + timedelta(minutes=10),
        )
    assert Ceremony.objects.filter(shop_id=shop.id).count() == 0


def spoil(part: str, value: str) -> Callable[[dict[str, Any]], None]:
    return lambda answer: answer["response"].update({part: value})


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(Authenticator("https://shop.example.evil", HOST), id="another origin"),
        pytest.param(Authenticator("http://shop.example", HOST), id="no TLS"),
        pytest.param(Authenticator(ORIGIN, "evil.example"), id="another host"),
        pytest.param(Authenticator(ORIGIN, HOST, flags=UP), id="the person not verified"),
        pytest.param(Authenticator(ORIGIN, HOST, flags=0x04), id="nobody there"),
    ],
)
def test_what_does_not_hold_registers_nothing(
    shop: ShopView, buyer: SignedInBuyer, now: datetime, key: Authenticator
) -> None:
    with pytest.raises(PasskeyRefused):
        register(buyer, key, now)
    assert BuyerPasskey.objects.count() == 0


def test_what_does_not_hold_lets_nobody_in(shop: ShopView, buyer: SignedInBuyer, now: datetime) -> None:
    key = Authenticator(ORIGIN, HOST)
    register(buyer, key, now)
    sessions = BuyerSession.objects.filter(shop_id=shop.id).count()
    changes: list[Callable[[dict[str, Any]], Any]] = [
        spoil("signature", "AAAA"),
        spoil("userHandle", "c3RyYW5nZXI"),
        spoil("clientDataJSON", "e30"),
        spoil("authenticatorData", "AAAA"),
        lambda answer: answer.update(rawId="AAAA", id="AAAA"),
        lambda answer: answer.pop("response"),
        lambda answer: answer.clear(),
    ]
    for change in changes:
        with pytest.raises(PasskeyRefused):
            sign_in(shop, key, now, change)
    stranger = Authenticator(ORIGIN, HOST, credential_id=key.credential_id, handle=key.handle)
    with pytest.raises(PasskeyRefused):
        sign_in(shop, stranger, now)
    for bad in (Authenticator("https://evil.example", HOST), Authenticator(ORIGIN, HOST, flags=UP)):
        bad.credential_id, bad.key, bad.handle = key.credential_id, key.key, key.handle
        with pytest.raises(PasskeyRefused):
            sign_in(shop, bad, now)
    assert BuyerSession.objects.filter(shop_id=shop.id).count() == sessions
    assert sign_in(shop, key, now)


def test_another_shop_does_not_know_the_passkey(shop: ShopView, buyer: SignedInBuyer, now: datetime) -> None:
    key = Authenticator(ORIGIN, HOST)
    register(buyer, key, now)
    with pytest.raises(PasskeyRefused):
        sign_in(make_shop(now), key, now)


def test_a_counter_that_does_not_grow_is_a_copy(shop: ShopView, buyer: SignedInBuyer, now: datetime) -> None:
    key = Authenticator(ORIGIN, HOST, count=5)
    register(buyer, key, now)
    sign_in(shop, key, now)
    assert BuyerPasskey.objects.get(shop_id=shop.id).sign_count == 6
    key.count = 4
    with pytest.raises(PasskeyRefused):
        sign_in(shop, key, now)
    assert BuyerPasskey.objects.get(shop_id=shop.id).sign_count == 6
    assert identity.notices_of(shop.id, buyer.buyer_id)[0].kind == "passkey_copied"
    key.count = 9
    assert sign_in(shop, key, now)


def test_one_credential_belongs_to_one_account(shop: ShopView, buyer: SignedInBuyer, now: datetime) -> None:
    key = Authenticator(ORIGIN, HOST)
    register(buyer, key, now)
    other = make_buyer(shop.id, now, "other@example.com")
    with pytest.raises(PasskeyRefused):
        register(other, key, now)
    assert BuyerPasskey.objects.filter(shop_id=shop.id).count() == 1


def test_a_registration_belongs_to_the_buyer_who_began_it(shop: ShopView, buyer: SignedInBuyer, now: datetime) -> None:
    key, other = Authenticator(ORIGIN, HOST), make_buyer(shop.id, now, "other@example.com")
    sent = begin_passkey(buyer=buyer, party=PARTY, now=now)
    answer = key.create(dict(sent.options))
    with pytest.raises(PasskeyRefused):
        finish_passkey(buyer=other, party=PARTY, ceremony_id=sent.ceremony_id, answer=answer, label="", now=now)
    assert BuyerPasskey.objects.count() == 0


def test_proof_by_passkey_needs_ones_own(shop: ShopView, now: datetime) -> None:
    session = let_in(shop.id, now)
    mine, other = buyer_of(shop.id, session, now), make_buyer(shop.id, now, "other@example.com")
    key, theirs = Authenticator(ORIGIN, HOST), Authenticator(ORIGIN, HOST)
    with pytest.raises(PasskeyRefused):
        ask_passkey(shop_id=shop.id, party=PARTY, buyer=mine, now=now)
    register(mine, key, now)
    register(other, theirs, now)
    later = now + timedelta(minutes=11)

    def prove(authenticator: Authenticator) -> str:
        sent = ask_passkey(shop_id=shop.id, party=PARTY, buyer=mine, now=later)
        answer = authenticator.get(dict(sent.options))
        return prove_by_passkey(buyer=mine, party=PARTY, ceremony_id=sent.ceremony_id, answer=answer, now=later)

    with pytest.raises(PasskeyRefused):
        prove(theirs)
    assert not identity.is_proof_fresh(buyer_of(shop.id, session, later), later)
    renewed = identity.signed_in(shop.id, prove(key), later)
    assert renewed is not None
    assert identity.is_proof_fresh(renewed, later)
    # A challenge for signing in proves nothing.
    sent = ask_passkey(shop_id=shop.id, party=PARTY, buyer=None, now=later)
    with pytest.raises(PasskeyRefused):
        prove_by_passkey(
            buyer=mine, party=PARTY, ceremony_id=sent.ceremony_id, answer=key.get(dict(sent.options)), now=later
        )


def test_passkeys_are_taken_away_but_not_the_last_way_in(shop: ShopView, buyer: SignedInBuyer, now: datetime) -> None:
    made = register(buyer, Authenticator(ORIGIN, HOST), now)
    other = make_buyer(shop.id, now, "other@example.com")
    with pytest.raises(NotListed):
        remove_passkey(buyer=other, passkey_id=made, now=now)
    remove_contact(buyer=buyer, kind="email", now=now)
    with pytest.raises(LastWayIn):
        remove_passkey(buyer=buyer, passkey_id=made, now=now)
    second = register(buyer, Authenticator(ORIGIN, HOST), now)
    remove_passkey(buyer=buyer, passkey_id=made, now=now)
    assert [p.id for p in identity.passkeys_of(shop.id, buyer.buyer_id)] == [second]


def test_ten_passkeys_are_enough(buyer: SignedInBuyer, now: datetime) -> None:
    for _ in range(10):
        register(buyer, Authenticator(ORIGIN, HOST), now)
    with pytest.raises(InvalidProfile):
        register(buyer, Authenticator(ORIGIN, HOST), now)
