"""An API with the real guards around trivial operations, so that the guards are tested alone."""

from datetime import datetime
from typing import Any, Literal

from django.db import connection
from django.http import HttpResponse
from django.urls import include, path
from ninja import Query, Router
from pydantic import Field

from goodfor.identity.models import Shop
from goodfor.identity.types import ApiCaller, Scope
from goodfor.kernel.errors import Conflict
from goodfor.openapi.answers import answer
from goodfor.openapi.api import build, guarded_urls
from goodfor.openapi.auth import ApiKey
from goodfor.openapi.documented import documented
from goodfor.openapi.requests import ApiRequest
from goodfor.openapi.schemas import Input, MoneyOut, Ref
from goodfor.openapi.writes import write, write_again


class SoldOut(Conflict):
    code = "sold_out"


class Inner(Input):
    count: int = Field(ge=1, le=10)


class ThingIn(Input):
    name: Ref
    items: list[Inner] = Field(default_factory=list, max_length=3)
    mode: Literal["plain", "secret", "fail", "bug", "slow"] = "plain"


router = Router()
_OUT = {200: MoneyOut}


@router.get("/echo", auth=ApiKey(Scope.PRODUCTS_READ), response=_OUT, openapi_extra=documented(Scope.PRODUCTS_READ))
def echo(request: ApiRequest, limit: int = Query(5, ge=1, le=9)) -> HttpResponse:
    return answer({"limit": limit, "shop": request.auth.shop_id})


def _name(shop_id: Any, text: str) -> None:
    # the effect: a row of the caller's own shop
    with connection.cursor() as cursor:
        cursor.execute("UPDATE identity_shop SET name = name || %s WHERE id = %s", [text, shop_id])


def _work(caller: ApiCaller, body: ThingIn, key: str, now: datetime) -> tuple[int, dict[str, Any]]:
    if body.mode == "slow":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.2)")
    _name(caller.shop_id, "+")
    if body.mode == "fail":
        raise SoldOut(available=0)
    if body.mode == "bug":
        raise RuntimeError("hunter2")
    return 201, {"name": body.name, "shop": Shop.objects.get(pk=caller.shop_id).name, "secret": "TOP-SECRET"}


_EXTRA = documented(Scope.ORDERS_WRITE, body=ThingIn)


@router.post("/things", auth=ApiKey(Scope.ORDERS_WRITE), response={201: MoneyOut}, openapi_extra=_EXTRA)
def make(request: ApiRequest) -> HttpResponse:
    return write(request, ThingIn, _work, secret=lambda body: body.mode == "secret")


@router.post("/looks", auth=ApiKey(Scope.ORDERS_WRITE), response={201: MoneyOut}, openapi_extra=_EXTRA)
def look(request: ApiRequest) -> HttpResponse:
    return write_again(request, ThingIn, _work)


api = build([("things", router)])
urlpatterns = [path("api/v1/", include(guarded_urls(api)))]
