"""Claims: something is wrong with what was bought."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.http import HttpResponse
from django.utils import translation
from ninja import Router
from pydantic import BaseModel

from goodfor.aftersales import queries as aftersales
from goodfor.aftersales.operations.answer import answer as answer_case
from goodfor.aftersales.operations.make_claim import make_claim
from goodfor.aftersales.operations.object_to import object_to
from goodfor.aftersales.operations.withdraw import withdraw
from goodfor.aftersales.types import CaseView
from goodfor.identity.types import ApiCaller, Scope
from goodfor.openapi import claim_presenters as present
from goodfor.openapi.answers import answer
from goodfor.openapi.auth import ApiKey
from goodfor.openapi.claim_examples import (
    CLAIM,
    CLAIM_IN,
    CLAIMS,
    MESSAGE_IN,
    OBJECTION_IN,
    OPEN_CLAIM,
    WITHDRAWN_CLAIM,
)
from goodfor.openapi.claim_schemas import ClaimIn, ClaimOut, ClaimsOut, MessageIn, ObjectionIn, WithdrawIn
from goodfor.openapi.documented import documented
from goodfor.openapi.judging import Judged, judge_claim
from goodfor.openapi.params import NUMBER
from goodfor.openapi.presenters import Json
from goodfor.openapi.requests import ApiRequest
from goodfor.openapi.writes import write
from goodfor.orders import queries as orders
from goodfor.orders.errors import ClaimNotFound, InvalidClaim
from goodfor.orders.queries import order_of_client
from goodfor.orders.types import ClaimView, OrderView

M = TypeVar("M", bound=BaseModel)
router = Router()


@router.post(
    "/orders/{number}/claims",
    auth=ApiKey(Scope.REFUNDS_WRITE),
    response={201: ClaimOut},
    operation_id="makeClaim",
    summary="Say that something is wrong",
    openapi_extra=documented(
        Scope.REFUNDS_WRITE,
        body=ClaimIn,
        example=CLAIM_IN,
        answer=CLAIM,
        errors={
            404: ["order_not_found"],
            409: ["wrong_order_state", "claim_exists", "codes_revealed"],
            422: ["invalid_claim"],
        },
    ),
)
def make_claim_on_order(request: ApiRequest, number: str = NUMBER) -> HttpResponse:
    """Most claims are decided in the answer: money or another code. Others say what happens next, and until when.

    Codes that were never revealed are given back at once. A new code is listed with the codes of the order.
    """

    asked: list[Judged] = []

    def before(caller: ApiCaller, body: ClaimIn, now: datetime) -> None:
        order = order_of_client(caller.shop_id, caller.client_id, number)
        asked.append(judge_claim(caller, order, _line(order, body.line_id), now))

    def work(caller: ApiCaller, body: ClaimIn, _key: str, now: datetime) -> tuple[int, dict[str, Any]]:
        order = order_of_client(caller.shop_id, caller.client_id, number)
        claimed = make_claim(
            shop_id=caller.shop_id,
            order_id=order.id,
            line_id=_line(order, body.line_id),
            reason=body.reason,
            code_ids=body.code_ids or (),
            text=body.text,
            # The key is the proof, and it is given with each request.
            fresh=True,
            risk=asked[0].word,
            actor=caller.actor,
            now=now,
        )
        return 201, _one(request, order, claimed.case.id)

    return write(request, ClaimIn, work, before=before)


@router.get(
    "/orders/{number}/claims",
    auth=ApiKey(Scope.ORDERS_READ),
    response={200: ClaimsOut},
    operation_id="listClaims",
    summary="The claims on an order",
    openapi_extra=documented(Scope.ORDERS_READ, answer=CLAIMS, errors={404: ["order_not_found"]}),
)
def list_claims(request: ApiRequest, number: str = NUMBER) -> HttpResponse:
    """Latest first; also those that your customer made on the shop's own page."""
    caller = request.auth
    order = order_of_client(caller.shop_id, caller.client_id, number)
    found = orders.claims_of_order(caller.shop_id, order.id)
    cases = {case.id: case for case in aftersales.cases_of_order(caller.shop_id, order.id)}
    return answer({"items": [_shown(request, order, claim, cases.get(claim.id)) for claim in found]})


@router.get(
    "/orders/{number}/claims/{uuid:claim_id}",
    auth=ApiKey(Scope.ORDERS_READ),
    response={200: ClaimOut},
    operation_id="getClaim",
    summary="One claim",
    openapi_extra=documented(Scope.ORDERS_READ, answer=CLAIM, errors={404: ["order_not_found", "claim_not_found"]}),
)
def get_claim(request: ApiRequest, claim_id: UUID, number: str = NUMBER) -> HttpResponse:
    """Look again until it is closed."""
    caller = request.auth
    return answer(_one(request, order_of_client(caller.shop_id, caller.client_id, number), claim_id))


@router.post(
    "/orders/{number}/claims/{uuid:claim_id}/withdraw",
    auth=ApiKey(Scope.REFUNDS_WRITE),
    response={200: ClaimOut},
    operation_id="withdrawClaim",
    summary="Take a claim back",
    openapi_extra=documented(
        Scope.REFUNDS_WRITE,
        body=WithdrawIn,
        optional_body=True,
        answer=WITHDRAWN_CLAIM,
        errors={404: ["order_not_found", "claim_not_found"], 409: ["case_moved"]},
    ),
)
def withdraw_claim(request: ApiRequest, claim_id: UUID, number: str = NUMBER) -> HttpResponse:
    """It works after all. Not possible any more once money or another code is on its way."""

    def act(caller: ApiCaller, _body: WithdrawIn, now: datetime) -> None:
        withdraw(shop_id=caller.shop_id, case_id=claim_id, actor=caller.actor, now=now)

    return _act(request, WithdrawIn, number, claim_id, act, optional=True)


@router.post(
    "/orders/{number}/claims/{uuid:claim_id}/objection",
    auth=ApiKey(Scope.REFUNDS_WRITE),
    response={200: ClaimOut},
    operation_id="objectToClaim",
    summary="Object to a rejection",
    openapi_extra=documented(
        Scope.REFUNDS_WRITE,
        body=ObjectionIn,
        example=OBJECTION_IN,
        answer=OPEN_CLAIM,
        errors={404: ["order_not_found", "claim_not_found"], 409: ["case_moved"]},
    ),
)
def object_to_claim(request: ApiRequest, claim_id: UUID, number: str = NUMBER) -> HttpResponse:
    """Once for a claim: a person looks at it again."""

    def act(caller: ApiCaller, body: ObjectionIn, now: datetime) -> None:
        object_to(shop_id=caller.shop_id, case_id=claim_id, text=body.text, actor=caller.actor, now=now)

    return _act(request, ObjectionIn, number, claim_id, act)


@router.post(
    "/orders/{number}/claims/{uuid:claim_id}/messages",
    auth=ApiKey(Scope.REFUNDS_WRITE),
    response={200: ClaimOut},
    operation_id="writeAboutClaim",
    summary="Write to the shop about a claim",
    openapi_extra=documented(
        Scope.REFUNDS_WRITE,
        body=MessageIn,
        example=MESSAGE_IN,
        answer=OPEN_CLAIM,
        errors={404: ["order_not_found", "claim_not_found"], 409: ["case_moved"]},
    ),
)
def write_about_claim(request: ApiRequest, claim_id: UUID, number: str = NUMBER) -> HttpResponse:
    """Also the answer to what you were asked (`stage` asking): the promised times stand still until you give it."""

    def act(caller: ApiCaller, body: MessageIn, now: datetime) -> None:
        answer_case(shop_id=caller.shop_id, case_id=claim_id, text=body.text, actor=caller.actor, now=now)

    return _act(request, MessageIn, number, claim_id, act)


def _act(
    request: ApiRequest,
    model: type[M],
    number: str,
    claim_id: UUID,
    act: Callable[[ApiCaller, M, datetime], None],
    *,
    optional: bool = False,
) -> HttpResponse:
    """Do something about a claim of one's own order, and show it."""

    def work(caller: ApiCaller, body: M, _key: str, now: datetime) -> tuple[int, dict[str, Any]]:
        order = order_of_client(caller.shop_id, caller.client_id, number)
        if aftersales.case_in(caller.shop_id, order.id, claim_id) is None:
            raise ClaimNotFound
        act(caller, body, now)
        return 200, _one(request, order, claim_id)

    return write(request, model, work, optional=optional)


def _line(order: OrderView, asked: UUID | None) -> UUID:
    """The line that is meant. Raises InvalidClaim where it is another order's, or could be several."""
    known = [line.line_id for line in order.lines]
    if asked is None and len(known) == 1:
        return known[0]
    if asked is None or asked not in known:
        raise InvalidClaim(field="line_id")
    return asked


def _one(request: ApiRequest, order: OrderView, claim_id: UUID) -> Json:
    """A claim on this order. Raises ClaimNotFound."""
    found = [claim for claim in orders.claims_of_order(order.shop_id, order.id) if claim.id == claim_id]
    if not found:
        raise ClaimNotFound
    return _shown(request, order, found[0], aftersales.case_in(order.shop_id, order.id, claim_id))


def _shown(request: ApiRequest, order: OrderView, claim: ClaimView, case: CaseView | None) -> Json:
    shop_id = order.shop_id
    decisions = aftersales.decisions(shop_id, claim.id) if case else []
    with translation.override(translation.get_language_from_request(request)):
        explanation = str(aftersales.why_words(shop_id, claim.id)) if decisions else ""
    return present.claim(
        order,
        claim,
        case,
        orders.claim_units(shop_id, claim.id),
        decisions[-1] if decisions else None,
        explanation,
        [grant for grant in aftersales.grants_of_order(shop_id, order.id) if grant.case_id == claim.id],
        objection_possible=case is not None and aftersales.may_object(shop_id, case, request.came_at),
    )
