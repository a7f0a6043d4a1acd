"""Sign in, or link an account, by who somebody is elsewhere (WeChat, OpenID Connect ...)."""

import hmac
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from goodfor.identity.buyer_models import BuyerLink, OAuthApp
from goodfor.identity.contacts import contact_index, parse_contact
from goodfor.identity.errors import LinkRefused, LinkTaken, NotListed, ProviderAway
from goodfor.identity.operations.account_steps import account_of, keep_contact, make_buyer
from goodfor.identity.operations.ceremonies import open_ceremony, take_ceremony
from goodfor.identity.operations.change_contact import check_other_way_in
from goodfor.identity.operations.note_change import note_change
from goodfor.identity.operations.open_session import open_session
from goodfor.identity.operations.set_oauth_app import secret_aad
from goodfor.identity.providers.bridge import App, Foreigner, begin, finish
from goodfor.identity.types import Arrival, NewSession, Sent, SignedInBuyer, Visitor
from goodfor.kernel import audit
from goodfor.kernel.crypto import Sealed, keyring
from goodfor.kernel.ids import secret_token
from goodfor.kernel.locks import advisory_xact_lock

SIGNIN, LINK = "oauth.signin", "oauth.link"


def begin_elsewhere(
    *, shop_id: UUID, provider: str, callback: str, after: str, buyer: SignedInBuyer | None, now: datetime
) -> Sent:
    """Where to send the browser. A signed-in `buyer` links the account elsewhere, anybody else signs in by it.

    State, nonce and PKCE verifier stay here, sealed, bound to the ceremony. Raises ProviderAway.
    """
    app, _trust = _app(shop_id, provider)
    state, nonce = secret_token(32), secret_token(16)
    way = begin(app, callback, state, nonce)
    payload = {
        "provider": provider,
        "callback": callback,
        "state": state,
        "nonce": nonce,
        "verifier": way.verifier,
        "after": after,
    }
    kind, buyer_id = (SIGNIN, None) if buyer is None else (LINK, buyer.buyer_id)
    return Sent(open_ceremony(shop_id, kind, buyer_id, payload, now), {}, way.address)


def finish_elsewhere(
    *,
    shop_id: UUID,
    provider: str,
    ceremony_id: UUID,
    state: str,
    code: str,
    buyer: SignedInBuyer | None,
    visitor: Visitor,
    replaces: str = "",
    now: datetime,
) -> Arrival:
    """The browser came back with a code: let it in, or link. Used once, whatever comes of it.

    Raises LinkRefused (wrong state, browser or buyer; the provider does not confirm), LinkTaken, ProviderAway.
    """
    kind = SIGNIN if buyer is None else LINK
    taken = take_ceremony(shop_id, ceremony_id, kind, buyer.buyer_id if buyer else None, now)
    if taken is None:
        raise LinkRefused
    payload = taken[0]
    right = hmac.compare_digest(str(payload["state"]).encode(), state.encode("utf-8", "surrogatepass"))
    if not right or payload["provider"] != provider or not code:
        raise LinkRefused
    app, trust = _app(shop_id, provider)
    # The provider is asked outside of any transaction.
    found = finish(app, str(payload["callback"]), code, str(payload["verifier"]), str(payload["nonce"]))
    if buyer is not None:
        _link(buyer, found, now)
        return Arrival(None, found.provider, str(payload["after"]))
    session = _sign_in(shop_id, found, trust, visitor, replaces, now)
    return Arrival(session, found.provider, str(payload["after"]))


def unlink(*, buyer: SignedInBuyer, provider: str, now: datetime) -> None:
    """The account elsewhere no longer opens this one; another way in must remain. Raises NotListed, LastWayIn."""
    with transaction.atomic():
        advisory_xact_lock(("buyer", buyer.shop_id, buyer.ref))
        mine = BuyerLink.objects.filter(shop_id=buyer.shop_id, buyer_id=buyer.buyer_id, provider=provider)
        row = mine.first()
        if row is None:
            raise NotListed
        check_other_way_in(buyer, BuyerLink, row.id)
        mine.delete()
        _note(buyer.shop_id, buyer.buyer_id, "unlinked", provider, now)


def _sign_in(
    shop_id: UUID, found: Foreigner, trust: bool, visitor: Visitor, replaces: str, now: datetime
) -> NewSession:
    index = _index(shop_id, found)
    with transaction.atomic():
        advisory_xact_lock(("contact", shop_id, found.provider, index.hex()))
        row = BuyerLink.objects.filter(shop_id=shop_id, provider=found.provider, subject_index=index).first()
        if row is not None:
            buyer_id, created = row.buyer_id, False
        else:
            buyer_id, created = _meet(shop_id, found, trust, visitor, now)
            BuyerLink.objects.create(
                shop_id=shop_id, buyer_id=buyer_id, provider=found.provider, subject_index=index, created_at=now
            )
            _note(shop_id, buyer_id, "linked", found.provider, now)
        return open_session(
            shop_id=shop_id,
            buyer_id=buyer_id,
            method=f"oauth:{found.provider}",
            visitor=visitor,
            replaces=replaces,
            created=created,
            now=now,
        )


def _meet(shop_id: UUID, found: Foreigner, trust: bool, visitor: Visitor, now: datetime) -> tuple[UUID, bool]:
    """The account for somebody new: by an e-mail address only if the provider verified it and the shop trusts that."""
    contacts = [contact for email in found.emails if trust and (contact := parse_contact(email))]
    for contact in contacts[:1]:
        index = contact_index(shop_id, contact)
        advisory_xact_lock(("contact", shop_id, index.hex()))
        account = account_of(shop_id, contact.kind, index, visitor)
        if account is not None:
            linked = BuyerLink.objects.filter(shop_id=shop_id, buyer_id=account[0], provider=found.provider)
            if linked.exists():
                # That account is opened by another one there already.
                raise LinkTaken
            return account[0], False
    buyer_id = make_buyer(shop_id, visitor, f"oauth:{found.provider}", now)
    if contacts:
        keep_contact(shop_id, buyer_id, contacts[0], now)
    return buyer_id, True


def _link(buyer: SignedInBuyer, found: Foreigner, now: datetime) -> None:
    index = _index(buyer.shop_id, found)
    try:
        with transaction.atomic():
            mine = BuyerLink.objects.filter(shop_id=buyer.shop_id, buyer_id=buyer.buyer_id, provider=found.provider)
            if mine.filter(subject_index=index).exists():
                return
            mine.delete()
            BuyerLink.objects.create(
                shop_id=buyer.shop_id,
                buyer_id=buyer.buyer_id,
                provider=found.provider,
                subject_index=index,
                created_at=now,
            )
            _note(buyer.shop_id, buyer.buyer_id, "linked", found.provider, now)
    except IntegrityError as error:
        raise LinkTaken from error


def _index(shop_id: UUID, found: Foreigner) -> bytes:
    value = f"{shop_id.hex}|{found.provider}|{found.subject}"
    return keyring().blind_index("identity.link", value.encode())


def _app(shop_id: UUID, provider: str) -> tuple[App, bool]:
    row = OAuthApp.objects.filter(shop_id=shop_id, provider=provider, enabled=True).first()
    if row is None:
        raise ProviderAway
    sealed = Sealed(row.secret_key_id, bytes(row.secret_blob))
    secret = keyring().open(sealed, secret_aad(shop_id, row.id)).decode()
    return App(row.provider, row.label, row.client_id, secret, row.server_url), row.trust_email


def _note(shop_id: UUID, buyer_id: UUID, what: str, provider: str, now: datetime) -> None:
    note_change(shop_id=shop_id, buyer_id=buyer_id, kind=f"account_{what}", data={"provider": provider}, now=now)
    audit.record(
        shop_id=shop_id,
        actor=f"buyer:{buyer_id}",
        action=f"identity.buyer_{what}",
        subject=("buyer", buyer_id),
        data={"provider": provider},
        now=now,
    )
