"""Two shops with everybody in them, and every kind of thing that belongs to somebody; for the suites of attacks."""

import json
import re
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from goodfor.aftersales import queries as aftersales
from goodfor.aftersales.operations.make_claim import make_claim
from goodfor.cards import queries as cards
from goodfor.cards.operations.keep_card import keep_card
from goodfor.catalog.operations import create_category, create_product, create_sku
from goodfor.catalog.tests.pictures import encoded, noise
from goodfor.console.tests.claim_things import leave_to_people
from goodfor.console.tests.conftest import CONTACT, Shop, make
from goodfor.console.tests.helpers import state_of_all
from goodfor.console.tests.things import things_of
from goodfor.identity.buyer_models import BuyerPasskey, BuyerSession, SavedAccount
from goodfor.identity.models import Shop as ShopRow
from goodfor.identity.operations.create_api_client import create_api_client
from goodfor.identity.tests.buyers import Authenticator
from goodfor.identity.types import Scope
from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.orders import queries as orders
from goodfor.orders.operations import place_order, refund_order
from goodfor.orders.operations.apply_payment_fact import apply_payment_fact
from goodfor.orders.operations.reveal_codes import reveal_codes
from goodfor.orders.operations.start_payment import start_payment
from goodfor.orders.tests.factories import Till, open_till
from goodfor.orders.types import Buyer, LineRequest, OrderView, PlacedOrder
from goodfor.payments import queries as payments
from goodfor.payments.types import Fact
from goodfor.risk.tests.traces import is_trace
from goodfor.storefront.tests.account_flow import AGENT, Mailbox, sign_in
from goodfor.storefront.tests.test_redeem_pages import deal

FETCH = {"X-Requested-With": "fetch", "Accept": "application/json"}
#: What a refused request may leave behind: counted guesses, a ceremony that began, when somebody was last seen.
TRACES = {"identity_door", "identity_ceremony", "identity_nonce", "storefront_attempt"}


def all_routes() -> dict[str, URLPattern]:
    """Every address of the installation, as the resolver knows it."""

    def walk(patterns: list[Any], before: str) -> dict[str, URLPattern]:
        found: dict[str, URLPattern] = {}
        for entry in patterns:
            route = before + str(entry.pattern)
            if isinstance(entry, URLResolver):
                found |= walk(entry.url_patterns, route)
            else:
                found[route] = entry
        return found

    return walk(get_resolver().url_patterns, "")


def filled(route: str, ids: dict[str, Any]) -> str:
    """The address with these ids in it."""
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(ids[found[1]]), route)


def digest() -> dict[str, Any]:
    """A fingerprint of every row of ours, but for the traces of a refusal."""
    return {name: state for name, state in state_of_all().items() if name not in TRACES and not is_trace(name)}


class Browser(Client):
    """A client that a snapshot can keep: a copy has the cookies, and a chain of middleware of its own."""

    def __deepcopy__(self, memo: dict[int, Any]) -> "Browser":
        made = Browser()
        made.defaults = dict(self.defaults)
        made.cookies = deepcopy(self.cookies, memo)
        return made


@dataclass
class Side:
    """One shop: its host, its things, and its two buyers with one order each, and a guest with one."""

    shop: Shop
    host: str
    till: Till
    hidden_slug: str
    hidden_sku: UUID
    hidden_product: UUID
    guest: PlacedOrder
    claim_id: UUID
    first: Client
    second: Client
    first_number: str
    second_number: str
    stranger: Client
    proved_guest: Client
    #: Things of the first buyer, and those that the console's addresses name.
    ids: dict[str, Any] = field(default_factory=dict)
    desk: dict[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> UUID:
        return self.shop.id

    def browser(self, address: str) -> Client:
        """A new browser at this shop."""
        return Client(HTTP_USER_AGENT=AGENT, HTTP_HOST=self.host, REMOTE_ADDR=address)


def pay(shop_id: UUID, order: OrderView | PlacedOrder, till: Till) -> None:
    """Start a payment and let its channel say that the money came."""
    order_id = order.order_id if isinstance(order, PlacedOrder) else order.id
    if not payments.payments_of(shop_id, "order", order_id):
        start_payment(
            shop_id=shop_id, order_id=order_id, method="till/alipay", return_url="https://shop.example/o",
            notify_url="https://shop.example/pay/notify", now=utc_now(),
        )  # fmt: skip
    paid = payments.payments_of(shop_id, "order", order_id)[0]
    fact = Fact(
        kind="paid", provider=paid.provider, account_id=till.account_id, our_ref=paid.number,
        channel_ref=f"T{paid.number}", amount=paid.amount, happened_at=utc_now(), source="notify",
    )  # fmt: skip
    apply_payment_fact(shop_id=shop_id, fact=fact, now=utc_now())


def _bought(client: Client, shop: Shop, till: Till) -> str:
    sent = {"p": "kuwan-coin", "sku": str(shop.demo.skus["kw-50"]), "qty": "1", "method": "alipay"}
    done = client.post("/checkout", sent)
    assert done.status_code == 302, done.content.decode()[:2000]
    number = str(done["Location"].split("/")[2])
    pay(shop.id, orders.order_by_number(shop.id, number), till)
    assert orders.order_by_number(shop.id, number).state == "delivered"
    return number


def _hidden(shop_id: UUID, slug: str) -> tuple[UUID, UUID]:
    """A product that only this shop has."""
    now = utc_now()
    shelf = create_category(shop_id=shop_id, slug=f"shelf-{slug}", name=slug, actor="test", now=now)
    product = create_product(
        shop_id=shop_id, category_id=shelf, slug=slug, name=f"Only {slug}", scenes=[slug], actor="test", now=now
    )
    sku = create_sku(
        shop_id=shop_id, product_id=product, code=slug, name=slug, face_value_label="1", price=Money(100, "CNY"),
        list_price=Money(100, "CNY"), actor="test", now=now,
    )  # fmt: skip
    return product, sku


def make_side(code: str, host: str, box: Mailbox, network: int) -> Side:
    """A shop with everybody and everything; each browser has an address of its own."""
    shop = make(code)
    ShopRow.objects.filter(pk=shop.id).update(host=host)
    till = open_till(shop.id, utc_now())
    slug = f"only-{code}"
    product, sku = _hidden(shop.id, slug)
    guest = place_order(
        shop_id=shop.id, lines=[LineRequest(shop.demo.skus["kw-50"], 1)],
        buyer=Buyer(f"guest:{code}-claims", contact=CONTACT, ip=f"192.0.2.{network}"), channel="storefront",
        now=utc_now(),
    )  # fmt: skip
    pay(shop.id, guest, till)
    reveal_codes(shop_id=shop.id, order_id=guest.order_id, actor="test", ip="", now=utc_now())
    leave_to_people(shop.id)
    claim = make_claim(
        shop_id=shop.id, order_id=guest.order_id, line_id=guest.lines[0].line_id, reason="used", fresh=True,
        pictures=[encoded(noise(), "PNG")], actor="test", now=utc_now(),
    ).case  # fmt: skip
    browsers = [
        Browser(HTTP_USER_AGENT=AGENT, HTTP_HOST=host, REMOTE_ADDR=f"198.51.{network}.{i}") for i in range(1, 5)
    ]
    first, second, stranger, proved_guest = browsers
    sign_in(first, box, f"first@{code}.example")
    sign_in(second, box, f"second@{code}.example")
    bought = _bought(first, shop, till), _bought(second, shop, till)
    assert proved_guest.get(f"/o/{shop.placed.number}?k={shop.placed.secret}").status_code == 302
    side = Side(
        shop, host, till, slug, sku, product, guest, claim.id, first, second, bought[0], bought[1], stranger,
        proved_guest,
    )  # fmt: skip
    _own(side)
    return side


def _own(side: Side) -> None:
    """One thing of each kind, by the names that addresses give to their ids."""
    shop_id, now = side.id, utc_now()
    side.first.post("/me/accounts", {"label": "a", "value": "player-777"})
    key = Authenticator(f"http://{side.host}", side.host)
    options = side.first.post("/me/passkeys/options", headers=FETCH).json()
    side.first.post("/me/passkeys", {"answer": json.dumps(key.create(options))}, headers=FETCH)
    paid = payments.payments_of(shop_id, "order", orders.order_by_number(shop_id, side.first_number).id)[0]
    client = f"client:{side.shop.demo.client_id}"
    side.desk = {**things_of(side.shop), "product_id": side.hidden_product, "sku_id": side.hidden_sku}
    refunded = refund_order(shop_id=shop_id, order_id=side.shop.delivered.id, reason="r", actor=client, now=now)
    [code, *_more] = deal(shop_id, "value", value=10_000, size=1)
    card_id = cards.card_by_code(shop_id, str(cards.normal_code(code)), now).card_id
    mine = BuyerSession.objects.filter(shop_id=shop_id, revoked_at__isnull=True).order_by("id")[0]
    keep_card(shop_id=shop_id, card_id=card_id, holder_ref=f"buyer:{mine.buyer_id.hex}", now=now)
    side.ids = {
        "account_id": SavedAccount.objects.get(shop_id=shop_id).id,
        "session_id": mine.id,
        "card_id": card_id,
        "passkey_id": BuyerPasskey.objects.get(shop_id=shop_id).id,
        "claim_id": side.claim_id,
        "picture_id": aftersales.pictures_of(shop_id, side.claim_id)[0].id,
        "payment": paid.number,
        "refund_id": refunded.refund_id,
        "product_id": side.hidden_product,
        "subscription_id": side.desk["subscription_id"],
    }  # fmt: skip


def api_key(shop_id: UUID, *scopes: str) -> str:
    """A new client of the shop with these scopes."""
    made = create_api_client(
        shop_id=shop_id, name="x", scopes=list(scopes), rate_per_minute=60_000, actor="test", now=utc_now()
    )
    return made.api_key


@dataclass(frozen=True)
class Sides:
    """Shop a, whose things are wanted, and shop b."""

    a: Side
    b: Side


ALL_SCOPES = [str(scope) for scope in Scope]
