"""Codes of an order: masked, or revealed."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from ninja import Router

from goodfor.delivery import queries as delivery
from goodfor.identity.types import ApiCaller, Scope
from goodfor.openapi import presenters as present
from goodfor.openapi.answers import answer
from goodfor.openapi.auth import ApiKey
from goodfor.openapi.documented import documented
from goodfor.openapi.examples import CODES, MASKED_CODES, REVEAL_IN
from goodfor.openapi.judging import Judged, judge_reveal
from goodfor.openapi.params import NUMBER
from goodfor.openapi.requests import ApiRequest
from goodfor.openapi.schemas import CodesOut, MaskedCodesOut, RevealIn
from goodfor.openapi.writes import write_again
from goodfor.orders.operations.reveal_codes import reveal_codes as reveal_codes_now
from goodfor.orders.queries import order_of_client

router = Router()


@router.get(
    "/orders/{number}/codes",
    auth=ApiKey(Scope.ORDERS_READ),
    response={200: MaskedCodesOut},
    operation_id="listCodes",
    summary="The codes of an order, masked",
    openapi_extra=documented(Scope.ORDERS_READ, answer=MASKED_CODES, errors={404: ["order_not_found"]}),
)
def list_codes(request: ApiRequest, number: str = NUMBER) -> HttpResponse:
    """Which codes the order holds and which of them were revealed."""
    caller = request.auth
    order = order_of_client(caller.shop_id, caller.client_id, number)
    codes = delivery.masked_codes(caller.shop_id, [line.line_id for line in order.lines])
    return answer({"items": [present.masked(code) for code in codes]})


@router.post(
    "/orders/{number}/codes/reveal",
    auth=ApiKey(Scope.CODES_REVEAL),
    response={200: CodesOut},
    operation_id="revealCodes",
    summary="Show codes in plain text",
    openapi_extra=documented(
        Scope.CODES_REVEAL,
        body=RevealIn,
        optional_body=True,
        example=REVEAL_IN,
        answer=CODES,
        errors={
            403: ["not_possible_now"],
            404: ["order_not_found", "code_not_held"],
            409: ["wrong_order_state", "under_review"],
        },
    ),
)
def reveal_codes(request: ApiRequest, number: str = NUMBER) -> HttpResponse:
    """Every code shown is written down. The answer is never stored: a repetition reveals, and writes down, again."""
    ip = str(request.META.get("REMOTE_ADDR", ""))
    asked: list[Judged] = []

    def before(caller: ApiCaller, _body: RevealIn, now: datetime) -> None:
        asked.append(judge_reveal(caller, order_of_client(caller.shop_id, caller.client_id, number), now))

    def work(caller: ApiCaller, body: RevealIn, _key: str, now: datetime) -> tuple[int, dict[str, Any]]:
        order = order_of_client(caller.shop_id, caller.client_id, number)
        codes = reveal_codes_now(
            shop_id=caller.shop_id,
            order_id=order.id,
            code_ids=body.code_ids,
            actor=caller.actor,
            ip=ip,
            now=now,
        )
        asked[0].went_well()
        return 200, {"items": [present.code(code) for code in codes]}

    return write_again(request, RevealIn, work, optional=True, before=before)
