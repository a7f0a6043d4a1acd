"""Welfare: a company's own system gives its people units."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from ninja import Router

from goodfor.identity.types import ApiCaller, Scope
from goodfor.kernel.money import Money
from goodfor.openapi.answers import answer
from goodfor.openapi.auth import ApiKey
from goodfor.openapi.documented import documented
from goodfor.openapi.requests import ApiRequest
from goodfor.openapi.welfare_schemas import GrantIn, GrantOut, present
from goodfor.openapi.writes import write
from goodfor.welfare import queries as welfare
from goodfor.welfare.operations.grant_now import grant_now
from goodfor.welfare.types import GrantWish

router = Router()
_AT: Final = "2026-01-01T00:00:00Z"
_MONEY: Final = {"amount": "200.00", "amount_minor": 20000, "currency": "CNY"}
_GRANT_IN: Final[dict[str, Any]] = {
    "name": "春节", "ends_at": "2026-12-31T16:00:00Z",
    "people": [{"who": "A01", "amount_minor": 10000}, {"who": "wang@company.example", "amount_minor": 10000}],
}  # fmt: skip
_GRANT: Final[dict[str, Any]] = {
    "id": "019b76da-a800-7000-8000-000000000009", "name": "春节", "state": "running", "people": 2, "given": 0,
    "total": _MONEY, "given_total": {"amount": "0.00", "amount_minor": 0, "currency": "CNY"},
    "ends_at": "2026-12-31T16:00:00Z", "made_at": _AT,
}  # fmt: skip


@router.post(
    "/welfare/grants",
    auth=ApiKey(Scope.WELFARE_GRANT),
    response={201: GrantOut},
    operation_id="grantWelfare",
    summary="Give people of your company something",
    openapi_extra=documented(
        Scope.WELFARE_GRANT,
        body=GrantIn,
        example=_GRANT_IN,
        answer=_GRANT,
        errors={
            404: ["welfare_company_not_found"],
            409: ["welfare_company_off", "welfare_budget_short"],
            422: ["welfare_file_faulty", "invalid_welfare"],
        },
    ),
)
def grant_welfare(request: ApiRequest) -> HttpResponse:
    """All of them or nobody: with one wrong line nothing is given, and the answer says which.

    Its `lines` are (place in `people`, from 1, or 0 for all of it; why; what).

    It is given within moments; look at it again until it is `done`.
    """

    def work(caller: ApiCaller, body: GrantIn, key: str, now: datetime) -> tuple[int, dict[str, Any]]:
        company = welfare.company_of_client(caller.shop_id, caller.client_id)
        people = [
            (one.who, Money(one.amount_minor, company.currency).as_decimal_string(), one.note or "")
            for one in body.people
        ]
        made = grant_now(
            shop_id=caller.shop_id, company_id=company.id, wish=GrantWish(body.name, body.ends_at), people=people,
            request_key=key, actor=caller.actor, now=now,
        )  # fmt: skip
        return 201, present(made)

    return write(request, GrantIn, work)


@router.get(
    "/welfare/grants/{uuid:grant_id}",
    auth=ApiKey(Scope.WELFARE_GRANT),
    response={200: GrantOut},
    operation_id="getWelfareGrant",
    summary="How far a grant is",
    openapi_extra=documented(
        Scope.WELFARE_GRANT, answer=_GRANT, errors={404: ["welfare_company_not_found", "welfare_grant_not_found"]}
    ),
)
def welfare_grant(request: ApiRequest, grant_id: UUID) -> HttpResponse:
    """A grant of your company, however it was made."""
    caller = request.auth
    company = welfare.company_of_client(caller.shop_id, caller.client_id)
    return answer(present(welfare.grant(caller.shop_id, company.id, grant_id)))
