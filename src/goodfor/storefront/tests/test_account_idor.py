"""Every address of an account, tried as another buyer, as a guest and in another shop: refused, and nothing changed."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client

from goodfor.cards import queries as cards
from goodfor.cards.operations.keep_card import keep_card
from goodfor.identity.buyer_models import Buyer, BuyerPasskey, BuyerSession, SavedAccount
from goodfor.identity.models import Shop
from goodfor.identity.operations.create_shop import create_shop
from goodfor.identity.queries import shop_by_id
from goodfor.identity.tests.buyers import Authenticator
from goodfor.identity.tests.factories import make_staff
from goodfor.kernel.clock import utc_now
from goodfor.risk.tests.traces import is_trace
from goodfor.storefront.tests.account_flow import Mailbox, browser, plain, sign_in
from goodfor.storefront.tests.test_account_pages import FETCH, buy, pay
from goodfor.storefront.tests.test_redeem_pages import deal
from goodfor.storefront.tests.world import World
from goodfor.storefront.urls import urlpatterns
from goodfor.subscriptions import states
from goodfor.subscriptions.operations.set_plan import make_plan, move_plan
from goodfor.subscriptions.tests.subscribing import subscription_of
from goodfor.subscriptions.types import PlanWish

pytestmark = pytest.mark.django_db(transaction=True)
#: Tables that a refused request may write to: counters, and when a browser was last seen.
COUNTERS = {"identity_door", "identity_ceremony", "storefront_attempt", "django_session"}
OWNED = (
    "/me/accounts/{saved}/delete", "/me/devices/{session}/revoke", "/me/passkeys/{passkey}/delete", "/me/cards/{card}",
    "/me/cards/{card}/gift", *(f"/me/subscriptions/{{subscription}}{act}" for act in ("/pick", "/change", "/sign")),
)  # fmt: skip
#: Pages of an account that take no id: they show and change the account of the browser, never another one.
OWN = [
    "me/prove", "me/prove/code", "me/prove/passkey/options", "me/prove/passkey", "me/profile", "me/accounts",
    "me/messages", "me/consent", "me/security", "me/security/password", "me/contacts", "me/contacts/code",
    "me/contacts/email/delete", "me/devices/revoke-all", "me/passkeys/options", "me/passkeys", "me/links/weixin",
    "me/links/weixin/delete", "me/data", "me/data/export", "me/data/delete", "me/data/keep", "me/claim",
    "me/invite", "me/points", "me/points/checkin", "me/points/give", "me/points/redemptions", "me/wallet",
    "me/gifts", "me/tasks", "me/tasks/claim", "me/subscriptions",
]  # fmt: skip
ORDER = ("pay", "state", "cancel", "reveal", "download", "receipt", "proof", "lock", "gift")


class Owner:
    """A buyer with one thing of each kind, and the ids of all of it."""

    def __init__(self, world: World, box: Mailbox) -> None:
        self.client = browser()
        sign_in(self.client, box, "owner@example.com")
        self.client.post("/me/accounts", {"label": "a", "value": "player-777"})
        key = Authenticator("http://testserver", "testserver")
        options = self.client.post("/me/passkeys/options", headers=FETCH).json()
        self.client.post("/me/passkeys", {"answer": json.dumps(key.create(options))}, headers=FETCH)
        self.number = buy(self.client, world)
        pay(world, self.number)
        [code] = deal(world.shop_id, "value", value=10_000, size=1)
        card = cards.card_by_code(world.shop_id, str(cards.normal_code(code)), utc_now()).card_id
        keep_card(shop_id=world.shop_id, card_id=card, holder_ref=self.ref(), now=utc_now())
        self.ids = {
            "saved": SavedAccount.objects.get(shop_id=world.shop_id).id,
            "session": BuyerSession.objects.get(shop_id=world.shop_id, revoked_at__isnull=True).id,
            "passkey": BuyerPasskey.objects.get(shop_id=world.shop_id).id,
            "card": card,
            "subscription": subscription_of(world.shop_id, plan_of(world), Buyer.objects.get().id),
        }

    def ref(self) -> str:
        """How rooms name the account."""
        return f"buyer:{Buyer.objects.get().id.hex}"


def plan_of(world: World) -> UUID:
    """A plan on sale."""
    now = utc_now()
    actor = make_staff(shop_by_id(world.shop_id), now).actor
    made = make_plan(
        shop_id=world.shop_id, slug="plan", wish=PlanWish("月卡", 3000, 1, 1, (world.sku_id,)), actor=actor, now=now
    )
    move_plan(shop_id=world.shop_id, plan_id=made.id, to_state=states.ON_SALE, actor=actor, now=now)
    return made.id


def snapshot() -> dict[str, Any]:
    """Every row of ours, but for the counters."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        names = [row[0] for row in cursor.fetchall() if row[0] not in COUNTERS and not is_trace(row[0])]
        found = {}
        for name in names:
            cursor.execute(f"SELECT md5(coalesce(string_agg(t::text, chr(10) ORDER BY t::text), '')) FROM \"{name}\" t")
            found[name] = cursor.fetchone()[0]
    return found


def test_every_address_of_an_account_is_in_this_suite() -> None:
    paths = {str(pattern.pattern) for pattern in urlpatterns}
    mine = {path for path in paths if path.startswith("me/") and path != "me/forget"}
    spelt = {"email/delete": "<slug:kind>/delete", "links/weixin": "links/<slug:provider>"}
    tried = set(OWN)
    for given, pattern in spelt.items():
        tried = {path.replace(given, pattern) for path in tried}
    with_ids = {
        "me/accounts/<uuid:account_id>/delete", "me/devices/<uuid:session_id>/revoke",
        "me/passkeys/<uuid:passkey_id>/delete", "me/cards/<uuid:card_id>", "me/cards/<uuid:card_id>/gift",
        # A partner's, to which everybody goes as themselves.
        "me/points/mall/<uuid:account_id>",
        *(f"me/subscriptions/<uuid:subscription_id>{act}" for act in ("", "/state", "/pick", "/change", "/sign")),
    }  # fmt: skip
    assert mine == tried | with_ids


def test_another_buyers_things_are_not_there(world: World, box: Mailbox) -> None:
    owner, stranger = Owner(world, box), browser()
    sign_in(stranger, box, "stranger@example.com")
    before = snapshot()
    for address in OWNED:
        for ids in (owner.ids, dict.fromkeys(owner.ids, uuid4())):
            assert stranger.post(address.format(**ids)).status_code == 404, address
    for path in ORDER:
        answer = stranger.post(f"/o/{owner.number}/{path}", {"code": "x", "secret": "x"})
        assert answer.status_code in (302, 404, 405), path
        assert owner.number not in answer.content.decode() or path == "proof"
        assert stranger.get(f"/o/{owner.number}/{path}").status_code in (200, 302, 404, 405), path
    assert "查订单" in plain(stranger.get(f"/o/{owner.number}"))
    assert snapshot() == before


def test_a_guest_is_led_to_sign_in_and_changes_nothing(world: World, box: Mailbox) -> None:
    owner, guest = Owner(world, box), browser()
    before = snapshot()
    for path in [f"/{path}" for path in OWN] + [address.format(**owner.ids) for address in OWNED]:
        for method in (guest.get, guest.post):
            answer = method(path, {"back": path})
            assert answer.status_code in (302, 405), path
            if answer.status_code == 302:
                assert answer["Location"].startswith("/signin"), path
        assert guest.post(path, headers=FETCH).status_code in (401, 405), path
    assert snapshot() == before


def test_the_session_of_one_shop_is_nothing_in_another(world: World, box: Mailbox, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "other.example"]
    Shop.objects.filter(pk=world.shop_id).update(host="testserver")
    create_shop(code="other", name="别家", currency="CNY", host="other.example", actor="test", now=utc_now())
    owner = Owner(world, box)
    there = Client(headers={"host": "other.example"})
    there.cookies = owner.client.cookies
    before = snapshot()
    for path in [f"/{path}" for path in OWN] + [address.format(**owner.ids) for address in OWNED]:
        for method in (there.get, there.post):
            answer = method(path)
            assert answer.status_code in (302, 405), path
            assert answer.status_code == 405 or answer["Location"].startswith("/signin"), path
    assert owner.number not in there.get("/orders").content.decode()
    for path in ORDER:
        assert there.post(f"/o/{owner.number}/{path}", {"code": "x", "secret": "x"}).status_code in (302, 404, 405)
    assert snapshot() == before
    # A buyer of the other shop finds nothing of this one either.
    settings.CSRF_TRUSTED_ORIGINS = []
    stranger = Client(headers={"host": "other.example"})
    sign_in(stranger, box, "owner@example.com")
    before = snapshot()
    for address in OWNED:
        assert stranger.post(address.format(**owner.ids)).status_code == 404, address
    assert snapshot() == before


def test_what_is_grave_needs_a_fresh_proof(world: World, box: Mailbox) -> None:
    owner = Owner(world, box)
    BuyerSession.objects.filter(shop_id=world.shop_id).update(proved_at=None)
    before = snapshot()
    grave = (
        "/me/security/password", "/me/contacts", "/me/contacts/code", "/me/contacts/email/delete",
        "/me/passkeys/options", "/me/passkeys", OWNED[2].format(**owner.ids), "/me/links/weixin",
        "/me/links/weixin/delete", "/me/data/export", "/me/data/delete", "/me/points/give",
        OWNED[4].format(**owner.ids),
    )  # fmt: skip
    for path in grave:
        answer = owner.client.post(path, {"password": "x", "contact": "a@example.com", "codes": "1", "back": "/me"})
        assert answer.status_code == 302, path
        assert answer["Location"].startswith("/me/prove"), path
        assert owner.client.post(path, headers=FETCH).json()["code"] == "fresh_proof_needed", path
    assert snapshot() == before
