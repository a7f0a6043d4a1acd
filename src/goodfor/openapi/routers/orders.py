"""Orders: buy, look up, cancel. `create_order` is the hottest address of the product."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from ninja import Router

from goodfor.identity.types import ApiCaller, Scope
from goodfor.kernel.money import Money
from goodfor.ledger.errors import AccountNotOpen, InsufficientFunds
from goodfor.openapi import presenters as present
from goodfor.openapi.answers import answer
from goodfor.openapi.auth import ApiKey
from goodfor.openapi.cursors import read_uuid, uuid_cursor
from goodfor.openapi.documented import documented
from goodfor.openapi.errors import TotalAboveLimit
from goodfor.openapi.examples import NEW_ORDER, ORDER, ORDER_IN, ORDER_PAGE
from goodfor.openapi.judging import Judged, judge_order
from goodfor.openapi.params import CURSOR, EXTERNAL_REF, LIMIT, NUMBER
from goodfor.openapi.requests import ApiRequest
from goodfor.openapi.routers.payments import shop_address
from goodfor.openapi.schemas import CancelIn, NewOrderOut, OrderIn, OrderOut, OrderPage
from goodfor.openapi.writes import write
from goodfor.orders.errors import InvalidOrder
from goodfor.orders.operations.buy_with_balance import buy_with_balance
from goodfor.orders.operations.cancel_order import cancel_order as cancel_order_now
from goodfor.orders.operations.place_order import place_order
from goodfor.orders.queries import order_of_client, orders_of_client
from goodfor.orders.types import Buyer, LineRequest

CHANNEL = "api"
router = Router()


@router.post(
    "/orders",
    auth=ApiKey(Scope.ORDERS_WRITE),
    response={201: NewOrderOut},
    operation_id="createOrder",
    summary="Buy",
    openapi_extra=documented(
        Scope.ORDERS_WRITE,
        body=OrderIn,
        example=ORDER_IN,
        answer=NEW_ORDER,
        errors={
            403: ["not_possible_now"],
            404: ["sku_unknown"],
            409: [
                "not_on_sale",
                "out_of_stock",
                "insufficient_funds",
                "total_above_limit",
                "external_ref_used",
                "per_order_limit",
                "per_buyer_limit",
                "tier_needed",
                "too_many_unpaid_codes",
                "unpaid_share_exceeded",
                "price_changed",
                "limit_gone",
                "coupon_gone",
                "bundle_not_on_sale",
            ],
            422: ["invalid_order", "form_invalid", "invalid_picks"],
            429: ["too_many_open_orders"],
        },
    ),
)
def create_order(request: ApiRequest) -> HttpResponse:
    """With `balance` the order is paid from your balance; codes in stock are yours when this answers (`delivered`).

    A top-up, what is not in stock but can be had from suppliers, or a check before delivery (`held_until`) makes the
    order `paid`: look at it again until it is `delivered` or `refunded`.

    With `checkout` the codes are held for some minutes and your customer pays at `checkout.url`.
    """
    asked: list[Judged] = []

    def before(caller: ApiCaller, body: OrderIn, now: datetime) -> None:
        asked.append(judge_order(caller, body, now))

    def work(caller: ApiCaller, body: OrderIn, _key: str, now: datetime) -> tuple[int, dict[str, Any]]:
        [judged] = asked
        created = _create(caller, body, judged, now)
        judged.went_well()
        return created

    return write(request, OrderIn, work, secret=_has_secret, look_first=_has_secret, before=before)


def _has_secret(body: OrderIn) -> bool:
    return body.payment == "checkout"


def _create(caller: ApiCaller, body: OrderIn, judged: Judged, now: datetime) -> tuple[int, dict[str, Any]]:
    lines = [LineRequest(line.sku_id, line.quantity, line.form or {}, line.bundle_id) for line in body.lines]
    expected = _expected(caller, body)
    if body.payment == "balance":
        try:
            bought = buy_with_balance(
                shop_id=caller.shop_id,
                client_id=caller.client_id,
                wallet_account=caller.wallet_account,
                currency=caller.currency,
                lines=lines,
                external_ref=body.external_ref,
                hold=judged.hold,
                order_id=judged.order_id,
                coupons=body.coupons,
                expect_minor=expected,
                now=now,
            )
        except AccountNotOpen as error:
            # A wallet opens with its first top-up: until then it holds nothing.
            raise InsufficientFunds from error
        _check_total(body, bought.total)
        return 201, {**present.order(bought), "checkout": None}
    placed = place_order(
        shop_id=caller.shop_id,
        lines=lines,
        buyer=_buyer(caller, body),
        channel=CHANNEL,
        external_ref=body.external_ref,
        hold=judged.hold,
        order_id=judged.order_id,
        coupons=body.coupons,
        expect_minor=expected,
        now=now,
    )
    _check_total(body, placed.total)
    url = f"{shop_address(caller.shop_id)}/o/{placed.number}?k={placed.secret}"
    return 201, present.placed(placed, placed_at=now, external_ref=body.external_ref, url=url)


def _expected(caller: ApiCaller, body: OrderIn) -> int | None:
    """In minor units. Raises InvalidOrder where another currency is expected than the shop's."""
    expected = body.expected_total
    if expected is not None and expected.currency != caller.currency:
        raise InvalidOrder(field="expected_total", reason="foreign_currency")
    return None if expected is None else expected.amount_minor


def _check_total(body: OrderIn, total: Money) -> None:
    """Raise TotalAboveLimit, which undoes the order: prices are read where the order is made, and nowhere before."""
    most = body.max_total
    if most is not None and (total.currency != most.currency or total.amount_minor > most.amount_minor):
        raise TotalAboveLimit(total=present.money(total))


def _buyer(caller: ApiCaller, body: OrderIn) -> Buyer:
    """The client's customer; without one the client itself is the buyer."""
    who = Buyer(ref=f"client:{caller.client_id}", client_id=caller.client_id, locale=caller.locale)
    if body.buyer is None:
        return who
    return replace(
        who,
        ref=f"{who.ref}:{body.buyer.ref}",
        contact=body.buyer.contact or "",
        ip=body.buyer.ip or "",
        locale=body.buyer.locale or who.locale,
    )


@router.get(
    "/orders",
    auth=ApiKey(Scope.ORDERS_READ),
    response={200: OrderPage},
    operation_id="listOrders",
    summary="Your orders, latest first",
    openapi_extra=documented(Scope.ORDERS_READ, answer=ORDER_PAGE, errors={400: ["invalid_cursor"]}),
)
def list_orders(
    request: ApiRequest,
    cursor: str | None = CURSOR,
    limit: int = LIMIT,
    external_ref: str | None = EXTERNAL_REF,
) -> HttpResponse:
    """Only orders made with this API client. An answer to a purchase that got lost is found by `external_ref`."""
    caller = request.auth
    found = orders_of_client(
        caller.shop_id, caller.client_id, after=read_uuid(cursor), limit=limit + 1, external_ref=external_ref
    )
    more = len(found) > limit
    items = found[:limit]
    return answer(
        {"items": [present.order(item) for item in items], "next_cursor": uuid_cursor(items[-1].id) if more else None}
    )


@router.get(
    "/orders/{number}",
    auth=ApiKey(Scope.ORDERS_READ),
    response={200: OrderOut},
    operation_id="getOrder",
    summary="One order",
    openapi_extra=documented(Scope.ORDERS_READ, answer=ORDER, errors={404: ["order_not_found"]}),
)
def get_order(request: ApiRequest, number: str = NUMBER) -> HttpResponse:
    """An order made with this API client."""
    return answer(present.order(order_of_client(request.auth.shop_id, request.auth.client_id, number)))


@router.post(
    "/orders/{number}/cancel",
    auth=ApiKey(Scope.ORDERS_WRITE),
    response={200: OrderOut},
    operation_id="cancelOrder",
    summary="Cancel an unpaid order",
    openapi_extra=documented(
        Scope.ORDERS_WRITE,
        body=CancelIn,
        optional_body=True,
        answer={**ORDER, "state": "cancelled", "paid_at": None, "deliver_by": None, "delivered_at": None},
        errors={404: ["order_not_found"], 409: ["wrong_order_state"]},
    ),
)
def cancel_order(request: ApiRequest, number: str = NUMBER) -> HttpResponse:
    """Its codes go back on the shelf. Money that arrives later delivers or is refunded."""

    def work(caller: ApiCaller, _body: CancelIn, _key: str, now: datetime) -> tuple[int, dict[str, Any]]:
        order = order_of_client(caller.shop_id, caller.client_id, number)
        cancel_order_now(shop_id=caller.shop_id, order_id=order.id, actor=caller.actor, now=now)
        return 200, present.order(order_of_client(caller.shop_id, caller.client_id, number))

    return write(request, CancelIn, work, optional=True)
