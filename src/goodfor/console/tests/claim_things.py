"""Claims for the desk's tests: delivered orders whose codes were seen, and a table that leaves all to people."""

from typing import Final
from uuid import UUID

from goodfor.aftersales import queries as aftersales
from goodfor.aftersales.operations.keep_pictures import keep_pictures
from goodfor.aftersales.operations.make_claim import make_claim
from goodfor.aftersales.operations.set_policy import set_policy
from goodfor.aftersales.pictures import prepared
from goodfor.aftersales.types import CaseView, Rule
from goodfor.catalog.tests.pictures import encoded, noise
from goodfor.console.tests.conftest import CONTACT, Shop
from goodfor.kernel.clock import utc_now
from goodfor.orders import queries as orders
from goodfor.orders.operations.buy_with_balance import buy_with_balance
from goodfor.orders.operations.place_order import place_order
from goodfor.orders.operations.reveal_codes import reveal_codes
from goodfor.orders.tests.factories import Till, begin, open_till, pay
from goodfor.orders.types import Buyer, LineRequest, OrderView

#: Nothing is decided by machine.
PEOPLE: Final = (Rule("rest", {}, "person", "check_person"),)


def leave_to_people(shop_id: UUID) -> None:
    """Every claim from now on waits for somebody."""
    set_policy(shop_id=shop_id, rules=PEOPLE, actor="test", now=utc_now())


def sold_order(shop: Shop, buyer: str, *, codes: int = 1, till: Till | None = None, seen: bool = True) -> OrderView:
    """An order of a guest, paid for, delivered and, unless told otherwise, looked at."""
    now = utc_now()
    till = till or open_till(shop.id, now)
    placed = place_order(
        shop_id=shop.id, lines=[LineRequest(shop.demo.skus["kw-50"], codes)],
        buyer=Buyer(f"guest:{buyer}", contact=CONTACT, ip="192.0.2.9"), channel="storefront", now=now,
    )  # fmt: skip
    pay(begin(till, placed.order_id, now), now)
    if seen:
        reveal_codes(shop_id=shop.id, order_id=placed.order_id, actor="buyer", ip="", now=utc_now())
    return orders.order_view(shop.id, placed.order_id)


def claimed(shop: Shop, order: OrderView, reason: str = "used", text: str = "不是我用的") -> CaseView:
    """A claim on all of an order's only line."""
    return make_claim(
        shop_id=shop.id, order_id=order.id, line_id=order.lines[0].line_id, reason=reason, text=text, fresh=True,
        actor="buyer", now=utc_now(),
    ).case  # fmt: skip


def claims_of(shop: Shop, count: int) -> list[CaseView]:
    """So many claims of different buyers, all of which wait for a person."""
    leave_to_people(shop.id)
    till = open_till(shop.id, utc_now())
    return [claimed(shop, sold_order(shop, f"b{number}", till=till)) for number in range(count)]


def picture_of(shop: Shop, case_id: UUID) -> UUID:
    """A picture that its buyer added to a claim."""
    [kept] = prepared([encoded(noise(), "PNG")])
    keep_pictures(shop_id=shop.id, case_id=case_id, pictures=[kept], now=utc_now())
    return aftersales.pictures_of(shop.id, case_id)[-1].id


def bought_by_client(shop: Shop, ref: str, codes: int = 1) -> OrderView:
    """An order of the shop's client."""
    return buy_with_balance(
        shop_id=shop.id, client_id=shop.demo.client_id, wallet_account=shop.demo.wallet_account, currency="CNY",
        lines=[LineRequest(shop.demo.skus["kw-50"], codes)], external_ref=ref, now=utc_now(),
    )  # fmt: skip


def claim_of_client(shop: Shop) -> UUID:
    """A claim on an order of the shop's client, whatever the table says of it."""
    return claimed(shop, bought_by_client(shop, "claimed"), "invalid").id
