"""Refunds."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Router

from goodfor.identity.types import ApiCaller, Scope
from goodfor.openapi import presenters as present
from goodfor.openapi.answers import answer
from goodfor.openapi.auth import ApiKey
from goodfor.openapi.documented import documented
from goodfor.openapi.examples import REFUND, REFUND_IN
from goodfor.openapi.judging import judge_refund
from goodfor.openapi.params import NUMBER
from goodfor.openapi.requests import ApiRequest
from goodfor.openapi.schemas import RefundIn, RefundOut
from goodfor.openapi.writes import write
from goodfor.orders.errors import RefundCapReached
from goodfor.orders.operations.note_refund_cap import note_refund_cap
from goodfor.orders.operations.refund_order import refund_order as refund_order_now
from goodfor.orders.queries import order_of_client, refund_of_client

router = Router()


@router.post(
    "/orders/{number}/refunds",
    auth=ApiKey(Scope.REFUNDS_WRITE),
    response={201: RefundOut},
    operation_id="refundOrder",
    summary="Give an order back",
    openapi_extra=documented(
        Scope.REFUNDS_WRITE,
        body=RefundIn,
        optional_body=True,
        example=REFUND_IN,
        answer=REFUND,
        errors={
            403: ["not_possible_now"],
            404: ["order_not_found"],
            409: ["wrong_order_state", "codes_revealed", "purchase_running", "refund_cap_reached"],
        },
    ),
)
def refund_order(request: ApiRequest, number: str = NUMBER) -> HttpResponse:
    """The whole price, by the route it was paid by, as long as no code of the order was revealed.

    Where this is not possible now (403) a claim is: a person looks at it.
    """

    def before(caller: ApiCaller, _body: RefundIn, now: datetime) -> None:
        judge_refund(caller, order_of_client(caller.shop_id, caller.client_id, number), now)

    def work(caller: ApiCaller, body: RefundIn, _key: str, now: datetime) -> tuple[int, dict[str, Any]]:
        order = order_of_client(caller.shop_id, caller.client_id, number)
        refund = refund_order_now(
            shop_id=caller.shop_id, order_id=order.id, reason=body.reason, actor=caller.actor, now=now
        )
        return 201, present.refund(refund)

    try:
        return write(request, RefundIn, work, optional=True, before=before)
    except RefundCapReached as error:
        # The staff are told of it now that the refused write is undone.
        note_refund_cap(shop_id=request.auth.shop_id, error=error, now=request.came_at)
        raise


@router.get(
    "/refunds/{uuid:refund_id}",
    auth=ApiKey(Scope.ORDERS_READ),
    response={200: RefundOut},
    operation_id="getRefund",
    summary="One refund",
    openapi_extra=documented(Scope.ORDERS_READ, answer=REFUND, errors={404: ["refund_not_found"]}),
)
def get_refund(request: ApiRequest, refund_id: UUID) -> HttpResponse:
    """A refund of an order made with this API client."""
    return answer(present.refund(refund_of_client(request.auth.shop_id, request.auth.client_id, refund_id)))
