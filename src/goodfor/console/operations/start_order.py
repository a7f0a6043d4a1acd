"""A test order: real, for one code, by the shop's own ways; one at a time however many people press the button."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.demo.types import TEST_CLIENT
from goodfor.identity import queries as identity
from goodfor.identity.operations.create_api_client import create_api_client
from goodfor.identity.types import ApiClientView, Scope
from goodfor.kernel.locks import advisory_xact_lock
from goodfor.kernel.money import Money
from goodfor.ledger import queries as ledger
from goodfor.orders import queries as orders
from goodfor.orders.operations.buy_with_balance import buy_with_balance
from goodfor.orders.operations.place_order import place_order
from goodfor.orders.operations.top_up_wallet import top_up_wallet
from goodfor.orders.types import Buyer, LineRequest

_OPEN = ("placed", "paid")
_KEPT = ("placed", "paid", "delivered")


def buyer_of_tests(shop_id: UUID) -> str:
    """The buyer's name on test orders that are paid by a channel."""
    return f"start:{shop_id}"


@transaction.atomic
def start_order(*, shop_id: UUID, sku_id: UUID, locale: str, now: datetime) -> UUID:
    """Place a test order, or find the one that is under way; returns its id. Pay it with start_payment.

    Raises what place_order raises; then nothing is there.
    """
    advisory_xact_lock(("start", shop_id, "order"))
    ref = buyer_of_tests(shop_id)
    for order in orders.orders_of_buyer(shop_id, ref, limit=5):
        if order.state in _OPEN and (order.state == "paid" or order.pay_by > now):
            return order.id
    placed = place_order(
        shop_id=shop_id,
        lines=[LineRequest(sku_id, 1)],
        buyer=Buyer(ref, locale=locale),
        channel="storefront",
        now=now,
    )
    return placed.order_id


@transaction.atomic
def start_order_by_balance(*, shop_id: UUID, sku_id: UUID, price: Money, actor: str, now: datetime) -> UUID:
    """Buy one code from the wallet of the test client, which is given what it lacks for it; returns the order's id.

    A delivered test order that was not given back is returned instead of a second one. Raises what buy_with_balance
    raises; then nothing is there, no money either.
    """
    advisory_xact_lock(("start", shop_id, "order"))
    client = _client(shop_id, actor, now)
    bought = orders.orders_of_client(shop_id, client.id, limit=200)
    if bought and bought[0].state in _KEPT:
        return bought[0].id
    lacking = price.amount_minor - _money(shop_id, client.wallet_account)
    if lacking > 0:
        top_up_wallet(
            shop_id=shop_id,
            client_id=client.id,
            wallet_account=client.wallet_account,
            amount=Money(lacking, price.currency),
            reference=f"start-{client.id}-{len(bought) + 1}",
            actor=actor,
            now=now,
        )
    order = buy_with_balance(
        shop_id=shop_id,
        client_id=client.id,
        wallet_account=client.wallet_account,
        currency=price.currency,
        lines=[LineRequest(sku_id, 1)],
        external_ref=f"start-{len(bought) + 1}",
        now=now,
    )
    return order.id


def _client(shop_id: UUID, actor: str, now: datetime) -> ApiClientView:
    for client in identity.clients_of_shop(shop_id):
        if client.name == TEST_CLIENT and client.active:
            return client
    # Its key is thrown away: nobody but this page buys in its name.
    made = create_api_client(
        shop_id=shop_id, name=TEST_CLIENT, scopes=[Scope.PRODUCTS_READ], rate_per_minute=1, actor=actor, now=now
    )
    return made.client


def _money(shop_id: UUID, wallet: str) -> int:
    return ledger.available(shop_id, wallet) if ledger.balances(shop_id, wallet) else 0
