"""Paying an order in your own app or mini program: what the channel's kit there is to be given."""

from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from ninja import Router

from goodfor.identity import queries as identity
from goodfor.identity.types import Scope
from goodfor.openapi.answers import answer
from goodfor.openapi.auth import ApiKey
from goodfor.openapi.bodies import parse
from goodfor.openapi.documented import documented
from goodfor.openapi.examples import PAYMENT, PAYMENT_IN
from goodfor.openapi.judging import judge_pay
from goodfor.openapi.params import NUMBER
from goodfor.openapi.requests import ApiRequest
from goodfor.openapi.schemas import PaymentIn, PaymentOut
from goodfor.openapi.writes import idempotency_key
from goodfor.orders.operations.start_payment import start_payment as start_payment_now
from goodfor.orders.queries import order_of_client
from goodfor.orders.types import Payer

router = Router()


@router.post(
    "/orders/{number}/payments",
    auth=ApiKey(Scope.ORDERS_WRITE),
    response={200: PaymentOut},
    operation_id="startPayment",
    summary="Pay an order in your own app",
    openapi_extra=documented(
        Scope.ORDERS_WRITE,
        body=PaymentIn,
        example=PAYMENT_IN,
        answer=PAYMENT,
        errors={
            403: ["not_possible_now"],
            404: ["order_not_found", "payment_account_not_found"],
            409: ["wrong_order_state", "already_paid", "payment_expired", "payment_channel_rejected"],
            422: ["payment_method_unknown", "payment_method_not_enabled"],
            503: ["payment_channel_unavailable", "payment_exposure_exceeded"],
        },
    ),
)
def start_payment(request: ApiRequest, number: str = NUMBER) -> HttpResponse:
    """What your customer does next, for an order made with payment `checkout`.

    Asking again takes up the same attempt, whatever the key: nothing is paid twice. The answer is signed for a short
    time and is not kept.
    """
    idempotency_key(request)
    caller = request.auth
    order = order_of_client(caller.shop_id, caller.client_id, number)
    body = parse(request, request.raw, PaymentIn, optional=False)
    judge_pay(caller, order, body, request.came_at)
    shop = shop_address(caller.shop_id)
    instruction = start_payment_now(
        shop_id=caller.shop_id,
        order_id=order.id,
        method=body.method,
        return_url=f"{shop}/o/{number}",
        notify_url=str(getattr(settings, "GOODFOR_NOTIFY_URL", "")) or f"{shop}/pay/notify",
        payer=Payer(body.ip or "", body.device, body.payer or ""),
        now=request.came_at,
    )
    return answer({"kind": instruction.kind, "url": instruction.url, "fields": dict(instruction.fields)})


def shop_address(shop_id: UUID) -> str:
    """Where the shop's own storefront answers: its host, else the installation's public address."""
    host = identity.shop_by_id(shop_id).host
    scheme = urlsplit(settings.GOODFOR_PUBLIC_URL).scheme
    return f"{scheme}://{host}" if host else str(settings.GOODFOR_PUBLIC_URL)
